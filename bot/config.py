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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from bot.errors import ConfigError

DEFAULT_FILE = Path("config.toml")
PREFIX = "CIRCLEBOT_"
_SEPARATOR = "__"
_LOCALES = Path(__file__).with_name("locales")


@dataclass(frozen=True, slots=True)
class Accepts:
    """What a setting takes, as it stands after "expected" in a message to whoever wrote something else."""

    words: str


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


def _split(value: object) -> object:
    """Take "a, b" from the environment for the list ["a", "b"]."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _account(value: str) -> str:
    if not re.fullmatch(r"[a-z]+:\S+", value):
        raise ValueError(f"{value!r} is not an account")
    return value


def _zone(value: str) -> str:
    from zoneinfo import ZoneInfo, available_timezones  # noqa: PLC0415  # only needed here, and reads a folder

    try:
        ZoneInfo(value)
    except (ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError
        raise ValueError("there is no such time zone") from None
    except KeyError:
        raise ValueError(f"there is no such time zone{_suggestion(value, available_timezones())}") from None
    return value


def languages() -> tuple[str, ...]:
    """Return the languages there are catalogues for, as BCP 47 tags, English (the language of the code) first."""
    found = {folder.parent.name.replace("_", "-") for folder in _LOCALES.glob("*/LC_MESSAGES")}
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
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("not a web address")
    return value.rstrip("/")


class Section(BaseModel):
    """A table of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class BotSettings(Section):
    """The bot itself."""

    name: Annotated[str, Field(min_length=1, max_length=32), Accepts("1 to 32 characters")] = Field(
        default="Circlebot", description="What the bot is called where a platform does not say."
    )
    language: Annotated[
        str, AfterValidator(_language), Accepts('the tag of a language there are texts for, such as "en"')
    ] = Field(default="en", description="The language of new communities, until they choose another.")
    zone: Annotated[
        str, AfterValidator(_zone), Accepts('the name of a time zone, such as "Europe/Berlin" or "UTC"')
    ] = Field(default="UTC", description="The time zone of new communities, until they choose another.")
    operators: Annotated[
        tuple[Annotated[str, AfterValidator(_account)], ...],
        NoDecode,
        BeforeValidator(_split),
        Accepts('a list of accounts, each the platform and the user\'s id there, such as ["telegram:123456789"]'),
    ] = Field(default=(), description="The accounts of the people who run this server.")


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
    pool_size: Annotated[int, Field(ge=1, le=100), Accepts("a whole number from 1 to 100")] = Field(
        default=5, description="How many connections to keep to PostgreSQL. SQLite does not use it."
    )


class HttpSettings(Section):
    """The server for the page, /healthz and calendar feeds."""

    host: Annotated[str, Field(min_length=1), Accepts('an address of this machine, such as "127.0.0.1"')] = Field(
        default="127.0.0.1", description="The address to listen on; 127.0.0.1 is reachable from this machine only."
    )
    port: Annotated[int, Field(ge=1, le=65535), Accepts("a whole number from 1 to 65535")] = Field(
        default=8080, description="The port to listen on."
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
    """Telegram. This version has no Telegram adapter yet and ignores the token; `circlebot check` says so."""

    token: Annotated[SecretStr | None, Accepts("the text that @BotFather gave you")] = Field(
        default=None, description="The bot's token."
    )


class Settings(BaseSettings):
    """All settings, checked. Frozen; secrets hide themselves when printed."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter=_SEPARATOR,
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
        if self.telegram.token:
            found.append("[telegram] token: this version has no Telegram adapter yet and ignores the token.")
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
    named = _read(path or DEFAULT_FILE, required=path is not None)
    source = str(path or DEFAULT_FILE)
    problems = [*_misspelt_in_file(named, source), *_misspelt_in_environment(os.environ)]
    known = {
        section: {key: value for key, value in table.items() if key in _keys(section)}
        for section, table in named.items()
        if section in Settings.model_fields and isinstance(table, dict)
    }
    try:
        settings = Settings(**known)
    except ValidationError as error:
        problems.extend(_wrong_values(error, known, source))
    except SettingsError as error:
        problems.append(f"The environment cannot be read as settings: {error}.")
    else:
        if not problems:
            return settings
    raise ConfigError(problems)


def variable(section: str, key: str) -> str:
    """Return the name in the environment of a setting."""
    return f"{PREFIX}{section}{_SEPARATOR}{key}".upper()


def all_keys() -> Iterator[tuple[str, str]]:
    """Yield (section, key) of every setting there is."""
    for section in Settings.model_fields:
        for key in _keys(section):
            yield section, key


def _section(name: str) -> type[Section]:
    annotation = Settings.model_fields[name].annotation
    assert isinstance(annotation, type) and issubclass(annotation, Section)  # noqa: S101, PT018  # holds by definition
    return annotation


def _keys(section: str) -> tuple[str, ...]:
    return tuple(_section(section).model_fields)


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


def _suggestion(wrong: str, right: object) -> str:
    """Return a clause that offers the nearest right name, or nothing where none is near."""
    from difflib import get_close_matches  # noqa: PLC0415  # not needed where all is well

    names = [str(name) for name in right] if isinstance(right, tuple | set | frozenset | list) else []
    lowered = {name.lower(): name for name in sorted(names)}
    near = get_close_matches(wrong.lower(), lowered, n=1, cutoff=0.6)
    return f"; did you mean {lowered[near[0]]}?" if near else ""


def _misspelt_in_file(named: Mapping[str, Any], source: str) -> Iterator[str]:
    sections = tuple(Settings.model_fields)
    for section, table in named.items():
        if section not in sections and not isinstance(table, dict):
            yield _astray(section, source)
        elif section not in sections:
            near = _suggestion(section, tuple(f"[{name}]" for name in sections)) or f"; there are {_listed(sections)}."
            yield f"{source}: there is no section [{section}]{near}"
        elif not isinstance(table, dict):
            yield f"{source}: {section} is a section: write [{section}] on a line of its own and its keys below."
        else:
            keys = _keys(section)
            for key in table:
                if key not in keys:
                    near = _suggestion(key, keys) or f"; its keys are {', '.join(keys)}."
                    yield f"{source}: there is no key {key} in [{section}]{near}"


def _astray(key: str, source: str) -> str:
    """Say of a key above the first section where it belongs."""
    homes = [section for section, name in all_keys() if name == key]
    if homes:
        return f"{source}: the key {key} stands outside its section: write it below [{homes[0]}]."
    near = _suggestion(key, {f"{name} in [{section}]" for section, name in all_keys()}) or "; keys stand in sections."
    return f"{source}: there is no key {key}{near}"


def _listed(sections: tuple[str, ...]) -> str:
    return ", ".join(f"[{name}]" for name in sections)


def _misspelt_in_environment(environ: Mapping[str, str]) -> Iterator[str]:
    """Find what looks like a setting and is none.

    Settings have a double underscore; a name without one is somebody else's unless it is nearly one of ours, such as
    CIRCLEBOT_TELEGRAM_TOKEN.
    """
    from difflib import get_close_matches  # noqa: PLC0415  # not needed where all is well

    names = {variable(section, key) for section, key in all_keys()}
    whole = {PREFIX + section.upper() for section in Settings.model_fields}
    for name in sorted(environ):
        upper = name.upper()
        if not upper.startswith(PREFIX) or upper in names or upper in whole:
            continue
        near = get_close_matches(upper, sorted(names), n=1, cutoff=0.8)
        if near:
            yield f"The environment: there is no setting {name}; did you mean {near[0]}?"
        elif _SEPARATOR in upper:
            yield f"The environment: there is no setting {name}. `circlebot check` knows: {', '.join(sorted(names))}."


def _wrong_values(error: ValidationError, named: Mapping[str, Mapping[str, Any]], source: str) -> Iterator[str]:
    """Say of each bad value where it stands, what is wrong with it and what is accepted."""
    seen = set()
    for detail in error.errors(include_url=False, include_context=True):
        section, key = (*(str(part) for part in detail["loc"]), "", "")[:2]
        if (section, key) in seen:
            continue
        seen.add((section, key))
        name = variable(section, key)
        field = _section(section).model_fields.get(key) if section in Settings.model_fields else None
        if field is None:  # a whole section in one variable, or a misspelt key in such a one
            yield f"The environment: {PREFIX}{section.upper()} is not usable: {detail['msg']}."
            continue
        from_environment = any(variable_name.upper() == name for variable_name in os.environ)
        where = f"The environment: {name}" if from_environment else f"{source}: [{section}] {key}"
        value = os.environ.get(name) if from_environment else named.get(section, {}).get(key)
        shown = "" if SecretStr in _types(field.annotation) else f" {_quoted(value)}"
        reason = f" ({detail['ctx']['error']})" if detail["type"] == "value_error" else ""
        accepts = next(item.words for item in field.metadata if isinstance(item, Accepts))
        yield f"{where}: the value{shown} cannot be used{reason}; expected {accepts}."


def _types(annotation: object) -> tuple[object, ...]:
    return (annotation, *getattr(annotation, "__args__", ()))


def _quoted(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)
