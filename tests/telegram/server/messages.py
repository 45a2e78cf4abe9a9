"""The methods that write, change and take back messages, and answer taps."""

from __future__ import annotations

import re
import time

from tests.telegram.server import objects
from tests.telegram.server.call import Call, Method
from tests.telegram.server.checks import markup_of, picture_of, text_of
from tests.telegram.server.markup import units
from tests.telegram.server.problems import JsonObject, bad
from tests.telegram.server.state import Chat, Message, Status
from tests.telegram.server.telegram import Telegram

_UNCHANGED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content "
    "and reply markup of the message"
)
_TOO_LATE = "query is too old and response timeout expired or query ID is invalid"
_EVERY_SEND = (
    *("chat_id", "message_thread_id", "disable_notification", "protect_content"),
    *("reply_parameters", "reply_markup", "parse_mode"),
)
ACCEPTED = {
    "sendMessage": (*_EVERY_SEND, "text", "entities", "link_preview_options"),
    "sendPhoto": (*_EVERY_SEND, "photo", "caption", "caption_entities"),
    "editMessageText": (
        *("chat_id", "message_id", "text", "parse_mode", "entities", "link_preview_options", "reply_markup"),
    ),
    "editMessageReplyMarkup": ("chat_id", "message_id", "reply_markup"),
    "deleteMessage": ("chat_id", "message_id"),
    "answerCallbackQuery": ("callback_query_id", "text", "show_alert", "url", "cache_time"),
}
"""The parameters that are understood, by method."""


class Messages:
    """Those methods, of one Telegram."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram
        self.methods: dict[str, Method] = {
            "sendMessage": self._send,
            "sendPhoto": self._send_photo,
            "editMessageText": self._edit,
            "editMessageReplyMarkup": self._edit_markup,
            "deleteMessage": self._delete,
            "answerCallbackQuery": self._answer,
        }

    async def _send(self, call: Call) -> JsonObject:
        chat = self._telegram.reachable(call.chat())
        text, entities = text_of(call)
        return self._written(call, chat, "text messages", text=text, entities=entities, html=call.words("text"))

    async def _send_photo(self, call: Call) -> JsonObject:
        chat = self._telegram.reachable(call.chat())
        caption, entities = text_of(call, "caption", most=1024)
        photo, size = picture_of(call)
        return self._written(
            call,
            chat,
            "photos",
            text=caption,
            entities=entities,
            photo=photo,
            photo_size=size,
            html=call.words("caption"),
        )

    def _written(self, call: Call, chat: Chat, what: str, **content: object) -> JsonObject:
        telegram = self._telegram
        markup = markup_of(call)
        thread = call.number("message_thread_id")
        telegram.check_topic(chat, thread)
        if not telegram.may_send(chat):
            raise bad(f"not enough rights to send {what} to the chat")
        reply_to = self._reply_to(call, chat)
        telegram.limits.counts(chat.id, is_group=chat.is_group)
        message = chat.add(
            telegram.bot,
            markup=markup,
            reply_to=reply_to,
            thread=thread or chat.thread_of_reply(reply_to),
            in_topic=bool(thread),
            silent=call.flag("disable_notification"),
            asked=call.parameters,
            **content,
        )
        telegram.changed()
        return objects.message(message)

    @staticmethod
    def _reply_to(call: Call, chat: Chat) -> int | None:
        wanted = call.object("reply_parameters")
        if wanted is None:
            return None
        quoted = chat.written.get(int(wanted.get("message_id", 0)))
        if quoted is not None and not quoted.deleted:
            return quoted.id
        if wanted.get("allow_sending_without_reply"):
            return None
        raise bad("message to be replied not found")

    def _own(self, call: Call) -> Message:
        """Return the message to be edited."""
        chat = self._telegram.reachable(call.chat())
        message = chat.written.get(call.number("message_id"))
        if message is None or message.deleted:
            raise bad("message to edit not found")
        if message.sender is not self._telegram.bot:
            raise bad("message can't be edited")
        if not self._telegram.may_send(chat):
            raise bad("CHAT_WRITE_FORBIDDEN")
        return message

    async def _edit(self, call: Call) -> JsonObject:
        message = self._own(call)
        if message.photo is not None:
            raise bad("there is no text in the message to edit")
        text, entities = text_of(call)
        markup = markup_of(call, inline_only=True)
        return self._edited(message, text, entities, markup, call)

    async def _edit_markup(self, call: Call) -> JsonObject:
        message = self._own(call)
        return self._edited(message, message.text, message.entities, markup_of(call, inline_only=True), call)

    def _edited(
        self, message: Message, text: str, entities: list[JsonObject], markup: JsonObject | None, call: Call
    ) -> JsonObject:
        if message.wants_reply:
            raise bad("message can't be edited")
        # Telegram counts what changes nothing, too.
        self._telegram.limits.counts(message.chat.id, is_group=message.chat.is_group)
        if (text, entities, markup) == (message.text, message.entities, message.markup):
            raise bad(_UNCHANGED)
        message.remember()
        message.text, message.entities, message.markup = text, entities, markup
        message.html = call.words("text") or message.html
        message.edited = int(time.time())
        self._telegram.changed()
        return objects.message(message)

    async def _delete(self, call: Call) -> bool:
        chat = self._telegram.reachable(call.chat())
        message = chat.written.get(call.number("message_id"))
        if message is None or message.deleted:
            raise bad("message to delete not found")
        standing = chat.member(self._telegram.bot).status
        if message.sender is not self._telegram.bot and standing is not Status.ADMINISTRATOR and chat.is_group:
            raise bad("message can't be deleted")
        message.deleted = True
        self._telegram.changed()
        return True

    async def _answer(self, call: Call) -> bool:
        telegram = self._telegram
        tap = telegram.taps.get(call.words("callback_query_id"))
        if tap is None or tap.answer.done() or telegram.clock() - tap.at > telegram.patience:
            raise bad(_TOO_LATE)
        words, url = call.words("text"), call.words("url")
        if units(words) > 200:
            raise bad("MESSAGE_TOO_LONG")
        start = rf"(https?://)?(t\.me|telegram\.me)/{telegram.bot.username}\?start=[A-Za-z0-9_-]{{1,64}}"
        if url and not re.fullmatch(start, url, re.IGNORECASE):
            raise bad("URL_INVALID")
        tap.answer.set_result({"text": words, "alert": call.flag("show_alert"), "url": url})
        telegram.changed()
        return True
