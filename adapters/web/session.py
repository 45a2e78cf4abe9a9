"""One page's connection: who it speaks for, what it asks, and what is new to it."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING

from aiohttp import WSCloseCode, WSMsgType, web
from pydantic import ValidationError

from adapters.web import commands, inbound, render
from adapters.web.errors import NotAllowed
from adapters.web.frames import AnyFrame, Complete, Hello, Json, Older, Seen, parsed
from bot.chat.inbound import Command

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from adapters.web.adapter import WebAdapter
    from adapters.web.inbound import Speaker
    from adapters.web.transcript import Someone

log = logging.getLogger(__name__)
PER_ROOM = 50
"""How many posts of each room a page gets at first, and at each look further back."""
AT_ONCE = 200
"""How many posts go into one frame when a page catches up."""
ACTS_AT_ONCE = 32
"""How many acts of one page may be under way; more wait in the connection."""
PAUSE_S = 0.05
"""For how many seconds one waits with a page that has sent too much, before one looks again."""


class Session:
    """A page's connection. `user` is who the cookie says it is; None lets the page choose (the demo).

    `signed_in` tells whose the cookie is by now: it may be taken back, also by another process.
    """

    def __init__(
        self,
        adapter: WebAdapter,
        socket: web.WebSocketResponse,
        user: str | None,
        signed_in: Callable[[], Awaitable[str | None]],
    ) -> None:
        self._adapter = adapter
        self._socket = socket
        self.user = user
        self._signed_in = signed_in
        self._who: Speaker | None = None
        self._language = ""
        """The page's: what is around the conversation is not in the language of whom one speaks as."""
        self._version = 0
        self._shown: dict[str, object] = {}
        self._news = asyncio.Event()
        self._directory = False
        self._telling = asyncio.Lock()
        self._room_for_acts = asyncio.Semaphore(ACTS_AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self) -> None:
        """Talk until the page goes away."""
        self._adapter.join(self)
        pump = asyncio.create_task(self._pump())
        try:
            async for message in self._socket:
                if message.type is WSMsgType.TEXT:
                    await self._heard(message.data)
                elif message.type is WSMsgType.BINARY:
                    await self._refuse()
        finally:
            self._adapter.part(self)
            for task in (pump, *self._tasks):
                task.cancel()
            await asyncio.gather(pump, *self._tasks, return_exceptions=True)

    async def leave(self) -> None:
        """Send the page away; it will try again by itself."""
        await self._socket.close(code=WSCloseCode.GOING_AWAY, message=b"restarting")

    def wake(self) -> None:
        """Look for what is new."""
        self._news.set()

    def directory_changed(self) -> None:
        """Look for new people and rooms too."""
        self._directory = True
        self._news.set()

    async def _heard(self, text: str) -> None:
        await self._in_pace()
        try:
            frame = parsed(text)
        except ValidationError:
            await self._refuse()
            return
        try:
            if await self._stands():
                await self._handle(frame)
        except NotAllowed:
            await self._refuse("not_allowed")
        except Exception:
            log.exception("A page's request failed")
            await self._refuse("failed")
            if isinstance(frame, Hello):  # without a welcome it would wait for ever; this way it tries again
                await self._socket.close(code=WSCloseCode.TRY_AGAIN_LATER)

    async def _stands(self) -> bool:
        """Say whether the sign-in still stands; where it does not, tell the page, and let it go."""
        if self.user is None or await self._signed_in() == self.user:
            return True
        self._who = None
        await self._send({"type": "stranger"})
        await self._socket.close()
        return False

    async def _in_pace(self) -> None:
        """Hear no more of a person than they can type: what they send on waits in the connection, then with them."""
        who = self.user or (self._who.user if self._who else "")
        while not self._adapter.frames.takes(who, asyncio.get_running_loop().time()):  # noqa: ASYNC110  # only time fills it
            await asyncio.sleep(PAUSE_S)

    async def _handle(self, frame: AnyFrame) -> None:
        if isinstance(frame, Hello):
            await self._welcome(frame)
            return
        who = self._who
        if who is None:
            raise NotAllowed
        match frame:
            case Seen():
                await self._seen(who, frame)
            case Complete():
                await self._complete(who, frame)
            case Older():
                await self._older(who, frame)
            case _:
                await self._room_for_acts.acquire()
                task = asyncio.create_task(self._acted(who, frame))
                self._tasks.add(task)
                task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._room_for_acts.release()

    async def _acted(self, who: Speaker, frame: object) -> None:
        ack = await self._adapter.answer(who, frame)  # type: ignore[arg-type]  # what remains of the union
        async with self._telling:
            await self._tell()  # what the act caused is there before the page hears that it is done
        await self._send(ack)

    async def _welcome(self, hello: Hello) -> None:
        person = await self._person(hello)
        adapter, self._language = self._adapter, hello.language
        async with self._telling:
            if person is None:
                self._who = None
                self._version = 0
                await self._send(await self._directory_frames({"type": "welcome", "me": None, "demo": adapter.demo}))
                return
            who = self._who = inbound.speaker(person, hello.language, hello.zone)
            frame: Json = {
                "type": "welcome",
                "me": {"user": who.user, "name": who.name, "zone": person.zone},
                "demo": adapter.demo,
            }
            await self._directory_frames(frame)
            t = adapter.catalogue.speaker(who.language)
            frame["commands"] = commands.menu(await adapter.inbox.commands(t.language), t)
            snapshot = await adapter.transcript.snapshot(who.user, everywhere=adapter.demo, per_room=PER_ROOM)
            frame["seen"] = {render.room_name(chat, private=p): post for (chat, p), post in snapshot.seen.items()}
            frame["version"] = self._version = hello.since or snapshot.version
            if not hello.since:
                frame["posts"] = [render.post(post, who.user) for post in snapshot.posts]
                frame["per_room"] = PER_ROOM
            await self._send(frame)
        self.wake()

    async def _person(self, hello: Hello) -> Someone | None:
        adapter = self._adapter
        if self.user is not None:
            if hello.as_ not in ("", self.user):
                raise NotAllowed
            return await adapter.transcript.person(self.user)
        person = await adapter.transcript.person(hello.as_) if hello.as_ else None
        if person is None:
            person = next(iter(await adapter.transcript.people()), None)
        return person

    async def _directory_frames(self, frame: Json) -> Json:
        """Add people, rooms and the clock to a frame, and remember what was shown."""
        for part, contents in (("people", self._people()), ("rooms", self._rooms()), ("clock", self._clock())):
            frame[part] = self._shown[part] = await contents
        self._directory = False
        return frame

    async def _people(self) -> list[Json]:
        if not self._adapter.demo:
            return []
        waiting = await self._adapter.transcript.waiting()
        return [
            {"user": person.user, "name": person.name, "waiting": waiting.get(person.user, 0)}
            for person in await self._adapter.transcript.people()
        ]

    async def _rooms(self) -> list[Json]:
        who, adapter = self._who, self._adapter
        if who is None:
            return []
        groups = await adapter.transcript.rooms(who.user, everywhere=adapter.demo)
        listed: list[Json] = [{"room": f"g:{room.chat}", "title": room.title, "private": False} for room in groups]
        return [*listed, {"room": f"p:{who.user}", "title": "", "private": True}]

    async def _clock(self) -> Json | None:
        bar = self._adapter.clock_bar
        return await bar.shown(self._language) if bar else None

    async def _seen(self, who: Speaker, frame: Seen) -> None:
        where, _ = await self._adapter.place(who, frame.room)
        room = where.room
        await self._adapter.transcript.see(who.user, room.chat, private=room.is_private, post=frame.post)
        if room.is_private:
            self._adapter.wake()

    async def _complete(self, who: Speaker, frame: Complete) -> None:
        where, by = await self._adapter.place(who, frame.room)
        inbox = self._adapter.inbox
        menu = await inbox.commands(self._adapter.catalogue.best(who.language))
        intent = next((command.intent for command in menu if command.name == frame.command), None)
        items: list[list[str]] = []
        if intent is not None and frame.field in intent.asked:
            asked = Command(sender=by, place=where, name=frame.command)
            items = [list(pair) for pair in await inbox.completions(asked, intent, frame.field, frame.words)]
        await self._send({"type": "completions", "id": frame.id, "items": items})

    async def _older(self, who: Speaker, frame: Older) -> None:
        where, _ = await self._adapter.place(who, frame.room)
        room = where.room
        posts = await self._adapter.transcript.older(
            room.chat, who.user, private=room.is_private, before=frame.before, limit=PER_ROOM
        )
        drawn = [render.post(post, who.user) for post in posts]
        await self._send({"type": "older", "room": frame.room, "posts": drawn, "more": len(posts) == PER_ROOM})

    async def _pump(self) -> None:
        """Tell the page what is new, whenever there may be something."""
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                if not await self._stands():
                    return
                async with self._telling:
                    await self._tell()
            except ConnectionError:
                return  # the page is gone; what it missed waits for it
            except Exception:
                log.exception("A page could not be told what is new")

    async def _tell(self) -> None:
        who = self._who
        while who is not None:
            posts = await self._adapter.transcript.since(
                self._version, who.user, everywhere=self._adapter.demo, limit=AT_ONCE
            )
            if posts:
                self._version = posts[-1].version
                drawn = [render.post(post, who.user) for post in posts]
                await self._send({"type": "posts", "posts": drawn, "version": self._version})
            if len(posts) < AT_ONCE:
                break
        if self._directory:
            self._directory = False
            await self._show("rooms", await self._rooms())
        if self._adapter.demo:
            await self._show("people", await self._people())
            await self._show("clock", await self._clock())

    async def _show(self, part: str, contents: object) -> None:
        if self._shown.get(part) != contents:
            self._shown[part] = contents
            await self._send({"type": part, part: contents})

    async def _refuse(self, words: str = "not_understood") -> None:
        await self._send({"type": "refused", "words": words})

    async def _send(self, frame: Json) -> None:
        if not self._socket.closed:
            await self._socket.send_str(json.dumps(frame, ensure_ascii=False, separators=(",", ":")))
