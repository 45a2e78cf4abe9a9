"""A group in which a circle lives: made in the database at once, where it is not the making that is tried."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from adapters.telegram.letter import PLATFORM
from bot.chat.message import Room, RoomKind
from bot.domain.circles import Circle, CircleState, Member
from bot.domain.communities import Community
from bot.domain.meetings import Meeting, series
from bot.domain.people import Account, Role
from bot.ports import Store
from scheduler.planner import Planner
from tests.telegram.running import BEGINNING, UNHURRIED, Running, running

if TYPE_CHECKING:
    from adapters.telegram.webhook import Webhook
    from bot.chat.pacing import Pace
    from storage.engine import Database
    from tests.telegram.people import Person
    from tests.telegram.server.state import Chat, Message, Topic
    from tests.telegram.world import World

COMING = "I'm coming"
_NAMES = (
    "Ben",
    "Cleo",
    "Dan",
    "Eve",
    "Fay",
    "Gus",
    "Hal",
    "Ida",
    "Jon",
    "Kim",
    "Leo",
    "Mia",
    "Ned",
    "Ola",
    "Pam",
    "Quy",
)


@dataclass
class Lived:
    """Ada runs a circle in a group whose other members are its learners. The first meeting is in eight days."""

    tg: World
    database: Database
    group: Chat
    ada: Person
    learners: list[Person]
    first: datetime
    topic: Topic | None = None
    circle: int = 0
    meeting: int = 0
    place: int = 0

    @property
    def reminder(self) -> datetime:
        """When the first reminder is due."""
        return self.first - timedelta(days=2)

    def cards(self, chat: Chat | None = None) -> list[Message]:
        """Return the messages with RSVP buttons that stand in a chat."""
        return [message for message in (chat or self.group).said if COMING in message.buttons]

    def told(self) -> list[Message]:
        """Return what Ada was told about her group."""
        return [message for message in self.ada.said if "cannot write in your group" in message.text]

    async def coming(self) -> list[str]:
        """Return the names of those who said that they come to the first meeting, each as often as it is noted."""

        def look(store: Store) -> list[str]:
            return sorted(store.people.many([one.person])[one.person].name for one in store.rsvps.of(self.meeting))

        return await self.database.read(look)

    async def posts_card(self) -> Message:
        """Let Ada have the card of the first meeting posted in the group."""
        await self.ada.says(self.group, "/next", topic=self.topic)
        return self.cards()[-1]

    def settle(self, store: Store) -> None:
        """Write it all down."""
        now = self.first - timedelta(days=8)
        people = {}
        for person in (self.ada, *self.learners):
            account = Account(PLATFORM, str(person.id), person.user.first_name)
            people[person.id] = store.people.meet(account, "en", "UTC", now)
            store.places.note(Room(PLATFORM, str(person.id), kind=RoomKind.PRIVATE), "", "")
        thread = str(self.topic.thread) if self.topic else ""
        self.place = store.places.note(Room(PLATFORM, str(self.group.id), thread), self.group.title, "").id
        community = store.communities.add(Community(0, "Library", "en", "UTC"))
        self.circle = store.circles.add(Circle(0, community.id, "Python", "en", "UTC"), now).id
        store.places.attach(self.circle, self.place)
        meetings = [
            Meeting(0, self.circle, number, local, "UTC", local.replace(tzinfo=UTC), 90)
            for number, local in enumerate(series(self.first.replace(tzinfo=None), 6), start=1)
        ]
        self.meeting = store.meetings.add(meetings)[0].id
        store.seats.join_as(self.circle, people[self.ada.id].id, Role.FACILITATOR, now)
        for person in self.learners:
            store.seats.take(Member(self.circle, people[person.id], Role.LEARNER, now), now)
        store.circles.change_state(self.circle, CircleState.DRAFT, CircleState.PUBLISHED)
        Planner().circle(store, self.circle, now)


async def lived_in(
    tg: World,
    database: Database,
    *,
    learners: int = 1,
    now: datetime = BEGINNING,
    is_basic: bool = False,
    is_forum: bool = False,
) -> Lived:
    """Return a group (`is_basic`: not yet a supergroup), or a topic, with a published circle."""
    ada = tg.user("Ada", started=True)
    others = [tg.user(f"{_NAMES[number % 16]}{number // 16 or ''}", started=True) for number in range(learners)]
    group = tg.group("Readers", admins=[ada], members=others, is_basic=is_basic, is_forum=is_forum)
    topic = tg.topic(group, "Evenings", ada) if is_forum else None
    first = now.replace(hour=18, minute=0, second=0, microsecond=0) + timedelta(days=8)
    lived = Lived(tg, database, group, ada, others, first, topic)
    await database.transact(lived.settle)
    return lived


@asynccontextmanager
async def living(
    tg: World,
    database: Database,
    *,
    learners: int = 1,
    is_basic: bool = False,
    is_forum: bool = False,
    webhook: Webhook | None = None,
    pace: Pace = UNHURRIED,
) -> AsyncIterator[tuple[Lived, Running]]:
    """Yield the same, and the bot that serves it."""
    lived = await lived_in(tg, database, learners=learners, is_basic=is_basic, is_forum=is_forum)
    async with running(tg, database, webhook=webhook, pace=pace) as bot:
        yield lived, bot
