"""What each of Discord's refusals means for a post."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from adapters.discord.errors import BANNED_S, as_post_error, for_calendar, is_token_refused, is_too_late
from adapters.discord.starting import BROKEN, GATEWAY, LIMITED, NETWORK, SHARDS, TROUBLES, Interrupted, asked_s, kind_of
from bot.chat.adapter import Refused, Trouble, TryLater, Unreachable


def refusal(
    status: int, code: int = 0, words: object = None, headers: dict[str, str] | None = None
) -> discord.HTTPException:
    """Return what the library raises for an answer of Discord's."""
    kinds = {403: discord.Forbidden, 404: discord.NotFound, 503: discord.DiscordServerError}
    response: Any = SimpleNamespace(status=status, reason="", headers=headers or {})
    message: Any = words if words is not None else {"code": code, "message": "Discord's words"}
    return kinds.get(status, discord.HTTPException)(response, message)


def closed(code: int) -> discord.ConnectionClosed:
    """Return what the library raises when Discord closes the gateway."""
    socket: Any = SimpleNamespace(close_code=code)
    return discord.ConnectionClosed(socket, shard_id=0)


UNFOUND: Exception = discord.GatewayNotFound()  # type: ignore[no-untyped-call]  # the library has no types there


@pytest.mark.parametrize(
    ("status", "code", "trouble"),
    [
        (404, 10003, Trouble.GONE),
        (404, 10004, Trouble.REMOVED),
        (404, 10008, None),
        (404, 10013, Trouble.GONE),
        (404, 10070, None),
        (400, 30038, None),
        (403, 50001, Trouble.REMOVED),
        (403, 50005, None),
        (403, 50007, None),
        (400, 50008, Trouble.MUTED),
        (403, 50013, Trouble.MUTED),
        (403, 50009, Trouble.MUTED),
        (403, 50278, None),
        (400, 50083, Trouble.CLOSED),
        (403, 160005, Trouble.CLOSED),
        (400, 180000, None),
        (403, 99999, Trouble.MUTED),
    ],
)
def test_who_cannot_be_reached_is_recognised_with_the_reason(status: int, code: int, trouble: Trouble | None) -> None:
    """What to do about a room hangs on why it is out of reach; a message that is lost says nothing about its room."""
    meant = as_post_error(refusal(status, code))
    assert isinstance(meant, Unreachable)
    assert meant.trouble is trouble
    assert str(meant) == f"{code}: Discord's words"


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (discord.RateLimited(45.5), 45.5),
        (refusal(400, 30046), None),
        (refusal(400, 20016), None),
        (refusal(403, 40333), None),
        (refusal(401), 60.0),
        (refusal(429, words="<html>slow down</html>", headers={"Retry-After": "77"}), 77.0),
        (refusal(429, words="<html>slow down</html>"), BANNED_S),
        (refusal(503, words="<html>down</html>"), None),
        (refusal(404, words="<html>a proxy</html>"), None),
        (UNFOUND, None),
        (closed(4000), None),
        (TimeoutError(), None),
        (json.JSONDecodeError("", "<html>", 0), None),
        (ConnectionResetError(), None),
        (aiohttp.ServerDisconnectedError(), None),
        (TryLater("the guard's", 3.0), 3.0),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_what_passes_is_tried_again_when_discord_says(error: Exception, seconds: float | None) -> None:
    """A limit or an outage is nobody's fault, and words of whatever stands before Discord say nothing about a room."""
    meant = as_post_error(error)
    assert isinstance(meant, TryLater)
    assert meant.seconds == seconds
    assert "html" not in str(meant)


@pytest.mark.parametrize("error", [refusal(400, 50035), refusal(400, 50006), refusal(405), discord.ClientException()])
def test_what_discord_finds_wrong_is_our_mistake(error: Exception) -> None:
    """It would be wrong again tomorrow."""
    assert isinstance(as_post_error(error), Refused)


def test_words_of_a_refusal_are_kept_short() -> None:
    """They stand in the log and the database, and Discord repeats each field that it finds wrong."""
    wrong = {"content": {"_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 2000 or fewer. " * 50}]}}
    meant = as_post_error(refusal(400, words={"code": 50035, "message": "Invalid Form Body", "errors": wrong}))
    assert str(meant).startswith("50035: Invalid Form Body\nIn content: Must be")
    assert len(str(meant)) == 200


def test_a_server_that_lets_the_bot_write_but_keep_no_events_loses_its_events_alone() -> None:
    """Everything else goes on there; what is not about being allowed means what it means elsewhere."""
    for code in (50013, 50001):
        meant = for_calendar(as_post_error(refusal(403, code)))
        assert isinstance(meant, Unreachable)
        assert meant.trouble is Trouble.NO_EVENTS
    gone = for_calendar(as_post_error(refusal(404, 10070)))
    assert isinstance(gone, Unreachable)
    assert gone.trouble is None
    assert isinstance(for_calendar(as_post_error(refusal(503))), TryLater)


def test_an_answer_too_late_or_twice_is_told_from_others() -> None:
    """Nobody waits for it any more, so nothing is to be done about it."""
    twice: Any = SimpleNamespace()
    assert is_too_late(refusal(404, 10062))
    assert is_too_late(refusal(400, 40060))
    assert is_too_late(discord.InteractionResponded(twice))
    assert not is_too_late(refusal(404, 10008))
    assert not is_too_late(TimeoutError())


def test_a_token_that_discord_does_not_know_is_told_from_other_trouble() -> None:
    """Only a person can help; everything else is tried again."""
    assert is_token_refused(discord.LoginFailure())
    assert is_token_refused(refusal(401))
    assert is_token_refused(closed(4004))
    assert not is_token_refused(refusal(403, 50013))
    assert not is_token_refused(closed(4000))
    assert not is_token_refused(TimeoutError())


@pytest.mark.parametrize(
    ("error", "kind", "asked"),
    [
        (TryLater("no more today", 30.0), LIMITED, 30.0),
        (discord.RateLimited(31.0), LIMITED, 31.0),
        (TryLater("an outage"), NETWORK, 0.0),
        (refusal(503), NETWORK, 0.0),
        (OSError(), NETWORK, 0.0),
        (closed(4011), SHARDS, 0.0),
        (closed(4010), SHARDS, 0.0),
        (closed(4004), GATEWAY, 0.0),
        (Interrupted(), GATEWAY, 0.0),
        (KeyError("session_id"), BROKEN, 0.0),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_what_holds_up_the_start_is_named(error: Exception, kind: str, asked: float) -> None:
    """Each kind has a sentence of its own, and Discord's pauses are kept."""
    assert kind_of(error) == kind
    assert kind in TROUBLES
    assert asked_s(error) == asked
