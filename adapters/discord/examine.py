"""What is wrong with a bot's set-up on Discord, and what to do about it. Only looks: nothing is sent or changed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp

from adapters.discord.letter import Json
from adapters.discord.permissions import Needed, allowed_in, invite_link, lacking, needed
from bot.chat.findings import Finding, printable
from bot.chat.message import Room
from bot.records import dataclass

PATIENCE_S: Final = 5.0
"""How long to wait for each answer."""
ROOMS: Final = 20
"""In how many rooms to look, the first ones that are named."""
AT_ONCE: Final = 5
FEW_STARTS: Final = 50
"""With fewer sessions left to start, a bot that is started again and again soon cannot."""
SERVERS_A_SHARD: Final = 2_500
"""On how many servers one connection may be."""

_AGENT: Final = "DiscordBot (circlebot, 1)"
_HELLO: Final = 10
"""What the gateway says first, to everybody."""
_OUT_OF_SIGHT: Final = 50001
_IN_CHANNELS: Final = ("view_channel", "send_messages", "embed_links", "attach_files")
_VOICE: Final = frozenset({2, 13})
"""The types of channels in which people talk, and write beside it."""
_IN_THREADS: Final = ("view_channel", "send_messages_in_threads", "embed_links", "attach_files")

_COPY_IT: Final = (
    "Copy the token anew: the developer portal (https://discord.com/developers/applications), your application, page "
    "Bot, Reset Token; the one before is worthless then. If [discord] api_url is set, it must be the root of Discord's "
    "API, without /api."
)
_NETWORK: Final = (
    "Look at this machine's network and firewall: it must reach [discord] api_url (https://discord.com, if not set)."
)
_GATEWAY: Final = (
    "Look at this machine's network, firewall and proxy: it must be able to keep a WebSocket open to [discord] "
    "gateway_url (what Discord names, if not set)."
)
_NO_ENDPOINT: Final = (
    "Developer portal, your application, page General Information: leave Interactions Endpoint URL empty and save. As "
    "long as something stands there, commands, buttons and forms go there and never arrive here."
)
_NO_GRANT: Final = "Developer portal, your application, page Bot: switch Requires OAuth2 Code Grant off."
_ON_SERVERS: Final = "Developer portal, your application, page Installation: tick Guild Install, and save."
_WAIT: Final = "Discord allows so many a day. Leave the bot running, or stopped; do not start it again and again."


class _Silent(Exception):
    """Discord gave no answer that is one."""


class _Refused(Exception):
    """Discord would not answer: the status, and its own number for why."""

    def __init__(self, status: int, code: int) -> None:
        super().__init__(f"status {status}, code {code}")
        self.status, self.code = status, code


@dataclass(frozen=True, slots=True)
class _Api:
    """Discord's API, asked as the bot."""

    session: aiohttp.ClientSession
    root: str

    async def get(self, path: str) -> Json:
        """Return what is there. Raises `_Silent` and `_Refused`, which never hold the token."""
        try:
            async with self.session.get(f"{self.root}/api/v10{path}") as response:
                status, said = response.status, await response.json(content_type=None)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise _Silent(type(error).__name__) from None
        if not isinstance(said, dict):
            raise _Silent(f"status {status}")
        if status == HTTPStatus.OK:
            return said
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise _Silent(f"status {status}")
        raise _Refused(status, int(said.get("code", 0)))

    async def is_greeted(self, url: str) -> bool:
        """Say whether the gateway at an address says hello; nobody introduces themselves, so that no start counts."""
        try:
            async with asyncio.timeout(PATIENCE_S), self.session.ws_connect(f"{url}?v=10&encoding=json") as gateway:
                said: Any = json.loads(await gateway.receive_str())
        except (aiohttp.ClientError, OSError, TypeError, ValueError):
            return False
        return isinstance(said, dict) and said.get("op") == _HELLO


async def examine(  # what the settings say, by name
    token: str,
    api_url: str,
    *,
    gateway_url: str = "",
    shards: int = 0,
    native_events: bool = True,
    rooms: Sequence[tuple[Room, str]] = (),
) -> list[Finding]:
    """Return what was looked at, in the order in which to mend it; `rooms` are those where circles live, with names."""
    headers = {"Authorization": f"Bot {token}", "User-Agent": _AGENT}
    patience = aiohttp.ClientTimeout(total=PATIENCE_S)
    async with aiohttp.ClientSession(headers=headers, timeout=patience) as session:
        api = _Api(session, api_url.rstrip("/"))
        try:
            me, application = await api.get("/users/@me"), await api.get("/applications/@me")
        except _Refused as refused:
            return [_unknown(refused)]
        except _Silent as silent:
            return [_unanswered("the token", silent)]
        return [
            Finding(fine=True, what=f"discord: the token is {printable(me['username'])}'s"),
            *_account(application),
            *await _gateway(api, gateway_url, shards, int(application.get("approximate_guild_count", 0))),
            *await _rooms(api, me["id"], rooms, native_events=native_events),
            *_doors(application, native_events=native_events),
        ]


def _unknown(refused: _Refused) -> Finding:
    if refused.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}:
        return Finding(fine=False, what="discord: Discord does not know this token", remedy=_COPY_IT, refused=True)
    return Finding(fine=False, what=f"discord: Discord does not answer the bot ({refused})", remedy=_NETWORK)


def _unanswered(what: str, error: Exception) -> Finding:
    return Finding(fine=False, what=f"discord: no answer about {what} ({error})", remedy=_NETWORK)


def _account(application: Json) -> list[Finding]:
    """Say what was chosen in the developer portal."""
    found = []
    if address := application.get("interactions_endpoint_url"):
        host = printable(urlsplit(address).hostname or "another address")
        what = f"discord: what people do is sent to {host} instead of the bot"
        found.append(Finding(fine=False, what=what, remedy=_NO_ENDPOINT))
    else:
        found.append(Finding(fine=True, what="discord: commands, buttons and forms come over the gateway"))
    if application.get("bot_require_code_grant"):
        found.append(Finding(fine=False, what="discord: the invite link does not work alone", remedy=_NO_GRANT))
    where = application.get("integration_types_config") or {}
    if where and "0" not in where:
        found.append(Finding(fine=False, what="discord: nobody can add the bot to a server", remedy=_ON_SERVERS))
    return found


async def _gateway(api: _Api, gateway_url: str, shards: int, servers: int) -> list[Finding]:
    """Say whether the bot can connect, how often still, and with how many connections."""
    try:
        there = await api.get("/gateway/bot")
    except (_Refused, _Silent) as error:
        return [_unanswered("the gateway", error)]
    url = gateway_url or there["url"]
    host, greeted = urlsplit(url).hostname, await api.is_greeted(url)
    reached = f"discord: the gateway on {host} " + ("answers" if greeted else "cannot be reached")
    return [
        Finding(greeted, reached, "" if greeted else _GATEWAY),
        _starts(there["session_start_limit"], shards or there["shards"]),
        _shards(shards, there["shards"], servers),
    ]


def _starts(limit: Json, needed_now: int) -> Finding:
    left, again = limit["remaining"], timedelta(seconds=limit["reset_after"] // 1000)
    few = left < max(FEW_STARTS, needed_now)
    what = f"discord: {left} of {limit['total']} connections can still be begun" + (f" within {again}" if few else "")
    return Finding(not few, what, _WAIT if few else "")


def _shards(set_to: int, recommended: int, servers: int) -> Finding:
    """Compare how many connections there are to be with what Discord thinks right."""
    made = set_to or recommended
    what = f"discord: {made} connection{'' if made == 1 else 's'}"
    if made * SERVERS_A_SHARD < servers:
        what += f" for about {servers} servers: too few, Discord will refuse them"
        return Finding(fine=False, what=what, remedy=f"Set [discord] shards to 0, or to {recommended} or more.")
    if not set_to or set_to == recommended:
        return Finding(fine=True, what=f"{what}, as many as Discord recommends")
    return Finding(fine=True, what=f"{what}, as [discord] shards says; Discord recommends {recommended}")


async def _rooms(api: _Api, me: str, rooms: Sequence[tuple[Room, str]], *, native_events: bool) -> list[Finding]:
    """Say where circles live and the bot cannot do its work."""
    names: dict[Room, str] = {}
    for room, name in rooms:
        names.setdefault(room, printable(name) or f"the channel {room.thread or room.chat}")
    looked_at = list(names.items())[:ROOMS]
    if not looked_at:
        return [Finding(fine=True, what="discord: no circle lives in a channel yet")]
    look = _Look(api, me, asyncio.Semaphore(AT_ONCE), {})
    found = await asyncio.gather(*(look.at(room, name) for room, name in looked_at))
    problems = [problem for problem in found if problem]
    more = f" (the first {ROOMS} of {len(names)} were looked at)" if len(names) > ROOMS else ""
    fine = f"discord: may write in {len(looked_at) - len(problems)} of {len(looked_at)} channels with circles{more}"
    return [Finding(fine=True, what=fine), *problems, *await look.servers(native_events=native_events)]


@dataclass(frozen=True, slots=True)
class _Look:
    """A look around the channels, which asks for each server once."""

    api: _Api
    me: str
    gate: asyncio.Semaphore
    known: dict[str, asyncio.Task[tuple[Json, Json]]]

    async def at(self, room: Room, name: str) -> Finding | None:
        """Say what is wrong in a room, None if nothing is."""
        async with self.gate:
            try:
                return await self._at(room, name)
            except _Refused as refused:
                return _out_of_reach(refused, name)
            except _Silent as silent:
                return _unanswered(name, silent)

    async def _at(self, room: Room, name: str) -> Finding | None:
        channel = await self.api.get(f"/channels/{room.chat}")
        if room.thread:
            thread = await self.api.get(f"/channels/{room.thread}")
            if thread.get("thread_metadata", {}).get("locked"):
                remedy = "Unlock it (or type /circle in another channel, and post the circle there)."
                return Finding(fine=False, what=f"discord: the thread {name} is locked", remedy=remedy)
        guild, member = await self._server(channel["guild_id"])
        flags: tuple[str, ...] = _IN_THREADS if room.thread else _IN_CHANNELS
        if channel["type"] in _VOICE:
            flags += ("connect",)
        missing = lacking(allowed_in(guild, member, channel), flags)
        if not missing:
            return None
        return Finding(fine=False, what=f"discord: {name}: the bot lacks {_listed(missing)}", remedy=_give(missing))

    async def _server(self, server: str) -> tuple[Json, Json]:
        """Return a server and the bot as its member."""
        if server not in self.known:
            self.known[server] = asyncio.create_task(self._asked(server))
        return await self.known[server]

    async def _asked(self, server: str) -> tuple[Json, Json]:
        return await self.api.get(f"/guilds/{server}"), await self.api.get(f"/guilds/{server}/members/{self.me}")

    async def servers(self, *, native_events: bool) -> list[Finding]:
        """Say what the bot lacks on the servers it has seen, beside what it needs in each channel."""
        found = []
        for asked in self.known.values():
            if asked.exception():  # it was said of the channel
                continue
            guild, member = asked.result()
            flags = tuple(one.flag for one in needed(native_events=native_events) if one.flag.startswith("create"))
            if missing := lacking(allowed_in(guild, member), flags):
                what = f"discord: on {printable(guild['name'])} the bot lacks {_listed(missing)}"
                found.append(Finding(fine=False, what=what, remedy=_give(missing)))
        return found


def _out_of_reach(refused: _Refused, name: str) -> Finding:
    if refused.status == HTTPStatus.NOT_FOUND:
        remedy = "If it was deleted, type /circle in another channel, and post the circle there."
        return Finding(fine=False, what=f"discord: {name} is gone", remedy=remedy)
    if refused.code == _OUT_OF_SIGHT or refused.status == HTTPStatus.FORBIDDEN:
        remedy = (
            "If the bot is still on the server, give it View Channels there; else bring it back with the link below. "
            "What is still useful is sent then."
        )
        return Finding(fine=False, what=f"discord: {name}: the bot cannot see it", remedy=remedy)
    return _unanswered(name, refused)


def _listed(missing: Sequence[Needed]) -> str:
    return ", ".join(one.shown for one in missing)


def _give(missing: Sequence[Needed]) -> str:
    """Say where permissions are given, and what for."""
    reasons = "; ".join(f"{one.shown}: to {one.reason}" for one in missing)
    return f"Channel settings or Server Settings, Roles, the bot's role: allow it. {reasons}."


def _doors(application: Json, *, native_events: bool) -> list[Finding]:
    """Say how the bot comes to a server, and why it asks for what."""
    link = invite_link(application["id"], native_events=native_events)
    reasons = "; ".join(f"{one.shown}: to {one.reason}" for one in needed(native_events=native_events))
    who = "" if application.get("bot_public", True) else " Only the application's owner can (page Bot, Public Bot)."
    return [Finding(fine=True, what=f"discord: add it to a server: {link}", remedy=f"It asks for {reasons}.{who}")]
