"""Find the deliveries of a person and of a room: what is theirs goes with them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in ("person", "place"):
        there = sa.text(f"{column} is not null")
        op.create_index(
            f"ix_deliveries_{column}",
            "deliveries",
            [column],
            unique=False,
            sqlite_where=there,
            postgresql_where=there,
        )


def downgrade() -> None:
    for column in ("place", "person"):
        op.drop_index(f"ix_deliveries_{column}", table_name="deliveries")
