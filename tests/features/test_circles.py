"""Circles: made, published, shown, changed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.circles import Circle, CircleState
from bot.domain.communities import Community
from bot.domain.people import Role
from bot.features.circles.intents import (
    EditAbout,
    EndCircle,
    JoinCircle,
    PostCircle,
    PublishCircle,
    Section,
    ShowCircle,
    TurnPanel,
)
from bot.ports import Store
from tests.support.chat import ChatSim

ANSWERS = {"name": "Spanish for beginners", "zone": "Madrid", "first": "10 March 2026 18:00", "language": "en"}


async def a_draft(chat: ChatSim, **answers: str) -> None:
    """Have Fatima make a circle in the room."""
    await chat.fatima.says("/newcircle")
    await chat.fatima.fills(**(ANSWERS | answers), then="Save")


async def the_circle(chat: ChatSim) -> Circle:
    """Return the newest circle."""
    return await chat.storage.read(newest)


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


async def pressed(chat: ChatSim, *labels: str) -> None:
    """Have Fatima open her panel and press one button after the other."""
    await chat.facilitator.says("/circle")
    for label in labels:
        await chat.facilitator.presses(label)


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
    assert "Join this circle" in chat.card("Python")


async def test_ending_can_be_taken_back(chat: ChatSim) -> None:
    """The room is thanked; nobody can join; “Open it again” makes a draft of it."""
    await pressed(chat, "Post it here")
    await pressed(chat, "More…", "End the circle", "End the circle")
    await chat.passes(minutes=1)
    assert chat.posts("has come to its end") == 1
    await chat.mary.presses_payload(JoinCircle(circle=chat.circle).payload())
    assert "closed" in chat.mary.toast
    await chat.facilitator.presses("More…")
    await chat.facilitator.presses("Open it again")
    assert (await the_circle(chat)).state is CircleState.DRAFT


async def test_the_panel_never_has_more_buttons_than_fit(chat: ChatSim) -> None:
    """Five rows of five, on every level, for everybody."""
    await pressed(chat, "Change…", "Back", "More…", "Back", "Members")
    await chat.ada.says("/circle")
    await chat.mary.says("/circle")
    for post in chat.platform.posts:
        assert len(post.message.rows) <= 5
        assert all(len(row) <= 5 for row in post.message.rows)


async def test_a_long_roster_is_turned_page_by_page(chat: ChatSim) -> None:
    """Everybody in a large circle can be reached, and no page has more buttons than fit."""
    for number in range(30):
        await getattr(chat, f"guest{number}").says("/join")
    await pressed(chat, "Members")
    assert "33 learners so far" in chat.facilitator.heard
    assert "Guest29" not in chat.facilitator.heard
    await chat.facilitator.presses("Later")
    await chat.facilitator.presses("Later")
    assert "Guest29" in chat.facilitator.heard
    assert all(len(post.message.rows) <= 5 for post in chat.platform.posts)


async def test_every_button_of_the_panel_leads_somewhere(chat: ChatSim) -> None:
    """Whatever can be tapped, by a facilitator or a learner, is answered, and never with trouble."""
    for someone in (chat.facilitator, chat.ada):
        await someone.says("/circle")
        panel = chat.platform.seen_by(someone.user)[-1]
        first = [button for row in panel.message.rows for button in row]
        for button in first:
            assert button.intent is not None
            await someone.presses_payload(button.intent.payload(), panel)
            assert someone.heard
            second = [inner for row in panel.message.rows for inner in row] if button.label.endswith("…") else []
            for inner in second:
                assert inner.intent is not None
                await someone.presses_payload(inner.intent.payload(), panel)
                assert someone.heard
                assert "Something went wrong" not in someone.heard


async def test_each_sees_the_panel_of_their_own(chat: ChatSim) -> None:
    """Facilitators run it, learners see what is theirs, others may join; nobody else sees the answer."""
    await chat.facilitator.says("/circle")
    assert "Next step:" in chat.facilitator.heard
    await chat.ada.says("/circle")
    assert "My answers" in chat.ada.heard
    assert "Next step" not in chat.ada.heard
    await chat.mary.says("/circle")
    assert "Join this circle" in chat.mary.heard
    assert "Ada" not in chat.mary.heard
    assert chat.said() == []


async def test_the_video_link_is_for_members(chat: ChatSim) -> None:
    """Whoever has the link can walk in, so an announcement only says that there is one."""
    await pressed(chat, "Post it here")
    posts = chat.platform.in_room(chat.room)
    assert "https://meet.example/py" not in repr(posts[-1].message)
    await chat.ada.says("/circle")
    assert "https://meet.example/py" in repr(chat.platform.seen_by(chat.ada.user)[-1].message)


async def test_somebody_elses_button_says_who_may(chat: ChatSim) -> None:
    """A learner's forged press on a facilitator's button changes nothing."""
    for section in Section:
        await chat.ada.presses_payload(TurnPanel(circle=chat.circle, section=section).payload())
        assert "Only a facilitator" in chat.ada.toast
    await chat.ada.presses_payload(EndCircle(circle=chat.circle, sure=True).payload())
    assert "Only a facilitator" in chat.ada.toast
    await chat.ada.presses_payload(EditAbout.about(circle=chat.circle).payload())
    assert chat.ada.page is None
    assert (await the_circle(chat)).state is CircleState.PUBLISHED


async def test_a_form_begins_with_what_is(chat: ChatSim) -> None:
    """Changing one thing keeps the others."""
    await pressed(chat, "Change…", "What it is about")
    await chat.facilitator.fills(name="Python, slowly")
    circle = await the_circle(chat)
    assert (circle.title, circle.course) == ("Python, slowly", "Python basics")


@pytest.mark.parametrize(
    ("words", "leads"),
    [
        ("2 days, 2 hours", [timedelta(days=2), timedelta(hours=2)]),
        ("30 min and 1 week", [timedelta(weeks=1), timedelta(minutes=30)]),
        ("1 day 12 hours", [timedelta(hours=36)]),
        ("1d; 2h", [timedelta(days=1), timedelta(hours=2)]),
        ("none", []),
        ("", []),
    ],
)
async def test_lead_times_are_read_in_words(chat: ChatSim, words: str, leads: list[timedelta]) -> None:
    """Plain words, abbreviations and lists mean what people mean."""
    await pressed(chat, "Change…", "Reminder times")
    await chat.facilitator.fills(leads=words)
    assert list((await the_circle(chat)).leads) == leads


@pytest.mark.parametrize("words", ["soon", "2", "2 fortnights", "1 minute", "9 weeks", "2 days before lunch"])
async def test_lead_times_that_mean_nothing_are_asked_again(chat: ChatSim, words: str) -> None:
    """What cannot be read, or is no use, is refused on its field."""
    await pressed(chat, "Change…", "Reminder times")
    await chat.facilitator.fills(leads=words)
    assert list(chat.facilitator.errors()) == ["leads"]


async def test_a_form_offers_the_lead_times_as_it_reads_them(chat: ChatSim) -> None:
    """What stands in the form can be sent as it is."""
    await pressed(chat, "Change…", "Reminder times")
    assert chat.facilitator.page is not None
    assert chat.facilitator.page.questions[0].value == "2 days, 2 hours"


async def test_a_new_zone_keeps_the_hour_and_tells_everyone(chat: ChatSim) -> None:
    """Six o'clock stays six o'clock, on another clock."""
    before = (await chat.meetings())[0]
    await pressed(chat, "Change…", "Time zone")
    await chat.facilitator.fills(zone="London", then="Save")
    await chat.passes(minutes=1)
    after = (await chat.meetings())[0]
    assert after.starts_local == before.starts_local
    assert after.starts_at == before.starts_at + timedelta(hours=1)
    assert (await the_circle(chat)).zone == "Europe/London"
    assert len(chat.said()) == 1


async def test_a_new_place_is_told(chat: ChatSim) -> None:
    """People must not stand before the wrong door."""
    await pressed(chat, "Change…", "Where you meet")
    await chat.facilitator.fills(place="Room 7")
    await chat.passes(minutes=1)
    assert chat.posts("Room 7") == 1


@pytest.mark.parametrize("words", ["python", "PYTHON tuesday", "online", "english"])
async def test_the_directory_is_searched_in_plain_words(chat: ChatSim, words: str) -> None:
    """Title, course, weekday, language and “online” are all found."""
    await chat.mary.says(f"/circles {words}")
    assert "Python for beginners" in chat.mary.heard
    assert chat.said() == []


async def test_the_directory_has_a_kind_word_for_nothing(chat: ChatSim) -> None:
    """Nothing found is said with what to do instead; a result can be joined in two taps."""
    await chat.mary.says("/circles knitting")
    assert "no open circle for “knitting”" in chat.mary.heard
    await chat.mary.presses("Show all")
    await chat.mary.presses("Python for beginners")
    await chat.mary.presses("Join this circle")
    assert "You are in" in chat.mary.heard


async def test_without_a_circle_one_is_shown_the_way(bare_chat: ChatSim) -> None:
    """/circle, /join and /leave answer kindly where there is nothing."""
    for command, words in (
        ("/circle", "not in a circle"),
        ("/join", "No circle is open"),
        ("/leave", "not in a circle"),
    ):
        await bare_chat.ada.says(command)
        assert words in bare_chat.ada.heard


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


def newest(store: Store) -> Circle:
    """Return the newest circle of all."""
    return max((c for one in store.communities.all() for c in store.circles.of_community(one.id)), key=lambda c: c.id)


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
