"""One transaction's view of everything."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, delete, or_, select

from storage.cards import Cards
from storage.circles import Circles
from storage.communities import Communities
from storage.decisions import Decisions
from storage.deliveries import Deliveries
from storage.drafts import Drafts
from storage.feedback import FeedbackBook
from storage.feeds import Feeds
from storage.invites import Invites
from storage.meetings import Meetings
from storage.people import People
from storage.places import Places
from storage.repository import Repository, believed_until, insert
from storage.rsvps import Attendance, Rsvps
from storage.seats import Seats
from storage.settings import Settings
from storage.tables import leases, updates_seen
from storage.transcript_tables import web_tokens
from storage.watching import Watching

if TYPE_CHECKING:
    from storage.linking import Linking
    from storage.retention import Retention

_FIRST_TIME = insert(updates_seen).on_conflict_do_nothing()
_FORGET_TOKENS = delete(web_tokens).where(web_tokens.c.expires_at <= bindparam("now"))
_BELIEVED = bindparam("believed", type_=leases.c.until.type)
_TAKE_LEASE = insert(leases)
_TAKE_LEASE = _TAKE_LEASE.on_conflict_do_update(
    index_elements=["name"],
    set_={"holder": _TAKE_LEASE.excluded.holder, "until": _TAKE_LEASE.excluded.until},
    where=or_(
        leases.c.holder == _TAKE_LEASE.excluded.holder, leases.c.until <= bindparam("now"), leases.c.until > _BELIEVED
    ),
)
_LEASE_HOLDER = select(leases.c.holder).where(leases.c.name == bindparam("its_name"))
_RELEASE_LEASE = delete(leases).where(
    leases.c.name == bindparam("its_name"), leases.c.holder == bindparam("its_holder")
)


class SqlStore(Repository):
    """Implements `bot.ports.Store` on one connection. It is of use only inside the work that it was given to."""

    @property
    def connection(self) -> Connection:
        """The connection, for parts of the storage that live elsewhere."""
        return self._connection

    @cached_property
    def people(self) -> People:
        """Who the bot has met."""
        return People(self._connection)

    @cached_property
    def places(self) -> Places:
        """The rooms the bot has seen."""
        return Places(self._connection)

    @cached_property
    def communities(self) -> Communities:
        """Organizers' communities."""
        return Communities(self._connection)

    @cached_property
    def circles(self) -> Circles:
        """Circles themselves."""
        return Circles(self._connection)

    @cached_property
    def seats(self) -> Seats:
        """Who is in a circle."""
        return Seats(self._connection)

    @cached_property
    def meetings(self) -> Meetings:
        """Meetings of circles."""
        return Meetings(self._connection)

    @cached_property
    def rsvps(self) -> Rsvps:
        """Who says they come."""
        return Rsvps(self._connection)

    @cached_property
    def attendance(self) -> Attendance:
        """Who came."""
        return Attendance(self._connection)

    @cached_property
    def feedback(self) -> FeedbackBook:
        """Plus/delta and its votes."""
        return FeedbackBook(self._connection)

    @cached_property
    def decisions(self) -> Decisions:
        """Deltas that the group took up."""
        return Decisions(self._connection)

    @cached_property
    def cards(self) -> Cards:
        """Messages that show something live."""
        return Cards(self._connection)

    @cached_property
    def deliveries(self) -> Deliveries:
        """What is to be sent, and what became of it."""
        return Deliveries(self._connection)

    @cached_property
    def drafts(self) -> Drafts:
        """Forms that people are in the middle of."""
        return Drafts(self._connection)

    @cached_property
    def invites(self) -> Invites:
        """Links that give power."""
        return Invites(self._connection)

    @cached_property
    def linking(self) -> Linking:
        """Accounts of one person on several platforms."""
        from storage.linking import Linking  # noqa: PLC0415  # seldom needed, and long to import

        return Linking(self._connection)

    @cached_property
    def feeds(self) -> Feeds:
        """Addresses at which people's calendars read their meetings."""
        return Feeds(self._connection)

    @cached_property
    def retention(self) -> Retention:
        """What has had its day."""
        from storage.retention import Retention  # noqa: PLC0415  # for the night

        return Retention(self._connection)

    @cached_property
    def settings(self) -> Settings:
        """Small facts the bot keeps about itself."""
        return Settings(self._connection)

    @cached_property
    def watching(self) -> Watching:
        """What whoever runs the bot wants to know."""
        return Watching(self._connection)

    def first_time(self, key: str, now: datetime) -> bool:
        """Note a platform's update by its key; False where it was seen before. An empty key is always new."""
        return not key or self._do(_FIRST_TIME, key=key, at=now) > 0

    def take_lease(self, name: str, holder: str, now: datetime, until: datetime) -> bool:
        """Take or renew a lease that is free, lapsed or already the holder's."""
        believed = believed_until(now, until)
        return self._do(_TAKE_LEASE, name=name, holder=holder, now=now, until=until, believed=believed) > 0

    def release_lease(self, name: str, holder: str) -> None:
        """Give a lease up."""
        self._do(_RELEASE_LEASE, its_name=name, its_holder=holder)

    def lease_holder(self, name: str) -> str | None:
        """Return who holds a lease or held it last."""
        row = self._one(_LEASE_HOLDER, its_name=name)
        return None if row is None else str(row.holder)

    def tidy(self, now: datetime) -> None:
        """Forget what is of no use any more: drafts, codes and sign-ins that are over; unsent words."""
        self._do(_FORGET_TOKENS, now=now)
        self.linking.expire(now)
        self.feeds.forget_ended(now)
        self.drafts.expire(now)
        self.deliveries.expire(now)
