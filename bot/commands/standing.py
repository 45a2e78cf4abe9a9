"""What there is in a database, in a line: for whoever is about to replace it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, NullPool, create_engine, func, inspect, select
from sqlalchemy.exc import DBAPIError

from storage import postgresql
from storage.backup import RELEASE
from storage.engine import parsed
from storage.schema import metadata
from storage.tables import accounts, updates_seen

_COUNTED: Final = {
    "communities": ("community", "communities"),
    "circles": ("circle", "circles"),
    "people": ("person", "people"),
    "meetings": ("meeting", "meetings"),
}


def counted(rows: Mapping[str, int]) -> str:
    """Return how much there is of what people know."""
    parts = [
        f"{rows.get(table, 0):,} {one if rows.get(table, 0) == 1 else many}" for table, (one, many) in _COUNTED.items()
    ]
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def moment(at: datetime) -> str:
    """Return an instant in words."""
    return f"{at:%Y-%m-%d at %H:%M} UTC"


def standing(url: str) -> str:
    """Return what there is in a database, of this release or an older one, and when somebody used it last.

    It is only read, and none is made. What cannot be read is said so: it may be what is to be replaced.
    """
    address = parsed(url)
    is_file = address.get_backend_name() == "sqlite"
    if is_file and not Path(str(address.database)).exists():
        return "nothing"
    wait = {} if is_file else {"connect_timeout": postgresql.CONNECT_S}
    try:
        with create_engine(address, poolclass=NullPool, connect_args=wait).connect() as connection:
            return _inside(connection)
    except DBAPIError as error:
        why = str(error.orig).strip()
        return f"cannot be read ({why.splitlines()[0] if why else type(error.orig).__name__})"


def _inside(connection: Connection) -> str:
    tables = inspect(connection).get_table_names()
    if RELEASE not in tables:
        return "nothing of Circlebot's, but something else" if tables else "nothing"
    rows = {
        name: connection.execute(select(func.count()).select_from(metadata.tables[name])).scalar_one()
        for name in _COUNTED
    }
    # What came from people is noted for some days, and when they were seen to the day.
    times = [connection.scalar(select(func.max(column))) for column in (updates_seen.c.at, accounts.c.seen_at)]
    last = max((at for at in times if at is not None), default=None)
    return f"{counted(rows)}; last used {moment(last)}" if last else counted(rows)
