"""Interactions on the tests' Discord: answered in time or not at all, for one or for all, by the real library."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import discord
import pytest

from tests.discord.asking import answering, ask, library
from tests.discord.server.doing import Answered, Did, Interaction
from tests.discord.server.problems import Json
from tests.discord.server.state import EPHEMERAL, OF_BOT, May

if TYPE_CHECKING:
    from tests.discord.people import Person
    from tests.discord.world import World

Does = discord.Interaction
YES: Json = {"type": 1, "components": [{"type": 2, "style": 1, "label": "Yes", "custom_id": "yes"}]}
FORM: Json = {
    "title": "A circle",
    "custom_id": "form.1",
    "components": [{"type": 18, "label": "Name", "component": {"type": 4, "custom_id": "name", "style": 1}}],
}


async def unanswered(dc: World, who: Person, command: str = "meet") -> Interaction:
    """Let somebody type a command that nobody answers yet."""
    await answering(dc, command)
    dc.waits = False
    return await who.types(command)


async def answer(dc: World, to: Interaction, kind: int, data: Json | None = None, *, more: str = "") -> Any:  # noqa: ANN401  # JSON
    """Answer an interaction for the first time, and return the code of why not, or what came back."""
    path = f"/interactions/{to.id}/{to.token}/callback{more}"
    said = await ask(dc, "POST", path, {"type": kind} | ({"data": data} if data else {}), token="")
    return said.body["code"] if said.status >= 400 else said.body


async def follow(dc: World, to: Interaction, method: str, where: str, data: Json | None = None) -> Any:  # noqa: ANN401  # JSON
    """Do something with an interaction's token, and return the code of why not, or what came back."""
    said = await ask(dc, method, f"/webhooks/{dc.realm.bot.id}/{to.token}{where}", data, token="")
    return said.body["code"] if said.status >= 400 else said.body


def data(did: Does) -> Any:  # noqa: ANN401  # JSON
    """Return what was done, as it is told."""
    return did.data


async def silent(_: Does) -> None:
    """Say nothing."""


def saying(words: str, **more: Any) -> Callable[[Does], Awaitable[object]]:  # noqa: ANN401  # whatever a message has
    """Answer everything so."""
    return lambda did: did.response.send_message(words, **more)


async def test_the_first_answer_comes_within_three_seconds_or_never(dc: World) -> None:
    """After that nobody knows the interaction any more, and the person has read that it failed."""
    async with library(dc, silent):
        ada = dc.guild("Library").person("Ada")
        did = await unanswered(dc, ada)
        await dc.passes(2.9)
        assert dc.failed == []
        await dc.passes(0.1)
        assert dc.failed == [did]
        assert ada.sees == "This interaction failed"
        assert await answer(dc, did, 4, {"content": "Here I am"}) == 10062
        assert await follow(dc, did, "POST", "", {"content": "Here I am"}) == 10015


async def test_there_is_one_first_answer(dc: World) -> None:
    """A second one is refused, whatever it is; who does not know the token does not answer at all."""
    async with library(dc, silent):
        ada = dc.guild("Library").person("Ada")
        did = await unanswered(dc, ada)
        told = await ask(dc, "POST", f"/interactions/{did.id}/wrong/callback", {"type": 5}, token="")
        assert told.code == 10062
        assert await answer(dc, did, 4, {"content": "Hi"}) == ""
        assert await answer(dc, did, 4, {"content": "Hi"}) == 40060
        assert await answer(dc, did, 9, FORM) == 40060


async def test_an_answer_for_one_is_seen_by_nobody_else(dc: World) -> None:
    """It is no message of the channel's: it can neither be read nor drawn anew there."""
    library_ = dc.guild("Library")
    ada, ben = library_.person("Ada"), library_.person("Ben")
    await answering(dc, "meet")
    async with library(dc, saying("For **you**", ephemeral=True, view=_view())):
        did = await ada.types("meet")
        assert ada.sees == "For you"
        assert ada.last.buttons == ["Yes"]
        assert ben.sees == ""
        assert library_.channels()[0].messages == []
        assert did.original is not None
        path = f"/channels/{did.channel.id}/messages/{did.original.id}"
        assert (await ask(dc, "PATCH", path, {"content": "x"})).code == 10008
        with pytest.raises(AssertionError, match="sees no button"):
            await ben.presses("Yes")
        with pytest.raises(AssertionError, match="for somebody else"):
            await ben.presses("Yes", on=did.original)


def _view() -> discord.ui.View:
    made = discord.ui.View(timeout=None)
    made.add_item(discord.ui.Button(label="Yes", custom_id="yes"))
    made.stop()
    return made


async def test_thinking_takes_its_time(dc: World) -> None:
    """Put off, an answer may come within fifteen minutes; for whom it is has been said before."""
    async with library(dc, silent):
        ada = dc.guild("Library").person("Ada")
        did = await unanswered(dc, ada)
        assert await answer(dc, did, 5, {"flags": EPHEMERAL}) == ""
        assert ada.sees == "thinking…"
        await dc.passes(minutes=14)
        shown = await follow(dc, did, "POST", "", {"content": "At last"})
        assert shown["flags"] == EPHEMERAL, "as it was put off, though nobody said so again"
        assert ada.sees == "At last"
        assert [one.shown for one in ada.private] == ["At last"], "it took the place of thinking"
        assert (await follow(dc, did, "POST", "", {"content": "And more"}))["flags"] == 0
        assert (await follow(dc, did, "PATCH", "/messages/@original", {"content": "Better"}))["content"] == "Better"
        await dc.passes(minutes=1)
        assert await follow(dc, did, "PATCH", "/messages/@original", {"content": "Too late"}) == 50027
        assert await follow(dc, did, "POST", "", {"content": "Too late"}) == 50027
        assert dc.failed == []


async def test_a_tap_is_answered_by_the_message_itself(dc: World) -> None:
    """Drawn anew at once or later, it stays one message, whatever its age."""
    dc.realm.limits.old_edits = 0
    library_ = dc.guild("Library")
    ada, channel = library_.person("Ada"), library_.channels()[0]
    await ask(dc, "POST", f"/channels/{channel.id}/messages", {"content": "Come?", "components": [YES]})
    await dc.passes(hours=2)
    async with library(dc, lambda did: did.response.edit_message(content="1 comes", view=_view())):
        did = await ada.presses("Yes")
        assert did.answered is Answered.IN_PLACE
        assert channel.shown == "1 comes"
    async with library(dc, _in_place_later):
        await ada.presses("Yes")
        await dc.until(lambda: channel.shown == "2 come")
        assert len(channel.messages) == 1


async def _in_place_later(did: Does) -> None:
    await did.response.defer()
    await did.edit_original_response(content="2 come")


async def test_a_form_opens_as_the_first_answer_and_to_no_form(dc: World) -> None:
    """It cannot follow anything, and what is typed into one is answered otherwise."""
    async with library(dc, silent):
        ada = dc.guild("Library").person("Ada")
        did = await unanswered(dc, ada)
        assert await answer(dc, did, 9, FORM) == ""
        ada.opens(did)
        sent = await ada.fills(name="Rust")
        assert await answer(dc, sent, 9, FORM) == 50035
        assert await answer(dc, sent, 7, {"content": "x"}) == 50035, "a command's form stands on no message"
        told = await answer(dc, sent, 4, {"content": "Saved"}, more="?with_response=true")
        assert told["resource"]["message"]["content"] == "Saved"
        assert await follow(dc, did, "PATCH", "/messages/@original", {"content": "x"}) == 10008, "a form is no message"
        assert dc.failed == []


async def test_a_form_from_a_message_may_draw_that_message(dc: World) -> None:
    """What opened it is drawn anew by the answer to what was sent."""
    library_ = dc.guild("Library")
    ada, channel = library_.person("Ada"), library_.channels()[0]
    await ask(dc, "POST", f"/channels/{channel.id}/messages", {"content": "Come?", "components": [YES]})

    async def heard(did: Does) -> None:
        if did.type is discord.InteractionType.component:
            await did.response.send_modal(_Form())
        else:
            await did.response.edit_message(content=f"Ada: {data(did)['components'][0]['component']['value']}")

    async with library(dc, heard):
        await ada.presses("Yes")
        assert ada.form is not None
        assert (ada.form.title, ada.form.labels, ada.form.prefilled("why")) == ("Why", ["Your reason"], "ill")
        await ada.fills({"Your reason": "hospital"})
        assert channel.shown == "Ada: hospital"
        assert ada.form is None


class _Form(discord.ui.Modal, title="Why"):
    why: discord.ui.Label[Any] = discord.ui.Label(
        text="Your reason", component=discord.ui.TextInput(custom_id="why", default="ill", max_length=20)
    )


async def test_what_is_typed_is_completed(dc: World) -> None:
    """Choices come while one types, and nothing else does."""
    ada = dc.guild("Library").person("Ada")
    options = [{"type": 3, "name": "circle", "description": "Which?", "autocomplete": True}]
    menu = [{"name": "join", "description": "Join", "type": 1, "options": options}]
    await ask(dc, "PUT", f"/applications/{dc.realm.bot.id}/commands", menu)

    async def heard(did: Does) -> None:
        typed = data(did)["options"][0]["value"]
        await did.response.autocomplete([discord.app_commands.Choice(name=f"{typed}thon", value="1")])

    async with library(dc, heard):
        assert await ada.completes("join", "circle", "Py") == ["Python"]


@pytest.mark.parametrize(
    ("did", "kind"),
    [
        (Did.COMMAND, 6),
        (Did.COMMAND, 7),
        (Did.COMMAND, 8),
        (Did.TYPING, 4),
        (Did.TYPING, 9),
        (Did.FORM, 8),
        (Did.FORM, 1),
    ],
)
async def test_what_is_no_answer_to_that(dc: World, did: Did, kind: int) -> None:
    """Commands stand on no message to draw, and choices are for what is being typed only."""
    ada = dc.guild("Library").person("Ada")
    async with library(dc, silent):
        made = dc.server.interactions.happens(did, ada.user, ada.direct, {"id": "1", "name": "meet"})
        assert await answer(dc, made, kind) == 50035
        assert await answer(dc, made, 8 if did is Did.TYPING else 4, {"content": "Hi", "choices": []}) == ""
    dc.violations.clear()  # the contract knows no such answers


async def test_what_an_interaction_tells(dc: World) -> None:
    """Who did it, where, what they and the bot may do there, in which language."""
    library_ = dc.guild("Library", locale="de", bot=OF_BOT & ~May.EMBED_LINKS)
    ada = library_.person(
        "Ada", nick="Countess", may=May.VIEW_CHANNEL | May.MANAGE_GUILD | May.USE_APPLICATION_COMMANDS, locale="es-ES"
    )
    thread = library_.thread(library_.channels()[0], "Rust", ada)
    await answering(dc, "meet")
    async with library(dc, saying("Hi")) as client:
        await ada.types("meet", thread)
        await ada.types("meet", ada.direct)
        there, alone = client.heard
        assert isinstance(there.user, discord.Member)
        assert there.user.display_name == "Countess"
        assert there.permissions.manage_guild
        assert not there.permissions.administrator
        assert not there.app_permissions.embed_links
        assert (there.locale, there.guild_locale) == (discord.Locale.spain_spanish, discord.Locale.german)
        assert isinstance(there.channel, discord.Thread)
        assert there.channel.parent_id == library_.channels()[0].id
        assert there.guild_id == library_.id
        assert alone.guild_id is None
        assert alone.user.display_name == "Ada"
        assert isinstance(alone.channel, discord.DMChannel)
        assert ada.sees == "Hi"


async def test_somebody_picked_is_told_along(dc: World) -> None:
    """The name of who was picked comes with the number."""
    library_ = dc.guild("Library")
    ada, ben = library_.person("Ada"), library_.person("Ben")
    options = [{"type": 6, "name": "who", "description": "Who?"}]
    menu = [{"name": "ask", "description": "Ask", "type": 1, "options": options}]
    await ask(dc, "PUT", f"/applications/{dc.realm.bot.id}/commands", menu)

    async def heard(did: Does) -> None:
        picked = data(did)["options"][0]["value"]
        await did.response.send_message(data(did)["resolved"]["users"][picked]["global_name"])

    async with library(dc, heard):
        did = await ada.types("ask", who=ben)
        assert did.shown == "Ben"


async def test_nobody_is_there_to_hear_it(dc: World) -> None:
    """Without any connection an interaction fails at once."""
    await answering(dc, "meet")
    ada = dc.guild("Library").person("Ada")
    did = await ada.types("meet")
    assert did.has_failed
    assert dc.failed == [did]


async def test_a_repeated_interaction_is_the_same(dc: World) -> None:
    """Delivered twice, it is answered once."""
    await answering(dc, "meet")
    ada = dc.guild("Library").person("Ada")
    codes: list[int] = []

    async def heard(did: Does) -> None:
        try:
            await did.response.send_message("Hi", ephemeral=True)
        except discord.HTTPException as error:
            codes.append(error.code)
            dc.realm.changed()

    async with library(dc, heard) as client:
        did = await ada.types("meet")
        dc.server.interactions.deliver(did)
        await dc.until(lambda: bool(codes))
        assert [one.id for one in client.heard] == [did.id, did.id]
        assert codes == [40060]
        assert len(ada.private) == 1
