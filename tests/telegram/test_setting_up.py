"""How a circle comes to live in a group or topic, with the real core."""

from __future__ import annotations

import pytest

from bot.domain.circles import CircleState
from bot.ports import Store
from storage.engine import Database
from tests.telegram.chatting import Chats
from tests.telegram.happening import GROUP
from tests.telegram.test_forms import fills_in, made, set_up

TOPIC = 77


@pytest.fixture
async def chats(sqlite_database: Database) -> Chats:
    """Return chats in which nothing has happened."""
    return Chats(sqlite_database)


async def rooms(chats: Chats) -> list[tuple[str, str]]:
    """Return the chats and topics in which the only circle lives."""
    circle, _ = await made(chats)

    def look(store: Store) -> list[tuple[str, str]]:
        return [(place.room.chat, place.room.thread) for place in store.places.of_circle(circle.id)]

    return await chats.storage.read(look)


async def test_the_group_is_greeted_with_what_to_do_next(chats: Chats) -> None:
    """Once, with a button that begins a circle in this very group."""
    chats.fatima.runs()
    await chats.fatima.adds_the_bot()
    assert "Hello everybody" in chats.newest(GROUP).text
    await chats.fatima.says("/start@circle_bot", GROUP)
    assert len(chats.said(GROUP)) == 1
    await chats.fatima.taps("Start a circle", GROUP)
    await fills_in(chats.fatima, "Python")
    await chats.fatima.taps("Save")
    assert await rooms(chats) == [(str(GROUP), "")]


async def test_a_circle_is_made_for_a_topic(chats: Chats) -> None:
    """Where the command was written is where it lives, and where it is answered."""
    chats.fatima.runs()
    await chats.fatima.says("/newcircle Python", GROUP, thread=TOPIC)
    assert chats.newest(GROUP).thread == TOPIC
    await chats.fatima.taps("Go on", GROUP)
    await fills_in(chats.fatima)
    await chats.fatima.taps("Save")
    assert await rooms(chats) == [(str(GROUP), str(TOPIC))]
    await chats.fatima.says("/topic Loops", GROUP, thread=TOPIC)
    assert chats.newest(GROUP).thread == TOPIC


async def test_an_anonymous_administrator_presses_a_button(chats: Chats) -> None:
    """Which tells who they are: the circle is theirs, and the group its room."""
    chats.fatima.runs()
    await chats.ada.says("/start")
    await chats.fatima.says_anonymously("/newcircle Python")
    assert "anonymously" in chats.newest(GROUP).text
    await chats.fatima.taps("Go on", GROUP)
    await fills_in(chats.fatima)  # what was typed is not asked again
    await chats.fatima.taps("Save")
    assert await rooms(chats) == [(str(GROUP), "")]
    _, people = await made(chats), await chats.storage.read(lambda store: store.communities.all())
    assert len(people) == 1


async def test_a_circle_made_in_private_offers_to_come_to_a_group(chats: Chats) -> None:
    """The link adds the bot to a group, where what it brings along ties the two together."""
    await chats.fatima.says("/newcircle")
    await fills_in(chats.fatima, "Python")
    await chats.fatima.taps("Save")
    addresses = [button["url"] for row in chats.fatima.sees().rows for button in row if "url" in button]
    links = [address for address in addresses if address.startswith("https://t.me/circle_bot?startgroup=")]
    assert len(links) == 1
    chats.fatima.runs()
    await chats.fatima.adds_the_bot()
    await chats.fatima.says(f"/start@circle_bot {links[0].partition('=')[2]}", GROUP)
    assert await rooms(chats) == [(str(GROUP), "")]


async def test_who_follows_the_link_anonymously_settles_in_with_a_button(chats: Chats) -> None:
    """What the link says is not lost; what is for one person alone is not drawn in the group."""
    await set_up(chats)
    circle = (await made(chats))[0].id
    other = GROUP - 1
    await chats.fatima.says_anonymously(f"/start@circle_bot c{circle}", other)
    chats.fatima.runs(other)
    await chats.fatima.taps("Go on", other)
    assert (str(other), "") in await rooms(chats)
    await chats.fatima.says_anonymously("/me", other)
    before = chats.newest(other).text
    await chats.fatima.taps("Go on", other)
    assert chats.newest(other, "Go on").text == before
    assert "Quiet hours" in chats.fatima.sees().text


async def test_who_does_not_run_the_group_does_not_settle_in_a_circles_room(chats: Chats) -> None:
    """In a group whose circle is somebody else's, a new circle has no room; its maker keeps it all the same."""
    await set_up(chats)
    await chats.ada.says("/newcircle Chess", GROUP)
    await chats.ada.taps("Go on", GROUP)
    await fills_in(chats.ada)
    await chats.ada.taps("Save")

    def here(store: Store) -> list[str]:
        (place,) = [place for one in store.communities.all() for place in store.places.of_community(one.id)]
        return [circle.title for circle in store.places.circles_in(place.id)]

    assert await chats.storage.read(here) == ["Python"]
    assert "Saved" in chats.ada.sees().text


async def test_the_announcement_stands_in_the_group_and_people_join_by_a_tap(chats: Chats) -> None:
    """Whoever presses is in, the first time they ever meet the bot."""
    await set_up(chats)
    circle, _ = await made(chats)
    assert circle.state is CircleState.PUBLISHED
    await chats.fatima.says("/circle", GROUP)
    await chats.linus.says("/join", GROUP)
    await chats.linus.taps("Open our private chat", GROUP)
    assert "You are in" in chats.linus.sees().text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("<i>Mal</i>", "<i>Mal</i>"),
        ("*Mal*", "*Mal*"),
        ("&lt;", "&lt;"),
        ("\u202elaM", "laM"),
        ("M" * 500, "M" * 40),
    ],
)
async def test_a_name_is_only_a_name(chats: Chats, name: str, shown: str) -> None:
    """Whatever people call themselves is shown as it is, and breaks nothing."""
    await set_up(chats)
    chats.mallory.name = name
    await chats.mallory.says("/start")
    await chats.mallory.says("/join", GROUP)
    assert "You are in" in chats.newest(chats.mallory.user, "Next meeting").text
    await chats.fatima.says("/circle", GROUP)
    await chats.fatima.taps("Members")
    assert shown in chats.fatima.sees().text
    assert "<i>" not in chats.fatima.sees().html
