"""The organizers' panel: a community made, its people, its invitations, its digest's room and hour."""

from __future__ import annotations

import pytest

from bot.domain.communities import Community
from bot.features.communities.intents import (
    DigestHere,
    InviteFacilitator,
    InviteOrganizer,
    OpenCommunity,
    PutDigest,
    RemoveOrganizer,
    RenameCommunity,
)
from bot.ports import Store
from tests.features.invitations import invited, organizes
from tests.support.chat import ZONE, ChatSim
from tests.support.sim import group, private

OFFICE = group("office")
ELSEWHERE = group("elsewhere")


async def the_community(chat: ChatSim) -> Community:
    """Return the community as it stands."""
    found = await chat.store.read(lambda store: store.communities.get(chat.community))
    assert found is not None
    return found


# The panel


async def test_the_panel_shows_circles_and_people(chat: ChatSim) -> None:
    """The organizer sees every circle with its learners and next meeting, and who organizes."""
    await chat.organizer.says("/community")
    for words in (
        "Library circles",
        "Python for beginners: 3 learners, next meeting",
        "Organizers: Olga",
        "no room yet",
    ):
        assert words in chat.organizer.heard


async def test_others_are_told_whom_to_ask(chat: ChatSim) -> None:
    """Who does not organize the room's community hears who does."""
    await chat.ada.says("/community")
    assert "Olga" in chat.ada.heard
    assert "Digest" not in chat.ada.heard


async def test_a_room_becomes_a_community(chat: ChatSim) -> None:
    """In a room that belongs to nobody, anybody can make a community of it, and runs it then."""
    await chat.zoe.says("/community", ELSEWHERE)
    await chat.zoe.presses("Make a community of this room")
    await chat.zoe.fills(name="Neighbours", language="en", zone="Europe/Madrid")
    assert "Neighbours" in chat.zoe.heard
    await chat.zoe.says("/community", ELSEWHERE)
    assert "Organizers: Zoe" in chat.zoe.heard


async def test_what_a_room_can_become_is_said_in_it(chat: ChatSim) -> None:
    """So that the button is about the room even where private answers stand in another chat."""
    await chat.zoe.says("/community", ELSEWHERE)
    assert chat.posts("no community here yet", ELSEWHERE) == 1


async def test_a_community_is_never_taken_over(chat: ChatSim) -> None:
    """An old button cannot make another community of a room that has one meanwhile."""
    await chat.zoe.says("/community", ELSEWHERE)
    await chat.yan.says("/community", ELSEWHERE)
    await chat.zoe.presses("Make a community of this room")
    await chat.zoe.fills(name="Neighbours", language="en", zone=ZONE)
    await chat.yan.presses("Make a community of this room")
    await chat.yan.fills(name="Usurpers", language="en", zone=ZONE)
    assert "belongs to “Neighbours”" in chat.yan.heard


async def test_a_room_with_a_circle_belongs_to_its_community(chat: ChatSim) -> None:
    """A room in which a circle lives is no free room, even where it was never added itself."""

    def attach(store: Store) -> None:
        store.places.attach(chat.circle, store.places.note(ELSEWHERE, "", "").id)

    await chat.store.transact(attach)
    await chat.zoe.says("/community", ELSEWHERE)
    assert "Library circles" in chat.zoe.heard
    assert not any(label.startswith("Make") for label in chat.zoe.heard.splitlines())


async def test_a_second_room_is_added(chat: ChatSim) -> None:
    """An organizer adds a room that belongs to nobody; it can hold the digest then."""
    await chat.organizer.says("/community", OFFICE)
    assert chat.posts("To which community", OFFICE) == 1
    await chat.organizer.presses("Add this room to Library circles")
    assert "Digest here" in chat.organizer.heard
    assert chat.posts("Digest here", OFFICE) == 0
    await chat.organizer.presses("Digest here")
    assert "Saved." in chat.organizer.heard
    assert (await the_community(chat)).digest_place is not None


async def test_whoever_organizes_several_chooses_one_for_a_room(chat: ChatSim) -> None:
    """Nobody else in the room reads which there are; another's community cannot be chosen."""

    def organize_another(store: Store) -> None:
        other = store.communities.add(Community(0, "Chess clubs", "en", ZONE))
        store.communities.add_organizer(other.id, chat.organizer.person(store).id)

    await chat.store.transact(organize_another)
    await chat.organizer.says("/community", OFFICE)
    assert chat.posts("Chess clubs", OFFICE) == 0
    await chat.organizer.presses("Add this room to one of mine")
    assert chat.organizer.page is not None
    offered = [choice.label for choice in chat.organizer.page.questions[0].choices]
    assert sorted(offered) == ["Chess clubs", "Library circles"]
    await chat.organizer.fills(community="Chess clubs")
    found = await chat.store.read(lambda store: store.communities.in_place(store.places.note(OFFICE, "", "").id))
    assert found is not None
    assert found.name == "Chess clubs"


async def test_a_community_is_renamed(chat: ChatSim) -> None:
    """Name, language and zone are changed by forms that know the present answer."""
    await chat.organizer.whispers("/community")
    await chat.organizer.presses("Change…")
    await chat.organizer.presses("Rename")
    assert chat.organizer.page is not None
    assert chat.organizer.page.questions[0].value == "Library circles"
    await chat.organizer.fills(name="Learning <b>together</b> @everyone")
    assert (await the_community(chat)).name == "Learning <b>together</b> @everyone"
    await chat.organizer.presses("Change…")
    await chat.organizer.presses("Time zone")
    await chat.organizer.fills(zone="Asia/Tokyo")
    assert (await the_community(chat)).zone == "Asia/Tokyo"


async def test_a_long_name_is_asked_again(chat: ChatSim) -> None:
    """10,000 characters are no name."""
    await chat.organizer.whispers("/community")
    await chat.organizer.presses("Change…")
    await chat.organizer.presses("Rename")
    await chat.organizer.fills(name="x" * 10_000)
    assert "name" in chat.organizer.errors()
    assert (await the_community(chat)).name == "Library circles"


# The digest's room and hour


async def test_the_digest_gets_a_room_and_an_hour(chat: ChatSim) -> None:
    """Digest here, then Friday at half past five."""
    await chat.organizer.says("/community")
    await chat.organizer.presses("Digest here")
    await chat.organizer.presses("Digest…")
    await chat.organizer.presses("Digest day and time")
    await chat.organizer.fills(weekday="4", at="5:30 pm")
    assert "every Friday at 5:30" in chat.organizer.heard
    due = await chat.store.read(lambda store: store.deliveries.waiting(community=chat.community))
    assert any(one.due.notice.kind == "digest" for one in due)


async def test_an_hour_that_is_none_is_asked_again(chat: ChatSim) -> None:
    """A time that cannot be read is asked again, the day is kept."""
    await chat.organizer.says("/community")
    await chat.organizer.presses("Digest…")
    await chat.organizer.presses("Digest day and time")
    await chat.organizer.fills(weekday="4", at="after lunch")
    assert chat.organizer.errors().keys() == {"at"}


async def test_the_room_is_chosen_from_afar(chat: ChatSim) -> None:
    """In the private chat the community's rooms are offered, and none."""
    await chat.organizer.whispers("/community")
    await chat.organizer.presses("Digest…")
    await chat.organizer.presses("Digest room")
    await chat.organizer.presses("The room")
    assert (await the_community(chat)).digest_place is not None
    await chat.organizer.presses("Digest…")
    await chat.organizer.presses("Digest room")
    await chat.organizer.presses("No digest")
    assert (await the_community(chat)).digest_place is None
    assert "does not come" in chat.organizer.heard


async def test_the_digest_does_not_go_to_strangers(chat: ChatSim) -> None:
    """A forged button cannot send the digest to a room of somebody else."""
    await chat.zoe.says("/community", ELSEWHERE)
    await chat.zoe.presses("Make a community of this room")
    await chat.zoe.fills(name="Neighbours", language="en", zone=ZONE)
    theirs = await chat.store.transact(lambda store: store.places.note(ELSEWHERE, "", "").id)
    await chat.organizer.presses_payload(PutDigest(community=chat.community, place=theirs).payload())
    assert "not one of the community's" in chat.organizer.heard
    await chat.organizer.says("/community", ELSEWHERE)
    assert "Zoe" in chat.organizer.heard
    assert (await the_community(chat)).digest_place is None


# Permission


async def test_only_organizers(chat: ChatSim) -> None:
    """No forged button gives anybody else power, nor a look inside."""
    number = chat.community
    olga = await chat.store.transact(lambda store: chat.organizer.person(store).id)
    for intent in (
        OpenCommunity(community=number),
        DigestHere(community=number),
        PutDigest(community=number, place=1),
        InviteOrganizer(community=number),
        RemoveOrganizer(community=number, person=olga, sure=True),
        RenameCommunity.about(community=number),
        OpenCommunity(community=999),
    ):
        await chat.facilitator.presses_payload(intent.payload())
        assert "Only an organizer" in chat.facilitator.heard
    await chat.ada.presses_payload(InviteFacilitator(circle=chat.circle).payload())
    assert "Only a facilitator" in chat.ada.heard


# Organizers


async def test_an_organizer_is_removed_but_never_the_last(chat: ChatSim) -> None:
    """Removing is asked once more; the last one stays."""
    await chat.zoe.opens(await invited(chat))
    await chat.organizer.whispers("/community")
    await chat.organizer.presses("Invite…")
    await chat.organizer.presses("Organizers")
    await chat.organizer.presses("Remove Zoe")
    assert await organizes(chat, chat.zoe)
    await chat.organizer.presses("Yes, remove")
    assert not await organizes(chat, chat.zoe)
    olga = await chat.store.transact(lambda store: chat.organizer.person(store).id)
    await chat.organizer.presses_payload(RemoveOrganizer(community=chat.community, person=olga, sure=True).payload())
    assert "invite another organizer first" in chat.organizer.heard
    assert await organizes(chat, chat.organizer)


async def test_two_communities(chat: ChatSim) -> None:
    """Who organizes two is asked which."""
    await chat.organizer.says("/community", ELSEWHERE)
    await chat.organizer.presses("Make a community of this room")
    await chat.organizer.fills(name="Neighbours", language="en", zone=ZONE)
    await chat.organizer.says("/community", private(chat.organizer.user))
    assert "Which of your communities?" in chat.organizer.heard
    await chat.organizer.presses("Neighbours")
    assert "There is no circle yet" in chat.organizer.heard
    await chat.organizer.whispers("/digest")
    assert chat.organizer.page is not None
    assert [choice.label for choice in chat.organizer.page.questions[0].choices] == ["Library circles", "Neighbours"]


@pytest.mark.parametrize("size", [1, 5])
async def test_a_community_is_made_in_private(chat: ChatSim, size: int) -> None:
    """Also without a room, on platforms that ask one question at a time."""
    chat.platform.page_size = size
    await chat.zoe.whispers("/community")
    await chat.zoe.presses("Make a community")
    answers = {"name": "عائلة التعلم", "language": "en", "zone": "UTC"}
    while chat.zoe.page is not None:
        await chat.zoe.fills(**{question.field: answers[question.field] for question in chat.zoe.page.questions})
    assert "عائلة التعلم" in chat.zoe.heard


async def test_the_panel_has_a_few_doors_and_a_way_back(chat: ChatSim) -> None:
    """What belongs together stands behind one button, in place of the panel."""
    await chat.organizer.whispers("/community")
    panel = chat.platform.seen_by(chat.organizer.user)[-1]
    assert [button.label for row in panel.message.rows for button in row] == ["Digest…", "Invite…", "Change…"]
    for door, behind in (("Digest…", "Digest now"), ("Invite…", "Open invitations"), ("Change…", "Rename")):
        await chat.organizer.presses(door, on=panel)
        shown = chat.platform.find(panel.posted).message.rows
        assert behind in [button.label for row in shown for button in row]
        await chat.organizer.presses("Back", on=panel)
    assert "0 learners" not in panel.text
    assert chat.platform.seen_by(chat.organizer.user)[-1] is panel
