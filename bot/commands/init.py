"""`circlebot init`: a few questions, and the settings are written."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import shlex
import sys
from collections.abc import Callable, Collection, Coroutine
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from bot.chat.findings import Finding
from bot.clock import SystemClock
from bot.commands import spoken
from bot.commands.asking import Unusable, checked, one_of, question, yes
from bot.commands.listening import PortTaken, hindrance
from bot.commands.settings_file import Chosen, settings_text
from bot.commands.started import as_started, program
from bot.commands.switched_on import NOBODY, SWITCH_ONE_ON, switched_on
from bot.config import BotSettings, DatabaseSettings, HttpSettings, Settings, load
from bot.errors import CalledOff, CircleBotError, ConfigError
from bot.i18n import Catalogue
from bot.settings_form import Section, variable
from bot.settings_platforms import DiscordSettings, TelegramSettings
from storage.backup import beside, check_folder
from storage.migrate import revision_of

_NOTHING_WRITTEN = "Nothing was written."
_NO_TOKEN_YET = {
    "Telegram": "Write /newbot to @BotFather in Telegram; it asks for a name and gives you a token.",
    "Discord": "https://discord.com/developers/applications, New Application, then its page Bot, Reset Token.",
}


def ask(config: Path) -> None:
    """Ask, verify the tokens, write the settings to `config`, and say what comes next."""
    check_folder(config)
    try:
        _ask(config)
    except click.Abort:
        click.echo(err=True)  # after the line on which nothing was answered
        raise CalledOff(_NOTHING_WRITTEN) from None


def _ask(config: Path) -> None:
    click.echo(
        f"A few questions, then {config} is written. Enter takes what stands in [brackets]; Ctrl-C ends it all.\n"
    )
    if config.exists() and not yes(
        f"{config} is there already. Replace it? The former is kept beside it.", default=False
    ):
        raise CalledOff(_NOTHING_WRITTEN)
    surroundings = _from_environment()
    chosen: Chosen = {}
    doors: list[str] = []
    _habits(chosen)
    platforms = [
        name
        for name, asks in (("telegram", _telegram), ("discord", _discord))
        if _platform(name, asks, chosen, surroundings, doors)
    ]
    if yes("Serve the chat page in the browser, too?", default=not platforms):
        chosen["web"] = {"enabled": True}
    _database(chosen)
    _operators(chosen, platforms)
    _port(chosen)
    written = _write(config, settings_text(chosen))
    on = switched_on(written)
    if not on:
        click.echo(f"\n{as_started(f'{NOBODY} {SWITCH_ONE_ON}')}")
    _say_what_next(config, doors, platforms, on)


def _from_environment() -> Settings:
    """Return the settings that the environment has by itself: it wins over the file."""
    try:
        return Settings()
    except ValidationError as error:
        keys = ", ".join(sorted({".".join(map(str, detail["loc"])) for detail in error.errors()}))
        raise CircleBotError(
            f"The environment has settings that cannot be used ({keys}). Mend or unset them."
        ) from None


# The questions


def _habits(chosen: Chosen) -> None:
    catalogue = Catalogue()
    language = question(
        f"Which language do people get until they choose one: {' or '.join(spoken.offered(catalogue))}?",
        spoken.chosen,
        default=spoken.meant(os.environ.get("LANG", ""), catalogue),
    )
    zone = question(
        "Which time zone?", lambda answer: checked(BotSettings, "zone", _as_zone(answer)), default=_zone_here()
    )
    chosen["bot"] = {"language": language, "zone": zone}


def _as_zone(answer: str) -> str:
    """Return the zone whose name it is but for upper and lower case, else the answer."""
    from zoneinfo import available_timezones  # noqa: PLC0415  # reads a folder

    return next((zone for zone in available_timezones() if zone.casefold() == answer.casefold()), answer)


def _zone_here() -> str:
    """Return this machine's zone, UTC where it has none."""
    from tzlocal import get_localzone_name  # noqa: PLC0415  # only needed here

    return get_localzone_name() or "UTC"


Asks = Callable[[Settings, dict[str, Any]], list[Finding] | None]
"""Fills a section, and returns what the platform said; None where one goes on without it after all."""


def _platform(name: str, asks: Asks, chosen: Chosen, surroundings: Settings, doors: list[str]) -> bool:
    """Ask for a platform; return whether it is served."""
    called = name.capitalize()
    if getattr(surroundings, name).token is not None:
        click.echo(f"\n{called}'s token is in the environment ({variable(name, 'token')}): it is not asked for.")
        return True
    if not yes(f"Serve {called}?", default=name == "telegram"):
        return False
    click.echo(f"  No token yet? {_NO_TOKEN_YET[called]}")
    section: dict[str, Any] = {}
    found = asks(surroundings, section)
    if found is None:
        return False
    doors += [finding.what for finding in found if ": add it to " in finding.what]
    chosen[name] = section
    return True


def _telegram(surroundings: Settings, section: dict[str, Any]) -> list[Finding] | None:
    from adapters.telegram.examine import examine  # noqa: PLC0415  # imported where it is switched on

    api_url = surroundings.telegram.api_url
    found = _token("Telegram", TelegramSettings, lambda token: examine(token, api_url), section)
    if found is None:
        return None
    how = question(
        "How do updates come? polling needs nothing more; webhook an https address that Telegram can reach.",
        one_of("polling", "webhook"),
        default="polling",
    )
    if how == "webhook":
        secret = secrets.token_urlsafe(32)
        kept = {"api_url": api_url, "mode": how, "webhook_secret": secret}
        url = question(
            "Which address does Telegram post to, such as https://circles.example.org/telegram?",
            lambda answer: checked(TelegramSettings, "webhook_url", answer, **kept),
        )
        section.update({"mode": how, "webhook_url": url, "webhook_secret": secret})
    return found


def _discord(surroundings: Settings, section: dict[str, Any]) -> list[Finding] | None:
    from adapters.discord.examine import examine  # noqa: PLC0415  # imported where it is switched on

    there = surroundings.discord
    return _token(
        "Discord",
        DiscordSettings,
        lambda token: examine(token, there.api_url, gateway_url=there.gateway_url or ""),
        section,
    )


def _token(
    called: str,
    model: type[Section],
    examine: Callable[[str], Coroutine[Any, Any, list[Finding]]],
    section: dict[str, Any],
) -> list[Finding] | None:
    """Ask for a token until the platform knows it, and return what the platform said; None to go on without it."""

    def usable(answer: str) -> str:
        return str(checked(model, "token", answer).get_secret_value()) if answer else ""

    while True:
        section["token"] = token = question(f"{called}'s token (what you type is not shown)", usable, hidden=True)
        if not token:
            click.echo(f"  Nothing was typed. {called} is served by a token: paste it here, unseen, then press Enter.")
            if yes(f"Go on without {called}?", default=False):
                return None
            _end_for_pipes(f"{called}'s token is missing")
            continue
        found = asyncio.run(examine(token))
        for finding in found:
            click.echo(f"  {'ok     ' if finding.fine else 'PROBLEM'}  {finding.what}")
            if finding.remedy and not finding.fine:
                click.echo(f"           {finding.remedy}")
        if found[0].fine:
            return found
        unsaid = f"{called} did not say whose token that is. Keep it all the same?"
        if not found[0].refused and yes(unsaid, default=False):
            return found
        _end_for_pipes(f"{called}'s token was not accepted")


def _end_for_pipes(why: str) -> None:
    """End where nobody types, who could try again."""
    if not sys.stdin.isatty():
        raise Unusable(f"{why}. Nothing was written.")


def _database(chosen: Chosen) -> None:
    kind = question(
        "Where is everything kept? sqlite is a file and needs nothing more; postgresql a server that is there.",
        one_of("sqlite", "postgresql"),
        default="sqlite",
    )
    if kind == "sqlite":
        url = "sqlite:///" + question("In which file?", _usable_file, default="circlebot.db")
    else:
        url = question(
            "Its address, postgresql://USER:PASSWORD@HOST/DATABASE (what you type is not shown)", _reached, hidden=True
        )
    chosen["database"] = {"url": url}


def _usable_file(answer: str) -> str:
    file = Path(answer).expanduser()
    folder = file.absolute().parent
    if re.search(r"[?#%]", answer) or file.is_dir():
        raise Unusable("that is no name for a file")
    if not folder.is_dir():
        raise Unusable(f"there is no folder {folder}: make it first")
    if not os.access(folder, os.W_OK):
        raise Unusable(f"you may not write in {folder}")
    return str(file)


def _reached(answer: str) -> str:
    url: str = checked(DatabaseSettings, "url", answer).get_secret_value()
    if not url.startswith("postgresql"):
        raise Unusable("that is no address of a PostgreSQL database")
    try:
        there = revision_of(url)
    except CircleBotError as error:
        raise Unusable(f"it cannot be reached: {_discreet(str(error), url)}") from None
    click.echo(f"  ok       it can be reached{'' if there else ', and is empty'}")
    return url


def _discreet(words: str, url: str) -> str:
    """Return what a server said, in one line, without the password."""
    password = re.search(r"://[^:@/]*:([^@/]+)@", url)
    line = " ".join(words.split())
    return line.replace(password[1], "…") if password else line


def _operators(chosen: Chosen, platforms: list[str]) -> None:
    """Ask who is told of trouble; what a platform calls them is known to few, so it may come later."""
    if not platforms and "web" not in chosen:
        return
    click.echo("\nWho runs the bot is told privately when something needs them: a full disk, a token that is refused.")
    if "web" in chosen:
        click.echo('Whoever is on the page says /status there: it shows the line for [bot], operators = ["web:…"].')
    named = []
    for platform in platforms:
        number = question(
            f"Your user number on {platform.capitalize()}? If you do not know it: /status, said to the bot, shows it",
            partial(_operator, platform),
            default="",
        )
        if number:
            named.append(f"{platform}:{number}")
    if named:
        chosen["bot"]["operators"] = named


def _operator(platform: str, answer: str) -> str:
    if answer:
        checked(BotSettings, "operators", (f"{platform}:{answer}",))
    return answer


def _port(chosen: Chosen) -> None:
    """Ask for a port only where the usual one is taken, as by the demo."""
    usual = HttpSettings()
    if hindrance(usual.host, usual.port) is None:
        return

    def free(answer: str) -> int:
        if not answer.isdecimal():
            raise Unusable("a port is a number")
        port: int = checked(HttpSettings, "port", int(answer))
        why = hindrance(usual.host, port)
        if why is not None:
            raise Unusable("something listens there, too" if isinstance(why, PortTaken) else why.why)
        return port

    another = next((port for port in range(usual.port + 1, usual.port + 100) if not hindrance(usual.host, port)), 0)
    words = f"Something listens on port {usual.port} already (the demo?). Which one is the bot to take?"
    chosen["http"] = {"port": question(words, free, default=str(another))}


# Writing


def _write(config: Path, text: str) -> Settings:
    """Write the file whole at once, for its owner alone; the former one is kept beside it. Return what holds now."""
    with beside(config) as folder:
        made = folder / "config.toml"
        made.touch(mode=0o600)
        made.write_text(text, encoding="utf-8")
        try:
            settings = load(made)
        except ConfigError as error:  # only the environment can add what is wrong
            raise ConfigError([problem.replace(str(made), str(config)) for problem in error.problems]) from None
        if config.exists():
            now: datetime = SystemClock().now()
            kept = config.with_name(f"{config.name}.before-{now:%Y%m%d-%H%M%S}")
            config.replace(kept)
            click.echo(f"\nThe former settings are in {kept}.")
        made.replace(config)
    click.echo(f"\nWritten: {config}. Only you can read it; keep it so, it holds what lets one speak as the bot.")
    return settings


def _say_what_next(config: Path, doors: list[str], platforms: list[str], on: Collection[str]) -> None:
    option = "" if config == Path("config.toml") else f" --config {shlex.quote(str(config))}"
    steps = [(f"{program()} check{option}", "says whether everything is well")]
    if on:  # else it would only say once more that nothing is
        steps.append((f"{program()} run{option}", "starts the bot"))
    steps += [(door.removeprefix("telegram: ").removeprefix("discord: "), "") for door in doors]
    if "web" in on:
        steps.append((f"{program()} web-link{option} NAME", "prints the link by which somebody signs in to the page"))
    steps += [(f"docs/{platform}.md", "goes on from there") for platform in platforms]
    width = max(len(step) for step, what in steps if what)
    click.echo("\nWhat comes next:")
    for number, (step, what) in enumerate(steps, start=1):
        click.echo(f"  {number}. {step:{width}}  {what}".rstrip())
