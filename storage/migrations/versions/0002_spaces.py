"""A platform's wider space is a community by itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "spaces",
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("space", sa.String(length=64), nullable=False),
        sa.Column("community", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community"], ["communities.id"], name=op.f("fk_spaces_community"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("platform", "space", name=op.f("pk_spaces")),
    )
    op.create_index(op.f("ix_spaces_community"), "spaces", ["community"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_spaces_community"), table_name="spaces")
    op.drop_table("spaces")
