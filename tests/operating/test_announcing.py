"""Announcements: looked at before they are sent, delivered by the courier like all else, and reported on."""

from __future__ import annotations

import json
from dataclasses import replace

from bot.domain.circles import CircleState
from bot.domain.communities import Community
from bot.domain.operating import announcement_key
from bot.features.operating.announcing import AT_ONCE
from bot.features.operating.intents import SendAnnouncement
from bot.i18n import PSEUDO
from bot.ports import Store
from tests.features.elsewhere import elsewhere
from tests.operating.machine import Machine, told
from tests.support.sim import group, private

WORDS = "On Sunday I am being repaired."


async def written(machine: Machine, to: str = "rooms") -> None:
    """Let the operator write an announcement; it is only shown."""
    await machine.rob.whispers("/announce")
    await machine.rob.fills(words=WORDS, readers=to)


async def test_it_is_shown_before_it_is_sent(machine: Machine) -> None:
    """As the rooms will see it, with how many they are; nobody reads it yet."""
    await elsewhere(machine.chat)
    await written(machine)
    assert "A word from whoever runs me" in machine.rob.heard
    assert WORDS in machine.rob.heard
    assert "Send it to 2 rooms" in machine.rob.sees()
    assert machine.chat.posts(WORDS) == 0


async def test_it_is_known_when_it_was_written(machine: Machine) -> None:
    """So that it can be forgotten in time, whether it was sent or not."""
    now = int(machine.chat.clock.now().timestamp())
    await written(machine)
    kept = await machine.chat.storage.read(lambda store: store.settings.get(announcement_key(1)))
    assert json.loads(kept or "")["at"] == now


async def test_every_room_of_a_running_circle_gets_it_once(machine: Machine) -> None:
    """However often the button is pressed; and the operator hears how it went."""
    there = await elsewhere(machine.chat)
    await written(machine)
    shown = machine.chat.platform.seen_by("u-rob")[-1]
    for _ in range(3):
        await machine.rob.presses_payload(SendAnnouncement(number=1).payload(), shown)
    assert machine.chat.posts(WORDS) == machine.chat.posts(WORDS, there.room) == 1
    assert "It has reached 2." in machine.rob.heard
    assert machine.chat.said()[-1].startswith("A word from whoever runs me")
    await machine.chat.passes(minutes=11)
    report = told(machine, "It has reached")[-1]
    assert "It has reached 2." in report
    assert "could not" not in report


async def test_what_could_not_be_reached_is_reported(machine: Machine) -> None:
    """A room that is lost does not keep the others from it."""
    await elsewhere(machine.chat)
    await written(machine)
    machine.first.lost.add(machine.chat.room)
    await machine.rob.presses("Send it to 2 rooms")
    await machine.chat.passes(minutes=11)
    report = told(machine, "It has reached")[-1]
    assert "It has reached 1." in report
    assert "1 could not be reached." in report


async def test_circles_that_do_not_run_hear_nothing(machine: Machine) -> None:
    """Neither a draft's room nor that of a circle that has ended."""
    there = await elsewhere(machine.chat, CircleState.DRAFT)
    await written(machine)
    await machine.rob.presses("Send it to ")
    assert machine.chat.posts(WORDS) == 1
    assert machine.chat.posts(WORDS, there.room) == 0


async def test_organizers_get_it_privately(machine: Machine) -> None:
    """Each once, whatever they organize; in their waking hours."""

    def another(store: Store) -> None:
        community = store.communities.add(Community(0, "Another", "en", "Europe/Madrid"))
        store.communities.add_organizer(community.id, machine.chat.organizer.person(store).id)

    await machine.chat.store.transact(another)
    await machine.chat.passes(hours=10)
    await written(machine, to="organizers")
    await machine.rob.presses("Send it to one organizer")
    inbox = machine.chat.organizer.inbox
    assert not [text for text in inbox() if WORDS in text]
    await machine.chat.passes(hours=10)
    assert len([text for text in inbox() if WORDS in text]) == 1
    assert machine.chat.posts(WORDS) == 0


async def test_many_rooms_are_planned_in_steps(machine: Machine) -> None:
    """So that no transaction is long; none is left out between two steps, and none gets it twice."""

    def settle(store: Store) -> None:
        for number in range(AT_ONCE + 1):
            store.places.attach(machine.chat.circle, store.places.note(group(f"r{number}"), "", "").id)

    await machine.chat.store.transact(settle)
    await written(machine)
    await machine.rob.presses(f"Send it to {AT_ONCE + 2} rooms")
    rooms = [post.posted.room for post in machine.chat.platform.posts if WORDS in post.text and not post.only_for]
    groups = [room for room in rooms if not room.is_private]
    assert len(groups) == len(set(groups)) == AT_ONCE + 2


async def test_it_is_read_in_the_rooms_language(machine: Machine) -> None:
    """What stands around the operator's words is the circle's; the words are theirs."""

    def mark(store: Store) -> None:
        circle = store.circles.get(machine.chat.circle)
        assert circle is not None
        store.circles.save(replace(circle, language=PSEUDO), circle)

    await machine.chat.store.transact(mark)
    await written(machine)
    await machine.rob.presses("Send it to one room")
    assert machine.chat.said()[-1] == f"⟦A word from whoever runs me⟧\n{WORDS}"


async def test_markup_stays_words(machine: Machine) -> None:
    """Nothing that is written becomes a ping or markup: it is text like everybody's."""
    await machine.rob.whispers("/announce")
    await machine.rob.fills(words="<b>@everyone</b>", readers="rooms")
    await machine.rob.presses("Send it to one room")
    (post,) = [post for post in machine.chat.platform.in_room(machine.chat.room) if "@everyone" in post.text]
    assert post.message.text.spans == ("<b>@everyone</b>",)


async def test_the_report_is_private(machine: Machine) -> None:
    """Nobody else hears how it went."""
    await written(machine)
    await machine.rob.presses("Send it to one room")
    await machine.chat.passes(minutes=11)
    others = [post for post in machine.chat.platform.posts if "Your announcement" in post.text]
    assert {post.posted.room for post in others} == {private("u-rob")}
