"""What we do when facilitators ask what will be sent and what was: they see it, skip it, send it now, reword it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.chat.intents import Asked
from bot.chat.message import Message, Reply, Say
from bot.chat.text import Text
from bot.context import Context
from bot.domain.circles import Circle
from bot.domain.notices import Delivery, Reminder
from bot.errors import BadAnswers, Declined
from bot.features.in_place import in_place
from bot.features.meetings import outbox, template
from bot.features.meetings.cards import card
from bot.features.meetings.changes import ahead
from bot.features.meetings.feature import meetings
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
from bot.features.meetings.views import KIND, nothing_ahead
from bot.i18n import N_, Translator
from bot.rules import facilitators

LOGGED = 20
"""How many messages the log shows."""
_SKIPPED = N_("skipped by a facilitator")
_EARLY = N_("skipped: a facilitator sent it at once")
"""Both begin as the planner expects of what it must not plan again (`SKIPPED`)."""


@meetings.handles(ShowReminders, allow=facilitators)
def show_reminders(intent: ShowReminders, ctx: Context) -> Reply:
    """Show what will be sent for a circle; steps of time are no messages."""
    message = _coming(ctx.circle(intent.circle), ctx)
    return in_place(message, ctx) if intent.turn else Say(message, private=True)


@meetings.handles(ShowLog, allow=facilitators)
def show_log(intent: ShowLog, ctx: Context) -> Reply:
    """Show what became of a circle's messages."""
    circle = ctx.circle(intent.circle)
    done = ctx.store.deliveries.log(circle=circle.id, limit=LOGGED)
    message = outbox.log(done, _whom(done, ctx), circle, ctx.t)
    return in_place(message, ctx) if intent.turn else Say(message, private=True)


@meetings.handles(ShowDelivery, allow=facilitators)
def show_delivery(intent: ShowDelivery, ctx: Context) -> Reply:
    """Show one message as it would be now; those of other features are named only."""
    circle = ctx.circle(intent.circle)
    delivery = _one(intent, ctx)
    meeting = delivery.due.meeting
    shown = None
    if isinstance(delivery.due.notice, Reminder) and meeting is not None:
        shown = card(ctx.meeting(meeting), ctx, _voice(circle, ctx))
    whom = _whom([delivery], ctx).get(delivery.id, "?")
    return in_place(outbox.one(delivery, whom, shown, circle, ctx.t), ctx)


@meetings.handles(SkipDelivery, allow=facilitators)
def skip_delivery(intent: SkipDelivery, ctx: Context) -> Reply:
    """Do not send a message that waits; planning anew does not bring it back."""
    delivery = _one(intent, ctx)
    if not ctx.store.deliveries.drop([delivery.due.key], _SKIPPED):
        raise Declined(_gone(ctx))
    toast = ctx.t.words("Skipped. The others stay as they are.")
    return in_place(_coming(ctx.circle(intent.circle), ctx), ctx, toast)


@meetings.handles(SendNow, allow=facilitators)
def send_now(intent: SendNow, ctx: Context) -> Reply:
    """Send a message at once instead of later: as one of its own, so that planning leaves the later one skipped."""
    delivery = _one(intent, ctx)
    if not ctx.store.deliveries.drop([delivery.due.key], _EARLY):
        raise Declined(_gone(ctx))
    early = replace(delivery.due, key=f"early:{delivery.id}:{delivery.due.key}", due_at=ctx.now)
    ctx.store.deliveries.plan([early])
    return in_place(_coming(ctx.circle(intent.circle), ctx), ctx, ctx.t.words("On its way."))


# The words


def _now(known: Mapping[str, object], ctx: Context) -> Mapping[str, Asked]:
    """Ask for the words with those that are in force, and say which variables there are."""
    asked = dict(EditReminder.asked)
    if known.get("circle"):
        circle = ctx.circle(int(str(known["circle"])))
        names = ", ".join(f"{{{name}}}" for name in template.VARIABLES)
        asked["template"] = replace(
            asked["template"],
            prompt=ctx.t.words("Your words. I fill in {names}", names=names),
            value=circle.reminder or template.ours(_voice(circle, ctx)),
            verbatim=True,
        )
    return asked


@meetings.handles(EditReminder, allow=facilitators, asks=_now)
def edit_reminder(intent: EditReminder, ctx: Context) -> Reply:
    """Take the facilitators' words for reminders and cards, and show what comes of them."""
    circle = ctx.circle(intent.circle)
    wrong = template.unknown(intent.template)
    if wrong:
        raise BadAnswers({"template": outbox.unknown_variables(wrong, ctx.t)})
    return _reworded(circle, intent.template, ctx)


@meetings.handles(RestoreReminder, allow=facilitators)
def restore_reminder(intent: RestoreReminder, ctx: Context) -> Reply:
    """Go back to our own words."""
    return _reworded(ctx.circle(intent.circle), "", ctx)


@meetings.handles(PreviewReminder, allow=facilitators)
def preview_reminder(intent: PreviewReminder, ctx: Context) -> Reply:
    """Show the next reminder as the group will see it."""
    return _preview(ctx.circle(intent.circle), ctx)


def _reworded(circle: Circle, words: str, ctx: Context) -> Reply:
    ctx.store.circles.save(replace(circle, reminder=words), circle)
    ctx.forget()
    ctx.store.cards.touch_several(KIND, [meeting.id for meeting in ahead(circle, ctx)], ctx.now)
    return _preview(ctx.circle(circle.id), ctx)


def _preview(circle: Circle, ctx: Context) -> Reply:
    meeting = next(iter(ahead(circle, ctx)), None)
    if meeting is None:
        return Say(Message(nothing_ahead(circle, ctx.t)), private=True)
    return in_place(outbox.preview(card(meeting, ctx, _voice(circle, ctx)), circle, ctx.t), ctx)


# What several of them need


def _voice(circle: Circle, ctx: Context) -> Translator:
    """Return who speaks in the circle's rooms."""
    community = ctx.store.communities.get(circle.community)
    return ctx.catalogue.speaker(circle.language, community.language if community else "")


def _coming(circle: Circle, ctx: Context) -> Message:
    waiting = _waiting(circle.id, ctx)
    return outbox.coming(waiting, _whom(waiting, ctx), circle, ctx.t)


def _waiting(circle: int, ctx: Context) -> list[Delivery]:
    found = ctx.store.deliveries.waiting(circle=circle)
    return [one for one in found if one.due.place is not None or one.due.person is not None]


def _one(intent: ShowDelivery | SkipDelivery | SendNow, ctx: Context) -> Delivery:
    """Return a message that waits for this very circle; whatever else the button names is declined."""
    for delivery in _waiting(intent.circle, ctx):
        if delivery.id == intent.delivery:
            return delivery
    raise Declined(_gone(ctx))


def _gone(ctx: Context) -> Text:
    return ctx.t("That message does not wait any more. /reminders shows what does.")


def _whom(found: Iterable[Delivery], ctx: Context) -> Mapping[int, str]:
    """Return the room or person of each delivery, by the delivery's id."""
    names: dict[int, str] = {}
    for delivery in found:
        if delivery.due.place is not None:
            place = ctx.store.places.get(delivery.due.place)
            names[delivery.id] = place.title if place and place.title else ctx.t.words("the room")
        elif delivery.due.person is not None:
            person = ctx.store.people.get(delivery.due.person)
            names[delivery.id] = person.name if person else "?"
    return names
