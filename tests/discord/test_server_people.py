"""People on the tests' Discord can do what Discord lets them do, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
import pytest

from tests.discord.asking import ask, library
from tests.discord.filling import Form
from tests.discord.server.doing import Did, Interaction
from tests.discord.server.state import USUAL, May

if TYPE_CHECKING:
    from tests.discord.people import Person
    from tests.discord.server.problems import Json
    from tests.discord.world import World

MENU: list[Json] = [
    {
        "name": "meet",
        "description": "Meet",
        "type": 1,
        "name_localizations": {"es-ES": "quedar"},
        "options": [
            {"type": 3, "name": "topic", "description": "What?", "max_length": 5, "required": True},
            {"type": 4, "name": "weeks", "description": "How many?", "min_value": 1, "max_value": 9},
            {"type": 3, "name": "answer", "description": "Do you?", "choices": [{"name": "Yes", "value": "y"}]},
            {"type": 6, "name": "who", "description": "Who?", "name_localizations": {"es-ES": "quien"}},
        ],
    },
    {"name": "rule", "description": "Rule", "type": 1, "default_member_permissions": 32, "contexts": [0]},
]


async def with_menu(dc: World, **person: Any) -> Person:  # noqa: ANN401  # whatever a person has
    """Return somebody before a menu, of whom nobody hears."""
    await ask(dc, "PUT", f"/applications/{dc.realm.bot.id}/commands", MENU)
    dc.waits = False
    return dc.guild("Library").person("Ada", **person)


async def test_options_are_sent_as_they_are_typed(dc: World) -> None:
    """By their own or their shown names; choices by their words, people by their numbers."""
    ada = await with_menu(dc)
    did = await ada.types("meet", topic="Rust", weeks=3, answer="Yes", quien=ada)
    assert did.told["data"]["options"] == [
        {"name": "topic", "type": 3, "value": "Rust"},
        {"name": "weeks", "type": 4, "value": 3},
        {"name": "answer", "type": 3, "value": "y"},
        {"name": "who", "type": 6, "value": str(ada.id)},
    ]
    assert did.told["data"]["resolved"]["users"][str(ada.id)]["global_name"] == "Ada"


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({}, "wants topic"),
        ({"topic": "Python"}, "too long"),
        ({"topic": "Rust", "weeks": 10}, "out of range"),
        ({"topic": "Rust", "weeks": "ten"}, "is a number"),
        ({"topic": "Rust", "answer": "Maybe"}, "one of"),
        ({"topic": "Rust", "who": "Ben"}, "is a person"),
        ({"topic": "Rust", "colour": "red"}, "has no colour"),
    ],
)
async def test_what_cannot_be_typed(dc: World, options: dict[str, Any], why: str) -> None:
    """Discord's own window would not send it."""
    ada = await with_menu(dc)
    with pytest.raises(AssertionError, match=why):
        await ada.types("meet", **options)
    assert ada.did == []


async def test_who_sees_which_command(dc: World) -> None:
    """Some are for who may manage the server, some are not for private talks, and some places are for nobody."""
    ada = await with_menu(dc)
    place = ada.here
    assert place is not None
    with pytest.raises(AssertionError, match="hidden from Ada"):
        await ada.types("rule")
    with pytest.raises(AssertionError, match="not offered here"):
        await ada.types("rule", ada.direct)
    with pytest.raises(AssertionError, match="there is no /song"):
        await ada.types("song")
    assert place.guild is not None
    place.guild.members[ada.id].may = USUAL | May.MANAGE_GUILD
    await ada.types("rule")
    place.guild.members[ada.id].here[place.id] = May.USE_APPLICATION_COMMANDS
    with pytest.raises(AssertionError, match="does not see"):
        await ada.types("meet", topic="Rust")
    del place.guild.members[ada.id]
    assert len(ada.did) == 1


CHOICES = [{"label": "Good", "value": "4"}, {"label": "Bad", "value": "1", "default": True}]


def form(dc: World, **component: Any) -> Form:  # noqa: ANN401  # whatever a field has
    """Return an open form with a field."""
    user = dc.realm.user("Ada")
    opened_by = Interaction(1, "t", Did.COMMAND, user, dc.realm.direct(user), dc.clock.now(), {})
    part = {"type": 18, "label": "How?", "description": "Say", "component": {"custom_id": "how", **component}}
    return Form({"title": "T", "custom_id": "f", "components": [part]}, opened_by)


@pytest.mark.parametrize(
    ("component", "given", "sent"),
    [
        ({"type": 4, "style": 1, "value": "well"}, {}, {"value": "well"}),
        ({"type": 4, "style": 1, "value": "well"}, {"how": "bad"}, {"value": "bad"}),
        ({"type": 4, "style": 1, "required": False}, {"How?": ""}, {"value": ""}),
        ({"type": 21, "options": CHOICES}, {"how": "Good"}, {"value": "4"}),
        ({"type": 21, "options": CHOICES}, {}, {"value": "1"}),
        ({"type": 21, "options": CHOICES[:1], "required": False}, {}, {"value": None}),
        ({"type": 3, "options": CHOICES}, {"how": "4"}, {"values": ["4"]}),
        ({"type": 22, "options": CHOICES}, {"how": ["Good", "Bad"]}, {"values": ["4", "1"]}),
        ({"type": 23}, {"how": True}, {"value": True}),
        ({"type": 5, "required": False}, {}, {"values": []}),
    ],
)
def test_a_form_is_sent_as_it_is_filled_in(dc: World, component: Json, given: Json, sent: Json) -> None:
    """What is not touched goes as it stood there."""
    (part,) = form(dc, **component).filled(given)["components"]
    assert {name: part["component"][name] for name in sent} == sent
    assert part["component"]["custom_id"] == "how"


@pytest.mark.parametrize(
    ("component", "given", "why"),
    [
        ({"type": 4, "style": 1}, {}, "has to be filled in"),
        ({"type": 4, "style": 1, "max_length": 2}, {"how": "well"}, "too long"),
        ({"type": 4, "style": 1, "min_length": 9}, {"how": "well"}, "too short"),
        ({"type": 4, "style": 1}, {"how": "a\nb"}, "one line"),
        ({"type": 4, "style": 1}, {"what": "x"}, "has no what"),
        ({"type": 21, "options": CHOICES}, {"how": "So so"}, "one of"),
        ({"type": 21, "options": CHOICES[:1]}, {}, "has to be chosen"),
        ({"type": 3, "options": CHOICES}, {"how": ["Good", "Bad"]}, "takes 1"),
        ({"type": 5}, {}, "has to be chosen"),
        ({"type": 5}, {"how": "Ada"}, "is a person"),
    ],
)
def test_what_a_form_does_not_let_one_send(dc: World, component: Json, given: Json, why: str) -> None:
    """Discord's own window would not."""
    with pytest.raises(AssertionError, match=why):
        form(dc, **component).filled(given)


async def test_there_must_be_a_form_to_fill_in(dc: World) -> None:
    """And it is open until it is sent, or closed."""
    ada = dc.guild("Library").person("Ada")
    with pytest.raises(AssertionError, match="no form is open"):
        await ada.fills(how="well")
    ada.form = form(dc, type=4, style=1)
    assert ada.form.shown == "T\nHow?\nSay"
    ada.closes_form()
    assert ada.form is None


async def test_buttons_that_lead_elsewhere_or_nowhere(dc: World) -> None:
    """A link is followed, not pressed; a button that is grey is neither."""
    place = dc.guild("Library")
    ada, channel = place.person("Ada"), place.channels()[0]
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="Join the call", url="https://meet.example/py"))
    view.add_item(discord.ui.Button(label="Come", custom_id="c", disabled=True))
    view.stop()
    async with library(dc) as client:
        await client.get_partial_messageable(channel.id).send("Tonight", view=view)
    assert ada.follows("Join") == "https://meet.example/py"
    assert channel.last.buttons == ["Join the call"]
    with pytest.raises(AssertionError, match="sees no button 'Come'"):
        await ada.presses("Come")
    with pytest.raises(AssertionError, match="disabled"):
        await ada.presses("Come", on=channel.last)
    with pytest.raises(AssertionError, match="use follows"):
        await ada.presses("Join the call")
    ada.deletes(channel.messages[0])
    assert ada.visible() == []


async def test_what_people_say_to_each_other_wakes_a_thread(dc: World) -> None:
    """The bot does not hear of it."""
    place = dc.guild("Library")
    ada = place.person("Ada")
    thread = place.thread(place.channels()[0], "Rust", ada)
    async with library(dc) as client:
        await dc.passes(hours=24)
        asleep = [thread.archived]
        ada.goes(thread).says("Anybody here?")
        await dc.passes(hours=23)
        asleep.append(thread.archived)
        assert asleep == [True, False]
        assert thread.shown == "Anybody here?"
        assert client.heard == []
    assert (await ask(dc, "PATCH", f"/channels/{thread.id}/messages/{thread.last.id}", {"content": "x"})).code == 50005
