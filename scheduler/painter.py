"""Draws cards anew when what they show has changed: at once in a quiet room, then at most every few seconds.

Many cards at a time: all that are marked are looked up and drawn in one read, sent side by side, and what came of them
is noted in one transaction. A room whose platform takes its time is waited for alone.
"""

# Long because it is one way, from the mark to the card as it is true, with all that may go wrong on it.

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.chat.adapter import Refused, Trouble, TryLater, Unreachable
from bot.chat.message import Message, Posted, Redraw, Room
from bot.chat.trying import trace
from bot.domain.notices import MeetingListed
from bot.errors import StorageBusy
from bot.ports import Store, StoredCard
from scheduler.election import TERM_S
from scheduler.means import POSTING_S, Means

log = logging.getLogger(__name__)

AT_ONCE = 500
"""How many cards are looked at in one go."""
PAUSE_S = 0.1
"""How many real seconds lie between two rounds while rooms are being painted: a round looks for all that was marked
meanwhile, and notes all that was done."""
FULL_S = 0.5
"""Where all that a platform's limit allows is being said, it is looked again after so many seconds at the soonest."""
OUTAGE_S = 60.0
"""How many seconds at most lie between two tries to draw a card while its platform cannot be reached."""
SURPRISES = 5
"""After so many failures in a row a card is left as it is until it changes again."""

_Look = Message | Exception | None
"""A card as it is true now, None where it has nothing to show, or why it could not be drawn."""


@dataclass(slots=True)
class _InHand:
    """A room that is being painted: the marks that were seen on its cards, and whether there have been others since."""

    marks: Mapping[int, datetime | None]
    marked_again: bool = False


@dataclass(slots=True)
class _Outcome:
    """What is to be noted of a room that was painted: the fingerprint of each card, and which ones are no more.

    `is_whole` says that every card was dealt with: otherwise the room has to wait, and is looked at again. `lost` says
    why the room itself cannot be reached, by its stored place.
    """

    room: Room
    is_whole: bool = False
    drawn: list[tuple[StoredCard, str]] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    lost: dict[int, Trouble] = field(default_factory=dict)


class Painter:
    """Repaints the rooms of some platforms; the last state wins, and what would look the same is not sent."""

    def __init__(self, means: Means, speaks_for: Callable[[], Awaitable[Collection[str]]]) -> None:
        self._means = means
        self._speaks_for = speaks_for
        self._running = asyncio.Lock()
        self._ours: Collection[str] = ()
        self._in_hand: dict[Room, _InHand] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._outcomes: list[_Outcome] = []
        self._drawn_by_taps: list[tuple[Posted, Redraw]] = []
        self._stir = asyncio.Event()
        self._has_to_look = True
        self._sees_all = True
        self._not_before: dict[Room, float] = {}
        self._failures: dict[int, int] = {}
        self.painted = 0
        """How many cards were sent."""
        self.lost = 0
        """How many could not be, because their room cannot be reached."""

    def look_again(self) -> None:
        """Let a painter under way look for what has been marked meanwhile, in its next round."""
        if not self._has_to_look:
            self._has_to_look = True
            self._stir.set()

    def drew(self, posted: Posted, reply: Redraw) -> None:
        """Note with the next round that the answer to a tap has drawn its card.

        Should that be lost, the card keeps its mark, and is drawn once more.
        """
        if reply.marked is not None:
            self._drawn_by_taps.append((posted, reply))

    async def run(self) -> float | None:
        """Paint all that may be painted now; return in how many real seconds more may be, None where nothing waits."""
        async with self._running:
            self._has_to_look = True
            rounds_from, until = 0.0, None
            loop = asyncio.get_running_loop()
            try:
                while True:
                    self._stir.clear()
                    if len(self._outcomes) == len(self._in_hand) or loop.time() >= rounds_from:
                        rounds_from = loop.time() + PAUSE_S
                        await self._note_outcomes()
                        if self._has_to_look:
                            self._has_to_look = False
                            wait = await self._begin()
                            until = None if wait is None else self._means.time() + wait
                        if not self._in_hand and not self._has_to_look:
                            return None if until is None else max(0.0, until - self._means.time())
                    if self._has_to_look or self._outcomes:
                        await self._stirs_within(rounds_from - loop.time())
                    elif until is None or await self._stirs_within(until - self._means.time()):
                        await self._stir.wait()
                    else:  # a room that had to wait may be painted
                        self._has_to_look = True
            finally:
                await self._drop_what_is_in_hand()

    async def _stirs_within(self, seconds: float) -> bool:
        """Wait until a room is done or something was marked; return False where that is not so in time."""
        try:
            async with asyncio.timeout(seconds):
                return await self._stir.wait()
        except TimeoutError:
            return False

    async def _drop_what_is_in_hand(self) -> None:
        """Stop in the middle: the marks stay, and what was sent is drawn again, which changes nothing."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        self._in_hand.clear()
        self._outcomes.clear()

    # Looking

    async def _begin(self) -> float | None:
        """Begin with every room that may be painted; return in how many seconds the next one may, None where none."""
        now = self._means.time()
        self._not_before = {room: at for room, at in self._not_before.items() if at > now}
        busy, ours = self._in_hand.keys() | self._not_before.keys(), self._ours
        waits, open_to_us = self._where_nothing_may_be_said()
        if not open_to_us:
            self._sees_all = False
            return min(waits, default=None)
        cards, looks = await self._means.storage.read(lambda store: self._marked(store, busy, ours, open_to_us))
        self._sees_all = len(cards) < AT_ONCE and not waits
        if not cards:
            return min(waits, default=None)
        self._ours = await self._speaks_for()
        rooms: dict[Room, list[StoredCard]] = {}
        for card in cards:
            room = card.posted.room
            if (wait := self._settles_in(card)) > 0.0:
                waits.append(wait)
            elif room in self._in_hand:
                hand = self._in_hand[room]
                hand.marked_again |= hand.marks.get(card.id) != card.touched
            elif room.platform not in self._ours:
                waits.append(TERM_S)
            else:
                rooms.setdefault(room, []).append(card)
        waits += self._left_out(rooms)
        await self._look_at([card for cards in rooms.values() for card in cards if card.id not in looks], looks)
        for room, its_cards in rooms.items():
            self._in_hand[room] = _InHand({card.id: card.touched for card in its_cards})
            task = asyncio.create_task(self._paint_room(room, [(card, looks[card.id]) for card in its_cards]))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return min(waits, default=None)

    def _where_nothing_may_be_said(self) -> tuple[list[float], list[str]]:
        """Return for how many seconds platforms take no drawing at all, and which take some: we look only there."""
        adapters = self._means.adapters.items()
        waits = {platform: adapter.pacing.wait_anywhere(draws=True) for platform, adapter in adapters}
        open_to_us = sorted(platform for platform, wait in waits.items() if not wait)
        return [max(wait, FULL_S) for wait in waits.values() if wait], open_to_us

    def _left_out(self, rooms: dict[Room, list[StoredCard]]) -> list[float]:
        """Take out the rooms in which nothing may be painted now; return for how many seconds."""
        waits = {room: wait for room in rooms if (wait := self._wait(room)) > 0.0}
        for room in waits:
            del rooms[room]
        for room in self._too_many(rooms):
            waits[room] = FULL_S
            del rooms[room]
        return list(waits.values())

    def _too_many(self, rooms: Iterable[Room]) -> list[Room]:
        """Return those rooms of which it is certain that there will be no room for them within a second."""
        over: list[Room] = []
        begun = Counter[str]()
        for room in rooms:
            begun[room.platform] += 1
            most = self._means.pacing(room).pace.bot_second
            if most is not None and begun[room.platform] > most:
                over.append(room)
        return over

    def _marked(
        self, store: Store, busy: Collection[Room], ours: Collection[str], open_to_us: Sequence[str]
    ) -> tuple[Sequence[StoredCard], dict[int, _Look]]:
        """Return the cards that are marked, and how those look that can probably be sent."""
        cards = store.cards.dirty(AT_ONCE, open_to_us)
        likely = [
            card
            for card in cards
            if card.posted.room not in busy and card.posted.room.platform in ours and self._settles_in(card) <= 0.0
        ]
        over = set(self._too_many(dict.fromkeys(card.posted.room for card in likely)))
        return cards, self._drawn(store, [card for card in likely if card.posted.room not in over])

    def _settles_in(self, card: StoredCard) -> float:
        """Return for how many real seconds a card is left to the answer of the tap that has changed it."""
        settle = self._means.pacing(card.posted.room).pace.settle
        if not settle or card.touched is None:
            return 0.0
        return min(settle, self._means.clock.seconds_until(card.touched + timedelta(seconds=settle)))

    def _drawn(self, store: Store, cards: Iterable[StoredCard]) -> dict[int, _Look]:
        """Return how cards look. One that cannot be drawn spoils the transaction on PostgreSQL: the rest come later."""
        looks: dict[int, _Look] = {}
        for card in cards:
            try:
                looks[card.id] = self._means.narrator.draw(store, card, self._means.clock.now())
            except Exception as error:  # noqa: BLE001  # told where the room is painted
                looks[card.id] = error
                break
        return looks

    async def _look_at(self, cards: Sequence[StoredCard], looks: dict[int, _Look]) -> None:
        """Draw those that have not been drawn yet."""
        while cards:
            left = cards
            looks |= await self._means.storage.read(lambda store: self._drawn(store, left))  # noqa: B023  # run at once
            cards = [card for card in cards if card.id not in looks]

    # Painting

    def _wait(self, room: Room) -> float:
        held = self._not_before.get(room, 0.0) - self._means.time()
        return max(0.0, held, self._means.pacing(room).wait(room, draws=True))

    async def _paint_room(self, room: Room, cards: Sequence[tuple[StoredCard, _Look]]) -> None:
        outcome = _Outcome(room)
        try:
            for card, look in cards:
                if self._means.pacing(room).wait(room, draws=True) > 0.0 or not await self._painted(
                    card, look, outcome
                ):
                    return
            outcome.is_whole = True
        finally:
            self._outcomes.append(outcome)
            if len(self._outcomes) in {1, len(self._in_hand)}:  # the first calls for a round, the last for it at once
                self._stir.set()

    async def _painted(self, card: StoredCard, look: _Look, outcome: _Outcome) -> bool:
        """Paint a card; return whether the room may be painted on."""
        room = card.posted.room
        try:
            fingerprint = await self._paint(card, look)
        except Unreachable as error:
            if error.trouble in {None, Trouble.GONE, Trouble.NO_EVENTS}:
                outcome.gone.append(card.id)
            else:  # it stands there still, and is marked again when the room can be reached
                outcome.drawn.append((card, card.fingerprint))
            if error.trouble is not None and not room.is_private:
                outcome.lost[card.place] = error.trouble
                self.lost += 1
        except (TryLater, TimeoutError) as error:
            self._try_later(card, error)
            return False
        except Exception as error:  # noqa: BLE001  # whatever it is, the others go on
            if isinstance(error, Refused):
                log.error("the platform refused a card: %s", error)  # noqa: TRY400  # the platform's words suffice
            else:
                log.error("could not draw a card: %s", trace(error))  # noqa: TRY400  # no words of people
            self._hold(room, self._failed(card))
            if isinstance(error, Refused) or self._failures[card.id] >= SURPRISES:
                outcome.drawn.append((card, card.fingerprint))
                self._failures.pop(card.id, None)
            return False
        else:
            self._failures.pop(card.id, None)
            if card.superseded or _is_taken_out(look):
                outcome.gone.append(card.id)
            else:
                outcome.drawn.append((card, fingerprint))
        return True

    async def _paint(self, card: StoredCard, look: _Look) -> str:
        """Send a card where it looks otherwise than it stands there; return the fingerprint of what stands there."""
        if isinstance(look, Exception):
            raise look
        fingerprint = look.fingerprint() if look else card.fingerprint
        if look is not None and fingerprint != card.fingerprint:
            room = card.posted.room
            pace = self._means.pacing(room)
            pace.note(room)
            self._hold(room, pace.pace.redraw)
            ready = await self._means.finished(look)
            async with asyncio.timeout(POSTING_S):
                await self._means.adapters[room.platform].edit(card.posted, ready)
            self.painted += 1
        return fingerprint

    def _try_later(self, card: StoredCard, error: TryLater | TimeoutError) -> None:
        room, asked = card.posted.room, error.seconds if isinstance(error, TryLater) else None
        if asked is None:  # an outage: it says nothing about what others may say in the room
            self._hold(room, min(self._failed(card), OUTAGE_S))
        elif card.card.kind == MeetingListed.kind:  # nor does a calendar's limit
            self._hold(room, asked)
        else:
            self._means.pacing(room).hold(room, max(asked, 0.1))

    def _hold(self, room: Room, seconds: float) -> None:
        if seconds > 0.0:
            self._not_before[room] = max(self._not_before.get(room, 0.0), self._means.time() + seconds)

    def _failed(self, card: StoredCard) -> float:
        """Count a failure; return how long to wait."""
        self._failures[card.id] = self._failures.get(card.id, 0) + 1
        return self._means.backoff(self._failures[card.id])

    # Noting

    def _note(self, store: Store, outcomes: Sequence[_Outcome], by_taps: Sequence[tuple[Posted, Redraw]]) -> None:
        now = self._means.clock.now()
        for posted, reply in by_taps:
            store.cards.drawn_at(posted, reply.message.fingerprint(), reply.marked or now, now)
        for outcome in outcomes:
            for card, fingerprint in outcome.drawn:
                store.cards.drawn(card.id, fingerprint, card.touched or now, now)
            for gone in outcome.gone:
                store.cards.gone(gone)
            for place, trouble in outcome.lost.items():
                self._means.planner.lost(store, [place], trouble.value, now)

    async def _note_outcomes(self) -> None:
        """Take away the marks that were seen, of all rooms that are done; later ones stay. Then the rooms are free."""
        outcomes, self._outcomes = self._outcomes, []
        by_taps, self._drawn_by_taps = self._drawn_by_taps, []
        if by_taps or any(outcome.drawn or outcome.gone for outcome in outcomes):
            try:
                await self._means.storage.transact(lambda store: self._note(store, outcomes, by_taps))
            except StorageBusy as busy:  # they are drawn again, which changes nothing
                log.warning("could not note what was drawn: %s", busy)
                for outcome in outcomes:
                    self._hold(outcome.room, self._means.backoff(1))
                self._has_to_look = True
        for outcome in outcomes:
            hand = self._in_hand.pop(outcome.room)
            # Only now: until here, a look has passed the room over.
            self._has_to_look |= hand.marked_again or not (outcome.is_whole and self._sees_all)


def _is_taken_out(look: _Look) -> bool:
    """Whether what was drawn is an entry taken out of a calendar, which cannot be brought back."""
    return isinstance(look, Message) and look.event is not None and look.event.is_off
