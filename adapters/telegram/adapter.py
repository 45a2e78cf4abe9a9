"""The Telegram adapter: it introduces itself, hears what people do, and sends what the core says."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Final

from aiohttp import web
from telegram import Bot
from telegram.error import TelegramError

from adapters.telegram import commands, webhook
from adapters.telegram.answering import Answering
from adapters.telegram.errors import as_post_error
from adapters.telegram.letter import PLATFORM
from adapters.telegram.me import Me
from adapters.telegram.render import drawn
from adapters.telegram.rights import Rights
from adapters.telegram.starting import until_done
from adapters.telegram.transport import AiohttpRequest, BriefRequest
from adapters.telegram.turns import Turns
from adapters.telegram.updates import Polling, troubles_with_updates
from adapters.telegram.webhook import Listener, Webhook
from adapters.telegram.wire import Wire
from bot.chat.adapter import Ability, Inbox
from bot.chat.inbound import Moved
from bot.chat.message import Chart, Message, Picture, Posted, Room
from bot.chat.pacing import Pace, Pacing
from bot.chat.presence import Presence
from bot.chat.told_time import ToldTime
from bot.errors import StorageBusy
from bot.i18n import Catalogue

log = logging.getLogger(__name__)

API_URL: Final = "https://api.telegram.org"
PACE: Final = Pace(bot_second=30, room_second=1, room_minute=20, redraw=3.0, spare=0.2, by_chat=True)
"""What Telegram's own FAQ for bots names; an edit counts like a message."""
STOPPING_S = 4.0
"""For how many seconds a stop waits for what people have begun."""
CONFIRMING_S = 1.0
"""How many of them are kept for confirming it."""
_ME: Final = "telegram:me"


class TelegramAdapter:
    """One bot on Telegram. Implements `bot.chat.adapter.Adapter`.

    `api_url` is the root of the Bot API server. With `webhook`, updates are brought to `routes`; without, they are
    polled for. `draw` makes pictures of charts, on a thread. `pace`, `sleep`, `monotonic` (real seconds) and `chance`
    (from 0 to 1) are there for tests.
    """

    platform = PLATFORM
    stopping_s = STOPPING_S

    def __init__(  # noqa: PLR0913  # the settings, and what tests put in place of time and chance
        self,
        token: str,
        catalogue: Catalogue,
        *,
        api_url: str = API_URL,
        webhook: Webhook | None = None,
        draw: Callable[[Chart], Picture] | None = None,
        pace: Pace = PACE,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        # The library's own lines hold its address with the token in it, and what people write. What matters of what
        # goes wrong is said by us.
        logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)
        # Updates are given to whoever asks last; they are brought to as many processes as share the webhook's address.
        self.abilities = frozenset({Ability.SERVE_ALONE} if webhook is None else ())
        self.pacing = Pacing(pace, monotonic)
        self._catalogue = catalogue
        self._draw = draw
        self._sleep = sleep
        self._chance = chance
        self._monotonic = monotonic
        self.told_time = ToldTime()
        root = api_url.rstrip("/")
        self._bot = Bot(
            token,
            base_url=f"{root}/bot",
            base_file_url=f"{root}/file/bot",
            request=BriefRequest(told=self.told_time),
            get_updates_request=AiohttpRequest(connections=2, told=self.told_time),
        )
        self._wire = Wire(self._bot, self.pacing, moved=self._moved, sleep=sleep, chance=chance)
        self._webhook = webhook
        self._listener = Listener(webhook) if webhook else None
        self._me: Me | None = None
        self._turns: Turns | None = None
        self._inbox: Inbox | None = None
        self.troubles = troubles_with_updates()
        """What stands in the way of hearing from Telegram."""
        self._presence = Presence("Telegram")
        self.is_up = self._presence.is_up
        """Set while Telegram knows us and is served."""
        self._stop_by: float | None = None

    # The port

    def start_link(self, payload: str) -> str:
        """Return the address that opens the private chat with a payload; empty until we know our name."""
        return f"https://t.me/{self._me.username}?start={payload}" if self._me else ""

    def group_link(self, payload: str) -> str:
        """Return the address that adds the bot to a group with a payload; empty until we know our name."""
        return f"https://t.me/{self._me.username}?startgroup={payload}" if self._me else ""

    async def run(self, inbox: Inbox) -> None:
        """Serve until cancelled; then finish what people have begun. Raises `TokenRejected`."""
        self._inbox, self._stop_by = inbox, None
        self._presence.begins()
        try:
            await self._recall_me(inbox)
            me = await self._introduced(inbox)
            await self._serve(inbox, me)
        finally:
            self._presence.goes_down()
            self._inbox = None
            await self._close()

    async def post(self, room: Room, message: Message, key: str) -> Posted:
        """Post a message; a repeat of a key goes on where it was interrupted. Raises `PostError`."""
        async with self._presence.posting():
            letter = drawn(await self._with_picture(message), self._catalogue, whole=message.card is None)
            return await self._wire.post(room, letter, key)

    async def edit(self, posted: Posted, message: Message) -> None:
        """Draw a posted message anew. Raises `PostError`; `Unreachable` where it is gone."""
        async with self._presence.posting():
            if self._draw is not None or isinstance(message.picture, Picture):
                message = replace(message, picture=None)  # it stands below, in a message of its own
            await self._wire.edit(posted, drawn(message, self._catalogue, whole=False))

    @property
    def is_busy(self) -> bool:
        """Whether anything that people did, or anything that is posted, is under way."""
        return self._presence.is_busy or (self._turns is not None and self._turns.is_busy)

    # What the HTTP server uses

    def routes(self) -> list[web.AbstractRouteDef]:
        """Return the webhook's route, none when updates are polled for."""
        return self._listener.routes() if self._listener else []

    # Our own

    async def _recall_me(self, inbox: Inbox) -> None:
        """Take our name to be what it was, so that addresses are right from the first moment after a restart."""
        try:
            number, _, username = (await inbox.recall(_ME)).partition(" ")
        except StorageBusy:
            return
        # The number is the part of the token that is no secret: another bot's name is not ours.
        if username and number == self._bot.token.partition(":")[0]:
            self._me = Me(int(number), username)

    async def _introduced(self, inbox: Inbox) -> Me:
        """Return who we are, as soon as Telegram says so."""
        await self._until_done(self._bot.initialize)
        me, before = Me(self._bot.id, self._bot.username), self._me
        self._me = me
        if me != before:
            await self._until_done(lambda: inbox.keep(_ME, f"{me.id} {me.username}"))
        return me

    async def _serve(self, inbox: Inbox, me: Me) -> None:
        answering = Answering(
            self._wire,
            Rights(self._bot, monotonic=self._monotonic),
            self._catalogue,
            me,
            start_link=self.start_link,
            draw=self._draw,
            monotonic=self._monotonic,
        )
        turns = self._turns = Turns(lambda update: answering.receive(update, inbox))
        polling = Polling(self._bot, turns, sleep=self._sleep, chance=self._chance, troubles=self.troubles)
        menus = asyncio.create_task(self._menus(inbox), name="telegram:menus")
        self._presence.comes_up()
        log.info("on Telegram as @%s", me.username)
        try:
            if self._listener is not None:
                self._listener.open(self._bot, turns)
            await self._until_done(lambda: self._brought_where_we_listen(inbox))
            if self._listener is None:
                await polling.run()
            await webhook.stays_known(self._bot, self.troubles, self._sleep)
        finally:
            if self._listener is not None:
                self._listener.close()
            menus.cancel()
            await asyncio.gather(menus, return_exceptions=True)
            await turns.finish(max(0.0, self._left() - CONFIRMING_S))
            if self._left() > 0.0:
                with suppress(TelegramError, TimeoutError):
                    async with asyncio.timeout(CONFIRMING_S):
                        await polling.confirm()

    async def _brought_where_we_listen(self, inbox: Inbox) -> None:
        if self._webhook is None:
            await webhook.bring_nowhere(self._bot)
        else:
            await webhook.bring_to(self._webhook, self._bot, inbox)

    async def _until_done(self, do: Callable[[], Awaitable[None]]) -> None:
        await until_done(do, sleep=self._sleep, chance=self._chance)

    async def _menus(self, inbox: Inbox) -> None:
        await self._presence.tell_menu(
            lambda: commands.tell(self._bot, inbox, self._catalogue),
            lambda error: as_post_error(error) if isinstance(error, TelegramError) else None,
            self._sleep,
        )

    async def _moved(self, old: str, new: str) -> None:
        """Let the core know that a group has a new address, which Telegram says when we write to the old one."""
        if self._inbox is not None:
            key = f"telegram:moved:{old}"  # a group moves once
            await self._inbox.receive(Moved(old=Room(PLATFORM, old), new=Room(PLATFORM, new), key=key))

    async def _with_picture(self, message: Message) -> Message:
        chart = message.picture
        if not isinstance(chart, Chart) or self._draw is None:
            return message  # a chart that nobody draws is said in words
        return replace(message, picture=await asyncio.to_thread(self._draw, chart))

    def _left(self) -> float:
        """Return for how many seconds a stop may still wait; it begins when this is asked first."""
        now = asyncio.get_running_loop().time()
        if self._stop_by is None:
            self._stop_by = now + self.stopping_s
        return max(0.0, self._stop_by - now)

    async def _close(self) -> None:
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._left()):
                    await self._presence.quiet()
            await self._wire.close(self._left())
        finally:
            await self._bot.shutdown()
