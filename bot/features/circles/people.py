"""The people of a circle, as its facilitators see them: who they are, what they want, who runs it."""

from __future__ import annotations

from bot.chat.message import Button, Message, Reply, Style, gridded
from bot.chat.text import Bold, Moment, Shape, Text, lines, paragraphs
from bot.context import Context
from bot.domain.circles import Circle, Member
from bot.domain.people import Person, Role
from bot.errors import Declined
from bot.features.circles import joining_views, sections, views
from bot.features.circles.facts import Facts
from bot.features.circles.feature import circles
from bot.features.circles.intents import MakeFacilitator, RemoveMember, ShowMember, ShowRoster, TakeBack
from bot.features.circles.panels import shown_circle
from bot.features.circles.seats import offer_seats, settled, went
from bot.features.communities.intents import AppointFacilitator, InviteFacilitator
from bot.features.communities.ways import Ways, ways
from bot.features.in_place import in_place
from bot.i18n import Translator
from bot.rules import facilitators

A_PAGE = 16


@circles.handles(ShowRoster, allow=facilitators)
def roster(intent: ShowRoster, ctx: Context) -> Reply:
    """Show who is in the circle, with their goals."""
    return in_place(roster_view(shown_circle(intent.circle, ctx), intent.page, ways(ctx), ctx.t), ctx)


def roster_view(shown: Facts, page: int, ways: Ways, t: Translator) -> Message:
    """Return a page of the roster, with a button for each member, and the ways to another facilitator."""
    people = (*shown.facilitators, *shown.learners)
    pages = max(1, -(-len(people) // A_PAGE))
    page = min(page, pages - 1)
    here = people[page * A_PAGE : (page + 1) * A_PAGE]
    entries = [_entry(member, t) for member in here]
    if not shown.learners:
        entries.append(t("No learner has joined so far."))
    circle = shown.circle.id
    buttons = tuple(Button(shortened_name(m), ShowMember(circle=circle, person=m.person.id)) for m in here)
    turn = (
        *((Button(t.words("Earlier"), ShowRoster(circle=circle, page=page - 1)),) if page else ()),
        *((Button(t.words("Later"), ShowRoster(circle=circle, page=page + 1)),) if page + 1 < pages else ()),
        *((Button(t.words("Choose a facilitator"), AppointFacilitator.about(circle=circle)),) if ways.picks else ()),
        *((Button(t.words("Invite a facilitator"), InviteFacilitator(circle=circle)),) if ways.links else ()),
        sections.back(shown, t),
    )
    head = views.seats_line(shown, t)
    return Message(paragraphs(head, lines(*entries)), rows=(*gridded(buttons, 4), turn), title=shown.circle.title)


def shortened_name(member: Member) -> str:
    """Return a member's name as a button shows it."""
    return views.shortened(member.person.name, 20)


def _entry(member: Member, t: Translator) -> Text:
    name = Bold(member.person.name)
    if member.role is Role.FACILITATOR:
        return t("{name}, facilitator", name=name)
    return t("{name}: {goal}", name=name, goal=member.goal) if member.goal else Text.of(name)


@circles.handles(ShowMember, allow=facilitators)
def show_member(intent: ShowMember, ctx: Context) -> Reply:
    """Show one member with everything they told."""
    found = ctx.circle(intent.circle)
    return in_place(member_view(found, _member(found, intent.person, ctx), ctx.t), ctx)


def _member(circle: Circle, person: int, ctx: Context) -> Member:
    """Return a present member of this very circle; declines where there is none."""
    member = ctx.store.seats.member(circle.id, person)
    if member is None:
        raise Declined(ctx.t("They are not in “{circle}” (any more).", circle=circle.title))
    return member


def member_view(circle: Circle, member: Member, t: Translator) -> Message:
    """Return a member, and what a facilitator may do."""
    runs = member.role is Role.FACILITATOR
    name = Bold(member.person.name)
    text = paragraphs(
        lines(
            t("{name}, facilitator", name=name) if runs else t("{name}, learner", name=name),
            t("Joined: {date}", date=Moment(member.joined_at, circle.zone, Shape.DATE)),
        ),
        joining_views.told(member, circle.questions, t) or t("They have not told anything about themselves yet."),
    )
    person = member.person.id
    label = t.words("Make a learner") if runs else t.words("Make a facilitator")
    rows = (
        (
            Button(label, MakeFacilitator(circle=circle.id, person=person, on=not runs)),
            Button(t.words("Remove"), RemoveMember(circle=circle.id, person=person), Style.DANGER),
        ),
        (Button(t.words("Back"), ShowRoster(circle=circle.id)),),
    )
    return Message(text, rows=rows, title=circle.title)


@circles.handles(MakeFacilitator, allow=facilitators)
def make_facilitator(intent: MakeFacilitator, ctx: Context) -> Reply:
    """Let a member run the circle, or no longer; somebody always does."""
    t, found = ctx.t, ctx.circle(intent.circle)
    member = _member(found, intent.person, ctx)
    if not intent.on:
        _another_runs(found, member, ctx)
        _a_seat_is_free(found, ctx)
    role = Role.FACILITATOR if intent.on else Role.LEARNER
    changed = ctx.store.seats.set_role(found.id, intent.person, role)
    if changed:
        settled(found.id, ctx)
        offer_seats(found.id, ctx)
    if found.id and ctx.role(found) is not Role.FACILITATOR:
        return in_place(views.member_panel(shown_circle(found.id, ctx), t), ctx, t.words("You are a learner now."))
    return in_place(member_view(found, _member(found, intent.person, ctx), t), ctx, t.words("Saved."))


def _another_runs(circle: Circle, member: Member, ctx: Context) -> None:
    if member.role is Role.FACILITATOR and len(ctx.store.seats.facilitators(circle.id)) == 1:
        raise Declined(ctx.t("{name} is the only facilitator. Make somebody else one first.", name=member.person.name))


def _a_seat_is_free(circle: Circle, ctx: Context) -> None:
    """Decline where a learner more would sit on a seat that is not there: facilitators take none."""
    shown = shown_circle(circle.id, ctx)
    held = sum(1 for waiting in ctx.store.seats.waiting(circle.id) if waiting.offered_until is not None)
    if circle.seats is not None and len(shown.learners) + held >= circle.seats:
        raise Declined(ctx.t("Every learner's seat is taken. Add a seat first, under Change… in /circle."))


@circles.handles(RemoveMember, allow=facilitators)
def remove(intent: RemoveMember, ctx: Context) -> Reply:
    """Ask once, then take a member out; it can be taken back."""
    t, found = ctx.t, ctx.circle(intent.circle)
    member = _member(found, intent.person, ctx)
    name = Bold(member.person.name)
    _another_runs(found, member, ctx)
    if not intent.sure:
        rows = (
            (
                Button(t.words("Remove"), intent.model_copy(update={"sure": True}), Style.DANGER),
                Button(t.words("Keep"), ShowMember(circle=found.id, person=intent.person)),
            ),
        )
        question = t(
            "Remove {name} from “{circle}”? Their answers for the meetings ahead go.", name=name, circle=found.title
        )
        return in_place(Message(question, rows=rows, title=found.title), ctx)
    if member.role is Role.FACILITATOR:
        ctx.store.seats.set_role(found.id, intent.person, Role.LEARNER)
    ctx.store.seats.leave(found.id, intent.person, ctx.now)
    went(found, intent.person, ctx)
    undo = Button(t.words("Undo"), TakeBack(circle=found.id, person=intent.person))
    rows = ((undo, Button(t.words("Back"), ShowRoster(circle=found.id))),)
    return in_place(Message(t("{name} is not in the circle any more.", name=name), rows=rows, title=found.title), ctx)


@circles.handles(TakeBack, allow=facilitators)
def take_back(intent: TakeBack, ctx: Context) -> Reply:
    """Put a member who was removed back in, if the seat is still free."""
    found = ctx.circle(intent.circle)
    person = _former(found, intent.person, ctx)
    if ctx.store.seats.member(found.id, person.id) is None:
        _a_seat_is_free(found, ctx)
        ctx.store.seats.join_as(found.id, person.id, Role.LEARNER, ctx.now)
        settled(found.id, ctx)
    return in_place(member_view(found, _member(found, person.id, ctx), ctx.t), ctx, ctx.t.words("They are back."))


def _former(circle: Circle, person: int, ctx: Context) -> Person:
    """Return somebody who was a member of this very circle: nobody can be brought in who never joined."""
    found = ctx.store.seats.former(circle.id, person)
    if found is None:
        raise Declined(ctx.t("They never were in “{circle}”.", circle=circle.title))
    return found
