"""The database lets the bot down, under load: people are told, nothing is half done, and it recovers by itself."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.discord.letter import PLATFORM as DISCORD
from adapters.telegram.letter import PLATFORM as TELEGRAM
from tests.discord import people as discord_people
from tests.discord.server.doing import Answered
from tests.faults.database_outages import Outage, OwnServer, cut, full, locked, own_server, stopped
from tests.faults.processes import COMING, Scene, scene, until
from tests.support.long import long
from tests.support.patience import PATIENCE
from tests.support.program import program
from tests.telegram import people as telegram_people

PEOPLE = long(12, 30)
"""So many tap on each platform, others in each round."""
DELIVERIES = long(60, 600)
ROUNDS = long(1, 5)
BUSY = "could not save that just now"
SAVED = "See you there"


@pytest.fixture
def server() -> Iterator[OwnServer]:
    """A PostgreSQL server that nobody else is served by."""
    with own_server() as made:
        yield made


async def _on_telegram(life: Scene, who: telegram_people.Person) -> str:
    """Tap, and return the answer."""
    card = next(message for message in life.group.said if COMING in message.buttons)
    return (await who.taps(card, card.button(COMING)["callback_data"])).text


async def _on_discord(life: Scene, who: discord_people.Person) -> str:
    """Tap, and return what is seen then."""
    card = next(message for message in life.channel.messages if COMING in message.buttons)
    did = await who.taps(life.payload, card)
    await asyncio.wait_for(did.settled.wait(), PATIENCE)
    if did.answered is Answered.LATER_IN_PLACE and not did.has_failed:  # they see their card, and something follows
        await until(lambda: bool(did.followups) or str(who.id) in life.coming())
    return did.shown


async def _all_tap(life: Scene, number: int) -> dict[str, str]:
    """Let everybody of a round tap at once; return the answers by who got them."""
    here = {str(one.id): _on_telegram(life, one) for one in life.on_telegram[number::ROUNDS]}
    there = {str(one.id): _on_discord(life, one) for one in life.on_discord[number::ROUNDS]}
    every = {who: asyncio.ensure_future(tapping) for who, tapping in (here | there).items()}
    _, waiting = await asyncio.wait(every.values(), timeout=PATIENCE)
    assert not waiting, f"not answered: {[who for who, tapping in every.items() if tapping in waiting]}"
    return {who: tapping.result() for who, tapping in every.items()}


def _was_saved(answer: str) -> bool:
    """Say whether an answer says so; on Discord it is the card with the tapper's answer."""
    return BUSY not in answer


async def _let_down(url: str, folder: Path, outage: Outage) -> None:
    async with scene(url, folder, people=PEOPLE * ROUNDS) as life, life.program() as number:
        process, coming = life.processes[number], Counter[str]()
        await until(lambda: life.card(TELEGRAM) and life.card(DISCORD))
        for round_ in range(ROUNDS):
            await life.plan(DELIVERIES)
            await _on_telegram(life, life.on_telegram[round_])  # which wakes whoever sends
            await until(lambda: len(life.waiting()) < DELIVERIES)
            async with outage(life, process):
                answers = await _all_tap(life, round_)
                assert outage is cut or not any(map(_was_saved, answers.values())), answers
            noted = life.coming()
            assert process.returncode is None, life.said(number)
            saved = {who for who, answer in answers.items() if _was_saved(answer)}
            assert saved <= set(noted), "somebody was thanked for what is not there"
            again = await _all_tap(life, round_)
            assert not [answer for answer in again.values() if not _was_saved(answer)]
            coming.update(again.keys())
            assert life.coming() == coming
            await until(lambda: not life.waiting())
        for platform in (TELEGRAM, DISCORD):
            assert life.on_platform(platform) == Counter(life.marks[platform])
        assert process.returncode is None
        strange = re.search(r"Traceback(?!.*StorageBusy).*", life.said(number), re.DOTALL)
        assert strange is None, strange[0]


async def test_a_file_that_another_program_holds(sqlite_url: str, tmp_path: Path) -> None:
    """For longer than we wait for it: everybody hears within that time that nothing was saved."""
    await _let_down(sqlite_url, tmp_path, locked)


async def test_a_disk_that_is_full(sqlite_url: str, tmp_path: Path) -> None:
    """Neither the database nor the log can be written: the bot stays up, and goes on when there is room."""
    await _let_down(sqlite_url, tmp_path, full)


async def test_a_server_that_is_restarted(server: OwnServer, tmp_path: Path) -> None:
    """It is killed with everything under way, is away for a while, and comes back."""
    await _let_down(server.url, tmp_path, stopped(server))


async def test_connections_that_are_cut(postgres_url: str, tmp_path: Path) -> None:
    """As often as they are made: what was begun is undone or done, and people are told which."""
    await _let_down(postgres_url, tmp_path, cut)


@pytest.mark.parametrize("url", ["postgresql://bot:very-secret@127.0.0.1:1/circlebot", "sqlite:///."])
async def test_a_database_out_of_reach_at_the_start(url: str, tmp_path: Path) -> None:
    """The program says what is wrong and what to do, in plain words and without secrets, and ends."""
    async with program(tmp_path, "run", DATABASE__URL=url, WEB__ENABLED="true") as process:
        said, _ = await process.communicate()
    words = said.decode()
    assert process.returncode == 2
    assert "The database cannot be used" in words
    assert "[database] url" in words
    assert "Traceback" not in words
    assert "very-secret" not in words
