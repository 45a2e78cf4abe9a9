"""One person with an account on two platforms: linked by a code, counted once, and parted again."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.domain.circles import Member
from bot.domain.linking import ALPHABET, CODE_LASTS, LENGTH, TRIES, account_number, read_code, written
from bot.domain.people import Account, Role
from bot.features.people.intents import ConfirmLink, UnlinkAccount
from bot.ports import Store
from storage.engine import Database
from tests.support.chat import ChatSim, Someone, lived_in
from tests.support.sim import PLATFORM, SimPlatform, group, private

ECHO = "echo"
"""The other platform. It has no addresses that open a private chat."""


@pytest.fixture
async def chat(sqlite_database: Database) -> ChatSim:
    """The circle of `lived_in`; a second platform is served, on which Ada has been, too."""
    chat = await lived_in(sqlite_database)
    chat.serve(SimPlatform(ECHO, links_private=False))
    await ada_there(chat).opens()
    return chat


def ada_there(chat: ChatSim) -> Someone:
    """Return Ada on the other platform, where she is called otherwise."""
    ada = chat.account("ada", ECHO)
    ada.name = "ada_l"
    return ada


def code_in(heard: str) -> str:
    """Return the code that somebody was shown."""
    found = re.search(r"/link (\S+)", heard)
    assert found, heard
    return found[1]


async def code_of(somebody: Someone) -> str:
    """Let somebody make a code."""
    await somebody.whispers("/link")
    return code_in(somebody.heard)


async def link(chat: ChatSim) -> None:
    """Let Ada link her two accounts."""
    code = await code_of(chat.ada)
    await ada_there(chat).whispers(f"/link {code}")
    await ada_there(chat).presses("Link")
    assert "you are one person now" in ada_there(chat).heard


async def people_of(chat: ChatSim) -> tuple[int, int]:
    """Return who Ada is to the bot, on either platform."""

    def look(store: Store) -> tuple[int, int]:
        here, there = (store.people.known(Account(one.at, one.user, one.name)) for one in (chat.ada, ada_there(chat)))
        assert here is not None
        assert there is not None
        return here.id, there.id

    return await chat.store.read(look)


async def are_one(chat: ChatSim) -> bool:
    """Say whether Ada's accounts are linked."""
    here, there = await people_of(chat)
    return here == there


# The code


def test_a_code_is_read_however_it_is_typed() -> None:
    """Small letters, blanks, other dashes and letters that look like digits do no harm."""
    assert read_code("0123-abcd-EFGH") == "0123ABCDEFGH"
    assert read_code(" o1z3 abcd efgh ") == "01Z3ABCDEFGH"
    assert read_code("0I23—abcd…efgh") == read_code("0L23abcdefgh") == "0123ABCDEFGH"
    assert read_code("0123-ABCD-EFGU") is None  # no U: nobody is to read a word in a code
    assert read_code("0123-ABCD-EFG") is None
    assert written("0123ABCDEFGH") == "0123-ABCD-EFGH"


def test_a_code_is_hard_to_guess() -> None:
    """Sixty bits, of letters that nobody mistakes for one another."""
    assert len(set(ALPHABET)) ** LENGTH >= 2**60
    assert not set(ALPHABET) & set("OILU")


async def test_a_code_is_shown_privately_and_kept_hashed(chat: ChatSim) -> None:
    """In a room nobody else sees it; what is stored does not tell it; each is another."""
    await chat.ada.says("/link")
    code = read_code(code_in(chat.ada.heard))
    assert code
    assert not [text for text in chat.said() if written(code) in text]
    told = await chat.store.read(lambda store: repr(store.people.everything(chat.ada.person(store).id)))
    assert code not in told
    assert written(code) not in told
    assert read_code(await code_of(chat.ada)) != code


async def test_a_link_leads_to_where_there_are_links(chat: ChatSim) -> None:
    """From the platform without addresses a button opens the other with the code; from there words do."""
    there = ada_there(chat)
    code = read_code(await code_of(there))
    post = there.platform.seen_by(there.user)[-1]
    addresses = [button.url for row in post.message.rows for button in row if button.url]
    assert addresses == [f"https://sim.example/start/l-{code}"]
    assert "Open Sim" in there.heard
    await chat.ada.opens(f"l-{code}")
    await chat.ada.presses("Link")
    assert await are_one(chat)
    await code_of(chat.bob)
    assert "https" not in repr(chat.platform.seen_by(chat.bob.user)[-1].message.rows)


async def test_a_code_can_be_entered_in_a_form(chat: ChatSim) -> None:
    """Whoever has a code presses a button and is asked for it; what can be no code is asked again."""
    code, there = await code_of(chat.ada), ada_there(chat)
    await there.whispers("/link")
    await there.presses("I have a code")
    await there.fills(code="ABCD")
    assert there.errors().keys() == {"code"}
    await there.fills(code=code.lower().replace("-", " "))
    await there.presses("Link")
    assert await are_one(chat)


async def test_before_anything_is_linked_it_is_asked(chat: ChatSim) -> None:
    """Both are named with their platforms, and what it means; with No nothing is linked, and the code is gone."""
    code, there = await code_of(chat.ada), ada_there(chat)
    await there.whispers(f"/link {code}")
    assert "“Ada” on Sim" in there.heard
    assert "“ada_l” on Echo" in there.heard
    assert "only if “Ada” on Sim is you" in there.heard
    assert not await are_one(chat)
    await there.presses("No")
    assert "Nothing was linked" in there.heard
    await there.whispers(f"/link {code}")
    assert "used or replaced" in there.heard
    assert not await are_one(chat)


async def test_both_accounts_hear_of_it(chat: ChatSim) -> None:
    """The account that made the code is told privately, in its language, and can part them."""
    await chat.ada.whispers("/me")
    await chat.ada.presses("Language")
    await chat.ada.fills(language="English")
    await link(chat)
    (told,) = [text for text in chat.ada.inbox() if "“ada_l” on Echo is linked" in text]
    assert "Unlink Echo" in told
    assert not [text for text in ada_there(chat).inbox() if "is linked with this account" in text]


# What is no code


@pytest.mark.parametrize(
    ("words", "answer"),
    [("hello", "twelve letters"), ("0000-0000-0000", "do not know this code"), ("x" * 5000, "twelve letters")],
)
async def test_a_wrong_code_is_answered_kindly(chat: ChatSim, words: str, answer: str) -> None:
    """What can be no code, or is nobody's, typed or in a link."""
    await chat.ada.whispers(f"/link {words}")
    assert answer in chat.ada.heard
    await chat.ada.opens(f"l-{words.replace(' ', '')}")
    assert answer in chat.ada.heard


async def test_one_s_own_code(chat: ChatSim) -> None:
    """It says where it belongs."""
    await chat.ada.whispers(f"/link {await code_of(chat.ada)}")
    assert "your own code" in chat.ada.heard


async def test_a_code_runs_out(chat: ChatSim) -> None:
    """After ten minutes it is over, also where it is asked about already; a new one replaces an open one."""
    first, there = await code_of(chat.ada), ada_there(chat)
    second = await code_of(chat.ada)
    await there.whispers(f"/link {first}")
    assert "used or replaced" in there.heard
    await there.whispers(f"/link {second}")
    chat.clock.move_to(chat.clock.now() + CODE_LASTS)
    await there.presses("Link")
    assert "has run out" in there.heard
    await there.whispers(f"/link {second}")
    assert "has run out" in there.heard
    assert not await are_one(chat)


async def test_a_code_works_once(chat: ChatSim) -> None:
    """Whoever brings it second hears so, whether or not the first has said yes; pressing twice does no harm."""
    code, there, mallory = await code_of(chat.ada), ada_there(chat), chat.account("mallory", ECHO)
    await there.whispers(f"/link {code}")
    await mallory.whispers(f"/link {code}")
    assert "used or replaced" in mallory.heard
    asked = there.platform.seen_by(there.user)[-1]
    payload = next(b.intent.payload() for row in asked.message.rows for b in row if b.intent and b.label == "Link")
    await mallory.whispers("/help")
    await mallory.presses_payload(payload, mallory.platform.seen_by(mallory.user)[-1])
    assert "do not know this code" in mallory.heard
    assert not await are_one(chat)
    for _ in range(2):
        await there.presses_payload(payload, asked)
    assert "linked already" in there.heard
    assert await are_one(chat)
    for account in (chat.ada, there):
        await account.whispers(f"/link {code}")
        assert "linked already" in account.heard


async def test_a_code_that_others_read_is_worth_nothing(chat: ChatSim) -> None:
    """Written in a room it is burnt, also when somebody else writes it there; as a command's field it is private."""
    there, room = ada_there(chat), group("their room", ECHO)
    for writer in (there, chat.account("mallory", ECHO)):
        code = await code_of(chat.ada)
        await writer.says(f"/link {code}", room)
        assert "worth nothing" in writer.heard
        await there.whispers(f"/link {code}")
        assert "used or replaced" in there.heard
    await there.says(f"/start l-{await code_of(chat.ada)}", room)
    assert "worth nothing" in there.heard
    assert not [text for text in chat.said(room) if "worth nothing" in text], "everybody reads it"
    await there.says("/link", room, code=await code_of(chat.ada))
    assert "You will be one person" in there.heard
    await there.presses("Link")
    assert await are_one(chat)


async def test_guessing_is_hopeless(chat: ChatSim) -> None:
    """After some wrong codes even the right one is not taken for an hour; others may go on."""
    there, code = ada_there(chat), await code_of(chat.ada)
    for number in range(TRIES):
        await there.whispers(f"/link 0000-0000-{number:04}")
        assert "do not know" in there.heard
    await there.whispers(f"/link {code}")
    assert "too many wrong codes" in there.heard
    await chat.passes(minutes=61)
    await link(chat)
    assert await are_one(chat)


async def test_two_accounts_on_one_platform_stay_two(chat: ChatSim) -> None:
    """It says why; the code is still good for the right account."""
    code = await code_of(chat.ada)
    await chat.bob.whispers(f"/link {code}")
    assert "two on Sim" in chat.bob.heard
    await ada_there(chat).whispers(f"/link {code}")
    await ada_there(chat).presses("Link")
    assert await are_one(chat)


async def test_where_there_is_nothing_to_link_no_code_is_made(bare_chat: ChatSim, chat: ChatSim) -> None:
    """With one platform, or an account on each, it says so."""
    await bare_chat.zoe.whispers("/link")
    assert "only on Sim" in bare_chat.zoe.heard
    await bare_chat.zoe.whispers("/me")
    assert "Accounts" not in bare_chat.zoe.heard
    await link(chat)
    await chat.ada.whispers("/link")
    assert "linked already: “ada_l” on Echo and “Ada” on Sim" in chat.ada.heard


# One person


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
        store.circles.save(replace(circle, seats=4))
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


async def test_a_forged_yes_links_nobody(chat: ChatSim) -> None:
    """A code's number is no secret: without having brought the code nobody is asked, and nobody is linked."""
    await code_of(chat.ada)
    there = ada_there(chat)
    await there.whispers("/help")
    for number in range(5):
        forged = ConfirmLink(code=number, sure=True).payload()
        await there.presses_payload(forged, there.platform.seen_by(there.user)[-1])
        assert "do not know this code" in there.heard
    assert not await are_one(chat)


async def test_whoever_is_forgotten_leaves_no_code(chat: ChatSim) -> None:
    """A code of somebody who is no more links with nobody."""
    code = await code_of(chat.zoe)
    await chat.zoe.whispers("/forgetme")
    await chat.zoe.presses("Yes, forget me")
    await ada_there(chat).whispers(f"/link {code}")
    assert "do not know this code" in ada_there(chat).heard


async def test_linked_accounts_are_forgotten_together(chat: ChatSim) -> None:
    """One is one person: what is erased with one account is erased for the other."""
    await link(chat)
    await ada_there(chat).whispers("/forgetme")
    await ada_there(chat).presses("Yes, forget me")
    known = await chat.store.read(lambda store: store.people.known(Account(PLATFORM, "u-ada", "")))
    assert known is None
