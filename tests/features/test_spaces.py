"""A space of the platform is a community by itself: begun by whoever manages it, with all of its rooms."""

from __future__ import annotations

import asyncio

import pytest

from bot.features.communities.intents import (
    AddRoom,
    AppointOrganizer,
    ChooseDigestRoom,
    DigestHere,
    MakeCommunity,
    PutDigest,
)
from bot.ports import Store
from tests.features.in_a_space import begins, communities, in_a_space, organizers
from tests.features.one_circle import ANSWERS, newest
from tests.support.chat import ChatSim
from tests.support.sim import PLATFORM, group


@pytest.fixture
def hall(bare_chat: ChatSim) -> ChatSim:
    """A space in which nothing has happened yet, and Mona who manages it."""
    return in_a_space(bare_chat)


async def test_whoever_manages_a_space_begins_its_community(hall: ChatSim) -> None:
    """One word is enough: it has the space's name, them as organizer, every room; asking again changes nothing."""
    await hall.mona.says("/community")
    assert hall.mona.heard.startswith("Reading Hall\n")
    assert "Organizers: Mona" in hall.mona.heard
    await hall.mona.says("/community", group("another room"))
    assert hall.mona.heard.startswith("Reading Hall\n")
    assert len(await communities(hall)) == 1
    assert hall.said() == []  # for them alone


async def test_two_at_once_begin_one(hall: ChatSim) -> None:
    """Whoever comes second finds it."""
    hall.max.runs_room = True
    await asyncio.gather(hall.mona.says("/community"), hall.max.says("/community", group("another room")))
    assert len(await communities(hall)) == 1
    assert len(await organizers(hall)) == 1


async def test_a_space_whose_title_is_not_known_is_called_by_the_room(hall: ChatSim) -> None:
    """Better than no community; they can rename it."""
    hall.space = ("guild", "")
    await hall.mona.says("/community")
    assert hall.mona.heard.startswith("The room\n")


async def test_nobody_else_begins_it(hall: ChatSim) -> None:
    """They hear who can; nothing is made of it, by no door."""
    for words in ("/community", "/newcircle"):
        await hall.stranger.says(words)
        assert "There is no community here yet" in hall.stranger.heard
        assert hall.stranger.page is None
    await hall.mona.whispers("/help")
    await hall.stranger.presses_payload(MakeCommunity.about().payload())
    await hall.stranger.fills(name="Mine", language="en", zone="Madrid")
    assert "All rooms here are one community" in hall.stranger.heard
    assert await communities(hall) == ()


async def test_a_circle_begins_the_community_too(hall: ChatSim) -> None:
    """The first circle of whoever manages the space: its room is the one where it was asked for."""
    await begins(hall.mona)
    (community,) = await communities(hall)
    circle = await hall.storage.read(newest)
    assert (community.name, circle.community) == ("Reading Hall", community.id)
    assert await organizers(hall) == ["Mona"]
    assert "Room: The room" in hall.mona.heard


async def test_who_may_begin_circles(hall: ChatSim) -> None:
    """Who organizes, and who looks after a circle already; others hear the names of those who can."""
    await begins(hall.mona)
    await hall.stranger.says("/newcircle")
    assert "started by those who organize it: Mona." in hall.stranger.heard
    await hall.mona.says("/circle")
    await hall.mona.presses("Members")
    await hall.mona.presses("Choose a facilitator")
    await hall.mona.fills(person=hall.fatima.user)
    await hall.fatima.says("/newcircle", group("another room"))
    assert hall.fatima.page is not None
    assert "community" not in {question.field for question in hall.fatima.page.questions}


async def test_nobody_begins_circles_of_a_space_from_outside(hall: ChatSim) -> None:
    """In private too, its learners begin one of their own; who looks after a circle of it, one of the space."""
    await begins(hall.mona)
    await hall.mona.presses("Publish")
    await hall.stranger.says("/join")
    for someone, name, home in ((hall.stranger, "Chess", "Stranger's community"), (hall.mona, "Rust", "Reading Hall")):
        await someone.whispers("/newcircle")
        await someone.fills(**(ANSWERS | {"name": name}), then="Save")
        circle = await hall.storage.read(newest)
        names = {community.id: community.name for community in await communities(hall)}
        assert (circle.title, names[circle.community]) == (name, home)


async def test_a_circle_shows_in_its_own_space_alone(hall: ChatSim) -> None:
    """Somebody in another space, which is no community yet, sees none of it."""
    await begins(hall.mona)
    await hall.mona.presses("Publish")
    await hall.stranger.says("/circles", group("another room"))
    assert "Spanish for beginners" in hall.stranger.heard
    hall.space = ("elsewhere", "Elsewhere")
    await hall.stranger.says("/circles", group("their room"))
    assert "No circle is open" in hall.stranger.heard


async def test_a_circle_from_elsewhere_makes_no_space_its_own(hall: ChatSim) -> None:
    """Nobody brings a circle to a space that is not theirs; who manages one lends it a room, and stays who they are."""
    await begins(hall.mona)
    hall.space = ("elsewhere", "Elsewhere")
    hall.mona.runs_room = False
    there = group("their room")
    await hall.mona.says("/circle Spanish", there)
    await hall.mona.presses("Use this room")
    assert "Only those who look after this room" in hall.mona.heard
    hall.mona.runs_room = True
    await hall.mona.says("/circle Spanish", there)
    await hall.mona.presses("Use this room")
    assert hall.mona.toast == "This is the circle's room now."
    assert await hall.storage.read(lambda store: store.communities.of_space(PLATFORM, "elsewhere")) is None
    place = await hall.storage.read(lambda store: store.places.find(there))
    assert place is not None
    assert place.community is None


async def test_no_room_of_a_space_is_added_to_another_community(hall: ChatSim) -> None:
    """Whatever one organizes elsewhere."""
    await hall.mona.says("/community")
    (community,) = await communities(hall)
    hall.space = ("elsewhere", "Elsewhere")
    await hall.mona.presses_payload(AddRoom(community=community.id).payload())
    assert "All rooms here are one community" in hall.mona.heard
    await hall.mona.presses_payload(DigestHere(community=community.id).payload())
    assert "belongs to another community" in hall.mona.heard
    place = await hall.storage.read(lambda store: store.places.find(hall.room))
    assert place is not None
    assert place.community is None


async def test_a_digest_can_come_to_any_room_of_the_space(hall: ChatSim) -> None:
    """All of its rooms are the community's."""
    await hall.stranger.says("/help", group("quiet room"))
    await hall.mona.says("/community")
    await hall.mona.presses("Digest here")
    assert "every Monday" in hall.mona.heard


async def test_a_digest_stays_in_its_own_space(hall: ChatSim) -> None:
    """A circle may be lent a room elsewhere: what is told to organizers does not follow it, by no door.

    Neither while that space is no community yet, nor once it is somebody else's.
    """
    await begins(hall.mona)
    hall.space, there = ("elsewhere", "Elsewhere"), group("their room")
    await hall.mona.says("/circle Spanish", there)
    await hall.mona.presses("Use this room")
    place = await hall.storage.read(lambda store: store.places.find(there))
    assert place is not None
    (community,) = await communities(hall)
    hall.max.runs_room = True
    for _ in range(2):
        await hall.mona.presses_payload(ChooseDigestRoom(community=community.id).payload())
        labels = [b.label for row in hall.platform.seen_by(hall.mona.user)[-1].message.rows for b in row]
        assert "The room" in labels
        assert len(labels) == 2, "the room, and none"
        await hall.mona.presses_payload(PutDigest(community=community.id, place=place.id).payload())
        assert "not one of the community's" in hall.mona.heard
        await hall.max.says("/community", there)


async def test_in_private_one_is_told_where_to_begin(hall: ChatSim) -> None:
    """A community without rooms would be of no use there."""
    await hall.mona.whispers("/community")
    assert "Type /community where your group meets" in hall.mona.heard


async def test_somebody_who_manages_it_later_may_appoint_themselves(hall: ChatSim) -> None:
    """They see who organizes it, and no more than that until they are one of them; others are only told the names."""
    await hall.mona.says("/community")
    await hall.stranger.says("/community")
    assert "Its organizers: Mona" in hall.stranger.heard
    hall.max.runs_room = True
    await hall.max.says("/community")
    assert "Its organizers: Mona." in hall.max.heard
    assert "Digest" not in hall.max.heard
    await hall.max.presses("Choose an organizer")
    await hall.max.fills(person=hall.max.user)
    assert "Max organizes “Reading Hall” now." in hall.max.heard
    await hall.max.presses("Open the community")
    assert "Organizers: Mona and Max" in hall.max.heard


async def test_whoever_manages_another_space_appoints_nobody_here(hall: ChatSim) -> None:
    """What one runs is the space around the room where one is."""
    await hall.mona.says("/community")
    (community,) = await communities(hall)
    hall.space = ("elsewhere", "Elsewhere")
    hall.max.runs_room = True
    await hall.max.says("/community", group("their room"))
    own = next(one for one in await communities(hall) if one != community)
    await hall.max.presses("Invite…")
    choose = next(
        button.intent
        for row in hall.platform.seen_by(hall.max.user)[-1].message.rows
        for button in row
        if button.label == "Choose an organizer" and button.intent is not None
    )
    assert choose.payload().endswith(f".{own.id}")
    await hall.max.presses_payload(choose.model_copy(update={"community": community.id}).payload())
    assert "Only an organizer of this community" in hall.max.heard


async def test_whoever_only_is_there_appoints_nobody(hall: ChatSim) -> None:
    """Being in the space gives no power over it, whatever button is forged; whoever manages it has it."""
    await hall.mona.says("/community")
    (community,) = await communities(hall)
    forged = AppointOrganizer.about(community=community.id).payload()
    await hall.stranger.presses_payload(forged)
    assert "Only an organizer of this community" in hall.stranger.heard
    assert hall.stranger.page is None
    hall.max.runs_room = True
    await hall.max.presses_payload(forged)
    await hall.max.fills(person=hall.max.user)
    assert await organizers(hall) == ["Mona", "Max"]


async def test_people_are_written_to_who_never_wrote(hall: ChatSim) -> None:
    """Whoever presses a button in a room can be asked privately from then on."""
    await hall.stranger.says("/help")

    def reachable(store: Store) -> bool:
        return store.people.private_room(hall.stranger.person(store).id) is not None

    assert await hall.storage.transact(reachable)
    hall.platform.is_open = False
    await hall.bob.says("/help")
    person = hall.bob
    assert await hall.storage.transact(lambda store: store.people.private_room(person.person(store).id)) is None


async def test_a_platform_without_such_spaces_is_as_it_was(hall: ChatSim) -> None:
    """A space that is none by itself is only where rooms lie beside each other."""
    hall.platform.abilities = frozenset()
    await hall.stranger.says("/community")
    assert "Make a community of this room" in hall.stranger.heard
