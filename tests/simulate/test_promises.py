"""Each promise, before a story in which it is kept and one in which it is not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from tests.simulate.ledger import Sighting
from tests.simulate.promises import Court, answers, digests, everywhere, feedback, reminders, seats, waking
from tests.simulate.truth import Circle, Community, Decision, Meeting, Room, Said, Soul, instant, reminder_times
from tests.simulate.world import DISCORD

ZONE = "Europe/Madrid"
NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(eq=False)
class Card:
    """What stands on a platform, as far as promises look at it."""

    text: str
    buttons: list[str] = field(default_factory=list)
    markup: str = ""
    edits: list[Card] = field(default_factory=list)


class Story:
    """Ada, Ben and Cleo learn with Fay; they meet on 30 March at six in the evening, two days after a clock change."""

    def __init__(self) -> None:
        self.fay, self.ada, self.ben, self.cleo = (Soul(name) for name in ("Fay", "Ada", "Ben", "Cleo"))
        self.room = Room(DISCORD, None)
        self.community = Community("Library", ZONE, self.fay, Room(DISCORD, None), DISCORD)
        self.circle = Circle("Circle D1", self.community, ZONE, self.fay, [self.room], is_published=True)
        self.community.circles.append(self.circle)
        self.room.circle = self.circle
        for soul in (self.ada, self.ben, self.cleo):
            self.circle.learners[soul] = NOW
        self.meeting = Meeting(self.circle, datetime(2027, 3, 30, 18), NOW)
        self.circle.meetings.append(self.meeting)
        self.circle.replan(NOW)
        self.court = Court(lambda: NOW)

    def seen(self, kind: str, at: datetime, words: str = "", soul: Soul | None = None) -> Sighting:
        """Let a message be seen."""
        room = None if soul else self.room
        one = Sighting(at, kind, room, soul, Card(words), words, circle=self.circle, meeting=self.meeting)
        one.starts = self.meeting.starts
        self.meeting.seen.append(one)
        return one

    def all_speak(self) -> None:
        """Let everybody say plus and delta, and the room be told of it two days later."""
        self.meeting.said = [Said(one, f"plus {one.name[0]}", "", 4) for one in self.circle.learners]
        self.meeting.closed_at = self.meeting.ends + 2 * DAY
        words = "3 people answered.\nHow it was: 4.0 on average.\n• plus A\n• plus B\n• plus C"
        self.seen("summary", self.meeting.closed_at, words)


@pytest.fixture
def story() -> Story:
    """A circle before its first meeting."""
    return Story()


def test_days_before_go_by_the_wall_clock(story: Story) -> None:
    """Two days before is the same hour on the wall, across the change; two hours are two hours."""
    two_days, two_hours = 2 * DAY, 2 * HOUR
    assert reminder_times(story.meeting, None) == {
        two_days: datetime(2027, 3, 28, 16, tzinfo=UTC),
        two_hours: datetime(2027, 3, 30, 14, tzinfo=UTC),
    }
    late = datetime(2027, 3, 29, 20, tzinfo=UTC)
    assert reminder_times(story.meeting, late)[two_days] == late
    assert instant(datetime(2027, 3, 27, 18), ZONE) == datetime(2027, 3, 27, 17, tzinfo=UTC)
    assert waking(datetime(2027, 3, 28, 23, tzinfo=UTC), ZONE) == datetime(2027, 3, 29, 6, tzinfo=UTC)


def test_reminders(story: Story) -> None:
    """At their times and no others; late ones once, of what is of use still."""
    first, second = story.meeting.promised
    promise = reminders.each_is_reminded_exactly_as_promised
    story.seen("reminder", first)
    assert list(promise(story.court, story.meeting))
    story.seen("reminder", second)
    assert not list(promise(story.court, story.meeting))
    story.seen("reminder", second)
    assert list(promise(story.court, story.meeting))
    up = first + HOUR
    assert reminders.after_outages([first, second], story.meeting.starts, [(first - HOUR, up)]) == ([up, second], [])
    both = [(first - HOUR, second + HOUR)]
    assert reminders.after_outages([first, second], story.meeting.starts, both) == ([second + HOUR], [first])


def test_a_reminder_is_right(story: Story) -> None:
    """Its hour, its counts, its decisions, and none before the last meeting has ended."""
    one = story.seen("reminder", story.meeting.promised[0], "Nobody has answered yet.")
    assert not list(reminders.no_wrong_hour(story.court, one))
    assert not list(reminders.it_shows_live_counts(story.court, one))
    assert not list(reminders.decisions_stand_on_the_next_card_until_done(story.court, one))
    assert not list(reminders.never_before_the_previous_meeting_has_ended(story.court, one))
    story.meeting.wall += HOUR
    story.meeting.answers[story.ada] = "yes"
    story.circle.decisions.append(Decision("Less theory", NOW))
    earlier = Meeting(story.circle, datetime(2027, 3, 29, 18), NOW)
    story.circle.meetings.append(earlier)
    assert list(reminders.no_wrong_hour(story.court, one))
    assert list(reminders.it_shows_live_counts(story.court, one))
    assert list(reminders.decisions_stand_on_the_next_card_until_done(story.court, one))
    assert list(reminders.never_before_the_previous_meeting_has_ended(story.court, one))


def test_answers(story: Story) -> None:
    """What the card shows is what people said; old buttons are answered with the truth."""
    story.meeting.cards[DISCORD] = Card("2 coming: Ada and Ben\n1 maybe: Cleo")
    story.meeting.answers.update({story.ada: "yes", story.ben: "yes", story.cleo: "maybe"})
    assert not list(answers.no_answer_is_lost(story.court, story.meeting))
    story.meeting.answers[story.cleo] = "no"
    assert list(answers.no_answer_is_lost(story.court, story.meeting))
    truth = answers.an_old_button_is_answered_with_the_truth
    assert not list(truth(story.court, story.meeting, "This meeting has moved: …"))
    assert list(truth(story.court, story.meeting, "See you there!"))


def test_nudges(story: Story) -> None:
    """Once, awake, to members who are silent and do not mind; and to each of them."""
    at = datetime(2027, 3, 29, 16, tzinfo=UTC)
    promise = answers.only_those_are_nudged_who_have_not_answered
    assert not list(promise(story.court, story.seen("nudge", at, soul=story.ada)))
    assert list(promise(story.court, story.seen("nudge", at, soul=story.ada))), "twice"
    assert list(promise(story.court, story.seen("nudge", at + 6 * HOUR, soul=story.ben))), "asleep"
    assert list(promise(story.court, story.seen("nudge", at, soul=Soul("Eve")))), "a stranger"
    story.meeting.answers[story.cleo] = "no"
    assert list(promise(story.court, story.seen("nudge", at, soul=story.cleo))), "answered"
    story.meeting.seen.clear()
    story.meeting.members_before = dict(story.circle.learners)
    story.meeting.answered_at[story.cleo] = at - DAY
    left = list(answers.who_keeps_silent_is_nudged(story.court, story.meeting))
    assert len(left) == 2
    one = story.seen("nudge", at, soul=story.ada)
    assert len(list(answers.who_keeps_silent_is_nudged(story.court, story.meeting))) == 1
    assert not list(answers.nobody_is_asked_twice_at_once(story.court, one))
    assert list(answers.nobody_is_asked_twice_at_once(story.court, story.seen("confirm", at, soul=story.ada)))


def test_changes(story: Story) -> None:
    """Each room is told once, and who had said yes is asked, in the morning if it is night."""
    told = answers.a_change_is_told_to_everyone
    assert not list(told(story.court, 1, {story.room: 1}))
    assert list(told(story.court, 1, {story.room: 0}))
    at = datetime(2027, 3, 27, 23, tzinfo=UTC)
    story.meeting.asked_again.append((at, {story.ada}, story.meeting.starts))
    asked = answers.who_had_said_yes_is_asked_again
    assert list(asked(story.court, story.meeting)), "not asked"
    one = story.seen("confirm", waking(at, ZONE), soul=story.ada)
    assert not list(asked(story.court, story.meeting))
    assert not list(answers.confirming_is_asked_of_members(story.court, one))
    assert list(answers.confirming_is_asked_of_members(story.court, story.seen("confirm", at, soul=story.ben)))
    one.at = at
    assert list(asked(story.court, story.meeting)), "at night"


def test_seats(story: Story) -> None:
    """No more than there are, in the order in which people wait."""
    story.circle.seats = 3
    assert not list(seats.seats_are_never_oversold(story.court, story.circle))
    story.circle.offered[Soul("Eve")] = NOW
    assert list(seats.seats_are_never_oversold(story.court, story.circle))
    eve = Soul("Eve")
    story.circle.waiting = [eve]
    place = seats.who_waits_is_told_their_place
    assert not list(place(story.court, story.circle, eve, 1))
    assert list(place(story.court, story.circle, eve, 2))
    offer = story.seen("seat", NOW, soul=eve)
    assert list(seats.a_freed_seat_is_offered_in_order(story.court, offer))
    story.circle.offered = {eve: NOW}
    assert not list(seats.a_freed_seat_is_offered_in_order(story.court, offer))


def test_the_announcement(story: Story) -> None:
    """It counts everybody who is in."""
    promise = seats.the_announcement_counts_who_is_in
    assert not list(promise(story.court, story.circle, "3 learners so far"))
    assert list(promise(story.court, story.circle, "2 learners so far"))
    story.circle.seats = 4
    assert not list(promise(story.court, story.circle, "3 of 4 seats taken"))
    assert list(promise(story.court, story.circle, "2 of 4 seats taken"))


def test_after_a_meeting(story: Story) -> None:
    """The room is asked at the end, the facilitator once and awake, and all that was said is summed up in time."""
    meeting, court = story.meeting, story.court
    assert list(feedback.the_room_is_asked_at_the_end(court, meeting))
    story.seen("asked", meeting.ends)
    assert not list(feedback.the_room_is_asked_at_the_end(court, meeting))
    assert list(feedback.the_facilitator_was_asked(court, meeting))
    one = story.seen("reflect", meeting.ends, soul=story.fay)
    assert not list(feedback.the_facilitator_was_asked(court, meeting))
    assert not list(feedback.the_facilitator_is_asked_privately(court, one))
    asleep = story.seen("reflect", meeting.ends + 5 * HOUR, soul=story.fay)
    assert len(list(feedback.the_facilitator_is_asked_privately(court, asleep))) == 2
    story.all_speak()
    assert not list(feedback.the_summary_says_what_was_said(court, meeting))
    meeting.said.append(Said(story.fay, "", "delta F", 1))
    assert list(feedback.the_summary_says_what_was_said(court, meeting))
    assert list(feedback.plus_and_delta_are_taken_until_it_closes(court, meeting, "Ada", "It is closed."))
    assert not list(feedback.plus_and_delta_are_taken_until_it_closes(court, meeting, "Ada", "Thank you!"))


def test_nobody_is_named(story: Story) -> None:
    """Neither with what they said, nor before three have spoken, nor in what a card said for a while."""
    meeting, court = story.meeting, story.court
    promise = feedback.plus_and_delta_are_named_to_nobody
    story.all_speak()
    assert not list(promise(court, meeting))
    asked = story.seen("asked", meeting.ends, "This meeting is over.")
    asked.message.edits.append(Card("plus A"))
    assert list(promise(court, meeting)), "a card had it for a while"
    asked.message.edits.clear()
    story.seen("summary", meeting.ends, "Ada liked it")
    assert list(promise(court, meeting)), "by name"
    meeting.seen.pop()
    meeting.said.pop()
    assert list(promise(court, meeting)), "two only"


def test_votes(story: Story) -> None:
    """Each is counted."""
    story.seen("summary", NOW, "• less theory: 2 votes")
    story.meeting.votes["less theory"] = {story.ada, story.ben}
    assert not list(feedback.votes_count(story.court, story.meeting))
    story.meeting.votes["less theory"].add(story.cleo)
    assert list(feedback.votes_count(story.court, story.meeting))


def test_everywhere(story: Story) -> None:
    """Nothing astray, nothing twice, nothing once it is over."""
    belongs, twice, silent = (
        everywhere.every_message_belongs_where_it_stands,
        everywhere.nothing_is_sent_twice,
        everywhere.an_ended_circle_keeps_silent,
    )
    one = story.seen("asked", NOW, "Circle D1: this meeting is over")
    assert not list(belongs(story.court, one))
    assert list(belongs(story.court, story.seen("asked", NOW, "Circle D2: this meeting is over")))
    assert list(belongs(story.court, story.seen("unknown", NOW, "Hello")))
    assert list(belongs(story.court, story.seen("nudge", NOW, "Circle D1")))
    assert list(belongs(story.court, story.seen("digest", NOW, "Library: the week")))
    said: Counter[tuple[object, ...]] = Counter()
    assert not list(twice(story.court, one, said))
    assert list(twice(story.court, one, said))
    late = story.seen("reminder", NOW)
    assert not list(silent(story.court, late, story.circle))
    story.circle.ended_at = NOW - DAY
    assert list(silent(story.court, late, story.circle))


def test_digests(story: Story) -> None:
    """On Monday at nine, with everything in it and nothing else; quiet weeks are skipped and said."""
    monday = datetime(2027, 4, 5, 7, tzinfo=UTC)
    story.meeting.is_held = True
    story.meeting.answers[story.ada] = "yes"
    story.meeting.marks[story.ada] = True
    story.circle.joined.append((NOW + 30 * DAY, story.cleo))
    story.circle.learners[story.cleo] = NOW + 30 * DAY
    week = digests.week_before(story.community, monday)
    words = (
        "Library: the week\n\nMeetings held\n• Circle D1: meeting 1, 1 had said yes, 1 came.\n\n"
        "New members\n• Cleo in Circle D1\n\n"
        "Circles that need help\n• Circle D1: there are fewer than four learners. Spread the word."
    )
    right, comes = digests.every_digest_is_right, digests.every_digest_comes_on_monday_at_nine
    assert not list(right(story.court, story.community, words, week))
    assert not list(comes(story.court, story.community, monday, [words], week))
    for wrong in (
        words.replace("1 came", "2 came"),
        words.replace("• Cleo in Circle D1\n", ""),
        words.replace("fewer than four", "many"),
        words.replace("New members", "Plus / delta\n• Circle D1: meeting 1. Mood 4 of 5.\n\nNew members"),
    ):
        assert list(right(story.court, story.community, wrong, week)), wrong
    few = "Circle D1: there are fewer than four learners. Spread the word."
    cut = words.replace(few, "Circle D1: nobody says whether they are coming.\n• and 1 more\n[digest.png: turnout]")
    assert not list(right(story.court, story.community, cut, week))
    story.all_speak()
    spoken = digests.week_before(story.community, monday)
    said = words.replace(
        "New members", "Plus / delta\n• Circle D1: meeting 1. Mood 4 of 5. Plus: “plus A”.\n\nNew members"
    )
    assert not list(right(story.court, story.community, said, spoken))
    assert list(right(story.court, story.community, said.replace("Mood 4", "Mood 3.9"), spoken))
    assert list(right(story.court, story.community, said.replace("plus A", "plus X"), spoken))
    assert list(comes(story.court, story.community, monday + HOUR, [words], week))
    assert list(comes(story.court, story.community, monday, [], week))
    assert list(comes(story.court, story.community, monday, [words, words], week))
    story.community.quiet = 1
    assert list(comes(story.court, story.community, monday, [words], week))
    told = words.replace("\n\nMeetings", "\nThe week before was quiet, so I sent no digest.\n\nMeetings", 1)
    assert not list(comes(story.court, story.community, monday, [told], week))


def test_what_came_too_late(story: Story) -> None:
    """The organizers are told of the circle that was not reminded, because the bot was away."""
    first, second = story.meeting.promised
    story.court.outages.append((first - HOUR, second + HOUR))
    monday = datetime(2027, 4, 5, 7, tzinfo=UTC)
    promise = digests.what_came_too_late_is_told
    assert list(promise(story.court, story.community, monday, "Library: the week"))
    told = "Circles that need help\n• Circle D1: 1 message could not be delivered. Look…"
    assert not list(promise(story.court, story.community, monday, told))
