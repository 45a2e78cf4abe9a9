"""Members who have not answered are asked: once, privately, in their waking hours, and not at all if they like."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

from bot.domain.meetings import MeetingState
from bot.domain.rsvps import Answer
from bot.ports import Store
from storage.engine import Database
from tests.features.changing_meetings import confirmations, everybody_comes, moves, wall
from tests.features.test_rsvps import first, given
from tests.support.chat import ChatSim, Someone, lived_in
from tests.support.sim import SimPost, private


def nudges(someone: Someone) -> int:
    """Return how often somebody was asked privately whether they come."""
    posts = someone.chat.platform.posts
    return sum(post.posted.room == private(someone.user) and post.key.startswith("nudge:") for post in posts)


def question(chat: ChatSim, someone: Someone) -> SimPost:
    """Return the newest of what somebody was asked privately, whatever has become of it."""
    kinds = ("Will you come", "You said", "has already started", "This meeting is over", "Can you still come")
    return [
        post
        for post in chat.platform.posts
        if post.posted.room == private(someone.user) and any(kind in post.text for kind in kinds)
    ][-1]


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
                store.people.save(replace(person, quiet_from=time(17), quiet_to=time(9)), person)

        await chat.store.transact(sleep_early)
        await chat.moves_to(self.EVE)
        assert nudges(chat.grace) == 0
        await chat.linus.says("/next")
        await chat.linus.presses("I'm coming")
        await chat.moves_to(datetime(2026, 3, 10, 9, 1))
        assert nudges(chat.grace) == 1
        assert nudges(chat.linus) == 0

    async def test_who_is_just_asked_to_confirm_is_not_asked_twice(self, chat: ChatSim) -> None:
        """A meeting that moves in the night to the morning after next: one question in the morning, not two."""
        await everybody_comes(chat)
        await chat.moves_to(wall(9, 23))
        await moves(chat, 1, "11 March 6:00")
        await chat.moves_to(wall(10, 12))
        assert confirmations(chat.ada) == 1
        assert nudges(chat.ada) == 0

    async def test_who_does_not_confirm_is_asked_once_more(self, chat: ChatSim) -> None:
        """A day before the meeting, like everybody who has not answered."""
        await everybody_comes(chat)
        await chat.moves_to(wall(9, 12))
        await moves(chat, 1, "12 March 18:00")
        await chat.moves_to(wall(12, 12))
        assert nudges(chat.ada) == 1

    async def test_what_was_just_asked_is_not_edited(self, database: Database) -> None:
        """Whether a meeting has changed or somebody keeps silent, and whoever looks at it anew once it is posted."""
        chat = await lived_in(database)
        await everybody_comes(chat)
        await chat.moves_to(wall(9, 12))
        await moves(chat, 1, "12 March 18:00")
        changed = question(chat, chat.ada)
        assert changed.key.startswith("confirm:")
        assert "Can you still come?" in changed.text
        assert "Do not ask me again" not in changed.text
        assert changed.edits == 0
        await chat.moves_to(wall(12, 12))
        silent = question(chat, chat.ada)
        assert silent.key.startswith("nudge:")
        assert "Can you still come?" in silent.text
        assert "Do not ask me again" in silent.text
        assert silent.edits == 0

    async def test_asked_to_confirm_after_a_nudge(self, database: Database) -> None:
        """What a newer question offers is not what an older one offered: nobody can wish not to hear of changes."""
        chat = await lived_in(database)
        await chat.moves_to(self.EVE)
        await chat.grace.presses("I'm coming", on=question(chat, chat.grace))
        await moves(chat, 1, "12 March 18:00")
        await chat.passes(hours=14)
        changed = question(chat, chat.grace)
        assert changed.key.startswith("confirm:")
        assert "Do not ask me again" not in changed.text
        assert changed.edits == 0

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

    async def test_once_it_is_answered_it_asks_no_more(self, chat: ChatSim) -> None:
        """Answered on the spot, in the room, or by a facilitator: the question says so, and has no buttons."""
        await chat.facilitator.says("/next")
        await chat.moves_to(self.EVE)
        await chat.grace.presses("I'm coming", on=question(chat, chat.grace))
        assert chat.grace.toast == "See you there!"
        assert "You said: I'm coming" in question(chat, chat.grace).text
        await chat.linus.presses("Can't make it", on=chat.platform.in_room(chat.room)[-1])
        await chat.passes(minutes=1)
        assert "You said: Can't make it" in question(chat, chat.linus).text
        assert not question(chat, chat.grace).message.rows
        assert not question(chat, chat.linus).message.rows
        assert "Will you come" in question(chat, chat.ada).text

    async def test_when_the_meeting_begins_nobody_is_asked_any_more(self, chat: ChatSim) -> None:
        """The question stays, without its buttons, and says what became of the meeting."""
        await chat.moves_to(self.EVE)
        await chat.moves_to(datetime(2026, 3, 10, 18, 1))
        assert "has already started" in question(chat, chat.grace).text
        assert not question(chat, chat.grace).message.rows
        await chat.moves_to(datetime(2026, 3, 10, 19, 31))
        assert "This meeting is over." in question(chat, chat.grace).text

    async def test_it_follows_a_move(self, chat: ChatSim) -> None:
        """The question names the new time; who had said yes is asked in a newer one, to which the older one leads."""
        await chat.moves_to(self.EVE)
        await chat.grace.presses("I'm coming", on=question(chat, chat.grace))
        await chat.facilitator.says("/move Thursday 12 March 18:00")
        await chat.facilitator.fills(scope="one", then="Save")
        await chat.passes(hours=14)
        assert "2026-03-12" in question(chat, chat.linus).text
        assert "Can you still come?" in question(chat, chat.grace).text
        older = [words for words in chat.grace.inbox() if "newer message about this" in words]
        assert len(older) == 1

    async def test_whoever_left_is_not_told_where_it_is(self, chat: ChatSim) -> None:
        """The way into the call is for those who are in the circle."""
        await chat.moves_to(self.EVE)
        await chat.grace.whispers("/leave")
        await chat.grace.presses("Leave")
        await chat.passes(minutes=1)
        left = next(post for post in chat.platform.posts if "not in this circle any more" in post.text)
        assert left.posted.room.chat == chat.grace.user
        assert not left.message.rows
