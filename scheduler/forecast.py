"""What the bot will send: the real planner, steps and composers on a clock of their own, in a transaction undone.

Steps are taken at their planned instants and nobody answers meanwhile, so this is what happens if people do nothing.
While it runs it holds a transaction: on SQLite others wait for it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.chat.message import Message
from bot.domain.notices import DeliveryState, Dropped, Due
from bot.i18n import N_
from bot.ports import Narrator, Storage, Store
from bot.records import dataclass
from scheduler.planner import Planner

LOOKS = 200
"""How often `progress` is told, at most."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A message that will go out at `at`.

    `where` is a room's title or a person's name, `what` the message's heading or first line; of one
    that will not be sent the circle it is about, empty where there is none.

    `dropped` says why it will not be sent after all; empty where it will.
    """

    at: datetime
    where: str
    is_private: bool
    what: str
    due: Due
    dropped: str = ""


class _Undone(Exception):  # it carries the result out of a transaction that must leave no trace
    def __init__(self, rows: list[Foreseen]) -> None:
        super().__init__()
        self.rows = rows


async def forecast(  # the parts, and the span
    storage: Storage,
    narrator: Narrator,
    planner: Planner,
    *,
    now: datetime,
    until: datetime,
    progress: Callable[[datetime], None] = lambda at: None,  # noqa: ARG005  # told to nobody
) -> tuple[Foreseen, ...]:
    """Return every message from `now` to `until`, in the order in which they go out. Changes nothing.

    `progress` is told how far in time it has come; it is called on another thread.
    """

    def work(store: Store) -> None:
        raise _Undone(_Foresight(store, narrator, planner, now).rows(until, progress))

    try:
        await storage.transact(work)
    except _Undone as result:
        return tuple(result.rows)
    raise AssertionError  # the work always raises


class _Foresight:
    """Lives through the time to come, in one transaction."""

    def __init__(self, store: Store, narrator: Narrator, planner: Planner, now: datetime) -> None:
        self._store = store
        self._narrator = narrator
        self._planner = planner
        self._now = now

    def rows(self, until: datetime, progress: Callable[[datetime], None]) -> list[Foreseen]:
        rows: list[Foreseen] = []
        told = self._now
        while (coming := self._store.deliveries.next_due()) is not None and coming.due.due_at <= until:
            self._now = max(self._now, coming.due.due_at)
            if self._now - told >= (until - told) / LOOKS:
                told = self._now
                progress(told)
            row = self._live(coming.id, coming.due)
            if row is not None:
                rows.append(row)
            self._planner.follow(self._store, coming.due, self._now)
        progress(until)
        return rows

    def _live(self, delivery: int, due: Due) -> Foreseen | None:
        late = due.expires_at is not None and due.expires_at <= self._now
        if self._narrator.is_step(due.notice):
            if not late:
                self._narrator.act(self._store, due, self._now)
            self._store.deliveries.finish(delivery, DeliveryState.SENT, "foreseen", self._now)
            return None
        where = self._where(due)
        if late:
            message: Message | Dropped = Dropped(N_("too late"))
        elif where is None:
            message = Dropped(N_("has not opened a private chat with the bot"))
        else:
            message = self._narrator.compose(self._store, due, self._now)
        state = DeliveryState.DROPPED if isinstance(message, Dropped) else DeliveryState.SENT
        self._store.deliveries.finish(delivery, state, "foreseen", self._now)
        person = self._store.people.get(due.person) if due.person else None
        name = where or (person.name if person else "")
        if isinstance(message, Dropped):
            return Foreseen(self._now, name, due.person is not None, self._about(due), due, message.why)
        return Foreseen(self._now, name, due.person is not None, message.title or _first_line(str(message.text)), due)

    def _about(self, due: Due) -> str:
        meeting = self._store.meetings.get(due.meeting) if due.meeting else None
        circle = due.circle or (meeting.circle if meeting else None)
        found = self._store.circles.get(circle) if circle else None
        return found.title if found else ""

    def _where(self, due: Due) -> str | None:
        """Return the name of the room or person, None where there is no way there."""
        if due.person is not None:
            person = self._store.people.get(due.person)
            return person.name if person and self._store.people.private_room(due.person) else None
        place = self._store.places.get(due.place) if due.place else None
        return (place.title or place.room.chat) if place else None


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")
