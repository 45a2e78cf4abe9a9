"""What is sent of meetings: reminders, their words, and what facilitators see and decide of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.assembly import features
from bot.chat.adapter import Unreachable
from bot.domain.circles import CircleState
from bot.domain.notices import DigestDue
from bot.domain.people import Role
from bot.features.meetings import outbox, template
from bot.features.meetings.intents import EditReminder, SendNow, ShowDelivery, ShowLog, ShowReminders, SkipDelivery
from bot.ports import Store
from tests.support.chat import ChatSim


def wall(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    """Return a wall-clock time of 2026 in the circle's zone."""
    return datetime(2026, month, day, hour, minute)


async def reworded(chat: ChatSim, words: str) -> None:
    """Let the facilitator write the words of reminders."""
    await chat.facilitator.says("/reminders")
    await chat.facilitator.presses("Change the words")
    await chat.facilitator.fills(template=words)


async def second_circle(chat: ChatSim) -> int:
    """Return another circle of the community, which Fatima does not run."""

    def work(store: Store) -> int:
        circle = store.circles.get(chat.circle)
        assert circle is not None
        return store.circles.add(replace(circle, title="Knitting"), chat.clock.now()).id

    return await chat.store.transact(work)


class TestReminders:
    """A room is reminded at the circle's lead times."""

    async def test_they_come_two_days_and_two_hours_before(self, chat: ChatSim) -> None:
        """Each is the meeting's card, with its buttons."""
        await chat.moves_to(wall(8, 17, 59))
        assert chat.said() == []
        await chat.moves_to(wall(8, 18))
        assert chat.posts("I'm coming") == 1
        await chat.moves_to(wall(10, 15, 59))
        assert len(chat.said()) == 1
        await chat.moves_to(wall(10, 16))
        assert len(chat.said()) == 2

    async def test_one_survives_a_crash(self, chat: ChatSim) -> None:
        """What is due stands in the database."""
        await chat.crash_and_restart()
        await chat.moves_to(wall(8, 18))
        assert chat.posts("I'm coming") == 1

    async def test_one_shows_the_counts_of_the_moment(self, chat: ChatSim) -> None:
        """It is composed when it is sent, and drawn anew with every answer."""
        await chat.facilitator.says("/next")
        await chat.ada.presses("I'm coming")
        await chat.moves_to(wall(8, 18))
        assert "1 coming: Ada" in chat.card()
        await chat.grace.presses("I'm coming")
        assert "2 coming: Ada and Grace" in chat.card()

    async def test_the_hour_stays_across_the_clock_change(self, chat: ChatSim) -> None:
        """Two days before Tuesday 18:00 is Sunday 18:00, also on the Sunday on which the clocks change."""
        await chat.moves_to(wall(29, 17, 59))
        assert chat.posts("Meeting 4: Unit 4") == 0
        await chat.moves_to(wall(29, 18, 0))
        assert chat.posts("Meeting 4: Unit 4") == 1

    async def test_a_circle_that_is_a_draft_again_reminds_nobody(self, chat: ChatSim) -> None:
        """Looked at in the moment of sending, whatever was planned."""
        await chat.store.transact(
            lambda store: store.circles.change_state(chat.circle, CircleState.PUBLISHED, CircleState.DRAFT)
        )
        await chat.moves_to(wall(10, 17))
        assert chat.said() == []


class TestWords:
    """Facilitators write the words of reminders and cards."""

    async def test_they_are_shown_before_they_are_sent(self, chat: ChatSim) -> None:
        """The preview is for the facilitator alone; the reminder has the same words, the counts and the buttons."""
        await reworded(chat, "Dear all!\n{meeting} of {circle} on {topic}: {when}. {where}")
        assert "This is how the next reminder looks:" in chat.facilitator.heard
        assert "Dear all!\nMeeting 1: Unit 1 of Python for beginners" in chat.facilitator.heard
        assert chat.said() == []
        await chat.moves_to(wall(8, 18))
        assert "Dear all!\nMeeting 1: Unit 1 of Python for beginners (Python basics) on Unit 1:" in chat.card()
        assert "Nobody has answered yet." in chat.card()
        assert "I'm coming" in chat.card()

    async def test_the_form_has_the_words_in_force(self, chat: ChatSim) -> None:
        """Ours at first, theirs afterwards."""
        await reworded(chat, "Dear all! {when}")
        await chat.facilitator.presses_payload(EditReminder.about(circle=chat.circle).payload())
        assert chat.facilitator.page is not None
        assert chat.facilitator.page.questions[0].value == "Dear all! {when}"
        await chat.facilitator.says("/reminders")
        await chat.facilitator.presses("Restore our words")
        await chat.facilitator.presses_payload(EditReminder.about(circle=chat.circle).payload())
        assert chat.facilitator.page.questions[0].value == "{when}\n{where}\n{course}"

    async def test_standing_cards_change_their_words(self, chat: ChatSim) -> None:
        """A card is a view of what is true."""
        await chat.ada.says("/next")
        await reworded(chat, "Bring tea!")
        await chat.passes(seconds=10)
        assert "Bring tea!" in chat.card()

    @pytest.mark.parametrize(
        ("words", "why"),
        [
            ("At {wen}", "There is no {wen}. Did you mean {when}?"),
            ("{Circle} meets", "There is no {Circle}. Did you mean {circle}?"),
            ("{circle.id}", "There is no {circle.id}. Did you mean {circle}?"),
            ("{topic!r}", "There is no {topic!r}. Did you mean {topic}?"),
            ("{xyzzy}", "There is no {xyzzy}."),
            ("{}", "There is no {}."),
        ],
    )
    async def test_an_unknown_variable_is_named(self, chat: ChatSim, words: str, why: str) -> None:
        """With the nearest that there is; what was written stays in the form."""
        await reworded(chat, words)
        assert chat.facilitator.errors()["template"] == why

    async def test_words_are_never_markup_nor_a_template_of_ours(self, chat: ChatSim) -> None:
        """Braces, HTML, mentions stand as they were written."""
        await reworded(chat, "<b>Hi</b> @everyone } { =HYPERLINK(1)")
        await chat.ada.says("/next")
        assert "<b>Hi</b> @everyone } { =HYPERLINK(1)" in chat.card()

    async def test_too_many_are_refused(self, chat: ChatSim) -> None:
        """Ten thousand characters fit no card."""
        await reworded(chat, "x" * 10_000)
        assert "fit" in chat.facilitator.errors()["template"]

    async def test_they_are_the_facilitators(self, chat: ChatSim) -> None:
        """A learner cannot change what the group reads."""
        await chat.ada.presses_payload(EditReminder.about(circle=chat.circle).payload())
        assert "Only a facilitator" in chat.ada.toast

    def test_a_topic_like_a_variable_stays_a_topic(self) -> None:
        """What is filled in is not filled again."""
        assert str(template.filled("{topic}!", {"topic": lambda: "{when}", "when": lambda: "now"})) == "{when}!"

    def test_a_line_of_nothing_is_left_out(self) -> None:
        """A variable that is empty leaves no gap; a blank line that somebody wrote stays."""
        values: template.Values = {"when": lambda: "now", "topic": lambda: "", "where": lambda: "here"}
        assert str(template.filled("{when}\n{topic}\n\n{where}", values)) == "now\n\nhere"


class TestWhatWillBeSent:
    """`/reminders`."""

    async def test_it_lists_what_is_coming(self, chat: ChatSim) -> None:
        """Soonest first, without the steps that nobody reads."""
        await chat.facilitator.says("/reminders")
        assert "1. Reminder, 2026-03-08T17:00:00+00:00, to The room" in chat.facilitator.heard
        assert "2. Reminder, 2026-03-10T15:00:00+00:00, to The room" in chat.facilitator.heard
        assert "and 2 more" in chat.facilitator.heard

    async def test_one_can_be_looked_at(self, chat: ChatSim) -> None:
        """As it would be now."""
        await chat.facilitator.says("/reminders")
        await chat.facilitator.presses("1:")
        assert "Meeting 1: Unit 1" in chat.facilitator.heard
        assert "With the buttons: I'm coming, Maybe, Can't make it" in chat.facilitator.heard

    async def test_one_can_be_skipped(self, chat: ChatSim) -> None:
        """It is not sent, planning anew does not bring it back, and the log says why."""
        await chat.facilitator.says("/reminders")
        await chat.facilitator.presses("1:")
        await chat.facilitator.presses("Skip")
        await chat.facilitator.says("/topic Loops")  # plans anew
        await chat.moves_to(wall(8, 19))
        assert chat.said() == []
        await chat.facilitator.presses_payload(ShowLog(circle=chat.circle).payload())
        assert "Reminder to The room, not sent (skipped by a facilitator)" in chat.facilitator.heard
        await chat.moves_to(wall(10, 16))
        assert chat.posts("I'm coming") == 1

    async def test_one_can_be_sent_now(self, chat: ChatSim) -> None:
        """It goes out once: not again at its time, whatever is planned anew meanwhile."""
        await chat.facilitator.says("/reminders")
        await chat.facilitator.presses("1:")
        await chat.facilitator.presses("Send now")
        assert chat.posts("Meeting 1") == 1
        await chat.facilitator.says("/topic Loops")
        await chat.moves_to(wall(8, 19))
        assert chat.posts("Meeting 1") == 1

    async def test_pressed_twice_it_is_sent_once(self, chat: ChatSim) -> None:
        """The second press finds that it does not wait any more."""
        waiting = await chat.store.read(lambda store: store.deliveries.waiting(circle=chat.circle))
        payload = SendNow(circle=chat.circle, delivery=waiting[0].id).payload()
        await chat.facilitator.says("/reminders")
        on = chat.platform.seen_by(chat.facilitator.user)[-1]
        await chat.facilitator.presses_payload(payload, on)
        await chat.facilitator.presses_payload(payload, on)
        assert "does not wait any more" in chat.facilitator.heard
        assert chat.posts("Meeting 1") == 1

    async def test_the_log_says_what_could_not_be_sent(self, chat: ChatSim) -> None:
        """Nothing is lost silently."""
        chat.platform.errors = [Unreachable("the bot was removed")]
        await chat.moves_to(wall(8, 18))
        await chat.facilitator.presses_payload(ShowLog(circle=chat.circle).payload())
        assert "Reminder to The room, " in chat.facilitator.heard
        assert "the bot was removed" in chat.facilitator.heard

    async def test_the_log_says_what_came_too_late(self, chat: ChatSim) -> None:
        """After an outage of a day what is of use no more is dropped, and said so."""
        chat.clock.move_to(chat.clock.now() + timedelta(days=8, hours=7))  # asleep until 19:00 of the meeting's day
        await chat.bot.scheduler.run_due()
        await chat.facilitator.presses_payload(ShowLog(circle=chat.circle).payload())
        assert chat.facilitator.heard.count("Reminder to The room, not sent") == 2

    @pytest.mark.parametrize("intent", [ShowReminders, ShowLog])
    async def test_it_is_not_for_learners(self, chat: ChatSim, intent: type[ShowReminders | ShowLog]) -> None:
        """Who has not answered is nobody else's business."""
        await chat.ada.presses_payload(intent(circle=chat.circle).payload())
        assert "Only a facilitator" in chat.ada.toast

    @pytest.mark.parametrize("intent", [ShowDelivery, SkipDelivery, SendNow])
    async def test_another_circles_messages_are_out_of_reach(
        self, chat: ChatSim, intent: type[ShowDelivery | SkipDelivery | SendNow]
    ) -> None:
        """A forged payload that names one's own circle and somebody else's message finds nothing."""
        other = await second_circle(chat)

        def run_it(store: Store) -> None:
            store.seats.join_as(other, chat.mallory.person(store).id, Role.FACILITATOR, chat.clock.now())

        await chat.store.transact(run_it)
        waiting = await chat.store.read(lambda store: store.deliveries.waiting(circle=chat.circle))
        await chat.mallory.presses_payload(intent(circle=other, delivery=waiting[0].id).payload())
        assert "does not wait any more" in chat.mallory.heard
        await chat.mallory.presses_payload(intent(circle=chat.circle, delivery=waiting[0].id).payload())
        assert "Only a facilitator" in chat.mallory.heard
        assert await chat.store.read(lambda store: store.deliveries.waiting(circle=chat.circle)) == waiting

    def test_every_message_has_a_name(self) -> None:
        """Whatever a feature composes for a circle is called something in the list."""
        kinds = {notice.kind for feature in features() for notice in feature.composers if notice is not DigestDue}
        assert kinds <= outbox.NAMES.keys()

    async def test_looking_through_it_takes_one_message(self, chat: ChatSim) -> None:
        """Its pages turn in place."""
        await chat.facilitator.says("/reminders")
        before = len(chat.platform.posts)
        for label in ("1:", "Back", "What was sent", "What I will send", "1:", "Skip"):
            await chat.facilitator.presses(label)
        assert len(chat.platform.posts) == before
        assert "Skipped" in chat.facilitator.toast
