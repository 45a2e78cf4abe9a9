"""A tap as it comes from Telegram: what is read of it."""

from __future__ import annotations

import pytest
from telegram import Bot

from adapters.telegram.updates import parsed
from tests.telegram.happening import ADA, Json, bearing

TOKEN = "123456:a-secret-token"


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"message_thread_id": 5},
        {"reply_markup": bearing("rs.2.yes")},
        {"reply_to_message": {"message_id": 6, "date": 1, "chat": {"id": -100, "type": "group"}}},
    ],
)
def test_a_tap_is_read_with_where_it_was_made(more: Json) -> None:
    """Of the message that was tapped chat and number are known, and all of it where its topic or addressee matters."""
    chat = {"id": -100, "type": "supergroup", "title": "Python"}
    on = {"message_id": 7, "chat": chat, "date": 1, "text": "the card", "reply_markup": bearing("rs.1.yes"), **more}
    by = {"id": ADA, "is_bot": False, "first_name": "Ada"}
    tapped = {"id": "1", "from": by, "chat_instance": "1", "data": "rs.1.yes", "message": on}
    update = parsed({"update_id": 3, "callback_query": tapped}, Bot(TOKEN))
    assert update is not None
    assert update.callback_query is not None
    message = update.callback_query.message
    assert message is not None
    assert (message.chat.id, message.chat.title, message.message_id) == (-100, "Python", 7)
    assert message.is_accessible == bool(more)
