"""Small facts the bot keeps about itself."""

from __future__ import annotations

from sqlalchemy import Integer, String, bindparam, cast, select

from storage.repository import Repository, insert
from storage.tables import settings

_GET = select(settings.c.value).where(settings.c.key == bindparam("key"))
_PUT = insert(settings)
_PUT = _PUT.on_conflict_do_update(index_elements=["key"], set_={"value": _PUT.excluded.value})

_COUNT = (
    insert(settings)
    .values(value="1")
    .on_conflict_do_update(index_elements=["key"], set_={"value": cast(cast(settings.c.value, Integer) + 1, String)})
    .returning(settings.c.value)
)


class Settings(Repository):
    """Implements `bot.ports.Settings`."""

    __slots__ = ()

    def get(self, key: str) -> str | None:
        """Return a fact, None where there is none."""
        row = self._one(_GET, key=key)
        return None if row is None else str(row.value)

    def put(self, key: str, value: str) -> None:
        """Keep a fact in place of the former one."""
        self._do(_PUT, key=key, value=value)

    def count(self, key: str) -> int:
        """Count one more, from 1 on, and return the number: no two get the same."""
        row = self._one(_COUNT, key=key)
        if row is None:
            raise LookupError(key)
        return int(row.value)
