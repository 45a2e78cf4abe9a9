"""The methods that ask about chats, tell menus, and say how updates are fetched."""

from __future__ import annotations

import re
import time

from tests.telegram.server import objects
from tests.telegram.server.call import Call, Method
from tests.telegram.server.checks import commands_of, menu_key
from tests.telegram.server.problems import JsonObject, bad
from tests.telegram.server.state import Member, Status
from tests.telegram.server.telegram import Telegram

ACCEPTED: dict[str, tuple[str, ...]] = {
    "getMe": (),
    "getUpdates": ("offset", "limit", "timeout", "allowed_updates"),
    "setWebhook": ("url", "max_connections", "allowed_updates", "drop_pending_updates", "secret_token"),
    "deleteWebhook": ("drop_pending_updates",),
    "getWebhookInfo": (),
    "setMyCommands": ("commands", "scope", "language_code"),
    "getMyCommands": ("scope", "language_code"),
    "deleteMyCommands": ("scope", "language_code"),
    "getChat": ("chat_id",),
    "getChatMember": ("chat_id", "user_id"),
    "getChatAdministrators": ("chat_id",),
    "getChatMemberCount": ("chat_id",),
    "leaveChat": ("chat_id",),
}
"""The parameters that are understood, by method."""


class Asking:
    """Those methods, of one Telegram."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram
        self.methods: dict[str, Method] = {
            "getMe": self._me,
            "getUpdates": self._updates,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": self._webhook_info,
            "setMyCommands": self._set_menu,
            "getMyCommands": self._menu,
            "deleteMyCommands": self._delete_menu,
            "getChat": self._chat,
            "getChatMember": self._member,
            "getChatAdministrators": self._administrators,
            "getChatMemberCount": self._count,
            "leaveChat": self._leave,
        }

    async def _me(self, call: Call) -> JsonObject:
        more = {"can_join_groups": True, "can_read_all_group_messages": self._telegram.reads_everything}
        return objects.user(self._telegram.bot) | more | {"supports_inline_queries": False}

    # -- updates

    async def _updates(self, call: Call) -> list[JsonObject]:
        limit = call.number("limit", 100)
        if not 1 <= limit <= 100:
            limit = 100
        self._allow(call)
        return await self._telegram.updates.fetch(call.number("offset"), limit, min(50, call.number("timeout")))

    def _allow(self, call: Call) -> None:
        """Keep which kinds are wanted; without the parameter the earlier wish stands."""
        wanted = call.list("allowed_updates")
        if wanted is not None:
            self._telegram.updates.allowed = [str(kind) for kind in wanted]

    async def _set_webhook(self, call: Call) -> bool:
        telegram, url = self._telegram, call.words("url")
        if url and not re.match(r"https://|http://127\.0\.0\.1[:/]", url):
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", call.words("secret_token")):
            raise bad("secret token contains unallowed characters")
        if call.flag("drop_pending_updates"):
            telegram.updates.drop()
        self._allow(call)
        telegram.secret = call.words("secret_token")
        telegram.max_connections = call.number("max_connections", 40)
        telegram.last_webhook_error = None
        telegram.updates.webhook = url
        telegram.updates.end_poll("terminated by setWebhook request")
        telegram.updates.new.set()
        return True

    async def _delete_webhook(self, call: Call) -> bool:
        if call.flag("drop_pending_updates"):
            self._telegram.updates.drop()
        self._telegram.updates.webhook = self._telegram.secret = ""
        return True

    async def _webhook_info(self, call: Call) -> JsonObject:
        telegram = self._telegram
        shown: JsonObject = {
            "url": telegram.updates.webhook,
            "has_custom_certificate": False,
            "pending_update_count": len(telegram.updates.waiting),
        }
        if telegram.updates.webhook:
            shown["max_connections"] = telegram.max_connections
        if telegram.updates.allowed:
            shown["allowed_updates"] = telegram.updates.allowed
        if telegram.last_webhook_error is not None:
            shown["last_error_date"], shown["last_error_message"] = telegram.last_webhook_error
        return shown

    # -- menus

    async def _set_menu(self, call: Call) -> bool:
        key, commands = menu_key(call), commands_of(call)
        if key[0][0] in {"chat", "chat_administrators", "chat_member"}:
            self._telegram.reachable(int(str(key[0][1])))
        self._telegram.menus[key] = [
            {"command": one["command"].removeprefix("/"), "description": one["description"]} for one in commands
        ]
        return True

    async def _menu(self, call: Call) -> list[JsonObject]:
        return self._telegram.menus.get(menu_key(call), [])

    async def _delete_menu(self, call: Call) -> bool:
        self._telegram.menus.pop(menu_key(call), None)
        return True

    # -- chats

    async def _chat(self, call: Call) -> JsonObject:
        chat = self._telegram.chat_named(call.chat())
        if chat.user is None:
            self._telegram.reachable(chat.id)
        return objects.full_chat(chat)

    async def _member(self, call: Call) -> JsonObject:
        chat = self._telegram.reachable(call.chat())
        user = self._telegram.users.get(call.number("user_id"))
        if user is None:
            raise bad("user not found")
        if chat.user is not None:
            return objects.member(user, Member())
        return objects.member(user, chat.member(user))

    async def _administrators(self, call: Call) -> list[JsonObject]:
        chat = self._telegram.reachable(call.chat())
        if chat.user is not None:
            raise bad("there are no administrators in the private chat")
        return [objects.member(user, member) for user, member in chat.administrators() if not user.is_bot] + [
            objects.member(user, member) for user, member in chat.administrators() if user is self._telegram.bot
        ]

    async def _count(self, call: Call) -> int:
        chat = self._telegram.reachable(call.chat())
        return sum(member.status.is_in for member in chat.members.values()) if chat.user is None else 2

    async def _leave(self, call: Call) -> bool:
        chat = self._telegram.reachable(call.chat())
        if chat.user is not None:
            raise bad("chat member status can't be changed in private chats")
        bot = self._telegram.bot
        self._telegram.stands(chat, bot, Member(Status.LEFT), bot)
        chat.add(bot, extra={"left_chat_member": objects.user(bot)}, date=int(time.time()))
        return True
