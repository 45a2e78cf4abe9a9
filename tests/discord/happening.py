"""Interactions as Discord words them, for tests that need no server."""

from __future__ import annotations

from itertools import count
from typing import Any

Json = dict[str, Any]
APP, SPACE, CHANNEL, THREAD, DIRECT = 900, 700, 800, 810, 820
ADA, BEN = 101, 102
EPHEMERAL = 64
MANAGE_GUILD, ADMINISTRATOR = 1 << 5, 1 << 3
OPEN_THREADS, WRITE_IN_THREADS = 1 << 35, 1 << 38
ALL_THREADS = OPEN_THREADS | WRITE_IN_THREADS
_numbers = count(5_000)


def command(name: str, *options: Json, resolved: Json | None = None, **more: Any) -> Json:  # noqa: ANN401
    """Return the interaction of a command."""
    data: Json = {"id": "1", "type": 1, "name": name, "options": list(options)}
    return happened(2, data | ({"resolved": resolved} if resolved else {}), **more)


def option(name: str, value: object, kind: int = 3) -> Json:
    """Return what was said along with a command."""
    return {"name": name, "type": kind, "value": value}


def tapped(custom_id: str, *, on: Json | None = None, kind: int = 2, **more: Any) -> Json:  # noqa: ANN401
    """Return the interaction of a tapped button."""
    data = {"custom_id": custom_id, "component_type": kind, "id": 1}
    return happened(3, data, message=on or message(custom_id), **more)


def sent(custom_id: str, answers: Json, *, on: Json | None = None, **more: Any) -> Json:  # noqa: ANN401
    """Return the interaction of a sent form, with words in each field."""
    parts = [
        {"type": 18, "id": 2, "component": {"type": 4, "id": 3, "custom_id": field, "value": words}}
        for field, words in answers.items()
    ]
    more |= {"message": on} if on else {}
    return happened(5, {"custom_id": custom_id, "components": parts}, **more)


def message(*custom_ids: str, ephemeral: bool = False, number: int = 5) -> Json:
    """Return a message of the bot's with such buttons."""
    row = {"type": 1, "id": 1, "components": [button(one) for one in custom_ids]}
    return {
        "id": str(number),
        "type": 0,
        "channel_id": str(CHANNEL),
        "author": {"id": str(APP), "username": "bot", "discriminator": "0", "avatar": None, "bot": True},
        "content": "A card",
        "timestamp": "2026-01-01T00:00:00+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "pinned": False,
        "flags": EPHEMERAL if ephemeral else 0,
        "components": [row] if custom_ids else [],
    }


def button(custom_id: str) -> Json:
    """Return a button."""
    return {"type": 2, "id": 2, "style": 1, "label": "A button", "custom_id": custom_id}


def user(number: int) -> Json:
    """Return a user."""
    return {
        "id": str(number),
        "username": f"p{number}",
        "global_name": f"P{number}",
        "discriminator": "0",
        "avatar": None,
    }


def happened(
    kind: int,
    data: Json,
    *,
    who: int = ADA,
    place: str = "channel",
    may: int = 0,
    bot_may: int = ALL_THREADS,
    nick: str | None = None,
    **more: Any,  # noqa: ANN401  # whatever else an interaction has
) -> Json:
    """Return an interaction in a channel, a thread or in direct messages, as the gateway brings it."""
    number = next(_numbers)
    found: Json = {
        "id": str(number),
        "application_id": str(APP),
        "type": kind,
        "data": data,
        "token": f"token-{number}",
        "version": 1,
        "locale": "en-US",
        "attachment_size_limit": 10_000_000,
        "app_permissions": str(bot_may),
        "entitlements": [],
        "authorizing_integration_owners": {"0": str(SPACE)},
        **more,
    }
    if place == "direct":
        direct = {"id": str(DIRECT), "type": 1, "last_message_id": None, "flags": 0}
        return found | {"user": user(who), "channel": direct, "channel_id": str(DIRECT), "context": 1}
    member = {
        "user": user(who),
        "roles": [],
        "joined_at": "2026-01-01T00:00:00+00:00",
        "deaf": False,
        "mute": False,
        "flags": 0,
        "nick": nick,
        "permissions": str(may),
    }
    where = thread() if place == "thread" else channel()
    guild = {"id": str(SPACE), "locale": "en-US", "features": []}
    return found | {
        "member": member,
        "channel": where,
        "channel_id": where["id"],
        "guild": guild,
        "guild_id": str(SPACE),
        "guild_locale": "en-US",
        "context": 0,
    }


def channel() -> Json:
    """Return a channel."""
    return {
        "id": str(CHANNEL),
        "type": 0,
        "name": "python",
        "guild_id": str(SPACE),
        "position": 0,
        "nsfw": False,
        "permissions": "0",
    }


def thread() -> Json:
    """Return a thread in it."""
    return {
        "id": str(THREAD),
        "type": 11,
        "name": "Rust beginners",
        "guild_id": str(SPACE),
        "parent_id": str(CHANNEL),
        "owner_id": str(BEN),
        "message_count": 1,
        "member_count": 2,
        "thread_metadata": {
            "archived": False,
            "auto_archive_duration": 1440,
            "archive_timestamp": "2026-01-01T00:00:00+00:00",
            "locked": False,
        },
        "permissions": "0",
    }
