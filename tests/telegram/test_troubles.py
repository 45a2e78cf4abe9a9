"""A group that loses the bot, or moves on: who runs the circle hears of it once, and nothing is lost that is of use."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from adapters.telegram.letter import PLATFORM
from bot.chat.message import Room
from bot.domain.circles import Circle, CircleState, Member
from bot.domain.communities import Community
from bot.domain.meetings import Meeting, series
from bot.domain.people import Account, Role
from bot.ports import Store
from storage.engine import Database
from tests.telegram.people import Person
from tests.telegram.running import Running, running
from tests.telegram.server.state import Chat, Message, Topic
from tests.telegram.world import World

FIRST = datetime(2026, 3, 10, 18, 0)
REMINDER = FIRST.replace(tzinfo=UTC) - timedelta(days=2)


@dataclass
class Scene:
    """Ada runs a circle in a group, Ben is in it."""

    tg: World
    bot: Running
    group: Chat
    ada: Person
    ben: Person

    def cards(self, chat: Chat | None = None) -> list[Message]:
        """Return the messages with RSVP buttons that stand in a group."""
        return [message for message in (chat or self.group).said if "I'm coming" in message.buttons]

    def told(self) -> list[Message]:
        """Return what Ada was told about her group."""
        return [message for message in self.ada.said if "cannot write in your group" in message.text]


@asynccontextmanager
async def scene(
    tg: World, database: Database, *, is_basic: bool = False, is_forum: bool = False
) -> AsyncIterator[tuple[Scene, Topic | None]]:
    """Yield a group (or a topic) with a published circle."""
    ada, ben = tg.user("Ada", started=True), tg.user("Ben", started=True)
    group = tg.group("Readers", admins=[ada], members=[ben], is_basic=is_basic, is_forum=is_forum)
    topic = tg.topic(group, "Python", ada) if is_forum else None
    async with running(tg, database) as bot:
        for person in (ada, ben):
            await person.writes("/help")
        await bot.settled()

        def settle(store: Store) -> None:
            now = bot.clock.now()
            thread = str(topic.thread) if topic else ""
            place = store.places.note(Room(PLATFORM, str(group.id), thread), "Readers", "")
            community = store.communities.add(Community(0, "Library", "en", "UTC"))
            circle = store.circles.add(Circle(0, community.id, "Python", "en", "UTC"), now)
            store.places.attach(circle.id, place.id)
            store.meetings.add(
                [
                    Meeting(0, circle.id, number, local, "UTC", local.replace(tzinfo=UTC), 90)
                    for number, local in enumerate(series(FIRST, 6), start=1)
                ]
            )
            ada_, ben_ = (
                store.people.meet(Account(PLATFORM, str(person.id), person.user.first_name), "en", "UTC", now)
                for person in (ada, ben)
            )
            store.seats.join_as(circle.id, ada_.id, Role.FACILITATOR, now)
            store.seats.take(Member(circle.id, ben_, Role.LEARNER, now), now)
            store.circles.change_state(circle.id, CircleState.DRAFT, CircleState.PUBLISHED)
            bot.bot.planner.circle(store, circle.id, now)

        await database.transact(settle)
        yield Scene(tg, bot, group, ada, ben), topic


async def test_taken_out_and_added_again(tg: World, sqlite_database: Database) -> None:
    """Ada is told once, with the link that brings the bot back to the same circle."""
    async with scene(tg, sqlite_database) as (there, _):
        await tg.removes_bot(there.group, there.ada)
        await there.bot.moves_to(REMINDER)
        (told,) = there.told()
        assert "Readers" in told.text
        await there.ada.follows(told.button("Add me to your group")["url"], group=there.group)
        await there.bot.settled()
        assert len(there.cards()) == 1
        await tg.removes_bot(there.group, there.ada)
        await there.bot.settled()
        assert len(there.told()) == 2


async def test_muted_and_allowed_to_write_again(tg: World, sqlite_database: Database) -> None:
    """The reminder that could not be posted comes as soon as it can."""
    async with scene(tg, sqlite_database) as (there, _):
        await tg.mutes_bot(there.group, there.ada)
        await there.bot.moves_to(REMINDER)
        assert there.cards() == []
        (told,) = there.told()
        assert "send messages" in told.text
        greetings = len(there.group.said)
        await tg.unmutes_bot(there.group, there.ada)
        await there.bot.settled()
        assert len(there.cards()) == 1
        assert len(there.group.said) == greetings + 1


async def test_a_topic_that_is_closed_and_opened(tg: World, sqlite_database: Database) -> None:
    """It is recognised when something is to be posted, and when the topic is opened again."""
    async with scene(tg, sqlite_database, is_forum=True) as (there, topic):
        assert topic is not None
        await tg.closes(there.group, topic, there.ada)
        await there.bot.moves_to(REMINDER)
        (told,) = there.told()
        assert "closed" in told.text
        await tg.reopens(there.group, topic, there.ada)
        await there.bot.settled()
        (card,) = there.cards()
        assert card.thread == topic.thread


async def test_a_group_becomes_a_supergroup(tg: World, sqlite_database: Database) -> None:
    """The next meeting's card stands in the new one, once, and counts; nobody is worried."""
    async with scene(tg, sqlite_database, is_basic=True) as (there, _):
        await there.bot.moves_to(REMINDER)
        assert len(there.cards()) == 1
        new = await tg.becomes_supergroup(there.group, there.ada)
        await there.bot.settled()
        (card,) = there.cards(new)
        await there.ben.presses(card, "I'm coming")
        await there.bot.settled()
        assert "Ben" in there.cards(new)[0].text
        await there.bot.moves_to(FIRST.replace(tzinfo=UTC) - timedelta(hours=1))
        assert len([message for message in new.said if "Python" in message.text]) == 2
        assert there.told() == []


async def test_a_deleted_card_worries_nobody(tg: World, sqlite_database: Database) -> None:
    """It is let go, and the next reminder has a card of its own."""
    async with scene(tg, sqlite_database) as (there, _):
        await there.bot.moves_to(REMINDER)
        (card,) = there.cards()
        tg.deletes(card)
        await there.ben.writes("/next")
        await there.ben.presses(there.ben.last, "I'm coming")
        await there.bot.settled()
        assert there.told() == []
        await there.bot.moves_to(FIRST.replace(tzinfo=UTC) - timedelta(hours=1))
        assert "Ben" in there.cards()[-1].text
