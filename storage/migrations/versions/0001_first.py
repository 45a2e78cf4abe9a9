"""Everything, as the first release has it."""

# Long because it makes every table, and is never changed again.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:  # noqa: PLR0915  # as many statements as tables and indexes
    op.create_table(
        "communities",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("digest_place", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("digest_weekday", sa.Integer(), server_default="0", nullable=False),
        sa.Column("digest_time", sa.String(length=5), server_default="09:00", nullable=False),
        sa.Column("digest_language", sa.String(length=35), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["digest_place"],
            ["places.id"],
            name=op.f("fk_communities_digest_place"),
            ondelete="SET NULL",
            use_alter=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_communities")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=35), server_default="", nullable=False),
        sa.Column("zone", sa.String(length=64), server_default="", nullable=False),
        sa.Column("quiet_from", sa.String(length=5), server_default="21:00", nullable=False),
        sa.Column("quiet_to", sa.String(length=5), server_default="08:00", nullable=False),
        sa.Column("nudges", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("tips", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("met_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "settings",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_settings")),
    )
    op.create_table(
        "updates_seen",
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_updates_seen")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_updates_seen_at"), "updates_seen", ["at"], unique=False)
    op.create_table(
        "web_members",
        sa.Column("chat", sa.String(length=64), nullable=False),
        sa.Column("user", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("chat", "user", name=op.f("pk_web_members")),
    )
    op.create_index(op.f("ix_web_members_user"), "web_members", ["user"], unique=False)
    op.create_table(
        "web_people",
        sa.Column("user", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=35), server_default="", nullable=False),
        sa.Column("zone", sa.String(length=64), server_default="", nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("user", name=op.f("pk_web_people")),
    )
    op.create_table(
        "web_pictures",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_web_pictures")),
    )
    op.create_table(
        "web_posts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("chat", sa.String(length=64), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("only_for", sa.String(length=64), server_default="", nullable=False),
        sa.Column("author", sa.String(length=64), server_default="", nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("picture", sa.String(length=64), server_default="", nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("edited_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_posts")),
        sa.UniqueConstraint("key", name=op.f("uq_web_posts_key")),
        sa.UniqueConstraint("version", name=op.f("uq_web_posts_version")),
    )
    op.create_index(op.f("ix_web_posts_chat_private_id"), "web_posts", ["chat", "private", "id"], unique=False)
    op.create_index(op.f("ix_web_posts_picture"), "web_posts", ["picture"], unique=False)
    op.create_table(
        "web_rooms",
        sa.Column("chat", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=64), server_default="", nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("chat", name=op.f("pk_web_rooms")),
    )
    op.create_table(
        "web_seen",
        sa.Column("user", sa.String(length=64), nullable=False),
        sa.Column("chat", sa.String(length=64), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("post", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("user", "chat", "private", name=op.f("pk_web_seen")),
    )
    op.create_table(
        "web_tokens",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_web_tokens")),
    )
    op.create_index(op.f("ix_web_tokens_user"), "web_tokens", ["user"], unique=False)
    op.create_table(
        "web_versions",
        sa.Column("name", sa.String(length=8), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_web_versions")),
    )
    op.create_table(
        "accounts",
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("user", sa.String(length=64), nullable=False),
        sa.Column("person", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("reachable", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_accounts_person"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("platform", "user", name=op.f("pk_accounts")),
    )
    op.create_index(op.f("ix_accounts_person"), "accounts", ["person"], unique=False)
    op.create_table(
        "circles",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("community", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("course", sa.Text(), server_default="", nullable=False),
        sa.Column("course_link", sa.Text(), server_default="", nullable=False),
        sa.Column("about", sa.Text(), server_default="", nullable=False),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("link", sa.Text(), server_default="", nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("sign_up", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("named_feedback", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("leads", sa.JSON(), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("reminder", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community"], ["communities.id"], name=op.f("fk_circles_community"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circles")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_circles_community_state"), "circles", ["community", "state"], unique=False)
    op.create_table(
        "organizers",
        sa.Column("community", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community"], ["communities.id"], name=op.f("fk_organizers_community"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_organizers_person"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("community", "person", name=op.f("pk_organizers")),
    )
    op.create_index(op.f("ix_organizers_person"), "organizers", ["person"], unique=False)
    op.create_table(
        "places",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("chat", sa.String(length=64), nullable=False),
        sa.Column("thread", sa.String(length=64), server_default="", nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("space", sa.String(length=64), server_default="", nullable=False),
        sa.Column("community", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("trouble", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["community"], ["communities.id"], name=op.f("fk_places_community"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_places")),
        sa.UniqueConstraint("platform", "chat", "thread", "kind", name=op.f("uq_places_platform_chat_thread_kind")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_places_community"), "places", ["community"], unique=False)
    op.create_index(op.f("ix_places_platform_space"), "places", ["platform", "space"], unique=False)
    op.create_table(
        "cards",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("place", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fingerprint", sa.String(length=32), server_default="", nullable=False),
        sa.Column("drawn_at", sa.BigInteger(), nullable=False),
        sa.Column("dirty_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["place"], ["places.id"], name=op.f("fk_cards_place"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cards")),
        sa.UniqueConstraint("place", "message", name=op.f("uq_cards_place_message")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_cards_dirty",
        "cards",
        ["dirty_at"],
        unique=False,
        sqlite_where=sa.text("dirty_at is not null"),
        postgresql_where=sa.text("dirty_at is not null"),
    )
    op.create_index(op.f("ix_cards_kind_subject"), "cards", ["kind", "subject"], unique=False)
    op.create_table(
        "circle_places",
        sa.Column("circle", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["circle"], ["circles.id"], name=op.f("fk_circle_places_circle"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["place"], ["places.id"], name=op.f("fk_circle_places_place"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("circle", "place", name=op.f("pk_circle_places")),
    )
    op.create_index(op.f("ix_circle_places_place"), "circle_places", ["place"], unique=False)
    op.create_table(
        "drafts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("person", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tag", sa.String(length=8), nullable=False),
        sa.Column("known", sa.String(length=64), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("to_ask", sa.JSON(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ran_room", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(["origin"], ["places.id"], name=op.f("fk_drafts_origin"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_drafts_person"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["place"], ["places.id"], name=op.f("fk_drafts_place"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("person", "place", name=op.f("uq_drafts_person_place")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "invites",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("community", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("circle", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("made_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("used_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["circle"], ["circles.id"], name=op.f("fk_invites_circle"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["community"], ["communities.id"], name=op.f("fk_invites_community"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_invites_made_by"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["used_by"], ["people.id"], name=op.f("fk_invites_used_by"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invites")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invites_token_hash")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "meetings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("circle", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("starts_local", sa.String(length=16), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("topic", sa.Text(), server_default="", nullable=False),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("link", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("uid", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["circle"], ["circles.id"], name=op.f("fk_meetings_circle"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
        sa.UniqueConstraint("uid", name=op.f("uq_meetings_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_meetings_circle_starts_at"), "meetings", ["circle", "starts_at"], unique=False)
    op.create_table(
        "members",
        sa.Column("circle", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("goal", sa.Text(), server_default="", nullable=False),
        sa.Column("support", sa.Text(), server_default="", nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.Column("left_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["circle"], ["circles.id"], name=op.f("fk_members_circle"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_members_person"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("circle", "person", name=op.f("pk_members")),
    )
    op.create_index(op.f("ix_members_person"), "members", ["person"], unique=False)
    op.create_table(
        "waiting",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("circle", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("goal", sa.Text(), server_default="", nullable=False),
        sa.Column("support", sa.Text(), server_default="", nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("offered_until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["circle"], ["circles.id"], name=op.f("fk_waiting_circle"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_waiting_person"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting")),
        sa.UniqueConstraint("circle", "person", name=op.f("uq_waiting_circle_person")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "attendance",
        sa.Column("meeting", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("came", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["meeting"], ["meetings.id"], name=op.f("fk_attendance_meeting"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_attendance_person"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("meeting", "person", name=op.f("pk_attendance")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_attendance_person"), "attendance", ["person"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column(
            "key",
            sa.String(length=128).with_variant(sa.String(length=128, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("place", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("circle", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("meeting", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("community", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("leased_by", sa.String(length=64), nullable=True),
        sa.Column("leased_until", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("message", sa.String(length=64), server_default="", nullable=False),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["circle"], ["circles.id"], name=op.f("fk_deliveries_circle"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["community"], ["communities.id"], name=op.f("fk_deliveries_community"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["meeting"], ["meetings.id"], name=op.f("fk_deliveries_meeting"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_deliveries_person"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["place"], ["places.id"], name=op.f("fk_deliveries_place"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("key", name=op.f("uq_deliveries_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_deliveries_circle_sent_at"), "deliveries", ["circle", "sent_at"], unique=False)
    op.create_index(op.f("ix_deliveries_community_sent_at"), "deliveries", ["community", "sent_at"], unique=False)
    op.create_index(
        "ix_deliveries_failed",
        "deliveries",
        ["place", "sent_at"],
        unique=False,
        sqlite_where=sa.text("state = 'failed'"),
        postgresql_where=sa.text("state = 'failed'"),
    )
    op.create_index(
        "ix_deliveries_leased",
        "deliveries",
        ["leased_by"],
        unique=False,
        sqlite_where=sa.text("leased_by is not null"),
        postgresql_where=sa.text("leased_by is not null"),
    )
    op.create_index(op.f("ix_deliveries_meeting_state"), "deliveries", ["meeting", "state"], unique=False)
    op.create_index(
        "ix_deliveries_waiting",
        "deliveries",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "feedback",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("meeting", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("plus", sa.Text(), server_default="", nullable=False),
        sa.Column("delta", sa.Text(), server_default="", nullable=False),
        sa.Column("mood", sa.Integer(), nullable=True),
        sa.CheckConstraint("mood between 1 and 5", name=op.f("ck_feedback_mood")),
        sa.ForeignKeyConstraint(["meeting"], ["meetings.id"], name=op.f("fk_feedback_meeting"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_feedback_person"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_feedback_meeting"), "feedback", ["meeting"], unique=False)
    op.create_table(
        "feedback_given",
        sa.Column("meeting", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting"], ["meetings.id"], name=op.f("fk_feedback_given_meeting"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_feedback_given_person"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("meeting", "person", name=op.f("pk_feedback_given")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reflections",
        sa.Column("meeting", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["meeting"], ["meetings.id"], name=op.f("fk_reflections_meeting"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_reflections_person"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("meeting", "person", name=op.f("pk_reflections")),
    )
    op.create_table(
        "rsvps",
        sa.Column("meeting", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("answer", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("stale", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["meeting"], ["meetings.id"], name=op.f("fk_rsvps_meeting"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_rsvps_person"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("meeting", "person", name=op.f("pk_rsvps")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_rsvps_person"), "rsvps", ["person"], unique=False)
    op.create_table(
        "decisions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("circle", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("meeting", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("feedback", sa.BigInteger(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("owner", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["circle"], ["circles.id"], name=op.f("fk_decisions_circle"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["feedback"], ["feedback.id"], name=op.f("fk_decisions_feedback"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["meeting"], ["meetings.id"], name=op.f("fk_decisions_meeting"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["owner"], ["people.id"], name=op.f("fk_decisions_owner"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("feedback", name=op.f("uq_decisions_feedback")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_decisions_circle_state"), "decisions", ["circle", "state"], unique=False)
    op.create_table(
        "votes",
        sa.Column("feedback", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["feedback"], ["feedback.id"], name=op.f("fk_votes_feedback"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_votes_person"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("feedback", "person", name=op.f("pk_votes")),
        sqlite_with_rowid=False,
    )

    # The two tables point at each other; SQLite cannot add a constraint later, and does not mind a table still to come.
    if op.get_bind().dialect.name != "sqlite":
        op.create_foreign_key(
            op.f("fk_communities_digest_place"),
            "communities",
            "places",
            ["digest_place"],
            ["id"],
            ondelete="SET NULL",
        )


def downgrade() -> None:  # noqa: PLR0915
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("fk_communities_digest_place"), "communities", type_="foreignkey")
    op.drop_table("votes")
    op.drop_index(op.f("ix_decisions_circle_state"), table_name="decisions")
    op.drop_table("decisions")
    op.drop_index(op.f("ix_rsvps_person"), table_name="rsvps")
    op.drop_table("rsvps")
    op.drop_table("reflections")
    op.drop_table("feedback_given")
    op.drop_index(op.f("ix_feedback_meeting"), table_name="feedback")
    op.drop_table("feedback")
    op.drop_index(
        "ix_deliveries_waiting",
        table_name="deliveries",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_index(op.f("ix_deliveries_meeting_state"), table_name="deliveries")
    op.drop_index(
        "ix_deliveries_leased",
        table_name="deliveries",
        sqlite_where=sa.text("leased_by is not null"),
        postgresql_where=sa.text("leased_by is not null"),
    )
    op.drop_index(
        "ix_deliveries_failed",
        table_name="deliveries",
        sqlite_where=sa.text("state = 'failed'"),
        postgresql_where=sa.text("state = 'failed'"),
    )
    op.drop_index(op.f("ix_deliveries_community_sent_at"), table_name="deliveries")
    op.drop_index(op.f("ix_deliveries_circle_sent_at"), table_name="deliveries")
    op.drop_table("deliveries")
    op.drop_index(op.f("ix_attendance_person"), table_name="attendance")
    op.drop_table("attendance")
    op.drop_table("waiting")
    op.drop_index(op.f("ix_members_person"), table_name="members")
    op.drop_table("members")
    op.drop_index(op.f("ix_meetings_circle_starts_at"), table_name="meetings")
    op.drop_table("meetings")
    op.drop_table("invites")
    op.drop_table("drafts")
    op.drop_index(op.f("ix_circle_places_place"), table_name="circle_places")
    op.drop_table("circle_places")
    op.drop_index(op.f("ix_cards_kind_subject"), table_name="cards")
    op.drop_index(
        "ix_cards_dirty",
        table_name="cards",
        sqlite_where=sa.text("dirty_at is not null"),
        postgresql_where=sa.text("dirty_at is not null"),
    )
    op.drop_table("cards")
    op.drop_index(op.f("ix_places_platform_space"), table_name="places")
    op.drop_index(op.f("ix_places_community"), table_name="places")
    op.drop_table("places")
    op.drop_index(op.f("ix_organizers_person"), table_name="organizers")
    op.drop_table("organizers")
    op.drop_index(op.f("ix_circles_community_state"), table_name="circles")
    op.drop_table("circles")
    op.drop_index(op.f("ix_accounts_person"), table_name="accounts")
    op.drop_table("accounts")
    op.drop_table("web_versions")
    op.drop_index(op.f("ix_web_tokens_user"), table_name="web_tokens")
    op.drop_table("web_tokens")
    op.drop_table("web_seen")
    op.drop_table("web_rooms")
    op.drop_index(op.f("ix_web_posts_picture"), table_name="web_posts")
    op.drop_index(op.f("ix_web_posts_chat_private_id"), table_name="web_posts")
    op.drop_table("web_posts")
    op.drop_table("web_pictures")
    op.drop_table("web_people")
    op.drop_index(op.f("ix_web_members_user"), table_name="web_members")
    op.drop_table("web_members")
    op.drop_index(op.f("ix_updates_seen_at"), table_name="updates_seen")
    op.drop_table("updates_seen")
    op.drop_table("settings")
    op.drop_table("people")
    op.drop_table("leases")
    op.drop_table("communities")
