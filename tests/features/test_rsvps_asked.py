"""Members who have not answered are asked: once, privately, in their waking hours, and not at all if they like."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

from bot.domain.meetings import MeetingState
from bot.domain.rsvps import Answer
from bot.ports import Store
from tests.features.test_rsvps import first, given
from tests.support.chat import ChatSim, Someone


def nudges(someone: Someone) -> int:
    """Return how often somebody was asked privately whether they come."""
    return sum("Will you come" in words for words in someone.inbox())


class TestNudges:
    """Members who have not answered are asked once, privately."""

    EVE = datetime(2026, 3, 9, 18, 30)

    async def test_only_who_has_not_answered_is_asked_and_once(self, chat: ChatSim) -> None:
        """Ada has answered; Grace and Linus hear one question each."""
        await chat.facilitator.says("/next")
        await chat.ada.presses("Maybe")
        await chat.moves_to(datetime(2026, 3, 10, 17, 59))
        asked = {
            name: sum("Will you come" in words for words in getattr(chat, name).inbox())
            for name in ("ada", "grace", "linus")
        }
        assert asked == {"ada": 0, "grace": 1, "linus": 1}

    async def test_it_is_answered_by_a_tap(self, chat: ChatSim) -> None:
        """The question has the RSVP buttons."""
        await chat.moves_to(self.EVE)
        await chat.grace.presses("I'm coming")
        assert await given(chat, chat.grace) == (Answer.YES, "")

    async def test_it_waits_for_the_morning(self, chat: ChatSim) -> None:
        """Quiet hours are kept; an answer that comes meanwhile makes it needless."""

        def sleep_early(store: Store) -> None:
            for someone in (chat.grace, chat.linus):
                person = someone.person(store)
                store.people.save(replace(person, quiet_from=time(17), quiet_to=time(9)))

        await chat.store.transact(sleep_early)
        await chat.moves_to(self.EVE)
        assert nudges(chat.grace) == 0
        await chat.linus.says("/next")
        await chat.linus.presses("I'm coming")
        await chat.moves_to(datetime(2026, 3, 10, 9, 1))
        assert nudges(chat.grace) == 1
        assert nudges(chat.linus) == 0

    async def test_a_tap_turns_them_off(self, chat: ChatSim) -> None:
        """Whoever does not want to be asked is not asked for the next meeting."""
        await chat.moves_to(self.EVE)
        await chat.grace.presses("Do not ask me again")
        assert "/me" in chat.grace.toast
        await chat.moves_to(datetime(2026, 3, 17, 17, 59))
        assert nudges(chat.grace) == 1
        assert nudges(chat.linus) == 2

    async def test_a_crash_loses_none(self, chat: ChatSim) -> None:
        """What is to be asked stands in the database."""
        await chat.crash_and_restart()
        await chat.moves_to(self.EVE)
        assert nudges(chat.grace) == 1

    async def test_nobody_is_asked_for_a_meeting_that_was_called_off(self, chat: ChatSim) -> None:
        """A cancelled meeting has no use for answers."""
        await chat.facilitator.says("/cancelmeeting")
        await chat.facilitator.presses("Call off only this one")
        assert (await first(chat)).state is MeetingState.CANCELLED
        await chat.moves_to(datetime(2026, 3, 10, 17, 59))
        assert nudges(chat.grace) == 0
