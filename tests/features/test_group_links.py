"""A circle finds its room: by a form that was begun there, or by a link that adds the bot to a group."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.chat.inbound import Joined, Opened, Place
from bot.chat.intents import base36
from bot.chat.message import Reply, Room, Say
from bot.domain.circles import CircleState
from bot.features.circles.intents import LeaveRoom, PostCircle, UseRoom
from bot.features.communities.intents import AddRoom, DigestHere
from bot.ports import Store
from tests.support.chat import ChatSim, Someone
from tests.support.sim import SimPost, group, private

ANSWERS = {"name": "Spanish for beginners", "first": "10 March 18:00", "zone": "Europe/Madrid", "language": "en"}
GROUP = group("spanish")


async def made_in_private(chat: ChatSim) -> tuple[Someone, str]:
    """Return who has made a circle in their private chat, and the link that its panel offers."""
    chat.platform.links_groups = True
    fatima = chat.fatima
    await fatima.whispers("/newcircle")
    await fatima.fills(**ANSWERS, then="Save")
    return fatima, offered(chat, fatima)


def offered(chat: ChatSim, someone: Someone) -> str:
    """Return where the newest message's button leads that adds the bot to a group, empty where there is none."""
    newest = chat.platform.seen_by(someone.user)[-1]
    return next((b.url for row in newest.message.rows for b in row if b.label == "Add me to your group"), "")


def payload(link: str) -> str:
    """Return what the bot hears in the group."""
    return link.rpartition("/")[2]


async def led(chat: ChatSim, someone: Someone, start: str, room: Room = GROUP) -> Reply:
    """Let a link lead somebody to a group, where the platform repeats its payload."""
    return await chat.bot.router.receive(
        Opened(sender=someone.sender, place=Place(room, "Spanish people"), key=someone._key(), start=start)
    )


async def rooms(chat: ChatSim, circle: int) -> list[str]:
    """Return the chats in which a circle lives."""
    places = await chat.store.read(lambda store: store.places.of_circle(circle))
    return [place.room.chat for place in places]


async def test_the_link_makes_the_group_the_circles_room(bare_chat: ChatSim) -> None:
    """From the private chat to the first announcement in the group."""
    fatima, link = await made_in_private(bare_chat)
    assert "Press “Add me to your group”" in fatima.heard
    assert payload(link) == f"c{base36(1)}"
    reply = await led(bare_chat, fatima, payload(link))
    assert isinstance(reply, Say)
    assert reply.private
    assert "This is the circle's room now." in str(reply.message.text)
    assert "Publish it" in str(reply.message.text)
    assert await rooms(bare_chat, 1) == ["spanish"]
    await fatima.presses("Publish")
    assert bare_chat.posts("Join this circle", GROUP) == 1
    await fatima.whispers("/circle")
    assert offered(bare_chat, fatima) == ""


async def test_a_published_circle_is_announced_where_the_link_leads(bare_chat: ChatSim) -> None:
    """Once: following the link again says that it is the circle's room."""
    fatima, link = await made_in_private(bare_chat)
    await fatima.presses("Publish")
    reply = await led(bare_chat, fatima, payload(link))
    assert isinstance(reply, Say)
    assert not reply.private
    assert reply.message.card is not None
    post = bare_chat.platform.put(GROUP, reply.message)
    await bare_chat.bot.router.stands(reply.message.card, post.posted, reply.message)
    again = await led(bare_chat, fatima, payload(link))
    assert isinstance(again, Say)
    assert again.private


async def test_only_those_who_run_the_circle_bring_it(bare_chat: ChatSim) -> None:
    """A forwarded link, or a guessed one, changes nothing, and tells nothing of a draft."""
    _, link = await made_in_private(bare_chat)
    for start in (payload(link), "czz"):
        reply = await led(bare_chat, bare_chat.mallory, start)
        assert isinstance(reply, Say)
        assert "not there any more" in str(reply.message.text)
    assert await rooms(bare_chat, 1) == []


@pytest.mark.parametrize("runs_room", [True, False])
async def test_a_room_that_others_look_after(chat: ChatSim, *, runs_room: bool) -> None:
    """Where another circle lives, an administrator of the room may bring theirs, and nobody else."""
    fatima, link = await made_in_private(chat)
    fatima.runs_room = runs_room
    reply = await led(chat, fatima, payload(link), chat.room)
    assert isinstance(reply, Say)
    assert ("look after this room" in str(reply.message.text)) is not runs_room
    assert await rooms(chat, chat.circle + 1) == (["room"] if runs_room else [])


async def test_a_circle_begun_in_a_group_lives_there(bare_chat: ChatSim) -> None:
    """Its form went on in private; its panel there needs no link, and has no button that means a room."""
    bare_chat.platform.links_groups = True
    fatima = bare_chat.fatima
    await fatima.says("/newcircle", GROUP)
    assert fatima.page is not None
    await fatima.opens(fatima.page.resume)
    await fatima.fills(**ANSWERS, then="Save")
    assert await rooms(bare_chat, 1) == ["spanish"]
    assert offered(bare_chat, fatima) == ""
    newest = bare_chat.platform.seen_by("u-fatima")[-1]
    assert newest.posted.room == private("u-fatima")
    assert "Post it here" not in newest.text
    assert "Use this room" not in newest.text
    await fatima.presses("Publish")
    assert bare_chat.posts("Join this circle", GROUP) == 1
    await fatima.presses("More…")
    assert "Stop posting in this room" not in bare_chat.platform.seen_by("u-fatima")[-1].text


@pytest.mark.parametrize("pressed", [UseRoom, PostCircle])
async def test_a_rooms_button_pressed_in_private(chat: ChatSim, pressed: type[UseRoom | PostCircle]) -> None:
    """There is no room there: where a link can choose one, it is offered."""
    chat.platform.links_groups = True
    await chat.facilitator.whispers("/circle")
    mine = chat.platform.seen_by("u-facilitator")[-1]
    await chat.facilitator.presses_payload(pressed(circle=chat.circle).payload(), mine)
    assert payload(offered(chat, chat.facilitator)) == f"c{base36(chat.circle)}"


async def asked_in(chat: ChatSim, someone: Someone, room: Room) -> SimPost:
    """Return a message in somebody's private chat, after they have asked for the panel in a room."""
    chat.platform.links_groups = True
    await chat.store.transact(lambda store: store.places.note(room, "Spanish people", ""))
    await someone.says("/circle Python for beginners", room)
    return chat.platform.put(private(someone.user), chat.platform.seen_by(someone.user)[-1].message)


async def test_the_panel_of_a_room_is_pressed_in_private(chat: ChatSim) -> None:
    """Its button names the room, and the circle is announced and lives there; then it can be left."""
    panel = await asked_in(chat, chat.facilitator, GROUP)
    await chat.facilitator.presses("Post it in “Spanish people”", panel)
    assert sorted(await rooms(chat, chat.circle)) == ["room", "spanish"]
    assert chat.posts("Join this circle", GROUP) == 1
    await chat.facilitator.presses("More…", panel)
    await chat.facilitator.presses("Stop posting in “Spanish people”", panel)
    assert await rooms(chat, chat.circle) == ["room"]


async def test_a_draft_uses_a_room_from_the_private_chat(chat: ChatSim) -> None:
    """Nothing is posted there."""
    await chat.store.transact(
        lambda store: store.circles.change_state(chat.circle, CircleState.PUBLISHED, CircleState.DRAFT)
    )
    panel = await asked_in(chat, chat.facilitator, GROUP)
    await chat.facilitator.presses("Use “Spanish people”", panel)
    assert sorted(await rooms(chat, chat.circle)) == ["room", "spanish"]
    assert chat.said(GROUP) == []


@pytest.mark.parametrize("pressed", [UseRoom, PostCircle])
async def test_a_room_in_which_one_was_not_seen_lately(chat: ChatSim, pressed: type[UseRoom | PostCircle]) -> None:
    """A forged room, another circle's panel and yesterday's change nothing."""
    alien = await chat.store.transact(lambda store: store.places.note(group("alien"), "Alien", "").id)
    panel = await asked_in(chat, chat.facilitator, GROUP)
    await chat.facilitator.presses_payload(pressed(circle=chat.circle, room=alien).payload(), panel)
    assert "which room you mean" in chat.facilitator.heard
    (here,) = await chat.store.read(lambda store: store.places.of_chat(GROUP))
    await chat.passes(hours=25)
    await chat.facilitator.presses_payload(pressed(circle=chat.circle, room=here.id).payload(), panel)
    assert "which room you mean" in chat.facilitator.heard
    assert await rooms(chat, chat.circle) == ["room"]


@pytest.mark.parametrize("thread", ["", "7"])
async def test_a_room_of_others_is_not_brought_to_from_private(chat: ChatSim, thread: str) -> None:
    """Where another's circle lives, one is told how whoever looks after the room does it there."""
    there = replace(GROUP, thread=thread)

    def settle(store: Store) -> None:
        other = store.circles.get(chat.circle)
        assert other is not None
        added = store.circles.add(replace(other, title="Others"), chat.clock.now())
        store.places.attach(added.id, store.places.note(there, "Spanish people", "").id)

    await chat.store.transact(settle)
    panel = await asked_in(chat, chat.facilitator, there)
    await chat.facilitator.presses("Post it in “Spanish people”", panel)
    assert "Others have settled in “Spanish people”" in chat.facilitator.heard
    assert (f"/start c{base36(chat.circle)}" in chat.facilitator.heard) is bool(thread)
    assert bool(offered(chat, chat.facilitator)) is not bool(thread)
    assert await rooms(chat, chat.circle) == ["room"]


async def test_leaving_a_room_from_the_private_chat(chat: ChatSim) -> None:
    """The panel of a room names it, wherever it is read."""
    await chat.facilitator.whispers("/circle")
    mine = chat.platform.seen_by("u-facilitator")[-1]
    (place,) = await chat.store.read(lambda store: store.places.of_circle(chat.circle))
    await chat.facilitator.presses_payload(LeaveRoom(circle=chat.circle, place=place.id).payload(), mine)
    assert await rooms(chat, chat.circle) == []


async def test_a_group_is_greeted_with_what_to_do(chat: ChatSim) -> None:
    """A new one hears how to begin; one where a circle lives hears which."""
    joined = Joined(sender=chat.bob.sender, place=Place(GROUP, "Spanish people"), key="joined")
    reply = await chat.bot.router.receive(joined)
    assert isinstance(reply, Say)
    assert next(b.label for row in reply.message.rows for b in row) == "Start a circle"
    again = Joined(sender=chat.bob.sender, place=Place(chat.room), key="again")
    reply = await chat.bot.router.receive(again)
    assert isinstance(reply, Say)
    assert "Python for beginners" in str(reply.message.text)


async def test_a_draft_is_not_told_of_to_the_room(chat: ChatSim) -> None:
    """Where only a draft lives, the greeting is that of a room without one."""
    await chat.store.transact(
        lambda store: store.circles.change_state(chat.circle, CircleState.PUBLISHED, CircleState.DRAFT)
    )
    await chat.bob.says("/start")
    assert "Python for beginners" not in chat.bob.heard


# A community's rooms


async def test_a_community_finds_its_rooms_in_private(chat: ChatSim) -> None:
    """Where a room's button is pressed in private, a link chooses the group, and the digest can come there."""
    chat.platform.links_groups = True
    await chat.organizer.whispers("/community")
    mine = chat.platform.seen_by("u-organizer")[-1]
    for intent in (AddRoom(community=chat.community), DigestHere(community=chat.community)):
        await chat.organizer.presses_payload(intent.payload(), mine)
        assert payload(offered(chat, chat.organizer)) == f"o{base36(chat.community)}"
    mallory = await led(chat, chat.mallory, f"o{base36(chat.community)}")
    assert isinstance(mallory, Say)
    assert "Only an organizer" in str(mallory.message.text)
    reply = await led(chat, chat.organizer, f"o{base36(chat.community)}")
    assert isinstance(reply, Say)
    assert reply.private
    assert "“Digest here” puts it into" in str(reply.message.text)
    in_private = chat.platform.put(private("u-organizer"), reply.message)
    await chat.organizer.presses("Digest here", in_private)
    community = await chat.store.read(lambda store: store.communities.get(chat.community))
    place = await chat.store.read(lambda store: store.places.find(GROUP))
    assert community is not None
    assert place is not None
    assert community.digest_place == place.id
