"""Write the first migration anew from the tables: `python -m tests.support.first_migration`.

For as long as no release has been made; from then on a change of the tables is a migration of its own.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, Literal

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.autogenerate.api import AutogenContext
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.types import TypeDecorator

from storage import migrate
from storage.schema import metadata

FILE = Path(migrate.__file__).parent / "migrations" / "versions" / "0001_first.py"
_HEADER = '''"""Everything, as the first release has it."""

# Long because it makes every table, and is never changed again.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:  # noqa: PLR0915  # as many statements as tables and indexes
'''
_UP = """
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
"""


def _plainly(kind: str, item: Any, context: AutogenContext) -> str | Literal[False]:  # noqa: ANN401  # of the kind that it says
    """Write a type of ours as the plain one it is stored as, so that old migrations do not change with the code."""
    return f"sa.{item.impl_instance!r}" if kind == "type" and isinstance(item, TypeDecorator) else False


def written() -> str:
    """Return the migration's source, not yet formatted."""
    with create_engine("sqlite://").connect() as connection:
        context = MigrationContext.configure(connection, opts={"target_metadata": metadata})
        script = produce_migrations(context, metadata)
        up, down = (
            render_python_code(steps, migration_context=context, render_item=_plainly).split("\n", 1)[1]
            for steps in (script.upgrade_ops, script.downgrade_ops)
            if steps is not None
        )
    marker = "    # ### end Alembic commands ###"
    source = _HEADER + up.replace(marker, "").rstrip() + "\n" + _UP + down.replace(marker, "").rstrip() + "\n"
    return source.replace("sa.text('(true)')", 'sa.text("true")').replace("sa.text('(false)')", 'sa.text("false")')


if __name__ == "__main__":
    FILE.write_text(written())
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", str(FILE)], check=True)
