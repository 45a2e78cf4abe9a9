"""What may be said: texts, keyboards, commands, pictures, each within Telegram's limits."""

from __future__ import annotations

import re
import struct
from typing import Any

from tests.telegram.server.call import Call
from tests.telegram.server.markup import cleaned, is_empty, parsed, trimmed, units
from tests.telegram.server.problems import JsonObject, bad

_ACTIONS = {"url", "callback_data", "web_app", "login_url", "switch_inline_query", "copy_text", "pay"} | {
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "callback_game",
}
_A_ROW, _A_MESSAGE = 8, 100
_ADDRESS = re.compile(r"(https?://)?[^\s/.:?#@]+(\.[^\s/.:?#@]+)+(:\d+)?([/?#]\S*)?|tg://\S+")

_SCOPES = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"


def text_of(call: Call, name: str = "text", *, most: int = 4096) -> tuple[str, list[JsonObject]]:
    """Return a text or caption and its entities; raise a `Problem` where Telegram would not take it."""
    written = cleaned(call.words(name))
    mode = call.words("parse_mode")
    if mode.lower() == "html":
        text, entities = parsed(written)
    elif mode:
        raise bad("unsupported parse_mode" if mode.lower() not in {"markdown", "markdownv2"} else "only HTML here")
    else:
        of_text = "entities" if name == "text" else "caption_entities"
        text, entities = trimmed(written, call.list(of_text) or [])
    if is_empty(text) and name == "text":
        raise bad("message text is empty")
    if units(text) > most:
        raise bad(f"message {'is' if name == 'text' else 'caption is'} too long")
    return text, entities


def markup_of(call: Call, *, inline_only: bool = False) -> JsonObject | None:
    """Return the keyboard or the wish for a reply; raise a `Problem` where Telegram would not take it."""
    markup = call.object("reply_markup")
    if markup is None:
        return None
    if "inline_keyboard" in markup:
        _check_keyboard(markup["inline_keyboard"])
        return markup if any(markup["inline_keyboard"]) else None
    if inline_only:
        raise bad("inline keyboard expected")
    if markup.get("force_reply") is True:
        placeholder = markup.get("input_field_placeholder")
        if placeholder is not None and not 1 <= units(placeholder) <= 64:
            raise bad("input field placeholder must be of 1-64 characters")
        return markup
    if "keyboard" in markup or markup.get("remove_keyboard") is True:
        return markup
    raise bad("object expected as reply markup")


def _check_keyboard(rows: Any) -> None:  # noqa: ANN401  # it came from outside
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    if any(len(row) > _A_ROW for row in rows) or sum(map(len, rows)) > _A_MESSAGE:
        raise bad("REPLY_MARKUP_TOO_LONG")
    for row in rows:
        for button in row:
            _check_button(button)


def _check_button(button: JsonObject) -> None:
    words = button.get("text")
    if not isinstance(words, str) or is_empty(words):
        raise bad('can\'t parse inline keyboard button: Field "text" must be a non-empty String')
    actions = _ACTIONS & button.keys()
    if len(actions) != 1:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if "callback_data" in actions and not 1 <= len(str(button["callback_data"]).encode()) <= 64:
        raise bad("BUTTON_DATA_INVALID")
    if "url" in actions and not _ADDRESS.fullmatch(str(button["url"])):
        raise bad("BUTTON_URL_INVALID")
    if button.get("style", "primary") not in {"danger", "success", "primary"}:
        raise bad("BUTTON_STYLE_INVALID")


def commands_of(call: Call) -> list[JsonObject]:
    """Return a menu; raise a `Problem` where Telegram would not take it."""
    commands = call.list("commands")
    if commands is None:
        raise bad('parameter "commands" is required')
    if len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for one in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", str(one.get("command", "")).removeprefix("/")):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= units(str(one.get("description", "")).strip()) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return commands


def menu_key(call: Call) -> tuple[tuple[object, ...], str]:
    """Return for whom a menu is: its scope and language."""
    scope = call.object("scope") or {"type": "default"}
    kind = scope.get("type")
    if kind not in _SCOPES:
        raise bad("can't parse BotCommandScope: unsupported type specified")
    needs = _SCOPES[str(kind)]
    if not all(name in scope for name in needs):
        raise bad("can't parse BotCommandScope: chat_id or user_id missing")
    language = call.words("language_code")
    if not re.fullmatch(r"([a-z]{2})?", language):
        raise bad("invalid language code specified")
    return (kind, *(int(scope[name]) for name in needs)), language


def picture_of(call: Call) -> tuple[bytes, tuple[int, int]]:
    """Return a picture and its size; raise a `Problem` where Telegram would not take it."""
    named = call.words("photo")
    content = call.files.get(named.removeprefix("attach://") if named.startswith("attach://") else "photo")
    if content is None:
        raise bad("there is no photo in the request")
    if len(content) > 10 * 2**20:
        raise bad("file is too big")
    if content.startswith(_PNG) and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
    elif content.startswith(_JPEG):
        width, height = 100, 100
    else:
        raise bad("IMAGE_PROCESS_FAILED")
    if not (width and height) or width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise bad("PHOTO_INVALID_DIMENSIONS")
    return content, (width, height)
