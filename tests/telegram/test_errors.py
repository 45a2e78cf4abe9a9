"""What each of Telegram's refusals means for a post."""

from __future__ import annotations

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)

from adapters.telegram.errors import Migrated, as_post_error, is_quote_lost, is_too_late, is_unchanged
from adapters.telegram.transport import Flooded
from bot.chat.adapter import Refused, Trouble, TryLater, Unreachable


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (Forbidden("Forbidden: bot was blocked by the user"), Trouble.REMOVED),
        (Forbidden("Forbidden: bot was kicked from the group chat"), Trouble.REMOVED),
        (Forbidden("Forbidden: bot was kicked from the supergroup chat"), Trouble.REMOVED),
        (Forbidden("Forbidden: bot is not a member of the supergroup chat"), Trouble.REMOVED),
        (Forbidden("Forbidden: bot is not a member of the channel chat"), Trouble.REMOVED),
        (Forbidden("Forbidden: bot can't initiate conversation with a user"), Trouble.REMOVED),
        (Forbidden("Forbidden: bot can't send messages to bots"), Trouble.REMOVED),
        (Forbidden("Forbidden: something that nobody knows yet"), Trouble.REMOVED),
        (Forbidden("Forbidden: user is deactivated"), Trouble.GONE),
        (Forbidden("Forbidden: the group chat was deleted"), Trouble.GONE),
        (BadRequest("Bad Request: chat not found"), Trouble.GONE),
        (BadRequest("Bad Request: user not found"), Trouble.GONE),
        (BadRequest("Bad Request: PEER_ID_INVALID"), Trouble.GONE),
        (BadRequest("Bad Request: the group chat was deactivated"), Trouble.GONE),
        (BadRequest("Bad Request: group chat was upgraded to a supergroup chat"), Trouble.GONE),
        (BadRequest("Bad Request: message thread not found"), Trouble.GONE),
        (BadRequest("Bad Request: TOPIC_DELETED"), Trouble.GONE),
        (BadRequest("Bad Request: TOPIC_CLOSED"), Trouble.CLOSED),
        (BadRequest("Bad Request: not enough rights to send text messages to the chat"), Trouble.MUTED),
        (BadRequest("Bad Request: have no rights to send a message"), Trouble.MUTED),
        (BadRequest("Bad Request: CHAT_WRITE_FORBIDDEN"), Trouble.MUTED),
        (Forbidden("Forbidden: CHAT_WRITE_FORBIDDEN"), Trouble.MUTED),
        (BadRequest("Bad Request: CHAT_RESTRICTED"), Trouble.MUTED),
        (BadRequest("Bad Request: need administrator rights in the channel chat"), Trouble.MUTED),
        (BadRequest("Bad Request: message to edit not found"), None),
        (BadRequest("Bad Request: message can't be edited"), None),
        (BadRequest("Bad Request: MESSAGE_ID_INVALID"), None),
    ],
    ids=str,
)
def test_who_cannot_be_reached_is_recognised_with_the_reason(error: TelegramError, trouble: Trouble | None) -> None:
    """What to do about a room hangs on why it is out of reach; a message that is lost says nothing about its room."""
    meant = as_post_error(error)
    assert isinstance(meant, Unreachable)
    assert meant.trouble is trouble
    assert str(meant) == error.message


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (Flooded(17), 17.0),
        (TimedOut(), None),
        (NetworkError("no answer (ServerDisconnectedError)"), None),
        (NetworkError("Internal Server Error: restart"), None),
        (NetworkError("Bad Gateway (502)"), None),
        (Conflict("Conflict: terminated by other getUpdates request"), None),
        (InvalidToken("The token `123456:abcdefghijk` was rejected by the server."), 60.0),
    ],
    ids=str,
)
def test_what_may_go_out_later_is_tried_again(error: TelegramError, seconds: float | None) -> None:
    """Limits say how long they last; an outage does not. A message is not lost because the token is being changed."""
    meant = as_post_error(error)
    assert isinstance(meant, TryLater)
    assert meant.seconds == seconds


@pytest.mark.parametrize(
    "error",
    [
        BadRequest("Bad Request: can't parse entities: unsupported start tag"),
        BadRequest("Bad Request: message text is empty"),
        BadRequest("Bad Request: BUTTON_DATA_INVALID"),
        NetworkError("Request Entity Too Large"),
        EndPointNotFound("not found"),
        TelegramError("who knows"),
    ],
    ids=str,
)
def test_what_telegram_cannot_read_is_our_mistake(error: TelegramError) -> None:
    """Anything that would be refused again is not tried again."""
    assert type(as_post_error(error)) is Refused


def test_a_group_that_became_a_supergroup_says_where_it_went() -> None:
    """The new chat's id comes along."""
    meant = as_post_error(ChatMigrated(-100123))
    assert isinstance(meant, Migrated)
    assert meant.new == "-100123"


@pytest.mark.parametrize(
    "error",
    [
        InvalidToken("The token `123456:AAsecret-secret` was rejected by the server."),
        NetworkError("https://api.telegram.org/bot123456:AAsecret-secret/sendMessage"),
        BadRequest("Bad Request: 123456:AAsecret-secret"),
        TelegramError("123456:AAsecret-secret"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_no_words_hold_the_token(error: TelegramError) -> None:
    """Whatever the library says, the token does not reach a log."""
    assert "secret" not in str(as_post_error(error))


def test_what_is_no_failure_is_recognised() -> None:
    """An edit that changes nothing, a tap answered too late, a quoted message that is gone."""
    unchanged = BadRequest(
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as"
        " a current content and reply markup of the message"
    )
    old = BadRequest("Bad Request: query is too old and response timeout expired or query ID is invalid")
    lost = BadRequest("Bad Request: message to be replied not found")
    assert is_unchanged(unchanged)
    assert is_too_late(old)
    assert is_quote_lost(lost)
    assert not any(
        is_unchanged(error) or is_quote_lost(error) for error in (old, NetworkError("message is not modified"))
    )
    assert not any(is_too_late(error) for error in (unchanged, lost))
