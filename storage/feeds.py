"""Addresses of calendar feeds. Only hashes of their tokens are stored."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, select, update

from bot.domain.feeds import FEED_LASTS, MOST_FEEDS, NOTED_AFTER, Feed
from storage.repository import AnyRow, Repository, bound, insert
from storage.tables import feeds

_PERSON, _NOW = bound("whose"), bound("now")
_COLUMNS = (feeds.c.id, feeds.c.person, feeds.c.circle, feeds.c.expires_at)
_STANDS = (feeds.c.revoked_at.is_(None), feeds.c.expires_at > _NOW)
_MAKE = insert(feeds).returning(*_COLUMNS)
_BY_TOKEN = select(*_COLUMNS).where(feeds.c.token_hash == bindparam("hashed"), *_STANDS)
_OF_PERSON = select(*_COLUMNS).where(feeds.c.person == _PERSON, *_STANDS).order_by(feeds.c.id.desc())
_READ = (
    update(feeds)
    .where(feeds.c.id == bindparam("feed"), *_STANDS, feeds.c.expires_at < bindparam("noted_before"))
    .values(read_at=_NOW, expires_at=bindparam("until"))
)
_REVOKE = update(feeds).where(feeds.c.person == _PERSON, *_STANDS).values(revoked_at=_NOW)
_REVOKE_ONE = update(feeds).where(feeds.c.id == bindparam("feed"), *_STANDS).values(revoked_at=_NOW)
_FORGET = (
    delete(feeds).where(feeds.c.expires_at <= _NOW),
    delete(feeds).where(feeds.c.revoked_at <= _NOW),
)


def _feed_of(row: AnyRow) -> Feed:
    return Feed(*row)


class Feeds(Repository):
    """Implements `bot.ports.Feeds`."""

    __slots__ = ()

    def make(self, person: int, circle: int | None, token_hash: str, now: datetime) -> Feed:
        """Store a new one; beyond as many as a person may have, the oldest ends."""
        made = {
            "token_hash": token_hash,
            "person": person,
            "circle": circle,
            "made_at": now,
            "expires_at": now + FEED_LASTS,
        }
        feed = _feed_of(self._connection.execute(_MAKE, made).one())
        for old in self.of_person(person, now)[MOST_FEEDS:]:
            self._do(_REVOKE_ONE, feed=old.id, now=now)
        return feed

    def by_token(self, token_hash: str, now: datetime) -> Feed | None:
        """Return the feed whose token has this hash, while it works."""
        row = self._one(_BY_TOKEN, hashed=token_hash, now=now)
        return None if row is None else _feed_of(row)

    def was_read(self, feed: int, now: datetime) -> bool:
        """Let a feed that is read go on; False where that was noted a short while ago."""
        until = now + FEED_LASTS
        return self._do(_READ, feed=feed, now=now, until=until, noted_before=until - NOTED_AFTER) > 0

    def of_person(self, person: int, now: datetime) -> tuple[Feed, ...]:
        """Return the feeds of a person that work, newest first."""
        return tuple(map(_feed_of, self._all(_OF_PERSON, whose=person, now=now)))

    def revoke(self, person: int, now: datetime) -> int:
        """End all feeds of a person; return how many."""
        return self._do(_REVOKE, whose=person, now=now)

    def forget_ended(self, now: datetime) -> None:
        """Forget what does not work any more."""
        for forget in _FORGET:
            self._do(forget, now=now)
