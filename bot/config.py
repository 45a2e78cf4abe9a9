"""Settings: a TOML file, overridden by the environment, checked as a whole before anything starts.

Every setting lies in a section and is described once, in its field below: what it means, and what is accepted.
`[http] port` in the file is `CIRCLEBOT_HTTP__PORT` in the environment, and the environment wins. Whoever made a
mistake is told of all mistakes at once, in words, with the nearest right name for a misspelt one. Values of secret
settings are never shown.
"""

from __future__ import annotations

import os
import re
import tomllib
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote, unquote_plus

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from bot.domain.bounds import Kept
from bot.domain.words import as_tag
from bot.errors import ConfigError
from bot.settings_form import PREFIX, SEPARATOR, Accepts, Form, Section, suggestion
from bot.settings_platforms import DiscordSettings, TelegramMode, TelegramSettings, web_address

DEFAULT_FILE = Path("config.toml")
_LOCALES = Path(__file__).with_name("locales")


class LogLevel(StrEnum):
    """How much is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """How a line of the log looks: for people, or for programs."""

    TEXT = "text"
    JSON = "json"


def _zone(value: str) -> str:
    from zoneinfo import ZoneInfo, available_timezones  # noqa: PLC0415  # only needed here, and reads a folder

    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):  # unknown; not a name at all; a folder of zones
        raise ValueError(f"there is no such time zone{suggestion(value, available_timezones())}") from None
    return value


def languages() -> tuple[str, ...]:
    """Return the languages there are catalogues for, as BCP 47 tags, English (the language of the code) first."""
    found = {path.parent.parent.name.replace("_", "-") for path in _LOCALES.glob("*/LC_MESSAGES/*.po")}
    return ("en", *sorted(found - {"en"}))


def _language(value: str) -> str:
    known = {as_tag(tag): tag for tag in languages()}
    if (wanted := as_tag(value.strip())) not in known:
        raise ValueError(f"there are no texts in that language; there are: {', '.join(known.values())}")
    return known[wanted]


_ACCOUNT = {"telegram": r"[1-9]\d{0,15}", "discord": r"[1-9]\d{14,20}", "web": r"\S{1,64}"}
"""What users are known by on each platform: never a name, which others can take."""


def _operators(value: tuple[str, ...] | str) -> tuple[str, ...]:
    accounts = re.split(r"[\s,]+", value.strip(" ,")) if isinstance(value, str) and value.strip(" ,") else value
    for account in accounts:
        platform, colon, user = account.partition(":")
        if not colon or platform not in _ACCOUNT:
            near = suggestion(platform, _ACCOUNT) or f"; there are {', '.join(_ACCOUNT)}"
            raise ValueError(f'"{account}" does not begin with a platform and a colon{near}')
        if not re.fullmatch(_ACCOUNT[platform], user):
            raise ValueError(
                f'"{account}" does not name a user as {platform} knows them; /status, said to the bot privately, '
                "shows one's own"
            )
    return tuple(dict.fromkeys(accounts))


def _proxies(value: tuple[str, ...] | str) -> tuple[str, ...]:
    networks = tuple(value.replace(",", " ").split()) if isinstance(value, str) else value
    for one in networks:
        try:
            network = ip_network(one)
        except ValueError as error:
            raise ValueError(f'"{one}" is no network ({error})') from None
        if not network.prefixlen:
            raise ValueError(f'"{one}" is everybody: whoever asked could say who they are')
    return networks


def _metrics_token(value: SecretStr | None) -> SecretStr | None:
    token = value.get_secret_value() if value else ""
    if value and not re.fullmatch(r"[\x21-\x7e]{16,}", token):
        raise ValueError("too easy to guess, or with blanks in it")
    return value


def _database(value: SecretStr) -> SecretStr:
    """Give the address the form SQLAlchemy takes; postgres:// and postgresql:// are what providers hand out."""
    address = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", value.get_secret_value())
    if not re.match(r"sqlite://|postgresql\+psycopg://[^/]", address):
        raise ValueError("not a database that the bot can use")
    return SecretStr(address)


class BotSettings(Section):
    """What holds until a community chooses for itself."""

    language: Annotated[
        str, AfterValidator(_language), Accepts('the tag of a language there are texts for, such as "en"')
    ] = Field(default="en", description="The language of people and communities until they choose.")
    keep_days: Annotated[int, Field(ge=60, le=36_500), Accepts("a whole number of days from 60 to 36500")] = Field(
        default=400,
        description="For how many days what is over is kept: the log of what was sent, old cards, strangers.",
    )
    keep_circles_days: Annotated[
        int | None, Field(ge=60, le=36_500), Accepts("a whole number of days from 60 to 36500")
    ] = Field(
        default=None,
        examples=[1100],
        description="For how many days after its last meeting a circle that has ended is kept, with all that is in it; "
        "for good, if not said otherwise.",
    )
    operators: Annotated[
        tuple[str, ...] | str,  # in the environment simply with commas
        AfterValidator(_operators),
        Accepts('a list of accounts, each a platform, a colon and the user\'s number there: ["telegram:123456789"]'),
    ] = Field(default=(), description="Who runs the bot: told privately what needs them, and allowed /status.")
    zone: Annotated[
        str, AfterValidator(_zone), Accepts('the name of a time zone, such as "Europe/Berlin" or "UTC"')
    ] = Field(default="UTC", description="The time zone of people and communities until they choose.")

    @property
    def kept(self) -> Kept:
        """For how long what is over is kept."""
        circles = None if self.keep_circles_days is None else timedelta(days=self.keep_circles_days)
        return Kept(timedelta(days=self.keep_days), circles, self.operator_accounts)

    @property
    def operator_accounts(self) -> tuple[tuple[str, str], ...]:
        """Those who run the bot, each as a platform and a user there."""
        found = (account.partition(":") for account in self.operators)
        return tuple((platform, user) for platform, _, user in found)


class DatabaseSettings(Section):
    """Where everything is kept."""

    url: Annotated[
        SecretStr,
        AfterValidator(_database),
        Accepts('"sqlite:///FILE" or "postgresql+psycopg://USER:PASSWORD@HOST/DATABASE"'),
    ] = Field(
        default=SecretStr("sqlite:///circlebot.db"),
        description="The database: an SQLite file (seen from the working folder), or a PostgreSQL server.",
    )


class HttpSettings(Section):
    """The server for the page and /healthz."""

    host: Annotated[str, Field(min_length=1), Accepts('an address of this machine, such as "127.0.0.1"')] = Field(
        default="127.0.0.1", description="The address to listen on; 127.0.0.1 is reachable from this machine only."
    )
    port: Annotated[int, Field(ge=0, le=65535), Accepts("a whole number from 0 to 65535")] = Field(
        default=8080, description="The port to listen on; 0 takes any free one."
    )
    public_url: Annotated[
        str | None,
        AfterValidator(lambda value: value and web_address(value)),
        Accepts('an address that starts with http:// or https://, such as "https://circles.example.org"'),
    ] = Field(
        default=None,
        examples=["https://circles.example.org"],
        description="The address by which people reach this server, for the links it hands out.",
    )
    proxies: Annotated[
        tuple[str, ...] | str,  # in the environment simply with commas
        AfterValidator(_proxies),
        Accepts('a list of networks, such as ["173.245.48.0/20", "2400:cb00::/32"]'),
    ] = Field(
        default=(),
        description="The networks of the proxies before the one beside the bot: a CDN's. They say who asks.",
    )
    metrics_token: Annotated[
        SecretStr | None,
        AfterValidator(_metrics_token),
        Accepts("16 or more letters, digits and signs that nobody can guess"),
    ] = Field(default=None, description="What whoever reads /metrics has to send; without one, nobody may read them.")

    @property
    def networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """Where the proxies are that are believed, besides those beside the bot."""
        return tuple(map(ip_network, self.proxies))


class WebSettings(Section):
    """The chat in the browser."""

    enabled: Annotated[bool, Accepts("true or false")] = Field(
        default=False, description="Whether `run` serves the chat page; whoever signs in there speaks as its people."
    )


class LogSettings(Section):
    """What is written to the standard error stream."""

    level: Annotated[LogLevel, Accepts('"debug", "info", "warning" or "error"')] = Field(
        default=LogLevel.INFO, description="The least important thing that is logged."
    )
    format: Annotated[LogFormat, Accepts('"text" or "json"')] = Field(
        default=LogFormat.TEXT, description="Lines for people (text) or an object a line for programs (json)."
    )


class Settings(BaseSettings):
    """All settings, checked. Frozen; secrets hide themselves when printed."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter=SEPARATOR,
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    bot: BotSettings = BotSettings()
    database: DatabaseSettings = DatabaseSettings()
    http: HttpSettings = HttpSettings()
    web: WebSettings = WebSettings()
    log: LogSettings = LogSettings()
    telegram: TelegramSettings = TelegramSettings()
    discord: DiscordSettings = DiscordSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file, which is passed in as arguments; there are no other sources."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings

    def secrets(self) -> frozenset[str]:
        """Return all that must stand in no log: what is secret, whole and in the parts that libraries tell."""
        found: set[str] = set()
        for name in type(self).model_fields:
            section = getattr(self, name)
            values = (getattr(section, key) for key in type(section).model_fields)
            found.update(value.get_secret_value() for value in values if isinstance(value, SecretStr))
        addresses = {value for value in found if "://" in value}
        found -= addresses  # which are written without their passwords, and tell what is wrong with them
        for address in addresses:
            password = re.search(r"://[^/@:]*:(.+)@", address)
            found |= {password[1], unquote(password[1]), unquote_plus(password[1])} if password else set()
        if self.telegram.token:
            found.add(self.telegram.token.get_secret_value().partition(":")[2])
        return frozenset(found)

    def remarks(self) -> tuple[str, ...]:
        """Return what is allowed but will not do what its writer may expect, a sentence each, for `check` and `run`."""
        found = []
        if self.telegram.mode is TelegramMode.POLLING and self.telegram.webhook_url:
            found.append('[telegram] webhook_url is not used: set mode = "webhook", or leave it out.')
        if self.web.enabled and self.http.host not in {"127.0.0.1", "::1", "localhost"}:
            found.append(
                f"[web] enabled with [http] host {self.http.host}: the chat page, where one speaks as its people, "
                "can be reached from other machines. Put it behind a proxy with HTTPS, or listen on 127.0.0.1."
            )
        return tuple(found)


def load(path: Path | None = None) -> Settings:
    """Return the settings of the file at `path` and the environment.

    Without a path, `config.toml` of the working folder is read if there is one. Raises ConfigError with every problem.
    """
    found = _read(path or DEFAULT_FILE, required=path is not None)
    form = Form(Settings, found, str(path or DEFAULT_FILE), os.environ)
    problems = list(form.misspelt())
    try:
        settings = Settings(**form.usable())
    except ValidationError as error:
        problems.extend(form.wrong_values(error))
    except SettingsError as error:
        problems.append(f"The environment cannot be read as settings: {error}.")
    else:
        if not problems:
            return settings
    raise ConfigError(problems)


def _read(path: Path, *, required: bool) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if not required:
            return {}
        raise ConfigError([f"There is no file {path}. config.example.toml shows what one looks like."]) from None
    except OSError as error:
        raise ConfigError([f"{path} cannot be read: {error.strerror}."]) from error
    except UnicodeDecodeError as error:
        raise ConfigError([f"{path} is not UTF-8 text."]) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f'{path} is not valid TOML: {error}. A text stands in quotes: name = "…".']) from error
