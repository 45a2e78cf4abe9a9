"""Messages as people read them: Markdown read away, names for mentions, times in UTC."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from tests.discord.server.problems import Json
from tests.discord.server.state import Message

_ESCAPED = re.compile(r"\\([^A-Za-z0-9\s])")
_MOMENT = re.compile(r"<t:(-?\d+)(?::[tTdDfFsSR])?>")
_PERSON = re.compile(r"<@!?(\d+)>")
_CHANNEL = re.compile(r"<#(\d+)>")
_COMMAND = re.compile(r"</([^:>]+):\d+>")
_LINK = re.compile(r"\[([^\]]+)\]\(<?(https?://[^)\s>]+)>?\)")
_ADDRESS = re.compile(r"<(https?://[^>\s]+)>")
_LINE = re.compile(r"^(?:-# |#{1,3} |> )", re.MULTILINE)
_MARKS = (
    re.compile(r"\*\*(.+?)\*\*", re.DOTALL),
    re.compile(r"__(.+?)__", re.DOTALL),
    re.compile(r"~~(.+?)~~", re.DOTALL),
    re.compile(r"\|\|(.+?)\|\|", re.DOTALL),
    re.compile(r"(?<!\w)\*(\S(?:.*?\S)?)\*(?!\w)", re.DOTALL),
    re.compile(r"(?<!\w)_(\S(?:.*?\S)?)_(?!\w)", re.DOTALL),
    re.compile(r"`([^`]+)`"),
)
_HIDDEN = 0xF0000
"""Where in Unicode escaped characters wait while the marks are read."""


def read(markdown: str, names: Mapping[str, str] | None = None) -> str:
    """Return Markdown as people read it: what is escaped stays, marks go, `<t:…>` is a time in UTC."""
    names = names or {}
    text = _ESCAPED.sub(lambda found: chr(_HIDDEN + ord(found[1])), markdown)
    text = _MOMENT.sub(lambda found: moment(int(found[1])), text)
    text = _PERSON.sub(lambda found: f"@{names.get(found[1], found[1])}", text)
    text = _CHANNEL.sub(lambda found: f"#{names.get(found[1], found[1])}", text)
    text = _COMMAND.sub(r"/\1", text)
    text = _LINK.sub(r"\1", text)
    text = _ADDRESS.sub(r"\1", text)
    text = _LINE.sub("", text)
    for mark in _MARKS:
        text = mark.sub(r"\1", text)
    return "".join(chr(ord(one) - _HIDDEN) if _HIDDEN <= ord(one) < _HIDDEN + 0x20000 else one for one in text)


def moment(unix: int) -> str:
    """Return how a reader in London in winter sees a time, such as "Tuesday, 10 March 2026, 17:00"."""
    then = datetime.fromtimestamp(unix, UTC)
    return f"{then:%A}, {then.day} {then:%B %Y, %H:%M}"


def read_message(message: Message) -> str:
    """Return all words of a message, without its buttons."""
    if message.is_loading:
        return "thinking…"
    return "\n".join(part for part in _parts(message) if part)


def links(message: Message) -> list[str]:
    """Return the addresses in a message that can be followed."""
    texts = [message.content, *(str(embed.get("description", "")) for embed in message.embeds)]
    return [found[2] for text in texts for found in _LINK.finditer(text)] + [
        str(one["url"]) for one in message.all_buttons() if "url" in one
    ]


def _parts(message: Message) -> list[str]:
    parts = [read(message.content, message.names)]
    for embed in message.embeds:
        parts += _of_embed(embed, message.names)
    parts += [f"[{one.filename}: {one.description}]" for one in message.attachments]
    return parts


def _of_embed(embed: Json, names: Mapping[str, str]) -> list[str]:
    parts = [read(embed.get("title", ""), names), read(embed.get("description", ""), names)]
    for field in embed.get("fields", []):
        parts += [read(field["name"], names), read(field["value"], names)]
    return [*parts, embed.get("footer", {}).get("text", "")]
