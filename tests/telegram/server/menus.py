"""Which of a bot's menus somebody sees: the narrowest scope that has one, in their language before any."""

from __future__ import annotations

from collections.abc import Iterator

from tests.telegram.server.problems import JsonObject
from tests.telegram.server.state import Chat, User
from tests.telegram.server.telegram import Telegram


def menu_seen(telegram: Telegram, who: User, where: Chat) -> list[JsonObject]:
    """Return the commands that are offered to somebody in a chat, as Telegram's "determining list of commands" says."""
    for scope in _scopes(who, where):
        for language in (who.language_code[:2], ""):
            if menu := telegram.menus.get((scope, language)):
                return menu
    return []


def _scopes(who: User, where: Chat) -> Iterator[tuple[object, ...]]:
    if where.user is not None:
        yield ("chat", where.id)
        yield ("all_private_chats",)
    else:
        runs_it = where.member(who).status.runs_it
        yield ("chat_member", where.id, who.id)
        if runs_it:
            yield ("chat_administrators", where.id)
        yield ("chat", where.id)
        if runs_it:
            yield ("all_chat_administrators",)
        yield ("all_group_chats",)
    yield ("default",)
