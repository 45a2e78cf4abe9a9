"""What is over is forgotten in time, what is not stays: nothing grows without end, whatever the years bring."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, insert, select, update

from bot.assembly import assemble
from bot.chat.message import Card, Posted
from bot.config import Settings, load
from bot.domain.bounds import Kept
from bot.domain.circles import Circle, CircleState, Member
from bot.domain.communities import Community, Invite, InviteKind
from bot.domain.feedback import Feedback
from bot.domain.meetings import Meeting, MeetingState
from bot.domain.notices import AnnouncementWent, CircleAnnounced, Due, MeetingBegan
from bot.domain.operating import Addressees, Announcement, announcement_key
from bot.domain.people import Account, Role
from bot.domain.rsvps import Answer
from bot.ports import asked_key
from scheduler.forgetting import forget_past
from storage.columns import metadata
from storage.retention import TABLES
from storage.store import SqlStore
from storage.tables import accounts, circles, communities, deliveries, meetings, people, places, settings, updates_seen
from storage.transcript import SqlTranscript
from storage.transcript_tables import web_pictures, web_posts
from tests.storage.conftest import stand_as_drawn
from tests.support.sim import group, private

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Table

    from storage.engine import Database
    from tests.support.chat import ChatSim

BEGAN = datetime(2022, 1, 3, 12, tzinfo=UTC)
KEPT = Kept(timedelta(days=400))
ELSEWHERE = {
    "accounts": "go with their person",
    "attendance": "one for each member and meeting, goes with the circle",
    "circle_places": "bounded by MOST_ROOMS, go with the circle",
    "decisions": "one for each delta, go with the circle",
    "drafts": "bounded by MOST_DRAFTS, a day",
    "feedback": "one for each member and meeting, goes with the circle",
    "feedback_given": "the same",
    "feeds": "bounded by MOST_FEEDS, and run out",
    "leases": "one for each platform",
    "link_codes": "bounded by MOST_CODES, a day",
    "link_tries": "one for each person, a day",
    "meetings": "bounded by MOST_MEETINGS, go with the circle",
    "members": "one for each person and circle, go with the circle",
    "organizers": "go with the community",
    "reflections": "one for each facilitator and meeting, go with the circle",
    "rsvps": "one for each member and meeting, go with the circle",
    "spaces": "one for each server on Discord",
    "votes": "one for each member and delta, go with the circle",
    "waiting": "one for each person and circle, go with the circle",
    "web_members": "whom the operator lets in",
    "web_people": "whom the operator lets in",
    "web_rooms": "which the operator makes",
    "web_seen": "one for each person and room",
    "web_tokens": "bounded by MOST_SIGN_INS, and run out",
    "web_versions": "one",
}
"""The tables that nothing has to be forgotten from here, and why."""


@dataclass
class Founded:
    """A circle that has ended long ago, with all that there is in one."""

    community: int
    circle: int
    meeting: int
    ada: int


def founded(store: SqlStore, at: datetime, state: CircleState = CircleState.ENDED) -> Founded:
    """Make a circle that met once, at that time."""
    fay, ada = (store.people.meet(Account("sim", name, name), "en", "", at) for name in ("fay", "ada"))
    community = store.communities.add(Community(0, "Library", "en", "UTC"))
    store.communities.add_organizer(community.id, fay.id)
    circle = store.circles.add(Circle(0, community.id, "Python", "en", "UTC"), at)
    place = store.places.note(group("python"), "Python", "")
    store.places.attach(circle.id, place.id)
    store.seats.join_as(circle.id, fay.id, Role.FACILITATOR, at)
    store.seats.take(Member(circle.id, ada, Role.LEARNER, at), at)
    met = at + timedelta(days=7)
    meeting = store.meetings.add([Meeting(0, circle.id, 1, met.replace(tzinfo=None), "UTC", met, 90)])[0]
    store.rsvps.answer(meeting.id, ada.id, Answer.YES, at)
    store.feedback.give(Feedback(0, meeting.id, "plus", "delta", 4, None), ada.id)
    store.meetings.save(replace(meeting, state=MeetingState.CLOSED), meeting)
    store.connection.execute(update(circles).where(circles.c.id == circle.id).values(state=state.value))
    stand_as_drawn(store, Card("meeting", meeting.id), Posted(group("python"), "1"), "", at)
    stand_as_drawn(store, Card("circle", circle.id), Posted(group("python"), "2"), "", at)
    for key, notice, of_meeting in (
        ("began", MeetingBegan(meeting.id), meeting.id),
        ("announce", CircleAnnounced(circle.id), None),
    ):
        due = Due(key, notice, met, place=place.id, circle=circle.id, meeting=of_meeting)
        store.deliveries.plan([due])
    store.connection.execute(update(deliveries).values(state="sent", sent_at=met))
    return Founded(community.id, circle.id, meeting.id, ada.id)


async def count(database: Database, *tables: Table) -> list[int]:
    """Return how many rows each table has."""
    queries = [select(func.count()).select_from(table) for table in tables]
    return await database.read(lambda store: [int(store.connection.execute(one).scalar_one()) for one in queries])


def test_each_table_is_forgotten_from_or_bounded_otherwise() -> None:
    """A new table needs its rule here, or its reason."""
    assert {table.name for table in metadata.sorted_tables} == TABLES | set(ELSEWHERE)
    assert not TABLES & set(ELSEWHERE)


def test_the_settings_say_for_how_long(tmp_path: Path) -> None:
    """`keep_days` and `keep_circles_days`; without the second, circles are kept for good."""
    assert Settings().bot.kept == Kept(timedelta(days=400), None)
    file = tmp_path / "config.toml"
    file.write_text("[bot]\nkeep_days = 90\nkeep_circles_days = 1000\n")
    assert load(file).bot.kept == Kept(timedelta(days=90), timedelta(days=1000))
    file.write_text('[bot]\noperators = ["telegram:7"]\n')
    assert load(file).bot.kept == Kept(operators=(("telegram", "7"),))


async def test_the_bot_forgets_at_night_what_the_settings_say(chat: ChatSim) -> None:
    """The nightly round of the real scheduler lets go of it, and says in the log how much."""
    chat.bot = assemble(chat.storage, chat.clock, [chat.platform], kept=Kept(timedelta(days=60)))
    await chat.moves_to(chat.clock.now() + timedelta(days=50))
    before = await chat.storage.read(lambda store: len(store.deliveries.log(circle=chat.circle, limit=1000)))
    chat.clock.move_to(chat.clock.now() + timedelta(days=120))
    await chat.bot.scheduler.tidy()
    assert before > 10
    assert await chat.storage.read(lambda store: len(store.deliveries.log(circle=chat.circle, limit=1000))) == 0


async def test_what_has_had_its_day_goes_and_nothing_before(database: Database) -> None:
    """A day before its time all is there; the day after the log and the cards are gone, and the circle is whole."""
    there = await database.transact(lambda store: founded(store, BEGAN))
    over = BEGAN + timedelta(days=7) + KEPT.over
    assert await forget_past(database, KEPT, over - timedelta(days=8)) == 0
    assert await count(database, deliveries, metadata.tables["cards"]) == [2, 2]
    assert await forget_past(database, KEPT, over + timedelta(days=1)) >= 4
    assert await count(database, deliveries, metadata.tables["cards"]) == [0, 0]
    assert await count(database, circles, meetings, people, communities) == [1, 1, 2, 1]
    assert (await database.read(lambda store: store.rsvps.tally(there.meeting))).yes == 1


async def test_ended_circles_go_only_where_that_is_asked_for(database: Database) -> None:
    """With all that was said in them; then those who were only there go, and the rooms, and the empty community."""
    await database.transact(lambda store: founded(store, BEGAN))
    much_later = BEGAN + timedelta(days=3_000)
    await forget_past(database, KEPT, much_later)
    assert await count(database, circles, people) == [1, 2]
    await forget_past(database, replace(KEPT, circles=timedelta(days=1_000)), much_later)
    everything = [table for table in metadata.sorted_tables if table.name != "web_versions"]
    assert set(await count(database, *everything)) == {0}


@pytest.mark.parametrize("state", [CircleState.PUBLISHED, CircleState.DRAFT])
async def test_a_circle_that_has_not_ended_is_kept(database: Database, state: CircleState) -> None:
    """However long ago it last met."""
    await database.transact(lambda store: founded(store, BEGAN, state))
    await forget_past(database, replace(KEPT, circles=timedelta(days=30)), BEGAN + timedelta(days=3_000))
    assert await count(database, circles, meetings, people, communities) == [1, 1, 2, 1]


async def test_what_was_sent_for_a_meeting_ahead_stays_known(database: Database) -> None:
    """Else it would be sent again: a meeting may be planned two years before it is."""

    def settle(store: SqlStore) -> None:
        there = founded(store, BEGAN, CircleState.PUBLISHED)
        ahead = BEGAN + timedelta(days=700)
        meeting = store.meetings.get(there.meeting)
        assert meeting is not None
        store.meetings.save(replace(meeting, starts_at=ahead, state=MeetingState.PLANNED), meeting)

    await database.transact(settle)
    await forget_past(database, KEPT, BEGAN + timedelta(days=600))
    kept = await database.read(lambda store: store.deliveries.find("began"))
    assert kept is not None
    assert await count(database, deliveries) == [1]


async def test_strangers_are_forgotten_and_nobody_else(database: Database) -> None:
    """Who wrote once and is in nothing goes after its time; who has come back, or has a form open or a tie, stays."""

    def settle(store: SqlStore) -> None:
        founded(store, BEGAN)
        for name in ("stranger", "returned"):
            store.people.meet(Account("sim", name, name), "en", "", BEGAN, is_open=True)
        inviter = store.people.meet(Account("sim", "inviter", "inviter"), "en", "", BEGAN)
        community = store.communities.all()[0].id
        store.communities.add_organizer(community, inviter.id)
        store.people.meet(Account("sim", "returned", "returned"), "en", "", BEGAN + timedelta(days=300), is_open=True)
        store.settings.put(asked_key(inviter.id), f"1 1 {int(BEGAN.timestamp())}")
        store.settings.put("adapter:telegram:webhook:1", "kept")

    await database.transact(settle)
    await forget_past(database, KEPT, BEGAN + timedelta(days=401))
    names = await database.read(
        lambda store: {row[0] for row in store.connection.execute(select(accounts.c.user)).fetchall()}
    )
    assert names == {"fay", "ada", "inviter", "returned"}
    rooms = await database.read(lambda store: [store.places.find(private(user)) for user in ("stranger", "returned")])
    assert [one is not None for one in rooms] == [False, True]
    assert await count(database, settings) == [1]


async def test_announcements_are_not_kept_for_ever(database: Database) -> None:
    """They go when they have been kept for long enough; those of a former release once none is under way."""

    def announced(number: int, **when: int) -> tuple[str, str]:
        said = asdict(Announcement("Mind the gap", Addressees.ROOMS, 1, sent=True))
        del said["at"]
        return announcement_key(number), json.dumps(said | when)

    def settle(store: SqlStore) -> None:
        for key, value in (announced(1), announced(2, at=int(BEGAN.timestamp()))):
            store.settings.put(key, value)
        store.deliveries.plan([Due("sayswent:1", AnnouncementWent(1), BEGAN + KEPT.over * 2)])

    async def left() -> list[bool]:
        keys = [announcement_key(number) for number in (1, 2)]
        return await database.read(lambda store: [store.settings.get(key) is not None for key in keys])

    await database.transact(settle)
    await forget_past(database, KEPT, BEGAN + KEPT.over - timedelta(days=1))
    assert await left() == [True, True]
    await forget_past(database, KEPT, BEGAN + KEPT.over + timedelta(days=1))
    assert await left() == [True, False]
    await database.transact(lambda store: store.connection.execute(update(deliveries).values(state="sent")))
    await forget_past(database, KEPT, BEGAN + KEPT.over + timedelta(days=1))
    assert await left() == [False, False]


async def test_who_runs_the_bot_can_be_told_of_trouble_after_years(database: Database) -> None:
    """Without a word from them since: they, and their private chat, are still known."""

    def settle(store: SqlStore) -> None:
        for name in ("rob", "stranger"):
            store.people.meet(Account("sim", name, name), "en", "", BEGAN, is_open=True)

    await database.transact(settle)
    await forget_past(database, replace(KEPT, operators=(("sim", "rob"), ("echo", "stranger"))), BEGAN + KEPT.over * 2)
    there = await database.read(lambda store: [store.places.find(private(user)) for user in ("rob", "stranger")])
    assert [one is not None for one in there] == [True, False]
    assert await count(database, people) == [1]


async def test_rooms_in_which_nothing_is_are_forgotten(database: Database) -> None:
    """Groups that the bot was shown to, but not those of a circle or of a server that is a community."""

    def settle(store: SqlStore) -> None:
        founded(store, BEGAN)
        for number in range(30):
            store.places.note(group(f"seen once {number}"), "Seen once", "")
        store.places.note(group("hall"), "Hall", "server")
        store.communities.make_of_space("sim", "server", Community(0, "Server", "en", "UTC"))

    await database.transact(settle)
    await forget_past(database, KEPT, BEGAN)
    left = await database.read(
        lambda store: [row[0] for row in store.connection.execute(select(places.c.chat).order_by(places.c.chat))]
    )
    assert left == ["hall", "python"]


async def test_invitations_are_remembered_for_a_month_after_they_have_run_out(database: Database) -> None:
    """Until then whoever brings one is told what became of it."""

    def settle(store: SqlStore) -> None:
        there = founded(store, BEGAN)
        invite = Invite(0, InviteKind.ORGANIZER, there.community, None, there.ada, BEGAN + timedelta(days=7))
        store.invites.make(invite, "hash", BEGAN)

    await database.transact(settle)
    await forget_past(database, KEPT, BEGAN + timedelta(days=36))
    assert await database.read(lambda store: store.invites.by_token("hash"))
    await forget_past(database, KEPT, BEGAN + timedelta(days=38))
    assert await database.read(lambda store: store.invites.by_token("hash")) is None


async def test_years_of_use_leave_no_more_than_one_does(database: Database) -> None:
    """Two years of updates, deliveries, strangers, messages: what is there is never more than a year makes."""
    page = SqlTranscript(database)
    most: dict[str, int] = {}
    watched = [updates_seen, deliveries, people, accounts, places, web_posts, web_pictures]
    place = await database.transact(lambda store: store.places.note(group("office"), "Office", "").id)
    for week in range(2 * 52):
        now = BEGAN + timedelta(weeks=week)

        def happens(store: SqlStore, now: datetime = now, week: int = week) -> None:
            rows = [
                {"key": f"{week}:{number}", "notice": "{}", "kind": "remind", "state": "sent"}
                | {"place": place, "due_at": now, "sent_at": now}
                for number in range(10)
            ]
            store.connection.execute(insert(deliveries), rows)
            store.connection.execute(insert(updates_seen), [{"key": f"u{week}:{n}", "at": now} for n in range(50)])
            store.people.meet(Account("sim", f"stranger {week}", "Somebody"), "en", "", now, is_open=True)

        await database.transact(happens)
        await page.keep_picture(f"p{week}", b"png")
        await page.write("office", {"words": "x"}, private=False, at=now, picture=f"p{week}")
        if week % 8 == 0:
            await forget_past(database, KEPT, now)
            for table, many in zip(watched, await count(database, *watched), strict=True):
                most[table.name] = max(most.get(table.name, 0), many)
    weeks = 400 // 7 + 1 + 8
    assert most["updates_seen"] <= 100
    assert most["deliveries"] <= 10 * weeks
    assert most["people"] == most["accounts"] <= weeks
    assert most["places"] <= weeks + 1
    assert most["web_posts"] == most["web_pictures"] <= weeks
