"""What the core needs from the outside: a database, and words turned into dates. Implemented elsewhere.

A `Store` is one transaction. Its repositories have methods named for what people do, and return the domain's frozen
dataclasses; a method that finds nothing returns None, one that is told to change what is not there does nothing.
"""

# Long because it is one list to look things up in: every method that the database offers, and what it promises.

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from bot.chat.adapter import Ability
from bot.chat.forms import Draft
from bot.chat.message import Card, Message, Posted, Room
from bot.domain.bounds import Kept
from bot.domain.circles import Circle, CircleState, Member, Seated, Waiting
from bot.domain.communities import Community, Invite, InviteKind
from bot.domain.feedback import Decision, DecisionState, Feedback, Reflection
from bot.domain.feeds import Feed
from bot.domain.linking import LinkCode
from bot.domain.meetings import Meeting, MeetingState
from bot.domain.notices import Delivery, DeliveryState, Dropped, Due, Notice
from bot.domain.operating import Queue
from bot.domain.people import Account, Person, Role
from bot.domain.rsvps import Answer, Rsvp, Tally
from bot.records import dataclass

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StoredPlace:
    """A room as we remember it; `trouble` says why it cannot be reached, empty while it can.

    `space` is the platform's wider space that it is in, empty where there is none.
    """

    id: int
    room: Room
    title: str = ""
    community: int | None = None
    trouble: str = ""
    space: str = ""


@dataclass(frozen=True, slots=True)
class StoredCard:
    """A posted message that shows something live."""

    id: int
    posted: Posted
    card: Card
    fingerprint: str
    place: int
    touched: datetime | None = None
    """The mark that says it is in need of drawing; None while it is not."""
    superseded: bool = False
    """Whether a newer message in the same room shows the same thing: then this one only says so, and is let go."""


class People(Protocol):
    """Who the bot has met."""

    def meet(self, account: Account, language: str, zone: str, now: datetime, *, is_open: bool = False) -> Person:
        """Return the person behind an account, made on first sight; keeps the account's name. The tap's hot path.

        What is hinted of language and zone holds where nothing is known yet: somebody else may have made them known.
        `is_open` says that the bot may write to them privately: on first sight their private chat is noted.
        """
        ...

    def known(self, account: Account) -> Person | None:
        """Return the person behind an account without noting anything: for looking, where nothing may be written."""
        ...

    def get(self, person: int) -> Person | None:
        """Return a person."""
        ...

    def many(self, people: Collection[int]) -> Mapping[int, Person]:
        """Return those of `people` that there are, by id."""
        ...

    def save(self, person: Person, was: Person) -> None:
        """Write what differs from what was read of a person: two at once lose nothing of each other's."""
        ...

    def accounts(self, person: int) -> tuple[Account, ...]:
        """Return a person's accounts."""
        ...

    def private_room(self, person: int) -> Room | None:
        """Return the private chat last seen open and reachable."""
        ...

    def reachable(self, account: Account, *, reachable: bool) -> None:
        """Note whether the bot may write to an account privately."""
        ...

    def everything(self, person: int) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """Return all that is kept of a person, by what it is; ids and other people's names are left out."""
        ...

    def forget(self, person: int, now: datetime) -> None:
        """Erase a person's name, accounts and words everywhere; what they did stays as counts of nobody."""
        ...


class Places(Protocol):
    """The rooms the bot has seen."""

    def note(self, room: Room, title: str, space: str) -> StoredPlace:
        """Return the stored room, made on first sight; a non-empty new title or space is kept."""
        ...

    def lived_in(self, room: Room, title: str, space: str) -> tuple[StoredPlace, tuple[Circle, ...]]:
        """Return the stored room as `note` does, and the circles that live in it, newest first."""
        ...

    def find(self, room: Room) -> StoredPlace | None:
        """Return the stored room without noting anything: for looking, where nothing may be written."""
        ...

    def get(self, place: int) -> StoredPlace | None:
        """Return a stored room."""
        ...

    def of_chat(self, room: Room) -> tuple[StoredPlace, ...]:
        """Return the stored rooms of a room's chat: itself and the threads beside it."""
        ...

    def of_circle(self, circle: int) -> tuple[StoredPlace, ...]:
        """Return a circle's rooms."""
        ...

    def attach(self, circle: int, place: int) -> None:
        """Make a room one of the circle's."""
        ...

    def detach(self, circle: int, place: int) -> None:
        """Make a room none of the circle's."""
        ...

    def circles_in(self, place: int) -> tuple[Circle, ...]:
        """Return the circles that live in a room, newest first."""
        ...

    def of_community(self, community: int) -> tuple[StoredPlace, ...]:
        """Return the group rooms tied to a community: its own, and its circles'."""
        ...

    def join_community(self, place: int, community: int) -> bool:
        """Make a room one of the community's unless it is another's; return whether it is the community's now."""
        ...

    def trouble(self, place: int, why: str) -> bool:
        """Note that a room cannot be reached (`why`), or can again (empty); True where that is news."""
        ...

    def move(self, old: Room, new: Room) -> None:
        """Give a stored room its new address; its cards are forgotten."""
        ...


class Communities(Protocol):
    """Organizers' communities."""

    def add(self, community: Community) -> Community:
        """Store a new one (its `id` is ignored) and return it with its id."""
        ...

    def get(self, community: int) -> Community | None:
        """Return a community."""
        ...

    def save(self, community: Community, was: Community) -> None:
        """Write what differs from what was read of a community: two at once lose nothing of each other's."""
        ...

    def all(self) -> tuple[Community, ...]:
        """Return every community."""
        ...

    def in_place(self, place: int) -> Community | None:
        """Return the community a room belongs to: its own, or that of the wider space it is in.

        Where the space is none's, that of the first of its rooms that has one.
        """
        ...

    def of_space(self, platform: str, space: str) -> Community | None:
        """Return the community that a wider space is."""
        ...

    def is_space(self, community: int) -> bool:
        """Return whether a community is a wider space by itself."""
        ...

    def make_of_space(self, platform: str, space: str, community: Community) -> tuple[Community, bool]:
        """Make a wider space a community unless it is one; return the one it is, and whether it is the new one.

        Two at once make one.
        """
        ...

    def organized_by(self, person: int) -> tuple[Community, ...]:
        """Return the communities that a person organizes."""
        ...

    def of_person(self, person: int) -> tuple[Community, ...]:
        """Return the communities a person organizes or has a circle in, those organized first."""
        ...

    def organizers(self, community: int) -> tuple[Person, ...]:
        """Return a community's organizers."""
        ...

    def is_organizer(self, community: int, person: int) -> bool:
        """Return whether a person organizes a community."""
        ...

    def add_organizer(self, community: int, person: int) -> bool:
        """Return whether that is news."""
        ...

    def remove_organizer(self, community: int, person: int) -> bool:
        """Remove one unless they are the last; return whether they were removed."""
        ...


@dataclass(frozen=True, slots=True)
class Listed:
    """A circle in the directory: how many sit in it, and when it meets next."""

    circle: Circle
    learners: int
    next_at: datetime | None


class Circles(Protocol):
    """Circles themselves."""

    def add(self, circle: Circle, now: datetime) -> Circle:
        """Store a new one (its `id` is ignored) and return it with its id."""
        ...

    def get(self, circle: int) -> Circle | None:
        """Return a circle."""
        ...

    def save(self, circle: Circle, was: Circle) -> None:
        """Write what differs from what was read of a circle: two at once lose nothing of each other's."""
        ...

    def change_state(self, circle: int, before: CircleState, after: CircleState) -> bool:
        """Return whether it was in `before` and is now in `after`: two at once cannot both succeed."""
        ...

    def of_person(self, person: int) -> tuple[tuple[Circle, Role], ...]:
        """Return the circles a person is in, running ones first, then newest first."""
        ...

    def of_community(self, community: int) -> tuple[Circle, ...]:
        """Return a community's circles whatever their state, oldest first."""
        ...

    def listed(self, communities: Collection[int], words: str, now: datetime, limit: int = 25) -> tuple[Listed, ...]:
        """Return the open circles that have every word (case aside) in title, course, place or text.

        The one that meets soonest comes first.
        """
        ...


class Seats(Protocol):
    """Who is in a circle. Seats can never be oversold, however many tap at once."""

    def take(self, member: Member, now: datetime) -> Seated | Waiting:
        """Seat a learner (again), or put them on the waiting list where it is full or others wait before them."""
        ...

    def join_as(self, circle: int, person: int, role: Role, now: datetime) -> None:
        """Make somebody a member in a role regardless of seats: facilitators, imports."""
        ...

    def leave(self, circle: int, person: int, now: datetime) -> bool:
        """Give up a seat, or the place on the waiting list; their future RSVPs go. Return whether there was one."""
        ...

    def tell(self, circle: int, person: int, goal: str, support: str, answers: Sequence[str]) -> None:
        """Keep what a present member told about themselves, in place of what they had told."""
        ...

    def member(self, circle: int, person: int) -> Member | None:
        """Return a present member; None for those who left."""
        ...

    def is_in(self, circle: int, person: int) -> bool:
        """Return whether somebody is a present member."""
        ...

    def former(self, circle: int, person: int) -> Person | None:
        """Return somebody who is or was a member, None for those who never were."""
        ...

    def roster(self, circle: int) -> tuple[Member, ...]:
        """Return the present members, facilitators first, then in the order in which they joined."""
        ...

    def joined_since(self, circle: int, since: datetime) -> tuple[Member, ...]:
        """Return the present members who joined at or after `since`."""
        ...

    def facilitators(self, circle: int) -> tuple[Person, ...]:
        """Return those who run a circle."""
        ...

    def circles_of(self, people: Collection[int]) -> tuple[int, ...]:
        """Return the circles that have, or had, to do with any of these people: their seats, answers and decisions.

        In the order in which whoever changes several of them takes them.
        """
        ...

    def set_role(self, circle: int, person: int, role: Role) -> bool:
        """Change a member's role, never taking away the last facilitator; return whether it changed."""
        ...

    def waiting(self, circle: int) -> tuple[Waiting, ...]:
        """Return a circle's waiting list, longest waiting first."""
        ...

    def offer_next(self, circle: int, until: datetime) -> Waiting | None:
        """Hold a free seat for the first who waits without an offer.

        None where no seat is free, nobody waits, or the circle does not run.
        """
        ...

    def accept(self, circle: int, person: int, now: datetime) -> bool:
        """Turn a held seat into a taken one; False where the offer has lapsed or never was.

        A seat is held until `lapse`, also where its time was over before. One that the circle has not any more is taken
        back: whoever had it keeps their place on the list.
        """
        ...

    def withdraw_offers(self, circle: int) -> tuple[int, ...]:
        """Hold no seat any more; return for whom one was held, who keep their places on the list."""
        ...

    def withdraw_surplus(self, circle: int) -> tuple[int, ...]:
        """Hold no more seats than the circle has; return for whom one was held, who keep their places on the list.

        The first in line keep their offers.
        """
        ...

    def hold_on(self, circle: int, person: int, until: datetime, now: datetime) -> bool:
        """Hold a seat anew whose time is over; False where it was taken or is not over yet.

        One that the circle has not any more is taken back: whoever had it keeps their place on the list.
        """
        ...

    def lapse(self, circle: int, person: int, now: datetime) -> bool:
        """End an offer that nobody took, and the place on the list; False where it was taken or is not over yet."""
        ...


class Meetings(Protocol):
    """Meetings of circles."""

    def add(self, meetings: Sequence[Meeting]) -> tuple[Meeting, ...]:
        """Store new ones (`id`s are ignored, empty `uid`s made) and return them."""
        ...

    def get(self, meeting: int) -> Meeting | None:
        """Return a meeting."""
        ...

    def save(self, meeting: Meeting, was: Meeting) -> None:
        """Write what differs from what was read of a meeting: two at once lose nothing of each other's.

        Raises `Overtaken` where somebody else has moved it or called it off since it was read.
        """
        ...

    def of_circle(self, circle: int) -> tuple[Meeting, ...]:
        """Return all of them in order of time, cancelled ones included."""
        ...

    def next_of(self, circle: int, now: datetime) -> Meeting | None:
        """Return the planned meeting that is on now or comes next."""
        ...

    def change_state(self, meeting: int, before: MeetingState, after: MeetingState) -> bool:
        """Return whether it was in `before` and is now in `after`: two at once cannot both succeed."""
        ...

    def previous_of(self, meeting: Meeting) -> Meeting | None:
        """Return the meeting before it that was not cancelled."""
        ...

    def between(self, community: int, start: datetime, end: datetime) -> tuple[Meeting, ...]:
        """Return the meetings of a community's published or ended circles that start in [start, end), soonest first."""
        ...

    def zones(self, now: datetime) -> Collection[str]:
        """Return the zones in which meetings are planned."""
        ...

    def clocks(self, now: datetime) -> Sequence[tuple[str, datetime, datetime]]:
        """Return the zones, wall-clock times and instants at which planned meetings are to begin, each once."""
        ...

    def renumber(self, circle: int) -> None:
        """Give the circle's meetings that are not cancelled their numbers from 1 in order of time."""
        ...


class Rsvps(Protocol):
    """Who says they come."""

    def answer(self, meeting: int, person: int, answer: Answer, at: datetime, reason: str = "") -> None:
        """Write (or change) an answer; the same again keeps its reason. The tap's hot path."""
        ...

    def tally(self, meeting: int) -> Tally:
        """Return a meeting's counts."""
        ...

    def tallies(self, meetings: Collection[int]) -> Mapping[int, Tally]:
        """Return the counts of several meetings at once."""
        ...

    def of(self, meeting: int) -> tuple[Rsvp, ...]:
        """Return the answers of present members, in the order in which they answered."""
        ...

    def of_person(self, person: int, meetings: Collection[int]) -> Mapping[int, Rsvp]:
        """Return a person's answers to these meetings, by meeting."""
        ...

    def unanswered(self, meeting: int) -> tuple[Person, ...]:
        """Return the present learners without an answer, or with a stale one."""
        ...

    def ask_again(self, meeting: int) -> tuple[int, ...]:
        """Make the yes answers stale and return whose they are."""
        ...


class Attendance(Protocol):
    """Who came."""

    def mark(self, meeting: int, person: int, *, came: bool) -> None:
        """Note (or correct) whether a person came."""
        ...

    def of(self, meeting: int) -> Mapping[int, bool]:
        """Return whether each person came; those not marked are missing."""
        ...


class FeedbackBook(Protocol):
    """Plus/delta and its votes."""

    def give(self, feedback: Feedback, giver: int) -> bool:
        """Keep what `giver` said (its `id` is ignored) without saying who unless `feedback.person` is set.

        False if they had given.
        """
        ...

    def has_given(self, meeting: int, person: int) -> bool:
        """Return whether a person has given plus/delta for a meeting."""
        ...

    def count(self, meeting: int) -> int:
        """Return how many people have given plus/delta for a meeting."""
        ...

    def of(self, meeting: int) -> tuple[Feedback, ...]:
        """Return what was said, with votes, in an order that tells nothing."""
        ...

    def get(self, feedback: int) -> Feedback | None:
        """Return a plus or delta."""
        ...

    def vote(self, feedback: int, person: int) -> bool:
        """Turn a person's vote for a delta on or off; return whether it is on now."""
        ...

    def reflect(self, reflection: Reflection) -> None:
        """Keep (or replace) how a meeting went for its facilitator."""
        ...

    def reflections(self, meeting: int) -> tuple[Reflection, ...]:
        """Return how a meeting went for its facilitators."""
        ...


class Decisions(Protocol):
    """Deltas that the group took up."""

    def take_up(self, decision: Decision, feedback: int | None) -> Decision | None:
        """Store a new one (`id` is ignored); None where this delta has been taken up already."""
        ...

    def get(self, decision: int) -> Decision | None:
        """Return a decision."""
        ...

    def open_of(self, circle: int) -> tuple[Decision, ...]:
        """Return the open ones, oldest first."""
        ...

    def of_meeting(self, meeting: int) -> tuple[Decision, ...]:
        """Return the decisions that came out of a meeting."""
        ...

    def own(self, decision: int, owner: int | None) -> None:
        """Give a decision to somebody, or to nobody."""
        ...

    def close(self, decision: int, state: DecisionState, at: datetime) -> bool:
        """Close an open one; return whether it was open."""
        ...

    def reopen(self, decision: int) -> bool:
        """Open a closed one again; return whether it was closed."""
        ...


class Cards(Protocol):
    """Messages that show something live."""

    def stand(self, card: Card, posted: Posted, fingerprint: str, at: datetime, *, in_doubt: bool = False) -> bool:
        """Remember that a message shows a card as drawn; the room is noted if it is new. A mark on it stays.

        Other messages of that room that show the same thing are marked: the older ones are superseded. So is it itself
        where it is `in_doubt` whether that is still true, or where nobody can know; return whether it is.
        """
        ...

    def touch(self, kind: str, subject: int, at: datetime) -> bool:
        """Mark every standing card of a thing as in need of drawing; return whether there is any.

        Each touch leaves a mark of its own.
        """
        ...

    def touch_several(self, kind: str, subjects: Collection[int], at: datetime) -> None:
        """Mark every standing card of several things as in need of drawing."""
        ...

    def dirty(self, limit: int = 100, platforms: Collection[str] | None = None) -> tuple[StoredCard, ...]:
        """Return cards in need of drawing (on these platforms), longest waiting first."""
        ...

    def of(self, kind: str, subject: int) -> tuple[StoredCard, ...]:
        """Return where a thing's cards stand."""
        ...

    def touch_in(self, place: int, at: datetime) -> None:
        """Mark every card that stands in a room as in need of drawing."""
        ...

    def standing_in(self, place: int) -> tuple[StoredCard, ...]:
        """Return the cards that stand in a room."""
        ...

    def traces(self, card: Card) -> Sequence[object]:
        """Return something to compare: it differs as soon as a card of the thing was added, marked, drawn or removed.

        Empty where none stands, or where that would say nothing of what others are about to write.
        """
        ...

    def at(self, posted: Posted) -> StoredCard | None:
        """Return the card that a posted message is, None where it shows nothing live."""
        ...

    def drawn(self, card: int, fingerprint: str, marked: datetime, at: datetime) -> None:
        """Note that a card was drawn; it stays in need unless its mark is still the one that was read (`marked`).

        One that was noted meanwhile as drawn otherwise is in need again.
        """
        ...

    def drawn_at(self, posted: Posted, fingerprint: str, marked: datetime, at: datetime) -> None:
        """Note the same of the card that stands at `posted`, if one does."""
        ...

    def gone(self, card: int) -> None:
        """Forget a card whose message is no more."""
        ...


class Deliveries(Protocol):
    """What is to be sent, and what became of it."""

    def plan(self, due: Sequence[Due]) -> None:
        """Upsert by key: one that still waits takes the new time and content; one that is done stays done."""
        ...

    def send_again(self, due: Due) -> None:
        """Plan it even where its key has been sent before."""
        ...

    def keep_only(self, keys: Collection[str], *, meetings: Collection[int]) -> None:
        """Drop all that planning has let wait for these meetings (`PREFIXES`), but for `keys`."""
        ...

    def drop(self, keys: Collection[str], why: str) -> int:
        """Drop what waits under these keys; return how many waited."""
        ...

    def drop_prefix(self, prefix: str, why: str) -> int:
        """Drop what waits under keys that begin so; return how many waited."""
        ...

    def find(self, key: str) -> Delivery | None:
        """Return the delivery with this key."""
        ...

    def several(self, keys: Collection[str]) -> Mapping[str, Delivery]:
        """Return those of the keys that are there."""
        ...

    def lease(
        self, now: datetime, holder: str, until: datetime, limit: int, platforms: Collection[str] | None = None
    ) -> tuple[Delivery, ...]:
        """Take up to `limit` that are due and not leased by a living holder, soonest first; counts an attempt each.

        With `platforms` only what goes to their rooms and people, and steps.
        """
        ...

    def free(self, holder: str) -> int:
        """Give back what a holder, known to be dead, had leased; return how many."""
        ...

    def sent(self, messages: Mapping[int, str], at: datetime) -> None:
        """Note that one went out, as the platform's message `message`."""
        ...

    def finish(self, delivery: int, state: DeliveryState, outcome: str, at: datetime) -> None:
        """End one without a message: a step taken, dropped, or given up; `outcome` says why."""
        ...

    def put_off(self, delivery: int, until: datetime, why: str, *, tried: bool = True) -> None:
        """Return a leased one to wait until `until`; the attempt does not count unless it was `tried`."""
        ...

    def next_due(self, platforms: Collection[str] | None = None) -> Delivery | None:
        """Return the one that waits and is due soonest (of those that `lease` gives to these platforms)."""
        ...

    def waiting(
        self, *, circle: int | None = None, community: int | None = None, limit: int = 100
    ) -> tuple[Delivery, ...]:
        """Return what waits, soonest first."""
        ...

    def log(
        self, *, circle: int | None = None, community: int | None = None, since: datetime | None = None, limit: int = 50
    ) -> tuple[Delivery, ...]:
        """Return what was sent, dropped or given up, newest first; steps are left out."""
        ...

    def unreached(self, place: int, since: datetime, now: datetime) -> tuple[Delivery, ...]:
        """Return what a room did not get since then because it could not be reached, and is not too late even now."""
        ...


class Drafts(Protocol):
    """Forms that people are in the middle of: one per person and room."""

    def open(self, draft: Draft) -> Draft:
        """Store a new one in place of the person's former one in that room (its `id` is ignored)."""
        ...

    def get(self, draft: int) -> Draft | None:
        """Return a draft."""
        ...

    def current(self, person: int, place: int) -> Draft | None:
        """Return what a person is in the middle of in a room."""
        ...

    def save(self, draft: Draft) -> None:
        """Write every field of a draft that is there, but whose it is, where it is and where it was begun."""
        ...

    def move(self, draft: Draft, place: int) -> None:
        """Take one to another room, in place of the person's former one there; where it was begun is remembered."""
        ...

    def close(self, draft: int) -> bool:
        """Forget one; return whether it was there: two at once cannot both go on."""
        ...

    def expire(self, now: datetime) -> int:
        """Forget those whose time is over; return how many."""
        ...


class Invites(Protocol):
    """Links that give power. Only hashes of their tokens are stored."""

    def make(self, invite: Invite, token_hash: str, now: datetime) -> Invite:
        """Store a new one (its `id` is ignored)."""
        ...

    def get(self, invite: int) -> Invite | None:
        """Return an invitation."""
        ...

    def by_token(self, token_hash: str) -> Invite | None:
        """Return the invitation whose token has this hash."""
        ...

    def use(self, invite: int, person: int, now: datetime) -> bool:
        """Use one up; False where it is used, revoked or expired."""
        ...

    def revoke(self, invite: int, now: datetime) -> bool:
        """Take an invitation back; False where it is used or revoked already."""
        ...

    def standing(self, kind: InviteKind, target: int, now: datetime) -> tuple[Invite, ...]:
        """Return those of a community (organizers) or circle (facilitators) that can still be used."""
        ...


class Linking(Protocol):
    """Accounts of one person on several platforms."""

    def make(self, person: int, code_hash: str, expires_at: datetime, now: datetime) -> LinkCode:
        """Store a new code in place of those that the person has open."""
        ...

    def get(self, code: int) -> LinkCode | None:
        """Return a code."""
        ...

    def by_hash(self, code_hash: str) -> LinkCode | None:
        """Return the code that has this hash."""
        ...

    def take(self, code: int, person: int, now: datetime) -> bool:
        """Keep a code for whoever brought it; False where it is somebody else's, or can be used no more."""
        ...

    def use(self, code: LinkCode, person: int, now: datetime) -> bool:
        """Use up a code that was kept for the person; False where it can be used no more, or its maker is another."""
        ...

    def revoke(self, code: int, now: datetime) -> bool:
        """Make a code worth nothing; False where it is so already."""
        ...

    def tried(self, person: int, since: datetime, now: datetime) -> None:
        """Count a wrong code; counting begins anew where the first one was before `since`."""
        ...

    def tries(self, person: int, since: datetime) -> int:
        """Return how many wrong codes were counted, where the first one was after `since`."""
        ...

    def hold(self, one: int, other: int) -> None:
        """Let nobody else change two people, or the seats of their circles, until the transaction ends."""
        ...

    def merge(self, stays: int, goes: int) -> tuple[int, ...]:
        """Make everything of one person another's; return the circles in which that shows."""
        ...

    def unlink(self, person: int, account: Account, now: datetime) -> int | None:
        """Make an account one of a new person, who has nothing but its name; return who that is.

        None where the account is not the person's, or is all that they have. Forms, cards and messages in its private
        chat are the old person's, and go.
        """
        ...


def asked_key(person: int) -> str:
    """Return under what `Settings` keeps the room in which a person asked for a circle's panel; forgotten with them."""
    return f"asked:{person}"


class Feeds(Protocol):
    """Addresses of calendar feeds; only hashes of their tokens are kept."""

    def make(self, person: int, circle: int | None, token_hash: str, now: datetime) -> Feed:
        """Store a new one, of a circle or of all of a person's; beyond `MOST_FEEDS` the person's oldest ends."""
        ...

    def by_token(self, token_hash: str, now: datetime) -> Feed | None:
        """Return the feed whose token has this hash, while it works."""
        ...

    def was_read(self, feed: int, now: datetime) -> bool:
        """Let a feed that is read go on working; False where that was noted a short while ago."""
        ...

    def of_person(self, person: int, now: datetime) -> tuple[Feed, ...]:
        """Return the feeds of a person that work, newest first."""
        ...

    def revoke(self, person: int, now: datetime) -> int:
        """End all feeds of a person; return how many."""
        ...


@dataclass(frozen=True, slots=True)
class Portion:
    """Some rows that have had their day, as many as go in one quick transaction: what they are, and their keys."""

    what: str
    keys: Sequence[int | str]


class Retention(Protocol):
    """What has had its day."""

    def past(self, kept: Kept, now: datetime) -> tuple[Portion, ...]:
        """Return some of what has had its day, empty once there is no more: for a read, which may take its time."""
        ...

    def forget(self, portion: Portion, kept: Kept, now: datetime) -> int:
        """Forget of it what still has had its day; return how many rows went."""
        ...


class Settings(Protocol):
    """Small facts the bot keeps about itself."""

    def get(self, key: str) -> str | None:
        """Return a fact, None where it was never kept."""
        ...

    def put(self, key: str, value: str) -> None:
        """Keep (or replace) a fact."""
        ...

    def count(self, key: str) -> int:
        """Count one more, from 1 on, and return the number: no two get the same."""
        ...


class Watching(Protocol):
    """What whoever runs the bot wants to know; cheap, however much is planned for later."""

    def queue(self, now: datetime) -> Queue:
        """Return what waits to be sent."""
        ...

    def given_up(self, since: datetime) -> int:
        """Return how many were given up since then for other reasons than that nobody could be reached."""
        ...

    def lost_alone(self, limit: int) -> tuple[tuple[int, str, str], ...]:
        """Return rooms of running circles out of reach of which nobody can be told: number, title, platform."""
        ...

    def rooms(self, past: int, limit: int) -> tuple[int, ...]:
        """Return the rooms of running circles, by number from past `past` on."""
        ...

    def organizers(self, past: int, limit: int) -> tuple[tuple[int, str], ...]:
        """Return everybody who organizes something with a zone of theirs, by number from past `past` on."""
        ...

    def states(self, prefix: str) -> Mapping[DeliveryState, int]:
        """Return what became of the deliveries whose keys begin so."""
        ...


class Store(Protocol):
    """One transaction's view of everything."""

    @property
    def people(self) -> People:
        """Who the bot has met."""
        ...

    @property
    def places(self) -> Places:
        """The rooms the bot has seen."""
        ...

    @property
    def communities(self) -> Communities:
        """Organizers' communities."""
        ...

    @property
    def circles(self) -> Circles:
        """Circles themselves."""
        ...

    @property
    def seats(self) -> Seats:
        """Who is in a circle."""
        ...

    @property
    def meetings(self) -> Meetings:
        """Meetings of circles."""
        ...

    @property
    def rsvps(self) -> Rsvps:
        """Who says they come."""
        ...

    @property
    def attendance(self) -> Attendance:
        """Who came."""
        ...

    @property
    def feedback(self) -> FeedbackBook:
        """Plus/delta and its votes."""
        ...

    @property
    def decisions(self) -> Decisions:
        """Deltas that the group took up."""
        ...

    @property
    def cards(self) -> Cards:
        """Messages that show something live."""
        ...

    @property
    def deliveries(self) -> Deliveries:
        """What is to be sent, and what became of it."""
        ...

    @property
    def drafts(self) -> Drafts:
        """Forms that people are in the middle of."""
        ...

    @property
    def invites(self) -> Invites:
        """Links that give power."""
        ...

    @property
    def linking(self) -> Linking:
        """Accounts of one person on several platforms."""
        ...

    @property
    def feeds(self) -> Feeds:
        """Addresses at which people's calendars read their meetings."""
        ...

    @property
    def retention(self) -> Retention:
        """What has had its day."""
        ...

    @property
    def settings(self) -> Settings:
        """Small facts the bot keeps about itself."""
        ...

    @property
    def watching(self) -> Watching:
        """What whoever runs the bot wants to know."""
        ...

    def first_time(self, key: str, now: datetime) -> bool:
        """Note a platform's update by its key; False where it was seen before."""
        ...

    def take_lease(self, name: str, holder: str, now: datetime, until: datetime) -> bool:
        """Take or renew a lease that is free, lapsed or already the holder's."""
        ...

    def release_lease(self, name: str, holder: str) -> None:
        """Give a lease up that the holder still has."""
        ...

    def lease_holder(self, name: str) -> str | None:
        """Return who holds a lease or held it last."""
        ...

    def tidy(self, now: datetime) -> None:
        """Forget what is of no use any more: old update keys, expired drafts."""
        ...


class Storage(Protocol):
    """A database."""

    async def transact(self, work: Callable[[Store], T]) -> T:
        """Run `work` in a transaction; commits when it returns, rolls back when it raises, answers after the commit."""
        ...

    async def read(self, work: Callable[[Store], T]) -> T:
        """Run `work` on a snapshot; long reads never hold up a tap. Writing is an error."""
        ...


class Planner(Protocol):
    """Keeps deliveries true to the meetings; called in the transaction that changed them."""

    def circle(self, store: Store, circle: int, now: datetime) -> None:
        """Plan everything of a circle anew: idempotent, safe to call after any change to it or its meetings."""
        ...

    def community(self, store: Store, community: int, now: datetime) -> None:
        """Plan a community's next digest anew."""
        ...

    def lost(self, store: Store, places: Sequence[int], why: str, now: datetime) -> None:
        """Note that rooms cannot be reached; where that is news, who looks after them is told once."""
        ...

    def back(self, store: Store, places: Sequence[int], now: datetime) -> None:
        """Note that rooms can be reached again; where that is news, what is still of use goes there now."""
        ...

    def moved(self, store: Store, old: Room, new: Room, now: datetime) -> None:
        """Let a room follow to its new address, with fresh cards; hearing of it twice changes nothing."""
        ...


class Narrator(Protocol):
    """What the features have to say, decided in the moment in which it is said. The scheduler's view of the core."""

    def is_step(self, notice: Notice) -> bool:
        """Whether a notice is a step of time, without a message."""
        ...

    def compose(self, store: Store, due: Due, now: datetime) -> Message | Dropped:
        """Return the message as it is true now. Reads only."""
        ...

    def act(self, store: Store, due: Due, now: datetime) -> None:
        """Take a step, in the transaction that ends its delivery."""
        ...

    def draw(self, store: Store, card: StoredCard, now: datetime) -> Message | None:
        """Return a card as it is true now, None where it has nothing to show. Reads only."""
        ...


class DateWords(Protocol):
    """Dates and times in people's words."""

    def read(self, words: str, language: str, zone: str, now: datetime) -> datetime | None:
        """Return the naive wall-clock time that the words mean in `zone`, None where they mean none.

        Slow: never in a transaction.
        """
        ...


class Links(Protocol):
    """Where people find the bot: the platforms that are served, and addresses there."""

    def platforms(self) -> Sequence[str]:
        """Return the platforms that are served."""
        ...

    def start(self, platform: str, payload: str) -> str:
        """Return the address that opens the private chat on a platform with a payload; empty where there is none."""
        ...

    def group(self, platform: str, payload: str) -> str:
        """Return the address that adds the bot to a group there with a payload; empty where there is none."""
        ...

    def calendar(self, platform: str, token: str) -> str:
        """Return the address of a calendar feed; empty where people of a platform cannot reach a server of ours."""
        ...

    def can(self, platform: str, ability: Ability) -> bool:
        """Return whether a platform that is served has an ability."""
        ...
