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
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, ValidationInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from bot.errors import ConfigError
from bot.settings_form import PREFIX, SEPARATOR, Accepts, Form, suggestion

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


class TelegramMode(StrEnum):
    """How Telegram's updates come to the bot."""

    POLLING = "polling"
    """The bot asks for them; needs no address of its own."""
    WEBHOOK = "webhook"
    """Telegram posts them to an address of ours."""


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
    if value not in languages():
        raise ValueError(f"there are no texts in that language; there are: {', '.join(languages())}")
    return value


def _database(value: SecretStr) -> SecretStr:
    """Give the address the form SQLAlchemy takes; postgres:// and postgresql:// are what providers hand out."""
    address = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", value.get_secret_value())
    if not re.match(r"sqlite://|postgresql\+psycopg://[^/]", address):
        raise ValueError("not a database that the bot can use")
    return SecretStr(address)


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    odd = parts.query or parts.fragment or parts.port == 0  # `port` raises ValueError where it is too large
    if parts.scheme not in {"http", "https"} or not parts.hostname or odd:
        raise ValueError("not a web address")
    return value.rstrip("/")


TELEGRAM = "https://api.telegram.org"
"""The root of Telegram's own Bot API server."""
_TELEGRAM_PORTS = {None, 443, 80, 88, 8443}
"""The ports that Telegram's own servers post to (its setWebhook says so)."""


def _token(value: SecretStr | None) -> SecretStr | None:
    value = SecretStr(value.get_secret_value().strip()) if value else None  # a copied line brings its spaces along
    if value and not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", value.get_secret_value()):
        raise ValueError("not a token: one is a number, a colon, then letters, digits, - and _")
    return value


def _api_root(value: str) -> str:
    root = _web_address(value)
    if re.search(r"/bot\d*(:[\w-]*)?$", root):
        raise ValueError("give the part before /bot")
    return root


def _webhook_url(value: str | None, found: ValidationInfo) -> str | None:
    """Check the address; what its form may be hangs on whose server posts to it."""
    if value is None:
        _needed_for_webhook(found)
        return None
    address = _web_address(value)
    parts = urlsplit(address)
    if found.data.get("api_url") == TELEGRAM:  # another server may post to http and to any port
        if parts.scheme != "https":
            raise ValueError("Telegram posts to https only")
        if parts.port not in _TELEGRAM_PORTS:
            raise ValueError("Telegram posts to the ports 443, 80, 88 and 8443 only")
    return address


def _webhook_secret(value: SecretStr | None, found: ValidationInfo) -> SecretStr | None:
    if value and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value.get_secret_value()):
        raise ValueError("Telegram takes 1 to 256 of these characters: A-Z a-z 0-9 _ -")
    if not value:
        _needed_for_webhook(found)
    return value


def _needed_for_webhook(found: ValidationInfo) -> None:
    if found.data.get("mode") is TelegramMode.WEBHOOK:
        raise ValueError('mode = "webhook" needs it')


def _webhook_path(value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"/[A-Za-z0-9._~/-]*", value):
        raise ValueError("not a path: it begins with / and has letters, digits and . _ ~ / - only")
    if value == "/healthz":
        raise ValueError("the bot's health is told there")
    return value


class Section(BaseModel):
    """A table of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class BotSettings(Section):
    """What holds until a community chooses for itself."""

    language: Annotated[
        str, AfterValidator(_language), Accepts('the tag of a language there are texts for, such as "en"')
    ] = Field(default="en", description="The language of people and communities until they choose.")
    zone: Annotated[
        str, AfterValidator(_zone), Accepts('the name of a time zone, such as "Europe/Berlin" or "UTC"')
    ] = Field(default="UTC", description="The time zone of people and communities until they choose.")


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
        AfterValidator(lambda value: value and _web_address(value)),
        Accepts('an address that starts with http:// or https://, such as "https://circles.example.org"'),
    ] = Field(default=None, description="The address by which people reach this server, for the links it hands out.")


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


class TelegramSettings(Section):
    """Telegram: off, and not even loaded, as long as there is no token."""

    token: Annotated[SecretStr | None, AfterValidator(_token), Accepts("the text that @BotFather gave you")] = Field(
        default=None, description="The bot's token; with it, `run` serves Telegram."
    )
    api_url: Annotated[
        str,
        AfterValidator(_api_root),
        Accepts('the root of a Bot API server, before /bot<token>/, such as "http://127.0.0.1:8081"'),
    ] = Field(default=TELEGRAM, description="The Bot API server: Telegram's, or one of your own.")
    mode: Annotated[TelegramMode, Accepts('"polling" or "webhook"')] = Field(
        default=TelegramMode.POLLING,
        description="Whether the bot asks Telegram for updates (polling) or Telegram posts them (webhook).",
    )
    webhook_url: Annotated[
        str | None,
        AfterValidator(_webhook_url),
        Accepts('the whole address that Telegram posts to, such as "https://circles.example.org/telegram"'),
    ] = Field(
        default=None,
        validate_default=True,
        description="The address that Telegram posts to, needed for webhook; without a path, webhook_path is added.",
    )
    webhook_secret: Annotated[
        SecretStr | None,
        AfterValidator(_webhook_secret),
        Accepts("1 to 256 letters, digits, - and _ that nobody can guess"),
    ] = Field(
        default=None,
        validate_default=True,
        description="What shows that a post comes from Telegram, needed for webhook.",
    )
    webhook_path: Annotated[str | None, AfterValidator(_webhook_path), Accepts('a path, such as "/telegram"')] = Field(
        default=None,
        description="The path on this server where posts arrive; the path of webhook_url, if not said otherwise.",
    )

    @property
    def webhook_route(self) -> str:
        """The path on our own server at which Telegram's posts arrive."""
        return self.webhook_path or urlsplit(self.webhook_url or "").path or "/telegram"

    @property
    def webhook_address(self) -> str:
        """The whole address that Telegram is told, empty without one."""
        url = self.webhook_url or ""
        return url if not url or urlsplit(url).path else url + self.webhook_route


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
