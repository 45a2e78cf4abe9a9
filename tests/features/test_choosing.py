"""Choosing a circle or a meeting where none goes without saying: in private, to somebody who is in several."""

from __future__ import annotations

import pytest

from bot.chat.forms import Question
from bot.features.meetings.intents import SetTopics
from tests.features.one_circle import another_of_that_name
from tests.support.chat import ChatSim
from tests.support.sim import group


def asked(chat: ChatSim, name: str = "ada") -> Question:
    """Return the question before somebody."""
    page = getattr(chat, name).page
    assert page is not None
    (question,) = (one for one in page.questions if one.field in {"circle", "meeting"})
    assert isinstance(question, Question)
    return question


@pytest.mark.parametrize("command", ["/circle", "/leave", "/join", "/next", "/meetings", "/feedback", "/decisions"])
async def test_one_of_several_circles_is_needed(chat: ChatSim, command: str) -> None:
    """There is nothing to skip, and two of one name are told apart."""
    await another_of_that_name(chat)
    await chat.ada.whispers(command)
    question = asked(chat)
    assert question.required
    labels = [choice.label for choice in question.choices]
    assert len(set(labels)) == len(labels) == 2
    assert labels[1] == f"{labels[0]} (2)"
    assert chat.ada.page is not None
    assert len(chat.ada.page.title) <= 20


@pytest.mark.parametrize("command", ["/circle", "/feedback", "/decisions", "/leave"])
async def test_the_only_choice_goes_without_saying(chat: ChatSim, command: str) -> None:
    """In a room where no circle lives, somebody who is in one alone is not asked which."""
    await chat.ada.says(command, group("hall"))
    assert chat.ada.page is None
    assert "Python" in chat.ada.heard


async def test_an_empty_answer_asks_again(chat: ChatSim) -> None:
    """Leaving it open would show nothing."""
    await another_of_that_name(chat)
    await chat.ada.whispers("/circle")
    await chat.ada.fills(circle="")
    assert "needed" in asked(chat).error


async def test_the_nearest_meetings_of_several_circles(chat: ChatSim) -> None:
    """Some stand to choose from; the words of another one find it as well, and its value is taken, too."""
    await another_of_that_name(chat)
    await chat.ada.whispers("/reason")
    question = asked(chat)
    assert len(question.choices) == 8
    assert {choice.label.partition(" · ")[0] for choice in question.choices} == {
        "Python for beginners",
        "Python for beginners (2)",
    }
    last = (await chat.meetings())[-1]
    assert str(last.id) not in [choice.value for choice in question.choices]
    await chat.ada.fills(meeting=str(last.id), reason="Travelling")
    assert chat.ada.page is None


async def test_topics_need_meetings_ahead(chat: ChatSim) -> None:
    """Where every meeting is over there is nothing to give a topic to: that is said before anything is typed."""
    last = (await chat.meetings())[-1]
    await chat.moves_to(last.starts_local.replace(hour=23))
    await chat.facilitator.whispers("/circle")
    mine = chat.platform.seen_by(chat.facilitator.user)[-1]
    await chat.facilitator.presses_payload(SetTopics.about(circle=chat.circle).payload(), mine)
    assert "No meeting of" in chat.facilitator.heard + chat.facilitator.toast
    assert chat.facilitator.page is None
