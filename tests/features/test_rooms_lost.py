"""A room that cannot be reached: who runs the circle hears of it once, and it goes on where it stopped."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count

import pytest

from bot.chat.adapter import Trouble, Unreachable
from bot.chat.inbound import Joined, Left, Moved, Place
from bot.chat.message import Message, Room, Say
from bot.chat.text import Text
from bot.domain.circles import CircleState
from bot.features.circles.intents import PostCircle
from bot.ports import Store
from tests.features.one_circle import another_of_that_name
from tests.support.chat import FIRST, ChatSim
from tests.support.sim import group, without

_keys = count(1)
NEW = without(group("room"))


async def left(chat: ChatSim, *, muted: bool = False, room: Room | None = None) -> None:
    """Let the bot be taken out of the room, or be muted there."""
    assert await chat.bot.router.receive(Left(room=room or chat.room, muted=muted, key=f"left:{next(_keys)}")) is None
    await chat.bot.scheduler.run_due()


async def joined(chat: ChatSim, *, back: bool = False) -> object:
    """Let the bot be added to the room, or be allowed to write there again."""
    reply = await chat.bot.router.receive(
        Joined(sender=chat.bob.sender, place=Place(chat.room), back=back, key=f"joined:{next(_keys)}")
    )
    await chat.bot.scheduler.run_due()
    return reply


async def moves(chat: ChatSim, old: Room | None = None) -> None:
    """Let the group become a supergroup."""
    await chat.bot.router.receive(Moved(old=old or chat.room, new=NEW, key=f"moved:{next(_keys)}"))
    await chat.bot.scheduler.run_due()


def told(chat: ChatSim, name: str = "facilitator") -> list[str]:
    """Return what somebody was told about a room."""
    return [text for text in getattr(chat, name).inbox() if "cannot write in your group" in text]


@asynccontextmanager
async def unreachable(chat: ChatSim, trouble: Trouble | None) -> AsyncIterator[None]:
    """Let whatever is posted meanwhile fail once."""
    chat.platform.errors.append(Unreachable("the platform's words", trouble))
    yield
    assert not chat.platform.errors


@pytest.mark.parametrize(
    ("muted", "words"), [(False, "I was taken out of “The room”"), (True, "the right to send messages")]
)
async def test_who_runs_the_circle_is_told_once(chat: ChatSim, *, muted: bool, words: str) -> None:
    """Privately, with what helps; nobody else is told, and nobody twice."""
    for _ in range(2):
        await left(chat, muted=muted)
    (told_once,) = told(chat)
    assert words in told_once
    assert "Python for beginners" in told_once
    assert told(chat, "ada") == told(chat, "organizer") == []


@pytest.mark.parametrize("trouble", [one for one in Trouble if one is not Trouble.NO_EVENTS])
async def test_a_post_that_fails_is_the_same_trouble(chat: ChatSim, trouble: Trouble) -> None:
    """Each kind has its own remedy, and the panel shows that something is wrong."""
    async with unreachable(chat, trouble):
        await chat.moves_to(FIRST.replace(day=8))
    assert len(told(chat)) == 1
    await chat.facilitator.whispers("/circle")
    assert "I cannot write in The room at the moment." in chat.facilitator.heard


async def test_a_failure_nobody_knows_about_is_only_noted(chat: ChatSim) -> None:
    """A message alone may be gone: that is no reason to worry anybody."""
    async with unreachable(chat, None):
        await chat.moves_to(FIRST.replace(day=8, hour=18))
    assert told(chat) == []


async def test_what_is_still_of_use_goes_out_once_it_is_mended(chat: ChatSim) -> None:
    """The reminder that failed is sent when the bot may write again; the next breakdown is told anew."""
    await left(chat, muted=True)
    async with unreachable(chat, Trouble.MUTED):
        await chat.moves_to(FIRST.replace(day=8, hour=18))
    assert chat.posts("I'm coming") == 0
    assert await joined(chat, back=True) is None
    assert chat.posts("I'm coming") == 1
    await joined(chat, back=True)
    assert chat.posts("I'm coming") == 1
    assert len(told(chat)) == 1
    await left(chat)
    assert len(told(chat)) == 2


async def test_a_digest_that_failed_comes_late(chat: ChatSim) -> None:
    """Once, although the next week's has been planned meanwhile."""

    def digest_here(store: Store) -> None:
        community = store.communities.get(chat.community)
        assert community is not None
        place = store.places.note(chat.room, "", "").id
        store.communities.save(replace(community, digest_place=place), community)
        chat.bot.planner.community(store, chat.community, chat.clock.now())

    await chat.moves_to(FIRST.replace(day=14))
    await chat.store.transact(digest_here)
    posts = len(chat.said())
    async with unreachable(chat, Trouble.MUTED):
        await chat.moves_to(FIRST.replace(day=16, hour=9))
    for _ in range(2):
        await joined(chat, back=True)
        await left(chat)
    assert len([text for text in chat.said()[posts:] if "Library circles" in text]) == 1


async def test_what_is_too_late_stays_unsent(chat: ChatSim) -> None:
    """Nobody is invited to a meeting that is over."""
    await left(chat)
    chat.platform.errors += [Unreachable("kicked", Trouble.REMOVED)] * 3
    await chat.moves_to(FIRST.replace(hour=17))
    chat.platform.errors.clear()
    posts = len(chat.said())
    chat.clock.move_to(chat.clock.now().replace(hour=22))
    reply = await joined(chat)
    assert isinstance(reply, Say)
    assert not [text for text in chat.said()[posts:] if "I'm coming" in text]


async def test_a_post_that_goes_out_mends_it(chat: ChatSim) -> None:
    """Nobody has to tell the bot that it may write again; what it had to say before follows."""
    async with unreachable(chat, Trouble.CLOSED):
        await chat.moves_to(FIRST.replace(day=8, hour=18))
    await chat.moves_to(FIRST.replace(hour=17))
    assert chat.posts("I'm coming") == 1
    await chat.moves_to(FIRST.replace(day=15, hour=17))
    async with unreachable(chat, Trouble.CLOSED):
        await chat.moves_to(FIRST.replace(day=15, hour=18))
    assert len(told(chat)) == 2


async def test_a_card_that_cannot_be_drawn_is_the_same_trouble(chat: ChatSim) -> None:
    """It stays known, and is drawn when the bot may write again; one whose room is gone is let go."""
    await chat.moves_to(FIRST.replace(day=8, hour=18))
    meeting = (await chat.meetings())[0]
    for trouble in (Trouble.MUTED, Trouble.GONE):

        def change(store: Store, topic: str = trouble.value) -> None:
            store.meetings.save(replace(meeting, topic=topic), meeting)
            store.cards.touch("meeting", meeting.id, chat.clock.now())

        await chat.store.transact(change)
        async with unreachable(chat, trouble):
            await chat.bot.scheduler.run_due()
        assert trouble is Trouble.GONE or "may not write there" in told(chat)[-1]
        await joined(chat, back=True)
    assert len(told(chat)) == 2
    assert "muted" in chat.said()[-1]
    assert await chat.store.read(lambda store: store.cards.of("meeting", meeting.id)) == ()


async def test_a_word_that_is_no_longer_true_is_not_said(chat: ChatSim) -> None:
    """Mended in the night, before the facilitator is awake."""
    await chat.moves_to(FIRST.replace(day=3, hour=23))
    await left(chat)
    assert told(chat) == []
    await joined(chat, back=True)
    await chat.passes(hours=12)
    assert told(chat) == []


async def test_without_a_circle_the_organizers_are_told(chat: ChatSim) -> None:
    """The room of the digest has somebody who looks after it, too."""
    await chat.store.transact(
        lambda store: store.circles.change_state(chat.circle, CircleState.PUBLISHED, CircleState.ENDED)
    )
    await left(chat)
    assert len(told(chat, "organizer")) == 1
    assert told(chat) == []


async def test_the_organizers_hear_that_the_digests_room_is_lost(chat: ChatSim) -> None:
    """Although a circle lives there, whose facilitator is told as well."""

    def digest_here(store: Store) -> None:
        community = store.communities.get(chat.community)
        assert community is not None
        place = store.places.note(chat.room, "", "").id
        store.communities.save(replace(community, digest_place=place), community)

    await chat.store.transact(digest_here)
    await left(chat)
    assert len(told(chat)) == len(told(chat, "organizer")) == 1
    assert "It is the room of" in told(chat)[0]


async def test_a_room_that_comes_and_goes_is_told_of_once_in_a_while(chat: ChatSim) -> None:
    """A group that is locked every night, or an administrator who plays with the rights, is no news each time."""
    for _ in range(3):
        await left(chat, muted=True)
        await joined(chat, back=True)
    assert len(told(chat)) == 1
    await left(chat)
    assert "taken out" in told(chat)[-1]
    await joined(chat)
    await chat.passes(hours=24)
    await left(chat)
    assert len(told(chat)) == 3


async def test_a_room_let_go_gets_nothing_late(chat: ChatSim) -> None:
    """What it did not get belongs to a circle that lives elsewhere by now: it is not said to those who took it over."""
    async with unreachable(chat, Trouble.REMOVED):
        await chat.moves_to(FIRST.replace(day=8, hour=18))
    await chat.store.transact(lambda store: store.places.detach(chat.circle, store.places.note(chat.room, "", "").id))
    await joined(chat)
    assert chat.posts("I'm coming") == 0


async def test_a_known_trouble_is_news_after_an_unknown_one(chat: ChatSim) -> None:
    """A message that failed without a reason hides nothing."""
    async with unreachable(chat, None):
        await chat.moves_to(FIRST.replace(day=8, hour=18))
    await left(chat)
    assert len(told(chat)) == 1


async def test_topics_share_their_chats_trouble(chat: ChatSim) -> None:
    """Taken out of a group, the bot is out of its topics."""
    topic = Room(chat.room.platform, "forum", "7")

    def settle_in(store: Store) -> None:
        store.places.detach(chat.circle, store.places.note(chat.room, "", "").id)
        store.places.attach(chat.circle, store.places.note(topic, "The topic", "forum").id)

    await chat.store.transact(settle_in)
    await left(chat, room=Room(chat.room.platform, "forum"))
    assert "The topic" in told(chat)[0]


async def test_another_group_is_one_tap_away(chat: ChatSim) -> None:
    """The word has the link that adds the bot, and lets the old room go."""
    chat.platform.links_groups = True
    await left(chat)
    assert "Add me to your group" in told(chat)[0]
    await chat.facilitator.presses("Let that room go")
    assert await chat.store.read(lambda store: store.places.of_circle(chat.circle)) == ()


async def test_each_circle_of_a_lost_room_can_let_it_go(chat: ChatSim) -> None:
    """Two circles lived there: each has a button of its own."""
    other = await another_of_that_name(chat)
    await chat.store.transact(lambda store: store.places.attach(other, store.places.note(chat.room, "", "").id))
    await left(chat)
    assert told(chat)[-1].count("Python for beginners: let that room go") == 2
    await chat.facilitator.presses("Python for beginners: let that room go")
    rooms = await chat.store.read(lambda store: [store.places.of_circle(one) for one in (chat.circle, other)])
    assert sorted(map(len, rooms)) == [0, 1]


# Moved


async def test_a_moved_group_gets_fresh_cards(chat: ChatSim) -> None:
    """Once each, however often the move is heard of: the announcement, and the next meeting's card."""
    await chat.facilitator.presses_payload(
        PostCircle(circle=chat.circle).payload(), chat.platform.put(chat.room, Message(Text.of("Hello")))
    )
    await chat.moves_to(FIRST.replace(day=8, hour=18))
    for old in (chat.room, chat.room, NEW):
        await moves(chat, old)
    assert chat.posts("I'm coming", NEW) == 1
    assert chat.posts("Join this circle", NEW) == 1
    await chat.ada.presses("I'm coming", chat.platform.in_room(NEW)[-1])
    posts = len(chat.said(NEW))
    await chat.moves_to(FIRST.replace(hour=17))
    assert len(chat.said(NEW)) == posts + 1


async def test_a_moved_group_that_was_noted_before(chat: ChatSim) -> None:
    """Somebody spoke in the supergroup before we heard of the move: it is one room, and cards stand once."""
    await chat.moves_to(FIRST.replace(day=8, hour=18))
    await chat.ada.says("/help", NEW)
    for _ in range(2):
        await moves(chat)
    assert chat.posts("I'm coming", NEW) == 1
    await chat.moves_to(FIRST.replace(hour=17))
    assert chat.posts("I'm coming", chat.room) == 1


async def test_where_no_card_stood_none_is_posted(chat: ChatSim) -> None:
    """A move long before the next meeting is no news to anybody."""
    await moves(chat)
    assert chat.said(NEW) == []
    await chat.moves_to(FIRST.replace(day=8, hour=18))
    assert chat.posts("I'm coming", NEW) == 1


async def test_a_word_from_the_old_address_comes_late(chat: ChatSim) -> None:
    """A tap that was on its way while the group moved makes no second room: nothing is said twice."""
    await chat.moves_to(FIRST.replace(day=8, hour=18))
    await moves(chat)
    before = len(chat.said(NEW))
    await chat.ada.says("/help", chat.room)
    await moves(chat)
    await chat.moves_to(FIRST.replace(day=8, hour=19))
    assert len(chat.said(NEW)) == before
    card = chat.platform.in_room(NEW)[-1]
    await chat.ada.presses("I'm coming", card)
    await chat.bot.scheduler.run_due()
    assert "1 coming" in chat.said(NEW)[-1]
    await chat.moves_to(FIRST.replace(hour=17))
    assert len(chat.said(NEW)) == before + 1
