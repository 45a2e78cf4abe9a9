"""What tables are made of: instants as UTC microseconds, wall clocks as ISO text, ids as whole numbers."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, Dialect, ForeignKey, Integer, MetaData, String
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime, stored as whole microseconds since 1970: the same on both databases, quick to compare."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002  # SQLAlchemy hands it over
        """Return the stored number."""
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ANN401, ARG002  # whatever the driver returns
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
ID = BigInteger().with_variant(Integer, "sqlite")


def own_id() -> Column[int]:
    """Return the column of ids, never used again (on SQLite with `sqlite_autoincrement`): old buttons hold them."""
    return Column("id", ID, primary_key=True, autoincrement=True)


def of(name: str, table: str, *, primary_key: bool = False, nullable: bool = False) -> Column[Any]:
    """Return a column that points at a row of `table`, which takes this row along when it goes."""
    return Column(name, ID, ForeignKey(f"{table}.id", ondelete="CASCADE"), primary_key=primary_key, nullable=nullable)
