"""What Discord tells, as the core hears it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import discord
import pytest

from adapters.discord import inbound
from adapters.discord.client import Client, told
from bot.chat.inbound import Command, Filled, Place, Press, Sender
from bot.chat.message import Posted, Room, RoomKind
from bot.forms import AmendDraft, DropDraft, ResumeDraft, SaveDraft
from tests.discord import happening
from tests.discord.happening import ADA, ADMINISTRATOR, BEN, CHANNEL, MANAGE_GUILD, SPACE, THREAD, Json, option

MOMENT = "<t:1618953630:F>"
CHANNEL_ROOM = Room("discord", str(CHANNEL))


@pytest.fixture
async def client() -> Client:
    """Return a client of the library that knows who it is."""
    client = Client(heard=_unheard)
    state = client._connection
    state.user = discord.ClientUser(state=state, data=happening.user(happening.APP))  # type: ignore[arg-type]  # a TypedDict
    return client


async def _unheard(_: discord.Interaction) -> None:
    raise AssertionError


def read(client: Client, data: Json) -> discord.Interaction[Any]:
    """Return an interaction as the library reads it."""
    return told(data, client._connection)


class TestWhere:
    """Each place is the same room whatever was done there."""

    @pytest.mark.parametrize(
        ("place", "expected"),
        [
            ("channel", Place(CHANNEL_ROOM, "python", str(SPACE))),
            ("thread", Place(Room("discord", str(CHANNEL), str(THREAD)), "Rust beginners", str(SPACE))),
            ("direct", Place(Room("discord", str(ADA), kind=RoomKind.PRIVATE))),
        ],
    )
    async def test_the_room_of_an_act(self, client: Client, place: str, expected: Place) -> None:
        """A thread is part of its channel; direct messages are the person's own room, by their user id."""
        acts = [
            happening.command("circle", place=place),
            happening.tapped("rs.16.yes", place=place),
            happening.sent("form.7", {"weeks": "6"}, place=place),
        ]
        for data in acts:
            act = inbound.act(read(client, data))
            assert act is not None
            assert act.place == expected

    async def test_a_sort_of_channel_that_is_not_known_yet(self, client: Client) -> None:
        """It is nothing that we know, and breaks nothing."""
        data = happening.command("circle")
        data["channel"] |= {"type": 99}
        assert inbound.act(read(client, data)) is None

    async def test_a_group_of_friends(self, client: Client) -> None:
        """A conversation of a few people outside any server is no place for circles."""
        data = happening.command("circle", place="direct")
        data["channel"] |= {"type": 3, "recipients": [], "name": None, "icon": None, "owner_id": str(ADA)}
        assert inbound.act(read(client, data)) is None


class TestWho:
    """What is told of a person."""

    async def test_the_person(self, client: Client) -> None:
        """Their name on this server, their language, and that they may be written to."""
        act = inbound.act(read(client, happening.command("circle", nick="Ada of the North")))
        assert act is not None
        assert act.sender == Sender("discord", str(ADA), "Ada of the North", "en-US", is_open=True)
        assert act.page_size == 5

    async def test_without_a_name_on_the_server(self, client: Client) -> None:
        """Then it is the one that they are shown with everywhere."""
        act = inbound.act(read(client, happening.tapped("rs.16.yes", place="direct")))
        assert act is not None
        assert act.sender.name == "P101"

    @pytest.mark.parametrize(
        ("may", "runs"), [(0, False), (MANAGE_GUILD, True), (ADMINISTRATOR, True), (1 << 11, False)]
    )
    async def test_who_runs_the_room(self, client: Client, may: int, runs: bool) -> None:  # noqa: FBT001  # a parameter of the test
        """Whoever may manage the server runs its rooms, and nobody else does."""
        act = inbound.act(read(client, happening.command("community", may=may)))
        assert act is not None
        assert act.sender.runs_room is runs

    async def test_each_act_has_a_key_of_its_own(self, client: Client) -> None:
        """A repeated one can be told from a new one."""
        data = happening.command("circle")
        act, again = inbound.act(read(client, data)), inbound.act(read(client, data))
        other = inbound.act(read(client, happening.command("circle")))
        assert act is not None
        assert again is not None
        assert other is not None
        assert act.key == again.key == f"discord:{data['id']}" != other.key


class TestCommands:
    """What was said along with a command."""

    async def test_options_are_told_by_field(self, client: Client) -> None:
        """Words, numbers and yes or no are all words to the core."""
        said = [option("topic", "Rust"), option("weeks", 6, 4), option("open", value=True, kind=5)]
        act = inbound.act(read(client, happening.command("circle", *said)))
        assert isinstance(act, Command)
        assert act.name == "circle"
        assert act.options == {"topic": "Rust", "weeks": "6", "open": "1"}
        assert not act.words

    async def test_people_are_told_with_their_names(self, client: Client) -> None:
        """On the server they may be called something else."""
        resolved = {
            "users": {str(BEN): happening.user(BEN), "103": happening.user(103)},
            "members": {str(BEN): {"nick": "Benny"}, "103": {"nick": None}},
        }
        said = [option("who", str(BEN), 6), option("other", "103", 6)]
        act = inbound.act(read(client, happening.command("add", *said, resolved=resolved)))
        assert isinstance(act, Command)
        assert act.options == {"who": str(BEN), "other": "103"}
        assert act.people == {str(BEN): "Benny", "103": "P103"}

    async def test_a_person_whom_discord_does_not_describe(self, client: Client) -> None:
        """They are told all the same, by their id."""
        act = inbound.act(read(client, happening.command("add", option("who", str(BEN), 6))))
        assert isinstance(act, Command)
        assert act.people == {str(BEN): str(BEN)}

    async def test_a_bot_is_nobody(self, client: Client) -> None:
        """Discord offers bots, ours too, among the people to pick from: the core hears that nobody was picked."""
        resolved = {"users": {str(BEN): happening.user(BEN) | {"bot": True}}}
        act = inbound.act(read(client, happening.command("add", option("who", str(BEN), 6), resolved=resolved)))
        assert isinstance(act, Command)
        assert (act.options, act.people) == ({"who": str(BEN)}, {})

    async def test_a_moment_is_told_as_one(self, client: Client) -> None:
        """What Discord's own picker of times puts into the words is no guess."""
        act = inbound.act(read(client, happening.command("meet", option("when", MOMENT), option("note", "at eight"))))
        assert isinstance(act, Command)
        assert act.moments == {"when": datetime(2021, 4, 20, 21, 20, 30, tzinfo=UTC)}

    async def test_an_old_menu(self, client: Client) -> None:
        """Groups of commands and options of an earlier version break nothing."""
        group = {"name": "old", "type": 1, "options": [option("x", "y")]}
        act = inbound.act(read(client, happening.command("circle", group, option("gone", "z"))))
        assert isinstance(act, Command)
        assert act.options == {"gone": "z"}

    async def test_a_command_on_a_message_or_a_person(self, client: Client) -> None:
        """There are none of ours."""
        data = happening.command("circle")
        data["data"]["type"] = 3
        assert inbound.act(read(client, data)) is None


class TestButtons:
    """What was tapped, and where."""

    @pytest.mark.parametrize("ephemeral", [False, True])
    async def test_a_tap(self, client: Client, ephemeral: bool) -> None:  # noqa: FBT001
        """The message is told too, whoever can see it, so that it can be drawn anew."""
        on = happening.message("rs.16.yes", ephemeral=ephemeral)
        found = read(client, happening.tapped("rs.16.yes", on=on))
        act = inbound.act(found)
        assert isinstance(act, Press)
        assert act.payload == "rs.16.yes"
        assert act.posted == Posted(CHANNEL_ROOM, "5")
        assert not act.card_follows
        assert inbound.is_ephemeral(found) is ephemeral

    async def test_a_payload_that_is_there_twice(self, client: Client) -> None:
        """What tells two buttons from each other is no part of what they mean."""
        act = inbound.act(read(client, happening.tapped("rs.16.yes#2")))
        assert isinstance(act, Press)
        assert act.payload == "rs.16.yes"

    @pytest.mark.parametrize("custom_id", ["x" * 100, "", "🦀", "rs.", "form.7"])
    async def test_forged_and_old_buttons_are_told_as_they_are(self, client: Client, custom_id: str) -> None:
        """The core knows what to say about them."""
        act = inbound.act(read(client, happening.tapped(custom_id)))
        assert isinstance(act, Press)
        assert act.payload == custom_id

    async def test_a_list_is_no_button(self, client: Client) -> None:
        """None of our messages has lists."""
        assert inbound.act(read(client, happening.tapped("rs.16.yes", kind=3))) is None

    @pytest.mark.parametrize("intent", [AmendDraft, DropDraft, ResumeDraft, SaveDraft])
    async def test_steps_of_forms_are_known_by_their_buttons(self, client: Client, intent: Any) -> None:  # noqa: ANN401  # any intent
        """The next step takes their place; a panel keeps its own."""
        payload = intent(draft=7).payload()
        assert inbound.is_step(read(client, happening.sent("form.7", {}, on=happening.message("rs.1", payload))))
        assert not inbound.is_step(read(client, happening.sent("form.7", {}, on=happening.message("rs.1"))))
        assert not inbound.is_step(read(client, happening.sent("form.7", {})))


class TestForms:
    """What was filled in."""

    async def test_answers_are_told_by_field(self, client: Client) -> None:
        """With the moments in them, and the form that they belong to."""
        act = inbound.act(read(client, happening.sent("form.1z", {"weeks": "6", "when": MOMENT})))
        assert isinstance(act, Filled)
        assert act.draft == 71
        assert act.answers == {"weeks": "6", "when": MOMENT}
        assert act.moments == {"when": datetime(2021, 4, 20, 21, 20, 30, tzinfo=UTC)}
        assert act.kept == ()

    @pytest.mark.parametrize("custom_id", ["form.", "form.!", "other", "form.zzzzzzzzzzzzzzzzzzzz"])
    async def test_somebody_elses_form(self, client: Client, custom_id: str) -> None:
        """It is nothing that we know."""
        assert inbound.act(read(client, happening.sent(custom_id, {"weeks": "6"}))) is None
