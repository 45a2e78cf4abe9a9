"""Updates as Telegram words them, for tests that need no server."""

from __future__ import annotations

from itertools import count
from typing import Any

from telegram import Update

Json = dict[str, Any]
ADA, BEN = 101, 102
GROUP = -1001
_numbers = count(1)


def person(user: int) -> Json:
    """Return a User."""
    return {"id": user, "is_bot": False, "first_name": f"P{user}"}


def place(chat: int) -> Json:
    """Return a Chat: a private one for a person's number."""
    return {"id": chat, "type": "private"} if chat > 0 else {"id": chat, "type": "supergroup", "title": "The room"}


def said(user: int, words: str, chat: int | None = None, **more: object) -> Json:
    """Return the update of a message."""
    message = {
        "message_id": next(_numbers),
        "date": 1,
        "chat": place(user if chat is None else chat),
        "from": person(user),
        "text": words,
        **more,
    }
    return {"update_id": next(_numbers), "message": message}


def tapped(user: int, payload: str, chat: int | None = None) -> Json:
    """Return the update of a tapped button."""
    where = place(user if chat is None else chat)
    card = {"message_id": 5, "date": 1, "chat": where, "text": "A card", "reply_markup": bearing(payload)}
    query = {"id": "7", "from": person(user), "chat_instance": "1", "data": payload, "message": card}
    return {"update_id": next(_numbers), "callback_query": query}


def bearing(*payloads: str) -> Json:
    """Return what stands below a message with such buttons."""
    return {"inline_keyboard": [[{"text": "A button", "callback_data": payload}] for payload in payloads]}


def added(user: int, chat: int = GROUP) -> Json:
    """Return the update that says that the bot was added to a group."""
    us = {"id": 999, "is_bot": True, "first_name": "Bot"}
    change = {
        "chat": place(chat),
        "from": person(user),
        "date": 1,
        "old_chat_member": {"user": us, "status": "left"},
        "new_chat_member": {"user": us, "status": "member"},
    }
    return {"update_id": next(_numbers), "my_chat_member": change}


def update(data: Json) -> Update:
    """Return an update as the library reads it."""
    return Update.de_json(data, None)
