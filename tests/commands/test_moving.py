"""`circlebot export` and `circlebot import`: nothing is lost on the way, and nothing half arrives."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from pydantic import SecretStr
from sqlalchemy import insert, make_url

from bot.clock import real_now
from bot.commands.moving import bring_in, document_of, write_out
from bot.commands.moving_format import DOCUMENT, AnyDocument
from bot.commands.moving_text import BadDocument, read, written
from bot.config import DatabaseSettings, Settings
from bot.domain.feedback import Feedback
from bot.domain.meetings import MeetingState
from bot.domain.notices import DeliveryState
from bot.errors import CircleBotError
from storage import tables
from storage.engine import Database
from storage.migrate import downgrade
from storage.store import SqlStore
from tests.commands.backups import content
from tests.commands.conftest import ROOT, Circlebot
from tests.commands.documents import communities
from tests.commands.moved import arrived, undone
from tests.storage.conftest import NOW, World, make_world, meeting, person
from tests.support.demo import demo_made
from tests.support.long import long


@trying(max_examples=long(6, 500), deadline=None, suppress_health_check=list(HealthCheck))
@given(first=communities())
def test_what_is_exported_arrives_whole(opened: Database, first: AnyDocument) -> None:
    """Any community, imported and exported again, is the same; so is the file, letter for letter."""
    second = arrived(opened, first)
    assert len(second.people) <= len(first.people)
    assert [circle.title for circle in second.circles] == [circle.title for circle in first.circles]
    assert _counted(second) == _counted(first)
    third = arrived(opened, second)
    assert third == second
    assert written(third) == written(second)
    assert read(written(second).encode()) == second


def _counted(document: AnyDocument) -> list[list[int]]:
    return [
        [
            len(circle.members),
            len(circle.waiting),
            len(circle.rooms),
            *(
                len(some)
                for one in sorted(circle.meetings, key=lambda one: one.uid)
                for some in (one.rsvps, one.came, one.missed, one.gave, one.signed, one.decisions, one.reflections)
            ),
            *(one.unsigned.answers if one.unsigned else 0 for one in sorted(circle.meetings, key=lambda one: one.uid)),
        ]
        for circle in document.circles
    ]


def test_a_community_that_has_lived_arrives_whole(riverside: AnyDocument, opened: Database) -> None:
    """With RSVPs, attendance, plus/delta, votes, decisions and reflections."""
    assert arrived(opened, riverside) == riverside
    closed = riverside.circles[0].meetings[0]
    assert closed.rsvps
    assert closed.came
    assert closed.unsigned
    assert any(delta.votes for delta in closed.unsigned.delta)
    assert any(decision.delta for decision in closed.decisions)
    assert closed.reflections


async def test_a_circle_comes_to_a_community(database: Database, tmp_path: Path) -> None:
    """The one that is named, or the only one; people who are known here stay who they are, and keep their names."""
    world = await database.transact(make_world)
    document = await database.read(lambda store: document_of(store, "circle", "Python"))
    assert document.kind == "circle"
    moved = read(written(document).replace('"Ada"', '"Ada Lovelace"').encode())

    def refused(store: SqlStore) -> None:
        bring_in(store, moved, None, NOW)

    with pytest.raises(BadDocument, match="is here already"):
        await database.transact(refused)

    def elsewhere(store: SqlStore) -> tuple[int, str, str]:
        store.connection.exec_driver_sql("DELETE FROM circles")
        added, home = bring_in(store, moved, "library", NOW)
        names = [one.person.name for one in store.seats.roster(added.circles[0])]
        assert {one.person.id for one in store.seats.roster(added.circles[0])} == {
            world.facilitator.id,
            world.ada.id,
            world.bo.id,
        }
        return added.community, home, ", ".join(names)

    assert await undone(database, elsewhere) == (world.community.id, "Library", "Fay, Ada, Bo")
    for name, said in (("nowhere", "No community is called"), ("0", "No community is called")):
        with pytest.raises(CircleBotError, match=said):
            await database.transact(partial(bring_in, document=moved, community=name, now=NOW))


async def test_what_is_private_is_not_exported(database: Database, world_with_feedback: World) -> None:
    """No settings of people, no secrets, no numbers of rows; unsigned words have neither author nor order."""
    document = await database.read(lambda store: document_of(store, "community", "Library"))
    text = written(document)
    said = json.loads(text)
    assert all(person.keys() <= {"key", "name", "accounts"} for person in said["people"])
    for private in ("quiet", "nudges", "token", "Atlantic/Azores", '"id"'):
        assert private not in text
    of_many, of_few = document.circles[0].meetings
    assert of_many.unsigned is not None
    assert of_many.unsigned.plus == ["a", "b", "c"]
    assert [delta.words for delta in of_many.unsigned.delta] == ["x", "y"]
    assert of_many.unsigned.moods == [2, 3, 5]
    assert len(of_many.gave) == 3
    assert of_few.unsigned is None
    assert "secret" not in text
    assert len(of_few.gave) == 2
    assert world_with_feedback.circle.title in text


@pytest.fixture
async def world_with_feedback(database: Database) -> World:
    """The small world after two meetings: of the first three have spoken, of the second two."""

    def make(store: SqlStore) -> World:
        world = make_world(store)
        store.connection.exec_driver_sql("UPDATE people SET zone = 'Atlantic/Azores', quiet_from = '20:15'")
        second = store.meetings.add([meeting(world.circle.id, 2, NOW + timedelta(days=8))])[0]
        who = (world.facilitator, world.ada, world.bo)
        for one, plus, delta, mood in zip(who, "cab", ("y", "x", ""), (5, 2, 3), strict=True):
            store.feedback.give(Feedback(0, world.meeting.id, plus, delta, mood), one.id)
        for one in who[:2]:
            store.feedback.give(Feedback(0, second.id, "secret", "secret", 1), one.id)
        return world

    return await database.transact(make)


async def test_the_same_is_not_imported_twice(database: Database, riverside: AnyDocument, tmp_path: Path) -> None:
    """Its meetings are the same ones in everybody's calendar. It is said what is in the way, and nothing changes."""
    await database.transact(lambda store: bring_in(store, riverside, None, NOW))
    before = await asyncio.to_thread(content, database.url, tmp_path)
    with pytest.raises(BadDocument) as refused:
        await database.transact(lambda store: bring_in(store, riverside, None, NOW))
    for said in (
        "“Python for beginners” is here already",
        "a community called Riverside Library",
        "the room Organizers",
    ):
        assert said in str(refused.value)
    assert await asyncio.to_thread(content, database.url, tmp_path) == before


async def test_accounts_that_contradict_what_is_known_are_refused(database: Database, riverside: AnyDocument) -> None:
    """Two people of the file who are one here, and one of the file who is two here."""

    def known(store: SqlStore) -> None:
        ada = person(store, "amara")
        bjorn = {"platform": "web", "user": "bjorn", "person": ada.id, "name": "B", "seen_at": NOW}
        store.connection.execute(insert(tables.accounts).values(**bjorn))
        bring_in(store, riverside, None, NOW)

    with pytest.raises(BadDocument, match="Amara Okafor and Björn Lindqvist are one person here"):
        await database.transact(known)

    double = json.loads(written(riverside))
    double["people"][0]["accounts"].append({"platform": "web", "user": "grace", "name": "Grace"})

    def two(store: SqlStore) -> None:
        person(store, "amara")
        person(store, "grace")
        bring_in(store, read(json.dumps(double).encode()), None, NOW)

    with pytest.raises(BadDocument, match="the accounts of Amara Okafor belong to different people"):
        await database.transact(two)


async def test_what_is_past_is_not_sent_again(database: Database, riverside: AnyDocument) -> None:
    """What lies ahead is planned; meetings that are over are, without a question to the room or a summary."""
    python = riverside.circles[0]
    third = python.meetings[2]
    ended = third.starts_local.replace(tzinfo=UTC) + timedelta(minutes=third.minutes)

    def imported(store: SqlStore, now: datetime) -> tuple[list[MeetingState], list[str], list[str]]:
        added, _ = bring_in(store, riverside, None, now)
        meetings = store.meetings.of_circle(added.circles[0])
        waiting = store.deliveries.waiting(circle=added.circles[0], limit=1000)
        assert all(one.due.due_at > now for one in waiting)
        log = store.deliveries.log(circle=added.circles[0])
        assert not [one for one in log if one.state is not DeliveryState.DROPPED]
        of_third = sorted(one.due.notice.kind for one in waiting if one.due.meeting == meetings[2].id)
        return [one.state for one in meetings], of_third, [one.outcome for one in log]

    planned, over, closed = MeetingState.PLANNED, MeetingState.ENDED, MeetingState.CLOSED
    before = await undone(database, lambda store: imported(store, ended - timedelta(days=4)))
    assert before == ([closed, closed, *[planned] * 4], ["began", "ended", "nudges", "remind", "remind"], [])
    states, of_third, log = await undone(database, lambda store: imported(store, ended - timedelta(hours=5)))
    assert (states, of_third) == ([closed, closed, *[planned] * 4], ["began", "ended", "remind"])
    assert [outcome.partition(":")[0] for outcome in log] == ["skipped"]
    after = await undone(database, lambda store: imported(store, ended + timedelta(hours=1)))
    assert after == ([closed, closed, over, *[planned] * 3], ["feedbackcloses"], [])
    late = await undone(database, lambda store: imported(store, ended + timedelta(days=3)))
    assert late[:2] == ([closed] * 3 + [planned] * 3, [])


# The file and the command


def test_the_schema_in_the_documentation_is_true() -> None:
    """docs/export.schema.json is what is read and written: `python -m bot.commands.moving_format` makes it."""
    assert json.loads((ROOT / "docs/export.schema.json").read_text()) == DOCUMENT.json_schema()


def test_the_commands(circlebot: Circlebot, tmp_path: Path) -> None:
    """Out of one database and into another; the file is for its owner alone, and is not overwritten."""
    asyncio.run(demo_made(tmp_path, at=real_now()))  # what the commands find ahead of them must be that
    done = circlebot("export", "community", "1", "riverside.json")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "riverside.json").stat().st_mode & 0o777 == 0o600
    assert "there already" in circlebot("export", "community", "1", "riverside.json").stderr
    refused = circlebot("export", "community", "1", "nowhere/riverside.json")
    assert (refused.returncode, "There is no folder" in refused.stderr) == (2, True)
    assert circlebot("export", "circle", "1", "circle.json").returncode == 0
    (tmp_path / "circlebot.db").unlink()
    refused = circlebot("import", "circle.json")
    assert (refused.returncode, "/community in the organizers' room" in refused.stderr) == (2, True)
    done = circlebot("import", "riverside.json")
    assert done.stdout.startswith("Added to the community Riverside Library: 2 circles, 10 meetings, 11 people.")
    assert circlebot("export", "community", "1").stdout == (tmp_path / "riverside.json").read_text()


async def test_what_cannot_be_exported_is_told(database: Database, riverside: AnyDocument) -> None:
    """An unknown name comes with those that there are; one that several have, with their numbers."""
    await database.transact(make_world)
    await database.transact(lambda store: bring_in(store, riverside, None, NOW))

    def asked(name: str) -> Callable[[SqlStore], AnyDocument]:
        return lambda store: document_of(store, "circle", name)

    with pytest.raises(
        CircleBotError,
        match=r"No circle is called Rust\. There are: Python \(number 1\); Python for beginners \(number 2\); Huerto",
    ):
        await database.read(asked("Rust"))
    await database.transact(lambda store: store.connection.exec_driver_sql("UPDATE circles SET title = 'Same'"))
    with pytest.raises(
        CircleBotError,
        match=r"Several are called same: say the number\. There are: Same \(number 1\); Same \(number 2\)",
    ):
        await database.read(asked("same"))
    assert (await database.read(asked("2"))).circles[0].course == "Python basics"


def _at(url: str) -> Settings:
    return Settings(database=DatabaseSettings(url=SecretStr(url)))


def test_an_export_from_the_wrong_folder_says_where_it_looked(circlebot: Circlebot, tmp_path: Path) -> None:
    """There is no database at all there: to migrate would only make an empty one. None is made."""
    refused = circlebot("export", "circle", "Python")
    assert refused.returncode == 2
    assert f"There is no database: {tmp_path / 'circlebot.db'} is not there." in refused.stderr
    assert "migrate" not in refused.stderr
    assert "--config" in refused.stderr
    assert not (tmp_path / "circlebot.db").exists()


async def test_an_export_from_an_empty_database_names_it_without_the_password(database_url: str) -> None:
    """A database that nobody filled yet is not one of another release."""
    downgrade(database_url)
    with pytest.raises(CircleBotError) as refused:
        await write_out(_at(database_url), "circle", "Python", Path("-"))
    address = make_url(database_url)
    assert f"There is nothing of Circlebot's in the database {address.database}." in str(refused.value)
    assert address.render_as_string(hide_password=False) not in str(refused.value)


async def test_an_export_from_a_database_of_another_release_says_what_brings_it_to_this_one(database_url: str) -> None:
    """Only there it is right to migrate."""
    downgrade(database_url, "0002")
    with pytest.raises(CircleBotError, match=r"There is no database of this release\. Run `circlebot migrate` first"):
        await write_out(_at(database_url), "circle", "Python", Path("-"))


async def test_where_there_is_nothing_to_export_that_is_said(database: Database) -> None:
    """No list of nothing."""
    with pytest.raises(CircleBotError, match=r"^No circle is called Rust\. There is no circle yet\.$"):
        await database.read(lambda store: document_of(store, "circle", "Rust"))
