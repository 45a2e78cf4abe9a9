"""A circle's life: published, unpublished, ended, opened again."""

from __future__ import annotations

from bot.chat.message import Button, Message, Reply, Style
from bot.chat.text import Bold, Text, paragraphs
from bot.context import Context, Setting
from bot.domain.circles import Circle, CircleState
from bot.domain.notices import CircleAnnounced, CircleClosed, Dropped, Due, Notice
from bot.errors import Declined
from bot.features.circles import views
from bot.features.circles.facts import facts
from bot.features.circles.feature import circles
from bot.features.circles.intents import EndCircle, PublishCircle, ReopenCircle, TurnPanel, UnpublishCircle
from bot.features.circles.panels import panel_reply, shown_circle
from bot.features.circles.seats import offer_seats, settled
from bot.features.in_place import in_place
from bot.i18n import N_
from bot.rules import facilitators


@circles.handles(PublishCircle, allow=facilitators)
def publish(intent: PublishCircle, ctx: Context) -> Reply:
    """Open the circle for people to join, and tell its rooms."""
    shown = shown_circle(intent.circle, ctx)
    if shown.circle.state is CircleState.DRAFT and not shown.ahead:
        raise Declined(ctx.t("Every meeting of this circle is over. Plan one with /addmeeting, then publish."))
    if not ctx.store.circles.change_state(intent.circle, CircleState.DRAFT, CircleState.PUBLISHED):
        return panel_reply(intent.circle, ctx, _as_it_is(shown.circle, ctx))
    rooms = _tell_rooms(shown.circle, CircleAnnounced(intent.circle), ctx)
    _changed(intent.circle, ctx)
    toast = ctx.t.words("Published.") if rooms else ctx.t.words("Published. It has no room yet.")
    return panel_reply(intent.circle, ctx, toast)


def _as_it_is(circle: Circle, ctx: Context) -> str:
    if circle.state is CircleState.ENDED:
        return ctx.t.words("This circle has ended.")
    return (
        ctx.t.words("It is published already.")
        if circle.state is CircleState.PUBLISHED
        else ctx.t.words("It is a draft.")
    )


@circles.handles(UnpublishCircle, allow=facilitators)
def unpublish(intent: UnpublishCircle, ctx: Context) -> Reply:
    """Make it a draft again, and tell its people."""
    t, found = ctx.t, ctx.circle(intent.circle)
    if not intent.sure and found.state is CircleState.PUBLISHED:
        return _asked_first(
            found,
            t("Unpublish it? Reminders stop, nobody finds it, and its people are told. They stay members."),
            Button(t.words("Unpublish"), UnpublishCircle(circle=found.id, sure=True), Style.DANGER),
            ctx,
        )
    if not ctx.store.circles.change_state(found.id, CircleState.PUBLISHED, CircleState.DRAFT):
        return panel_reply(found.id, ctx, _as_it_is(found, ctx))
    _tell(found, CircleClosed(found.id, ended=False), ctx)
    _changed(found.id, ctx)
    return panel_reply(found.id, ctx, t.words("It is a draft again."))


@circles.handles(EndCircle, allow=facilitators)
def end(intent: EndCircle, ctx: Context) -> Reply:
    """End it, with a word of thanks to its people where they know of it."""
    t, found = ctx.t, ctx.circle(intent.circle)
    was_draft = found.state is CircleState.DRAFT
    if not intent.sure and found.state is not CircleState.ENDED:
        return _asked_first(
            found,
            t("Drop this draft?") if was_draft else t("End this circle? Reminders stop, and its people are thanked."),
            Button(
                t.words("Drop the draft") if was_draft else t.words("End the circle"),
                EndCircle(circle=found.id, sure=True),
                Style.DANGER,
            ),
            ctx,
        )
    if not ctx.store.circles.change_state(found.id, found.state, CircleState.ENDED) or found.state is CircleState.ENDED:
        return panel_reply(found.id, ctx, _as_it_is(found, ctx))
    if not was_draft:
        _tell(found, CircleClosed(found.id, ended=True), ctx)
    _changed(found.id, ctx)
    return panel_reply(found.id, ctx, t.words("The circle has ended. “More…” opens it again."))


@circles.handles(ReopenCircle, allow=facilitators)
def reopen(intent: ReopenCircle, ctx: Context) -> Reply:
    """Take the end back: it is a draft, to be published when it is ready."""
    found = ctx.circle(intent.circle)
    if not ctx.store.circles.change_state(found.id, CircleState.ENDED, CircleState.DRAFT):
        return panel_reply(found.id, ctx, _as_it_is(found, ctx))
    _changed(found.id, ctx)
    return panel_reply(found.id, ctx, ctx.t.words("It is a draft again. Publish it when it is ready."))


def _asked_first(circle: Circle, question: Text, yes: Button, ctx: Context) -> Reply:
    keep = Button(ctx.t.words("Keep it as it is"), TurnPanel(circle=circle.id))
    message = Message(question, rows=((yes, keep),), title=circle.title)
    return in_place(message, ctx)


def _changed(circle: int, ctx: Context) -> None:
    ctx.forget()
    ctx.planner.circle(ctx.store, circle, ctx.now)
    settled(circle, ctx)
    offer_seats(circle, ctx)


def _tell_rooms(circle: Circle, notice: Notice, ctx: Context) -> int:
    """Tell the circle's rooms, again if need be; return how many there are."""
    places = [place for place in ctx.store.places.of_circle(circle.id) if not place.room.is_private]
    for place in places:
        ctx.store.deliveries.send_again(
            Due(f"{notice.kind}:{circle.id}:{place.id}", notice, ctx.now, place=place.id, circle=circle.id)
        )
    return len(places)


def _tell(circle: Circle, notice: Notice, ctx: Context) -> None:
    """Tell the circle's rooms; where it has none, each learner privately."""
    if _tell_rooms(circle, notice, ctx):
        return
    for member in ctx.store.seats.roster(circle.id):
        if member.person.id != ctx.person.id:
            key = f"{notice.kind}:{circle.id}:p{member.person.id}"
            ctx.store.deliveries.send_again(Due(key, notice, ctx.now, person=member.person.id, circle=circle.id))


# What others read


@circles.composes(CircleAnnounced)
def compose_announcement(notice: CircleAnnounced, setting: Setting) -> Message | Dropped:
    """Invite the room to join."""
    found = setting.circle(notice.circle)
    if found.state is not CircleState.PUBLISHED:
        return Dropped(N_("the circle is not published any more"))
    return views.announcement(facts(found, setting), setting.t)


@circles.composes(CircleClosed)
def compose_closed(notice: CircleClosed, setting: Setting) -> Message | Dropped:
    """Tell the circle's people that it rests, or thank them."""
    found, t = setting.circle(notice.circle), setting.t
    if found.state is CircleState.PUBLISHED:
        return Dropped(N_("the circle was opened again"))
    if not notice.ended:
        return Message(
            t(
                "“{circle}” is resting. Reminders stop until its facilitators publish it again.",
                circle=Bold(found.title),
            )
        )
    shown = facts(found, setting)
    return Message(
        paragraphs(
            t("“{circle}” has come to its end.", circle=Bold(found.title)),
            t.plural(
                "You met {n} time. Thank you, everybody!", "You met {n} times. Thank you, everybody!", len(shown.past)
            )
            if shown.past
            else t("Thank you, everybody!"),
        )
    )
