"""The greeting, help, one's own settings, and the way out of a form."""

from __future__ import annotations

import json

import pytest

from bot.assembly import features
from bot.chat.message import Reply, Say
from bot.domain.daytime import read_time
from bot.domain.feedback import Feedback
from bot.domain.people import Person
from bot.features.people import views
from bot.features.people.doors import LABELS, audience
from bot.i18n import PSEUDO, Catalogue
from bot.ports import Store
from bot.rules import Audience
from tests.features.after_meetings import CLOSED, OVER, names_feedback, says_it
from tests.support.chat import ChatSim
from tests.support.sim import group, private

ROUTES = [route for feature in features() for route in feature.routes]
COMMANDS = [route for route in ROUTES if route.intent.command and route.intent.summary]


async def test_a_stranger_hears_what_a_circle_is(chat: ChatSim) -> None:
    """Whoever opens the private chat for the first time is told what this is and offered what is next."""
    await chat.zoe.opens()
    assert "Hello Zoe" in chat.zoe.heard
    assert "Find a circle" in chat.zoe.heard
    assert "Start a circle" in chat.zoe.heard


async def test_the_greeting_fits_the_role(chat: ChatSim) -> None:
    """A learner is offered their next meeting, an organizer their community."""
    await chat.ada.opens()
    assert "Next meeting" in chat.ada.heard
    assert "Community" not in chat.ada.heard
    await chat.organizer.opens()
    assert "Community" in chat.organizer.heard


async def test_a_room_is_greeted_for_all(chat: ChatSim) -> None:
    """In a room everybody reads the hello."""
    reply = await chat.zoe.says("/start", group("elsewhere"))
    assert isinstance(reply, Say)
    assert not reply.private
    assert "Hello everybody" in chat.zoe.heard


async def test_the_greeting_s_buttons_work(chat: ChatSim) -> None:
    """What the greeting offers can be pressed."""
    await chat.organizer.opens()
    for label in ("My settings", "What can I do?", "Community"):
        await chat.organizer.opens()
        await chat.organizer.presses(label)
        assert chat.organizer.heard
        assert "older time" not in chat.organizer.heard


@pytest.mark.parametrize("link", ["i-", "i-nonsense", "x" * 10_000, "hello there"])
async def test_an_odd_link_does_no_harm(chat: ChatSim, link: str) -> None:
    """A link that is not ours gets a kind answer."""
    await chat.zoe.opens(link)
    assert chat.zoe.page is None
    assert "invitation" in chat.zoe.heard if link.startswith("i-") else "Hello" in chat.zoe.heard


async def test_help_shows_only_what_one_may_do(chat: ChatSim) -> None:
    """Learners are not shown what is for organizers."""
    await chat.zoe.whispers("/help")
    assert "/circles" in chat.zoe.heard
    assert "/digest" not in chat.zoe.heard
    await chat.organizer.whispers("/help")
    assert "/digest" in chat.organizer.heard


async def test_help_has_buttons_for_the_usual_only(chat: ChatSim) -> None:
    """What cannot be taken back is told of in words; only organizers get the organizers' doors."""
    learners = _labels(await chat.ada.whispers("/help"))
    assert "/forgetme" in chat.ada.heard
    assert {"Next meeting", "Plus / delta", "Find a circle"} <= learners
    assert not {"Leave a circle", "Erase what I keep about you", "Community"} & learners
    assert {"Community", "Digest now"} <= _labels(await chat.organizer.whispers("/help"))


def _labels(reply: Reply) -> set[str]:
    assert isinstance(reply, Say)
    return {button.label for row in reply.message.rows for button in row}


async def test_help_knows_the_room(chat: ChatSim) -> None:
    """In the circle's room help is about one's role there."""
    await chat.facilitator.says("/help")
    assert "For facilitators" in chat.facilitator.heard
    await chat.ada.says("/help")
    assert "For facilitators" not in chat.ada.heard


async def test_help_is_no_wall(chat: ChatSim) -> None:
    """Who runs a circle reads what that takes first; what everybody can do stands there by its names alone."""
    await chat.facilitator.says("/help")
    heard = chat.facilitator.heard
    assert heard.index("/addmeeting: Add a meeting") < heard.index("For everybody\n/next /meetings ")
    assert "who comes" not in heard
    await chat.ada.says("/help")
    assert "/next: The next meeting, and who comes" in chat.ada.heard
    assert "says more about one of them" not in chat.ada.heard


async def test_help_about_one_command(chat: ChatSim) -> None:
    """A command's own help has its examples; a misspelt one is guessed."""
    await chat.ada.whispers("/help circles")
    assert "/circles python" in chat.ada.heard
    await chat.ada.whispers("/help circels")
    assert "/circles" in chat.ada.heard
    await chat.ada.whispers("/help " + "ß" * 5000)
    assert "/help" in chat.ada.heard


async def test_help_knows_commands_by_the_names_that_menus_give_them(chat: ChatSim) -> None:
    """Where a menu shows a command under its Spanish name, help about that name is about the command."""
    chat.zoe.language = "es"
    for named in ("círculos", "/Círculos", "circulos", "CIRCULOS", "circles"):
        await chat.zoe.whispers(f"/help {named}")
        assert "/circles python" in chat.zoe.heard
    await chat.zoe.whispers("/help ciírculos")
    assert "No conozco /ciírculos. ¿Querías decir /circles?" in chat.zoe.heard


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    ("typed", "own"),
    [("ayuda", "help"), ("Próxima", "next"), ("proxima", "next"), ("CIRCULOS python", "circles python")],
)
async def test_a_command_goes_by_its_name_in_any_language(chat: ChatSim, typed: str, own: str, language: str) -> None:
    """Where only the bot's own names are in the menu, who reads them in Spanish elsewhere may type those, too."""
    reader = chat.zoe
    reader.language = language
    await reader.whispers(f"/{own}")
    answer = reader.heard
    await reader.whispers("/cancel")
    await reader.whispers(f"/{typed}")
    assert reader.heard == answer


async def test_an_unknown_command_is_compared_with_the_names_that_one_may_have_read(chat: ChatSim) -> None:
    """A slip in a Spanish name leads to the command, under the name that works everywhere."""
    reader = chat.zoe
    reader.language = "es"
    await reader.whispers("/ayudar")
    assert reader.heard == "No conozco /ayudar. ¿Querías decir /help?"


@pytest.mark.parametrize("language", [*Catalogue().languages, PSEUDO])
def test_every_command_has_help_in_every_language(language: str) -> None:
    """Each command stands in the help of those it is for with a summary, in every language."""
    t = Catalogue().speaker(language)
    everybodys = [route for route in COMMANDS if audience(route) <= Audience.LEARNER]
    shown, for_all = str(views.help_page(COMMANDS, t).text), str(views.help_page(everybodys, t).text)
    for route in COMMANDS:
        assert f"/{route.intent.command}" in shown
        summary = t.words(route.intent.summary)
        assert summary
        assert summary in (for_all if route in everybodys else shown)
        assert str(views.help_about(route, t).text)
        if language == PSEUDO:
            assert summary.startswith("⟦")


def test_every_command_is_explained() -> None:
    """Only the hello has no line in the help, and every short label belongs to a command."""
    assert {route.intent.command for route in ROUTES if route.intent.command and not route.intent.summary} == {"start"}
    assert LABELS.keys() <= {route.intent.command for route in ROUTES}


async def test_settings_are_private_and_change_in_place(chat: ChatSim) -> None:
    """Nudges are switched off and on with a tap on one's own card."""
    reply = await chat.ada.says("/me")
    assert isinstance(reply, Say)
    assert reply.private
    assert "Python for beginners" in chat.ada.heard
    await chat.ada.presses("Do not ask me for answers")
    assert "missing: no" in chat.ada.heard
    assert not (await chat.store.transact(lambda store: _person(chat, store))).nudges
    await chat.ada.presses("Ask me for answers")
    assert "missing: yes" in chat.ada.heard
    await chat.ada.presses("Do not ask me how it went")
    assert not (await chat.store.transact(lambda store: _person(chat, store))).tips


def _person(chat: ChatSim, store: Store) -> Person:
    return chat.ada.person(store)


async def test_quiet_hours_are_read_as_people_write_them(chat: ChatSim) -> None:
    """An hour such as "10 pm" is understood; what is no time is asked again and the rest kept."""
    await chat.ada.whispers("/me")
    await chat.ada.presses("Quiet hours")
    await chat.ada.fills(quiet_from="10 pm", quiet_to="when I wake")
    assert chat.ada.errors().keys() == {"quiet_to"}
    await chat.ada.fills(quiet_to="7:30")
    assert "10:00" in chat.ada.heard
    assert "7:30" in chat.ada.heard


async def test_another_language_and_zone(chat: ChatSim) -> None:
    """Language and zone are chosen by name."""
    await chat.ada.whispers("/me")
    await chat.ada.presses("Time zone")
    await chat.ada.fills(zone="Tokyo")
    assert "Japan" in chat.ada.heard or "Tokyo" in chat.ada.heard
    await chat.ada.presses("Language")
    await chat.ada.fills(language="English")
    assert "English" in chat.ada.heard


async def test_cancel_drops_the_form(chat: ChatSim) -> None:
    """A form that is open here is dropped; without one it says so."""
    await chat.ada.whispers("/cancel")
    assert "no form open" in chat.ada.heard
    await chat.ada.whispers("/me")
    await chat.ada.presses("Quiet hours")
    await chat.ada.whispers("/cancel")
    assert "Nothing was saved" in chat.ada.heard
    await chat.ada.says("22:00", private(chat.ada.user))
    assert "only understand commands" in chat.ada.heard


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("9", "09:00"),
        ("09:30", "09:30"),
        ("21.15", "21:15"),
        ("18h30", "18:30"),
        ("18h", "18:00"),
        ("9:30 pm", "21:30"),
        ("12 am", "00:00"),
        ("12pm", "12:00"),
        ("9 p.m.", "21:00"),
        ("9:00\u202fAM", "09:00"),
        ("٩:٣٠", "09:30"),
    ],
)
def test_a_time_of_day_is_read(words: str, read: str) -> None:
    """A time of day may be written in the usual ways."""
    at = read_time(words)
    assert at is not None
    assert at.isoformat(timespec="minutes") == read


@pytest.mark.parametrize("words", ["", "25", "9:60", "13 pm", "0 am", "nine", "9:3", "-9", "9 o'clock", "²", "9:00:00"])
def test_what_is_no_time_is_not_guessed(words: str) -> None:
    """Anything else is no time of day."""
    assert read_time(words) is None


# What is kept


async def test_my_data_is_shown_to_me_alone(chat: ChatSim) -> None:
    """Everything kept about one person, as JSON, privately."""
    await chat.ada.says("/next")
    await chat.ada.presses("I'm coming")
    reply = await chat.ada.says("/mydata")
    assert isinstance(reply, Say)
    assert reply.private
    found = json.loads(chat.ada.heard[chat.ada.heard.index("{") : chat.ada.heard.rindex("}") + 1])
    assert found["person"][0]["name"] == "Ada"
    assert found["circles"][0]["circle"] == "Python for beginners"
    assert found["rsvps"][0]["answer"] == "yes"
    assert "Grace" not in chat.ada.heard


async def test_forgetting_asks_first_and_leaves_only_counts(chat: ChatSim) -> None:
    """After a second word the name is nowhere; the count of who came stays; who comes back is new."""

    def look(store: Store) -> Person:
        return chat.ada.person(store)

    await chat.ada.says("/next")
    await chat.ada.presses("I'm coming")
    before = await chat.store.transact(look)
    meeting = (await chat.meetings())[0]

    def mark(store: Store) -> None:
        store.attendance.mark(meeting.id, before.id, came=True)
        store.feedback.give(Feedback(0, meeting.id, "Ada was here", "", 5, person=before.id), before.id)

    await chat.store.transact(mark)
    await chat.ada.whispers("/forgetme")
    assert "cannot be undone" in chat.ada.heard
    assert await chat.store.transact(look) == before
    await chat.ada.presses("Yes, forget me")
    assert "You are forgotten" in chat.ada.heard
    forgotten = await chat.store.read(lambda store: store.people.get(before.id))
    assert forgotten is not None
    assert forgotten.name == "?"
    assert sum((await chat.store.read(lambda store: store.attendance.of(meeting.id))).values()) == 1
    kept = repr(await chat.store.read(lambda store: (store.feedback.of(meeting.id), store.seats.roster(chat.circle))))
    assert "Ada" not in kept
    assert "Ada" not in chat.card("Python")
    assert (await chat.store.transact(look)).id != before.id
    await chat.ada.opens()
    assert "Find a circle" in chat.ada.heard


async def test_a_new_name_is_on_the_cards(chat: ChatSim) -> None:
    """Whoever renames their account is named so by the cards that stand, whatever they do next."""
    await chat.facilitator.says("/circle")
    await chat.facilitator.presses("Post it here")
    await chat.facilitator.says("/next")
    await chat.ada.presses("I'm coming")
    chat.ada.name, chat.facilitator.name = "Ada Lovelace", "Fati"
    for someone in (chat.ada, chat.facilitator):
        await someone.whispers("/help")
    await chat.passes(seconds=30)
    assert "1 coming: Ada Lovelace" in chat.card()
    assert "Facilitators: Fati\n" in chat.card("Next meeting")
    await chat.moves_to(OVER)
    assert "not marked yet: Ada Lovelace." in chat.card()
    chat.ada.name = "Countess"
    await chat.ada.whispers("/help")
    await chat.passes(seconds=30)
    assert "not marked yet: Countess." in chat.card()


async def test_whoever_is_forgotten_leaves_the_summary_that_stands(chat: ChatSim) -> None:
    """What they signed is taken off the message in the room, too."""
    await names_feedback(chat)
    await chat.moves_to(OVER)
    for someone in (chat.ada, chat.grace):
        await says_it(someone, plus=f"{someone.name} signs it", sign="Yes")
    await chat.moves_to(CLOSED)
    assert "Ada signs it (Ada)" in chat.card("What went well")
    await chat.ada.whispers("/forgetme")
    await chat.ada.presses("Yes, forget me")
    await chat.passes(minutes=1)
    assert "Ada" not in chat.card("What went well")
    assert "Grace signs it (Grace)" in chat.card("What went well")


async def test_the_last_organizer_is_needed(chat: ChatSim) -> None:
    """Nobody is forgotten while a community or a circle would be left alone."""
    await chat.organizer.whispers("/forgetme")
    assert "only organizer" in chat.organizer.heard
    await chat.facilitator.whispers("/forgetme")
    assert "only facilitator" in chat.facilitator.heard
