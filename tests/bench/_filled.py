"""A database with as many circles and deliveries as one likes, written with SQL in seconds."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

_NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count) "
_CIRCLES = (
    (
        "INSERT INTO places (id, platform, chat, kind, title) "
        "SELECT :first + n, 'telegram', '-' || (:first + n), 'group', 'Room ' || n FROM numbers"
    ),
    (
        "INSERT INTO circles (id, community, title, language, zone, minutes, leads, questions, state, made_at) "
        "SELECT :first + n, 1, 'Circle ' || n, 'en', 'UTC', 90, '[172800, 7200]', '[]', 'published', :now "
        "FROM numbers"
    ),
    "INSERT INTO circle_places (circle, place) SELECT :first + n, :first + n FROM numbers",
)
_MEETINGS = (
    "INSERT INTO meetings (id, circle, number, starts_local, zone, starts_at, minutes, state, uid) "
    "SELECT :first + n, :first + 1 + n % :circles, 1 + n / :circles, "
    "strftime('%Y-%m-%dT%H:%M', :minute + 60 * (1440 + n % 525600), 'unixepoch'), 'UTC', "
    "1000000 * (:minute + 60 * (1440 + n % 525600)), 90, 'planned', 'uid-' || n FROM numbers"
)
_WAITING = (
    "INSERT INTO deliveries (key, notice, kind, place, circle, meeting, due_at, expires_at, state) "
    "SELECT 'remind:' || (:first + n) || ':172800:' || (:first + 1 + n % :circles), "
    '\'{"kind":"remind","meeting":\' || (:first + 1 + n % :meetings) || \',"lead":172800}\', \'remind\', '
    ":first + 1 + n % :circles, :first + 1 + n % :circles, :first + 1 + n % :meetings, "
    ":now + 1000000 * (86400 + n % 31536000), :now + 1000000 * (172800 + n % 31536000), 'waiting' FROM numbers"
)
FIRST = 100_000
"""Below are the ids of what a bench makes by itself."""


def fill(path: Path, *, circles: int, meetings: int = 0, waiting: int = 0) -> None:
    """Add circles in rooms of their own, meetings of theirs over the next year, and reminders that wait for them.

    Needs a community with the id 1.
    """
    now = int(datetime.now(UTC).timestamp() * 1e6)
    meetings = max(meetings, circles)
    given = {"first": FIRST, "now": now, "minute": now // 60_000_000 * 60, "circles": circles, "meetings": meetings}
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = OFF")
    with connection:
        for statement in _CIRCLES:
            connection.execute(_counting(statement), given | {"count": circles})
        connection.execute(_counting(_MEETINGS), given | {"count": meetings})
        if waiting:
            connection.execute(_counting(_WAITING), given | {"count": waiting})
    connection.execute("ANALYZE")
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _counting(statement: str) -> str:
    at = statement.index("SELECT")
    return f"{statement[:at]} {_NUMBERS} {statement[at:]}"
