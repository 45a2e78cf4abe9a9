"""Notices: what must be told to whom, when, and when it is too late. They hold ids; text is composed when it is sent.

A notice with a composer becomes a message; one with an actor is a step that time takes (a meeting ends), without one.
"""

# Long because it is one list to look things up in.

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from bot.records import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """The root of all notices; a subclass says its kind, never reused, and fields that JSON can hold."""

    kind: ClassVar[str] = ""

    def written(self) -> str:
        """Return the stored form."""
        return json.dumps({"kind": self.kind, **asdict(self)}, separators=(",", ":"))

    @staticmethod
    def read(stored: str) -> Notice:
        """Return the notice that was stored; `Outdated` for a kind or shape that is no more."""
        try:
            values: dict[str, Any] = json.loads(stored)
            lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
            return NOTICES[values.pop("kind")](**values | lists)
        except (ValueError, KeyError, TypeError, AttributeError):
            return Outdated(stored)


@dataclass(frozen=True, slots=True)
class Outdated(Notice):
    """A notice of another release, which we cannot read. Nobody composes it; it ends in the delivery log."""

    kind: ClassVar[str] = "outdated"
    stored: str


@dataclass(frozen=True, slots=True)
class Reminder(Notice):
    """A meeting is coming up; `lead` is the lead time in seconds."""

    kind: ClassVar[str] = "remind"
    meeting: int
    lead: int


@dataclass(frozen=True, slots=True)
class NudgeRound(Notice):
    """Step: find who has not answered for a meeting, and ask each once, privately, in waking hours."""

    kind: ClassVar[str] = "nudges"
    meeting: int


@dataclass(frozen=True, slots=True)
class Nudge(Notice):
    """One member has not answered for a meeting."""

    kind: ClassVar[str] = "nudge"
    meeting: int
    person: int


@dataclass(frozen=True, slots=True)
class MeetingBegan(Notice):
    """Step: RSVPs are over, the meeting's cards show it."""

    kind: ClassVar[str] = "began"
    meeting: int


@dataclass(frozen=True, slots=True)
class MeetingEnded(Notice):
    """Step: the meeting is over; its cards become attendance and plus/delta."""

    kind: ClassVar[str] = "ended"
    meeting: int


@dataclass(frozen=True, slots=True)
class AskFeedback(Notice):
    """The room is asked who came, and for plus/delta."""

    kind: ClassVar[str] = "askfeedback"
    meeting: int


@dataclass(frozen=True, slots=True)
class AskFacilitator(Notice):
    """A facilitator is asked privately how the meeting went."""

    kind: ClassVar[str] = "askfacilitator"
    meeting: int
    person: int


@dataclass(frozen=True, slots=True)
class FeedbackCloses(Notice):
    """Step: plus/delta closes and is summed up."""

    kind: ClassVar[str] = "feedbackcloses"
    meeting: int


@dataclass(frozen=True, slots=True)
class Summary(Notice):
    """The group reads its plus/delta and votes on deltas."""

    kind: ClassVar[str] = "summary"
    meeting: int


class ChangeKind(StrEnum):
    """What happened to a meeting."""

    MOVED = "moved"
    CANCELLED = "cancelled"
    ADDED = "added"
    RESTORED = "restored"
    PLACE = "place"
    CLOCKS = "clocks"
    """The hour stays, but the clocks of its zone will be changed otherwise than was known."""


@dataclass(frozen=True, slots=True)
class MeetingsChanged(Notice):
    """Meetings of a circle changed; those who had said yes are asked again.

    `before` holds the old instants, as Unix seconds.
    """

    kind: ClassVar[str] = "changed"
    circle: int
    change: str
    meetings: tuple[int, ...]
    before: tuple[int, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class ConfirmAgain(Notice):
    """One member had said yes to a meeting that has moved since."""

    kind: ClassVar[str] = "confirm"
    meeting: int
    person: int


@dataclass(frozen=True, slots=True)
class ClocksChanged(Notice):
    """Step: the clocks of a zone will be changed otherwise than was known when a circle's meetings were planned."""

    kind: ClassVar[str] = "clocks"
    circle: int


@dataclass(frozen=True, slots=True)
class CircleAnnounced(Notice):
    """A circle was published: its room sees the invitation to join."""

    kind: ClassVar[str] = "announce"
    circle: int


@dataclass(frozen=True, slots=True)
class Welcome(Notice):
    """A learner has joined: told privately about the next meeting and what they missed."""

    kind: ClassVar[str] = "welcome"
    circle: int
    person: int


@dataclass(frozen=True, slots=True)
class MembersChanged(Notice):
    """A facilitator hears who has joined and who has left since they heard of it last, as people's ids."""

    kind: ClassVar[str] = "members"
    circle: int
    came: tuple[int, ...] = ()
    went: tuple[int, ...] = ()

    def further(self, person: int, *, came: bool) -> MembersChanged:
        """Return the news with one more person in it; somebody who came and went meanwhile is no news."""
        joined, left = (self.came, self.went) if came else (self.went, self.came)
        if person in left:
            left = tuple(one for one in left if one != person)
        elif person not in joined:
            joined = (*joined, person)
        return MembersChanged(self.circle, *((joined, left) if came else (left, joined)))


@dataclass(frozen=True, slots=True)
class SeatOffered(Notice):
    """A freed seat is held for the first on the waiting list; `again` where they were asked, and we were away then."""

    kind: ClassVar[str] = "seat"
    circle: int
    person: int
    again: bool = False


@dataclass(frozen=True, slots=True)
class OfferLapses(Notice):
    """Step: an offered seat was not taken in time and goes to the next."""

    kind: ClassVar[str] = "lapse"
    circle: int
    person: int


@dataclass(frozen=True, slots=True)
class DecisionTaken(Notice):
    """A delta was taken up as a decision: its owner hears of it."""

    kind: ClassVar[str] = "decided"
    decision: int


@dataclass(frozen=True, slots=True)
class CircleClosed(Notice):
    """A circle is unpublished or at its end: its room hears a word of thanks. `ended` tells the two apart."""

    kind: ClassVar[str] = "closed"
    circle: int
    ended: bool


@dataclass(frozen=True, slots=True)
class DigestDue(Notice):
    """The organizers' digest of the week before `until` (Unix seconds). `asked` when somebody asked for it just now."""

    kind: ClassVar[str] = "digest"
    community: int
    until: int
    asked: bool = False


@dataclass(frozen=True, slots=True)
class RoomLost(Notice):
    """A room cannot be reached (`why`, as its trouble is noted): who looks after it is told what to do."""

    kind: ClassVar[str] = "lost"
    place: int
    why: str


@dataclass(frozen=True, slots=True)
class MeetingCard(Notice):
    """A meeting's card stands in a room once more: the one that stood there was left behind."""

    kind: ClassVar[str] = "card"
    meeting: int


@dataclass(frozen=True, slots=True)
class MeetingListed(Notice):
    """The next meeting of a circle stands in the platform's own calendar, where a room's platform has one."""

    kind: ClassVar[str] = "event"
    meeting: int


@dataclass(frozen=True, slots=True)
class EventsBarred(Notice):
    """The bot may not keep events in a room's calendar: who runs the circle is told once how to let it."""

    kind: ClassVar[str] = "noevents"
    place: int


@dataclass(frozen=True, slots=True)
class AccountLinked(Notice):
    """An account of a person hears that another (its number) was linked with it."""

    kind: ClassVar[str] = "linked"
    account: int


@dataclass(frozen=True, slots=True)
class AccountParted(Notice):
    """An account hears that the one on another platform was parted from it; `stays`: what they had stays with it."""

    kind: ClassVar[str] = "parted"
    platform: str
    stays: bool


@dataclass(frozen=True, slots=True)
class Appointed(Notice):
    """Somebody was made a facilitator of a circle or an organizer of a community, `by` somebody else: told to them."""

    kind: ClassVar[str] = "appointed"
    person: int
    by: int
    circle: int = 0
    community: int = 0


@dataclass(frozen=True, slots=True)
class Needed(Notice):
    """Something needs an operator: what it is, of what, and what more is known (see `bot.domain.operating`)."""

    kind: ClassVar[str] = "needed"
    concern: str
    about: str = ""
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WellAgain(Notice):
    """What an operator was told of is over."""

    kind: ClassVar[str] = "well"
    concern: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class OperatorSays(Notice):
    """A room or an organizer hears what an operator has to say: an announcement, by its number."""

    kind: ClassVar[str] = "says"
    number: int


@dataclass(frozen=True, slots=True)
class AnnouncementGoes(Notice):
    """Step: an announcement is planned for the next of those whom it is for, past the one with the number `past`."""

    kind: ClassVar[str] = "saysgoes"
    number: int
    past: int = 0


@dataclass(frozen=True, slots=True)
class AnnouncementWent(Notice):
    """An operator hears how an announcement went."""

    kind: ClassVar[str] = "sayswent"
    number: int


NOTICES: Mapping[str, type[Notice]] = {
    notice.kind: notice
    for notice in (
        Reminder,
        NudgeRound,
        Nudge,
        MeetingBegan,
        MeetingEnded,
        AskFeedback,
        AskFacilitator,
        FeedbackCloses,
        Summary,
        MeetingsChanged,
        ConfirmAgain,
        ClocksChanged,
        CircleAnnounced,
        Welcome,
        MembersChanged,
        SeatOffered,
        OfferLapses,
        DecisionTaken,
        CircleClosed,
        DigestDue,
        RoomLost,
        MeetingCard,
        MeetingListed,
        EventsBarred,
        Appointed,
        AccountLinked,
        AccountParted,
        Needed,
        WellAgain,
        OperatorSays,
        AnnouncementGoes,
        AnnouncementWent,
    )
}
"""Every notice by its kind: how a stored one finds its class again."""


UNREACHED = "cannot be reached"
"""How the outcome begins of what failed because its room or person could not be reached."""
UNKNOWN = "unknown"
"""The trouble of a room of which nothing more is known: a known one is still news then."""


class DeliveryState(StrEnum):
    """Where a delivery is in its life."""

    WAITING = "waiting"
    SENT = "sent"
    DROPPED = "dropped"
    """Not sent, on purpose: too late, no longer true, skipped. `outcome` says why."""
    FAILED = "failed"
    """Given up. `outcome` says why."""


@dataclass(frozen=True, slots=True)
class Due:
    """A notice and when to deliver it; `key` is unique, so that planning twice plans once.

    Exactly one of `place` (a stored room) and `person` (their private chat) is set for a message; neither for a step.
    `expires_at` is when it has become useless. `circle`, `meeting` and `community` are what it is about.
    """

    key: str
    notice: Notice
    due_at: datetime
    expires_at: datetime | None = None
    place: int | None = None
    person: int | None = None
    circle: int | None = None
    meeting: int | None = None
    community: int | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A `Due` as it stands in the table, with what became of it; `holder` is who has it in hand."""

    id: int
    due: Due
    state: DeliveryState = DeliveryState.WAITING
    attempts: int = 0
    sent_at: datetime | None = None
    outcome: str = ""
    holder: str | None = None


@dataclass(frozen=True, slots=True)
class Dropped:
    """What a composer returns instead of a message when there is nothing (any more) to say: `why` goes to the log."""

    why: str
