"""Every door, tried by people whom it is not for: nothing changes, and nothing is told that they may not know.

The table holds a row for every intent there is; a new intent without one fails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

from bot.chat.intents import Intent
from bot.chat.message import Ask, Message
from bot.chat.text import Text
from bot.domain.circles import CircleState
from bot.domain.feedback import Decision, Feedback, Mood
from bot.domain.linking import account_number
from bot.domain.meetings import MeetingState
from bot.domain.people import Account, Role
from bot.domain.rsvps import Answer
from bot.features.circles import intents as circles
from bot.features.communities import intents as communities
from bot.features.feedback import intents as feedback
from bot.features.meetings import intents as meetings
from bot.features.operating import intents as operating
from bot.features.people import intents as people
from bot.features.people.doors import audience
from bot.features.rsvps import intents as rsvps
from bot.ports import Store
from bot.rules import Audience
from tests.doors.allowed import ALLOWED, ROUTES, Least
from tests.features.elsewhere import SECRETS, Elsewhere, elsewhere, stored
from tests.features.invitations import invited, link_in, organizes
from tests.support.chat import ChatSim
from tests.support.sim import PLATFORM, SimPost

OWN: frozenset[type[Intent]] = frozenset(intent for intent, row in ALLOWED.items() if row.least is Least.ANYBODY)
"""What names nothing but oneself; where words of it lead to something, the something has tests of its own."""
OPERATORS: frozenset[type[Intent]] = frozenset(
    {operating.ShowStatus, operating.Announce, operating.SendAnnouncement, operating.ShowAnnouncement}
)
"""What is about the bot itself, and for whoever runs it: tests/operating/test_status.py tries others at it."""
READ: frozenset[type[Intent]] = frozenset(intent for intent, row in ALLOWED.items() if row.least is Least.READER)
"""What everybody may press of a published circle: it shows what everybody may know, or lets them join."""
JOIN: type[Intent] = circles.JoinCircle
Row = Callable[[Elsewhere], Intent]


def _rows() -> Mapping[type[Intent], Row]:
    """Return for every intent that names something how it names something of another circle."""
    about: dict[type[Intent], Row] = {
        circles.ShowMember: lambda e: circles.ShowMember(circle=e.circle, person=e.learner),
        circles.MakeFacilitator: lambda e: circles.MakeFacilitator(circle=e.circle, person=e.learner),
        circles.RemoveMember: lambda e: circles.RemoveMember(circle=e.circle, person=e.learner, sure=True),
        circles.TakeBack: lambda e: circles.TakeBack(circle=e.circle, person=e.learner),
        circles.NameFeedback: lambda e: circles.NameFeedback(circle=e.circle, named=True),
        circles.UnpublishCircle: lambda e: circles.UnpublishCircle(circle=e.circle, sure=True),
        circles.EndCircle: lambda e: circles.EndCircle(circle=e.circle, sure=True),
        circles.LeaveCircle: lambda e: circles.LeaveCircle(circle=e.circle, sure=True),
        circles.UseRoom: lambda e: circles.UseRoom(circle=e.circle, room=e.place),
        circles.PostCircle: lambda e: circles.PostCircle(circle=e.circle, room=e.place),
        circles.LeaveRoom: lambda e: circles.LeaveRoom(circle=e.circle, place=e.place),
        meetings.SkipMeeting: lambda e: meetings.SkipMeeting(meeting=e.ahead, sure=True),
        meetings.CancelMeeting: lambda e: meetings.CancelMeeting(meeting=e.ahead, sure=True),
        meetings.ShowDelivery: lambda e: meetings.ShowDelivery(circle=e.circle, delivery=e.delivery),
        meetings.SkipDelivery: lambda e: meetings.SkipDelivery(circle=e.circle, delivery=e.delivery),
        meetings.SendNow: lambda e: meetings.SendNow(circle=e.circle, delivery=e.delivery),
        rsvps.Rsvp: lambda e: rsvps.Rsvp(meeting=e.ahead, answer=Answer.YES),
        rsvps.AnswerFor: lambda e: rsvps.AnswerFor.about(meeting=e.ahead, person=e.learner),
        feedback.IWasThere: lambda e: feedback.IWasThere(meeting=e.over, came=True),
        feedback.MarkCame: lambda e: feedback.MarkCame(meeting=e.over, person=e.learner, came=False),
        feedback.Reflect: lambda e: feedback.Reflect(meeting=e.over, score=Mood.GOOD),
        communities.PutDigest: lambda e: communities.PutDigest(community=e.community, place=e.place),
        communities.RemoveOrganizer: lambda e: communities.RemoveOrganizer(
            community=e.community, person=e.organizer, sure=True
        ),
        communities.RevokeInvitation: lambda e: communities.RevokeInvitation(invite=e.invite),
        people.ConfirmLink: lambda e: people.ConfirmLink(code=e.code, sure=True),
        people.UnlinkAccount: lambda _: people.UnlinkAccount(
            account=account_number(Account(PLATFORM, "u-bob", "Bob")), sure=True
        ),
    }
    for intent in ROUTES.keys() - about.keys() - OWN - OPERATORS:
        if (row := _plainly(intent)) is not None:
            about[intent] = row
    return about


def _plainly(intent: type[Intent]) -> Row | None:
    """Return how an intent names the one thing that it is about, the rest left open; None where it names nothing."""
    over = intent in {feedback.GiveFeedback, feedback.ReflectInWords, feedback.WhoCame, feedback.SaveAttendance}
    over = over or intent is feedback.ReadSummary
    for field, of in {
        "circle": "circle",
        "meeting": "over" if over else "ahead",
        "community": "community",
        "decision": "decision",
        "feedback": "feedback",
    }.items():
        if field in intent.riders:
            return lambda e: intent.about(**{field: getattr(e, of)})
    return None


ROWS: Mapping[type[Intent], Row] = _rows()


def named(intent: type[Intent]) -> str:
    """Return a test's name."""
    return intent.__name__


OUTSIDERS = ("stranger", "ada", "facilitator", "organizer", "cara")
"""Nobody; a learner, a facilitator and an organizer of another community; who runs another circle of this one."""
NAMING: list[type[Intent]] = sorted(ROWS, key=named)


def told(reply: object, chat: ChatSim, before: int) -> str:
    """Return everything that came of an act: the answer, and whatever was posted."""
    return "\n".join([repr(reply), *(post.text for post in chat.platform.posts[before:])])


async def refused(chat: ChatSim, name: str, payload: str, secrets: tuple[str, ...] = SECRETS) -> None:
    """Let somebody press a payload, in the room and in private: nothing changes, nothing secret is told."""
    someone, alone = getattr(chat, name), await _help(chat, name)
    among_others = chat.platform.put(chat.room, Message(Text.of("Hello")))
    before, posts = await stored(chat), len(chat.platform.posts)
    for reply in (await someone.presses_payload(payload, among_others), await someone.presses_payload(payload, alone)):
        assert reply is not None, f"{name} hears nothing"
        assert not isinstance(reply, Ask), f"{name} is asked before it is known whether they may"
        heard = told(reply, chat, posts)
        assert not [word for word in secrets if word in heard], f"{name} reads {heard}"
    assert await stored(chat) == before, f"{name} changed something"


def test_every_intent_has_a_row() -> None:
    """What is not for everybody says what it names, so that somebody without a right to it is tried."""
    assert ROWS.keys() | OWN | OPERATORS == ROUTES.keys()
    assert not ROWS.keys() & OWN


@pytest.mark.parametrize("intent", NAMING, ids=named)
async def test_a_draft_does_not_exist_for_others(chat: ChatSim, intent: type[Intent]) -> None:
    """Nobody learns anything of another circle's draft, or of another community, by a button that was never theirs."""
    there = await elsewhere(chat, CircleState.DRAFT)
    for name in OUTSIDERS:
        await refused(chat, name, ROWS[intent](there).payload())


@pytest.mark.parametrize("intent", [one for one in NAMING if one not in READ], ids=named)
async def test_a_circle_is_its_own_peoples(chat: ChatSim, intent: type[Intent]) -> None:
    """Somebody else's button of a published circle does nothing, whatever one is in a circle of one's own."""
    there = await elsewhere(chat)
    for name in OUTSIDERS:
        await refused(chat, name, ROWS[intent](there).payload(), SECRETS[1:])


@pytest.mark.parametrize("intent", [one for one in NAMING if one in READ - {JOIN}], ids=named)
async def test_what_everybody_may_read_has_no_private_facts(chat: ChatSim, intent: type[Intent]) -> None:
    """A stranger sees what a published circle is and when it meets, but neither its people nor its video link."""
    there = await elsewhere(chat)
    await chat.bob.presses_payload(
        rsvps.Rsvp(meeting=there.ahead, answer=Answer.YES).payload(), await _help(chat, "bob")
    )
    for name in OUTSIDERS:
        await refused(chat, name, ROWS[intent](there).payload(), ("Bob", "meet.example/secret", "too much talk"))


async def _help(chat: ChatSim, name: str) -> SimPost:
    """Return a message that stands in somebody's private chat, on which buttons can be pressed."""
    someone = getattr(chat, name)
    await someone.whispers("/help")
    return chat.platform.seen_by(someone.user)[-1]


@dataclass(frozen=True)
class Own:
    """Ids of things in the circle and community of `lived_in`."""

    community: int
    circle: int
    ahead: int
    over: int
    feedback: int
    decision: int


async def of_their_own(chat: ChatSim) -> Own:
    """Let the circle's first meeting be closed with three deltas, one of them taken up."""
    over, ahead, *_ = await chat.meetings()

    def settle(store: Store) -> Own:
        store.meetings.change_state(over.id, MeetingState.PLANNED, MeetingState.ENDED)
        store.meetings.change_state(over.id, MeetingState.ENDED, MeetingState.CLOSED)
        for name in ("ada", "grace", "linus"):
            store.feedback.give(Feedback(0, over.id, "", "more breaks", 3), getattr(chat, name).person(store).id)
        one, another, _ = store.feedback.of(over.id)
        decision = store.decisions.take_up(
            Decision(0, chat.circle, over.id, "breaks", made_at=chat.clock.now()), another.id
        )
        assert decision is not None
        return Own(chat.community, chat.circle, ahead.id, over.id, one.id, decision.id)

    return await chat.store.transact(settle)


@pytest.mark.parametrize("intent", [one for one in NAMING if audience(ROUTES[one]) > Audience.LEARNER], ids=named)
async def test_running_a_circle_is_not_for_its_learners(chat: ChatSim, intent: type[Intent]) -> None:
    """A learner does nothing of a facilitator's in their own circle, and a facilitator nothing of an organizer's."""
    there = await elsewhere(chat)
    await refused(chat, "bob", ROWS[intent](there).payload(), ())
    if audience(ROUTES[intent]) is Audience.ORGANIZER:
        await refused(chat, "bea", ROWS[intent](there).payload(), ())


PAIRS: Mapping[str, Callable[[Own, Elsewhere], Intent]] = {
    "their member": lambda o, e: circles.ShowMember(circle=o.circle, person=e.learner),
    "their member made to run it": lambda o, e: circles.MakeFacilitator(circle=o.circle, person=e.learner),
    "their member removed": lambda o, e: circles.RemoveMember(circle=o.circle, person=e.learner, sure=True),
    "their member taken in": lambda o, e: circles.TakeBack(circle=o.circle, person=e.learner),
    "their member answered for": lambda o, e: rsvps.AnswerFor(meeting=o.ahead, person=e.learner, answer=Answer.YES),
    "their member marked": lambda o, e: feedback.MarkCame(meeting=o.over, person=e.learner, came=True),
    "their member given a decision": lambda o, e: feedback.GiveDecision(decision=o.decision, owner=e.learner),
    "their message shown": lambda o, e: meetings.ShowDelivery(circle=o.circle, delivery=e.delivery),
    "their message skipped": lambda o, e: meetings.SkipDelivery(circle=o.circle, delivery=e.delivery),
    "their message sent": lambda o, e: meetings.SendNow(circle=o.circle, delivery=e.delivery),
    "their organizer": lambda o, e: communities.RemoveOrganizer(
        community=o.community, person=e.organizer, sure=True
    ),
    "their room": lambda o, e: communities.PutDigest(community=o.community, place=e.place),
    "their room used": lambda o, e: circles.UseRoom(circle=o.circle, room=e.place),
    "their room posted in": lambda o, e: circles.PostCircle(circle=o.circle, room=e.place),
    "nobody's room used": lambda o, e: circles.UseRoom(circle=o.circle, room=e.free),
    "nobody's room posted in": lambda o, e: circles.PostCircle(circle=o.circle, room=e.free),
    "their room left": lambda o, e: circles.LeaveRoom(circle=o.circle, place=e.place),
    "their organizers' invitation": lambda _, e: communities.RevokeInvitation(invite=e.organizers_invite),
}  # fmt: skip


@pytest.mark.parametrize("pair", PAIRS)
async def test_of_two_things_named_both_are_looked_at(chat: ChatSim, pair: str) -> None:
    """Whoever may do something to a thing of their own does not do it with a thing of somebody else's."""
    there, own = await elsewhere(chat), await of_their_own(chat)
    for name in ("facilitator", "organizer"):
        await refused(chat, name, PAIRS[pair](own, there).payload())


async def test_an_owner_elsewhere_is_no_answer(chat: ChatSim) -> None:
    """A form does not make somebody of another circle the owner of a decision."""
    there, own = await elsewhere(chat), await of_their_own(chat)
    await chat.facilitator.presses_payload(feedback.TakeUp.about(feedback=own.feedback).payload())
    before = await stored(chat)
    await chat.facilitator.fills(owner=str(there.learner))
    assert chat.facilitator.errors().keys() == {"owner"}
    assert await stored(chat) == before


@pytest.mark.parametrize("ahead_of", ["the page", "the look back"])
async def test_a_form_ends_with_the_role(chat: ChatSim, ahead_of: str) -> None:
    """Whoever stops running the circle while their form is open is told so when they send it."""
    await chat.facilitator.presses_payload(meetings.AddMeeting.about(circle=chat.circle).payload())
    if ahead_of == "the look back":
        await chat.facilitator.fills(when="3 June 6pm")

    def unmake(store: Store) -> None:
        store.seats.join_as(chat.circle, chat.ada.person(store).id, Role.FACILITATOR, chat.clock.now())
        store.seats.set_role(chat.circle, chat.facilitator.person(store).id, Role.LEARNER)

    await chat.store.transact(unmake)
    before = await stored(chat)
    if ahead_of == "the look back":
        await chat.facilitator.presses("Save")
    else:
        await chat.facilitator.fills(when="3 June 6pm")
    assert "Only a facilitator" in chat.facilitator.heard
    assert await stored(chat) == before


async def test_an_invitation_falls_with_whoever_made_it(chat: ChatSim) -> None:
    """A removed organizer has no back door in a link that they made before."""
    link = await invited(chat)
    await chat.grace.opens(link)
    await chat.grace.presses("Open the community")
    await chat.grace.presses("Invite…")
    await chat.grace.presses("Invite an organizer")
    back_door = link_in(chat.grace.heard)

    def remove(store: Store) -> None:
        store.communities.remove_organizer(chat.community, chat.grace.person(store).id)

    await chat.store.transact(remove)
    await chat.grace.opens(back_door)
    assert "taken back" in chat.grace.heard
    assert not await organizes(chat, chat.grace)
