"""Circles: made, published, shown, changed."""

from __future__ import annotations

import pytest

from bot.domain.circles import Circle, CircleState
from bot.features.circles.intents import JoinCircle, PublishCircle, ShowCircle
from bot.ports import Store
from storage.engine import Database
from tests.support.chat import ChatSim, empty_chat, lived_in

ANSWERS = {"name": "Spanish for beginners", "zone": "Madrid", "first": "10 March 2026 18:00", "language": "en"}


@pytest.fixture
async def chat(sqlite_database: Database) -> ChatSim:
    """Return a chat with a community, a circle and its people."""
    return await lived_in(sqlite_database)


@pytest.fixture
async def bare(sqlite_database: Database) -> ChatSim:
    """Return a chat in which nothing has happened."""
    return empty_chat(sqlite_database)


async def a_draft(chat: ChatSim, **answers: str) -> None:
    """Have Fatima make a circle in the room."""
    await chat.fatima.says("/newcircle")
    await chat.fatima.fills(**(ANSWERS | answers), then="Save")


async def the_circle(chat: ChatSim) -> Circle:
    """Return the newest circle."""

    def find(store: Store) -> Circle:
        communities = store.communities.all()
        return max((c for one in communities for c in store.circles.of_community(one.id)), key=lambda c: c.id)

    return await chat.storage.read(find)


async def test_a_circle_goes_from_nothing_to_its_first_learners(bare: ChatSim) -> None:
    """A form, a look back, a draft, an announcement, two who join: the whole path."""
    await bare.fatima.says("/newcircle Spanish for beginners")
    await bare.fatima.fills(zone="Madrid", first="10 March 2026 18:00", language="English", place="Room 3")
    assert "Here is what I understood" in bare.fatima.heard
    await bare.fatima.presses("Save")
    assert "Draft" in bare.fatima.heard
    assert "6 weekly meetings" in bare.fatima.heard
    await bare.fatima.presses("Publish")
    assert bare.posts("Join this circle") == 1
    await bare.ada.presses("Join this circle")
    assert "You are in" in bare.ada.heard
    await bare.grace.presses("Join this circle")
    assert "2 learners so far" in bare.card()
    await bare.fatima.says("/circle")
    assert "Learners: Ada and Grace" in bare.fatima.heard


@pytest.mark.parametrize(
    ("first", "said"),
    [
        ("30 February 2026 18:00", "could not read"),
        ("1 March 2026 18:00", "past"),
        ("29 March 2026 02:30", "jump"),
        ("25 October 2026 02:30", "twice"),
        ("18 October 2026 02:30", "Meeting 2"),
        ("22 March 2026 02:30", "Meeting 2"),
        ("10 March 2031 18:00", "years"),
    ],
)
async def test_a_first_meeting_that_cannot_be_is_asked_again(bare: ChatSim, first: str, said: str) -> None:
    """An impossible, past, skipped, repeated or far date is refused on its own field; the rest is kept."""
    await bare.fatima.says("/newcircle")
    await bare.fatima.fills(**(ANSWERS | {"first": first}))
    if bare.fatima.page is None:
        await bare.fatima.presses("Save")
    errors = bare.fatima.errors()
    assert list(errors) == ["first"]
    assert said in errors["first"]
    assert "+00:00" not in errors["first"]
    await bare.fatima.fills(first="10 March 2026 18:00", then="Save")
    assert "Draft" in bare.fatima.heard
    assert "Spanish for beginners" in bare.fatima.heard


@pytest.mark.parametrize("title", ["x" * 10_000, "\u202e\u200b", "   "])
async def test_a_title_that_nobody_could_read_is_asked_again(bare: ChatSim, title: str) -> None:
    """Ten thousand characters, or none that can be seen, are no title."""
    await bare.fatima.says("/newcircle")
    await bare.fatima.fills(**(ANSWERS | {"name": title}))
    if bare.fatima.page is None:
        await bare.fatima.presses("Save")
    assert list(bare.fatima.errors()) == ["name"]


@pytest.mark.parametrize(
    "title",
    ["<b>Bold</b> & co", "@everyone *now* _here_", "🎉 مجموعة التعلّم 🎉", '=HYPERLINK("http://x")', "{circle} %s"],
)
async def test_a_title_is_shown_as_it_was_written(bare: ChatSim, title: str) -> None:
    """Markup, mentions, emoji, right-to-left scripts, formulas and placeholders are words like any other."""
    await a_draft(bare, name=title)
    await bare.fatima.presses("Publish")
    assert title in bare.card()
    await bare.ada.presses("Join this circle")
    assert title in bare.ada.heard


async def test_an_unknown_zone_is_asked_again(bare: ChatSim) -> None:
    """A place that is no time zone is refused on its own field."""
    await bare.fatima.says("/newcircle")
    await bare.fatima.fills(**(ANSWERS | {"zone": "Atlantis"}))
    assert list(bare.fatima.errors()) == ["zone"]


@pytest.mark.parametrize("zone", ["Madrid", "madrid", "Europe/Madrid", "New York", "America/New_York", "UTC"])
async def test_a_zone_is_found_by_its_city_or_its_name(bare: ChatSim, zone: str) -> None:
    """A city or an IANA name will do."""
    await bare.fatima.says("/newcircle")
    await bare.fatima.fills(**(ANSWERS | {"zone": zone}))
    assert "Here is what I understood" in bare.fatima.heard


async def test_a_draft_does_not_exist_for_others(bare: ChatSim) -> None:
    """Others neither find a draft nor learn of it from a forged button."""
    await a_draft(bare)
    circle = await the_circle(bare)
    await bare.ada.says("/circles")
    assert "Spanish" not in bare.ada.heard
    for payload in (ShowCircle(circle=circle.id), JoinCircle(circle=circle.id), PublishCircle(circle=circle.id)):
        await bare.ada.presses_payload(payload.payload())
        assert "Spanish" not in bare.ada.heard
    await bare.ada.says("/circle")
    assert "Spanish" not in bare.ada.heard
    assert (await the_circle(bare)).state is CircleState.DRAFT


async def test_a_preview_is_what_the_room_will_see(bare: ChatSim) -> None:
    """The preview and the announcement are the same, and the preview is for one pair of eyes."""
    await a_draft(bare, place="Room 3")
    await bare.fatima.presses("Preview")
    preview = bare.fatima.sees()
    assert bare.said() == []
    await bare.fatima.presses("Publish")
    assert bare.said() == [preview]


async def test_publishing_twice_announces_once(bare: ChatSim) -> None:
    """A second tap on Publish tells the truth and posts nothing."""
    await a_draft(bare)
    payload = next(
        b.intent.payload()
        for row in bare.platform.seen_by(bare.fatima.user)[-1].message.rows
        for b in row
        if b.label == "Publish" and b.intent
    )
    post = bare.platform.seen_by(bare.fatima.user)[-1]
    await bare.fatima.presses_payload(payload, post)
    await bare.fatima.presses_payload(payload, post)
    assert bare.fatima.toast == "It is published already."
    assert bare.posts("Join this circle") == 1
