"""A message as data for the page: pure, and mypy proves it complete. The page makes text nodes of it, never markup."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.chat.message import Button, Message, Picture
from bot.chat.text import Bold, Link, Mention, Moment, Slash, Span, Text, Typed

if TYPE_CHECKING:
    from adapters.web.frames import Json
    from adapters.web.transcript import Post

_PNG_SIZE = slice(16, 24)


def instant(at: datetime) -> str:
    """Return an instant as the page's `Date` reads it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def is_web_address(url: str) -> bool:
    """Say whether following `url` can only open a page: no script, no file, no other program."""
    return urlsplit(url).scheme in {"http", "https"}


def span(part: Span) -> str | Json:
    """Return one span: a string for plain words, else an object whose first key says what it is."""
    match part:
        case str() | Slash():
            return str(part)
        case Bold(words):
            return {"bold": words}
        case Typed(words):
            return {"typed": words}
        case Moment(at, zone, shape):
            return {"moment": instant(at), "zone": zone, "shape": shape.value}
        case Mention(name, accounts):
            return {"mention": name, "users": [user for platform, user in accounts if platform == "web"]}
        case Link(words, url):
            return {"link": words, "url": url} if is_web_address(url) else words


def spans(text: Text) -> list[str | Json]:
    """Return a text's spans in reading order; plain words in a row are one."""
    found: list[str | Json] = []
    for part in map(span, text.spans):
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        else:
            found.append(part)
    return found


def button(shown: Button) -> Json:
    """Return a button: its payload under `press`, or its address under `url`."""
    drawn: Json = {"label": shown.label, "style": shown.style.value}
    if shown.intent is not None:
        drawn["press"] = shown.intent.payload()
    elif is_web_address(shown.url):
        drawn["url"] = shown.url
    return drawn


def digest(picture: Picture) -> str:
    """Return the name under which a picture is kept: the same for the same image."""
    return blake2b(picture.png, digest_size=20).hexdigest()


def picture(shown: Picture) -> Json:
    """Return a picture by its digest, with its size in pixels so that nothing jumps when it arrives."""
    width, height = (int.from_bytes(shown.png[_PNG_SIZE][at : at + 4], "big") for at in (0, 4))
    return {"digest": digest(shown), "alt": shown.alt, "name": shown.name, "width": width, "height": height}


def drawn(message: Message) -> Json:
    """Return a whole message; a chart in it has been drawn before."""
    body: Json = {"spans": spans(message.text)}
    if message.text.language:
        body["lang"] = message.text.language
    if message.title:
        body["title"] = message.title
    if message.rows:
        body["rows"] = [[button(each) for each in row] for row in message.rows]
    if isinstance(message.picture, Picture):
        body["picture"] = picture(message.picture)
    if message.card:
        body["card"] = message.card.kind
    return body


def has_button(body: Mapping[str, Any], payload: str) -> bool:
    """Say whether a message as `drawn` has a button with that payload."""
    return any(shown.get("press") == payload for row in body.get("rows", ()) for shown in row)


def room_name(chat: str, *, private: bool) -> str:
    """Return a room's name on the wire."""
    return f"{'p' if private else 'g'}:{chat}"


def post(stored: Post, reader: str) -> Json:
    """Return a stored post as `reader` gets it."""
    return {
        "id": stored.id,
        "room": room_name(stored.chat, private=stored.private),
        "version": stored.version,
        "at": instant(stored.at),
        "edited": stored.edited_at is not None,
        "author": stored.author,
        "name": stored.author_name if stored.author else "",
        "mine": stored.author == reader,
        "only": bool(stored.only_for),
        "body": stored.body,
    }
