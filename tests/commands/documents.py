"""Circles and communities of all shapes, as documents that can be imported."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

from bot.commands.moving_format import DOCUMENT, AnyDocument
from bot.domain.people import clean_name
from storage.moving import DAYS

Draw = st.DrawFn
ZONES = ["UTC", "Europe/Madrid", "America/St_Johns", "Pacific/Chatham"]

words = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=30)
links = st.sampled_from(["", "https://meet.example.org/a?b=c"])
some_words = words.filter(bool)
labels = st.text(min_size=1, max_size=20).map(clean_name).filter(lambda name: name == clean_name(name))
moments = st.datetimes(datetime(2010, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))
wall_clocks = moments.map(lambda at: at.replace(tzinfo=None, second=0, microsecond=0))
zones = st.sampled_from(ZONES)
addresses = st.text("0123456789abc-", min_size=1, max_size=12)
platforms = st.sampled_from(["telegram", "discord", "web"])


@st.composite
def people(draw: Draw) -> list[dict[str, Any]]:
    """Return a few people with accounts of their own; names may be the same."""
    names = draw(st.lists(labels, min_size=1, max_size=6))
    return [
        {
            "key": f"who {number}",
            "name": name,
            "accounts": [
                {"platform": one, "user": f"u{number}", "name": draw(labels), "private": draw(st.booleans())}
                for one in draw(st.lists(platforms, unique=True, max_size=2))
            ],
        }
        for number, name in enumerate(names)
    ]


@st.composite
def some_of(draw: Draw, keys: list[str], most: int = 6) -> list[str]:
    """Return some people, each once."""
    return draw(st.lists(st.sampled_from(keys), unique=True, max_size=most))


@st.composite
def rooms(draw: Draw) -> list[dict[str, Any]]:
    """Return a few rooms, with a title that hangs on their address: one room has one title."""
    addressed = draw(st.lists(st.tuples(platforms, addresses, st.sampled_from(["", "7"])), unique=True, max_size=3))
    return [
        {"platform": platform, "chat": chat, "thread": thread, "title": f"Room {chat}{thread}", "space": chat[:2]}
        for platform, chat, thread in addressed
    ]


@st.composite
def meetings(draw: Draw, keys: list[str], uid: str) -> dict[str, Any]:
    """Return a meeting and what became of it."""
    who = draw(some_of(keys))
    answers = draw(st.sampled_from([0, 3, 4, 6]))
    voted: list[dict[str, Any]] = [
        {"words": draw(some_words), "votes": draw(some_of(keys))} for _ in range(draw(st.integers(0, answers)))
    ]
    said = {
        "answers": answers,
        "plus": draw(st.lists(some_words, max_size=answers)),
        "delta": voted,
        "moods": draw(st.lists(st.integers(1, 5), max_size=answers)),
    }
    signed = [
        {
            "person": one,
            "plus": draw(words),
            "delta": draw(words),
            "mood": draw(st.none() | st.integers(1, 5)),
            "votes": draw(some_of(keys)),
        }
        for one in draw(some_of(keys))
    ]
    deltas = len(voted) + sum(bool(one["delta"]) for one in signed)
    taken = draw(st.lists(st.integers(1, deltas), unique=True, max_size=3)) if deltas else []
    return {
        "uid": uid,
        "number": draw(st.integers(1, 60)),
        "starts_local": draw(wall_clocks),
        "zone": draw(zones),
        "minutes": draw(st.integers(1, 600)),
        "topic": draw(words),
        "place": draw(words),
        "link": draw(links),
        "state": draw(st.sampled_from(["planned", "cancelled", "ended", "closed"])),
        "sequence": draw(st.integers(0, 9)),
        "rsvps": [
            {
                "person": one,
                "answer": draw(st.sampled_from(["yes", "maybe", "no"])),
                "reason": draw(words),
                "stale": draw(st.booleans()),
                "at": draw(moments),
            }
            for one in draw(some_of(keys))
        ],
        "came": who[:2],
        "missed": who[2:],
        "gave": draw(some_of(keys)),
        "unsigned": said if answers else None,
        "signed": signed,
        "decisions": [
            {
                "words": draw(some_words),
                "owner": draw(st.none() | st.sampled_from(keys)),
                "state": draw(st.sampled_from(["open", "done", "dropped"])),
                "made_at": draw(moments),
                "done_at": draw(st.none() | moments),
                "delta": delta,
            }
            for delta in [*taken, None]
        ],
        "reflections": [
            {"person": one, "score": draw(st.integers(1, 5)), "words": draw(words)} for one in draw(some_of(keys))
        ],
    }


@st.composite
def circles(draw: Draw, keys: list[str], number: int) -> dict[str, Any]:
    """Return a circle."""

    def told(one: str) -> dict[str, Any]:
        return {
            "person": one,
            "goal": draw(words),
            "support": draw(words),
            "answers": draw(st.lists(words, max_size=3)),
        }

    return {
        "title": draw(labels),
        "state": draw(st.sampled_from(["draft", "published", "ended"])),
        "made_at": datetime(2009, 1, 1, tzinfo=UTC) + timedelta(days=number),
        "language": draw(st.sampled_from(["en", "es", "pt-BR"])),
        "zone": draw(zones),
        "about": draw(words),
        "place": draw(words),
        "minutes": draw(st.integers(1, 600)),
        "seats": draw(st.none() | st.integers(1, 20)),
        "sign_up": draw(st.booleans()),
        "named_feedback": draw(st.booleans()),
        "leads": [timedelta(minutes=lead) for lead in draw(st.lists(st.integers(5, 40_000), unique=True, max_size=3))],
        "questions": draw(st.lists(words, max_size=3)),
        "reminder": draw(words),
        "rooms": draw(rooms()),
        "members": [
            told(one)
            | {
                "role": draw(st.sampled_from(["learner", "facilitator"])),
                "joined_at": draw(moments),
                "left_at": draw(st.none() | moments),
            }
            for one in draw(some_of(keys))
        ],
        "waiting": [told(one) | {"since": draw(moments)} for one in draw(some_of(keys))],
        "meetings": [draw(meetings(keys, f"uid-{number}-{one}")) for one in range(draw(st.integers(0, 3)))],
    }


@st.composite
def communities(draw: Draw) -> AnyDocument:
    """Return a community as a document."""
    everybody = draw(people())
    keys = [one["key"] for one in everybody]
    its_rooms = draw(rooms())
    community = {
        "name": draw(labels),
        "language": "es",
        "zone": draw(zones),
        "digest_day": draw(st.sampled_from(DAYS)),
        "digest_time": draw(st.builds(time, st.integers(0, 23), st.integers(0, 59))),
        "digest_room": draw(st.none() | st.sampled_from(its_rooms)) if its_rooms else None,
        "organizers": draw(some_of(keys)),
        "rooms": its_rooms,
        "spaces": [{"platform": "discord", "space": one} for one in draw(st.lists(addresses, unique=True, max_size=2))],
        "circles": [draw(circles(keys, number)) for number in range(draw(st.integers(0, 2)))],
    }
    return DOCUMENT.validate_python({"format": 1, "kind": "community", "people": everybody, "community": community})
