"""Circles: made, published, ended."""

from __future__ import annotations

import pytest

from bot.domain.circles import CircleState
from bot.domain.communities import Community
from bot.domain.people import Role
from bot.features.circles.intents import (
    JoinCircle,
    PostCircle,
    PublishCircle,
    ShowCircle,
)
from bot.ports import Store
from tests.features.one_circle import ANSWERS, a_draft, newest, pressed, the_circle
from tests.support.chat import ChatSim


async def test_a_circle_goes_from_nothing_to_its_first_learners(bare_chat: ChatSim) -> None:
    """A form, a look back, a draft, an announcement, two who join: the whole path."""
    await bare_chat.fatima.says("/newcircle Spanish for beginners")
    await bare_chat.fatima.fills(zone="Madrid", first="10 March 2026 18:00", language="English", place="Room 3")
    assert "Here is what I understood" in bare_chat.fatima.heard
    await bare_chat.fatima.presses("Save")
    assert "Draft" in bare_chat.fatima.heard
    assert "6 weekly meetings" in bare_chat.fatima.heard
    await bare_chat.fatima.presses("Publish")
    assert bare_chat.posts("Join this circle") == 1
    await bare_chat.ada.presses("Join this circle")
    assert "You are in" in bare_chat.ada.heard
    await bare_chat.grace.presses("Join this circle")
    assert "2 learners so far" in bare_chat.card()
    await bare_chat.fatima.says("/circle")
    assert "Learners: Ada and Grace" in bare_chat.fatima.heard


@pytest.mark.parametrize(
    ("first", "said"),
    [
        ("30 February 2026 18:00", "could not read"),
        ("1 March 2026 18:00", "past"),
        ("29 March 2026 02:30", "jump"),
        ("25 October 2026 02:30", "twice"),
        ("18 October 2026 02:30", "Meeting 2"),
        ("22 March 2026 02:30", "Meeting 2"),
        ("10 March 2031 18:00", "years"),
    ],
)
async def test_a_first_meeting_that_cannot_be_is_asked_again(bare_chat: ChatSim, first: str, said: str) -> None:
    """An impossible, past, skipped, repeated or far date is refused on its own field; the rest is kept."""
    await bare_chat.fatima.says("/newcircle")
    await bare_chat.fatima.fills(**(ANSWERS | {"first": first}))
    if bare_chat.fatima.page is None:
        await bare_chat.fatima.presses("Save")
    errors = bare_chat.fatima.errors()
    assert list(errors) == ["first"]
    assert said in errors["first"]
    assert "+00:00" not in errors["first"]
    await bare_chat.fatima.fills(first="10 March 2026 18:00", then="Save")
    assert "Draft" in bare_chat.fatima.heard
    assert "Spanish for beginners" in bare_chat.fatima.heard


@pytest.mark.parametrize("title", ["x" * 10_000, "\u202e\u200b", "   "])
async def test_a_title_that_nobody_could_read_is_asked_again(bare_chat: ChatSim, title: str) -> None:
    """Ten thousand characters, or none that can be seen, are no title."""
    await bare_chat.fatima.says("/newcircle")
    await bare_chat.fatima.fills(**(ANSWERS | {"name": title}))
    if bare_chat.fatima.page is None:
        await bare_chat.fatima.presses("Save")
    assert list(bare_chat.fatima.errors()) == ["name"]


@pytest.mark.parametrize(
    "title",
    ["<b>Bold</b> & co", "@everyone *now* _here_", "🎉 مجموعة التعلّم 🎉", '=HYPERLINK("http://x")', "{circle} %s"],
)
async def test_a_title_is_shown_as_it_was_written(bare_chat: ChatSim, title: str) -> None:
    """Markup, mentions, emoji, right-to-left scripts, formulas and placeholders are words like any other."""
    await a_draft(bare_chat, name=title)
    await bare_chat.fatima.presses("Publish")
    assert title in bare_chat.card()
    await bare_chat.ada.presses("Join this circle")
    assert title in bare_chat.ada.heard


async def test_an_unknown_zone_is_asked_again(bare_chat: ChatSim) -> None:
    """A place that is no time zone is refused on its own field."""
    await bare_chat.fatima.says("/newcircle")
    await bare_chat.fatima.fills(**(ANSWERS | {"zone": "Atlantis"}))
    assert list(bare_chat.fatima.errors()) == ["zone"]


@pytest.mark.parametrize("zone", ["Madrid", "madrid", "Europe/Madrid", "New York", "America/New_York", "UTC"])
async def test_a_zone_is_found_by_its_city_or_its_name(bare_chat: ChatSim, zone: str) -> None:
    """A city or an IANA name will do."""
    await bare_chat.fatima.says("/newcircle")
    await bare_chat.fatima.fills(**(ANSWERS | {"zone": zone}))
    assert "Here is what I understood" in bare_chat.fatima.heard


async def test_a_draft_does_not_exist_for_others(bare_chat: ChatSim) -> None:
    """Others neither find a draft nor learn of it from a forged button."""
    await a_draft(bare_chat)
    circle = await the_circle(bare_chat)
    await bare_chat.ada.says("/circles")
    assert "Spanish" not in bare_chat.ada.heard
    for payload in (ShowCircle(circle=circle.id), JoinCircle(circle=circle.id), PublishCircle(circle=circle.id)):
        await bare_chat.ada.presses_payload(payload.payload())
        assert "Spanish" not in bare_chat.ada.heard
    await bare_chat.ada.says("/circle")
    assert "Spanish" not in bare_chat.ada.heard
    assert (await the_circle(bare_chat)).state is CircleState.DRAFT


async def test_a_preview_is_what_the_room_will_see(bare_chat: ChatSim) -> None:
    """The preview and the announcement are the same, and the preview is for one pair of eyes."""
    await a_draft(bare_chat, place="Room 3")
    await bare_chat.fatima.presses("Preview")
    preview = bare_chat.fatima.sees()
    assert bare_chat.said() == []
    await bare_chat.fatima.presses("Publish")
    assert bare_chat.said() == [preview]


async def test_publishing_twice_announces_once(bare_chat: ChatSim) -> None:
    """A second tap on Publish tells the truth and posts nothing."""
    await a_draft(bare_chat)
    payload = next(
        b.intent.payload()
        for row in bare_chat.platform.seen_by(bare_chat.fatima.user)[-1].message.rows
        for b in row
        if b.label == "Publish" and b.intent
    )
    post = bare_chat.platform.seen_by(bare_chat.fatima.user)[-1]
    await bare_chat.fatima.presses_payload(payload, post)
    await bare_chat.fatima.presses_payload(payload, post)
    assert bare_chat.fatima.toast == "It is published already."
    assert bare_chat.posts("Join this circle") == 1


async def test_unpublishing_is_asked_once_and_told(chat: ChatSim) -> None:
    """The room hears of it, the card rests, reminders stop, members stay, and publishing brings it back."""
    await pressed(chat, "Post it here")
    await pressed(chat, "More…", "Unpublish")
    assert "Unpublish it?" in chat.facilitator.heard
    assert chat.posts("resting") == 0
    await chat.facilitator.presses("Unpublish")
    await chat.passes(minutes=1)
    assert chat.posts("resting") == 1
    assert "not open at the moment" in chat.card("Python")
    await chat.passes(days=6.5)
    assert chat.posts("in 2 days") == 0
    await chat.ada.says("/circle")
    assert "resting" in chat.ada.heard
    await pressed(chat, "Publish")
    await chat.passes(minutes=1)
    assert chat.card("Join this circle")


async def test_ending_can_be_taken_back(chat: ChatSim) -> None:
    """The room is thanked; nobody can join; “Open it again” makes a draft of it."""
    await pressed(chat, "Post it here")
    await pressed(chat, "More…", "End the circle", "End the circle")
    await chat.passes(minutes=1)
    assert chat.posts("has come to its end") == 1
    await chat.mary.presses_payload(JoinCircle(circle=chat.circle).payload())
    assert chat.mary.toast == "This circle has ended."
    await chat.facilitator.presses("More…")
    await chat.facilitator.presses("Open it again")
    assert (await the_circle(chat)).state is CircleState.DRAFT


async def test_a_circle_made_in_private_is_posted_from_its_room(bare_chat: ChatSim) -> None:
    """Without a room the panel says where to go; there, “Post it here” makes it the circle's room."""
    await bare_chat.fatima.whispers("/newcircle")
    await bare_chat.fatima.fills(**ANSWERS, then="Save")
    await bare_chat.fatima.presses("Publish")
    assert "no room yet" in bare_chat.fatima.toast
    assert "/circle" in bare_chat.fatima.heard
    assert bare_chat.said() == []
    await bare_chat.fatima.says("/circle")
    if bare_chat.fatima.page:
        await bare_chat.fatima.fills(circle=str((await the_circle(bare_chat)).id))
    await bare_chat.fatima.presses("Post it here")
    assert "Join this circle" in bare_chat.card()


async def test_a_strangers_circle_does_not_come_into_a_room(chat: ChatSim) -> None:
    """Whoever looks after neither the room nor its community cannot have the bot post there."""
    await chat.eve.whispers("/newcircle")
    await chat.eve.fills(**ANSWERS, then="Save")
    await chat.eve.presses("Publish")
    await chat.eve.presses_payload(PostCircle(circle=(await chat.storage.read(newest)).id).payload())
    assert "look after this room" in chat.eve.toast
    assert chat.said() == []


async def test_a_form_sent_after_its_circle_ended_is_answered_kindly(chat: ChatSim) -> None:
    """Somebody who lost the power meanwhile changes nothing."""
    await pressed(chat, "Change…", "What it is about")
    fatima = await chat.storage.transact(chat.facilitator.person)
    ada = await chat.storage.transact(chat.ada.person)
    await chat.storage.transact(lambda s: s.seats.set_role(chat.circle, ada.id, Role.FACILITATOR))
    await chat.storage.transact(lambda s: s.seats.leave(chat.circle, fatima.id, chat.clock.now()))
    await chat.facilitator.fills(name="Mine")
    assert "Only a facilitator" in chat.facilitator.heard
    assert (await the_circle(chat)).title == "Python for beginners"


async def test_a_community_is_asked_for_only_where_there_are_several(chat: ChatSim) -> None:
    """In the room its community goes without saying; in private, one's own."""
    await chat.organizer.whispers("/newcircle")
    assert chat.organizer.page is not None
    assert "community" not in {question.field for question in chat.organizer.page.questions}

    def another(store: Store) -> int:
        made = store.communities.add(Community(0, "Night school", "en", "Europe/Lisbon"))
        store.communities.add_organizer(made.id, chat.organizer.person(store).id)
        return made.id

    night_school = await chat.storage.transact(another)
    await chat.organizer.whispers("/newcircle")
    await chat.organizer.fills(**ANSWERS, community="Night school", then="Save")
    assert (await chat.storage.read(newest)).community == night_school


async def test_a_strangers_circle_is_in_a_community_of_their_own(chat: ChatSim) -> None:
    """Typing /newcircle in somebody's room does not make one part of their community."""
    await chat.eve.says("/newcircle")
    await chat.eve.fills(**ANSWERS, then="Save")
    circle = await chat.storage.read(newest)
    assert circle.community != chat.community
    assert "Room: none yet" in chat.eve.heard


async def test_a_circle_is_made_one_question_at_a_time(bare_chat: ChatSim) -> None:
    """Every question comes once, begun with what is at hand; a slip is asked again."""
    bare_chat.platform.page_size = 1
    await bare_chat.fatima.whispers("/newcircle Spanish")
    asked = []
    while (page := bare_chat.fatima.page) is not None:
        (question,) = page.questions
        asked.append(question.field)
        slip = question.field == "first" and not question.error
        answer = {"zone": "Madrid", "first": "yesterday 6pm" if slip else "Tuesday 6pm", "language": "en"}
        await bare_chat.fatima.fills(**{question.field: answer.get(question.field, question.value)})
        if "Here is what I understood" in bare_chat.fatima.heard:
            await bare_chat.fatima.presses("Save")
    assert asked.count("first") == 2
    assert "Draft" in bare_chat.fatima.heard
    assert len(asked) == len(set(asked)) + 1


async def test_an_announcement_that_stands_is_not_offered_again(chat: ChatSim) -> None:
    """Once posted by hand or on its way by publishing, “Post it here” is gone; it is back where the room was left."""
    await pressed(chat)
    assert "Post it here" in chat.facilitator.heard
    await pressed(chat, "Post it here")
    await pressed(chat)
    assert "Post it here" not in chat.facilitator.heard
    await pressed(chat, "More…", "Unpublish", "Unpublish")
    await pressed(chat, "Publish")
    assert "Published." in chat.facilitator.heard
    assert "Post it here" not in chat.facilitator.heard
    await pressed(chat, "More…", "Stop posting in this room")
    assert "Post it here" in chat.facilitator.heard


async def test_a_circle_that_meets_tomorrow_is_asked_about_at_once(bare_chat: ChatSim) -> None:
    """Published within its first lead time: the announcement, then once the card that asks who comes."""
    await a_draft(bare_chat, first="3 March 2026 18:00")
    await bare_chat.fatima.presses("Publish")
    await bare_chat.passes(hours=1)
    assert "Join this circle" in bare_chat.said()[0]
    assert "I'm coming" in bare_chat.said()[1]
    assert bare_chat.posts("I'm coming") == 1
