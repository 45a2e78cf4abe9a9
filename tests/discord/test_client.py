"""The library's client without its memory, and how often its connections introduce themselves."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from adapters.discord.carriers import files, form, view
from adapters.discord.client import BETWEEN_S, LONGEST_BETWEEN_S, RESTLESS, Client, Introductions
from adapters.discord.letter import Letter
from bot.chat.message import Picture


class Clock:
    """Real seconds that pass when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        """Return the present."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(seconds)
        self.now += seconds


async def test_connections_introduce_themselves_one_after_the_other() -> None:
    """The first at once, the next ones five seconds after the one before, as Discord wants it."""
    clock = Clock()
    introductions = Introductions(sleep=clock.sleep, monotonic=clock)
    for shard in range(3):
        await introductions.turn(shard)
    assert clock.slept == [BETWEEN_S, BETWEEN_S]
    assert not introductions.are_too_many


async def test_a_connection_that_cannot_stay_introduces_itself_more_and_more_slowly() -> None:
    """Discord allows a thousand a day, and takes the token away from who makes more."""
    clock = Clock()
    introductions = Introductions(sleep=clock.sleep, monotonic=clock)
    for number in range(RESTLESS):
        assert not introductions.are_too_many, number
        await introductions.turn(0)
    assert clock.slept[:5] == [5.0, 10.0, 20.0, 40.0, 40.0]
    assert max(clock.slept) == LONGEST_BETWEEN_S
    assert introductions.are_too_many


async def test_what_was_an_hour_ago_is_forgotten() -> None:
    """A new connection every few hours is how Discord works."""
    clock = Clock()
    introductions = Introductions(sleep=clock.sleep, monotonic=clock)
    for _ in range(48):
        await introductions.turn(0)
        clock.now += 3601.0
    assert clock.slept == []
    assert not introductions.are_too_many


async def test_buttons_and_forms_go_as_they_are_and_are_not_remembered() -> None:
    """The library keeps what has not come to an end, to hear of it; ours is heard of elsewhere."""
    rows = ({"type": 1, "components": [{"type": 2, "style": 2, "label": "Yes", "custom_id": "yes"}]},)
    shown = view(rows)
    assert shown.to_components() == list(rows)
    assert shown.is_finished()
    asked = {"title": "A new circle", "custom_id": "form.1", "components": [{"type": 18, "label": "Name"}]}
    page = form(asked)
    assert page.to_dict() == asked
    assert page.is_finished()


def test_a_picture_is_attached_with_its_words_and_anew_each_time() -> None:
    """Sending a file uses it up, and a second try needs it whole; who does not see it hears what it says."""
    letter = Letter(picture=Picture(b"png", "Three came", "turnout.png"))
    first, second = files(letter), files(letter)
    for attached in (*first, *second):
        assert attached.fp.read() == b"png"
        assert (attached.filename, attached.description) == ("turnout.png", "Three came")
    assert files(Letter("words")) == []


async def test_a_connection_is_not_begun_again_and_again_by_the_library() -> None:
    """It would, every few seconds and for ever; whoever runs it waits longer each time, and says what is wrong."""
    client = Client(heard=unheard)
    client._begun.add(0)
    with pytest.raises(discord.GatewayNotFound):
        await client.launch_shard(None, 0)


async def test_a_connection_that_does_not_come_back_is_told_of_once() -> None:
    """The library tells of it anew after each try, and whoever waits for it to come back must not begin anew."""
    stirred: list[None] = []
    client = Client(heard=unheard, stirred=lambda: stirred.append(None))
    for _ in range(3):
        await client.on_shard_disconnect(0)
    assert (len(stirred), client.away) == (1, {0})
    await client.on_shard_resumed(0)
    assert (len(stirred), client.away) == (2, set())


async def test_an_error_in_hearing_is_said_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    """They may be what somebody wrote, or the token with which they are answered."""

    async def breaks(interaction: discord.Interaction) -> None:
        raise RuntimeError(f"what {interaction.id} wrote")

    client = Client(heard=breaks)
    happened: Any = SimpleNamespace(id=5)
    await asyncio.create_task(client.on_interaction(happened))  # the library runs each event in a task of its own
    await asyncio.sleep(0)
    assert "RuntimeError" in caplog.text
    assert "what 5 wrote" not in caplog.text
    assert not client.hearing


async def unheard(interaction: discord.Interaction) -> None:
    """Hear nothing."""
    raise AssertionError(interaction)
