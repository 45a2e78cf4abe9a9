"""Forms from their beginnings: commands, buttons, and what handlers and features say about the questions."""

from __future__ import annotations

from tests.core.scripted import Own, Talk, page_of, said

# Answers that a handler refuses


async def test_what_a_handler_refuses_is_asked_again(talk: Talk) -> None:
    """What it wrote is undone, the other answers are kept, the reason stands at the question."""
    talk.name = "Nobody"
    page = page_of(await talk.fills(page_of(await talk.says("/feed")), food="stones", pet="2"))
    (question,) = page.questions
    assert (question.field, question.error, question.value) == ("food", "Nobody eats stones.", "stones")
    assert await talk.done() == []
    assert said(await talk.fills(page, food="fish")) == "Fed."
    assert await talk.done() == ["fish to 2"]


async def test_a_refusal_of_what_is_not_asked_is_said(talk: Talk) -> None:
    """The pet went without saying, so there is no question to put the reason at."""
    assert said(await talk.says("/feed nothing")) == "It would be hungry."
    assert await talk.done() == []


# Commands


async def test_words_answer_the_first_question(talk: Talk) -> None:
    """What is typed after a command is its first answer; what goes without saying is not asked."""
    assert said(await talk.says("/feed  fish  and chips")) == "Fed."
    assert await talk.done() == ["fish and chips to 1"]


async def test_what_is_said_goes_before_what_goes_without_saying(talk: Talk) -> None:
    """An option that names a pet is not overruled by the usual one."""
    await talk.says("/feed fish", pet="Mia {the} cat")
    await talk.says("/feed", food="fish", pet="")
    assert await talk.done() == ["fish to 2", "fish to 1"]


async def test_a_bad_option_is_asked_for(talk: Talk) -> None:
    """The form opens with what is wrong, and keeps the rest."""
    page = page_of(await talk.says("/feed fish", pet="Fido"))
    assert [question.field for question in page.questions] == ["pet"]
    assert "Fido" in page.questions[0].error
    assert said(await talk.fills(page, pet="Rex")) == "Fed."


async def test_words_that_are_never_asked_for_are_refused_in_words(talk: Talk) -> None:
    """There is no form to show for 10,000 characters to search for."""
    assert said(await talk.says("/find cats")) == "Looked for cats."
    assert said(await talk.says("/find")) == "Looked for ."
    assert said(await talk.says(f"/find {'x' * 10_000}")) == "That is 10000 characters long; 50 fit."


async def test_options_of_other_commands_are_passed_over(talk: Talk) -> None:
    """What a command does not know changes nothing."""
    assert said(await talk.says("/feed fish", colour="red")) == "Fed."


# Questions that hang on what is known


async def test_peoples_own_questions_are_no_templates(talk: Talk) -> None:
    """Braces in them are just braces, and the next question comes when the first is answered."""
    page = page_of(await talk.presses(Own.about(pet=1)))
    (question,) = page.questions
    assert (question.prompt, question.hint) == ("What {do} you } want?", "{not} a template")
    page = page_of(await talk.fills(page, first="{peace}"))
    assert (page.questions[0].prompt, page.questions[0].value) == ("And {what} else?", "{nothing}")
    assert said(await talk.fills(page, second="")) == "Thank you."
    assert await talk.done() == ["{peace}+"]


async def test_whoever_may_not_sees_no_question(talk: Talk) -> None:
    """A form is not shown to somebody who could not send it."""
    assert said(await talk.presses(Own.about(pet=2))) == "That pet is not yours."


async def test_nothing_to_choose_from(talk: Talk) -> None:
    """Where an answer is needed that is said; where none is, nobody is asked."""
    assert "nothing to choose from" in said(await talk.says("/lonely"))


async def test_nothing_to_choose_from_later_on(talk: Talk) -> None:
    """Nobody answers page after page to hear at the last one that it was in vain."""
    talk.page_size = 1
    assert "nothing to choose from" in said(await talk.says("/lonely"))
