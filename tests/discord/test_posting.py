"""What the core posts, against Discord on loopback: messages, cards, pictures, long texts, threads."""

from __future__ import annotations

import asyncio

import pytest

from bot.chat.adapter import TryLater
from bot.chat.message import Card, Chart, Message, Picture, Posted, Series
from bot.chat.text import Text
from tests.discord.server.faults import How
from tests.discord.serving import KeepingInbox, made, private, room_of, running, serving, up
from tests.discord.world import World
from tests.support.patience import PATIENCE

CHART = Chart("Turnout", ("May", "June"), (Series("came", (3.0, 5.0)),), "Turnout: 3 and 5 people")
PNG = Picture(b"\x89PNG", "Three came", "turnout.png")
POST = "POST /channels/{channel_id}/messages"


async def test_what_is_posted_stands_there_and_is_drawn_anew(dc: World) -> None:
    """Post and edit are the port's."""
    general = dc.guild("Library").channels()[0]
    async with serving(dc) as adapter:
        posted = await adapter.post(room_of(general), Message(Text.of("Two *stars* or not"), title="Hello"), "key")
        assert general.last.shown == "Hello\nTwo *stars* or not"
        await adapter.edit(posted, Message(Text.of("Three")))
        assert general.last.shown == "Three"
        await adapter.edit(posted, Message(Text.of("Three")))
    assert posted == Posted(room_of(general), str(general.last.id))
    assert len(general.messages) == 1


async def test_somebody_is_written_to_privately(dc: World) -> None:
    """Their room is known by their own number, and their private talk is opened on the way."""
    ada = dc.guild("Library").person("Ada")
    async with serving(dc) as adapter:
        posted = await adapter.post(private(ada), Message(Text.of("It is tomorrow")), "key")
        await adapter.edit(posted, Message(Text.of("It is today")))
        await adapter.post(private(ada), Message(Text.of("It was yesterday")), "another")
    assert [message.shown for message in ada.direct.messages] == ["It is today", "It was yesterday"]
    assert len(dc.realm.called("POST /users/@me/channels")) == 1


async def test_a_thread_has_its_own_messages(dc: World) -> None:
    """Its room is its channel's, and the thread."""
    library = dc.guild("Library")
    thread = library.thread(library.channels()[0], "Python", library.person("Ada"))
    async with serving(dc) as adapter:
        posted = await adapter.post(room_of(thread), Message(Text.of("Here")), "key")
        await adapter.edit(posted, Message(Text.of("Still here")))
    assert thread.shown == "Still here"
    assert library.channels()[0].messages == []


async def test_a_long_text_goes_out_in_parts_once(dc: World) -> None:
    """Cut where it must be, in order; a repeat after a break goes on where it was, and says nothing twice."""
    general = dc.guild("Library").channels()[0]
    words = "\n".join(f"line {number} of what they said" for number in range(400))
    async with serving(dc) as adapter:
        dc.fails(POST, How.DROPPED_AFTER)
        with pytest.raises(TryLater):
            await adapter.post(room_of(general), Message(Text.of(words), title="Digest"), "digest")
        assert len(general.messages) == 1
        await adapter.post(room_of(general), Message(Text.of(words), title="Digest"), "digest")
    assert len(general.messages) >= 3
    said = "\n".join(message.shown for message in general.messages)
    assert [line for line in said.splitlines() if line.startswith("line ")] == words.splitlines()


async def test_a_card_stays_one_message_however_long(dc: World) -> None:
    """It is drawn anew, which cannot be done with several."""
    general = dc.guild("Library").channels()[0]
    async with serving(dc) as adapter:
        card = Message(Text.of("word " * 2000), title="Card", card=Card("meeting", 1))
        posted = await adapter.post(room_of(general), card, "card")
        await adapter.edit(posted, card)
    assert len(general.messages) == 1


async def test_a_picture_goes_with_its_words_and_away_with_them(dc: World) -> None:
    """A chart is drawn on the way; its words are read to who does not see it. Drawn anew without one, it is gone."""
    general = dc.guild("Library").channels()[0]
    adapter = made(dc, draw=lambda chart: Picture(b"\x89PNG", chart.alt, chart.name))
    async with running(dc, adapter, KeepingInbox()):
        await up(adapter)
        posted = await adapter.post(room_of(general), Message(Text.of("Look"), title="Digest", picture=CHART), "key")
        (attached,) = general.last.attachments
        assert (attached.filename, attached.data) == ("chart.png", b"\x89PNG")
        assert attached.description == "Turnout: 3 and 5 people"
        await adapter.edit(posted, Message(Text.of("Look"), title="Digest"))
        assert general.last.attachments == []


async def test_a_picture_is_whole_when_it_is_tried_again(dc: World) -> None:
    """The first try used the file up."""
    general = dc.guild("Library").channels()[0]
    async with serving(dc) as adapter:
        dc.fails(POST, How.FLOOD, seconds=0.5)
        await adapter.post(room_of(general), Message(Text.of("Look"), picture=PNG), "key")
    assert [one.data for one in general.last.attachments] == [PNG.png]


async def test_nobody_is_notified_by_what_a_text_says(dc: World) -> None:
    """Names of people and everybody else's are words to be read."""
    library = dc.guild("Library")
    general, ada = library.channels()[0], library.person("Ada")
    async with serving(dc) as adapter:
        await adapter.post(room_of(general), Message(Text.of(f"@everyone {ada.mention}")), "key")
    assert general.last.notified == []
    assert not general.last.notifies_everyone


async def test_a_silent_message_makes_no_sound(dc: World) -> None:
    """As it was asked."""
    general = dc.guild("Library").channels()[0]
    async with serving(dc) as adapter:
        await adapter.post(room_of(general), Message(Text.of("Hush"), silent=True), "key")
        assert general.last.flags & (1 << 12)
        await adapter.post(room_of(general), Message(Text.of("Hey")), "another")
        assert not general.last.flags & (1 << 12)


async def test_a_post_waits_for_the_bot_to_come_up(dc: World) -> None:
    """What is due at the start is not put off because the bot is still logging in."""
    general = dc.guild("Library").channels()[0]
    fault = dc.fails("GET /users/@me", How.HANGS)
    async with running(dc, made(dc), KeepingInbox()) as (adapter, _):
        await dc.until(lambda: fault.met == 1)
        posting = asyncio.create_task(adapter.post(room_of(general), Message(Text.of("Hello")), "key"))
        dc.realm.faults.release()
        await asyncio.wait_for(posting, PATIENCE)
    assert general.shown == "Hello"


async def test_what_is_not_running_posts_nothing(dc: World) -> None:
    """Before the start and after the stop, a post is for later."""
    general = dc.guild("Library").channels()[0]
    with pytest.raises(TryLater):
        await made(dc).post(room_of(general), Message(Text.of("Hello")), "key")
    async with serving(dc) as adapter:
        pass
    with pytest.raises(TryLater):
        await adapter.edit(Posted(room_of(general), "1"), Message(Text.of("Hello")))
    assert general.messages == []


async def test_a_stop_waits_for_a_post_that_is_under_way(dc: World) -> None:
    """Otherwise it would be there, nobody would know, and it would be posted again."""
    general = dc.guild("Library").channels()[0]
    async with running(dc, made(dc), KeepingInbox()) as (adapter, task):
        await up(adapter)
        fault = dc.fails(POST, How.HANGS_AFTER)
        posting = asyncio.create_task(adapter.post(room_of(general), Message(Text.of("Hello")), "key"))
        await dc.until(lambda: fault.met == 1 and bool(general.messages))
        task.cancel()
        done, _ = await asyncio.wait({task, posting}, timeout=0.05)
        assert not done
        dc.realm.faults.release()
        await asyncio.wait({posting, task}, timeout=PATIENCE)
        with pytest.raises(TryLater):
            posting.result()
    async with serving(dc) as again:
        await again.post(room_of(general), Message(Text.of("Hello")), "key")
    assert general.shown == "Hello"
