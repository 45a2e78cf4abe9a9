"""What there is in a database, in a line: for whoever is about to replace it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, NullPool, create_engine, func, inspect, select
from sqlalchemy.exc import DBAPIError

from storage import postgresql
from storage.backup import RELEASE, beside
from storage.engine import parsed
from storage.schema import metadata
from storage.tables import accounts, updates_seen

_COUNTED: Final = {
    "communities": ("community", "communities"),
    "circles": ("circle", "circles"),
    "people": ("person", "people"),
    "meetings": ("meeting", "meetings"),
}
_PARTS: Final = ("", "-wal", "-journal")
"""What an SQLite database may be made of: its file, what was done last, and what undoes what was done by half."""


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
    try:
        if is_file and not Path(str(address.database)).exists():
            return "nothing"
        with _copied(address) if is_file else _reached(address) as connection:
            return _inside(connection)
    except (DBAPIError, OSError) as error:
        said = error.orig if isinstance(error, DBAPIError) else error.strerror
        why = str(said or "").strip() or type(said or error).__name__
        return f"cannot be read ({why.splitlines()[0]})"
    except (ArithmeticError, TypeError, ValueError):  # all else that is read is counted only
        return "cannot be read (a time in it is none)"


@contextmanager
def _copied(address: URL) -> Iterator[Connection]:
    """Yield a connection to a copy of an SQLite file.

    Opening the file itself would change what a process that was killed left beside it, be it opened for reading only.
    """
    file = Path(str(address.database)).resolve()  # where its name is only a link, the parts are beside the file itself
    with beside(file) as folder:
        copy = folder / "copy.db"
        for part in _PARTS:
            with suppress(FileNotFoundError):
                shutil.copyfile(f"{file}{part}", f"{copy}{part}")
        with create_engine(address.set(database=str(copy), query={}), poolclass=NullPool).connect() as connection:
            yield connection


def _reached(address: URL) -> Connection:
    """Return a connection to a server."""
    wait = {"connect_timeout": postgresql.CONNECT_S}
    return create_engine(address, poolclass=NullPool, connect_args=wait).connect()


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
