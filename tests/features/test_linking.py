"""Two accounts on two platforms: the code that links them, and all that is no code."""

from __future__ import annotations

import pytest

from bot.domain.linking import ALPHABET, CODE_LASTS, LENGTH, TRIES, read_code, written
from bot.features.people.intents import ConfirmLink, EnterCode
from storage.engine import Database
from tests.features.two_accounts import ECHO, ada_there, are_one, code_in, code_of, link, on_two
from tests.support.chat import ChatSim, lived_in
from tests.support.sim import group


@pytest.fixture
async def chat(sqlite_database: Database) -> ChatSim:
    """The circle of `lived_in`, and Ada on two platforms."""
    return await on_two(sqlite_database)


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


async def test_linking_is_offered_where_there_are_two_platforms(sqlite_database: Database) -> None:
    """On a single one, menus and help are shorter by it; who types it is told why."""
    alone = await lived_in(sqlite_database)
    await alone.ada.whispers("/help")
    assert "/link" not in alone.ada.heard
    assert "link" not in [command.name for command in await alone.bot.router.commands("en")]
    await alone.ada.whispers("/link")
    assert "I am only on" in alone.ada.heard
    both = await on_two(sqlite_database)
    await both.ada.whispers("/help")
    assert "/link" in both.ada.heard
    assert "link" in [command.name for command in await both.bot.router.commands("en")]


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
    await there.says("/help", room)
    await there.presses_payload(EnterCode.about().payload(), there.platform.seen_by(there.user)[-1])
    await there.says(await code_of(chat.ada), room)
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


async def test_what_was_right_when_it_was_asked_is_looked_at_again(chat: ChatSim) -> None:
    """Whoever got an account on the other platform meanwhile is not given a second one there."""
    there, other = ada_there(chat), chat.account("other", ECHO)
    await there.whispers(f"/link {await code_of(chat.ada)}")
    asked = there.platform.seen_by(there.user)[-1]
    code = await code_of(other)
    await chat.ada.whispers(f"/link {code}")
    await chat.ada.presses("Link")
    await there.presses("Link", asked)
    assert "two on Echo" in there.heard
    assert not await are_one(chat)
