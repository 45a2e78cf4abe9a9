"""Answers that wait for their readers."""

from __future__ import annotations

from adapters.telegram.waiting import KEPT_S, Waiting
from bot.chat.message import Message
from bot.chat.text import Text


def words(said: str) -> Message:
    """Return a message."""
    return Message(Text.of(said))


def test_each_reader_gets_their_own_once() -> None:
    """The same answer twice is one; what was taken waits no longer."""
    waiting = Waiting()
    waiting.keep("ada", words("one"))
    waiting.keep("ben", words("two"))
    waiting.keep("ada", words("three"))
    waiting.keep("ada", words("one"))
    assert [str(message.text) for message in waiting.take("ada")] == ["three", "one"]
    assert waiting.take("ada") == []
    assert [str(message.text) for message in waiting.take("ben")] == ["two"]


def test_what_is_old_is_forgotten() -> None:
    """After an hour an answer might be wrong."""
    now = [0.0]
    waiting = Waiting(monotonic=lambda: now[0])
    waiting.keep("ada", words("old"))
    now[0] = KEPT_S - 1
    waiting.keep("ada", words("new"))
    now[0] = KEPT_S + 1
    assert [str(message.text) for message in waiting.take("ada")] == ["new"]


def test_there_is_an_end_to_what_is_kept() -> None:
    """Neither many answers for one nor answers for many fill the memory: the newest are kept."""
    waiting = Waiting()
    for number in range(10):
        waiting.keep("ada", words(str(number)))
    assert [str(message.text) for message in waiting.take("ada")] == ["5", "6", "7", "8", "9"]
    for number in range(1100):
        waiting.keep(str(number), words("hello"))
    assert waiting.take("0") == []
    assert len(waiting.take("1099")) == 1
