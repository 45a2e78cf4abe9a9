"""The panel, what it changes, and the directory."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.circles import CircleState
from bot.features.circles.intents import (
    EditAbout,
    EndCircle,
    Section,
    TurnPanel,
)
from bot.ports import Store
from tests.features.one_circle import pressed, the_circle
from tests.support.chat import ChatSim


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
    page = chat.facilitator.page
    assert page is not None
    (question,) = page.questions
    assert (question.value, question.before) == (words, "2 days, 2 hours")  # which can still be kept


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


@pytest.mark.parametrize("words", ["miercoles", "MIÉRCOLES", "balcon", "Huertó"])
async def test_accents_and_case_do_not_matter_in_a_search(chat: ChatSim, words: str) -> None:
    """Few people type them on a phone; the words of the circle and our own are found without."""

    def rename(store: Store) -> None:
        circle = store.circles.get(chat.circle)
        assert circle is not None
        store.circles.save(replace(circle, title="Huerto en el balcón", about="Los miércoles"), circle)

    await chat.store.transact(rename)
    await chat.mary.says(f"/circles {words}")
    assert "Huerto en el balcón" in chat.mary.heard


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
