"""Every command of the bot, used by anybody, anywhere: answered kindly, to them alone, never refused by Discord."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.discord.lived_in import Lived, living
from tests.discord.server.doing import Answered, Interaction
from tests.discord.telling import blameless

if TYPE_CHECKING:
    from bot.clock import MovableClock
    from storage.engine import Database
    from tests.discord.people import Person
    from tests.discord.server.problems import Json
    from tests.discord.server.state import Channel

NONSENSE = "@everyone **<@1>** </x:1> `[a](https://x.example)` <t:1:R> # " + "ß" * 300
SENSIBLE = "Thursday 6pm"
UNKIND = ("Something went wrong", "Traceback", "None", "That is done.", "could not show")
FOR_ALL = frozenset({"next"})
"""What is asked for so that everybody reads it."""
_WORDS, _NUMBER, _USER, _TEXT_INPUT = 3, 4, 6, 4


def _given(command: Json, words: str, lived: Lived) -> dict[str, object]:
    """Return a value for each option of a command; none for no words."""
    given: dict[str, object] = {}
    for option in command.get("options", []) if words else []:
        match option["type"]:
            case 4:
                given[option["name"]] = option["max_value"] if words is NONSENSE else option["min_value"]
            case 6:
                given[option["name"]] = lived.learners[-1]
            case _:
                choices = option.get("choices")
                given[option["name"]] = choices[-1]["value"] if choices else words[: option.get("max_length", 6000)]
    return given


async def _fills(who: Person, words: str) -> Interaction:
    """Fill in each text of the open form with the same words, and leave the rest."""
    assert who.form is not None
    texts = {
        part["component"]["custom_id"]: words[: part["component"].get("max_length") or 4000]
        for part in who.form.data["components"]
        if part.get("component", {}).get("type") == _TEXT_INPUT
    }
    people = [part["component"]["custom_id"] for part in who.form.data["components"] if _is_for_people(part)]
    return await who.fills({**texts, **dict.fromkeys(people, who)})


def _is_for_people(part: Json) -> bool:
    return bool(part.get("component", {}).get("type") == 5)


def _wants_choice(who: Person) -> bool:
    """Whether something has to be chosen that nothing is chosen of yet."""
    assert who.form is not None
    components = [part.get("component", {}) for part in who.form.data["components"]]
    return any(
        one.get("options") and one.get("required", True) and not any(option.get("default") for option in one["options"])
        for one in components
    )


async def _uses_all(lived: Lived, who: Person, where: Channel) -> list[str]:
    """Use all commands with all words, and return what was wrong with the answers."""
    wrong = []
    menu = lived.dc.realm.commands
    for name in [*sorted(set(menu) - {"join", "forgetme"}), "join"]:
        if name == "community" and where.guild is not None and who is not lived.mia:
            continue  # Discord does not show it
        for words in ("", SENSIBLE, NONSENSE):
            did = [await who.types(name, where, **_given(menu[name], words, lived))]
            if who.form is not None and not _wants_choice(who):
                did.append(await _fills(who, words or NONSENSE))
            who.closes_form()
            wrong += [f"/{name} {words[:12]}: {why}" for one in did for why in _wrong(one, name)]
    return wrong


def _wrong(did: Interaction, name: str) -> list[str]:
    """Return what was not as it should be with an answer."""
    found = [f"{words!r} in {did.shown!r}" for words in UNKIND if words in did.shown]
    if did.answered is None or not did.shown.strip():
        found.append("silence")
    said = did.original if did.answered in {Answered.MESSAGE, Answered.LATER} else None
    is_read = said is not None and said.channel.guild is not None and said.only_for is not did.user
    if is_read and name not in FOR_ALL:
        found.append(f"everybody reads {did.shown!r}")
    return found


@pytest.mark.parametrize("place", ["channel", "thread", "direct messages"])
@pytest.mark.parametrize("role", ["stranger", "learner", "facilitator", "manager"])
async def test_every_command_is_answered(
    sqlite_database: Database, beginning: MovableClock, caplog: pytest.LogCaptureFixture, role: str, place: str
) -> None:
    """With options, without, and with such as make no sense; forms that open are sent with nonsense, too."""
    async with living(sqlite_database, beginning, learners=2) as lived:
        zoe = lived.server.person("Zoe")
        roles = {"stranger": zoe, "learner": lived.learners[0], "facilitator": lived.ada, "manager": lived.mia}
        who = roles[role]
        thread = lived.server.thread(lived.room, "Beside it", lived.ada)
        where = {"channel": lived.room, "thread": thread, "direct messages": who.direct}[place]
        assert await _uses_all(lived, who, where) == []
        blameless(lived.dc, caplog)


async def test_what_is_typed_is_completed_and_what_is_chosen_is_meant(
    sqlite_database: Database, beginning: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Circles and meetings that one may choose there, cities and languages."""
    async with living(sqlite_database, beginning) as lived:
        ada, zoe = lived.ada, lived.server.person("Zoe")
        assert await zoe.completes("join", "circle", "pyth") == ["Python"]
        assert await zoe.completes("join", "circle", "rust") == []
        assert await zoe.completes("newcircle", "zone", "kathm") == ["Kathmandu"]
        assert await zoe.completes("newcircle", "language", "span") == ["Spanish"]
        offered = await ada.completes("topic", "meeting", "")
        assert len(offered) > 1
        chosen = (ada.did[-1].choices or [])[1]
        await ada.types("topic", meeting=chosen["value"], topic="Loops and laughter")
        await ada.types("meetings")
        shown = [line for line in ada.sees.splitlines() if "Loops and laughter" in line]
        assert len(shown) == 1
        blameless(lived.dc, caplog)
