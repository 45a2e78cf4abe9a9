"""Exports as text: written for people to read, and read with everything that is wrong with them told at once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from pydantic import ValidationError

from bot.commands.moving_format import (
    DOCUMENT,
    FORMAT,
    AnyDocument,
    CirclePart,
    CommunityDocument,
    MeetingPart,
    RoomPart,
)
from bot.errors import CircleBotError

LARGEST: Final = 50_000_000
"""More bytes than that are no export of ours."""
_MOST: Final = 20
"""How many mistakes are told at once."""
_NO_EXPORT: Final = frozenset({"dict_type", "union_tag_not_found", "union_tag_invalid"})
"""What is said of JSON that is neither a circle nor a community."""


class BadDocument(CircleBotError):
    """A document that cannot be added, with everything that is wrong with it."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        told = [f"- {mistake}" for mistake in mistakes[:_MOST]]
        if len(mistakes) > _MOST:
            told.append(f"- and {len(mistakes) - _MOST} more")
        super().__init__("\n".join(["This cannot be imported, and nothing was added:", *told]))


def written(document: AnyDocument) -> str:
    """Return a document as it stands in a file: what has its usual value is left out."""
    said = {"format": document.format, "kind": document.kind, **document.model_dump(mode="json", exclude_defaults=True)}
    return json.dumps(said, ensure_ascii=False, indent=2) + "\n"


def read(content: bytes) -> AnyDocument:
    """Return the document that a file holds. Raises `BadDocument` with all that is wrong with it."""
    if len(content) > LARGEST:
        raise BadDocument([f"it is larger than {LARGEST // 1_000_000} MB"])
    try:
        document = DOCUMENT.validate_json(content, strict=True)
    except ValidationError as error:
        raise BadDocument([_mistake(detail) for detail in error.errors(include_url=False)]) from None
    if mistakes := list(_contradictions(document)):
        raise BadDocument(mistakes)
    return document


def _mistake(detail: Any) -> str:  # noqa: ANN401  # as pydantic tells it
    """Say where something is wrong, and what."""
    place = list(detail["loc"][1:] if detail["loc"][:1] in {("circle",), ("community",)} else detail["loc"])
    where = " → ".join(f"number {part + 1}" if isinstance(part, int) else str(part) for part in place)
    said = str(detail["msg"]).removeprefix("Value error, ")
    if detail["type"] == "json_invalid":
        return f"it is no JSON: {detail['ctx']['error']}"
    if not place and detail["type"] in _NO_EXPORT:
        return "it is no export of Circlebot, whose kind is circle or community: `circlebot export` writes them"
    if detail["type"] == "literal_error" and place == ["format"]:
        return f"format: this release reads format {FORMAT}; a newer one may read this"
    return f"{where or 'the document'}: {said[:1].lower()}{said[1:]}"


def _contradictions(document: AnyDocument) -> Iterator[str]:
    """Yield what is wrong with parts that are right by themselves."""
    known = {one.key for one in document.people}
    yield from _twice("people", [one.key for one in document.people])
    accounts = [f"{a.platform} {a.user}" for one in document.people for a in one.accounts]
    yield from _twice("people → accounts", accounts)
    if isinstance(document, CommunityDocument):
        yield from _unknown("organizers", document.community.organizers, known)
        yield from _twice("organizers", document.community.organizers)
        yield from _twice("rooms", map(_address, document.community.rooms))
    yield from _twice("meetings → uid", [one.uid for circle in document.circles for one in circle.meetings])
    for circle in document.circles:
        for place, mistakes in _of_circle(circle, known):
            yield from (f"“{circle.title}” → {place}: {mistake}" for mistake in mistakes)


def _address(room: RoomPart) -> str:
    return " ".join(filter(None, (room.platform, room.chat, room.thread)))


def _twice(place: str, values: Iterable[str]) -> Iterator[str]:
    for value, times in Counter(values).items():
        if times > 1:
            yield f"{place}: {value} stands there {times} times"


def _unknown(place: str, keys: Iterable[str | None], known: set[str]) -> Iterator[str]:
    for key in dict.fromkeys(keys):
        if key is not None and key not in known:
            yield f"{place}: nobody in people has the key {key}"


def _of_circle(circle: CirclePart, known: set[str]) -> Iterator[tuple[str, Iterator[str]]]:
    members, waiting = ([one.person for one in some] for some in (circle.members, circle.waiting))
    yield "rooms", _twice("room", map(_address, circle.rooms))
    for place, keys in (("members", members), ("waiting", waiting)):
        yield place, _unknown("person", keys, known)
        yield place, _twice("person", keys)
    for meeting in circle.meetings:
        named = f"meeting {meeting.number}"
        once: dict[str, list[str]] = {
            "rsvps": [one.person for one in meeting.rsvps],
            "came and missed": [*meeting.came, *meeting.missed],
            "gave": meeting.gave,
            "signed": [one.person for one in meeting.signed],
            "reflections": [one.person for one in meeting.reflections],
        }
        for place, keys in once.items():
            yield named, _unknown(place, keys, known)
            yield named, _twice(place, keys)
        yield named, _unknown("decisions", [one.owner for one in meeting.decisions], known)
        yield named, _of_feedback(meeting, known)


def _of_feedback(meeting: MeetingPart, known: set[str]) -> Iterator[str]:
    """Yield what does not add up in what was said of a meeting."""
    unsigned = meeting.unsigned
    votes = [delta.votes for delta in unsigned.delta] if unsigned else []
    for keys in [*votes, *(one.votes for one in meeting.signed)]:
        yield from _unknown("votes", keys, known)
        yield from _twice("votes", keys)
    if unsigned and max(len(unsigned.plus), len(unsigned.delta), len(unsigned.moods)) > unsigned.answers:
        yield f"unsigned: more was said than by {unsigned.answers}"
    deltas = len(votes) + sum(bool(one.delta) for one in meeting.signed)
    taken = [one.delta for one in meeting.decisions if one.delta is not None]
    yield from _twice("decisions → delta", map(str, taken))
    for number in taken:
        if number > deltas:
            yield f"decisions → delta: there is no delta {number}"
