"""Messages on the tests' Discord: said, drawn anew, refused; as its own rules have it."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

import discord
import pytest

from tests.discord.asking import ask, library
from tests.discord.server.state import OF_BOT, Channel, Kind, May

if TYPE_CHECKING:
    from tests.discord.world import World

BUTTON = {"type": 2, "style": 1, "label": "A", "custom_id": "a"}


def general(dc: World, bot: May = OF_BOT) -> Channel:
    """Return the only channel of a new server."""
    return dc.guild("Library", bot=bot).channels()[0]


async def test_a_message_that_is_said_again_stands_there_once(dc: World) -> None:
    """Within some minutes a repeated nonce finds the earlier message; later, or without the wish, it is a new one."""
    channel = general(dc)
    path, body = f"/channels/{channel.id}/messages", {"content": "Hi", "nonce": "n1", "enforce_nonce": True}
    first, again = await ask(dc, "POST", path, body), await ask(dc, "POST", path, body)
    assert first.body["id"] == again.body["id"]
    assert again.body["nonce"] == "n1"
    assert len(channel.messages) == 1
    await ask(dc, "POST", path, body | {"enforce_nonce": False})
    assert len(channel.messages) == 2
    await dc.passes(minutes=6)
    await ask(dc, "POST", path, body)
    assert len(channel.messages) == 3


@pytest.mark.parametrize(
    ("may", "body", "code"),
    [
        (May.NOTHING, {"content": "Hi"}, 50001),
        (May.VIEW_CHANNEL, {"content": "Hi"}, 50013),
        (OF_BOT & ~May.EMBED_LINKS, {"embeds": [{"title": "Hi"}]}, 50013),
        (OF_BOT, {"content": " "}, 50006),
        (
            OF_BOT,
            {"components": [{"type": 1, "components": [{"type": 2, "style": 1, "label": "A", "custom_id": "a"}]}]},
            50006,
        ),
    ],
)
async def test_what_the_bot_may_not_say(dc: World, may: May, body: dict[str, Any], code: int) -> None:
    """Unseen rooms, no right to write or embed, and messages with nothing in them."""
    channel = general(dc, may)
    answer = await ask(dc, "POST", f"/channels/{channel.id}/messages", body)
    assert (answer.code, channel.messages) == (code, [])


async def test_rooms_that_are_gone(dc: World) -> None:
    """A deleted channel, a server that the bot was removed from, a forum itself, a message that is not there."""
    library_ = dc.guild("Library")
    channel, forum = library_.channels()[0], library_.forum("questions")
    hi = {"content": "Hi"}
    assert (await ask(dc, "POST", f"/channels/{forum.id}/messages", hi)).code == 50008
    said = (await ask(dc, "POST", f"/channels/{channel.id}/messages", hi)).body["id"]
    channel.messages[0].deleted = True
    assert (await ask(dc, "PATCH", f"/channels/{channel.id}/messages/{said}", hi)).code == 10008
    library_.removes_bot()
    assert (await ask(dc, "POST", f"/channels/{channel.id}/messages", hi)).code == 50001
    library_.deletes(channel)
    assert (await ask(dc, "POST", f"/channels/{channel.id}/messages", hi)).code == 10003
    assert (await ask(dc, "POST", f"/channels/{channel.id}/messages", hi, token="no")).status == 401


async def test_private_talks(dc: World) -> None:
    """Who has closed them, has blocked the bot, or is on no server with it, is not reached."""
    ada, bob, zoe = dc.guild("Library").person("Ada"), dc.guild("School").person("Bob"), dc.stranger("Zoe")
    async with library(dc) as client:
        talk = await client.create_dm(discord.Object(ada.id))
        await talk.send("Hello")
        assert ada.sees == "Hello"
        assert talk.id == ada.direct.id
        for who, let in ((ada, ada.closes_dms), (bob, bob.blocks)):
            let()
            with pytest.raises(discord.Forbidden) as caught:
                await (await client.create_dm(discord.Object(who.id))).send("Hello again")
            assert caught.value.code == 50007
        with pytest.raises(discord.Forbidden) as caught:
            await (await client.create_dm(discord.Object(zoe.id))).send("Hello")
        assert caught.value.code == 50278


async def test_what_is_not_said_of_a_message_stays_as_it_is(dc: World) -> None:
    """Drawing anew takes away what is named as nothing, and keeps the rest with its files."""
    channel = general(dc)
    async with library(dc) as client:
        room = client.get_partial_messageable(channel.id)
        picture = discord.File(BytesIO(b"png"), "turnout.png", description="Three came")
        sent = await room.send("Words", embed=discord.Embed(title="Title", description="More"), file=picture)
        assert sent.attachments[0].description == "Three came"
        (said,) = channel.messages
        await sent.edit(content="Other words")
        assert said.shown == "Other words\nTitle\nMore\n[turnout.png: Three came]"
        await sent.edit(embed=None, attachments=[])
        assert said.shown == "Other words"
        assert [one.content for one in said.edits] == ["Words", "Other words"]
        with pytest.raises(discord.HTTPException) as caught:
            await sent.edit(content=None)
        assert caught.value.code == 50006
        assert said.shown == "Other words"


async def test_a_picture_that_is_shown_must_be_there(dc: World) -> None:
    """Else people see a broken one: a test in which that happens fails."""
    channel = general(dc)
    body = {"embeds": [{"title": "Turnout", "image": {"url": "attachment://turnout.png"}}]}
    await ask(dc, "POST", f"/channels/{channel.id}/messages", body)
    assert dc.violations == ["a message shows turnout.png, which is not attached to it"]
    dc.violations.clear()
    async with library(dc) as client:
        embed = discord.Embed(title="Turnout").set_image(url="attachment://turnout.png")
        picture = discord.File(BytesIO(b"png"), "turnout.png")
        sent = await client.get_partial_messageable(channel.id).send(embed=embed, file=picture)
        assert sent.embeds[0].image.url == sent.attachments[0].url
        await sent.edit(attachments=[])
    assert dc.violations == ["a message shows turnout.png, which is not attached to it"]
    dc.violations.clear()


async def test_only_those_are_notified_who_may_be(dc: World) -> None:
    """Words mention whom they like; who is notified is said beside them. Embeds notify nobody."""
    library_ = dc.guild("Library")
    ada, ben = library_.person("Ada"), library_.person("Ben")
    channel, path = library_.channels()[0], f"/channels/{library_.channels()[0].id}/messages"
    words = f"{ada.mention} {ben.mention} @everyone"
    await ask(dc, "POST", path, {"content": words})
    await ask(dc, "POST", path, {"content": words, "allowed_mentions": {"parse": [], "users": [str(ben.id)]}})
    await ask(dc, "POST", path, {"content": words, "allowed_mentions": {"parse": []}})
    await ask(dc, "POST", path, {"embeds": [{"description": words}]})
    assert [one.notified for one in channel.messages] == [[ada.user, ben.user], [ben.user], [], []]
    assert [one.notifies_everyone for one in channel.messages] == [True, False, False, False]
    assert channel.messages[0].shown == "@Ada @Ben @everyone"


async def test_old_messages_can_be_drawn_anew_only_so_often(dc: World) -> None:
    """From an hour on there is a limit, with a code of its own; the bot's answers to people are not counted."""
    channel = general(dc)
    said = (await ask(dc, "POST", f"/channels/{channel.id}/messages", {"content": "Hi"})).body["id"]
    dc.realm.limits.old_edits = 2
    path = f"/channels/{channel.id}/messages/{said}"
    for number in range(5):
        assert (await ask(dc, "PATCH", path, {"content": f"Hi {number}"})).status == 200
    dc.clock.move_to(dc.clock.now() + timedelta(hours=1))
    answers = [await ask(dc, "PATCH", path, {"content": f"Hi {number}"}) for number in range(3)]
    assert [one.status for one in answers] == [200, 200, 429]
    assert answers[2].code == 30046
    assert answers[2].body["retry_after"] == 3600.0
    assert answers[2].headers["Via"]
    dc.clock.move_to(dc.clock.now() + timedelta(hours=1))
    assert (await ask(dc, "PATCH", path, {"content": "Hi"})).status == 200


async def test_people_read_what_markdown_makes_of_it(dc: World) -> None:
    """Marks are read away, what is escaped is not, and times stand there in UTC."""
    channel = general(dc, OF_BOT)
    words = r"-# **Bold** \*not\* [here](https://a.example/b) <t:1773162000:F> `code` under_score"
    await ask(dc, "POST", f"/channels/{channel.id}/messages", {"content": words})
    assert channel.shown == "Bold *not* here Tuesday, 10 March 2026, 17:00 code under_score"
    assert channel.kind is Kind.TEXT
