"""The world in which every door is tried: one circle with everything that can be in it, and somebody of every role.

Two more communities lie beside it: who is something there is nobody here.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256

from bot.assembly import assemble
from bot.chat.adapter import Ability
from bot.chat.message import Room
from bot.domain.circles import Circle, CircleState, Member
from bot.domain.communities import Invite, InviteKind
from bot.domain.feedback import Decision, DecisionState, Feedback, Reflection
from bot.domain.linking import account_number
from bot.domain.meetings import Meeting, MeetingState, instant
from bot.domain.notices import Reminder
from bot.domain.operating import Addressees, Announcement, announcement_key
from bot.domain.people import Account, Role
from bot.domain.rsvps import Answer
from bot.ports import Store
from tests.doors.trial import Trial
from tests.features.elsewhere import elsewhere
from tests.support.chat import FIRST, ZONE, ChatSim, Someone, lived_in
from tests.support.sim import SimPlatform, group

ECHO = "echo"
"""A second platform, on which one of the facilitators has another account."""
INVITE_TOKEN = "t" * 32
ORGANIZERS_TOKEN = "u" * 32
CODE = "ABCDEFGHJKMN"
"""A code that nobody has brought yet."""


class Who(StrEnum):
    """Somebody who tries a door; the value is their name in the chat."""

    STRANGER = "stranger"
    LEARNER = "ada"
    OWNER = "grace"
    ONCE_LEARNER = "gone"
    WAITING = "wendy"
    FACILITATOR = "facilitator"
    LINKED = "facilitator@echo"
    PARTED = "parted@echo"
    ORGANIZER = "organizer"
    ONCE_FACILITATOR = "rita"
    ONCE_ORGANIZER = "otto"
    BESIDE_LEARNER = "nils"
    BESIDE_FACILITATOR = "nora"
    THERE_LEARNER = "bob"
    THERE_FACILITATOR = "bea"
    THERE_ORGANIZER = "boris"
    BEARER = "brita"
    OPERATOR = "opal"

    @property
    def words(self) -> str:
        """Say who they are."""
        return _ARE[self]


_ARE = {
    Who.STRANGER: "never met",
    Who.LEARNER: "a learner",
    Who.OWNER: "the learner who sees to the decision",
    Who.ONCE_LEARNER: "a learner who left",
    Who.WAITING: "on the waiting list",
    Who.FACILITATOR: "a facilitator",
    Who.LINKED: "a facilitator, by another account that is linked",
    Who.PARTED: "an account that was parted from the facilitator's",
    Who.ORGANIZER: "an organizer",
    Who.ONCE_FACILITATOR: "a learner who was a facilitator",
    Who.ONCE_ORGANIZER: "once an organizer",
    Who.BESIDE_LEARNER: "a learner of another circle of the community",
    Who.BESIDE_FACILITATOR: "a facilitator of another circle of the community",
    Who.THERE_LEARNER: "a learner in another community",
    Who.THERE_FACILITATOR: "a facilitator in another community",
    Who.THERE_ORGANIZER: "an organizer of another community",
    Who.BEARER: "whoever brought a code",
    Who.OPERATOR: "an operator",
}
SECRETS = (
    "Shy title",  # of a draft
    "Ada", "Grace", "Linus", "Wendy",  # who is in a circle is its own people's to know
    "meet.example/py", "my aunt is ill", "wants to build a robot", "long monologues", "shorter rounds",
)  # fmt: skip
"""Words that nobody reads who may not."""
TAUGHT = ("Shy title", "my aunt is ill", "wants to build a robot")
"""Of those, what the learners of the circle do not read either."""


@dataclass(frozen=True)
class Things:
    """Ids of what there is in our circle and community.

    `ended`, `closed` and `cancelled` are meetings: one that took place yesterday, one that was summed up, one that was
    called off. `resting` and `over` are circles of the same facilitator: a draft, and one that has ended; `removed` is
    somebody who left it.
    """

    room: Room
    place: int
    second_place: int
    foreign: Room
    community: int
    circle: int
    resting: int
    over: int
    ahead: int
    ended: int
    closed: int
    cancelled: int
    delta: int
    taken: int
    decision: int
    done: int
    delivery: int
    invite: int
    code: int
    learner: int
    removed: int
    organizer: int
    linked_account: int


class World:  # no dataclass: what fails would show all of it
    """The chat, its storage, and what there is in it."""

    def __init__(self, chat: ChatSim, trial: Trial, things: Things) -> None:
        self.chat, self.trial, self.things = chat, trial, things

    def someone(self, who: Who) -> Someone:
        """Return somebody."""
        return someone(self.chat, who)


def someone(chat: ChatSim, who: Who) -> Someone:
    """Return somebody by their role."""
    name, _, at = who.value.partition("@")
    return chat.account(name, at) if at else getattr(chat, name)


async def made(trial: Trial) -> World:
    """Return the world."""
    chat = await lived_in(trial)
    chat.platform.abilities = frozenset({Ability.PICK_PEOPLE, Ability.OPEN_ROOMS})
    chat.serve(SimPlatform(ECHO, chat.platform.abilities))
    chat.serve(SimPlatform("third"))  # on which nobody is, so that everybody has something to link
    operator = someone(chat, Who.OPERATOR)
    address, operators = "https://circles.example", [(operator.at, operator.user)]
    chat.bot = assemble(trial, chat.clock, chat.platforms, address=lambda _: address, operators=operators)
    there = await elsewhere(chat)
    things = await trial.transact(lambda store: _settled(store, chat, there.room))
    return World(chat, trial, things)


def _settled(store: Store, chat: ChatSim, foreign: Room) -> Things:
    now = chat.clock.now()
    _link(store, chat)
    ids: dict[Who, int] = {who: someone(chat, who).person(store).id for who in Who if who is not Who.STRANGER}
    circle = store.circles.get(chat.circle)
    assert circle is not None
    for who in (Who.LEARNER, Who.OWNER):
        store.seats.tell(circle.id, ids[who], "wants to build a robot", "", ())
    _seat(store, circle, ids, chat)
    resting = store.circles.add(replace(circle, id=0, title="Shy title", state=CircleState.DRAFT), now)
    over = store.circles.add(replace(circle, id=0, title="It was nice", state=CircleState.DRAFT), now)
    store.seats.join_as(resting.id, ids[Who.ONCE_LEARNER], Role.LEARNER, now)
    store.seats.leave(resting.id, ids[Who.ONCE_LEARNER], now)
    for one in (resting, over):
        store.seats.join_as(one.id, ids[Who.FACILITATOR], Role.FACILITATOR, now)
        store.meetings.add([Meeting(0, one.id, 1, FIRST, ZONE, instant(FIRST, ZONE), 90, "Shy topic")])
    store.circles.change_state(over.id, CircleState.DRAFT, CircleState.PUBLISHED)
    store.circles.change_state(over.id, CircleState.PUBLISHED, CircleState.ENDED)
    beside = store.circles.add(Circle(0, chat.community, "Spanish", "en", ZONE), now)
    store.circles.change_state(beside.id, CircleState.DRAFT, CircleState.PUBLISHED)
    store.seats.join_as(beside.id, ids[Who.BESIDE_FACILITATOR], Role.FACILITATOR, now)
    store.seats.join_as(beside.id, ids[Who.BESIDE_LEARNER], Role.LEARNER, now)
    here = store.places.note(chat.room, "The room", "").id
    second = store.places.note(group("second"), "Second room", "").id
    store.places.join_community(second, chat.community)
    meetings = _meetings(store, circle)
    delta, taken, decision, done = _said(store, circle, meetings["closed"], ids, chat)
    for who in (Who.LEARNER, Who.OWNER, Who.FACILITATOR, Who.ONCE_FACILITATOR):
        store.rsvps.answer(meetings["ahead"], ids[who], Answer.NO, at=now, reason="my aunt is ill")
    store.settings.put(announcement_key(1), json.dumps(asdict(Announcement("Mind the gap", Addressees.ROOMS, 1))))
    for who in (Who.FACILITATOR, Who.ORGANIZER):
        store.feedback.reflect(Reflection(meetings["ended"], ids[who], 4))
    chat.bot.planner.circle(store, circle.id, now)
    waits = next(one for one in store.deliveries.waiting(circle=circle.id) if isinstance(one.due.notice, Reminder))
    week = now + timedelta(days=7)
    fatima, olga = ids[Who.FACILITATOR], ids[Who.ORGANIZER]
    invite = store.invites.make(
        Invite(0, InviteKind.FACILITATOR, None, circle.id, fatima, week), _hashed(INVITE_TOKEN), now
    )
    store.invites.make(
        Invite(0, InviteKind.ORGANIZER, chat.community, None, olga, week), _hashed(ORGANIZERS_TOKEN), now
    )
    code = store.linking.make(ids[Who.PARTED], _hashed(CODE), now + timedelta(minutes=9), now)
    store.linking.take(code.id, ids[Who.BEARER], now)
    oscar, zoe = (getattr(chat, name).person(store).id for name in ("oscar", "zoe"))
    for community in store.communities.all():  # nobody is left alone by whoever goes
        store.communities.add_organizer(community.id, oscar)
        for one in store.circles.of_community(community.id):
            store.seats.join_as(one.id, zoe, Role.FACILITATOR, now)
    return Things(
        room=chat.room,
        place=here,
        second_place=second,
        foreign=foreign,
        community=chat.community,
        circle=circle.id,
        resting=resting.id,
        over=over.id,
        delta=delta,
        taken=taken,
        decision=decision,
        done=done,
        delivery=waits.id,
        invite=invite.id,
        code=code.id,
        learner=ids[Who.LEARNER],
        removed=ids[Who.ONCE_LEARNER],
        organizer=oscar,
        linked_account=account_number(Account(ECHO, "u-facilitator", "")),
        **meetings,
    )


def _hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _link(store: Store, chat: ChatSim) -> None:
    """Make the account on the other platform the facilitator's, too; another one was and is no more."""
    linked, parted = (someone(chat, who) for who in (Who.LINKED, Who.PARTED))
    stays = chat.facilitator.person(store).id
    store.linking.merge(stays, parted.person(store).id)
    store.linking.unlink(stays, Account(ECHO, parted.user, parted.name), chat.clock.now())
    store.linking.merge(stays, linked.person(store).id)


def _seat(store: Store, circle: Circle, ids: dict[Who, int], chat: ChatSim) -> None:
    """Let people come, wait, leave, and lose what they were."""
    now = chat.clock.now()
    store.seats.join_as(circle.id, ids[Who.ONCE_FACILITATOR], Role.FACILITATOR, now)
    store.seats.set_role(circle.id, ids[Who.ONCE_FACILITATOR], Role.LEARNER)
    store.seats.join_as(circle.id, ids[Who.ONCE_LEARNER], Role.LEARNER, now)
    store.seats.leave(circle.id, ids[Who.ONCE_LEARNER], now)
    store.circles.save(replace(circle, seats=4, questions=("Which editor?",)), circle)
    store.seats.take(Member(circle.id, chat.wendy.person(store), Role.LEARNER, now), now)
    store.communities.add_organizer(chat.community, ids[Who.ONCE_ORGANIZER])
    store.communities.remove_organizer(chat.community, ids[Who.ONCE_ORGANIZER])


def _meetings(store: Store, circle: Circle) -> dict[str, int]:
    """Let there be a meeting in every state; the one ahead is the next."""
    before = FIRST - timedelta(weeks=2)
    yesterday = FIRST - timedelta(days=9)
    closed, ended = store.meetings.add(
        [
            Meeting(0, circle.id, number, at, ZONE, instant(at, ZONE), 90, "Variables")
            for number, at in enumerate((before, yesterday), start=-1)
        ]
    )
    for meeting in (closed, ended):
        store.meetings.change_state(meeting.id, MeetingState.PLANNED, MeetingState.ENDED)
    store.meetings.change_state(closed.id, MeetingState.ENDED, MeetingState.CLOSED)
    planned = [one for one in store.meetings.of_circle(circle.id) if one.state is MeetingState.PLANNED]
    store.meetings.change_state(planned[-1].id, MeetingState.PLANNED, MeetingState.CANCELLED)
    store.meetings.renumber(circle.id)
    return {"ahead": planned[0].id, "ended": ended.id, "closed": closed.id, "cancelled": planned[-1].id}


def _said(store: Store, circle: Circle, meeting: int, ids: dict[Who, int], chat: ChatSim) -> tuple[int, int, int, int]:
    """Let four have their say; of two deltas one was taken up and is open, the other done."""
    givers = (ids[Who.LEARNER], ids[Who.OWNER], ids[Who.FACILITATOR], chat.linus.person(store).id)
    for giver in givers:
        store.feedback.give(Feedback(0, meeting, "", "long monologues", 3), giver)
    deltas = [one.id for one in store.feedback.of(meeting)]
    decisions = [
        store.decisions.take_up(
            Decision(0, circle.id, meeting, "shorter rounds", ids[Who.OWNER], made_at=chat.clock.now()), delta
        )
        for delta in deltas[1:3]
    ]
    made_ids = [one.id for one in decisions if one is not None]
    store.decisions.close(made_ids[1], DecisionState.DONE, chat.clock.now())
    return deltas[0], deltas[1], made_ids[0], made_ids[1]
