"""What a page hears over the wire: its own rooms, each post once, an answer to every act."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
from aiohttp import WSMsgType

from adapters.web.clockbar import NextDue
from bot.chat.adapter import TryLater, Unreachable
from bot.chat.inbound import Command, Joined, Opened, Typed
from bot.chat.message import Chart, Message, Posted, Room, RoomKind, Series
from bot.chat.text import Text
from storage.engine import Database
from tests.adapters.web_support import BEGINNING, GROUP, WebPlatform, invitation, platform, words_of
from tests.support.patience import PATIENCE

ROOM = "g:python"
NOBODY = Room("web", "nobody", kind=RoomKind.PRIVATE)


@pytest.fixture
async def up(sqlite_database: Database) -> AsyncIterator[WebPlatform]:
    """The demo, with Ada, Ben and one room."""
    async with platform(sqlite_database) as made:
        yield made


async def test_a_page_is_welcomed_with_everything_it_needs(up: WebPlatform) -> None:
    """Rooms, people, commands with typed options, the clock: all in the first frame."""
    await up.adapter.post(GROUP, Message(Text.of("Hello")), "1")
    async with up.page("ada") as ada:
        welcome = ada.welcome
    assert welcome["me"] == {"user": "ada", "name": "Ada Lovelace", "zone": ""}
    assert [room["room"] for room in welcome["rooms"]] == [ROOM, "p:ada"]
    assert [person["user"] for person in welcome["people"]] == ["ada", "ben"]
    assert [words_of(post) for post in welcome["posts"]] == ["Hello"]
    meet = next(command for command in welcome["commands"] if command["name"] == "meet")
    assert [(option["field"], option["kind"], option["required"]) for option in meet["options"]] == [
        ("when", "when", True),
        ("city", "search", False),
        ("size", "number", False),
    ]
    assert welcome["clock"]["next"]["label"] == "reminder: Python for beginners"


async def test_the_clock_bar_is_in_the_pages_language(up: WebPlatform) -> None:
    """Whoever one speaks as: the words around the bar are the page's, too."""
    await up.adapter.add_person("cleo", "Cleo", language="en")
    async with up.page("cleo", language="es-ES") as page:
        assert page.welcome["clock"]["next"]["label"] == "recordatorio: Python for beginners"


async def test_what_one_says_everybody_in_the_room_hears(up: WebPlatform) -> None:
    """Words in a room go to its people, and not to the bot."""
    async with up.page("ada") as ada, up.page("ben") as ben:
        assert await ada.says(ROOM, "Hello, Ben!") == {"type": "ack", "key": ada.heard[-1]["key"]}
        (post,) = await ben.posts(1)
        assert (words_of(post), post["author"], post["name"], post["mine"]) == (
            "Hello, Ben!",
            "ada",
            "Ada Lovelace",
            False,
        )
    assert up.inbox.heard == []


async def test_a_command_shows_as_said_and_is_answered_in_the_room(up: WebPlatform) -> None:
    """The command is a message of the person's; the answer follows it, and the core learns where the card stands."""
    async with up.page("ada") as ada:
        await ada.says(ROOM, "/next please")
        said, card = await ada.posts(2)
    assert (words_of(said), said["mine"]) == ("/next please", True)
    assert card["body"]["title"] == "Meeting 3: Loops & <b>lists</b>"
    assert card["author"] == ""
    (heard,) = up.inbox.heard
    assert isinstance(heard, Command)
    assert (heard.name, heard.words, heard.page_size, heard.sender.runs_room) == ("next", "please", 12, True)
    ((shown, posted),) = up.inbox.stood
    assert (shown.kind, posted) == ("meeting", Posted(GROUP, str(card["id"])))


async def test_typed_options_arrive_by_field(up: WebPlatform) -> None:
    """A command with options keeps them apart from its words."""
    async with up.page("ben") as ben:
        await ben.act(type="run", room=ROOM, command="meet", options={"when": "Tuesday 6pm"}, words="")
    (heard,) = up.inbox.heard
    assert isinstance(heard, Command)
    assert (heard.name, heard.options, heard.sender.runs_room) == ("meet", {"when": "Tuesday 6pm"}, False)


async def test_only_you_see_means_that_nobody_else_is_told(up: WebPlatform) -> None:
    """A private answer in a room reaches one person, live and on loading; the others never receive it."""
    async with up.page("ada") as ada, up.page("ben") as ben:
        await ada.says(ROOM, "/secret")
        secret = (await ada.posts(2))[1]
        assert secret["only"]
        await ada.says(ROOM, "Did you see that?")
        assert [words_of(post) for post in await ben.posts(2)] == ["/secret", "Did you see that?"]
    async with up.page("ben") as ben:
        assert "cake" not in str(ben.welcome)
    async with up.page("ada") as ada:
        assert "cake" in str(ada.welcome)


async def test_a_private_chat_is_between_the_bot_and_one_person(up: WebPlatform) -> None:
    """Words there go to the bot; others neither see nor enter it."""
    async with up.page("ada") as ada, up.page("ben") as ben:
        await ada.says("p:ada", "Hello bot")
        assert [words_of(post) for post in await ada.posts(2)] == ["Hello bot", "You said: Hello bot"]
        refused = await ben.says("p:ada", "Let me in")
        assert refused["failed"] == "not_allowed"
        await ben.says(ROOM, "Anybody?")
        assert [words_of(post) for post in await ben.posts(1)] == ["Anybody?"]
    assert [type(each) for each in up.inbox.heard] == [Typed]


async def test_a_page_that_was_away_misses_nothing(up: WebPlatform) -> None:
    """After a reconnection come the posts and edits since its last version, in order, each once."""
    posted = await up.adapter.post(GROUP, invitation([]), "card")
    async with up.page("ada") as ada:
        version = ada.welcome["version"]
    await up.adapter.post(GROUP, Message(Text.of("While you were away")), "away")
    await up.adapter.edit(posted, invitation(["Ben"]))
    async with up.page("ada", since=version) as ada:
        assert "posts" not in ada.welcome
        missed = await ada.posts(2)
    assert [words_of(post)[:20] for post in missed] == ["While you were away", words_of(missed[1])[:20]]
    assert missed[1]["id"] == int(posted.message)
    assert version < missed[0]["version"] < missed[1]["version"]


async def test_a_long_absence_comes_in_several_frames(up: WebPlatform) -> None:
    """More than fits a frame is told frame by frame, without a gap."""
    await up.adapter.post(GROUP, Message(Text.of("Before")), "before")
    async with up.page("ada") as ada:
        version = ada.welcome["version"]
    await asyncio.gather(*(up.adapter.post(GROUP, Message(Text.of(str(n))), f"k{n}") for n in range(450)))
    async with up.page("ada", since=version) as ada:
        posts = await ada.posts(450)
    versions = [post["version"] for post in posts]
    assert versions == sorted(set(versions))
    assert {words_of(post) for post in posts} == {str(n) for n in range(450)}


@pytest.mark.parametrize(
    "frame",
    [
        "no json at all",
        "[]",
        '{"type": "say"}',
        '{"type": "dance", "key": "a"}',
        '{"type": "say", "key": "a b", "room": "g:python", "words": ""}',
        '{"type": "say", "key": "a", "room": "x:python", "words": ""}',
        '{"type": "say", "key": "a", "room": "g:python", "words": 5}',
        '{"type": "say", "key": "a", "room": "g:python", "words": "\\ud800"}',
        '{"type": "press", "key": "a", "room": "g:python", "post": -1, "payload": "x"}',
        '{"type": "seen", "room": "g:python", "post": 1e400}',
        '{"type": "seen", "room": "g:python", "post": 1, "more": 1}',
        '{"type": "fill", "key": "a", "room": "g:python", "draft": 1, "answers": {"a b": ""}}',
        '{"type":' * 2000,
    ],
)
async def test_a_frame_that_makes_no_sense_changes_nothing(up: WebPlatform, frame: str) -> None:
    """It is refused, and the connection goes on."""
    async with up.page("ada") as ada:
        await ada.socket.send_str(frame)
        assert (await ada.wait_for("refused"))["words"] == "not_understood"
        await ada.says(ROOM, "Still here")
    assert up.inbox.heard == []


async def test_binary_frames_are_refused(up: WebPlatform) -> None:
    """The page never sends any."""
    async with up.page("ada") as ada:
        await ada.socket.send_bytes(b"\0\1")
        await ada.wait_for("refused")


async def test_nothing_is_heard_before_hello(up: WebPlatform) -> None:
    """Who has not said who they are may do nothing."""
    async with up.page("ada") as ada:
        pass
    async with AsyncExitStack() as stack:
        stranger = await stack.enter_async_context(up.page("ada"))
        await stranger.tell(type="hello", **{"as": "x" * 65})
        await stranger.wait_for("refused")
    assert ada.heard[0]["type"] == "welcome"


async def test_ten_thousand_characters_are_a_message(up: WebPlatform) -> None:
    """Emoji and all; and a NUL, which no database takes, is left out."""
    words = "🌻" * 10_000
    async with up.page("ada") as ada, up.page("ben") as ben:
        await ada.says(ROOM, words)
        await ada.says(ROOM, "a\0b")
        assert [words_of(post) for post in await ben.posts(2)] == [words, "ab"]


async def test_a_frame_beyond_the_limit_ends_the_connection(up: WebPlatform) -> None:
    """Nobody fills the memory with one message."""
    async with up.page("ada") as ada:
        await ada.socket.send_str("x" * 70_000)
        message = await ada.socket.receive(PATIENCE)
        assert message.type in {WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.ERROR}
    async with up.page("ben") as ben:
        assert ben.welcome["me"]["user"] == "ben"


async def test_the_first_look_at_the_private_chat_is_news_to_the_bot(up: WebPlatform) -> None:
    """Once: when something stands there, opening it is nothing new. A link with a payload always is."""
    async with up.page("ada") as ada:
        await ada.act(type="open")
        assert [words_of(post) for post in await ada.posts(1)] == ["Welcome!"]
        await ada.act(type="open")
        await ada.act(type="open", start="invite-7")
        assert words_of((await ada.posts(2))[1]) == "Welcome! invite-7"
    assert [heard.start for heard in up.inbox.heard if isinstance(heard, Opened)] == ["", "invite-7"]
    assert up.adapter.start_link("invite-7") == f"{up.address}/start/invite-7"


async def test_people_and_rooms_are_made_on_the_page(up: WebPlatform) -> None:
    """A new person can be spoken as; a new room has the bot in it, and its maker runs it."""
    async with up.page("ada") as ada, up.page("ben") as ben:
        person = (await ada.act(type="person", name="  Zoë <i> "))["made"]
        people = await ben.wait_for("people")
        assert people["people"][-1] == {"user": person, "name": "Zoë <i>", "waiting": 0}
        room = (await ada.act(type="room", title="Gardening"))["made"]
        assert {"room": room, "title": "Gardening", "private": False} in (await ben.wait_for("rooms"))["rooms"]
        assert words_of((await ben.posts(1))[0]) == "Hello, Gardening."
    (joined,) = up.inbox.heard
    assert isinstance(joined, Joined)
    assert joined.sender.runs_room


async def test_marks_are_kept_and_waiting_is_counted(up: WebPlatform) -> None:
    """What was seen is remembered across visits; others see in the switch that something waits."""
    await up.adapter.post(Room("web", "ben", kind=RoomKind.PRIVATE), Message(Text.of("Psst")), "1")
    async with up.page("ada") as ada, up.page("ben") as ben:
        assert {person["user"]: person["waiting"] for person in ada.welcome["people"]} == {"ada": 0, "ben": 1}
        (post,) = ben.welcome["posts"]
        await ben.tell(type="seen", room="p:ben", post=post["id"])
        people = (await ada.wait_for("people"))["people"]
        assert {person["user"]: person["waiting"] for person in people} == {"ada": 0, "ben": 0}
    async with up.page("ben") as ben:
        assert ben.welcome["seen"] == {"p:ben": post["id"]}


async def test_options_are_completed(up: WebPlatform) -> None:
    """The core offers values; for an option that no command has there are none."""
    async with up.page("ada") as ada:
        ask = {"type": "complete", "room": ROOM, "command": "meet", "words": "ma"}
        await ada.tell(**ask, id=1, field="city")
        assert (await ada.wait_for("completions", id=1))["items"] == [["mad", "Madrid"], ["mal", "Malmö"]]
        await ada.tell(**ask, id=2, field="colour")
        assert (await ada.wait_for("completions", id=2))["items"] == []


async def test_one_looks_further_back_room_by_room(up: WebPlatform) -> None:
    """The page has the newest posts of a room and asks for those before them."""
    for number in range(60):
        await up.adapter.post(GROUP, Message(Text.of(str(number))), f"k{number}")
    async with up.page("ada") as ada:
        first, *_ = ada.welcome["posts"]
        assert words_of(first) == "10"
        await ada.tell(type="older", room=ROOM, before=first["id"])
        older = await ada.wait_for("older")
    assert [words_of(post) for post in older["posts"]] == [str(number) for number in range(10)]
    assert older["more"] is False


async def test_the_clock_moves_forward_by_what_is_due(up: WebPlatform) -> None:
    """Next goes to what is due, the others by their length, and everybody's bar follows."""
    async with up.page("ada") as ada, up.page("ben") as ben:
        assert (await ada.act(type="clock", step="next"))["moved"]
        assert (await ben.wait_for("clock"))["clock"] == {"now": "2026-03-10T20:00:00.000Z"}
        assert (await ada.act(type="clock", step="next"))["failed"] == "nothing_next"
        await ada.act(type="clock", step="hour")
        await ada.act(type="clock", step="day")
    hours = [(move - BEGINNING) / timedelta(hours=1) for move in up.rehearsal.moves]
    assert hours == [5, 6, 30]


async def test_the_clock_never_goes_back(up: WebPlatform) -> None:
    """What should have happened already happens now."""
    up.rehearsal.due = NextDue(BEGINNING - timedelta(hours=3), "something late")
    async with up.page("ada") as ada:
        await ada.act(type="clock", step="next")
    assert up.rehearsal.moves == [BEGINNING]


async def test_posts_are_made_once_per_key(up: WebPlatform) -> None:
    """The courier may repeat itself; another key is another message."""
    first = await up.adapter.post(GROUP, Message(Text.of("Reminder")), "remind:1")
    assert await up.adapter.post(GROUP, Message(Text.of("Reminder")), "remind:1") == first
    assert await up.adapter.post(GROUP, Message(Text.of("Reminder")), "remind:2") != first


async def test_a_room_that_is_not_there_is_unreachable(up: WebPlatform) -> None:
    """Trying again would not help, and that is what the courier is told."""
    for room in (NOBODY, Room("web", "nowhere")):
        with pytest.raises(Unreachable):
            await up.adapter.post(room, Message(Text.of("Hello?")), "1")
    for message in ("4711", "", "x"):
        with pytest.raises(Unreachable):
            await up.adapter.edit(Posted(GROUP, message), Message(Text.of("Hello?")))


async def test_a_chart_nobody_draws_is_told_in_words(up: WebPlatform) -> None:
    """What the picture says is never lost."""
    chart = Chart("Turnout", ("W1",), (Series("came", (3,)),), alt="Week 1: 3 came")
    await up.adapter.post(GROUP, Message(Text.of("The digest"), picture=chart), "1")
    async with up.page("ada") as ada:
        assert words_of(ada.welcome["posts"][0]) == "The digest\n\nWeek 1: 3 came"


async def test_an_adapter_that_is_not_running_has_no_inbox(up: WebPlatform) -> None:
    """Facts have nowhere to go, and whoever brings one is told to come back."""
    up.adapter._inbox = None
    with pytest.raises(TryLater):
        _ = up.adapter.inbox
