"""The gateway: connections that introduce themselves, hear what happens, fall asleep and go on where they were."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Final

from aiohttp import WSMsgType, web

from tests.discord.server import objects
from tests.discord.server.problems import Json
from tests.discord.server.realm import Realm

_SUFFIX: Final = b"\x00\x00\xff\xff"
_GUILDS: Final = 1
_PRIVILEGED: Final = (1 << 1) | (1 << 8) | (1 << 15)


class Op(IntEnum):
    """What a message on a connection is."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    RESUME = 6
    RECONNECT = 7
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


@dataclass(eq=False)
class Line:
    """One connection: its socket, and how what is sent is packed."""

    socket: web.WebSocketResponse
    request: web.Request
    packer: zlib._Compress | None = None
    session: Session | None = None
    telling: asyncio.Task[None] | None = None

    async def send(self, op: Op, data: object = None, *, event: str | None = None, number: int | None = None) -> None:
        """Send something, if there is still somebody."""
        words = json.dumps({"op": int(op), "d": data, "s": number, "t": event})
        try:
            if self.packer is None:
                await self.socket.send_str(words)
            else:
                await self.socket.send_bytes(
                    self.packer.compress(words.encode()) + self.packer.flush(zlib.Z_SYNC_FLUSH)
                )
        except (ConnectionError, RuntimeError):
            return

    def breaks(self) -> None:
        """Break off without a word, as networks do."""
        if self.request.transport is not None:
            self.request.transport.abort()


@dataclass(eq=False)
class Session:
    """What one introduction began: it lives on while its connection is gone, and keeps what happens meanwhile."""

    id: str
    shard: int
    shards: int
    intents: int
    line: Line | None = None
    sent: list[tuple[str, Json]] = field(default_factory=list)
    """All events, the first of which has the number 1."""
    queue: asyncio.Queue[int] = field(default_factory=asyncio.Queue)

    def serves(self, guild: int | None) -> bool:
        """Say whether a server's events are told on this connection; private talks have the first one."""
        return (0 if guild is None else (guild >> 22) % self.shards) == self.shard


class Gateway:
    """All connections. `shards` are how many are recommended, `left` how many more introductions are allowed today.

    `closes_with`: the code with which the next introductions are turned away. `acks`: heartbeats are answered.
    `introductions` are when connections introduced themselves, `resumed` how often one went on, `heartbeats` how many
    came; `events` are all that were told.
    """

    def __init__(self, realm: Realm) -> None:
        self.realm = realm
        self.url = ""
        self.shards = 1
        self.left = 1000
        self.acks = True
        self.is_mute = False
        self.heartbeat_ms = 41_250
        self.closes_with: list[int] = []
        self.introductions: list[tuple[int, datetime]] = []
        self.resumed = 0
        self.heartbeats = 0
        self.events: list[tuple[str, Json]] = []
        self.lost: list[tuple[str, Json]] = []
        """What nobody was told of, since there was no connection for it."""
        self.sessions: dict[str, Session] = {}
        self._lines: set[Line] = set()
        self._sending: set[asyncio.Task[object]] = set()
        realm.dispatch = self.dispatch

    @property
    def is_heard(self) -> bool:
        """Whether all connections that belong together are there."""
        alive = [one for one in self.sessions.values() if one.line is not None]
        return bool(alive) and {one.shard for one in alive} >= set(range(alive[-1].shards))

    def told(self) -> Json:
        """Return what the bot is told before it connects."""
        limit = {"total": 1000, "remaining": self.left, "reset_after": 3_600_000, "max_concurrency": 1}
        return {"url": self.url, "shards": self.shards, "session_start_limit": limit}

    def dispatch(self, guild: int | None, event: str, data: Json) -> bool:
        """Tell an event on the connection of a server, or once it goes on; say whether there is one."""
        self.events.append((event, data))
        hearers = [one for one in self.sessions.values() if one.serves(guild)]
        if not hearers:
            self.lost.append((event, data))
        for session in hearers:
            session.sent.append((event, data))
            if session.line is not None:
                session.queue.put_nowait(len(session.sent))
        return bool(hearers)

    # -- what goes wrong

    def drops(self, shard: int | None = None, code: int | None = None) -> None:
        """End connections (of one shard, or all): with a code, or without a word."""
        for session in self._of(shard):
            line, session.line = session.line, None
            assert line is not None
            if code is None:
                line.breaks()
            else:
                self._soon(line.socket.close(code=code))

    def reconnects(self, shard: int | None = None) -> None:
        """Ask connections to come again, as Discord does when it moves its machines."""
        for session in self._of(shard):
            assert session.line is not None
            self._soon(session.line.send(Op.RECONNECT))

    def invalidates(self, *, resumable: bool, shard: int | None = None) -> None:
        """Declare sessions invalid; with `resumable` they may go on all the same."""
        for session in self._of(shard):
            assert session.line is not None
            self._soon(session.line.send(Op.INVALID_SESSION, resumable))
            if not resumable:
                del self.sessions[session.id]

    def forgets(self) -> None:
        """Forget all sessions whose connection is gone: none of them can go on any more."""
        self.sessions = {key: one for key, one in self.sessions.items() if one.line is not None}

    def _of(self, shard: int | None) -> list[Session]:
        alive = [one for one in self.sessions.values() if one.line is not None]
        return [one for one in alive if shard is None or one.shard == shard]

    def _soon(self, what: Coroutine[object, object, object]) -> None:
        task = asyncio.create_task(what)
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def stop(self) -> None:
        """End all connections."""
        for line in list(self._lines):
            await line.socket.close(code=1001)
        await asyncio.gather(*self._sending, return_exceptions=True)

    # -- one connection

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve a connection until it ends."""
        if self.is_mute:
            raise web.HTTPBadGateway
        if request.query.get("v") != "10" or request.query.get("encoding") != "json":
            self.realm.violations.append(f"the gateway was asked for {dict(request.query)}")
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        line = Line(socket, request, zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None)
        self._lines.add(line)
        try:
            await line.send(Op.HELLO, {"heartbeat_interval": self.heartbeat_ms})
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._heard(line, json.loads(message.data))
        finally:
            self._lines.discard(line)
            await self._ended(line)
        return socket

    async def _heard(self, line: Line, told: Json) -> None:
        if told["op"] == Op.HEARTBEAT:
            self.heartbeats += 1
            if self.acks:
                await line.send(Op.HEARTBEAT_ACK)
        elif told["op"] in {Op.IDENTIFY, Op.RESUME}:
            line.session = await self._begun(line, told["op"], told["d"])
            if line.session is not None:
                line.telling = asyncio.create_task(self._tell(line.session, line))
            self.realm.changed()

    async def _ended(self, line: Line) -> None:
        session = line.session
        if session is not None and session.line is line:
            session.line = None
            if line.socket.close_code in {1000, 1001}:  # a proper goodbye ends the session
                self.sessions.pop(session.id, None)
        self.realm.changed()
        if line.telling is not None:
            line.telling.cancel()
            await asyncio.gather(line.telling, return_exceptions=True)

    async def _begun(self, line: Line, op: int, told: Json) -> Session | None:
        if self.closes_with:
            await line.socket.close(code=self.closes_with.pop(0))
            return None
        if told["token"] != self.realm.token:
            await line.socket.close(code=4004, message=b"Authentication failed.")
            return None
        return await (self._introduced(line, told) if op == Op.IDENTIFY else self._resumed(line, told))

    async def _introduced(self, line: Line, told: Json) -> Session | None:
        shard, shards = told.get("shard") or (0, 1)
        if not 0 <= shard < shards:
            await line.socket.close(code=4010, message=b"Invalid shard.")
            return None
        intents = int(told["intents"])
        if intents & _PRIVILEGED:
            await line.socket.close(code=4014, message=b"Disallowed intent(s).")
            return None
        self.left -= 1
        self.introductions.append((shard, self.realm.now()))
        for old in [one for one in self.sessions.values() if one.shard == shard and one.line is None]:
            del self.sessions[old.id]
        session = Session(f"session{len(self.introductions)}", shard, shards, intents, line)
        self.sessions[session.id] = session
        guilds = [one for one in self.realm.guilds.values() if one.bot is not None and session.serves(one.id)]
        ready = {
            "v": 10,
            "user": objects.me(self.realm.bot),
            "guilds": [{"id": str(one.id), "unavailable": True} for one in guilds],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": [shard, shards],
            "application": {"id": str(self.realm.bot.id), "flags": 0},
        }
        self._tells(session, "READY", ready)
        if intents & _GUILDS:
            for one in guilds:
                self._tells(session, "GUILD_CREATE", objects.guild(one) | {"channels": [], "members": []})
        return session

    async def _resumed(self, line: Line, told: Json) -> Session | None:
        session = self.sessions.get(str(told["session_id"]))
        if session is None:
            await line.send(Op.INVALID_SESSION, data=False)
            return None
        self.resumed += 1
        session.line = line
        session.queue = asyncio.Queue()
        for number in range(int(told["seq"]) + 1, len(session.sent) + 1):
            session.queue.put_nowait(number)
        self._tells(session, "RESUMED", {})
        return session

    @staticmethod
    def _tells(session: Session, event: str, data: Json) -> None:
        session.sent.append((event, data))
        session.queue.put_nowait(len(session.sent))

    async def _tell(self, session: Session, line: Line) -> None:
        queue = session.queue
        while True:
            number = await queue.get()
            event, data = session.sent[number - 1]
            await line.send(Op.DISPATCH, data, event=event, number=number)
            self.realm.changed()
