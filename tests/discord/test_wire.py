"""The way to Discord alone: how messages are known again, and what is waited for, tried again and given up."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from adapters.discord.carriers import mentions
from adapters.discord.letter import Letter
from adapters.discord.wire import ATTEMPTS, nonce
from bot.chat.adapter import Refused, Trouble, TryLater, Unreachable
from bot.chat.message import Posted
from bot.chat.pacing import Pace, Pacing
from bot.chat.words import units
from tests.discord.server.faults import How
from tests.discord.server.problems import Problem
from tests.discord.server.state import OF_BOT, May
from tests.discord.serving import private, room_of, wired
from tests.discord.world import World

POST = "POST /channels/{channel_id}/messages"
EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"
HELLO = Letter("Hello")


def test_a_key_is_known_again_by_a_short_word() -> None:
    """Discord takes up to 25 characters; keys are longer, and different ones must not meet."""
    words = {nonce(f"delivery:{number}", part) for number in range(1000) for part in range(3)}
    assert len(words) == 3000
    assert all(word is not None and re.fullmatch(r"[A-Za-z0-9_-]{22}", word) for word in words)
    assert nonce("delivery:1") == nonce("delivery:1", 0)
    assert nonce("") is None


def test_only_those_are_notified_whom_a_letter_names() -> None:
    """Never whom its text mentions, never everyone, never a role."""
    nobody: Mapping[str, object] = mentions(Letter("@everyone <@5> <@&6>")).to_dict()
    somebody: Mapping[str, object] = mentions(Letter("<@5>", mentions=("5",))).to_dict()
    assert nobody == {"parse": [], "users": []}
    assert somebody == {"parse": [], "users": [5]}


async def test_a_repeated_key_finds_the_message_that_stands_there(dc: World) -> None:
    """Nobody heard that it had arrived, and so it was sent again; another key is another message."""
    general = dc.guild("Library").channels()[0]
    async with wired(dc) as wire:
        dc.fails(POST, How.DROPPED_AFTER)
        with pytest.raises(TryLater):
            await wire.post(room_of(general), HELLO, "key")
        posted = await wire.post(room_of(general), HELLO, "key")
        assert posted.message == str(general.last.id)
        assert len(general.messages) == 1
        await wire.post(room_of(general), HELLO, "another")
    assert len(general.messages) == 2


async def test_what_is_said_by_itself_is_tried_again_and_said_once(dc: World) -> None:
    """Through breaks before and after the effect, outages and limits; without a key of the caller's."""
    general = dc.guild("Library").channels()[0]
    async with wired(dc) as wire:
        for how in (How.DROPPED_BEFORE, How.ERROR_503, How.FLOOD, How.DROPPED_AFTER):
            dc.fails(POST, how, seconds=2.0)
        posted = await wire.say(room_of(general), HELLO)
        assert len(general.messages) == 1
        for how in (How.ERROR_502, How.DROPPED_AFTER):
            dc.fails(EDIT, how)
        await wire.redraw(posted, Letter("Bye"))
    assert general.shown == "Bye"


async def test_it_is_not_tried_for_ever(dc: World) -> None:
    """Whoever asked for it hears that it is for later."""
    general = dc.guild("Library").channels()[0]
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    async with wired(dc, sleep=sleep) as wire:
        fault = dc.fails(POST, How.ERROR_500, times=100)
        with pytest.raises(TryLater):
            await wire.say(room_of(general), HELLO)
    assert fault.met == ATTEMPTS
    assert pauses == [0.5, 1.0, 2.0, 4.0]


async def test_what_is_wrong_is_not_tried_again(dc: World) -> None:
    """It would be wrong again."""
    general = dc.guild("Library").channels()[0]
    async with wired(dc) as wire:
        with pytest.raises(Refused, match="2000"):
            await wire.say(room_of(general), Letter("x" * 2001))
    assert len(dc.realm.called(POST)) == 1


async def test_a_limit_that_lasts_holds_back_the_room_for_all(dc: World) -> None:
    """The library waits out up to half a minute; beyond that the caller hears how long, and others wait as well."""
    library = dc.guild("Library")
    general, other = library.channels()[0], library.channel("other")
    pacing = Pacing(Pace(), lambda: 0.0)
    async with wired(dc, pacing) as wire:
        dc.fails(POST, How.FLOOD, seconds=45.0)
        with pytest.raises(TryLater) as caught:
            await wire.post(room_of(general), HELLO, "key")
    assert caught.value.seconds == 45.0
    assert pacing.wait(room_of(general)) == 45.0
    assert pacing.wait(room_of(other)) == 0.0


async def test_an_old_message_that_may_not_be_drawn_anew_holds_back_itself_alone(dc: World) -> None:
    """Discord allows a few edits an hour of what is older than an hour; it is not even asked before that is over."""
    general = dc.guild("Library").channels()[0]
    pacing = Pacing(Pace(), lambda: 0.0)
    async with wired(dc, pacing) as wire:
        old, new = [await wire.post(room_of(general), HELLO, key) for key in ("old", "new")]
        fault = dc.fails(EDIT, How.FLOOD, seconds=3000.0, number=int(old.message))
        for _ in range(3):
            with pytest.raises(TryLater) as caught:
                await wire.edit(old, Letter("Bye"))
            assert caught.value.seconds is None
        await wire.edit(new, Letter("Bye"))
    assert (fault.met, len(dc.realm.called(EDIT))) == (1, 1)
    assert pacing.wait(room_of(general)) == 0.0


async def test_an_archived_thread_is_woken_once(dc: World) -> None:
    """Quiet threads fall asleep; what is due there goes out all the same."""
    library = dc.guild("Library")
    thread = library.thread(library.channels()[0], "Python", library.person("Ada"))
    async with wired(dc) as wire:
        thread.archived = True
        posted = await wire.post(room_of(thread), HELLO, "key")
        assert not thread.archived
        thread.archived = True
        await wire.edit(posted, Letter("Bye"))
    assert thread.shown == "Bye"


async def test_a_thread_that_is_locked_or_may_not_be_woken_is_closed(dc: World) -> None:
    """Somebody meant it to be over, even if the bot would be let in."""
    library = dc.guild("Library", bot=OF_BOT | May.MANAGE_THREADS)
    general = library.channels()[0]
    locked = library.thread(general, "Locked", library.person("Ada"))
    locked.archived = locked.locked = True
    async with wired(dc) as wire:
        with pytest.raises(Unreachable) as caught:
            await wire.post(room_of(locked), HELLO, "key")
        assert caught.value.trouble is Trouble.CLOSED
        asleep = library.thread(general, "Asleep", library.person("Ben"))
        asleep.archived = True
        dc.fails("PATCH /channels/{channel_id}", How.REFUSED, number=asleep.id, problem=Problem(50013))
        with pytest.raises(Unreachable) as caught:
            await wire.post(room_of(asleep), HELLO, "key")
        assert caught.value.trouble is Trouble.CLOSED


async def test_a_thread_is_opened_with_somebody_in_it(dc: World) -> None:
    """Beside the channel; in a thread, beside that one; in a forum as a post."""
    library = dc.guild("Library")
    general, ada = library.channels()[0], library.person("Ada")
    async with wired(dc) as wire:
        room = await wire.open_thread(room_of(general), "Python", str(ada.id))
        (first,) = library.threads(general)
        assert room == room_of(first)
        assert (first.name, ada.id in first.in_it) == ("Python", True)
        beside = await wire.open_thread(room, "x" * 150, str(ada.id))
        assert (beside.chat, beside.thread) == (room.chat, str(library.threads(general)[1].id))
        assert library.threads(general)[1].name == "x" * 99 + "…"


async def test_in_a_forum_a_thread_is_a_post(dc: World) -> None:
    """It begins with its title: Discord wants something said there."""
    library = dc.guild("Library")
    forum, ada = library.forum("circles"), library.person("Ada")
    async with wired(dc) as wire:
        post = await wire.open_thread(room_of(forum), "Rust", str(ada.id))
    # The library says of what type it is to be, which the contract has for threads alone; Discord does not mind.
    assert all(one.startswith("POST /channels/{channel_id}/threads: ") for one in dc.violations)
    dc.violations.clear()
    assert (post.thread, library.threads(forum)[0].shown) == (str(library.threads(forum)[0].id), "Rust")


async def test_a_title_stays_a_title_in_a_forum(dc: World) -> None:
    """There it is said, too, and what somebody has called their circle is no markup and calls nobody."""
    library = dc.guild("Library")
    forum, ada = library.forum("circles"), library.person("Ada")
    title = f"# [Rust](https://evil.example)\n<@{ada.id}> @everyone " + "🦀" * 90
    async with wired(dc) as wire:
        await wire.open_thread(room_of(forum), title, str(ada.id))
    dc.violations.clear()  # as above
    (thread,) = library.threads(forum)
    assert units(thread.name) <= 100
    (message,) = thread.messages
    assert message.content.startswith("\\# ")
    assert "[Rust](https:" not in message.content
    assert f"<@{ada.id}>" not in message.content
    assert "@everyone" not in message.content


async def test_a_thread_that_cannot_be_opened_says_why(dc: World) -> None:
    """Whoever asked for it is told what is missing."""
    library = dc.guild("Library")
    general, ada = library.channels()[0], library.person("Ada")
    library.lets_bot(OF_BOT & ~May.CREATE_PUBLIC_THREADS)
    async with wired(dc) as wire:
        with pytest.raises(Unreachable) as caught:
            await wire.open_thread(room_of(general), "Python", str(ada.id))
        assert caught.value.trouble is Trouble.MUTED
        with pytest.raises(Unreachable):
            await wire.open_thread(private(ada), "Python", str(ada.id))


async def test_a_servers_name_is_asked_for_once_and_never_waited_for_in_vain(dc: World) -> None:
    """It is no more than a name: without it goes on what somebody waits for."""
    library = dc.guild("Library")
    async with wired(dc) as wire:
        dc.fails("GET /guilds/{guild_id}", How.ERROR_503)
        assert await wire.space_title(str(library.id)) == ""
        assert await wire.space_title(str(library.id)) == "Library"
        assert await wire.space_title(str(library.id)) == "Library"
        assert len(dc.realm.called("GET /guilds/{guild_id}")) == 1
        library.removes_bot()
        assert await wire.space_title("4711") == ""


async def test_without_a_connection_everything_is_for_later(dc: World) -> None:
    """Before the login, and after the goodbye."""
    general = dc.guild("Library").channels()[0]
    async with wired(dc) as wire:
        pass
    for _ in range(2):
        with pytest.raises(TryLater):
            await wire.post(room_of(general), HELLO, "key")
        with pytest.raises(TryLater):
            await wire.edit(Posted(room_of(general), "1"), HELLO)
        assert await wire.space_title("4711") == ""
        wire.speak_by(None)
