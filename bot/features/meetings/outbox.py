"""What facilitators see of messages that will be sent, and of those that were. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.chat.message import Button, Message, Style, gridded
from bot.chat.text import Bold, Moment, Shape, Text, lines, paragraphs
from bot.domain.circles import Circle
from bot.domain.notices import Delivery, DeliveryState
from bot.features.meetings.intents import (
    EditReminder,
    PreviewReminder,
    RestoreReminder,
    SendNow,
    ShowDelivery,
    ShowLog,
    ShowReminders,
    SkipDelivery,
)
from bot.i18n import N_, Translator

SHOWN = 10
"""How many deliveries a message lists."""
NAMES = {
    "remind": N_("Reminder"),
    "nudge": N_("Question to who has not answered"),
    "changed": N_("Change of plan"),
    "confirm": N_("Question to confirm again"),
    "askfeedback": N_("Plus / delta"),
    "askfacilitator": N_("Question to a facilitator"),
    "summary": N_("Summary"),
    "announce": N_("Announcement"),
    "welcome": N_("Welcome"),
    "members": N_("News of members"),
    "seat": N_("Offer of a seat"),
    "decided": N_("Decision"),
    "closed": N_("Farewell"),
    "lost": N_("Word of a room out of reach"),
    "card": N_("A meeting's card"),
    "event": N_("Entry in the calendar"),
    "noevents": N_("Word of a calendar out of reach"),
    "appointed": N_("New facilitator or organizer"),
    "linked": N_("Word of a linked account"),
    "parted": N_("Word of an unlinked account"),
    "says": N_("Word from whoever runs me"),
    "sayswent": N_("Word to whoever runs me"),
    "needed": N_("Word to whoever runs me"),
    "well": N_("Word to whoever runs me"),
}
_STATES = {
    DeliveryState.WAITING: N_("waiting"),
    DeliveryState.SENT: N_("sent"),
    DeliveryState.DROPPED: N_("not sent"),
    DeliveryState.FAILED: N_("given up"),
}


def what(delivery: Delivery, t: Translator) -> str:
    """Return what sort of message it is."""
    return t.words(NAMES.get(delivery.due.notice.kind, N_("Message")))


def coming(waiting: Sequence[Delivery], whom: Mapping[int, str], circle: Circle, t: Translator) -> Message:
    """Return what will be sent, soonest first; `whom` names each delivery's room or person by its id."""
    shown = waiting[:SHOWN]
    rows = [
        t(
            "{number}. {what}, {when}, to {whom}",
            number=number,
            what=Bold(what(one, t)),
            when=Moment(one.due.due_at, circle.zone),
            whom=whom.get(one.id, "?"),
        )
        for number, one in enumerate(shown, 1)
    ]
    more = len(waiting) - len(shown)
    if more > 0:
        rows.append(t.plural("and {n} more", "and {n} more", more))
    picks = tuple(
        Button(
            t.words("{number}: {day}", number=number, day=t.moment(Moment(one.due.due_at, circle.zone, Shape.DATE))),
            ShowDelivery(circle=circle.id, delivery=one.id),
        )
        for number, one in enumerate(shown, 1)
    )
    words = [
        Button(t.words("Preview"), PreviewReminder(circle=circle.id)),
        Button(t.words("Change the words"), EditReminder.about(circle=circle.id)),
    ]
    if circle.reminder:
        words.append(Button(t.words("Restore our words"), RestoreReminder(circle=circle.id)))
    log = Button(t.words("What was sent"), ShowLog(circle=circle.id, turn=True))
    return Message(
        title=t.words("What I will send for {circle}", circle=circle.title),
        text=lines(*rows) if rows else t("Nothing is waiting to be sent."),
        rows=(*gridded(picks, 5), tuple(words), (log,)),
    )


def one(delivery: Delivery, whom: str, preview: Message | None, circle: Circle, t: Translator) -> Message:
    """Return one message that will be sent, as it would be now, with what can be done about it."""
    facts = t(
        "{what}, {when}, to {whom}",
        what=Bold(what(delivery, t)),
        when=Moment(delivery.due.due_at, circle.zone),
        whom=whom,
    )
    asked = {"circle": circle.id, "delivery": delivery.id}
    return Message(
        text=paragraphs(facts, seen(preview, t) if preview else Text()),
        rows=(
            (
                Button(t.words("Send now"), SendNow(**asked), Style.PRIMARY),
                Button(t.words("Skip"), SkipDelivery(**asked), Style.DANGER),
            ),
            (Button(t.words("Back"), ShowReminders(circle=circle.id, turn=True)),),
        ),
    )


def seen(message: Message, t: Translator) -> Text:
    """Return a message as words, its buttons too: a preview that nobody can press."""
    labels = ", ".join(button.label for row in message.rows for button in row)
    return paragraphs(
        Bold(message.title) if message.title else "",
        message.text,
        t("With the buttons: {labels}", labels=labels) if labels else "",
    )


def preview(message: Message, circle: Circle, t: Translator) -> Message:
    """Return the next reminder as the group will see it."""
    return Message(
        text=paragraphs(t("This is how the next reminder looks:"), seen(message, t)),
        rows=(
            (
                Button(t.words("Change the words"), EditReminder.about(circle=circle.id)),
                Button(t.words("What I will send"), ShowReminders(circle=circle.id, turn=True)),
            ),
        ),
    )


def log(done: Sequence[Delivery], whom: Mapping[int, str], circle: Circle, t: Translator) -> Message:
    """Return what was sent, and what was not and why, newest first."""
    rows = []
    for delivery in done:
        row = t(
            "{when}: {what} to {whom}, {state}",
            when=Moment(delivery.sent_at or delivery.due.due_at, circle.zone),
            what=Bold(what(delivery, t)),
            whom=whom.get(delivery.id, "?"),
            state=t.words(_STATES[delivery.state]),
        )
        told = delivery.outcome and delivery.state is not DeliveryState.SENT
        rows.append(t("{row} ({why})", row=row, why=reason(delivery.outcome, t)) if told else row)
    return Message(
        title=t.words("What I sent for {circle}", circle=circle.title),
        text=lines(*rows) if rows else t("Nothing has been sent yet."),
        rows=((Button(t.words("What I will send"), ShowReminders(circle=circle.id, turn=True)),),),
    )


def reason(outcome: str, t: Translator) -> str:
    """Return why something was not sent: translated where the reason is ours, else as it came from outside."""
    return outcome if set(outcome) & set("{}") else t.words(outcome)


def unknown_variables(wrong: Mapping[str, str], t: Translator) -> Text:
    """Return what is wrong with somebody's words: each variable that is none, and the nearest that is one."""
    return lines(
        *(
            t("There is no {wrong}. Did you mean {right}?", wrong=f"{{{name}}}", right=f"{{{near}}}")
            if near
            else t("There is no {wrong}.", wrong=f"{{{name}}}")
            for name, near in wrong.items()
        )
    )
