"""What people do on the page: each act done once, answered always, changing only what it may."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import WSServerHandshakeError

from adapters.web.answering import Answering
from bot.chat.inbound import Command
from bot.chat.message import Message, Room, RoomKind
from bot.chat.text import Text
from storage.engine import Database
from tests.adapters.web_support import GROUP, WebPlatform, invitation, platform, words_of

ROOM = "g:python"


@pytest.fixture
async def up(sqlite_database: Database) -> AsyncIterator[WebPlatform]:
    """The demo, with Ada, Ben and one room."""
    async with platform(sqlite_database) as made:
        yield made


async def test_a_press_redraws_the_card_for_everybody(up: WebPlatform) -> None:
    """The same post changes in place, with a later version, and the one who pressed hears a toast."""
    posted = await up.adapter.post(GROUP, invitation([]), "card")
    async with up.page("ada") as ada, up.page("ben") as ben:
        post = int(posted.message)
        ack = await ben.act(type="press", room=ROOM, post=post, payload="zza.yes")
        assert ack["toast"] == {"words": "Noted, thank you.", "alert": False}
        (edit,) = await ada.posts(1)
    assert edit["id"] == post
    assert edit["edited"]
    assert "1 coming: Ben" in words_of(edit)


async def test_a_form_is_asked_checked_and_sent(up: WebPlatform) -> None:
    """What is wrong comes back with its reason and what was good is kept; then the form is over."""
    async with up.page("ada") as ada:
        ask = (await ada.says("p:ada", "/newcircle"))["ask"]
        assert [question["field"] for question in ask["questions"]] == ["title", "about", "day"]
        fill = {"type": "fill", "room": "p:ada", "draft": ask["draft"]}
        again = (await ada.act(**fill, answers={"title": "x", "about": "All of it", "day": "tu"}))["ask"]
        errors = {question["field"]: (question["value"], question["error"]) for question in again["questions"]}
        assert errors == {"title": ("x", "A little longer, please."), "about": ("All of it", ""), "day": ("tu", "")}
        done = await ada.act(**fill, answers={"title": "Python", "about": "", "day": "tu"})
        assert "ask" not in done
        assert words_of((await ada.posts(2))[-1]) == "Made: Python"


async def test_what_is_meant_for_another_room_goes_there(up: WebPlatform) -> None:
    """A form that was begun in a room can be finished in private: the room hears, and whoever did it is told so."""
    async with up.page("ada") as ada, up.page("ben") as ben:
        done = await ada.says("p:ada", "/shout")
        assert "in the room" in done["toast"]["words"]
        (post,) = await ben.posts(1)
        assert (post["room"], words_of(post)) == (ROOM, "Fire!")


async def test_a_button_that_one_does_not_see_cannot_be_pressed(up: WebPlatform) -> None:
    """A press names a post; one of somebody else's private chat is refused."""
    posted = await up.adapter.post(Room("web", "ada", kind=RoomKind.PRIVATE), invitation([]), "card")
    async with up.page("ben") as ben:
        for room in ("p:ben", ROOM):
            ack = await ben.act(type="press", room=room, post=int(posted.message), payload="zza.yes")
            assert ack["failed"] == "not_allowed"
    assert up.inbox.heard == []


async def test_a_button_that_is_not_on_a_message_changes_it_for_nobody(up: WebPlatform) -> None:
    """Any payload can be sent with any message: what comes of one that is not there, its sender alone sees."""
    posted = await up.adapter.post(GROUP, Message(Text.of("The digest.")), "digest")
    async with up.page("ada") as ada, up.page("ben") as ben:
        await ben.act(type="press", room=ROOM, post=int(posted.message), payload="zza.yes")
        (card,) = await ben.posts(1)
        assert card["only"]
        assert "1 coming: Ben" in words_of(card)
        await ben.says(ROOM, "Nothing to see here")
        assert [words_of(post) for post in await ada.posts(1)] == ["Nothing to see here"]
    assert up.inbox.stood == []


async def test_an_act_whose_answer_was_lost_in_a_crash_is_not_met_with_silence(up: WebPlatform) -> None:
    """The bot remembers that it was done, but not what it said: it says that it was done."""
    again = {"type": "say", "room": ROOM, "words": "/next", "key": "abc"}
    async with up.page("ada") as ada:
        await ada.act(**again)
        up.adapter._answering = Answering(up.adapter)  # as after a restart
        ack = await ada.act(**again)
    assert ack["toast"] == {"words": "That is done. If an answer is missing, ask again.", "alert": False}
    assert len(up.inbox.heard) == 1


async def test_one_person_opens_only_so_many_pages(up: WebPlatform) -> None:
    """Beyond the limit a page is refused, and let in when another has gone."""
    up.adapter.most_pages = 1
    async with up.page("ada"):
        with pytest.raises(WSServerHandshakeError) as refused:
            async with up.page("ada"):
                raise AssertionError
        assert refused.value.status == 429


async def test_a_page_that_says_no_goodbye_does_not_keep_a_stop(up: WebPlatform) -> None:
    """Pages are sent away side by side, and none is waited for longer than a moment."""
    async with up.page("ada"), up.page("ben"), up.page("ada"):
        async with asyncio.timeout(15):  # the platform's own limit would be ten seconds for each
            await up.adapter.send_away()


async def test_an_act_that_is_sent_again_is_done_once_and_answered_alike(up: WebPlatform) -> None:
    """A page that heard no answer repeats the frame with its key: one deed, one message, the same answer."""
    again = {"type": "say", "room": ROOM, "words": "/nonsense", "key": "abc"}
    async with up.page("ada") as ada:
        first = await ada.act(**again)
    async with up.page("ada") as ada:
        assert await ada.act(**again) == first
        assert [words_of(post) for post in ada.welcome["posts"]] == ["/nonsense"]
    assert first["toast"] == {"words": "There is no /nonsense.", "alert": True}
    assert len(up.inbox.heard) == 1


async def test_an_act_goes_on_when_its_page_is_gone(up: WebPlatform) -> None:
    """The connection may break while the core works: the answer is kept for when the page asks again."""
    up.inbox.hold = asyncio.Event()
    frame = {"type": "say", "room": ROOM, "words": "/next", "key": "held"}
    async with up.page("ada") as ada:
        await ada.tell(**frame)
        await ada.posts(1)
    async with up.page("ada") as ada:
        await ada.tell(**frame)
        up.inbox.hold.set()
        await ada.wait_for("ack", key="held")
    async with up.page("ada") as ada:
        assert len(ada.welcome["posts"]) == 2
    assert len(up.inbox.heard) == 1


async def test_keys_are_ones_own(up: WebPlatform) -> None:
    """Two people whose pages happen to use the same key are both heard."""
    frame = {"type": "say", "room": ROOM, "words": "/next", "key": "same"}
    async with up.page("ada") as ada, up.page("ben") as ben:
        await ada.act(**frame)
        await ben.act(**frame)
    assert [heard.sender.user for heard in up.inbox.heard if isinstance(heard, Command)] == ["ada", "ben"]


async def test_a_mistake_of_ours_is_told_and_the_page_goes_on(
    up: WebPlatform, caplog: pytest.LogCaptureFixture
) -> None:
    """The person hears that it failed; the mistake is in the log."""
    async with up.page("ada") as ada:
        assert (await ada.says(ROOM, "/break"))["failed"] == "failed"
        await ada.says(ROOM, "/next")
    assert "a mistake of ours" in caplog.text
