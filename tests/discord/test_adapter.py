"""The adapter as the rest sees it: what it can do, how it comes up, and that it can do so again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from adapters.discord.adapter import PACE, DiscordAdapter
from bot.chat.adapter import Ability, Adapter, CommandHelp
from bot.chat.message import Message
from bot.chat.text import Slash, Text
from bot.forms import DropDraft
from bot.i18n import Catalogue
from tests.discord.asking import ask
from tests.discord.server.faults import How
from tests.discord.serving import KeepingInbox, made, room_of, running, serving, up
from tests.discord.world import World

MENU = "PUT /applications/{application_id}/commands"


def test_it_is_what_the_core_asks_of_a_platform() -> None:
    """What it can do hangs on the settings; there are no links into Discord's private chats."""
    adapter: Adapter = DiscordAdapter("token", Catalogue())
    assert adapter.platform == "discord"
    assert {Ability.PICK_PEOPLE, Ability.OPEN_ROOMS, Ability.KEEP_EVENTS} <= adapter.abilities
    without = DiscordAdapter("token", Catalogue(), native_events=False)
    assert without.abilities == adapter.abilities - {Ability.KEEP_EVENTS}
    assert (adapter.start_link("x"), adapter.group_link("x"), without.routes()) == ("", "", [])
    assert adapter.pacing.pace is PACE
    assert not without.is_busy


async def test_the_menu_is_told_once_and_not_again_at_the_next_start(dc: World) -> None:
    """It has not changed meanwhile."""
    inbox = KeepingInbox()
    for _ in range(2):
        async with serving(dc, inbox):
            await dc.until(lambda: bool(inbox.kept))
    assert len([call for call in dc.realm.calls if call.route == MENU]) == 1


class WithACommand(KeepingInbox):
    """The script with a memory, and one command."""

    async def commands(self, language: str) -> Sequence[CommandHelp]:
        """Return it."""
        return [CommandHelp("meet", "Meet", DropDraft)]


@pytest.mark.parametrize("others", [[], [{"name": "meet", "description": "Another bot's"}]])
async def test_a_menu_that_somebody_else_has_told_is_told_again(dc: World, others: list[dict[str, str]]) -> None:
    """Another program with our token took it away, or put one in its place that goes by the same names."""
    inbox = WithACommand()
    async with serving(dc, inbox):
        await dc.until(lambda: bool(inbox.kept))
    ours = dc.realm.commands["meet"]["description"]
    await ask(dc, "PUT", f"/applications/{dc.realm.bot.id}/commands", others)
    async with serving(dc, inbox):
        await dc.until(lambda: "meet" in dc.realm.commands and dc.realm.commands["meet"]["description"] == ours)
    assert len([call for call in dc.realm.calls if call.route == MENU]) == 3


async def test_a_command_is_posted_by_its_id_after_a_restart_too(dc: World) -> None:
    """As soon as the menu is known; it can be tapped, and is called as in each reader's menu."""
    general = dc.guild("Library").channels()[0]
    inbox = WithACommand()
    for number in range(2):
        async with serving(dc, inbox) as adapter:
            await dc.until(lambda: bool(adapter._ids))
            posted = await adapter.post(room_of(general), Message(Text.of("See ", Slash("meet"))), f"key {number}")
            assert general.last.content == f"See </meet:{dc.realm.commands['meet']['id']}>"
            await adapter.edit(posted, Message(Text.of(Slash("meet"), "!")))
            assert general.last.content == f"</meet:{dc.realm.commands['meet']['id']}>!"
    assert len([call for call in dc.realm.calls if call.route == MENU]) == 1


async def test_a_menu_that_cannot_be_told_does_not_keep_the_bot(dc: World) -> None:
    """It is told later; meanwhile the former one is there."""
    inbox, later = KeepingInbox(), asyncio.Event()
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        await (later.wait() if seconds == 600.0 else asyncio.sleep(0))

    dc.fails(MENU, How.ERROR_503)
    async with running(dc, made(dc, sleep=sleep), inbox) as (adapter, _):
        await up(adapter)
        await dc.until(lambda: 600.0 in pauses)
        assert inbox.kept == {}
        later.set()
        await dc.until(lambda: bool(inbox.kept))


async def test_it_can_run_again_after_a_stop(dc: World) -> None:
    """The same one, and another beside the memory of the first."""
    general = dc.guild("Library").channels()[0]
    adapter = made(dc)
    for number in range(2):
        async with running(dc, adapter, KeepingInbox()):
            await up(adapter)
            await adapter.post(room_of(general), Message(Text.of(f"Run {number}")), f"key {number}")
        assert not adapter.is_up.is_set()
    async with serving(dc) as another:
        await another.post(room_of(general), Message(Text.of("Another")), "key")
    assert [message.shown for message in general.messages] == ["Run 0", "Run 1", "Another"]


async def test_it_says_goodbye(dc: World) -> None:
    """Nothing stays connected."""
    async with serving(dc):
        assert len(dc.gateway._lines) == 1
    await dc.until(lambda: not dc.gateway._lines)
