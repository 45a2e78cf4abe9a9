"""A community's life as rows of every table, in the order in which they point at each other.

Columns that a table of an older release does not have yet are left out there.
"""

# Long because it has rows for every table.

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

Row = dict[str, Any]


def _at(words: str) -> int:
    """Return an instant as it is stored."""
    return int(datetime.fromisoformat(words).replace(tzinfo=UTC).timestamp()) * 1_000_000


_ODD: Final = 'Zoë "Ж" O\'Neil; -- DROP\n日本 🙂 \u202e\\n%s :name ?'
"""A name that no quoting may stumble over."""
_HASH: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_REMIND: Final = '{"kind":"remind","meeting":1,"lead":172800}'

ROWS: Final[dict[str, list[Row]]] = {
    "people": [
        {"id": 1, "name": "Fatima", "language": "es", "zone": "Europe/Madrid", "met_at": _at("2026-03-01T09:30:00")},
        {
            "id": 2,
            "name": _ODD,
            "quiet_from": "23:30",
            "quiet_to": "07:15",
            "nudges": False,
            "tips": False,
            "met_at": _at("2026-03-01T10:00:00") + 1,
        },
        # Somebody between them was forgotten: their number is never used again.
        {"id": 4, "name": "Ada", "language": "en-GB", "zone": "Asia/Kolkata", "met_at": _at("2026-03-02T10:00:00")},
    ],
    "accounts": [
        {
            "platform": "telegram",
            "user": "5000000001",
            "person": 1,
            "name": "Fatima",
            "seen_at": _at("2026-03-09T09:30"),
        },
        {
            "platform": "discord",
            "user": "123456789012345678",
            "person": 1,
            "name": "fatima",
            "reachable": False,
            "seen_at": _at("2026-03-08T09:30"),
        },
        {"platform": "telegram", "user": "5000000002", "person": 2, "name": _ODD, "seen_at": _at("2026-03-07T09:30")},
        {"platform": "web", "user": "u0a1b2c3d4e", "person": 4, "name": "Ada", "seen_at": _at("2026-03-07T09:31")},
    ],
    "communities": [
        {"id": 1, "name": "Library circles", "language": "es", "zone": "Europe/Madrid", "digest_place": 2},
        {
            "id": 2,
            "name": _ODD,
            "language": "en",
            "zone": "America/St_Johns",
            "digest_weekday": 4,
            "digest_time": "18:45",
            "digest_language": "es",
        },
    ],
    "places": [
        {"id": 1, "platform": "telegram", "chat": "-1004000000001", "thread": "17", "kind": "group", "title": "Python"},
        {
            "id": 2,
            "platform": "discord",
            "chat": "223456789012345678",
            "kind": "group",
            "title": "organizers",
            "space": "323456789012345678",
            "community": 1,
            "trouble": "muted",
        },
        {"id": 3, "platform": "telegram", "chat": "5000000002", "kind": "private"},
    ],
    "spaces": [{"platform": "discord", "space": "323456789012345678", "community": 1}],
    "organizers": [{"community": 1, "person": 1}, {"community": 2, "person": 4}],
    "circles": [
        {
            "id": 1,
            "community": 1,
            "title": "Python for beginners",
            "language": "es",
            "zone": "Europe/Madrid",
            "course": "Python basics",
            "course_link": "https://course.example/py?unit=1&lang=es",
            "about": "Poco a poco.\nY con café.",
            "place": "Sala 3",
            "link": "https://meet.example/py",
            "minutes": 90,
            "seats": 4,
            "sign_up": True,
            "named_feedback": True,
            "leads": [172800, 7200],
            "questions": ["¿Portátil?", 'What is "free" to you?'],
            "reminder": "{meeting} {when}: {odd} 100 %",
            "state": "published",
            "made_at": _at("2026-03-01T11:00"),
        },
        {
            "id": 2,
            "community": 2,
            "title": _ODD,
            "language": "en",
            "zone": "America/St_Johns",
            "minutes": 45,
            "sign_up": False,
            "leads": [],
            "questions": [],
            "state": "ended",
            "made_at": _at("2025-03-01T11:00"),
        },
    ],
    "circle_places": [{"circle": 1, "place": 1}],
    "members": [
        {
            "circle": 1,
            "person": 1,
            "role": "facilitator",
            "answers": [],
            "joined_at": _at("2026-03-01T11:00"),
        },
        {
            "circle": 1,
            "person": 2,
            "role": "learner",
            "goal": "Leer código\nde otros",
            "support": "Galletas 🍪",
            "answers": ["No", _ODD],
            "joined_at": _at("2026-03-02T11:00"),
        },
        {
            "circle": 2,
            "person": 2,
            "role": "learner",
            "answers": [],
            "joined_at": _at("2025-03-02T11:00"),
            "left_at": _at("2025-04-02T11:00"),
        },
    ],
    "waiting": [
        {"id": 7, "circle": 1, "person": 4, "goal": "Games", "answers": ["Yes", ""], "since": _at("2026-03-03T11:00")},
        {
            "id": 9,
            "circle": 2,
            "person": 4,
            "answers": [],
            "since": _at("2026-03-03T11:01"),
            "offered_until": _at("2026-03-04T11:01"),
        },
    ],
    "meetings": [
        {
            "id": 1,
            "circle": 1,
            "number": 1,
            "starts_local": "2026-03-10T18:00",
            "zone": "Europe/Madrid",
            "starts_at": _at("2026-03-10T17:00"),
            "minutes": 90,
            "topic": "Unit 1: «Hello»",
            "state": "closed",
            "uid": "0d7a4a9c-3c9f-4a4e-9a53-4d6f3a0e6a11",
            "sequence": 2,
        },
        {
            "id": 2,
            "circle": 1,
            "number": 2,
            "starts_local": "2026-04-07T18:00",
            "zone": "Europe/Madrid",
            "starts_at": _at("2026-04-07T16:00"),
            "minutes": 90,
            "place": "Café",
            "link": "https://meet.example/2",
            "state": "planned",
            "uid": "0d7a4a9c-3c9f-4a4e-9a53-4d6f3a0e6a12",
        },
        {
            "id": 3,
            "circle": 1,
            "number": 2,
            "starts_local": "2026-03-17T18:00",
            "zone": "Europe/Madrid",
            "starts_at": _at("2026-03-17T17:00"),
            "minutes": 90,
            "state": "cancelled",
            "uid": "0d7a4a9c-3c9f-4a4e-9a53-4d6f3a0e6a13",
        },
    ],
    "rsvps": [
        {"meeting": 1, "person": 2, "answer": "yes", "at": _at("2026-03-09T08:00")},
        {"meeting": 2, "person": 2, "answer": "no", "reason": _ODD, "stale": True, "at": _at("2026-03-11T08:00")},
    ],
    "attendance": [{"meeting": 1, "person": 1, "came": True}, {"meeting": 1, "person": 2, "came": False}],
    "feedback": [
        {"id": 8070450532247928832, "meeting": 1, "person": 2, "plus": "Los ejemplos", "delta": _ODD, "mood": 4},
        {"id": 1152921504606846976, "meeting": 1, "plus": "", "delta": "Begin on time"},
    ],
    "feedback_given": [{"meeting": 1, "person": 2}, {"meeting": 1, "person": 1}],
    "votes": [{"feedback": 8070450532247928832, "person": 1}],
    "decisions": [
        {
            "id": 1,
            "circle": 1,
            "meeting": 1,
            "feedback": 1152921504606846976,
            "words": "We begin on time",
            "owner": 2,
            "state": "open",
            "made_at": _at("2026-03-12T08:00"),
        },
        {
            "id": 2,
            "circle": 1,
            "meeting": 1,
            "words": _ODD,
            "state": "done",
            "made_at": _at("2026-03-12T08:01"),
            "done_at": _at("2026-03-13T08:01"),
        },
    ],
    "reflections": [{"meeting": 1, "person": 1, "score": 5, "words": "They talked to each other."}],
    "cards": [
        {
            "id": 1,
            "place": 1,
            "message": "401",
            "kind": "meeting",
            "subject": 1,
            "fingerprint": "d41d8cd98f00b204e9800998ecf8427e",
            "drawn_at": _at("2026-03-10T18:31"),
        },
        {
            "id": 2,
            "place": 1,
            "message": "402",
            "kind": "circle",
            "subject": 1,
            "drawn_at": _at("2026-03-10T18:31"),
            "dirty_at": _at("2026-03-10T18:32"),
        },
    ],
    "deliveries": [
        {
            "id": 1,
            "key": "remind:1:172800:1",
            "notice": _REMIND,
            "kind": "remind",
            "place": 1,
            "circle": 1,
            "meeting": 1,
            "due_at": _at("2026-03-08T17:00"),
            "expires_at": _at("2026-03-10T15:00"),
            "state": "sent",
            "attempts": 1,
            "sent_at": _at("2026-03-08T17:00:02"),
            "message": "401",
        },
        {
            "id": 2,
            "key": "remind:2:172800:1",
            "notice": _REMIND.replace('"meeting":1', '"meeting":2'),
            "kind": "remind",
            "place": 1,
            "circle": 1,
            "meeting": 2,
            "due_at": _at("2026-04-05T16:00"),
            "expires_at": _at("2026-04-07T14:00"),
            "state": "waiting",
        },
        {
            "id": 3,
            "key": "digest:1",
            "notice": '{"kind":"digest","community":1,"until":1773644400,"asked":false}',
            "kind": "digest",
            "place": 2,
            "community": 1,
            "due_at": _at("2026-03-16T08:00"),
            "expires_at": _at("2026-03-19T08:00"),
            "state": "waiting",
            "attempts": 3,
            "leased_by": "elsewhere/17",
            "leased_until": _at("2026-03-16T08:02"),
            "outcome": "the platform's limit",
        },
        {
            "id": 4,
            "key": "welcome:1:2",
            "notice": '{"kind":"welcome","circle":1,"person":2}',
            "kind": "welcome",
            "person": 2,
            "circle": 1,
            "due_at": _at("2026-03-02T11:00"),
            "state": "failed",
            "attempts": 8,
            "sent_at": _at("2026-03-02T12:00"),
            "outcome": "cannot be reached: Forbidden: bot was blocked by the user",
        },
        {
            "id": 6,
            "key": "ended:2",
            "notice": '{"kind":"ended","meeting":2}',
            "kind": "ended",
            "circle": 1,
            "meeting": 2,
            "due_at": _at("2026-04-07T17:30"),
            "state": "waiting",
        },
    ],
    "drafts": [
        {
            "id": 3,
            "person": 2,
            "place": 3,
            "tag": "fb",
            "known": "1",
            "answers": {"plus": _ODD, "mood": 4},
            "to_ask": ["delta"],
            "expires_at": _at("2026-03-12T19:30"),
            "origin": 1,
            "ran_room": True,
        }
    ],
    "invites": [
        {
            "id": 1,
            "token_hash": _HASH,
            "kind": "organizer",
            "community": 1,
            "made_by": 1,
            "made_at": _at("2026-03-01T12:00"),
            "expires_at": _at("2026-03-08T12:00"),
            "used_at": _at("2026-03-01T13:00"),
            "used_by": 4,
        },
        {
            "id": 2,
            "token_hash": _HASH[::-1],
            "kind": "facilitator",
            "circle": 1,
            "made_by": 1,
            "made_at": _at("2026-03-01T12:00"),
            "expires_at": _at("2026-03-08T12:00"),
            "revoked_at": _at("2026-03-01T12:30"),
        },
    ],
    "link_codes": [
        {
            "id": 5,
            "code_hash": _HASH,
            "made_by": 2,
            "made_at": _at("2026-03-09T12:00"),
            "expires_at": _at("2026-03-09T12:10"),
            "taken_by": 4,
        }
    ],
    "link_tries": [{"person": 4, "tries": 2, "since": _at("2026-03-09T12:05")}],
    "feeds": [
        {
            "id": 1,
            "token_hash": _HASH,
            "person": 2,
            "circle": 1,
            "made_at": _at("2026-03-09T12:05"),
            "read_at": _at("2026-03-09T13:05"),
            "expires_at": _at("2027-03-09T12:05"),
        },
        {
            "id": 2,
            "token_hash": _HASH[::-1],
            "person": 4,
            "made_at": _at("2026-03-09T12:05"),
            "expires_at": _at("2027-03-09T12:05"),
            "revoked_at": _at("2026-03-10T12:05"),
        },
    ],
    "updates_seen": [{"key": "telegram:817263541", "at": _at("2026-03-10T18:31:07")}],
    "leases": [{"name": "courier:telegram", "holder": "elsewhere/17", "until": _at("2026-03-16T08:00:20")}],
    "settings": [{"key": "demo.offset", "value": "0.0"}, {"key": "odd", "value": _ODD}],
    "web_people": [
        {
            "user": "u0a1b2c3d4e",
            "name": "Ada",
            "language": "en",
            "zone": "Asia/Kolkata",
            "made_at": _at("2026-03-02T09:00"),
        }
    ],
    "web_tokens": [
        {"token_hash": _HASH, "user": "u0a1b2c3d4e", "kind": "session", "expires_at": _at("2026-06-02T09:00")}
    ],
    "web_rooms": [
        {"chat": "r0a1b2c3d4e", "title": "Reading hall", "made_by": "u0a1b2c3d4e", "made_at": _at("2026-03-02T09:00")}
    ],
    "web_members": [{"chat": "r0a1b2c3d4e", "user": "u0a1b2c3d4e"}],
    "web_posts": [
        {
            "id": 12,
            "chat": "r0a1b2c3d4e",
            "private": False,
            "author": "u0a1b2c3d4e",
            "body": {"text": [_ODD, {"bold": "yes"}], "rows": []},
            "version": 31,
            "key": "remind:1:172800:9#4",
            "at": _at("2026-03-02T09:05"),
            "edited_at": _at("2026-03-02T09:06"),
        },
        {
            "id": 13,
            "chat": "u0a1b2c3d4e",
            "private": True,
            "only_for": "u0a1b2c3d4e",
            "body": {"text": []},
            "picture": _HASH,
            "version": 32,
            "at": _at("2026-03-02T09:07"),
        },
    ],
    "web_versions": [{"name": "posts", "value": 32}],
    "web_pictures": [{"digest": _HASH, "png": b"\x89PNG\r\n\x1a\n\x00\xff'\"\\"}],
    "web_seen": [{"user": "u0a1b2c3d4e", "chat": "r0a1b2c3d4e", "private": False, "post": 12}],
}
