"""People picked from the platform's own: made organizers and facilitators at once, and told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from bot.chat.adapter import Ability
from bot.domain.people import Account, Role
from bot.features.communities.intents import AppointFacilitator, AppointOrganizer
from bot.ports import Store
from tests.features.elsewhere import elsewhere, stored
from tests.support.chat import ChatSim, Someone
from tests.support.sim import PLATFORM


@pytest.fixture
def able(chat: ChatSim) -> ChatSim:
    """The lived-in chat, on a platform whose people can be picked and written to."""
    chat.platform.abilities, chat.platform.is_open = frozenset({Ability.PICK_PEOPLE}), True
    return chat


async def role(chat: ChatSim, someone: Someone) -> Role | None:
    """Return what somebody is in the circle."""

    def look(store: Store) -> Role | None:
        member = store.seats.member(chat.circle, someone.person(store).id)
        return member.role if member else None

    return await chat.storage.transact(look)


async def picks(chat: ChatSim, *labels: str, user: str) -> None:
    """Have Fatima choose a facilitator from the circle's people."""
    await chat.facilitator.says("/circle")
    for label in ("Members", "Choose a facilitator", *labels):
        await chat.facilitator.presses(label)
    await chat.facilitator.fills(person=user)


async def test_somebody_the_bot_never_met_becomes_a_facilitator(able: ChatSim) -> None:
    """They hear of it privately, in their waking hours, with what they can do now."""
    await picks(able, user=able.nadia.user)
    assert "Nadia is a facilitator of “Python for beginners” now.\nI tell them privately." in able.facilitator.heard
    assert await role(able, able.nadia) is Role.FACILITATOR
    told = "Fatima made you a facilitator of “Python for beginners”.\n\n/circle shows all that you can do with it."
    assert able.nadia.inbox() == [told]
    await able.nadia.says("/circle")
    assert "Members" in able.nadia.heard


async def test_whoever_was_picked_first_still_has_a_language(able: ChatSim) -> None:
    """What their own app says holds from the first time that they come themselves."""
    account = Account(PLATFORM, able.nadia.user, "Nadia")
    able.nadia.language, able.nadia.zone = "es", "Europe/Madrid"
    await picks(able, user=able.nadia.user)
    for hinted in (("", ""), ("es", "Europe/Madrid")):
        known = await able.storage.read(lambda store: store.people.known(account))
        assert known is not None
        assert (known.language, known.zone) == hinted
        await able.nadia.whispers("/help")


async def test_at_night_they_are_told_in_the_morning(able: ChatSim) -> None:
    """Good news can wait."""
    await able.moves_to(datetime(2026, 3, 2, 23, 0))  # a wall clock
    await picks(able, user=able.nadia.user)
    assert able.nadia.inbox() == []
    await able.moves_to(datetime(2026, 3, 3, 8, 0))
    assert len(able.nadia.inbox()) == 1


async def test_a_learner_becomes_a_facilitator_and_leaves_the_seat(able: ChatSim) -> None:
    """Who waited for one is offered it; being appointed twice is no news."""

    def full(store: Store) -> None:
        circle = store.circles.get(able.circle)
        assert circle is not None
        store.circles.save(replace(circle, seats=3), circle)

    await able.storage.transact(full)
    await able.walter.says("/join")
    assert "waiting list" in able.walter.heard
    await picks(able, user=able.ada.user)
    assert await role(able, able.ada) is Role.FACILITATOR
    assert any("Python for beginners" in text for text in able.walter.inbox())
    await picks(able, user=able.ada.user)
    assert "Ada is a facilitator of “Python for beginners” already." in able.facilitator.heard
    assert sum("made you" in text for text in able.ada.inbox()) == 1


async def test_who_is_not_meant_is_asked_for_again(able: ChatSim) -> None:
    """Words, an id that nobody picked, nothing at all: kindly, and nothing is changed."""
    await able.facilitator.says("/circle")
    await able.facilitator.presses("Members")
    await able.facilitator.presses("Choose a facilitator")
    before = await stored(able)
    for words, why in (("u-nobody", "Pick somebody"), ("1", "Pick somebody"), ("", "needed")):
        await able.facilitator.fills(person=words)
        assert why in able.facilitator.errors()["person"]
        assert able.facilitator.page is not None
        assert able.facilitator.page.questions[0].value == ""
    assert await stored(able) == before


async def test_organizers_appoint_organizers(able: ChatSim) -> None:
    """From the panel, and from the list of who organizes; the new one hears by whom and can begin."""
    await able.organizer.whispers("/community")
    await able.organizer.presses("Invite…")
    await able.organizer.presses("Choose an organizer")
    await able.organizer.fills(person=able.ada.user)
    assert able.organizer.heard.startswith("Ada organizes “Library circles” now.\nI tell them privately.")
    assert "Olga made you an organizer of “Library circles”." in able.ada.sees()
    assert "To have its weekly digest come into a room, write /community there." in able.ada.sees()
    await able.ada.presses("Open the community")
    assert "Organizers: Olga and Ada" in able.ada.heard
    await able.ada.presses("Invite…")
    await able.ada.presses("Organizers")
    await able.ada.presses("Choose an organizer")
    await able.ada.fills(person=able.organizer.user)
    assert "Olga organizes “Library circles” already." in able.ada.heard


async def test_a_facilitator_chosen_from_the_community_s_panel(able: ChatSim) -> None:
    """The circle is chosen first."""
    await able.organizer.whispers("/community")
    for label in ("Invite…", "Choose a facilitator", "Python"):
        await able.organizer.presses(label)
    await able.organizer.fills(person=able.grace.user)
    assert await role(able, able.grace) is Role.FACILITATOR


async def test_who_cannot_be_told_is_to_be_told_by_you(able: ChatSim) -> None:
    """Where the bot may not write first."""
    able.platform.is_open = False
    await picks(able, user=able.nadia.user)
    assert "I cannot write to them privately" in able.facilitator.heard


async def test_what_is_no_longer_true_is_not_told(able: ChatSim) -> None:
    """Whoever was removed before they woke up hears nothing."""
    await able.moves_to(datetime(2026, 3, 2, 23, 0))
    await picks(able, user=able.nadia.user)

    def remove(store: Store) -> None:
        store.seats.leave(able.circle, able.nadia.person(store).id, able.clock.now())

    await able.storage.transact(remove)
    await able.moves_to(datetime(2026, 3, 3, 12, 0))
    assert able.nadia.inbox() == []


async def test_ways_are_offered_where_there_are_any(chat: ChatSim) -> None:
    """Picking beside the link; instead of it where no link opens the bot; the link alone where nobody can be picked."""

    async def offered() -> set[str]:
        await chat.facilitator.says("/circle")
        await chat.facilitator.presses("Members")
        shown = {"Choose a facilitator", "Invite a facilitator"}
        return {label for label in shown if label in chat.facilitator.heard}

    assert await offered() == {"Invite a facilitator"}
    chat.platform.links_private = False
    assert await offered() == {"Invite a facilitator"}  # to be typed
    chat.platform.abilities = frozenset({Ability.PICK_PEOPLE})
    assert await offered() == {"Choose a facilitator"}
    await chat.organizer.whispers("/community")
    await chat.organizer.presses("Invite…")
    assert "Choose an organizer · Choose a facilitator · Organizers · Back" in chat.organizer.heard
    chat.platform.links_private = True
    assert await offered() == {"Choose a facilitator", "Invite a facilitator"}


@pytest.mark.parametrize("intent", [AppointFacilitator, AppointOrganizer])
async def test_where_nobody_can_be_picked_nobody_is_asked_for(
    chat: ChatSim, intent: type[AppointFacilitator | AppointOrganizer]
) -> None:
    """An old button says what helps instead."""
    about = {"circle": chat.circle} if intent is AppointFacilitator else {"community": chat.community}
    await chat.organizer.presses_payload(intent.about(**about).payload())
    assert "Send an invitation instead" in chat.organizer.heard
    assert chat.organizer.page is None


async def test_a_forged_button_names_nobody(able: ChatSim) -> None:
    """Who is appointed is picked, and rides on no button."""
    person = await able.storage.transact(lambda store: able.ada.person(store).id)
    payload = AppointFacilitator(circle=able.circle, person=person).payload()
    assert payload == AppointFacilitator.about(circle=able.circle).payload()
    await able.facilitator.presses_payload(f"{payload}.{person}")
    assert "from an older time" in able.facilitator.heard
    assert await role(able, able.ada) is Role.LEARNER


@pytest.mark.parametrize("name", ["stranger", "ada", "facilitator", "organizer", "cara"])
async def test_nobody_else_appoints(able: ChatSim, name: str) -> None:
    """Neither in a circle nor in a community of others, also where people can be picked."""
    there = await elsewhere(able)
    someone = getattr(able, name)
    await someone.whispers("/help")
    before = await stored(able)
    for intent in (AppointFacilitator.about(circle=there.circle), AppointOrganizer.about(community=there.community)):
        await someone.presses_payload(intent.payload())
        assert someone.heard.startswith("Only ")
        assert someone.page is None
    assert await stored(able) == before


async def test_a_form_of_an_appointment_ends_with_the_role(able: ChatSim) -> None:
    """Whoever organizes no more when they have picked somebody is told so."""
    await able.organizer.presses_payload(AppointOrganizer.about(community=able.community).payload())

    def unmake(store: Store) -> None:
        store.communities.add_organizer(able.community, able.grace.person(store).id)
        store.communities.remove_organizer(able.community, able.organizer.person(store).id)

    await able.storage.transact(unmake)
    await able.organizer.fills(person=able.ada.user)
    assert "Only an organizer" in able.organizer.heard
    assert not await able.storage.transact(
        lambda store: store.communities.is_organizer(able.community, able.ada.person(store).id)
    )
