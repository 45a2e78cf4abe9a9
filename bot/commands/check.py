"""`circlebot check`: what is wrong with this configuration, database, clock and platforms, and what to do about it."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

from bot.chat.findings import Finding
from bot.chat.message import Room
from bot.commands import check_database, check_machine
from bot.commands.check_machine import THIS, Machine
from bot.commands.listening import PortTaken, hindrance
from bot.commands.switched_on import NOBODY, SWITCH_ONE_ON, switched_on
from bot.config import DEFAULT_FILE, Settings, load
from bot.domain.circles import CircleState
from bot.errors import CircleBotError, ConfigError
from bot.i18n import Catalogue
from bot.logs import set_up
from bot.ports import Store
from bot.settings_platforms import TelegramMode
from storage.engine import Database, parsed
from storage.migrate import is_current

HEALTH_S = 3.0
"""How long to wait for the answer of a bot that may be running."""


async def examine(config: Path | None, machine: Machine = THIS) -> list[Finding]:
    """Return everything that was looked at on a machine, in the order in which to mend it."""
    try:
        settings = load(config)
    except ConfigError as error:
        return [Finding(fine=False, what=f"settings: {problem}") for problem in error.problems]
    set_up("warning", "text", settings.secrets())
    findings = [_settings(config)]
    findings += [Finding(fine=False, what=f"settings: {remark}") for remark in settings.remarks()]
    findings += [*check_machine.secrecy(config, settings), check_machine.clock(machine)]
    findings += await check_machine.clocks_elsewhere(_addresses(settings))
    findings += [check_machine.zones(machine), _languages(), *check_machine.disk(settings, machine), _port(settings)]
    findings += [
        _platforms(settings),
        *_operators(settings),
        *await check_database.database(settings, switched_on(settings)),
    ]
    findings += await _telegram(settings)
    findings += await _discord(settings)
    return findings


def _settings(config: Path | None) -> Finding:
    """Say that they can be used; and where a file of them was looked for in vain, for it may lie in another folder."""
    usual = DEFAULT_FILE.absolute()
    if config is not None or usual.exists():
        return Finding(fine=True, what="settings: can be used")
    return Finding(
        fine=True,
        what=f"settings: can be used; there is no {usual}, so the environment and the defaults are all there is",
        remedy="If there are settings in another folder, go there first, or name the file with --config.",
    )


def _languages() -> Finding:
    return Finding(fine=True, what=f"languages: {', '.join(Catalogue().languages)}")


def _port(settings: Settings) -> Finding:
    http = settings.http
    why = hindrance(http.host, http.port)
    if why is None:
        return Finding(fine=True, what=f"http: {http.host}:{http.port} is free")
    found = _readiness(f"http://{http.host}:{http.port}/readyz") if isinstance(why, PortTaken) else None
    if found is not None:
        missing = ", ".join(map(str, found["missing"]))
        how = f"but {missing}" if missing else "and ready"
        remedy = "What does not pass by itself is named further down, or in the log." if missing else ""
        return Finding(not missing, f"http: the bot is running on {http.host}:{http.port}, {how}", remedy)
    return Finding(fine=False, what=f"http: {why.why}", remedy=why.remedy)


def _readiness(address: str) -> Mapping[str, Any] | None:
    """Return what the bot that answers there says of itself, None where none does."""
    try:
        with urllib.request.urlopen(address, timeout=HEALTH_S) as answer:  # noqa: S310  # our own http address
            said = json.load(answer)
    except HTTPError as unwell:
        with unwell:
            said = _read(unwell)
    except (OSError, ValueError):
        return None
    return said if isinstance(said, dict) and isinstance(said.get("missing"), list) else None


def _read(answer: HTTPError) -> object:
    try:
        return json.load(answer)
    except (OSError, ValueError):
        return None


def _addresses(settings: Settings) -> dict[str, str]:
    """Return where the platforms are that are switched on, by what people call them."""
    telegram = {"Telegram": settings.telegram.api_url} if settings.telegram.token else {}
    return telegram | ({"Discord": settings.discord.api_url} if settings.discord.token else {})


def _operators(settings: Settings) -> list[Finding]:
    """Say who is told of trouble, where there are platforms on which somebody could be."""
    if not _addresses(settings):
        return []
    named = settings.bot.operator_accounts
    if not named:
        what = "operators: nobody is named, so nobody is told when something needs them"
        return [Finding(fine=True, what=what, remedy="Say /status to the bot; it shows the line for [bot] operators.")]
    return [
        Finding(
            fine=False,
            what=f"operators: {platform}:{user} cannot be told of anything: {platform} is not switched on",
            remedy="Name an account on a platform that is, or switch that one on.",
        )
        for platform, user in named
        if platform not in switched_on(settings)
    ] or [Finding(fine=True, what=f"operators: {len(named)} named")]


def _platforms(settings: Settings) -> Finding:
    on = ", ".join(switched_on(settings).values())
    if not on:
        return Finding(fine=False, what=f"platforms: {NOBODY}", remedy=SWITCH_ONE_ON)
    return Finding(fine=True, what=f"platforms switched on: {on}")


async def _telegram(settings: Settings) -> list[Finding]:
    """Ask Telegram itself, where it is switched on; where it is not, nothing of it is imported."""
    telegram = settings.telegram
    if telegram.token is None:
        return []
    from adapters.telegram.examine import examine as ask  # noqa: PLC0415  # see the docstring

    webhook = telegram.webhook_address if telegram.mode is TelegramMode.WEBHOOK else ""
    rooms = await _rooms(settings, "telegram")
    return await ask(telegram.token.get_secret_value(), telegram.api_url, webhook_url=webhook, rooms=rooms)


async def _discord(settings: Settings) -> list[Finding]:
    """Ask Discord itself, where it is switched on; where it is not, nothing of it is imported."""
    discord = settings.discord
    if discord.token is None:
        return []
    from adapters.discord.examine import examine as ask  # noqa: PLC0415  # see the docstring

    return await ask(
        discord.token.get_secret_value(),
        discord.api_url,
        gateway_url=discord.gateway_url or "",
        shards=discord.shards,
        native_events=discord.native_events,
        rooms=await _rooms(settings, "discord"),
    )


async def _rooms(settings: Settings, platform: str) -> list[tuple[Room, str]]:
    """Return the rooms on a platform in which circles live that have not ended; none without a database."""
    url = settings.database.url.get_secret_value()

    def rooms(store: Store) -> list[tuple[Room, str]]:
        circles = [
            circle for community in store.communities.all() for circle in store.circles.of_community(community.id)
        ]
        places = [
            place
            for circle in circles
            if circle.state is not CircleState.ENDED
            for place in store.places.of_circle(circle.id)
        ]
        return [(place.room, place.title) for place in places if place.room.platform == platform]

    try:
        if check_database.is_to_be_made(parsed(url)) or not is_current(url):
            return []
        database = Database.open(url)
        try:
            return await database.read(rooms)
        finally:
            await database.close()
    except CircleBotError:  # it has been said of the database
        return []
