"""The web platform's own memory: what Telegram and Discord keep on their servers."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Index, LargeBinary, String, Table, Text

from storage.columns import ID, Instant, metadata, own_id

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
    own_id(),
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
    Column("post", ID, nullable=False),
)
