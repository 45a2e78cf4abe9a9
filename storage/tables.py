"""Every table. Instants are UTC microseconds, wall clocks ISO text, ids whole numbers; constraints settle races."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def stored_instant(at: datetime) -> int:
    """Return an instant as it is stored: in microseconds since 1970."""
    return (at - _EPOCH) // _MICROSECOND


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime, stored as whole microseconds since 1970: the same on both databases, quick to compare."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Return the stored number."""
        return None if value is None else stored_instant(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ANN401, ARG002
        """Return the instant."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)


class WallClock(TypeDecorator[datetime]):
    """A naive wall-clock date and time, stored as ISO text to the minute."""

    impl = String(16)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return the stored text."""
        return None if value is None else value.isoformat(timespec="minutes")

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ANN401, ARG002
        """Return the wall-clock time."""
        return None if value is None else datetime.fromisoformat(value)


class TimeOfDay(TypeDecorator[time]):
    """A time of day, stored as HH:MM."""

    impl = String(5)
    cache_ok = True

    def process_bind_param(self, value: time | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return the stored text."""
        return None if value is None else value.isoformat(timespec="minutes")

    def process_result_value(self, value: Any | None, dialect: Dialect) -> time | None:  # noqa: ANN401, ARG002
        """Return the time of day."""
        return None if value is None else time.fromisoformat(value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    },
)
_ID = BigInteger().with_variant(Integer, "sqlite")


def _id() -> Column[int]:
    """Return the column of ids, never used again (on SQLite with `sqlite_autoincrement`): old buttons hold them."""
    return Column("id", _ID, primary_key=True, autoincrement=True)


def _of(name: str, table: str, *, primary_key: bool = False, nullable: bool = False) -> Column[Any]:
    """Return a column that points at a row of `table`, which takes this row along when it goes."""
    return Column(name, _ID, ForeignKey(f"{table}.id", ondelete="CASCADE"), primary_key=primary_key, nullable=nullable)


# People and where they are

people = Table(
    "people",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("language", String(35), nullable=False, server_default=""),
    Column("zone", String(64), nullable=False, server_default=""),
    Column("quiet_from", TimeOfDay, nullable=False, server_default="21:00"),
    Column("quiet_to", TimeOfDay, nullable=False, server_default="08:00"),
    Column("nudges", Boolean, nullable=False, server_default=text("true")),
    Column("tips", Boolean, nullable=False, server_default=text("true")),
    Column("met_at", Instant, nullable=False),
    sqlite_autoincrement=True,
)
accounts = Table(
    "accounts",
    metadata,
    Column("platform", String(32), primary_key=True),
    Column("user", String(64), primary_key=True),
    _of("person", "people"),
    Column("name", Text, nullable=False),
    Column("reachable", Boolean, nullable=False, server_default=text("true")),
    Column("seen_at", Instant, nullable=False),
    Index(None, "person"),
)
communities = Table(
    "communities",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("language", String(35), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("digest_place", _ID, ForeignKey("places.id", ondelete="SET NULL", use_alter=True)),
    Column("digest_weekday", Integer, nullable=False, server_default="0"),
    Column("digest_time", TimeOfDay, nullable=False, server_default="09:00"),
    Column("digest_language", String(35), nullable=False, server_default=""),
    sqlite_autoincrement=True,
)
places = Table(
    "places",
    metadata,
    _id(),
    Column("platform", String(32), nullable=False),
    Column("chat", String(64), nullable=False),
    Column("thread", String(64), nullable=False, server_default=""),
    Column("kind", String(8), nullable=False),
    Column("title", Text, nullable=False, server_default=""),
    Column("space", String(64), nullable=False, server_default=""),
    Column("community", _ID, ForeignKey("communities.id", ondelete="SET NULL")),
    Column("trouble", Text, nullable=False, server_default=""),
    UniqueConstraint("platform", "chat", "thread", "kind"),
    Index(None, "community"),
    Index(None, "platform", "space"),
    sqlite_autoincrement=True,
)
organizers = Table(
    "organizers",
    metadata,
    _of("community", "communities", primary_key=True),
    _of("person", "people", primary_key=True),
    Index(None, "person"),
)

# Circles and their members

circles = Table(
    "circles",
    metadata,
    _id(),
    _of("community", "communities"),
    Column("title", Text, nullable=False),
    Column("language", String(35), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("course", Text, nullable=False, server_default=""),
    Column("course_link", Text, nullable=False, server_default=""),
    Column("about", Text, nullable=False, server_default=""),
    Column("place", Text, nullable=False, server_default=""),
    Column("link", Text, nullable=False, server_default=""),
    Column("minutes", Integer, nullable=False),
    Column("seats", Integer),
    Column("sign_up", Boolean, nullable=False, server_default=text("true")),
    Column("named_feedback", Boolean, nullable=False, server_default=text("false")),
    Column("leads", JSON, nullable=False),
    Column("questions", JSON, nullable=False),
    Column("reminder", Text, nullable=False, server_default=""),
    Column("state", String(12), nullable=False),
    Column("made_at", Instant, nullable=False),
    Index(None, "community", "state"),
    sqlite_autoincrement=True,
)
circle_places = Table(
    "circle_places",
    metadata,
    _of("circle", "circles", primary_key=True),
    _of("place", "places", primary_key=True),
    Index(None, "place"),
)
members = Table(
    "members",
    metadata,
    _of("circle", "circles", primary_key=True),
    _of("person", "people", primary_key=True),
    Column("role", String(12), nullable=False),
    Column("goal", Text, nullable=False, server_default=""),
    Column("support", Text, nullable=False, server_default=""),
    Column("answers", JSON, nullable=False),
    Column("joined_at", Instant, nullable=False),
    Column("left_at", Instant),
    Index(None, "person"),
)
waiting = Table(
    "waiting",
    metadata,
    _id(),
    _of("circle", "circles"),
    _of("person", "people"),
    Column("goal", Text, nullable=False, server_default=""),
    Column("support", Text, nullable=False, server_default=""),
    Column("answers", JSON, nullable=False),
    Column("since", Instant, nullable=False),
    Column("offered_until", Instant),
    UniqueConstraint("circle", "person"),
    sqlite_autoincrement=True,
)

# Meetings and what happens at them

meetings = Table(
    "meetings",
    metadata,
    _id(),
    _of("circle", "circles"),
    Column("number", Integer, nullable=False),
    Column("starts_local", WallClock, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("topic", Text, nullable=False, server_default=""),
    Column("place", Text, nullable=False, server_default=""),
    Column("link", Text, nullable=False, server_default=""),
    Column("state", String(12), nullable=False),
    Column("uid", String(64), nullable=False, unique=True),
    Column("sequence", Integer, nullable=False, server_default="0"),
    Index(None, "circle", "starts_at"),
    sqlite_autoincrement=True,
)
rsvps = Table(
    "rsvps",
    metadata,
    _of("meeting", "meetings", primary_key=True),
    _of("person", "people", primary_key=True),
    Column("answer", String(8), nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("stale", Boolean, nullable=False, server_default=text("false")),
    Column("at", Instant, nullable=False),
    Index(None, "person"),
    sqlite_with_rowid=False,
)
attendance = Table(
    "attendance",
    metadata,
    _of("meeting", "meetings", primary_key=True),
    _of("person", "people", primary_key=True),
    Column("came", Boolean, nullable=False),
    Index(None, "person"),
    sqlite_with_rowid=False,
)
feedback = Table(
    "feedback",
    metadata,
    # Random and not ascending, so that the order of rows tells nothing of who wrote them.
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    _of("meeting", "meetings"),
    Column("person", _ID, ForeignKey("people.id", ondelete="SET NULL")),
    Column("plus", Text, nullable=False, server_default=""),
    Column("delta", Text, nullable=False, server_default=""),
    Column("mood", Integer),
    CheckConstraint("mood between 1 and 5", name="mood"),
    Index(None, "meeting"),
    sqlite_with_rowid=False,
)
feedback_given = Table(
    "feedback_given",
    metadata,
    _of("meeting", "meetings", primary_key=True),
    _of("person", "people", primary_key=True),
    sqlite_with_rowid=False,
)
votes = Table(
    "votes",
    metadata,
    Column("feedback", BigInteger, ForeignKey("feedback.id", ondelete="CASCADE"), primary_key=True),
    _of("person", "people", primary_key=True),
    sqlite_with_rowid=False,
)
decisions = Table(
    "decisions",
    metadata,
    _id(),
    _of("circle", "circles"),
    _of("meeting", "meetings"),
    Column("feedback", BigInteger, ForeignKey("feedback.id", ondelete="SET NULL"), unique=True),
    Column("words", Text, nullable=False),
    Column("owner", _ID, ForeignKey("people.id", ondelete="SET NULL")),
    Column("state", String(8), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("done_at", Instant),
    Index(None, "circle", "state"),
    sqlite_autoincrement=True,
)
reflections = Table(
    "reflections",
    metadata,
    _of("meeting", "meetings", primary_key=True),
    _of("person", "people", primary_key=True),
    Column("score", Integer, nullable=False),
    Column("words", Text, nullable=False, server_default=""),
)

# What is shown and what is to be sent

cards = Table(
    "cards",
    metadata,
    _id(),
    _of("place", "places"),
    Column("message", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("subject", _ID, nullable=False),
    Column("fingerprint", String(32), nullable=False, server_default=""),
    Column("drawn_at", Instant, nullable=False),
    Column("dirty_at", Instant),
    UniqueConstraint("place", "message"),
    Index(None, "kind", "subject"),
    Index(
        "ix_cards_dirty",
        "dirty_at",
        sqlite_where=text("dirty_at is not null"),
        postgresql_where=text("dirty_at is not null"),
    ),
    sqlite_autoincrement=True,
)
deliveries = Table(
    "deliveries",
    metadata,
    _id(),
    # In the order of its bytes, so that what begins alike stands together in the index.
    Column("key", String(128).with_variant(String(128, collation="C"), "postgresql"), nullable=False, unique=True),
    Column("notice", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    _of("place", "places", nullable=True),
    _of("person", "people", nullable=True),
    _of("circle", "circles", nullable=True),
    _of("meeting", "meetings", nullable=True),
    _of("community", "communities", nullable=True),
    Column("due_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("state", String(8), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("leased_by", String(64)),
    Column("leased_until", Instant),
    Column("sent_at", Instant),
    Column("message", String(64), nullable=False, server_default=""),
    Column("outcome", Text, nullable=False, server_default=""),
    Index(
        "ix_deliveries_waiting",
        "due_at",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
    Index(
        "ix_deliveries_leased",
        "leased_by",
        sqlite_where=text("leased_by is not null"),
        postgresql_where=text("leased_by is not null"),
    ),
    Index(None, "meeting", "state"),
    Index(None, "circle", "sent_at"),
    Index(None, "community", "sent_at"),
    sqlite_autoincrement=True,
)

# What people are in the middle of, and what lets them in

drafts = Table(
    "drafts",
    metadata,
    _id(),
    _of("person", "people"),
    _of("place", "places"),
    Column("tag", String(8), nullable=False),
    Column("known", String(64), nullable=False),
    Column("answers", JSON, nullable=False),
    Column("to_ask", JSON, nullable=False),
    Column("expires_at", Instant, nullable=False),
    UniqueConstraint("person", "place"),
    sqlite_autoincrement=True,
)
invites = Table(
    "invites",
    metadata,
    _id(),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("kind", String(12), nullable=False),
    _of("community", "communities", nullable=True),
    _of("circle", "circles", nullable=True),
    _of("made_by", "people"),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("used_at", Instant),
    Column("used_by", _ID, ForeignKey("people.id", ondelete="SET NULL")),
    sqlite_autoincrement=True,
)
updates_seen = Table(
    "updates_seen",
    metadata,
    Column("key", String(128), primary_key=True),
    Column("at", Instant, nullable=False),
    Index(None, "at"),
    sqlite_with_rowid=False,
)
leases = Table(
    "leases",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("until", Instant, nullable=False),
)
settings = Table(
    "settings",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

# The web platform's own memory: what Telegram and Discord keep on their servers

web_people = Table(
    "web_people",
    metadata,
    Column("user", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("language", String(35), nullable=False, server_default=""),
    Column("zone", String(64), nullable=False, server_default=""),
    Column("made_at", Instant, nullable=False),
)
web_tokens = Table(
    "web_tokens",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("user", String(64), nullable=False, index=True),
    Column("kind", String(8), nullable=False),
    Column("expires_at", Instant, nullable=False),
)
web_rooms = Table(
    "web_rooms",
    metadata,
    Column("chat", String(64), primary_key=True),
    Column("title", Text, nullable=False),
    Column("made_by", String(64), nullable=False, server_default=""),
    Column("made_at", Instant, nullable=False),
)
web_members = Table(
    "web_members",
    metadata,
    Column("chat", String(64), primary_key=True),
    Column("user", String(64), primary_key=True),
    Index(None, "user"),
)
web_posts = Table(
    "web_posts",
    metadata,
    _id(),
    Column("chat", String(64), nullable=False),
    Column("private", Boolean, nullable=False),
    Column("only_for", String(64), nullable=False, server_default=""),
    Column("author", String(64), nullable=False, server_default=""),
    Column("body", JSON, nullable=False),
    Column("picture", String(64), nullable=False, server_default="", index=True),
    Column("version", BigInteger, nullable=False, unique=True),
    Column("key", String(160), unique=True),
    Column("at", Instant, nullable=False),
    Column("edited_at", Instant),
    Index(None, "chat", "private", "id"),
)
web_versions = Table(
    "web_versions",
    metadata,
    Column("name", String(8), primary_key=True),
    Column("value", BigInteger, nullable=False),
)
web_pictures = Table(
    "web_pictures",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("png", LargeBinary, nullable=False),
)
web_seen = Table(
    "web_seen",
    metadata,
    Column("user", String(64), primary_key=True),
    Column("chat", String(64), primary_key=True),
    Column("private", Boolean, primary_key=True),
    Column("post", _ID, nullable=False),
)
