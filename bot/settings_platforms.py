"""The settings of the chat platforms: what switches each of them on, and what is accepted there."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo

from bot.settings_form import Accepts, Section


class TelegramMode(StrEnum):
    """How Telegram's updates come to the bot."""

    POLLING = "polling"
    """The bot asks for them; needs no address of its own."""
    WEBHOOK = "webhook"
    """Telegram posts them to an address of ours."""


def web_address(value: str) -> str:
    """Return an address without the slash at its end; raises ValueError for what is none."""
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
    root = web_address(value)
    if re.search(r"/bot\d*(:[\w-]*)?$", root):
        raise ValueError("give the part before /bot")
    return root


DISCORD = "https://discord.com"
"""The root of Discord's own servers."""


def _discord_token(value: SecretStr | None) -> SecretStr | None:
    value = SecretStr(value.get_secret_value().strip()) if value else None  # as with Telegram's
    if value and not re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", value.get_secret_value(), re.ASCII):
        raise ValueError(
            "not a token: one is three parts with two dots between them; "
            "the client secret, the public key and the application's id are other things"
        )
    return value


def _discord_root(value: str) -> str:
    root = web_address(value)
    if re.search(r"/api(/v\d*)?$", root):
        raise ValueError("give the part before /api")
    return root


def _gateway(value: str | None) -> str | None:
    if value is None:
        return None
    parts = urlsplit(value)
    odd = parts.query or parts.fragment or parts.port == 0  # as with web addresses
    if parts.scheme not in {"ws", "wss"} or not parts.hostname or odd:
        raise ValueError("not the address of a WebSocket")
    return value


def _webhook_url(value: str | None, found: ValidationInfo) -> str | None:
    """Check the address; what its form may be hangs on whose server posts to it."""
    if value is None:
        _needed_for_webhook(found)
        return None
    address = web_address(value)
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
        examples=["https://circles.example.org/telegram"],
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
        examples=["/from-telegram"],
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


class DiscordSettings(Section):
    """Discord: off, and not even loaded, as long as there is no token."""

    token: Annotated[
        SecretStr | None,
        AfterValidator(_discord_token),
        Accepts("the text that Reset Token shows, on the page Bot of the developer portal"),
    ] = Field(default=None, description="The bot's token; with it, `run` serves Discord.")
    api_url: Annotated[
        str,
        AfterValidator(_discord_root),
        Accepts('the root of Discord\'s API, before /api/v10, such as "http://127.0.0.1:8082"'),
    ] = Field(default=DISCORD, description="Discord's API: its own, or a proxy of it.")
    gateway_url: Annotated[
        str | None,
        AfterValidator(_gateway),
        Accepts('a whole address that starts with ws:// or wss://, such as "ws://127.0.0.1:8083"'),
    ] = Field(
        default=None,
        examples=["ws://127.0.0.1:8083"],
        description="Where the bot connects for what people do; what the API names, if not said otherwise.",
    )
    shards: Annotated[int, Field(ge=0, le=16_384), Accepts("a whole number from 0 to 16384")] = Field(
        default=0, description="How many connections share the servers; 0 takes as many as Discord recommends."
    )
    native_events: Annotated[bool, Accepts("true or false")] = Field(
        default=True, description="Whether each circle's next meeting is kept among the events of its server, too."
    )
