"""Three days down, over several meetings: then each room hears once what is still of use, and nothing of the past.

What nobody needs any more is dropped, and said to be: in the log, and in the next digest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from adapters.discord.letter import PLATFORM as DISCORD
from adapters.telegram.letter import PLATFORM as TELEGRAM
from bot.chat.message import Room, RoomKind
from bot.clock import MovableClock
from bot.domain.circles import Circle, CircleState, Member
from bot.domain.communities import Community
from bot.domain.meetings import Meeting
from bot.domain.notices import DeliveryState
from bot.domain.people import Account, Role
from bot.ports import Store
from scheduler.planner import Planner
from storage.engine import Database
from tests.both.running import Both, both
from tests.discord.people import Person as OnDiscord
from tests.discord.people import Place as Server
from tests.discord.server import faults as discord_faults
from tests.discord.server.state import Channel
from tests.discord.world import World as Discord
from tests.discord.world import started
from tests.telegram.people import Person as OnTelegram
from tests.telegram.server import faults as telegram_faults
from tests.telegram.server.state import Chat
from tests.telegram.world import World as Telegram

BEGINNING = datetime(2026, 3, 2, 11, tzinfo=UTC)
"""A Monday."""
DOWN = datetime(2026, 3, 3, 12, tzinfo=UTC)
UP = DOWN + timedelta(days=3)
"""A Friday."""
EVENING = timedelta(hours=18)


def evening(day: int) -> datetime:
    """Return the evening of a day of March."""
    return datetime(2026, 3, day, 18, tzinfo=UTC)


@dataclass
class Town:
    """A community with a circle that meets every evening and one that meets on Saturday, each on both platforms."""

    tg: Telegram
    dc: Discord
    database: Database
    ada: OnTelegram
    ben: OnDiscord
    groups: dict[str, Chat]
    channels: dict[str, Channel]
    digests: Chat
    server: Server
    circles: dict[str, int] = field(default_factory=dict)
    community: int = 0

    def settle(self, store: Store) -> None:
        """Write it all down."""
        ada = store.people.meet(Account(TELEGRAM, str(self.ada.id), "Ada"), "en", "UTC", BEGINNING)
        ben = store.people.meet(Account(DISCORD, str(self.ben.id), "Ben"), "en", "UTC", BEGINNING)
        store.places.note(Room(TELEGRAM, str(self.ada.id), kind=RoomKind.PRIVATE), "", "")
        digests = store.places.note(Room(TELEGRAM, str(self.digests.id)), "Digests", "").id
        community = store.communities.add(Community(0, "Library", "en", "UTC", digests, 2))
        self.community = community.id
        store.communities.add_organizer(community.id, ada.id)
        for title, days in (("Daily", (3, 4, 5, 6, 13)), ("Weekly", (7,))):
            circle = store.circles.add(Circle(0, community.id, title, "en", "UTC"), BEGINNING).id
            self.circles[title] = circle
            for room in (Room(TELEGRAM, str(self.groups[title].id)), Room(DISCORD, str(self.channels[title].id))):
                space = str(self.server.id) if room.platform == DISCORD else ""
                store.places.attach(circle, store.places.note(room, title, space).id)
            store.meetings.add(
                [
                    Meeting(0, circle, number, evening(day).replace(tzinfo=None), "UTC", evening(day), 90)
                    for number, day in enumerate(days, start=1)
                ]
            )
            store.seats.join_as(circle, ada.id, Role.FACILITATOR, BEGINNING)
            store.seats.take(Member(circle, ben, Role.LEARNER, BEGINNING), BEGINNING)
            store.circles.change_state(circle, CircleState.DRAFT, CircleState.PUBLISHED)
            Planner().circle(store, circle, BEGINNING)
        Planner().community(store, community.id, BEGINNING)

    def said(self) -> dict[str, list[str]]:
        """Return what the bot has said in each room and to each of the two."""
        found = {f"{title} on Telegram": [one.text for one in chat.said] for title, chat in self.groups.items()}
        for title, channel in self.channels.items():
            found[f"{title} on Discord"] = [one.shown for one in channel.messages]
        found["Digests"] = [one.text for one in self.digests.said]
        found["Ada"] = [one.text for one in self.ada.said]
        found["Ben"] = [one.shown for one in self.ben.private]
        return found


@asynccontextmanager
async def town(tg: Telegram, database: Database) -> AsyncIterator[Town]:
    """Yield a town in which nobody has said anything yet."""
    async with started(MovableClock(source=lambda: BEGINNING)) as dc:
        ada = tg.user("Ada", started=True)
        server = dc.guild("Library", channel="")
        ben = server.person("Ben")
        titles = ("Daily", "Weekly")
        groups = {title: tg.group(title, admins=[ada]) for title in titles}
        channels = {title: server.channel(title.lower()) for title in titles}
        made = Town(tg, dc, database, ada, ben, groups, channels, tg.group("Digests", admins=[ada]), server)
        await database.transact(made.settle)
        yield made


def news(before: Mapping[str, list[str]], after: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return the first line of whatever was said since, by where."""
    return {room: [one.splitlines()[0] for one in said[len(before[room]) :]] for room, said in after.items()}


ASKED = ["Daily · Meeting 1", "Daily · Meeting 2", "Daily · Meeting 3"]
STILL_OF_USE = {
    "Daily on Telegram": ["Daily · Meeting 4", *ASKED],
    "Daily on Discord": ["Daily · Meeting 4", *ASKED],
    "Weekly on Telegram": ["Weekly · Meeting 1"],
    "Weekly on Discord": ["Weekly · Meeting 1"],
    "Digests": ["Library: the week"],
    "Ada": ASKED,
    "Ben": [],
}
"""What is said after three days: the invitations to what is to come, and the question how it was where it has been."""
TOO_LATE = dict.fromkeys((f"remind:{one}" for one in ("1:7200", "2:172800", "2:7200", "3:172800", "3:7200")), 2)
"""What is not: the reminders of the three meetings, in either room."""


@asynccontextmanager
async def the_bot_is_down(town: Town) -> AsyncIterator[Both]:
    """Have the bot run until Tuesday and from Friday on."""
    async with both(town.tg, town.dc, town.database) as bot:
        await bot.moves_to(DOWN)
        await bot.dies()
    town.dc.clock.move_to(UP)
    async with both(town.tg, town.dc, town.database) as bot:
        yield bot


@asynccontextmanager
async def the_platforms_are_down(town: Town) -> AsyncIterator[Both]:
    """Have neither platform take anything from Tuesday to Friday."""
    async with both(town.tg, town.dc, town.database) as bot:
        await bot.moves_to(DOWN)
        telegram, discord = town.tg.telegram.faults.script, town.dc.realm.faults.script
        for method in ("sendMessage", "editMessageText"):
            telegram.append(telegram_faults.Fault(telegram_faults.How.ERROR_502, method, times=10**6))
        discord.append(discord_faults.Fault(discord_faults.How.ERROR_503, "/channels/", times=10**6))
        for day in (3, 4, 5):
            town.dc.clock.move_to(evening(day) + timedelta(hours=2))
            await bot.settled()
        telegram.clear()
        discord.clear()
        town.dc.clock.move_to(UP)
        yield bot


@pytest.mark.parametrize("outage", [the_bot_is_down, the_platforms_are_down])
async def test_after_three_days_what_is_of_use_is_said_once(
    tg: Telegram, database: Database, outage: Callable[[Town], AbstractAsyncContextManager[Both]]
) -> None:
    """Who is to be invited, asked or told is so once; reminders of what is past are dropped, and a digest says so."""
    async with town(tg, database) as life, outage(life) as bot:
        await bot.settled()
        before = {room: said[:1] if room.startswith("Daily") else [] for room, said in life.said().items()}
        said = news(before, life.said())
        # Of the first meeting it is too late to ask where it has ended on time: two days are over. See below.
        asked_at_once = outage is the_platforms_are_down
        wanted = {
            room: sorted(set(what) - {ASKED[0]} if asked_at_once and room.startswith("Daily") else what)
            for room, what in STILL_OF_USE.items()
        }
        assert {room: sorted(what) for room, what in said.items()} == wanted

        log = await database.read(lambda store: store.deliveries.log(limit=100))
        dropped = [one for one in log if one.state is DeliveryState.DROPPED and one.outcome.startswith("too late")]
        late = Counter(one.due.key.rpartition(":")[0] for one in dropped)
        assert {key: number for key, number in late.items() if key.startswith("remind")} == TOO_LATE
        assert late["askfeedback:1"] == (2 if asked_at_once else 0)

        await bot.moves_to(evening(6) - timedelta(hours=3))
        assert news(before, life.said()) == said, "it is said again"
        await bot.moves_to(datetime(2026, 3, 11, 9, tzinfo=UTC))
        lately = [one for one in dropped if one.sent_at and one.sent_at >= datetime(2026, 3, 4, 9, tzinfo=UTC)]
        assert f"Daily: {len(lately)} messages could not be delivered" in life.digests.last.text
        assert len(life.digests.said) == 2
