"""The digest: every Monday, when asked for, and never more than organizers should know."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.chat.intents import Intent
from bot.chat.message import Picture
from bot.domain.feedback import Decision
from bot.domain.notices import DeliveryState, DigestDue, Due, Reminder
from bot.features.circles.intents import EndCircle, PublishCircle, ReopenCircle
from bot.features.digests.intents import SendDigest
from bot.ports import Store
from tests.features.after_meetings import says_it
from tests.support.chat import ZONE, ChatSim
from tests.support.sim import group, private

OFFICE = group("office")
MONDAY = datetime(2026, 3, 16, 9, 0)
"""The first digest after the first meeting, which is on Tuesday the 10th at 18:00."""


async def digest_in_the_office(chat: ChatSim) -> None:
    """Let the organizer have the digest in the organizers' room."""
    await chat.organizer.says("/community", OFFICE)
    await chat.organizer.presses("Add this room to Library circles")
    await chat.organizer.presses("Digest here")


async def run_by_fatima(chat: ChatSim, *intents: Intent) -> None:
    """Let the facilitator press buttons of the circle's panel."""
    for intent in intents:
        await chat.facilitator.says("/circle")
        await chat.facilitator.presses_payload(intent.payload(), chat.platform.seen_by(chat.facilitator.user)[-1])


async def end_the_circle(chat: ChatSim) -> None:
    """Let there be no circle that goes on."""
    await run_by_fatima(chat, EndCircle(circle=chat.circle, sure=True))


async def held_a_meeting(chat: ChatSim) -> None:
    """Let the first meeting take place: Ada, Grace and Linus answer, two come, all say how it was."""
    meeting = (await chat.meetings())[0]
    await chat.moves_to(datetime(2026, 3, 9, 12, 0))
    for name in ("ada", "grace", "linus"):
        await getattr(chat, name).says("/next")
        await getattr(chat, name).presses("I'm coming")
    await chat.moves_to(datetime(2026, 3, 10, 20, 0))

    def mark(store: Store) -> None:
        for name, came in (("ada", True), ("grace", True), ("linus", False)):
            store.attendance.mark(meeting.id, getattr(chat, name).person(store).id, came=came)

    await chat.store.transact(mark)
    await says_it(chat.ada, plus="Clear examples", delta="Start on time", mood="5 great")
    await says_it(chat.grace, plus="Good questions", mood="4 good")
    await says_it(chat.linus, delta="More breaks", mood="4 good")


def digests(chat: ChatSim) -> list[str]:
    """Return the digests in the organizers' room."""
    return [text for text in chat.said(OFFICE) if text.startswith("Library circles: the week")]


async def test_monday_s_digest_tells_of_the_week(chat: ChatSim) -> None:
    """Turnout against RSVPs, mood, themes, decisions, new members, the week ahead, who needs help; and a chart."""
    await digest_in_the_office(chat)
    await held_a_meeting(chat)
    meeting = (await chat.meetings())[0]

    def decide(store: Store) -> None:
        store.decisions.take_up(
            Decision(0, chat.circle, meeting.id, "Begin at six sharp", made_at=chat.clock.now()), None
        )

    await chat.store.transact(decide)
    await chat.moves_to(MONDAY - timedelta(minutes=1))
    assert len(digests(chat)) == 1, "the first, of the week before, with all the new members"
    await chat.moves_to(MONDAY)
    assert len(digests(chat)) == 2
    text = digests(chat)[-1]
    for words in (
        "Meetings held\n• Python for beginners: meeting 1, 3 had said yes, 2 came.",
        "Mood 4.3 of 5.",
        "Clear examples",
        "Start on time",
        "Begin at six sharp",
        "This week\n• Python for beginners: meeting 2,",
        "nobody has answered yet.",
        "there are fewer than four learners",
        "nobody says whether they are coming",
    ):
        assert words in text
    assert "Linus" not in text
    assert "/" not in text.replace("Plus / delta", "")


async def test_the_chart_says_the_same_in_words(chat: ChatSim) -> None:
    """The picture is drawn, and has a text alternative with every number."""
    await digest_in_the_office(chat)
    await held_a_meeting(chat)
    await chat.moves_to(MONDAY)
    picture = chat.platform.in_room(OFFICE)[-1].message.picture
    assert isinstance(picture, Picture)
    assert picture.png.startswith(b"\x89PNG")
    assert "Python for beginners, meeting 1: 3 said yes, 2 came" in picture.alt


async def test_new_members_come_with_their_goals(chat: ChatSim) -> None:
    """Who joined in the week stands there with what they want; hostile words are only words."""

    def goal(store: Store) -> None:
        member = store.seats.member(chat.circle, chat.ada.person(store).id)
        assert member is not None
        store.seats.leave(chat.circle, member.person.id, chat.clock.now())
        store.seats.take(replace(member, goal="Write <b>bots</b>\n\n@everyone " + "x" * 500), chat.clock.now())

    await chat.store.transact(goal)
    await chat.organizer.whispers("/digest")
    digest = chat.organizer.inbox()[-1]
    assert "Ada in Python for beginners, wants: “Write <b>bots</b> @everyone x" in digest
    assert "x" * 100 not in digest


async def test_fewer_than_three_answers_stay_unread(chat: ChatSim) -> None:
    """What two have said of a meeting is told to nobody, not even the mood."""
    await digest_in_the_office(chat)
    await chat.moves_to(datetime(2026, 3, 10, 20, 0))
    await says_it(chat.ada, plus="Only me", mood="1 rough")
    await says_it(chat.grace, delta="And me", mood="1 rough")
    await chat.moves_to(MONDAY)
    text = digests(chat)[-1]
    for words in ("Only me", "And me", "Mood"):
        assert words not in text


async def test_open_plus_delta_waits_until_it_is_closed(chat: ChatSim) -> None:
    """Asking twice while people are answering tells nothing; once it is closed it is told."""

    def join(store: Store) -> None:
        member = store.seats.member(chat.circle, chat.ada.person(store).id)
        assert member is not None
        store.seats.take(replace(member, person=chat.mary.person(store)), chat.clock.now())

    await chat.store.transact(join)
    await held_a_meeting(chat)
    await chat.organizer.whispers("/digest")
    assert "Meetings held" in chat.organizer.inbox()[-1]
    assert "Mood" not in chat.organizer.inbox()[-1]
    await chat.moves_to(datetime(2026, 3, 13, 12, 0))
    await chat.organizer.whispers("/digest")
    assert "Mood 4.3" in chat.organizer.inbox()[-1]


# Asked for


async def test_the_digest_now(chat: ChatSim) -> None:
    """Asked for in private it comes there; the second time it comes again."""
    await chat.organizer.whispers("/digest")
    assert chat.organizer.heard == "Here it comes."
    await chat.organizer.whispers("/digest")
    assert sum("Library circles: the week" in text for text in chat.organizer.inbox()) == 2


async def test_asked_for_in_its_room(chat: ChatSim) -> None:
    """In the digest's own room everybody may read it."""
    await digest_in_the_office(chat)
    await chat.organizer.says("/digest", OFFICE)
    assert len(digests(chat)) == 1


async def test_asked_for_among_learners(chat: ChatSim) -> None:
    """In a circle's room not everybody is an organizer: it comes privately."""
    await chat.organizer.says("/digest")
    assert "privately" in chat.organizer.heard
    assert not chat.posts("the week")
    assert "Library circles: the week" in chat.organizer.inbox()[-1]


async def test_only_organizers_get_it(chat: ChatSim) -> None:
    """Neither by command nor by a forged button."""
    for somebody in (chat.ada, chat.facilitator, chat.zoe):
        await somebody.says("/digest")
        assert "Only an organizer" in somebody.heard
        await somebody.presses_payload(SendDigest(community=chat.community).payload())
        assert "Only an organizer" in somebody.heard


async def test_a_digest_in_the_digest_s_language(chat: ChatSim) -> None:
    """In its room the digest speaks its own language, in private the reader's."""
    await digest_in_the_office(chat)

    def speak(store: Store) -> None:
        community = store.communities.get(chat.community)
        assert community is not None
        store.communities.save(replace(community, digest_language="en-XA"), community)

    await chat.store.transact(speak)
    await chat.organizer.says("/digest", OFFICE)
    assert "⟦" in chat.said(OFFICE)[-1]
    await chat.organizer.says("/digest", private(chat.organizer.user))
    assert "⟦" not in chat.organizer.inbox()[-1]


# Quiet weeks, and years


async def test_quiet_weeks_are_skipped_and_said_so(chat: ChatSim) -> None:
    """Nothing to tell: no digest, a line in the log, a word in the next one; who asks hears that it is quiet."""
    await digest_in_the_office(chat)
    await end_the_circle(chat)
    await chat.moves_to(datetime(2026, 3, 30, 10, 0))
    assert len(digests(chat)) == 1, "the first week had new members"
    log = await chat.store.read(lambda store: store.deliveries.log(community=chat.community))
    quiet = [one for one in log if one.state is DeliveryState.DROPPED and one.outcome == "quiet week"]
    assert len(quiet) == 3
    await chat.organizer.says("/digest", OFFICE)
    assert "A quiet week" in chat.said(OFFICE)[-1]
    await run_by_fatima(chat, ReopenCircle(circle=chat.circle), PublishCircle(circle=chat.circle))
    await chat.moves_to(datetime(2026, 4, 6, 10, 0))
    assert "The 3 weeks before were quiet" in digests(chat)[-1]


async def test_digests_go_on_for_years(chat: ChatSim) -> None:
    """Week after week at nine by the wall clock, across clock changes and restarts, with nobody planning anything."""
    await digest_in_the_office(chat)
    await end_the_circle(chat)
    await chat.moves_to(datetime(2027, 3, 1, 10, 0))
    await chat.crash_and_restart()
    await chat.moves_to(datetime(2028, 3, 6, 10, 0))
    log = await chat.store.read(lambda store: store.deliveries.log(community=chat.community, limit=1000))
    due = [one.due.due_at for one in log if isinstance(one.due.notice, DigestDue)]
    assert len(due) == 105
    assert len(set(due)) == 105
    assert {at.astimezone(ZoneInfo(ZONE)).strftime("%a %H:%M") for at in due} == {"Mon 09:00"}
    waiting = await chat.store.read(lambda store: store.deliveries.waiting(community=chat.community))
    assert [one.due.due_at.date().isoformat() for one in waiting if isinstance(one.due.notice, DigestDue)] == [
        "2028-03-13"
    ]


async def test_messages_that_did_not_arrive_are_told(chat: ChatSim) -> None:
    """What was given up in the week is counted, with what to do about it."""
    meeting = (await chat.meetings())[0]

    def fail(store: Store) -> None:
        place = store.places.note(chat.room, "", "").id
        due = Due("remind:lost", Reminder(meeting.id, 60), chat.clock.now(), place=place, circle=chat.circle)
        store.deliveries.plan([due])
        lost = store.deliveries.find("remind:lost")
        assert lost is not None
        store.deliveries.finish(lost.id, DeliveryState.FAILED, "the bot was removed", chat.clock.now())

    await chat.store.transact(fail)
    await chat.organizer.whispers("/digest")
    assert "1 message could not be delivered" in chat.organizer.inbox()[-1]


async def test_that_nobody_comes_is_said_in_words(chat: ChatSim) -> None:
    """People who answered no are no “0 are coming”."""
    await digest_in_the_office(chat)
    await chat.moves_to(MONDAY - timedelta(days=1))
    await chat.ada.says("/next")
    await chat.ada.presses("Can't make it")
    await chat.moves_to(MONDAY + timedelta(minutes=5))
    assert "nobody is coming so far; 1 of" in chat.said(OFFICE)[-1]
