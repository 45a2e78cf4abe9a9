"""What Discord tells the contenders of `tests.bench.discord`: servers, members, cards, taps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.bench.token-that-is-as-long-as-a-real"  # made up
ME = {
    "id": "123456789012345678",
    "username": "circlebot",
    "discriminator": "0000",
    "global_name": None,
    "avatar": None,
    "bot": True,
    "flags": 0,
}
APPLICATION = {"id": ME["id"], "flags": 0}
LABELS = ("I'm coming", "Maybe", "Can't make it")
TITLE = "Circle 17 · meeting 1: Loops and lists"
TEXT = (
    "**Circle 17** (Python basics) meets on <t:1795539600:F> (<t:1795539600:R>), 90 minutes.\n[Join the call]"
    "(https://meet.example/py)\n\n**2 coming**: Ada Lovelace 1 and Grace Hopper 2\n**1 maybe**: Linus 3"
)
"""About what our card says: every contender draws a message of this size over one of this size."""
MEMBERS = 4
"""How many members of each server tap, in turn."""
PERMISSIONS = str(0b11111 << 10)


def server_id(number: int) -> int:
    """Return the id of a server."""
    return 600_000_000_000_000_000 + number


def channel_id(number: int) -> int:
    """Return the id of its channel."""
    return 700_000_000_000_000_000 + number


def card_id(number: int) -> int:
    """Return the id of the message that shows the card there."""
    return 800_000_000_000_000_000 + number


def user_id(number: int, member: int) -> int:
    """Return the id of a member of a server."""
    return 900_000_000_000_000_000 + number * MEMBERS + member


def message(number: int, payloads: Sequence[str]) -> dict[str, Any]:
    """Return a server's card as Discord tells it, with these payloads on its buttons."""
    return {
        "id": str(card_id(number)),
        "channel_id": str(channel_id(number)),
        "author": ME,
        "content": "",
        "timestamp": "2026-11-20T18:00:00.000000+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [{"type": "rich", "title": TITLE, "description": TEXT, "color": 3_447_003}],
        "components": [
            {
                "type": 1,
                "id": 1,
                "components": [
                    {"type": 2, "id": 2 + at, "style": 2, "label": label, "custom_id": payload}
                    for at, (label, payload) in enumerate(zip(LABELS, payloads, strict=True))
                ],
            }
        ],
        "pinned": False,
        "type": 0,
        "flags": 0,
    }


def tap(number: int, chosen: int, member: int, payload: str, payloads: Sequence[str]) -> dict[str, Any]:
    """Return a tap as it comes on the gateway."""
    return {
        "id": str(1_000_000_000_000_000_000 + number),
        "application_id": ME["id"],
        "type": 3,
        "token": f"a-token-as-long-as-a-real-one-is-{'x' * 180}{number}",
        "version": 1,
        "data": {"id": 2, "custom_id": payload, "component_type": 2},
        "guild_id": str(server_id(chosen)),
        "guild": {"id": str(server_id(chosen)), "locale": "en-US", "features": []},
        "guild_locale": "en-US",
        "locale": "en-US",
        "channel_id": str(channel_id(chosen)),
        "channel": {
            "id": str(channel_id(chosen)),
            "guild_id": str(server_id(chosen)),
            "name": "circle",
            "type": 0,
            "position": 0,
            "permissions": PERMISSIONS,
            "parent_id": None,
            "topic": None,
            "nsfw": False,
            "last_message_id": None,
            "rate_limit_per_user": 0,
            "flags": 0,
        },
        "member": {
            "user": {
                "id": str(user_id(chosen, member)),
                "username": f"person_{chosen}_{member}",
                "global_name": f"Person {member} of {chosen}",
                "discriminator": "0",
                "avatar": None,
                "public_flags": 0,
            },
            "roles": [],
            "joined_at": "2026-01-01T00:00:00.000000+00:00",
            "permissions": PERMISSIONS,
            "deaf": False,
            "mute": False,
            "flags": 0,
            "nick": None,
            "avatar": None,
            "premium_since": None,
            "pending": False,
        },
        "message": message(chosen, payloads),
        "app_permissions": PERMISSIONS,
        "entitlements": [],
        "authorizing_integration_owners": {"0": str(server_id(chosen))},
        "context": 0,
        "attachment_size_limit": 10_485_760,
    }


def announced(number: int, members: int) -> dict[str, Any]:
    """Return a whole server with its members, as it is told to those who ask for servers."""
    return {
        "id": str(server_id(number)),
        "name": f"Library {number}",
        "owner_id": str(user_id(number, 0)),
        "member_count": members,
        "unavailable": False,
        "roles": [{"id": str(server_id(number)), "name": "@everyone", "permissions": PERMISSIONS, "position": 0}],
        "channels": [{"id": str(channel_id(number)), "type": 0, "name": "circle", "position": 0}],
        "members": [
            {
                "user": {"id": str(number * 1000 + member), "username": f"m{member}", "discriminator": "0"},
                "roles": [],
                "joined_at": "2026-01-01T00:00:00.000000+00:00",
                "deaf": False,
                "mute": False,
                "flags": 0,
            }
            for member in range(members)
        ],
        "threads": [],
        "presences": [],
        "voice_states": [],
        "emojis": [],
        "stickers": [],
        "features": [],
    }
