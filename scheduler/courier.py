"""Sends what is due: composes it, posts it, marks it. At least once, each room in its order, rooms side by side."""

# Long because it is one way, from the lease to the mark, with all that may go wrong on it.

from __future__ import annotations

import asyncio
import logging
import math
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import datetime
from typing import TypeVar

from bot.chat.adapter import Refused, TryLater, Unreachable
from bot.chat.message import Posted
from bot.chat.trying import trace
from bot.clock import after
from bot.domain.digests import TOO_LATE
from bot.domain.notices import UNREACHED, Delivery, DeliveryState, Dropped, MeetingListed
from bot.errors import StorageBusy
from bot.ports import Store
from bot.records import dataclass
from scheduler.election import TERM_S, Election
from scheduler.flights import FEW, Flights
from scheduler.gathered import Gathered
from scheduler.ledger import Done, Ledger, facts
from scheduler.means import POSTING_S, Means
from scheduler.parcels import Parcel, as_it_stands, let_go, let_go_if_anew, note_unreachable, packed, stands

T = TypeVar("T")
log = logging.getLogger(__name__)

AT_ONCE = 64
"""How many deliveries are in hand at most."""
ENOUGH = 32
"""While more are in hand, no others are looked for, but those that are known to have become due."""
PACKED_AT_ONCE = 16
"""So many are put into words in one look at the database at most; the first need not wait for the last."""
GATHERED_S = 0.02
"""What has arrived is noted with what arrives within so many real seconds, while anything is on its way."""
LEASED_S = 120.0
"""For how many real seconds a delivery is ours; longer than posting it may take."""
HEARTBEAT_S = 5.0
"""How often the election is renewed while something takes long, in real seconds."""
MOMENT_S = 0.1
"""How many real seconds lie at least between two leases for what has become due while something is being posted."""
SURPRISES = 8
"""After so many attempts that ended in a surprise a delivery is given up."""
PATIENCE = 2500
"""After so many attempts, which is after three days, what a platform would not take is given up; expiry comes first."""
SHORTEST_WAIT_S = 0.5
SHORT_S = 2.0
"""Up to so many real seconds a limit is waited out in hand; for longer the delivery goes back to the table."""
STOPPING_S = 4.0
"""For how many real seconds a stop waits for what is being posted; what takes longer is sent again after the start."""
HANDING_OVER_S = 1.5
"""For how many real seconds it then tries to hand over: a database that is locked does not keep us either."""
HOLDS_ON_S = 30.0
"""For how many real seconds what is leased is held while the database is busy, before anything was sent; then it is
left until its lease lapses. What was sent is noted however long it takes: else it would be sent again."""


@dataclass(frozen=True, slots=True)
class _Arrived:
    """A parcel that was posted."""

    delivery: Delivery
    parcel: Parcel
    posted: Posted


class Courier:
    """Serves the rooms of the platforms for which this process is elected."""

    def __init__(self, means: Means, election: Election) -> None:
        self._means = means
        self._election = election
        self._lines: dict[tuple[str, int], deque[Delivery]] = {}
        self._in_hand: set[int] = set()
        self._done: list[Done] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._running = asyncio.Lock()
        self._more, self._stir = False, asyncio.Event()
        self._were_all = False
        self._stopping, self._stop_by = False, 0.0
        self._flights = Flights(means.time, means.sleep)
        self._packing = Gathered(self._pack, PACKED_AT_ONCE, self._begin)
        self._marking = Gathered(self._mark, FEW, self._begin)
        self._platforms: frozenset[str] = frozenset()
        self._stood_at: float | None = None
        self.has_stood = False
        """Whether anything has been due yet, so that it is known which platforms are this process's."""
        self.ledger = Ledger()

    @property
    def elected(self) -> frozenset[str]:
        """The platforms for which this process was elected when it last stood."""
        return self._platforms

    def look_again(self) -> None:
        """Let a courier under way look for what has become due meanwhile."""
        self._more = True
        self._stir.set()

    async def run(self) -> list[Done]:
        """Deal with everything that is due, and return what became of it. Raises `StorageBusy`."""
        async with self._running:
            self._done, looks = [], True
            try:
                while True:
                    self._stir.clear()
                    if looks:
                        self._more = False
                        for line in self._sorted(await self._lease()):
                            self._begin(self._serve(line))
                    if not self._tasks:
                        return self._done
                    is_told = await self._stirs()
                    if self._more and self._tasks:  # many taps, which each call for a look, are one look
                        await asyncio.wait(self._tasks, timeout=MOMENT_S)
                    looks = self._more or not is_told or not self._tasks or self._has_room()
            finally:
                if self._tasks:  # cancelled, or the database is busy: what has been begun is finished
                    await asyncio.wait(self._tasks)

    async def _stirs(self) -> bool:
        """Wait until there is reason to look again; return False where that is only that it is time."""
        try:
            async with asyncio.timeout(HEARTBEAT_S):
                return await self._stir.wait()
        except TimeoutError:
            return False

    def _has_room(self) -> bool:
        """Whether others are to be looked for: there were more, and enough of those in hand are done."""
        return not self._were_all and len(self._in_hand) <= ENOUGH

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ends)

    def _ends(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not self._tasks or self._has_room():
            self._stir.set()

    def begin_to_stop(self) -> None:
        """Begin nothing new."""
        if not self._stopping:
            self._stopping, self._stop_by = True, self._means.time() + STOPPING_S

    async def stop(self) -> None:
        """Wait a while until what is being posted is posted, give back the rest, and let others be elected."""
        self.begin_to_stop()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=max(0.0, self._stop_by - self._means.time()))
        for task in self._tasks:  # a platform that does not answer does not keep us
            task.cancel()
        async with self._running:
            self._stood_at = None
            try:
                async with asyncio.timeout(HANDING_OVER_S):
                    await self._means.storage.transact(self._election.resign)
            except (StorageBusy, TimeoutError) as busy:
                why = str(busy) or "no answer"
                log.warning("could not hand over, so others wait until the leases lapse: %s", why)
            self._stopping = False

    async def speaks_for(self) -> frozenset[str]:
        """Return the platforms for which this process is elected."""
        if self._has_to_stand():
            self._stand(await self._means.storage.transact(self._election.stand))
        return self._platforms

    async def wait_s(self) -> float | None:
        """Return in how many real seconds the next thing is due here, None where nothing waits."""
        platforms = self._election.open_to_us
        coming = await self._means.storage.read(lambda store: store.deliveries.next_due(platforms))
        return None if coming is None else self._means.clock.seconds_until(coming.due.due_at)

    async def _lease(self) -> Sequence[Delivery]:
        room = AT_ONCE - len(self._in_hand)
        if room <= 0 or self._stopping:
            return ()
        clock = self._means.clock

        def work(store: Store) -> tuple[frozenset[str] | None, tuple[Delivery, ...]]:
            stood = self._election.stand(store) if self._has_to_stand() else None
            ours = sorted(self._platforms if stood is None else stood)
            until = after(clock, LEASED_S)
            return stood, store.deliveries.lease(clock.now(), self._election.holder, until, room, ours)

        stood, leased = await self._means.storage.transact(work)
        if stood is not None:
            self._stand(stood)
        self._were_all = len(leased) < room
        # A clock that was moved makes the leases of what is in hand lapse: it stays in the hands it is in.
        return [delivery for delivery in leased if delivery.id not in self._in_hand]

    def _has_to_stand(self) -> bool:
        return self._stood_at is None or self._means.time() - self._stood_at > TERM_S / 4

    def _stand(self, platforms: frozenset[str]) -> None:
        self._platforms, self.has_stood = platforms, True
        # Where another process speaks for some, it is asked again next time.
        self._stood_at = self._means.time() if len(platforms) == len(self._means.adapters) else None
        self._election.stood()

    def _sorted(self, leased: Sequence[Delivery]) -> list[tuple[str, int]]:
        """Put each behind the others of its room; return the lines that nobody serves yet."""
        fresh: list[tuple[str, int]] = []
        for delivery in leased:
            self._in_hand.add(delivery.id)
            due = delivery.due
            line = ("place", due.place) if due.place else ("person", due.person) if due.person else ("step", 0)
            if due.place and isinstance(due.notice, MeetingListed):  # a calendar that has to wait holds up no room
                line = ("calendar", due.place)
            if line not in self._lines:
                self._lines[line] = deque()
                fresh.append(line)
            self._lines[line].append(delivery)
        return fresh

    async def _serve(self, line: tuple[str, int]) -> None:
        """Deal with a room's deliveries one after the other."""
        waiting = self._lines[line]
        try:
            while waiting and not self._stopping:
                delivery = waiting.popleft()
                try:
                    held = await self._deal_with(delivery)
                    if held is not None:  # what stands behind it in this room waits as long
                        await self._hold(waiting, *held)
                finally:
                    self._in_hand.discard(delivery.id)
        except Exception as error:  # noqa: BLE001  # not even noted: the leases lapse, and it is tried again
            log.error("could not deal with what is due: %s", trace(error))  # noqa: TRY400  # no words of people
        finally:
            self._in_hand.difference_update(delivery.id for delivery in waiting)
            del self._lines[line]

    async def _hold(self, waiting: deque[Delivery], until: datetime, why: str) -> None:
        while waiting:  # what comes to stand there meanwhile, too
            held = tuple(waiting)

            def work(store: Store, held: tuple[Delivery, ...] = held) -> None:
                for delivery in held:
                    store.deliveries.put_off(delivery.id, max(until, delivery.due.due_at), why, tried=False)

            await self._write(work)
            for delivery in held:
                waiting.popleft()
                self._in_hand.discard(delivery.id)

    async def _deal_with(self, delivery: Delivery) -> tuple[datetime, str] | None:
        """Send it, take it, drop it or put it off; return until when and why its room is held back."""
        try:
            if delivery.due.expires_at is not None and delivery.due.expires_at <= self._means.clock.now():
                before = f"; before that: {delivery.outcome}" if delivery.outcome else ""
                await self._end(delivery, DeliveryState.DROPPED, f"{TOO_LATE}{before}")
            elif self._means.narrator.is_step(delivery.due.notice):
                await self._step(delivery)
            else:
                return await self._send(delivery)
        except Unreachable as error:
            await self._end(delivery, DeliveryState.FAILED, f"{UNREACHED}: {error}", unreachable=error)
        except Refused as error:
            log.error("the platform refused %s: %s", delivery.due.key, error, extra=facts(delivery, error))  # noqa: TRY400  # its words suffice
            await self._end(delivery, DeliveryState.FAILED, f"refused by the platform: {error}")
        except (TryLater, TimeoutError) as error:
            return await self._try_later(delivery, error)
        except StorageBusy:
            raise
        except Exception as error:  # noqa: BLE001  # whatever it is, the others go on
            what, tried, why = delivery.due.key, delivery.attempts, type(error).__name__
            log.error("not delivered: %s (%d): %s", what, tried, trace(error), extra=facts(delivery, error))  # noqa: TRY400  # no words of people
            if tried >= SURPRISES:
                await self._end(delivery, DeliveryState.FAILED, f"given up after {tried} attempts: {why}")
            else:
                await self._put_off(delivery, self._means.backoff(delivery.attempts), why)
        return None

    async def _step(self, delivery: Delivery) -> None:
        now = self._means.clock.now()

        def work(store: Store) -> DeliveryState | None:
            there = as_it_stands(store, delivery, now)
            if there is None:
                return None
            # Ended first: what the step plans anew must not take the step itself for something that still waits.
            store.deliveries.finish(delivery.id, DeliveryState.SENT, "done", now)
            self._means.narrator.act(store, there.due, now)
            self._means.planner.follow(store, there.due, now)
            return DeliveryState.SENT

        if await self._insist(lambda: self._means.storage.transact(work), HOLDS_ON_S) is not None:
            self._note(Done(delivery, DeliveryState.SENT, "done", now))

    async def _send(self, delivery: Delivery) -> tuple[datetime, str] | None:
        parcel = await self._packing.ask(delivery)
        if parcel is None:
            await self._write(lambda store: let_go(store, delivery))
            return None
        if isinstance(parcel, Dropped):
            await self._end(delivery, DeliveryState.DROPPED, parcel.why)
            return None
        if isinstance(parcel, datetime):
            await self._waits(delivery, parcel, "they sleep")
            return None
        if parcel.room.platform not in self._means.adapters:  # a person who is on two platforms, and reads the other
            raise TryLater(f"waits for {parcel.room.platform}")
        adapter, pace = self._means.adapters[parcel.room.platform], self._means.pacing(parcel.room)
        self.ledger.goes_to(delivery.id, parcel.room.platform)
        wait = pace.wait(parcel.room)
        if wait > SHORT_S:
            return await self._put_off(delivery, wait, "the platform's limit", tried=False)
        ready = await self._means.finished(parcel.message)
        async with self._flights.one(adapter, parcel.room) as flight:
            async with asyncio.timeout(POSTING_S):
                posted = await adapter.post(parcel.room, ready, f"{delivery.due.key}#{delivery.id}")
            within = GATHERED_S if flight.landed() else 0.0
            at = await self._marking.ask(_Arrived(delivery, parcel, posted), within)
        self._note(Done(delivery, DeliveryState.SENT, "", at))
        return None

    async def _pack(self, deliveries: Sequence[Delivery]) -> Sequence[Parcel | Dropped | datetime | None]:
        """Return what is to be sent of each now."""

        def work(store: Store) -> Sequence[Parcel | Dropped | datetime | None]:
            return [packed(store, delivery, self._means) for delivery in deliveries]

        return await self._insist(lambda: self._means.storage.read(work), HOLDS_ON_S)

    async def _mark(self, arrived: Sequence[_Arrived]) -> Sequence[datetime]:
        """Note what has been posted; return since when."""
        now = self._means.clock.now()

        def work(store: Store) -> None:
            store.deliveries.sent({one.delivery.id: one.posted.message for one in arrived}, now)
            for one in arrived:
                self._follow(store, one, now)

        await self._write(work)
        return [now] * len(arrived)

    def _follow(self, store: Store, arrived: _Arrived, now: datetime) -> None:
        """Do what follows from a post."""
        due, parcel, card = arrived.delivery.due, arrived.parcel, arrived.parcel.message.card
        if card is not None:
            stands(store, parcel, card, arrived.posted, self._means)
        if parcel.in_trouble and due.place:
            self._means.planner.back(store, [due.place], now)
        self._means.planner.follow(store, due, now)

    async def _end(
        self, delivery: Delivery, state: DeliveryState, why: str, *, unreachable: Unreachable | None = None
    ) -> None:
        """End it without a message, unless it was planned anew since it was leased: then it is looked at again."""
        now, due = self._means.clock.now(), delivery.due

        def work(store: Store) -> bool:
            is_over = not let_go_if_anew(store, delivery)
            if is_over:
                store.deliveries.finish(delivery.id, state, why, now)
            if unreachable is not None:
                note_unreachable(store, delivery, unreachable, self._means)
            if is_over:
                self._means.planner.follow(store, due, now)
            return is_over

        if not await self._insist(lambda: self._means.storage.transact(work)):
            return
        platform, outcome = self._note(Done(delivery, state, why, now))
        level = logging.WARNING if state is DeliveryState.FAILED else logging.INFO
        log.log(level, "%s: %s, %s", due.key, state, why, extra=facts(delivery, platform=platform, outcome=outcome))

    async def _try_later(self, delivery: Delivery, error: TryLater | TimeoutError) -> tuple[datetime, str] | None:
        why = str(error) or "no answer in time"
        if delivery.attempts >= PATIENCE:
            await self._end(delivery, DeliveryState.FAILED, f"given up after {delivery.attempts} attempts: {why}")
            return None
        asked = error.seconds if isinstance(error, TryLater) else None
        return await self._put_off(delivery, self._means.backoff(delivery.attempts) if asked is None else asked, why)

    async def _put_off(
        self, delivery: Delivery, seconds: float, why: str, *, tried: bool = True
    ) -> tuple[datetime, str]:
        until = after(self._means.clock, max(seconds, SHORTEST_WAIT_S))
        await self._waits(delivery, until, why, tried=tried)
        return until, why

    async def _waits(self, delivery: Delivery, until: datetime, why: str, *, tried: bool = False) -> None:
        await self._write(lambda store: store.deliveries.put_off(delivery.id, until, why, tried=tried))
        self._note(Done(delivery, DeliveryState.WAITING, why, self._means.clock.now()))

    def _note(self, done: Done) -> tuple[str, str]:
        self._done.append(done)
        return self.ledger.note(done)

    async def _write(self, work: Callable[[Store], None]) -> None:
        """Write what has happened, which cannot be undone."""
        await self._insist(lambda: self._means.storage.transact(work))

    async def _insist(self, ask: Callable[[], Awaitable[T]], seconds: float = math.inf) -> T:
        """Ask the database again and again while it is busy, for so many real seconds."""
        end, wait = self._means.time() + seconds, 0.2
        while True:
            try:
                return await ask()
            except StorageBusy as busy:
                if self._means.time() + wait > end:
                    raise
                log.warning("the database is asked again in %g s: %s", wait, busy)
            await self._means.sleep(wait)
            wait = min(2 * wait, HEARTBEAT_S)
