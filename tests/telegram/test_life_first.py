"""The first taps of people who know nothing of the bot yet, or want nothing of it any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.people import Account
from tests.telegram.lived_in import living
from tests.telegram.telling import Life, blameless

if TYPE_CHECKING:
    from bot.chat.message import Room
    from bot.ports import Store
    from storage.engine import Database
    from tests.telegram.world import World

COMING = "I'm coming"


async def test_somebody_who_has_not_joined_answers_and_joins(
    tg: World, sqlite_database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """The tap leads to the private chat, where one more makes them a member; then it counts."""
    async with living(tg, sqlite_database) as (lived, bot):
        life, zoe = Life(tg, bot), tg.user("Zoe")
        lived.group.set_member(zoe.user, lived.group.member(lived.learners[0].user))
        await life.moves_to(lived.reminder)
        await life.taps(zoe, COMING, lived.group)
        assert "Would you like to join?" in life.sees(zoe)
        await life.taps(zoe, "Join this circle")
        assert "You are in." in life.sees(zoe)
        assert await life.taps(zoe, COMING, lived.group) == "See you there!"
        assert "1 coming: Zoe" in life.with_button(COMING, lived.group).text
    blameless(tg, caplog)


async def test_who_blocks_the_bot_goes_on_in_the_group_and_comes_back(tg: World, sqlite_database: Database) -> None:
    """Taps in the group work on; the private chat opens again where it is needed, and nothing is sent meanwhile."""
    async with living(tg, sqlite_database) as (lived, bot):
        life, ben = Life(tg, bot), lived.learners[0]
        await life.says(ben, "/start")
        await ben.blocks()
        await life.moves_to(lived.reminder)
        assert await life.taps(ben, COMING, lived.group) == "See you there!"
        before = len(ben.said)
        await life.says(lived.ada, "/move Wednesday 6pm")
        await life.goes_through(lived.ada, "✓ Only this one", "Save")
        assert len(ben.said) == before
        await life.taps(ben, COMING, lived.group)
        assert "1 coming: Ben" in life.with_button(COMING, lived.group).text
        await life.taps(ben, "Can't make it", lived.group)
        await life.taps(ben, "Say why", lived.group)
        await life.says(ben, "On the road")
        assert life.sees(ben) == "Thanks. Only the facilitators see your reason."
    assert [one for one in tg.refusals if "blocked by the user" not in one] == []


async def test_whoever_gets_an_answer_privately_can_be_told_of_meetings_there(
    tg: World, sqlite_database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """They had opened the chat before the bot knew them, or let it in again while it was away."""
    async with living(tg, sqlite_database) as (lived, bot):
        life, zoe = Life(tg, bot), tg.user("Zoe", started=True)
        lived.group.set_member(zoe.user, lived.group.member(lived.learners[0].user))
        account = Account("telegram", str(zoe.id), "Zoe")

        def known_room(store: Store) -> Room | None:
            who = store.people.known(account)
            return None if who is None else store.people.private_room(who.id)

        await life.says(zoe, "/me", lived.group)
        there = await sqlite_database.read(known_room)
        assert there is not None
        assert there.is_private
    blameless(tg, caplog)


async def test_a_reply_to_a_card_is_talk_and_a_word_in_private_is_answered(
    tg: World, sqlite_database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """What people say to each other below a card is theirs; who writes to the bot hears what it understands."""
    async with living(tg, sqlite_database) as (lived, bot):
        life, ben = Life(tg, bot), lived.learners[0]
        await life.moves_to(lived.reminder)
        before = len(life.said(lived.group))
        await life.replies(ben, "I will be late", life.with_button(COMING, lived.group))
        assert len(life.said(lived.group)) == before
        await life.says(ben, "I will be late")
        assert "/help" in life.sees(ben)
    blameless(tg, caplog)
