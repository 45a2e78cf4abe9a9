"""Every table but those of the web platform. Constraints settle races."""

# Long because it is one list to look things up in, and tables point at each other.

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.columns import ID, Instant, TimeOfDay, WallClock, metadata, of, own_id

# People and where they are

people = Table(
    "people",
    metadata,
    own_id(),
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
    of("person", "people"),
    Column("name", Text, nullable=False),
    Column("reachable", Boolean, nullable=False, server_default=text("true")),
    Column("seen_at", Instant, nullable=False),
    Index(None, "person"),
)
communities = Table(
    "communities",
    metadata,
    own_id(),
    Column("name", Text, nullable=False),
    Column("language", String(35), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("digest_place", ID, ForeignKey("places.id", ondelete="SET NULL", use_alter=True)),
    Column("digest_weekday", Integer, nullable=False, server_default="0"),
    Column("digest_time", TimeOfDay, nullable=False, server_default="09:00"),
    Column("digest_language", String(35), nullable=False, server_default=""),
    sqlite_autoincrement=True,
)
places = Table(
    "places",
    metadata,
    own_id(),
    Column("platform", String(32), nullable=False),
    Column("chat", String(64), nullable=False),
    Column("thread", String(64), nullable=False, server_default=""),
    Column("kind", String(8), nullable=False),
    Column("title", Text, nullable=False, server_default=""),
    Column("space", String(64), nullable=False, server_default=""),
    Column("community", ID, ForeignKey("communities.id", ondelete="SET NULL")),
    Column("trouble", Text, nullable=False, server_default=""),
    UniqueConstraint("platform", "chat", "thread", "kind"),
    Index(None, "community"),
    Index(None, "platform", "space"),
    sqlite_autoincrement=True,
)
spaces = Table(
    "spaces",
    metadata,
    Column("platform", String(32), primary_key=True),
    Column("space", String(64), primary_key=True),
    of("community", "communities"),
    Index(None, "community"),
)
organizers = Table(
    "organizers",
    metadata,
    of("community", "communities", primary_key=True),
    of("person", "people", primary_key=True),
    Index(None, "person"),
)

# Circles and their members

circles = Table(
    "circles",
    metadata,
    own_id(),
    of("community", "communities"),
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
    of("circle", "circles", primary_key=True),
    of("place", "places", primary_key=True),
    Index(None, "place"),
)
members = Table(
    "members",
    metadata,
    of("circle", "circles", primary_key=True),
    of("person", "people", primary_key=True),
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
    own_id(),
    of("circle", "circles"),
    of("person", "people"),
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
    own_id(),
    of("circle", "circles"),
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
    of("meeting", "meetings", primary_key=True),
    of("person", "people", primary_key=True),
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
    of("meeting", "meetings", primary_key=True),
    of("person", "people", primary_key=True),
    Column("came", Boolean, nullable=False),
    Index(None, "person"),
    sqlite_with_rowid=False,
)
feedback = Table(
    "feedback",
    metadata,
    # Random and not ascending, so that the order of rows tells nothing of who wrote them.
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    of("meeting", "meetings"),
    Column("person", ID, ForeignKey("people.id", ondelete="SET NULL")),
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
    of("meeting", "meetings", primary_key=True),
    of("person", "people", primary_key=True),
    sqlite_with_rowid=False,
)
votes = Table(
    "votes",
    metadata,
    Column("feedback", BigInteger, ForeignKey("feedback.id", ondelete="CASCADE"), primary_key=True),
    of("person", "people", primary_key=True),
    sqlite_with_rowid=False,
)
decisions = Table(
    "decisions",
    metadata,
    own_id(),
    of("circle", "circles"),
    of("meeting", "meetings"),
    Column("feedback", BigInteger, ForeignKey("feedback.id", ondelete="SET NULL"), unique=True),
    Column("words", Text, nullable=False),
    Column("owner", ID, ForeignKey("people.id", ondelete="SET NULL")),
    Column("state", String(8), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("done_at", Instant),
    Index(None, "circle", "state"),
    sqlite_autoincrement=True,
)
reflections = Table(
    "reflections",
    metadata,
    of("meeting", "meetings", primary_key=True),
    of("person", "people", primary_key=True),
    Column("score", Integer, nullable=False),
    Column("words", Text, nullable=False, server_default=""),
)

# What is shown and what is to be sent

cards = Table(
    "cards",
    metadata,
    own_id(),
    of("place", "places"),
    Column("message", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("subject", ID, nullable=False),
    Column("fingerprint", String(32), nullable=False, server_default=""),
    Column("drawn_at", Instant, nullable=False),
    Column("dirty_at", Instant),
    UniqueConstraint("place", "message"),
    Index(None, "kind", "subject"),
    Index(
        "ix_cards_dirty",
        "dirty_at",
        sqlite_where=text("dirty_at is not null"),
    ),
    sqlite_autoincrement=True,
)
deliveries = Table(
    "deliveries",
    metadata,
    own_id(),
    # In the order of its bytes, so that what begins alike stands together in the index.
    Column("key", String(128).with_variant(String(128, collation="C"), "postgresql"), nullable=False, unique=True),
    Column("notice", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    of("place", "places", nullable=True),
    of("person", "people", nullable=True),
    of("circle", "circles", nullable=True),
    of("meeting", "meetings", nullable=True),
    of("community", "communities", nullable=True),
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
    ),
    Index(
        "ix_deliveries_failed",
        "place",
        "sent_at",
        sqlite_where=text("state = 'failed'"),
    ),
    Index(
        "ix_deliveries_leased",
        "leased_by",
        sqlite_where=text("leased_by is not null"),
    ),
    # For whoever forgets people and rooms: what is theirs goes with them.
    *(
        Index(
            f"ix_deliveries_{column}",
            column,
            sqlite_where=text(f"{column} is not null"),
        )
        for column in ("person", "place")
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
    own_id(),
    of("person", "people"),
    of("place", "places"),
    Column("tag", String(8), nullable=False),
    Column("known", String(64), nullable=False),
    Column("answers", JSON, nullable=False),
    Column("to_ask", JSON, nullable=False),
    Column("expires_at", Instant, nullable=False),
    # Where it was begun, once it has moved to the private chat.
    of("origin", "places", nullable=True),
    Column("ran_room", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint("person", "place"),
    sqlite_autoincrement=True,
)
invites = Table(
    "invites",
    metadata,
    own_id(),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("kind", String(12), nullable=False),
    of("community", "communities", nullable=True),
    of("circle", "circles", nullable=True),
    of("made_by", "people"),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("used_at", Instant),
    Column("used_by", ID, ForeignKey("people.id", ondelete="SET NULL")),
    sqlite_autoincrement=True,
)
link_codes = Table(
    "link_codes",
    metadata,
    own_id(),
    Column("code_hash", String(64), nullable=False, unique=True),
    of("made_by", "people"),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    # Who brought it and is asked whether they mean it: nobody else can use it.
    of("taken_by", "people", nullable=True),
    Column("used_at", Instant),
    Column("revoked_at", Instant),
    Index(None, "made_by"),
    Index(None, "taken_by"),
    Index(None, "expires_at"),
    sqlite_autoincrement=True,
)
link_tries = Table(
    "link_tries",
    metadata,
    of("person", "people", primary_key=True),
    Column("tries", Integer, nullable=False),
    Column("since", Instant, nullable=False),
)
feeds = Table(
    "feeds",
    metadata,
    own_id(),
    Column("token_hash", String(64), nullable=False, unique=True),
    of("person", "people"),
    # The circle whose meetings it has; without one, those of all circles of the person.
    of("circle", "circles", nullable=True),
    Column("made_at", Instant, nullable=False),
    Column("read_at", Instant),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Index(None, "person"),
    Index(None, "circle"),
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
