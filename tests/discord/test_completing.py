"""What completes the words that are being typed for an option: the core's, within Discord's limits, or nothing."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import discord
import pytest

from adapters.discord.completing import complete
from bot.chat.adapter import CommandHelp
from bot.chat.inbound import Command, Inbound
from bot.chat.intents import Intent
from tests.adapters.web_support import Meet, Next
from tests.discord import happening
from tests.discord.canned import Canned, Refusal, canned, logged_in
from tests.discord.happening import ADA, CHANNEL, SPACE, Json
from tests.telegram.scripted import KeepingInbox

COMMANDS = (CommandHelp("next", "The next meeting", Next), CommandHelp("meet", "Meet", Meet))


@dataclass
class Core(KeepingInbox):
    """A core that completes with what it was told to, and notes what it was asked."""

    found: Sequence[tuple[str, str]] | Exception = ()
    looked_for: list[tuple[Inbound, type[Intent], str, str]] = field(default_factory=list)

    async def completions(
        self, inbound: Inbound, intent: type[Intent], field: str, words: str
    ) -> Sequence[tuple[str, str]]:
        """Return what it was told to."""
        self.looked_for.append((inbound, intent, field, words))
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


@pytest.fixture
async def there() -> AsyncIterator[Canned]:
    """A Discord."""
    async with canned() as made:
        yield made


@pytest.fixture
async def client(there: Canned) -> AsyncIterator[discord.Client]:
    """The library, logged in there."""
    async with logged_in(there) as made:
        yield made


def typing(name: str, *options: Json) -> Json:
    """Return the interaction of somebody who types an option."""
    return happening.happened(4, {"id": "1", "type": 1, "name": name, "options": list(options)}, may=1 << 5)


def focused(name: str, value: object, kind: int = 3) -> Json:
    """Return the option that is being typed."""
    return happening.option(name, value, kind) | {"focused": True}


def read(client: discord.Client, data: Json) -> discord.Interaction:
    """Return an interaction as the library reads it."""
    return discord.Interaction(data=data, state=client._connection)  # type: ignore[arg-type]  # Discord's words


async def offered(client: discord.Client, there: Canned, core: Core, data: Json) -> list[tuple[str, str]]:
    """Let somebody type, and return the values and labels that they are offered."""
    there.answers[f"/interactions/{data['id']}/{data['token']}/callback"] = {
        "interaction": {"id": data["id"], "type": 4}
    }
    await complete(read(client, data), core, COMMANDS)
    assert len(there.told) == 1
    assert there.told[0]["type"] == 8
    return [(choice["value"], choice["name"]) for choice in there.told[0]["data"]["choices"]]


async def test_what_is_typed_is_completed_by_the_core(client: discord.Client, there: Canned) -> None:
    """It is asked with the option, the words, who types and where, and what else was said with the command."""
    core = Core(found=[("1", "Python"), ("2", "Pytest")])
    data = typing("meet", happening.option("place", "Library"), focused("circle", " py"))
    assert await offered(client, there, core, data) == [("1", "Python"), ("2", "Pytest")]
    ((asked, intent, named, words),) = core.looked_for
    assert (intent, named, words) == (Meet, "circle", "py")
    assert isinstance(asked, Command)
    assert (asked.name, asked.options) == ("meet", {"place": "Library"})
    assert (asked.sender.user, asked.sender.runs_room, asked.place.space) == (str(ADA), True, str(SPACE))
    assert asked.place.room.chat == str(CHANNEL)


async def test_completions_keep_within_discords_limits(client: discord.Client, there: Canned) -> None:
    """Labels are cut at 100 characters; what has no value of 1 to 100 is left out; there are 25, each once."""
    found = [("", "Nothing"), ("x" * 101, "Too long"), ("a", "é" * 101), ("b", ""), ("a", "Twice")]
    shown = await offered(
        client, there, Core(found=[*found, *((f"n{n}", "N") for n in range(40))]), typing("next", focused("circle", ""))
    )
    assert shown[:3] == [("a", "Twice"), ("b", "b"), ("n0", "N")]
    assert len(shown) == 25


@pytest.mark.parametrize(
    ("label", "shown"),
    [("é" * 101, "é" * 99 + "…"), ("🐍" * 60, "🐍" * 49 + "…"), ("\u200b \u3164", "a"), ("Py\nthon", "Py thon")],
)
async def test_a_label_is_one_that_discord_takes(client: discord.Client, there: Canned, label: str, shown: str) -> None:
    """It would refuse all of them for one: too long however it counts, of several lines, or with nothing to see."""
    found = await offered(client, there, Core(found=[("a", label)]), typing("next", focused("circle", "é")))
    assert found == [("a", shown)]


@pytest.mark.parametrize(
    "data", [typing("unheard", focused("circle", "p")), typing("next"), typing("next", happening.option("circle", "p"))]
)
async def test_what_nobody_knows_is_completed_with_nothing(client: discord.Client, there: Canned, data: Json) -> None:
    """A command of another version, or nothing being typed: an empty list, and the core is not asked."""
    core = Core(found=[("1", "Python")])
    assert await offered(client, there, core, data) == []
    assert core.looked_for == []


async def test_a_broken_core_is_no_reason_for_silence(
    client: discord.Client, there: Canned, caplog: pytest.LogCaptureFixture
) -> None:
    """Who types is offered nothing, rather than told by Discord that options could not be loaded."""
    core = Core(found=RuntimeError("Ada's words"))
    assert await offered(client, there, core, typing("next", focused("circle", "p"))) == []
    assert "RuntimeError" in caplog.text
    assert "Ada's words" not in caplog.text


@pytest.mark.parametrize("refusal", [Refusal(404, 10062), Refusal(400, 40060)])
async def test_too_late_is_as_good_as_not_at_all(
    client: discord.Client, there: Canned, refusal: Refusal, caplog: pytest.LogCaptureFixture
) -> None:
    """Who types on has asked again already: nothing is raised, and nothing logged but for whoever looks closely."""
    caplog.set_level(logging.INFO)
    data = typing("next", focused("circle", "p"))
    there.answers[f"/interactions/{data['id']}/{data['token']}/callback"] = refusal
    await complete(read(client, data), Core(found=[("1", "Python")]), COMMANDS)
    assert len(there.told) == 1
    assert [one for one in caplog.records if one.name.startswith("adapters")] == []


async def test_a_broken_connection_is_harmless(client: discord.Client, there: Canned) -> None:
    """Nothing is raised when Discord cannot be reached either."""
    data = typing("next", focused("circle", "p"))
    discord.http.Route.BASE = "http://127.0.0.1:9"
    await complete(read(client, data), Core(), COMMANDS)
    assert there.told == []
