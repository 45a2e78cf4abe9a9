"""What `circlebot check` says of Discord: each problem with its remedy, and never the token."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import discord
import pytest

from adapters.discord.examine import ROOMS, examine
from adapters.discord.letter import PLATFORM
from adapters.discord.permissions import NEEDED, allowed_in, invite_link, needed, permissions
from bot.chat.findings import Finding
from bot.chat.message import Room
from tests.discord.canned import APPLICATION, TOKEN, Canned, Refusal, canned, gateway

ALL = permissions(native_events=True)
CHANNEL, THREAD = Room(PLATFORM, "50"), Room(PLATFORM, "50", thread="51")


def guild(allowed: discord.Permissions = ALL) -> dict[str, Any]:
    """Return a server in which the bot has one role, which allows that."""
    roles = [{"id": "40", "permissions": "0"}, {"id": "41", "permissions": str(allowed.value)}]
    return {"id": "40", "name": "Library\x1b[2J", "owner_id": "1", "roles": roles}


def channel(*overwrites: dict[str, str]) -> dict[str, Any]:
    """Return a channel of the server."""
    return {"id": "50", "type": 0, "guild_id": "40", "name": "readers", "permission_overwrites": list(overwrites)}


def overwrite(whose: str, *, deny: str = "", allow: str = "") -> dict[str, str]:
    """Return what a channel denies and allows somebody, as names of the library's."""
    values = (discord.Permissions(**dict.fromkeys(names.split(), True)).value for names in (deny, allow))
    return dict(zip(("deny", "allow"), map(str, values), strict=True)) | {"id": whose}


@pytest.fixture
async def there() -> AsyncIterator[Canned]:
    """A Discord with one server, in whose channel and thread the bot may do all that it needs."""
    async with canned() as made:
        made.answers |= {
            "/guilds/40": guild(),
            "/guilds/40/members/7": {"user": {"id": "7"}, "roles": ["41"]},
            "/channels/50": channel(),
            "/channels/51": {"id": "51", "type": 11, "guild_id": "40", "thread_metadata": {"locked": False}},
        }
        yield made


async def asked(there: Canned, *rooms: Room, token: str = TOKEN, **settings: Any) -> list[Finding]:  # noqa: ANN401  # the settings
    """Return what is found; nothing of it may hold the token, and what is wrong has a remedy."""
    named = [(room, "readers\x1b[2J") for room in rooms]
    found = await examine(token, there.address, rooms=named, **settings)
    for finding in found:
        assert token.rpartition(".")[2] not in finding.what + finding.remedy
        assert finding.fine or finding.remedy, finding
        assert finding.what.isprintable()
    return found


def problems(found: list[Finding]) -> str:
    """Return what is not fine, in words."""
    return "\n".join(f"{finding.what}: {finding.remedy}" for finding in found if not finding.fine)


async def test_a_good_set_up_is_praised_and_its_link_is_told(there: Canned) -> None:
    """Nothing to mend: who the bot is, how it connects, and how it comes to a server, with each permission's reason."""
    found = await asked(there, CHANNEL, THREAD)
    assert problems(found) == ""
    said = "\n".join(f"{finding.what} {finding.remedy}" for finding in found)
    for part in (
        "circles_bot's",
        "come over the gateway",
        "the gateway on 127.0.0.1 answers",
        "1000 of 1000 connections",
        "1 connection, as many as Discord recommends",
        "may write in 2 of 2 channels",
        invite_link(7, native_events=True),
        *(f"{one.shown}: to {one.reason}" for one in needed(native_events=True)),
    ):
        assert part in said


async def test_it_only_looks(there: Canned) -> None:
    """Asking changes nothing on Discord, and introduces nobody at the gateway, where starts are counted."""
    await asked(there, CHANNEL, THREAD)
    assert all(one.startswith(("GET ", "gateway ")) for one in there.asked)
    assert there.asked.count("gateway ?v=10&encoding=json") == 1


async def test_an_unknown_token_is_said_without_the_token(there: Canned) -> None:
    """One finding, with where to get another."""
    found = await asked(there, token="Nzc3.Gmistyped.not-the-token")
    assert "does not know this token" in problems(found)
    assert "Reset Token" in problems(found)
    assert len(found) == 1


async def test_a_server_out_of_reach_is_said_so() -> None:
    """No network is another thing than a wrong token."""
    async with canned() as gone:
        pass
    found = await asked(gone)
    assert "no answer" in problems(found)
    assert "[discord] api_url" in problems(found)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"interactions_endpoint_url": "https://old.example/secret"}, "sent to old.example instead of the bot"),
        ({"bot_require_code_grant": True}, "Requires OAuth2 Code Grant"),
        ({"integration_types_config": {"1": {}}}, "Guild Install"),
        ({"integration_types_config": {}}, ""),
        ({"bot_public": False}, ""),
    ],
)
async def test_what_the_portal_was_told_is_looked_at(there: Canned, setting: dict[str, Any], said: str) -> None:
    """What keeps everybody from the bot, though it runs, is named with the page to change it on."""
    there.answers["/applications/@me"] = {**APPLICATION, **setting}
    found = problems(await asked(there))
    assert said in found if said else not found
    assert "secret" not in found
    assert not said or "Developer portal" in found


async def test_who_can_invite_a_private_application_is_said(there: Canned) -> None:
    """Where it is not public, the link works for its owner alone: that is fine, and good to know."""
    there.answers["/applications/@me"] = {**APPLICATION, "bot_public": False}
    assert "Only the application's owner can" in (await asked(there))[-1].remedy


async def test_a_gateway_that_says_nothing_is_noticed(there: Canned) -> None:
    """A proxy may pass requests and no WebSocket: then nothing that people do arrives."""
    there.is_mute = True
    assert "the gateway on 127.0.0.1 cannot be reached" in problems(await asked(there))


async def test_what_is_no_gateway_is_noticed(there: Canned) -> None:
    """Something else may listen at that address."""
    there.greeting = {"op": 1}
    assert "cannot be reached" in problems(await asked(there))


async def test_the_gateway_of_the_settings_is_tried(there: Canned) -> None:
    """Where the settings name one, that is where the bot will connect."""
    there.answers["/gateway/bot"] = gateway("ws://127.0.0.1:9")
    assert problems(await asked(there, gateway_url=there.gateway_url)) == ""
    assert "[discord] gateway_url" in problems(await asked(there))


async def test_few_starts_left_are_warned_of(there: Canned) -> None:
    """Discord allows a thousand a day; who has used them up cannot connect."""
    there.answers["/gateway/bot"] = gateway(there.gateway_url, left=12)
    assert "12 of 1000 connections can still be begun within 1:00:00" in problems(await asked(there))


@pytest.mark.parametrize(
    ("shards", "servers", "fine", "said"),
    [
        (0, 9000, True, "4 connections, as many as Discord recommends"),
        (4, 9000, True, "4 connections, as many as Discord recommends"),
        (8, 9000, True, "8 connections, as [discord] shards says; Discord recommends 4"),
        (2, 9000, False, "2 connections for about 9000 servers: too few"),
        (2, 5000, True, "2 connections, as [discord] shards says"),
    ],
)
async def test_shards_are_compared_with_what_discord_recommends(
    there: Canned,
    shards: int,
    servers: int,
    fine: bool,  # noqa: FBT001  # a case's
    said: str,
) -> None:
    """Another number than the recommended one is allowed, but not one that Discord will refuse."""
    there.answers["/gateway/bot"] = gateway(there.gateway_url, shards=4)
    there.answers["/applications/@me"] = {**APPLICATION, "approximate_guild_count": servers}
    found = await asked(there, shards=shards)
    assert any(said in finding.what and finding.fine is fine for finding in found)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Refusal(403, 50001), "readers[2J: the bot cannot see it"),
        (Refusal(404, 10003), "readers[2J is gone"),
        (Refusal(500), "no answer about readers[2J"),
        (channel(overwrite("41", deny="send_messages")), "readers[2J: the bot lacks Send Messages"),
        (channel(overwrite("7", deny="view_channel embed_links")), "the bot lacks View Channels, Embed Links"),
        (
            channel(overwrite("40", deny="attach_files")),
            "lacks Attach Files: Channel settings or Server Settings",
        ),
        (channel(overwrite("40", deny="connect")) | {"type": 2}, "readers[2J: the bot lacks Connect: "),
    ],
)
async def test_a_channel_in_which_the_bot_cannot_work_is_named(
    there: Canned, answer: dict[str, Any], said: str
) -> None:
    """Whatever stands between the bot and a circle's channel is told with what to do, before a reminder is lost."""
    there.answers["/channels/50"] = answer
    assert said in problems(await asked(there, CHANNEL))


async def test_a_channel_in_which_nobody_talks_needs_no_connecting(there: Canned) -> None:
    """Only what a voice channel's chat needs is asked for there alone."""
    there.answers["/channels/50"] = channel(overwrite("40", deny="connect"))
    assert problems(await asked(there, CHANNEL)) == ""


async def test_a_thread_has_a_permission_of_its_own_and_can_be_locked(there: Canned) -> None:
    """Threads are as their channel is, but for writing in them; a locked one is shut."""
    there.answers["/channels/50"] = channel(overwrite("41", deny="send_messages"))
    assert problems(await asked(there, THREAD)) == ""
    there.answers["/channels/50"] = channel(overwrite("41", deny="send_messages_in_threads"))
    assert "the bot lacks Send Messages in Threads" in problems(await asked(there, THREAD))
    there.answers["/channels/51"] = {"id": "51", "guild_id": "40", "thread_metadata": {"locked": True}}
    assert "the thread readers[2J is locked" in problems(await asked(there, THREAD))


async def test_what_is_lacking_on_a_server_is_said_once(there: Canned) -> None:
    """Threads and events are the server's; events only where they are wanted."""
    there.answers["/guilds/40"] = guild(discord.Permissions(sum(1 << bit for bit in (10, 11, 14, 15, 38))))
    said = problems(await asked(there, CHANNEL, THREAD))
    assert said.count("on Library[2J the bot lacks Create Public Threads, Create Events") == 1
    said = problems(await asked(there, CHANNEL, native_events=False))
    assert "Create Public Threads" in said
    assert "Create Events" not in said
    assert there.asked.count("GET /guilds/40") == 2


async def test_many_channels_are_a_sample(there: Canned) -> None:
    """Nobody waits for hundreds of answers, and what was left out is said."""
    rooms = [Room(PLATFORM, str(number)) for number in range(100, 131)]
    there.answers |= {f"/channels/{room.chat}": channel() for room in rooms}
    found = await asked(there, *rooms, CHANNEL, CHANNEL)
    assert sum(one.startswith("GET /channels/") for one in there.asked) == ROOMS
    assert any(f"{ROOMS} of {ROOMS} channels with circles (the first {ROOMS} of 32" in one.what for one in found)


@pytest.mark.parametrize(
    ("roles", "overwrites", "may"),
    [
        (["41"], [], True),
        ([], [], False),
        (["41"], [overwrite("40", deny="send_messages")], False),
        (["41"], [overwrite("40", deny="send_messages"), overwrite("41", allow="send_messages")], True),
        (["41", "42"], [overwrite("42", deny="send_messages"), overwrite("41", allow="send_messages")], True),
        (["41"], [overwrite("40", allow="send_messages"), overwrite("41", deny="send_messages")], False),
        (["41"], [overwrite("41", allow="send_messages"), overwrite("7", deny="send_messages")], False),
        (["41"], [overwrite("41", deny="send_messages"), overwrite("7", allow="send_messages")], True),
        (["41"], [overwrite("42", deny="send_messages"), overwrite("8", deny="send_messages")], True),
        (["43"], [overwrite("7", deny="send_messages")], True),
    ],
)
def test_permissions_are_worked_out_as_discord_does(
    roles: list[str],
    overwrites: list[dict[str, str]],
    may: bool,  # noqa: FBT001  # a case's
) -> None:
    """Roles add up; a channel denies and allows everybody, then the roles, then the member; administrators may all."""
    there = guild()
    there["roles"] += [{"id": "42", "permissions": "0"}, {"id": "43", "permissions": "8"}]
    member = {"user": {"id": "7"}, "roles": roles}
    assert allowed_in(there, member, channel(*overwrites)).send_messages is may


def test_the_link_asks_for_what_is_needed_and_nothing_else() -> None:
    """Creating events only where the bot keeps them; nothing that moderates, reads along or pings everybody."""
    with_events, without = permissions(native_events=True), permissions(native_events=False)
    assert with_events.value & ~without.value == 1 << 44
    assert without.value == sum(1 << bit for bit in (10, 11, 14, 15, 20, 35, 38))
    assert invite_link(7, native_events=False) == (
        f"https://discord.com/oauth2/authorize?client_id=7&scope=bot+applications.commands&permissions={without.value}"
    )
    assert len({one.flag for one in NEEDED}) == len(NEEDED)
