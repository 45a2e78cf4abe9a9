"""What an export looks like: one JSON document for a circle or a community, in names instead of numbers.

`docs/export.schema.json` is made of this (`python -m bot.commands.moving_format`). A change that an older release could
not read makes it format 2.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter

from bot.answers import is_link
from bot.domain.circles import CircleState
from bot.domain.feedback import DecisionState
from bot.domain.meetings import MeetingState
from bot.domain.people import Role, clean_language, clean_name, clean_zone
from bot.domain.rsvps import Answer

FORMAT: Final = 1
_FROM, _TO = 2000, 2200

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def _text(value: str) -> str:
    """Refuse what no database and no chat can take."""
    if any(unicodedata.category(letter) in {"Cc", "Cs"} and letter not in "\n\t" for letter in value):
        raise ValueError("it has control characters")
    return value


def _name(value: str) -> str:
    if clean_name(_text(value), "", len(value)) != value:
        raise ValueError("it has blanks around or within it, or characters that cannot be seen")
    return value


def _moment(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("it has no zone: end it with Z, or +01:00")
    if not _FROM < value.year < _TO:
        raise ValueError("the year cannot be meant")
    return value.astimezone(UTC)


def _wall_clock(value: datetime) -> datetime:
    if value.tzinfo is not None or value.second or value.microsecond:
        raise ValueError("it is a time on the wall, to the minute, without a zone")
    if not _FROM < value.year < _TO:
        raise ValueError("the year cannot be meant")
    return value


def _zone(value: str) -> str:
    if not value or value != clean_zone(value):
        raise ValueError("there is no such time zone")
    return value


def _link(value: str) -> str:
    if value and not is_link(value):
        raise ValueError("it is no link: one begins with https://")
    return value


def _language(value: str) -> str:
    if value and value != clean_language(value):
        raise ValueError("it is no tag of a language")
    return value


def _lead(value: timedelta) -> timedelta:
    if value.microseconds or not timedelta(0) < value <= timedelta(days=60):
        raise ValueError("a reminder comes between a second and 60 days before")
    return value


Key = Annotated[str, Field(min_length=1, max_length=80, description="Somebody's key in `people`.")]
Label = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_name)]
Words = Annotated[str, Field(max_length=5000), AfterValidator(_text)]
Link = Annotated[Words, AfterValidator(_link)]
Address = Annotated[str, Field(max_length=64), AfterValidator(_text)]
Zone = Annotated[str, Field(max_length=64), AfterValidator(_zone)]
Language = Annotated[str, Field(max_length=35), AfterValidator(_language)]
Moment = Annotated[datetime, AfterValidator(_moment)]
Count = Annotated[int, Field(ge=0, le=100_000)]
Score = Annotated[int, Field(ge=1, le=5)]
Keys = Annotated[list[Key], Field(max_length=5000)]


class Part(BaseModel):
    """A part of the document: nothing in it that is not named here."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, use_enum_values=True)


class AccountPart(Part):
    """A person's account on a platform. `private` says that the bot may write to it privately."""

    platform: Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[a-z]+$")]
    user: Annotated[Address, Field(min_length=1)]
    name: Label
    private: bool = False


class PersonPart(Part):
    """Somebody who appears in the document, by a `key` that no other has. Their own settings are not in it."""

    key: Key
    name: Label
    accounts: Annotated[list[AccountPart], Field(max_length=20)] = []


class RoomPart(Part):
    """A chat in which the bot posts."""

    platform: Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[a-z]+$")]
    chat: Annotated[Address, Field(min_length=1)]
    thread: Address = ""
    title: Words = ""
    space: Address = ""


class SpacePart(Part):
    """A wider space, such as a Discord server, that belongs to the community as a whole."""

    platform: Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[a-z]+$")]
    space: Annotated[Address, Field(min_length=1)]


class Told(Part):
    """What somebody told about themselves when they joined."""

    person: Key
    goal: Words = ""
    support: Words = ""
    answers: Annotated[list[Words], Field(max_length=20)] = []


class MemberPart(Told):
    """A member, or a former one."""

    role: Role
    joined_at: Moment
    left_at: Moment | None = None


class WaitingPart(Told):
    """Somebody on the waiting list, which is in its order."""

    since: Moment


class RsvpPart(Part):
    """Whether somebody says they come; `stale` where the meeting has moved since."""

    person: Key
    answer: Answer
    reason: Words = ""
    stale: bool = False
    at: Moment


class DeltaPart(Part):
    """A delta and who voted for it."""

    words: Annotated[Words, Field(min_length=1)]
    votes: Keys = []


class UnsignedPart(Part):
    """What `answers` people said without their names: each list in the order of the alphabet, so that it tells nothing.

    With fewer than three answers, nobody could hide among the others: then none of it is in the document.
    """

    answers: Annotated[Count, Field(ge=3)]
    plus: Annotated[list[Annotated[Words, Field(min_length=1)]], Field(max_length=5000)] = []
    delta: Annotated[list[DeltaPart], Field(max_length=5000)] = []
    moods: Annotated[list[Score], Field(max_length=5000)] = []


class SignedPart(Part):
    """What somebody said with their name."""

    person: Key
    plus: Words = ""
    delta: Words = ""
    mood: Score | None = None
    votes: Keys = []


class DecisionPart(Part):
    """What the group took up. `delta` counts the deltas of the meeting from 1, unsigned ones first."""

    words: Annotated[Words, Field(min_length=1)]
    owner: Key | None = None
    state: DecisionState
    made_at: Moment
    done_at: Moment | None = None
    delta: Annotated[int, Field(ge=1, le=10_000)] | None = None


class ReflectionPart(Part):
    """How a meeting went for a facilitator."""

    person: Key
    score: Score
    words: Words = ""


class MeetingPart(Part):
    """A meeting; `uid` is what calendars know it by. `gave` are those whose plus/delta is in, signed or not."""

    uid: Annotated[Address, Field(min_length=1)]
    number: Count
    starts_local: Annotated[datetime, AfterValidator(_wall_clock)]
    zone: Zone
    minutes: Annotated[int, Field(ge=1, le=100_000)]
    topic: Words = ""
    place: Words = ""
    link: Link = ""
    state: MeetingState
    sequence: Count = 0
    rsvps: Annotated[list[RsvpPart], Field(max_length=5000)] = []
    came: Keys = []
    missed: Keys = []
    gave: Keys = []
    unsigned: UnsignedPart | None = None
    signed: Annotated[list[SignedPart], Field(max_length=5000)] = []
    decisions: Annotated[list[DecisionPart], Field(max_length=5000)] = []
    reflections: Annotated[list[ReflectionPart], Field(max_length=5000)] = []


class CirclePart(Part):
    """A circle with all that belongs to it."""

    title: Label
    state: CircleState
    made_at: Moment
    language: Annotated[Language, Field(min_length=1)]
    zone: Zone
    course: Words = ""
    course_link: Link = ""
    about: Words = ""
    place: Words = ""
    link: Link = ""
    minutes: Annotated[int, Field(ge=1, le=100_000)]
    seats: Annotated[int, Field(ge=1, le=100_000)] | None = None
    sign_up: bool = True
    named_feedback: bool = False
    leads: Annotated[list[Annotated[timedelta, AfterValidator(_lead)]], Field(max_length=50)] = []
    questions: Annotated[list[Words], Field(max_length=20)] = []
    reminder: Words = ""
    rooms: Annotated[list[RoomPart], Field(max_length=1000)] = []
    members: Annotated[list[MemberPart], Field(max_length=5000)] = []
    waiting: Annotated[list[WaitingPart], Field(max_length=5000)] = []
    meetings: Annotated[list[MeetingPart], Field(max_length=2000)] = []


class CommunityPart(Part):
    """A community with its circles."""

    name: Label
    language: Annotated[Language, Field(min_length=1)]
    zone: Zone
    digest_day: Weekday = "monday"
    digest_time: time = time(9, 0)
    digest_language: Language = ""
    digest_room: RoomPart | None = None
    organizers: Keys = []
    rooms: Annotated[list[RoomPart], Field(max_length=5000)] = []
    spaces: Annotated[list[SpacePart], Field(max_length=1000)] = []
    circles: Annotated[list[CirclePart], Field(max_length=5000)] = []


class Document(Part):
    """What both kinds of document begin with."""

    format: Literal[1] = Field(description="Which form of document this is.")
    people: Annotated[list[PersonPart], Field(max_length=20_000)] = []


class CircleDocument(Document):
    """One circle."""

    kind: Literal["circle"]
    circle: CirclePart

    @property
    def circles(self) -> Sequence[CirclePart]:
        """All circles in it."""
        return [self.circle]


class CommunityDocument(Document):
    """A community with its circles."""

    kind: Literal["community"]
    community: CommunityPart

    @property
    def circles(self) -> Sequence[CirclePart]:
        """All circles in it."""
        return self.community.circles


AnyDocument = CircleDocument | CommunityDocument
DOCUMENT: Final[TypeAdapter[AnyDocument]] = TypeAdapter(Annotated[AnyDocument, Field(discriminator="kind")])


if __name__ == "__main__":
    print(json.dumps(DOCUMENT.json_schema(), indent=2, ensure_ascii=False))  # noqa: T201  # that is what it is for
