"""What operators can ask: how the bot is; others are declined kindly, and learn how one becomes one."""

from __future__ import annotations

import json

import pytest

from adapters.telegram import commands as telegram
from adapters.web import commands as page
from bot.assembly import features
from bot.chat.message import Say, Toast
from bot.domain.operating import LAST_BACKUP, TOKEN_REFUSED
from bot.features.operating.intents import Announce, SendAnnouncement, ShowAnnouncement, ShowStatus
from bot.i18n import Catalogue
from bot.rules import Audience, audience_of
from tests.operating.machine import FULL, Machine
from tests.support.sim import group

OURS = {ShowStatus, Announce, SendAnnouncement, ShowAnnouncement}


async def test_how_the_bot_is(machine: Machine) -> None:
    """In words: since when it runs, what waits, every platform, the disk; and that there is no backup yet."""
    await machine.rob.whispers("/status")
    heard = machine.rob.heard
    for words in (
        "Nothing needs you.",
        "Version ",
        "Sim: up",
        "Echo: up",
        "Waiting to be sent: 0 due now",
        "Disk: 40 GB free of 50 GB",
        "No backup yet that I know of: circlebot backup makes one.",
    ):
        assert words in heard, heard


async def test_what_is_wrong_stands_first(machine: Machine) -> None:
    """All that needs somebody at this moment, and which platform is out of order."""
    machine.disk = FULL
    machine.second.troubles.are(TOKEN_REFUSED)
    await machine.look()
    await machine.rob.whispers("/status")
    heard = machine.rob.heard
    assert "Needs you: The disk is nearly full" in heard
    assert "Needs you: Echo refuses my token" in heard
    assert "Echo: out of order (token)" in heard


async def test_when_the_last_backup_was_made(machine: Machine) -> None:
    """As it was noted by whatever made it."""
    await machine.chat.store.transact(lambda store: store.settings.put(LAST_BACKUP, "2026-03-01T03:00:00+00:00"))
    await machine.rob.whispers("/status")
    assert "Last backup: " in machine.rob.heard


async def test_in_a_room_the_operator_alone_reads_it(machine: Machine) -> None:
    """Others there see nothing of it."""
    before = len(machine.chat.said())
    reply = await machine.rob.says("/status")
    assert isinstance(reply, Say)
    assert reply.private
    assert len(machine.chat.said()) == before


@pytest.mark.parametrize("name", ["ada", "facilitator", "organizer", "stranger"])
async def test_others_are_declined_kindly(machine: Machine, name: str) -> None:
    """Whatever they are in circles; told is what they would write into the settings if the bot were theirs."""
    someone = getattr(machine.chat, name)
    await someone.whispers("/status")
    assert "This is for whoever runs me." in someone.heard
    assert f'operators = ["sim:u-{name}"]' in someone.heard
    await someone.whispers("/announce")
    assert "This is for whoever runs me." in someone.heard
    assert someone.page is None


@pytest.mark.parametrize("name", ["ada", "facilitator", "organizer", "stranger"])
async def test_others_buttons_do_nothing(machine: Machine, name: str) -> None:
    """A forged payload sends no announcement and shows nothing of one."""
    await machine.rob.whispers("/announce")
    await machine.rob.fills(words="Secret plans", readers="rooms")
    someone = getattr(machine.chat, name)
    await someone.whispers("/help")
    posts = len(machine.chat.said())
    kept = await machine.chat.store.read(lambda store: store.settings.get("announcement:1"))
    for intent in (ShowStatus(), SendAnnouncement(number=1), ShowAnnouncement(number=1), Announce.about()):
        reply = await someone.presses_payload(intent.payload(), machine.chat.platform.seen_by(someone.user)[-1])
        assert isinstance(reply, Say | Toast)
        assert "This is for whoever runs me." in someone.heard
        assert "Secret" not in someone.heard
    assert len(machine.chat.said()) == posts
    assert await machine.chat.store.read(lambda store: store.settings.get("announcement:1")) == kept
    assert kept is not None
    assert not json.loads(kept)["sent"]


async def test_the_same_user_of_another_platform_is_somebody_else(machine: Machine) -> None:
    """Accounts are named with their platform: whoever has the number elsewhere runs nothing."""
    machine.restart(operators=[("echo", "u-rob")])
    await machine.rob.whispers("/status")
    assert "This is for whoever runs me." in machine.rob.heard
    await machine.rob_there.whispers("/status")
    assert "Nothing needs you." in machine.rob_there.heard


async def test_help_names_it_to_operators_alone(machine: Machine) -> None:
    """As it names what facilitators can do to them."""
    await machine.rob.whispers("/help")
    assert "/status" in machine.rob.heard
    assert "/announce" in machine.rob.heard
    await machine.chat.organizer.whispers("/help")
    assert "/status" not in machine.chat.organizer.heard


async def test_a_slip_of_the_pen_names_it_to_operators_alone(machine: Machine) -> None:
    """Nobody else is asked whether they meant a command that would only decline them."""
    await machine.rob.whispers("/anounce")
    assert "Did you mean /announce?" in machine.rob.heard
    await machine.chat.organizer.whispers("/anounce")
    assert "/announce" not in machine.chat.organizer.heard


async def test_menus_leave_it_out_where_it_can_be_typed(machine: Machine) -> None:
    """On Telegram and the page nobody else sees it; Discord lets nobody say what stands in no menu."""
    listed = await machine.chat.bot.router.commands("en")
    assert {command.name for command in listed if command.unlisted} == {"status", "announce"}
    for for_everyone in (True, False):
        assert not {"status", "announce"} & {name for name, _ in telegram.menu(listed, for_everyone=for_everyone)}
    assert not {"status", "announce"} & {str(one["name"]) for one in page.menu(listed, Catalogue().speaker("en"))}


def test_every_route_of_the_feature_is_for_operators() -> None:
    """Nothing of it can be done by anybody else."""
    routes = {route.intent: route for feature in features() for route in feature.routes if feature.name == "operating"}
    assert routes.keys() == OURS
    assert {audience_of(route.allow) for route in routes.values()} == {Audience.OPERATOR}


async def test_an_operator_has_no_power_in_circles(machine: Machine) -> None:
    """Running the bot is no way into what others entrust to it."""
    await machine.rob.says("/circle", group("room"))
    assert "Join this circle" in machine.rob.heard
    assert "Reminders" not in machine.rob.heard
    await machine.rob.whispers("/digest")
    assert "The digest is for organizers" in machine.rob.heard
