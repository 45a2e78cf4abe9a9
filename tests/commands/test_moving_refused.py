"""Documents that are malformed, huge or hostile: refused in kind words that name the place, and nothing is added."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from bot.commands.moving_format import AnyDocument
from bot.commands.moving_text import LARGEST, BadDocument, read, written
from bot.errors import CircleBotError
from storage.engine import Database
from tests.commands.moved import arrived
from tests.storage.conftest import NOW
from tests.support.long import long


def changed(document: AnyDocument, path: str, value: object) -> bytes:
    """Return a document as text in which something is another."""
    values = json.loads(written(document))
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place = values
    for part in way:
        place = place[part]
    place[last] = value
    return json.dumps(values).encode()


MEETING = "community.circles.0.meetings.0"


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("format", 2, "format: this release reads format 1"),
        ("format", "1", "format"),
        ("kind", "town", "kind"),
        ("community.circles", {}, "circles: input should be a valid"),
        ("community.more", 1, "more: extra inputs are not permitted"),
        ("community.zone", "Mars/Olympus", "zone: there is no such time zone"),
        ("community.zone", "", "zone: there is no such time zone"),
        ("community.language", "<b>", "language: it is no tag"),
        ("community.digest_day", "someday", "digest_day"),
        ("community.circles.0.minutes", True, "circles → number 1 → minutes"),
        ("community.circles.0.minutes", 10**30, "minutes"),
        ("community.circles.0.minutes", -1, "minutes"),
        ("community.circles.0.title", "a\u202eb", "title: it has blanks"),
        ("community.circles.0.title", " ", "title"),
        ("community.circles.0.title", "", "title"),
        ("community.circles.0.title", "x" * 201, "title"),
        ("community.circles.0.link", "javascript:alert(1)", "link: it is no link"),
        ("community.circles.0.course_link", "https://", "course_link: it is no link"),
        (f"{MEETING}.link", "https://example.org/\nX-MORE:1", "link: it is no link"),
        ("community.circles.0.about", "a\x00b", "about: it has control characters"),
        ("community.circles.0.about", "\ud800", "it is no JSON"),
        ("community.circles.0.about", "x" * 100_000, "about"),
        ("community.circles.0.leads", ["-P1D"], "leads → number 1: a reminder comes"),
        ("community.circles.0.made_at", "2026-01-01T10:00:00", "made_at: it has no zone"),
        ("community.circles.0.made_at", "0001-01-01T00:00:00+14:00", "made_at: the year"),
        ("community.circles.0.made_at", 5, "made_at"),
        (
            "community.circles.0.members.1.person",
            "nobody",
            "“Python for beginners” → members: person: nobody in people",
        ),
        ("community.circles.0.members.1.person", "Amara Okafor", "Amara Okafor stands there 2 times"),
        ("community.organizers", ["X"], "organizers: nobody in people has the key X"),
        ("people.1.key", "Amara Okafor", "people: Amara Okafor stands there 2 times"),
        ("people.1.accounts.0.user", "amara", "people → accounts: web amara stands there 2 times"),
        ("people.1.accounts.0.user", "x" * 65, "accounts → number 1 → user"),
        (f"{MEETING}.starts_local", "2026-01-01T10:00:00Z", "starts_local: it is a time on the wall"),
        (f"{MEETING}.starts_local", "2026-01-01T10:00:30", "starts_local: it is a time on the wall"),
        (f"{MEETING}.state", "over", "state"),
        (f"{MEETING}.uid", "x" * 65, "uid"),
        (f"{MEETING}.missed", ["Kenji Tanaka"], "meeting 1: came and missed: Kenji Tanaka stands there 2 times"),
        (f"{MEETING}.unsigned.answers", 2, "unsigned → answers"),
        (f"{MEETING}.unsigned.answers", 3, "unsigned: more was said than by 3"),
        (f"{MEETING}.unsigned.moods", [6], "moods → number 1"),
        (f"{MEETING}.unsigned.delta.0.votes", ["Eve"], "votes: nobody in people has the key Eve"),
        (f"{MEETING}.decisions.0.delta", 99, "decisions → delta: there is no delta 99"),
    ],
    ids=count(),
)
def test_what_is_wrong_is_told_with_its_place(riverside: AnyDocument, path: str, value: object, said: str) -> None:
    """A kind sentence for each mistake, never a traceback."""
    text = changed(riverside, path, value)
    with pytest.raises(BadDocument) as refused:
        read(text)
    assert said in str(refused.value)
    assert "nothing was added" in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [b"", b"null", b"[]", b"{", b'"circle"', b"\xff\xfe", b"[" * 100_000, b'{"a":' * 100_000, b"9" * 10_000, b"{}"],
    ids=count(),
)
def test_what_is_no_document_is_refused(text: bytes) -> None:
    """Not JSON, JSON of something else, JSON without an end."""
    with pytest.raises(BadDocument):
        read(text)


@pytest.mark.parametrize("text", [b"{}", b"[]", b'{"kind": "person"}'], ids=count())
def test_json_of_something_else_is_told_in_plain_words(text: bytes) -> None:
    """Where an export comes from, and nothing of how we read it."""
    with pytest.raises(BadDocument, match=r"\n- it is no export of Circlebot, .+: `circlebot export` writes them"):
        read(text)


def test_a_huge_file_is_refused_before_it_is_read() -> None:
    """Nobody fills the machine's memory with it."""
    with pytest.raises(BadDocument, match="larger than"):
        read(b" " * (LARGEST + 1))


def test_many_mistakes_are_told_in_few_lines(riverside: AnyDocument) -> None:
    """The first ones, and how many more there are."""
    text = written(riverside).replace('"learner"', '"king"').replace("2026", "1026")
    with pytest.raises(BadDocument) as refused:
        read(text.encode())
    assert len(str(refused.value).splitlines()) == 22
    assert " more" in str(refused.value)


@trying(max_examples=long(25, 5_000), deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_is_changed_in_a_document_it_is_taken_whole_or_refused(
    opened: Database, riverside: AnyDocument, data: st.DataObject
) -> None:
    """Any value put in any place: no other error than ours, on either database."""
    values = json.loads(written(riverside))
    place: Any = values
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        inner = place[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
            break
        place = inner
    odd: st.SearchStrategy[object] = (
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just([]) | st.just({})
    )
    place[key] = data.draw(odd | st.dates().map(str) | st.sampled_from([["x"], [[]], "P1D", "Ada", "?"]))
    try:
        document = read(json.dumps(values).encode())
    except BadDocument:
        return
    try:
        arrived(opened, document, NOW)
    except CircleBotError:
        return
