"""The wire in chats that change: Telegram's limits kept, each trouble of a room recognised, a move followed."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from adapters.telegram.errors import Migrated
from adapters.telegram.letter import PLATFORM, Letter
from adapters.telegram.transport import BriefRequest
from adapters.telegram.wire import Wire
from bot.chat.adapter import Trouble, Unreachable
from bot.chat.message import Picture, Posted, Room, RoomKind
from bot.chat.pacing import Pace, Pacing
from tests.telegram.world import Chat, How, Topic, World

HI = Letter(("Hi",))
PICTURE = Picture(b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 640, 480), "Bars")


class Stage:
    """A world whose limits go by the same seconds as the wire's, which pass when the wire sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.tg = World(clock=lambda: self.now)
        self.moves: list[tuple[str, str]] = []
        self.ada = self.tg.user("Ada", started=True)
        self.group = self.tg.group("Circle", admins=[self.ada])

    async def sleep(self, seconds: float) -> None:
        """Let seconds pass."""
        self.now += seconds
        await asyncio.sleep(0)

    async def moved(self, old: str, new: str) -> None:
        """Note a move."""
        self.moves.append((old, new))

    def wire(self, request: BriefRequest) -> Wire:
        """Return a wire to the world."""
        bot = Bot(self.tg.token, base_url=f"{self.tg.api_url}/bot", request=request, get_updates_request=request)
        pace = Pace(bot_second=30, room_second=1, room_minute=20, redraw=3.0, by_chat=True)
        return Wire(bot, Pacing(pace, lambda: self.now), moved=self.moved, sleep=self.sleep)


def room(chat: Chat, topic: Topic | None = None) -> Room:
    """Return a chat as the core knows it."""
    kind = RoomKind.PRIVATE if chat.type == "private" else RoomKind.GROUP
    return Room(PLATFORM, str(chat.id), str(topic.thread) if topic else "", kind)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A world with Ada and her group."""
    stage = Stage()
    await stage.tg.start()
    yield stage
    await stage.tg.stop()
    assert not stage.tg.violations


@pytest.fixture
async def wire(stage: Stage) -> AsyncIterator[Wire]:
    """A wire to the world."""
    async with BriefRequest() as request:
        wire = stage.wire(request)
        yield wire
        await wire.close()


async def trouble_of(wire: Wire, there: Room) -> Trouble | None:
    """Return what the wire says about a room that cannot be reached."""
    with pytest.raises(Unreachable) as error:
        await wire.post(there, HI)
    return error.value.trouble


async def test_whatever_is_said_stays_within_the_limits(stage: Stage, wire: Wire) -> None:
    """In groups, topics of one forum and private chats, with parts, pictures and drawings: Telegram never says 429."""
    stage.tg.telegram.limits.chat_second = 1
    forum = stage.tg.group("Forum", admins=[stage.ada], is_forum=True)
    topics = [stage.tg.topic(forum, name, stage.ada) for name in ("Python", "Rust")]
    letter = Letter(("one", "two"), picture=PICTURE, caption="Bars")
    for there in [room(stage.group), room(stage.ada.chat), *(room(forum, topic) for topic in topics)] * 6:
        posted = await wire.say(there, letter)
        await wire.close()  # let the picture arrive: here time passes faster than the network
        await wire.redraw(posted, Letter((f"new at {stage.now}",)))
    assert stage.tg.floods == 0
    assert len(stage.tg.calls("sendMessage")) == 48
    assert len(stage.tg.calls("sendPhoto")) == 24


async def test_a_dropped_connection_costs_an_answer_nothing(stage: Stage, wire: Wire) -> None:
    """Before the effect it is said again; after it the person may read it twice, which is better than never."""
    stage.tg.fails("sendMessage", How.DROPPED_BEFORE, chat=stage.group)
    await wire.say(room(stage.group), HI)
    assert len(stage.tg.telegram.spoken_by_bot([stage.group])) == 1
    stage.tg.fails("sendMessage", How.DROPPED_AFTER, chat=stage.group)
    await wire.say(room(stage.group), HI)
    assert len(stage.tg.telegram.spoken_by_bot([stage.group])) == 3


@pytest.mark.parametrize("how", [How.ERROR_500, How.ERROR_502, How.GARBAGE, How.FLOOD])
async def test_an_outage_costs_an_answer_nothing(stage: Stage, wire: Wire, how: How) -> None:
    """Answers arrive once, however Telegram stumbles."""
    stage.tg.fails("sendMessage", how, chat=stage.group, times=2)
    await wire.say(room(stage.group), HI)
    assert len(stage.tg.telegram.spoken_by_bot([stage.group])) == 1


async def test_a_lost_answer_to_an_edit_is_no_failure(stage: Stage, wire: Wire) -> None:
    """The repeat finds the text as it should be."""
    posted = await wire.say(room(stage.group), HI)
    stage.tg.fails("editMessageText", How.DROPPED_AFTER, chat=stage.group)
    await wire.redraw(posted, Letter(("new",)))
    assert len(stage.tg.calls("editMessageText")) == 2


async def test_each_trouble_of_a_group_is_recognised(stage: Stage, wire: Wire) -> None:
    """Muted, taken out, and never there."""
    await stage.tg.mutes_bot(stage.group, stage.ada)
    assert await trouble_of(wire, room(stage.group)) is Trouble.MUTED
    await stage.tg.unmutes_bot(stage.group, stage.ada)
    await wire.say(room(stage.group), HI)
    await stage.tg.removes_bot(stage.group, stage.ada)
    assert await trouble_of(wire, room(stage.group)) is Trouble.REMOVED
    assert await trouble_of(wire, Room(PLATFORM, "-1009999999999")) is Trouble.GONE


async def test_each_trouble_of_a_topic_is_recognised(stage: Stage, wire: Wire) -> None:
    """Closed and deleted; the rest of the forum is fine."""
    forum = stage.tg.group("Forum", admins=[stage.ada], is_forum=True)
    topic = stage.tg.topic(forum, "Python", stage.ada)
    await stage.tg.closes(forum, topic, stage.ada)
    assert await trouble_of(wire, room(forum, topic)) is Trouble.CLOSED
    await stage.tg.reopens(forum, topic, stage.ada)
    await wire.say(room(forum, topic), HI)
    stage.tg.deletes_topic(forum, topic)
    assert await trouble_of(wire, room(forum, topic)) is Trouble.GONE
    await wire.say(room(forum), HI)


async def test_a_person_out_of_reach_is_recognised(stage: Stage, wire: Wire) -> None:
    """Whoever has never opened the private chat, or is unknown to the bot, cannot be written to."""
    stranger = stage.tg.user("Ben")
    assert await trouble_of(wire, room(stranger.chat)) in {Trouble.REMOVED, Trouble.GONE}


async def test_a_deleted_message_is_no_trouble_of_its_room(stage: Stage, wire: Wire) -> None:
    """It cannot be drawn; a quote of it is left out."""
    posted = await wire.say(room(stage.group), HI)
    stage.tg.deletes(stage.group.written[int(posted.message)])
    with pytest.raises(Unreachable) as error:
        await wire.edit(posted, Letter(("new",)))
    assert error.value.trouble is None
    await wire.say(room(stage.group), Letter(("Hi",), reply_to=posted.message))


async def test_a_group_that_became_a_supergroup_is_followed(stage: Stage, wire: Wire) -> None:
    """An answer arrives in the new chat; what stood in the old one is told to have moved."""
    group = stage.tg.group("Basic", admins=[stage.ada], is_basic=True)
    posted = await wire.say(room(group), HI)
    new = await stage.tg.becomes_supergroup(group, stage.ada)
    assert (await wire.say(room(group), HI)).room == room(new)
    assert stage.moves == [(str(group.id), str(new.id))]
    with pytest.raises(Migrated):
        await wire.post(room(group), HI)
    with pytest.raises((Migrated, Unreachable)):
        await wire.edit(Posted(room(group), posted.message), Letter(("new",)))
