"""Forms on Telegram, with the real core: choices by buttons, words by message, long forms in private."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.circles import Circle
from bot.domain.communities import Community
from bot.domain.meetings import Meeting
from bot.domain.people import Account
from bot.domain.rsvps import Answer
from bot.features.feedback.intents import GiveFeedback
from bot.features.rsvps.intents import Rsvp, SayWhy
from bot.ports import Store
from storage.engine import Database
from tests.telegram.chatting import Chats, Member
from tests.telegram.happening import GROUP


@pytest.fixture
async def chats(sqlite_database: Database) -> Chats:
    """Return chats in which nothing has happened."""
    return Chats(sqlite_database)


async def made(chats: Chats) -> tuple[Circle, tuple[Meeting, ...]]:
    """Return the only circle, with its meetings."""

    def look(store: Store) -> tuple[Circle, tuple[Meeting, ...]]:
        (community,) = store.communities.all()
        (circle,) = store.circles.of_community(community.id)
        return circle, store.meetings.of_circle(circle.id)

    return await chats.storage.read(look)


async def fills_in(who: Member, title: str = "") -> None:
    """Answer every question of a new circle, from its title on or after it, up to the look-back."""
    if title:
        await who.says(title)
    for step in ("Skip", "Skip"):
        await who.taps(step)
    await who.says("Madrid")
    await who.says("Tuesday 6pm")
    for step in ("Keep “6”", "Keep “90”", "Skip", "Skip", "✓ English"):
        await who.taps(step)


async def through(who: Member) -> list[str]:
    """Leave everything as it stands up to the look-back; return the labels of what was kept."""
    kept: list[str] = []
    while "Save" not in (labels := who.sees().labels):
        kept.append(next(label for label in labels if label.startswith(("✓", "Keep", "Skip"))))
        await who.taps(kept[-1])
    return kept


async def set_up(chats: Chats) -> Meeting:
    """Let Fatima make a circle in the group and publish it, and Ada join; return the first meeting."""
    chats.fatima.runs()
    await chats.fatima.adds_the_bot()
    await chats.fatima.says("/newcircle Python", GROUP)
    await chats.fatima.taps("Go on", GROUP)
    await fills_in(chats.fatima)
    await chats.fatima.taps("Save")
    await chats.fatima.taps("Publish")
    circle, meetings = await made(chats)
    await chats.ada.says(f"/join {circle.title}", GROUP)
    return meetings[0]


class TestInPrivate:
    """A form from its first to its last question in the private chat."""

    async def test_a_circle_is_made_by_taps_and_words(self, chats: Chats) -> None:
        """Each question stands where the last tap was; in the end stands what was understood, then what was made."""
        fatima = chats.fatima
        await fatima.says("/newcircle")
        await fills_in(fatima, "Python <b>for</b> beginners")
        assert "Tuesday, 3 March 2026" in fatima.sees().text
        assert "Python <b>for</b> beginners" in fatima.sees().text
        assert fatima.sees().labels == ["Save", "Change", "Forget it"]
        await fatima.taps("Save")
        assert "Saved" in fatima.sees().text
        circle, meetings = await made(chats)
        assert (circle.title, circle.zone, len(meetings)) == ("Python <b>for</b> beginners", "Europe/Madrid", 6)
        with_buttons = [one for one in chats.standing if one.chat == fatima.user and one.labels]
        assert with_buttons == [fatima.sees()]

    async def test_what_is_not_understood_is_asked_again(self, chats: Chats) -> None:
        """With the reason; what was good stays good, and the form survives a restart."""
        await chats.ada.says("/newcircle Chess")
        for step in ("Skip", "Skip"):
            await chats.ada.taps(step)
        await chats.ada.says("Atlantis")
        assert "Atlantis" in chats.ada.sees().text
        chats.restarts()
        await chats.ada.says("Madrid")
        assert "When is the first meeting?" in chats.ada.sees().text
        await chats.ada.says("Tuesday 6pm")
        await chats.ada.says("a few")
        assert "from 2 to" in chats.ada.sees().text
        assert "Keep “6”" in chats.ada.sees().labels

    async def test_a_date_that_telegram_has_read_is_taken_as_that_instant(self, chats: Chats) -> None:
        """Whatever the words are, and whatever zone the circle keeps."""
        await chats.ada.says("/newcircle Chess")
        for step in ("Skip", "Skip"):
            await chats.ada.taps(step)
        await chats.ada.says("Madrid")
        await chats.ada.says("when we all have time", at=datetime(2026, 3, 3, 17, 0, tzinfo=UTC))
        await through(chats.ada)
        assert "Tuesday, 3 March 2026, 6:00" in chats.ada.sees().text

    async def test_a_form_is_forgotten_by_its_button(self, chats: Chats) -> None:
        """Nothing is kept, and what was asked is not asked any more."""
        await chats.ada.says("/newcircle Chess")
        await chats.ada.taps("Forget it")
        assert chats.ada.sees().text == "Forgotten. Nothing was saved."
        await chats.ada.says("Chess course")
        assert "I only understand commands" in chats.ada.sees().text

    async def test_what_was_understood_can_be_changed(self, chats: Chats) -> None:
        """The answers so far stand in the questions."""
        await chats.fatima.says("/newcircle")
        await fills_in(chats.fatima, "Pyhton")
        await chats.fatima.taps("Change")
        await chats.fatima.says("Python")
        assert "✓ Madrid" in (await through(chats.fatima))
        await chats.fatima.taps("Save")
        circle, _ = await made(chats)
        assert circle.title == "Python"


class TestBegunInAGroup:
    """Long forms go on in private and count where they were begun."""

    async def test_a_circle_is_made_for_the_group(self, chats: Chats) -> None:
        """One tap leads to the private chat; the circle lives in the group whose command began it."""
        await set_up(chats)
        circle, _ = await made(chats)

        def rooms(store: Store) -> list[str]:
            return [place.room.chat for place in store.places.of_circle(circle.id)]

        assert await chats.storage.read(rooms) == [str(GROUP)]
        assert not any("When is the first meeting" in words for words in chats.said(GROUP))

    async def test_what_is_changed_in_the_look_back_still_counts_for_the_group(self, chats: Chats) -> None:
        """The group's circle goes without saying, however often the answers are changed in private."""
        await set_up(chats)
        await chats.fatima.says("/addmeeting Thursday 6pm", GROUP)
        await chats.fatima.taps("Go on", GROUP)
        await through(chats.fatima)
        await chats.fatima.taps("Change")
        await chats.fatima.says("Friday 7pm")
        await through(chats.fatima)
        await chats.fatima.taps("Save")
        _, meetings = await made(chats)
        assert [meeting.starts_local for meeting in meetings][1:2] == [datetime(2026, 3, 6, 19, 0)]
        assert len(meetings) == 7

    async def test_a_question_is_answered_in_the_group_by_reply(self, chats: Chats) -> None:
        """Only the reply of whoever was asked counts, and others' taps do not."""
        await set_up(chats)
        await chats.fatima.says("/topic", GROUP)
        question = chats.newest(GROUP)
        assert "Reply to this message" in question.text
        await chats.ada.says("Nonsense", GROUP, to=question)
        await chats.ada.taps("Skip", GROUP)
        assert "for the person" in chats.ada.toast
        await chats.fatima.says("Loops and lists", GROUP, to=question)
        _, meetings = await made(chats)
        assert meetings[0].topic == "Loops and lists"

    async def test_the_community_of_a_group_is_chosen_in_private(self, chats: Chats) -> None:
        """The group does not read which there are; the panel then speaks of that group, and means it."""
        fatima = chats.fatima
        fatima.runs()
        await fatima.adds_the_bot()
        await fatima.says("/start")

        def organize_two(store: Store) -> None:
            person = store.people.known(Account("telegram", str(fatima.user), ""))
            assert person is not None
            for name in ("Library circles", "Chess clubs"):
                made = store.communities.add(Community(0, name, "en", "Europe/Madrid"))
                store.communities.add_organizer(made.id, person.id)

        await chats.storage.transact(organize_two)
        await fatima.says("/community", GROUP)
        await fatima.taps("Add this room to one of mine", GROUP)
        assert fatima.sees().labels == ["Chess clubs", "Library circles", "Forget it"]
        await fatima.taps("Chess clubs")
        assert "“Digest here” puts it into The room" in fatima.sees().text
        await fatima.taps("Digest here")
        assert "to The room" in fatima.sees().text
        assert not any("Chess clubs" in one.text for one in chats.standing if one.chat == GROUP)

    async def test_a_reason_is_asked_for_in_private(self, chats: Chats) -> None:
        """Only facilitators may read it, so it is not asked for where everybody would."""
        meeting = await set_up(chats)
        await chats.ada.says("/start")
        cannot_come = Rsvp(meeting=meeting.id, answer=Answer.NO, starts=int(meeting.starts_at.timestamp()))
        await chats.ada.sends(cannot_come.payload(), chats.newest(GROUP))
        await chats.ada.says("/reason", GROUP)
        assert "Only some may read your answer" in chats.newest(GROUP).text
        await chats.ada.taps("Go on", GROUP)
        await chats.ada.says("I am in hospital")
        assert not any("hospital" in words for words in chats.said(GROUP))
        card = chats.newest(GROUP)
        await chats.ada.sends(SayWhy.about(meeting=meeting.id).payload(), card)
        assert chats.ada.led_to.startswith("d")
        assert "Why?" in chats.ada.sees().text


class TestFeedback:
    """Plus and delta are given privately."""

    async def test_the_groups_button_opens_the_private_chat(self, chats: Chats) -> None:
        """What was said there is nowhere in the group."""
        meeting = await set_up(chats)
        chats.clock.move_to(meeting.starts_at + timedelta(hours=3))
        before = chats.said(GROUP)
        await chats.ada.sends(GiveFeedback.about(meeting=meeting.id).payload(), chats.newest(GROUP))
        assert "plus" in chats.ada.sees().text.casefold()
        await chats.ada.says("The examples")
        await chats.ada.says("More time")
        for _ in range(6):
            if not chats.ada.sees().labels or "question" in chats.ada.sees().text:
                break
            label = chats.ada.sees().labels[0]
            await chats.ada.taps(label)
        given = await chats.storage.read(lambda store: store.feedback.count(meeting.id))
        assert given == 1
        assert chats.said(GROUP) == before


async def test_chats_with_people_who_have_no_account_left_are_met_kindly(chats: Chats) -> None:
    """Somebody who never opened the chat is led there, and reads there what they asked for in the group."""
    await set_up(chats)
    await chats.grace.says("/help", GROUP)
    invitation = chats.newest(GROUP)
    assert "Grace" in invitation.text
    await chats.grace.taps("Open our private chat", GROUP)
    assert "What you can do here" in chats.grace.sees().text
    found = await chats.storage.read(lambda store: store.people.known(Account("telegram", str(chats.grace.user), "")))
    assert found is not None
