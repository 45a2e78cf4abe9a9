"""Small facts the bot keeps about itself."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from storage.repository import Repository, insert
from storage.tables import settings

_GET = select(settings.c.value).where(settings.c.key == bindparam("key"))
_PUT = insert(settings)
_PUT = _PUT.on_conflict_do_update(index_elements=["key"], set_={"value": _PUT.excluded.value})


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
