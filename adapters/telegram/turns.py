"""Whose turn it is: one person's updates in their order, different people side by side.

An update has two halves. It is *received*: handed to the core, which commits; only then may it be confirmed to
Telegram. Then its answer is *shown*, which may take long where Telegram holds a chat back. Each half has its own order,
so that an answer which has to wait delays the next answer in that chat, and never that an update is received and
confirmed.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable

from telegram import Update

from bot.chat.trying import trace
from bot.records import dataclass

log = logging.getLogger(__name__)

Step = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is still to be shown: only network work is left in it.

    `at_once` waits for no other answer: whoever tapped is to see that it was noticed. `in_turn` follows those before.
    """

    in_turn: Step
    at_once: Step | None = None


Receive = Callable[[Update], Awaitable[Answer | None]]
"""Hands an update to the core, and returns after the commit."""
Lane = Hashable

MOST = 1000
"""How many updates may be under way before no more are taken in: Telegram keeps the others."""
MOST_OF_ONE = 20
"""How many answers may wait to be shown to one person in one chat; of those after them, only taps are answered."""
MOST_IN_A_CHAT = 60
"""The same for all people in one chat: the next one would come minutes late, and `MOST` fill up with such."""


class Turns:
    """Lets updates be received and answered. What `receive` and what it returns raise is logged and not repeated."""

    def __init__(
        self,
        receive: Receive,
        *,
        most: int = MOST,
        most_of_one: int = MOST_OF_ONE,
        most_in_a_chat: int = MOST_IN_A_CHAT,
    ) -> None:
        self._receive = receive
        self._most = most
        self._most_of_one = most_of_one
        self._most_in_a_chat = most_in_a_chat
        self._received: dict[Lane, asyncio.Future[None]] = {}
        self._shown: dict[Lane, asyncio.Future[None]] = {}
        self._waiting: Counter[Lane] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()

    def hand_in(self, update: Update) -> asyncio.Future[None]:
        """Return what is done when the update has been received, and cancelled if it never will be."""
        loop = asyncio.get_running_loop()
        own, others = _lanes(update)
        before = [former for lane in own + others if (former := self._received.get(lane)) is not None]
        received: asyncio.Future[None] = loop.create_future()
        for lane in own:
            self._received[lane] = received
        task = loop.create_task(self._serve(update, before, own, received))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return received

    @property
    def is_full(self) -> bool:
        """Whether as much is under way as may be."""
        return len(self._tasks) >= self._most

    @property
    def is_busy(self) -> bool:
        """Whether anything is under way."""
        return bool(self._tasks)

    async def room(self) -> None:
        """Wait until more may be handed in."""
        while self.is_full:
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)

    async def finish(self, seconds: float) -> None:
        """Finish what is under way, and give up what is not done by then."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        slow = list(self._tasks)
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)

    async def _serve(
        self,
        update: Update,
        before: list[asyncio.Future[None]],
        own: tuple[Lane, ...],
        received: asyncio.Future[None],
    ) -> None:
        answer: Answer | None = None
        try:
            if before:
                await asyncio.wait(before)
            answer = await self._receive(update)
        except asyncio.CancelledError:
            received.cancel()
            raise
        except Exception as error:  # noqa: BLE001  # it would fail again, so it counts as received
            log.error("could not handle update %d: %s", update.update_id, trace(error))  # noqa: TRY400  # no words of people
        finally:
            for lane in own:
                if self._received.get(lane) is received:
                    del self._received[lane]
        await self._show(update, answer, received)

    async def _show(self, update: Update, answer: Answer | None, received: asyncio.Future[None]) -> None:
        """Show the answer after those before it; the place in that order is taken before the update is confirmed."""
        if answer is None:
            _done(received)
            return
        lane, counted = _showing_lanes(update)
        is_flooded = self._waiting[lane] >= self._most_of_one or self._waiting[counted[-1]] >= self._most_in_a_chat
        shown: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        before = self._shown.get(lane)
        if not is_flooded:
            self._shown[lane] = shown
            self._waiting.update(counted)
        _done(received)
        try:
            if answer.at_once is not None:
                await answer.at_once()
            if is_flooded:
                log.warning("update %d is not answered: too many answers wait in its chat", update.update_id)
                return
            if before is not None:
                await before
            await answer.in_turn()
        except Exception as error:  # noqa: BLE001  # the next is to be shown all the same
            log.error("could not answer update %d: %s", update.update_id, trace(error))  # noqa: TRY400  # as above
        finally:
            if not is_flooded:
                self._over(lane, counted, shown)

    def _over(self, lane: Lane, counted: tuple[Lane, ...], shown: asyncio.Future[None]) -> None:
        _done(shown)
        if self._shown.get(lane) is shown:
            del self._shown[lane]
        for one in counted:
            self._waiting[one] -= 1
            if not self._waiting[one]:
                del self._waiting[one]


def _lanes(update: Update) -> tuple[tuple[Lane, ...], tuple[Lane, ...]]:
    """Return the lanes in which others wait for this update, and those in which it waits without being waited for.

    What happens to a chat itself (the bot joins it or leaves, it gets a new address) waits for what happened to it
    before, and everybody's acts there wait for that. People in a chat do not wait for each other.
    """
    chat, user, message = update.effective_chat, update.effective_user, update.message
    place = ("chat", chat.id if chat else 0)
    # An anonymous administrator or a channel speaks through an account that all of Telegram shares.
    nobody = user is None or (message is not None and message.sender_chat is not None)
    person: tuple[Lane, ...] = () if nobody or user is None else (("person", user.id),)
    about_chat = update.my_chat_member is not None or (
        message is not None and bool(message.migrate_to_chat_id or message.migrate_from_chat_id)
    )
    if about_chat:
        return (*person, place), ()
    return person, (place,)


def _showing_lanes(update: Update) -> tuple[Lane, tuple[Lane, ...]]:
    """Return the lane in which answers are shown in order, and all those in which they are counted.

    In a group, what follows a tap is mostly said elsewhere: it waits for no messages there, which may be held back, and
    however many tap, it does not count as crowding the chat.
    """
    chat, user = update.effective_chat, update.effective_user
    place = chat.id if chat else 0
    in_group = user is not None and place != user.id
    lane = place, user.id if user else 0, in_group and update.callback_query is not None
    return lane, (lane,) if lane[2] else (lane, place)


def _done(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
