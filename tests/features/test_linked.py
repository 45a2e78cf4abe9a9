"""One person with an account on two platforms: counted once, shown, and parted again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.chat.adapter import Ability
from bot.domain.circles import Member
from bot.domain.linking import account_number
from bot.domain.people import Account, Role
from bot.features.people.intents import UnlinkAccount
from bot.ports import Store
from storage.engine import Database
from tests.features.two_accounts import ECHO, ada_there, are_one, code_in, code_of, link, on_two, people_of
from tests.support.chat import ChatSim
from tests.support.sim import PLATFORM, private


@pytest.fixture
async def chat(sqlite_database: Database) -> ChatSim:
    """The circle of `lived_in`, and Ada on two platforms."""
    return await on_two(sqlite_database)


# One person


async def test_being_picked_is_no_sign_of_life(chat: ChatSim) -> None:
    """What is private still goes to the account that she used last herself, though somebody picks the other one."""
    await link(chat)
    await chat.passes(hours=2)
    await ada_there(chat).whispers("/me")
    await chat.passes(hours=2)
    chat.platform.abilities = frozenset({Ability.PICK_PEOPLE})
    await chat.facilitator.says("/circle")
    await chat.facilitator.presses("Members")
    await chat.facilitator.presses("Choose a facilitator")
    await chat.facilitator.fills(person=chat.ada.user)
    assert "I tell them privately." in chat.facilitator.heard
    assert "made you a facilitator" in ada_there(chat).inbox()[-1]


async def test_the_one_known_for_longer_stays(chat: ChatSim) -> None:
    """Whichever account made the code: her name and settings hold, and her buttons stay good."""
    before, _ = await people_of(chat)
    code = await code_of(ada_there(chat))
    await chat.ada.whispers(f"/link {code}")
    await chat.ada.presses("Link")
    assert await people_of(chat) == (before, before)
    await ada_there(chat).whispers("/me")
    assert ada_there(chat).heard.startswith("Ada\n")


async def test_in_the_same_circle_with_both(chat: ChatSim) -> None:
    """It is said before; afterwards there is one seat and one answer, the later one, and the card shows it."""
    there, (meeting, *_) = ada_there(chat), await chat.meetings()
    await there.whispers("/join Python")
    await chat.moves_to(meeting.starts_at.replace(hour=6))
    await chat.facilitator.says("/next")
    await chat.ada.presses("I'm coming")
    await chat.passes(minutes=1)
    await there.whispers("/next")
    await there.presses("Can't make it")
    assert "1 coming" in chat.card()
    code = await code_of(chat.ada)
    await there.whispers(f"/link {code}")
    assert "You are in Python for beginners with both" in there.heard
    await there.presses("Link")
    assert "0 coming" in chat.card()
    tally = await chat.store.read(lambda store: store.rsvps.tally(meeting.id))
    assert (tally.yes, tally.no) == (0, 1)
    names = await chat.store.read(lambda store: [one.person.name for one in store.seats.roster(chat.circle)])
    assert sorted(names) == ["Ada", "Fatima", "Grace", "Linus"]


async def test_the_seat_that_becomes_free_is_offered(chat: ChatSim) -> None:
    """Two seats of one person are one: the other goes to whoever waits."""

    def settle(store: Store) -> None:
        circle, now = store.circles.get(chat.circle), chat.clock.now()
        assert circle is not None
        store.circles.save(replace(circle, seats=4), circle)
        for one in (ada_there(chat), chat.zoe):
            store.seats.take(Member(chat.circle, one.person(store), Role.LEARNER, now), now)
        store.places.note(private(chat.zoe.user), "", "")
        assert [one.person for one in store.seats.waiting(chat.circle)] == [chat.zoe.person(store).id]

    await chat.store.transact(settle)
    await link(chat)
    assert "seat" in chat.zoe.inbox()[-1]
    await chat.zoe.presses("Take the seat")
    seated = await chat.store.transact(lambda store: store.seats.member(chat.circle, chat.zoe.person(store).id))
    assert seated is not None


async def test_what_one_account_may_the_other_may(chat: ChatSim) -> None:
    """A facilitator and organizer is one on the other platform too, and hears nothing twice."""
    fatima, there = chat.facilitator, chat.account("fatima", ECHO)
    await there.opens()
    await there.whispers("/meetings")
    code = await code_of(fatima)
    await there.whispers(f"/link {code}")
    await there.presses("Link")
    await there.whispers("/help")
    assert "For facilitators" in there.heard
    before = len(there.inbox())
    await chat.zoe.whispers("/join Python")
    await chat.passes(hours=2)
    assert "Zoe" in "\n".join([*there.inbox()[before:], *fatima.inbox()[-1:]])
    assert len([text for text in (*there.inbox(), *fatima.inbox()) if "Zoe" in text]) == 1


async def test_a_form_is_finished_with_the_account_it_was_begun_with(chat: ChatSim) -> None:
    """What was open before the merge is not lost."""
    there = ada_there(chat)
    await there.whispers("/me")
    await there.presses("Quiet hours")
    page = there.page
    code = await code_of(there)
    await chat.ada.whispers(f"/link {code}")
    await chat.ada.presses("Link")
    there.page = page
    await there.fills(quiet_from="22:00", quiet_to="7:00")
    assert "10:00" in there.heard


# Shown, and parted


async def test_me_shows_the_accounts(chat: ChatSim) -> None:
    """With two, both are named; with one there is a way to link another."""
    await chat.ada.whispers("/me")
    assert "Accounts:" not in chat.ada.heard
    await chat.ada.presses("Accounts")
    assert "“Ada” on Sim (you are here)" in chat.ada.heard
    assert "Unlink" not in chat.ada.heard
    await chat.ada.presses("Link an account")
    assert code_in(chat.ada.heard)
    await link(chat)
    await chat.ada.whispers("/me")
    assert "Accounts: “ada_l” on Echo and “Ada” on Sim" in chat.ada.heard
    await ada_there(chat).whispers("/mydata")
    assert ECHO in ada_there(chat).heard


@pytest.mark.parametrize("which", ["Echo", "Sim"])
async def test_an_account_is_parted(chat: ChatSim, which: str) -> None:
    """The one they are on or the other; all stays with the rest, and the other account hears of it."""
    await link(chat)
    before, _ = await people_of(chat)
    await chat.ada.whispers("/me")
    await chat.ada.presses("Accounts")
    await chat.ada.presses(f"Unlink {which}")
    assert "Shall I unlink" in chat.ada.heard
    assert await are_one(chat)
    await chat.ada.presses("Yes, unlink it")
    assert "is an account of its own" in chat.ada.heard
    here, there = await people_of(chat)
    assert (here == before, there == before) == ((True, False) if which == "Echo" else (False, True))
    keeps, leaves = (chat.ada, ada_there(chat)) if which == "Echo" else (ada_there(chat), chat.ada)
    await keeps.whispers("/me")
    assert "Python for beginners" in keeps.heard
    await leaves.whispers("/me")
    assert "You are in no circle yet" in leaves.heard
    told = [text for text in ada_there(chat).inbox() if "not linked any more" in text]
    assert len(told) == 1
    assert ("stay there" if which == "Echo" else "stay here") in told[0]
    await link(chat)
    assert await are_one(chat)


async def test_it_is_kept_as_it_is(chat: ChatSim) -> None:
    """Whoever is asked may leave it; an old button of what is parted already says so."""
    await link(chat)
    await chat.ada.whispers("/me")
    await chat.ada.presses("Accounts")
    await chat.ada.presses("Unlink Echo")
    await chat.ada.presses("Keep it as it is")
    assert "Your accounts" in chat.ada.heard
    assert await are_one(chat)
    old = UnlinkAccount(account=account_number(Account(ECHO, "u-ada", "")), sure=True).payload()
    post = chat.platform.seen_by(chat.ada.user)[-1]
    await chat.ada.presses_payload(old, post)
    await chat.ada.presses_payload(old, post)
    assert "not linked with this one" in chat.ada.heard


async def test_nobody_parts_somebody_else_s_accounts(chat: ChatSim) -> None:
    """A forged button does nothing; the only account stays."""
    await link(chat)
    for name, whose in (("bob", "u-ada"), ("ada", "u-bob"), ("bob", "u-bob")):
        somebody = getattr(chat, name)
        await somebody.whispers("/help")
        forged = UnlinkAccount(account=account_number(Account(PLATFORM, whose, "")), sure=True).payload()
        await somebody.presses_payload(forged, chat.platform.seen_by(somebody.user)[-1])
        assert "not linked" in somebody.heard or "only account" in somebody.heard
    assert await are_one(chat)


async def test_linked_accounts_are_forgotten_together(chat: ChatSim) -> None:
    """One is one person: what is erased with one account is erased for the other."""
    await link(chat)
    await ada_there(chat).whispers("/forgetme")
    await ada_there(chat).presses("Yes, forget me")
    known = await chat.store.read(lambda store: store.people.known(Account(PLATFORM, "u-ada", "")))
    assert known is None
