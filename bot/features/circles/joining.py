"""People join, wait, take a seat, tell about themselves, leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.chat.inbound import Press
from bot.chat.intents import Asked
from bot.chat.message import Button, Message, Redraw, Reply, Say, Toast
from bot.chat.text import Bold, Text, lines, paragraphs
from bot.context import Context
from bot.domain.circles import Circle, CircleState, Member, Waiting
from bot.domain.people import Role
from bot.errors import Declined
from bot.features.circles import joining_views, views
from bot.features.circles.choices import my_circles, open_circles
from bot.features.circles.facts import facts
from bot.features.circles.feature import circles
from bot.features.circles.intents import (
    JoinCircle,
    LeaveCircle,
    LetGo,
    ShowAnswers,
    TakeSeat,
    TellAbout,
)
from bot.features.circles.panels import no_circle, panel_for, panel_reply, shown_circle
from bot.features.circles.seats import came, in_line, no_offer, offer_seats, settled, went
from bot.features.in_place import in_place
from bot.i18n import N_
from bot.rules import Audience, Rule, members, readers

CONSENT = N_(
    "The facilitators of the circle and its community's organizers see what you write. You may leave everything open."
)


def _readers_of_any(intent: JoinCircle, ctx: Context) -> None:
    if intent.circle:
        readers(intent, ctx)


def _anyone_or_waiting(intent: LeaveCircle | LetGo, ctx: Context) -> None:
    """Let members and those who wait; to others a draft does not exist."""
    if intent.circle and in_line(intent.circle, ctx.person.id, ctx) is None:
        readers(intent, ctx) if ctx.store.seats.member(intent.circle, ctx.person.id) is None else None


# In


@circles.handles(
    JoinCircle,
    allow=Rule(Audience.ANYONE, _readers_of_any),
    asks=lambda known, ctx: JoinCircle.asked if "circle" in known or open_circles(ctx, "") else {},
)
def join(intent: JoinCircle, ctx: Context) -> Reply:
    """Seat them at once, or put them on the waiting list."""
    if not intent.circle:
        return Say(Message(ctx.t("No circle is open just now. /newcircle starts one.")), private=True)
    found = ctx.circle(intent.circle)
    member = ctx.store.seats.member(found.id, ctx.person.id)
    if member is not None and found.state is not CircleState.ENDED:
        return _in_already(member, ctx)
    if not found.is_open:
        if found.state is CircleState.PUBLISHED and in_line(found.id, ctx.person.id, ctx) is not None:
            return Say(panel_for(found.id, ctx), private=True)  # closed to others: they have a place, or a seat is held
        raise Declined(_not_open(found, ctx))
    taken = ctx.store.seats.take(Member(found.id, ctx.person, Role.LEARNER, ctx.now), ctx.now)
    if isinstance(taken, Waiting):
        settled(found.id, ctx)
        offer_seats(found.id, ctx)
        return Say(joining_views.waits(shown_circle(found.id, ctx), taken.position, ctx.t), private=True)
    return _seated(found, ctx)


def _not_open(circle: Circle, ctx: Context) -> Text:
    """Return why nobody can join it now."""
    match circle.state:
        case CircleState.ENDED:
            return ctx.t("This circle has ended.")
        case CircleState.DRAFT:
            return ctx.t("It is a draft.")
        case CircleState.PUBLISHED:
            return ctx.t("Sign-up for “{circle}” is closed for now.", circle=circle.title)


def _in_already(member: Member, ctx: Context) -> Reply:
    words = (
        ctx.t.words("You run this circle.")
        if member.role is Role.FACILITATOR
        else ctx.t.words("You are in already. See you at the next meeting!")
    )
    return Toast(words) if isinstance(ctx.act, Press) else Say(Message(Text.of(words)), private=True)


def _seated(circle: Circle, ctx: Context) -> Reply:
    """Welcome them once: where they are; late joiners in their private chat, where what they missed can be kept."""
    shown = shown_circle(circle.id, ctx)
    follows = bool(shown.past) and not ctx.room.is_private and ctx.store.people.private_room(ctx.person.id) is not None
    came(circle, ctx.person.id, ctx, welcome=follows)
    if follows:
        return Say(joining_views.joined(shown, ctx.t), private=True)
    message = joining_views.welcome(shown, ctx.store.decisions.open_of(circle.id), ctx.t)
    return Redraw(message) if ctx.room.is_private and _is_offer(ctx) else Say(message, private=True)


def _is_offer(ctx: Context) -> bool:
    """Whether what was pressed is the offer of a seat, which is over now."""
    return isinstance(ctx.act, Press) and ctx.act.payload.partition(".")[0] == TakeSeat.tag


@circles.handles(TakeSeat, allow=readers)
def take_seat(intent: TakeSeat, ctx: Context) -> Reply:
    """Turn the held seat into a taken one."""
    found = ctx.circle(intent.circle)
    if found.state is CircleState.ENDED:
        raise Declined(_not_open(found, ctx))
    if ctx.store.seats.accept(found.id, ctx.person.id, ctx.now):
        return _seated(found, ctx)
    member = ctx.store.seats.member(found.id, ctx.person.id)
    if member is not None:
        return _in_already(member, ctx)
    waiting = in_line(found.id, ctx.person.id, ctx)
    if waiting is not None and waiting.offered_until is None:
        return _taken_back(found, waiting, ctx)
    then = ctx.t("You can join again.") if found.is_open else _not_open(found, ctx)
    rows = ((views.join_button(facts(found, ctx), ctx.t),),) if found.is_open else ()
    text = lines(ctx.t("The time to take this seat is over."), then)
    return Redraw(Message(text, rows=rows, title=found.title))


def _taken_back(circle: Circle, waiting: Waiting, ctx: Context) -> Reply:
    """Say which place they have: the circle rested, or has fewer seats now than were offered."""
    if not circle.is_open:
        return panel_reply(circle.id, ctx)  # whether it is full or not: nobody is asked for now
    return in_place(joining_views.waits(shown_circle(circle.id, ctx), waiting.position, ctx.t), ctx)


@circles.handles(LetGo, allow=Rule(Audience.ANYONE, _anyone_or_waiting))
def let_go(intent: LetGo, ctx: Context) -> Reply:
    """Take them off the waiting list; a seat that was held goes to the next."""
    found = ctx.circle(intent.circle)
    if in_line(found.id, ctx.person.id, ctx) is None:
        return Toast(ctx.t.words("You are not on the waiting list (any more)."))
    ctx.store.seats.leave(found.id, ctx.person.id, ctx.now)
    no_offer(found.id, [ctx.person.id], N_("they let it go"), ctx)
    settled(found.id, ctx)
    offer_seats(found.id, ctx)
    rows = ((Button(ctx.t.words("Join again"), JoinCircle(circle=found.id)),),) if found.is_open else ()
    text = ctx.t("You are off the waiting list of “{circle}”. Thank you for saying so.", circle=Bold(found.title))
    return Redraw(Message(text, rows=rows, title=found.title))


# What they tell


def tell_asks(known: Mapping[str, object], ctx: Context) -> Mapping[str, Asked]:
    """Ask the facilitators' own questions in their own words, beginning with what was told before."""
    circle = known.get("circle")
    if not isinstance(circle, int):
        return {}
    questions = ctx.circle(circle).questions
    member = ctx.store.seats.member(circle, ctx.person.id)
    asked = dict(TellAbout.asked)
    asked["goal"] = replace(asked["goal"], hint=CONSENT, value=member.goal if member else "")
    asked["support"] = replace(asked["support"], value=member.support if member else "")
    for number, field in enumerate(("first", "second", "third")):
        if number >= len(questions):
            del asked[field]
            continue
        answers = member.answers if member else ()
        before = answers[number] if number < len(answers) else ""
        asked[field] = replace(asked[field], prompt=questions[number], value=before)
    return asked


@circles.handles(TellAbout, allow=members, asks=tell_asks)
def tell(intent: TellAbout, ctx: Context) -> Reply:
    """Keep what they told."""
    found = ctx.circle(intent.circle)
    own = (intent.first, intent.second, intent.third)[: len(found.questions)]
    ctx.store.seats.tell(found.id, ctx.person.id, intent.goal, intent.support, own)
    thanks = ctx.t("Thank you! The facilitators can read it now. “My answers” in /circle changes it.")
    return Say(Message(thanks), private=True)


@circles.handles(ShowAnswers, allow=members)
def show_answers(intent: ShowAnswers, ctx: Context) -> Reply:
    """Show the person what they told, to nobody else."""
    t, found = ctx.t, ctx.circle(intent.circle)
    member = ctx.store.seats.member(found.id, ctx.person.id)
    said = joining_views.told(member, found.questions, t) if member else None
    text = paragraphs(said or t("You have not told anything yet."), t(CONSENT))
    label = t.words("Change") if said else t.words("Tell us about you")
    return Say(
        Message(text, rows=((Button(label, TellAbout.about(circle=found.id)),),), title=found.title), private=True
    )


# Out


@circles.handles(
    LeaveCircle,
    allow=Rule(Audience.LEARNER, _anyone_or_waiting),
    asks=lambda known, ctx: LeaveCircle.asked if "circle" in known or my_circles(ctx, "") else {},
)
def leave(intent: LeaveCircle, ctx: Context) -> Reply:
    """Ask once, then give up the seat."""
    if not intent.circle:
        return Say(no_circle(ctx), private=True)
    found = ctx.circle(intent.circle)
    member = ctx.store.seats.member(found.id, ctx.person.id)
    if member is None:
        if in_line(found.id, ctx.person.id, ctx) is not None:
            return let_go(LetGo(circle=found.id), ctx)
        raise Declined(ctx.t("You are not in “{circle}”.", circle=found.title))
    if member.role is Role.FACILITATOR:
        _others_run_it(found, ctx)
    shown = facts(found, ctx)
    if not intent.sure:
        message = joining_views.leaving(shown, ctx.t)
        return Say(message, private=True)
    if member.role is Role.FACILITATOR and not ctx.store.seats.set_role(found.id, ctx.person.id, Role.LEARNER):
        _others_run_it(found, ctx)  # somebody else left in this very moment
    ctx.store.seats.leave(found.id, ctx.person.id, ctx.now)
    went(found, ctx.person.id, ctx)
    message = joining_views.left(shown_circle(found.id, ctx), ctx.t)
    return in_place(message, ctx)


def _others_run_it(circle: Circle, ctx: Context) -> None:
    """Decline where the person is the last who runs the circle, and say who could take over."""
    shown = facts(circle, ctx)
    if len(shown.facilitators) > 1:
        return
    names = ctx.t.listed(member.person.name for member in shown.learners)
    if names:
        raise Declined(
            ctx.t(
                "You are the only facilitator of “{circle}”. Make somebody one first (/circle, Members): {names}.",
                circle=circle.title,
                names=names,
            )
        )
    raise Declined(
        ctx.t("You are the only one in “{circle}”. End it instead: “More…” in /circle.", circle=circle.title)
    )
