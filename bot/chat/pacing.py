"""How fast a platform lets us speak: per bot, per room, per minute; in real seconds, whatever our clock shows.

Each adapter has one `Pacing`, and everything that is said in its rooms goes by it: what is due, cards drawn anew, and
the adapter's own answers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import field, replace
from time import monotonic

from bot.chat.message import Room
from bot.records import dataclass

_FORGET_FROM = 1024
"""From so many rooms on, those that have been quiet are forgotten."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a platform lets a bot speak; edits count like posts. None: as fast as it likes.

    `bot_second` counts over all rooms, `room_second` in each, `room_minute` in each that several people read. `redraw`
    is how many seconds lie at least between two drawings of the cards in one room. `spare` is the share of every limit
    that drawing cards leaves to what is said: a reminder must not wait until nobody taps any more. `by_chat` says that
    the threads of one chat share its limits. For `settle` seconds after a change the painter leaves a card alone, where
    a tap is answered by the card itself.
    """

    bot_second: int | None = None
    room_second: int | None = None
    room_minute: int | None = None
    redraw: float = 0.0
    spare: float = 0.0
    by_chat: bool = False
    settle: float = 0.0


@dataclass
class _Window:
    """At most `limit` in any `seconds`."""

    limit: int | None
    seconds: float
    said: deque[float] = field(default_factory=deque)

    def wait(self, now: float, spare: float = 0.0) -> float:
        while self.said and self.said[0] <= now - self.seconds:
            self.said.popleft()
        if self.limit is None:
            return 0.0
        limit = self.limit - int(self.limit * spare)
        return 0.0 if len(self.said) < limit else self.said[-limit] + self.seconds - now

    def note(self, now: float) -> None:
        if self.limit is not None:
            self.said.append(now)


@dataclass
class _Rooms:
    second: _Window
    minute: _Window
    held_until: float = 0.0


class Pacing:
    """One bot's limits on one platform. `time` is a monotonic clock in real seconds."""

    def __init__(self, pace: Pace = Pace(), time: Callable[[], float] = monotonic) -> None:  # frozen
        self.pace = pace
        self._time = time
        self._bot = _Window(pace.bot_second, 1.0)
        self._rooms: dict[Room, _Rooms] = {}
        self._forget_from = _FORGET_FROM
        self.waited_s = 0.0
        """For how many real seconds its limits were waited for, all who waited taken together."""
        self.asked_to_wait = 0
        """How often the platform itself asked to wait."""

    async def turn(self, room: Room, sleep: Callable[[float], Awaitable[object]]) -> None:
        """Wait until something may be said in a room, and count it. `sleep` takes real seconds."""
        while (wait := self.wait(room)) > 0.0:
            self.waited_s += wait
            await sleep(wait)
        self.note(room)

    def refused(self) -> None:
        """Count that the platform asked to wait, whoever waits for it."""
        self.asked_to_wait += 1

    def wait(self, room: Room, *, draws: bool = False) -> float:
        """Return for how many real seconds nothing may be said in a room; 0.0: now is fine.

        `draws`: for a card that is drawn anew, which leaves `Pace.spare` to the rest.
        """
        now, spare = self._time(), self.pace.spare if draws else 0.0
        limits, of_bot = self._rooms.get(self._limited(room)), self._bot.wait(now, spare)
        if limits is None:
            return max(0.0, of_bot)
        held = limits.held_until - now
        return max(0.0, held, of_bot, limits.second.wait(now, spare), limits.minute.wait(now, spare))

    def wait_anywhere(self, *, draws: bool = False) -> float:
        """Return for how many real seconds nothing may be said in any room."""
        return max(0.0, self._bot.wait(self._time(), self.pace.spare if draws else 0.0))

    def note(self, room: Room) -> None:
        """Count something that is said in a room now."""
        now = self._time()
        self._bot.note(now)
        limits = self._of(room, now)
        limits.second.note(now)
        limits.minute.note(now)

    def hold(self, room: Room, seconds: float) -> None:
        """Say nothing in one room for so many real seconds, because the platform asks for it."""
        now = self._time()
        limits = self._of(room, now)
        limits.held_until = max(limits.held_until, now + seconds)

    def _of(self, room: Room, now: float) -> _Rooms:
        room = self._limited(room)
        if len(self._rooms) >= self._forget_from and room not in self._rooms:
            self._rooms = {
                there: limits
                for there, limits in self._rooms.items()
                if limits.held_until > now or limits.minute.wait(now) or limits.second.wait(now) or limits.minute.said
            }
            # Where many are busy at once they are gone through again only when there are twice as many.
            self._forget_from = max(_FORGET_FROM, 2 * len(self._rooms))
        if room not in self._rooms:
            a_minute = None if room.is_private else self.pace.room_minute
            self._rooms[room] = _Rooms(_Window(self.pace.room_second, 1.0), _Window(a_minute, 60.0))
        return self._rooms[room]

    def _limited(self, room: Room) -> Room:
        """Return the room whose limits count."""
        return replace(room, thread="") if room.thread and self.pace.by_chat else room
