"""Meetings in people's own calendars: addresses are private, and a calendar shows what is true."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest

from bot.assembly import assemble
from bot.domain.feeds import FEED_LASTS, MOST_FEEDS
from bot.domain.people import Role
from bot.feeds import CalendarFeeds
from bot.i18n import Catalogue
from bot.ports import Store
from tests.support.chat import FIRST, ZONE, ChatSim

ADDRESS = "https://circles.example.org"


@pytest.fixture
def served(chat: ChatSim) -> ChatSim:
    """A circle whose bot has a web address."""
    chat.serve_at(ADDRESS)
    return chat


def token(heard: str) -> str:
    """Return the token in the address that somebody was shown."""
    found = re.search(rf"{ADDRESS}/calendar/([\w-]+)\.ics", heard)
    assert found, heard
    return found[1]


async def address_of(chat: ChatSim, button: str = "All my circles", name: str = "ada") -> str:
    """Return the token of a new address."""
    someone = getattr(chat, name)
    await someone.says("/calendar")
    await someone.presses(button)
    return token(someone.heard)


async def read(chat: ChatSim, key: str) -> list[icalendar.Event] | None:
    """Return what a calendar reads, None where the address does not work."""
    file = await CalendarFeeds(chat.store, chat.clock, Catalogue()).read(key)
    if file is None:
        return None
    return [event for event in icalendar.Calendar.from_ical(file).walk("VEVENT") if isinstance(event, icalendar.Event)]


async def shown(chat: ChatSim, key: str) -> list[icalendar.Event]:
    """Return what a calendar reads at an address that works."""
    found = await read(chat, key)
    assert found is not None
    return found


async def kept(chat: ChatSim) -> Sequence[Mapping[str, object]]:
    """Return what is kept of Ada's addresses."""
    return await chat.store.transact(lambda store: store.people.everything(chat.ada.person(store).id)["calendar_feeds"])


async def another_circle(chat: ChatSim) -> None:
    """Let Ada be in a second circle, which has one meeting."""

    def work(store: Store) -> None:
        circle = store.circles.get(chat.circle)
        assert circle is not None
        other = store.circles.add(replace(circle, title="Knitting"), chat.clock.now())
        first = store.meetings.of_circle(chat.circle)[0]
        store.meetings.add([replace(first, circle=other.id, uid="")])
        store.seats.join_as(other.id, chat.ada.person(store).id, Role.LEARNER, chat.clock.now())

    await chat.store.transact(work)


def sequence(event: icalendar.Event) -> int:
    """Return how often an event has changed."""
    return int(event.decoded("sequence"))


async def test_a_calendar_shows_every_meeting_at_its_hour(served: ChatSim) -> None:
    """Six meetings at six in the evening in Madrid, also after the clocks have changed."""
    events = await shown(served, await address_of(served))
    assert [event.decoded("dtstart") for event in events] == [
        (FIRST + timedelta(weeks=week)).replace(tzinfo=ZoneInfo(ZONE)) for week in range(6)
    ]
    assert {event.decoded("dtend") - event.decoded("dtstart") for event in events} == {timedelta(minutes=90)}
    assert str(events[0]["summary"]) == "Python for beginners: Unit 1"
    assert str(events[0]["url"]) == "https://meet.example/py"
    assert {str(event["status"]) for event in events} == {"CONFIRMED"}


async def test_the_file_brings_its_time_zones(served: ChatSim) -> None:
    """A calendar that knows no zone by its name finds the rules in the file; nothing of it is missing."""
    key = await address_of(served)
    file = await CalendarFeeds(served.store, served.clock, Catalogue()).read(key)
    assert file is not None
    calendar = icalendar.Calendar.from_ical(file)
    assert isinstance(calendar, icalendar.Calendar)
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == [ZONE]
    assert not calendar.get_missing_tzids()
    assert all(not event.errors for event in calendar.walk("VEVENT"))
    assert all(len(line) <= 75 for line in file.split(b"\r\n"))


async def test_a_moved_meeting_stays_the_same_event(served: ChatSim) -> None:
    """It keeps its UID; its SEQUENCE rises, so that calendars take the change."""
    key = await address_of(served)
    before = (await shown(served, key))[0]
    await served.facilitator.says("/move Tuesday 10 March 7pm")
    await served.facilitator.fills(scope="one")
    await served.facilitator.presses("Save")
    after = (await shown(served, key))[0]
    assert after["uid"] == before["uid"]
    assert sequence(after) > sequence(before)
    assert after.decoded("dtstart") - before.decoded("dtstart") == timedelta(hours=1)


async def test_a_cancelled_meeting_says_so(served: ChatSim) -> None:
    """It stays in the calendar as cancelled, with a SEQUENCE that has risen."""
    key = await address_of(served)
    await served.facilitator.says("/cancelmeeting")
    await served.facilitator.presses("Call off only this one")
    first = (await shown(served, key))[0]
    assert (str(first["status"]), sequence(first) > 0) == ("CANCELLED", True)


async def test_whoever_leaves_finds_nothing_there_any_more(served: ChatSim) -> None:
    """Permission is looked at each time that a calendar reads."""
    key = await address_of(served)
    await served.ada.says("/leave")
    await served.ada.presses("Leave")
    assert await read(served, key) == []


async def test_a_draft_is_shown_to_facilitators_only(served: ChatSim) -> None:
    """A circle that was taken back to a draft is in nobody else's calendar."""
    learners, own = await address_of(served), await address_of(served, name="facilitator")
    await served.facilitator.says("/circle")
    for button in ("More…", "Unpublish", "Unpublish"):
        await served.facilitator.presses(button)
    assert await read(served, learners) == []
    assert len(await shown(served, own)) == 6


async def test_one_address_can_have_one_circle(served: ChatSim) -> None:
    """With several circles each has a button of its own, and its calendar has no other's meetings."""
    await another_circle(served)
    both, one = await address_of(served), await address_of(served, "Python for beginners")
    assert (len(await shown(served, both)), len(await shown(served, one))) == (7, 6)


async def test_addresses_end_when_their_person_says_so(served: ChatSim) -> None:
    """After one question none of them works; others' go on."""
    first, second = await address_of(served), await address_of(served)
    others = await address_of(served, name="grace")
    await served.ada.says("/calendar")
    assert "2 addresses" in served.ada.heard
    await served.ada.presses("End all my addresses")
    assert await read(served, first) is not None
    await served.ada.presses("End all my addresses")
    assert (await read(served, first), await read(served, second)) == (None, None)
    assert await read(served, others) is not None


async def test_an_address_that_is_read_goes_on(served: ChatSim) -> None:
    """One that a calendar reads works for years; one that nothing reads ends, and is forgotten at night."""
    used, unused = await address_of(served), await address_of(served)
    for _ in range(5):
        served.clock.move_to(served.clock.now() + FEED_LASTS - timedelta(days=2))
        assert await read(served, used) is not None
    assert await read(served, unused) is None
    now = served.clock.now()
    await served.store.transact(lambda store: store.tidy(now))
    assert await read(served, used) is not None


async def test_reading_again_and_again_writes_nothing(served: ChatSim) -> None:
    """A calendar that looks every minute is noted once a day."""
    key = await address_of(served)
    served.clock.move_to(served.clock.now() + timedelta(days=2))
    await read(served, key)
    noted = await kept(served)
    served.clock.move_to(served.clock.now() + timedelta(hours=3))
    await read(served, key)
    assert await kept(served) == noted


async def test_the_oldest_gives_way(served: ChatSim) -> None:
    """Nobody collects addresses without end."""
    keys = [await address_of(served) for _ in range(MOST_FEEDS + 1)]
    assert [await read(served, key) is not None for key in keys] == [False, *[True] * MOST_FEEDS]


async def test_the_address_is_stored_only_as_a_hash(served: ChatSim) -> None:
    """Whoever reads the database cannot read anybody's calendar."""
    key = await address_of(served)
    told = await kept(served)
    assert len(told) == 1
    assert key not in repr(told)


@pytest.mark.parametrize("wrong", ["", "x" * 32, "'; drop table feeds; --", "\0", "é" * 32])
async def test_a_wrong_token_opens_nothing(served: ChatSim, wrong: str) -> None:
    """Whatever is asked for, there is no such calendar."""
    await address_of(served)
    assert await read(served, wrong) is None


async def test_without_an_address_of_our_own_it_is_said(chat: ChatSim) -> None:
    """There the person hears who can help."""
    await chat.ada.says("/calendar")
    assert "public_url" in chat.ada.heard


@pytest.mark.parametrize(
    ("address", "here_only"),
    [
        ("http://127.0.0.1:8080", True),
        ("http://[::1]:8080", True),
        ("http://0.0.0.0:8080", True),
        ("http://localhost:8080", True),
        ("http://192.168.1.7:8080", False),
        ("http://localhost.example.org", False),
        (ADDRESS, False),
    ],
)
async def test_an_address_that_works_on_one_machine_alone_says_so(chat: ChatSim, address: str, here_only: bool) -> None:  # noqa: FBT001  # as it stands in the table
    """As where the page is tried: who puts it into a calendar elsewhere would wait in vain, and hears who can help."""
    chat.serve_at(address)
    await chat.ada.says("/calendar")
    await chat.ada.presses("All my circles")
    assert f"{address}/calendar/" in chat.ada.heard
    assert ("works only on the machine that I run on" in chat.ada.heard) == here_only
    assert ("public_url" in chat.ada.heard) == here_only


async def test_an_address_that_others_reach_is_none_of_yours(chat: ChatSim) -> None:
    """Where only the people of another platform reach our server, nobody is given an address that cannot work."""
    chat.bot = assemble(
        chat.storage, chat.clock, chat.platforms, address=lambda platform: ADDRESS if platform == "page" else ""
    )
    await chat.ada.says("/calendar")
    assert "public_url" in chat.ada.heard


async def test_forgetting_somebody_ends_their_addresses(served: ChatSim) -> None:
    """Nothing is left to read."""
    key = await address_of(served)
    now: datetime = served.clock.now()
    await served.store.transact(lambda store: store.people.forget(served.ada.person(store).id, now))
    assert await read(served, key) is None
