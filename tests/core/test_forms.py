"""Forms: one engine for every page size; good answers are kept, bad ones asked again, nothing is lost on the way."""

from __future__ import annotations

import json

import pytest

from bot.chat.forms import Page
from bot.chat.intents import Kind
from bot.chat.message import Ask, Reply, Say, Toast
from bot.chat.text import Bold
from bot.forms import DRAFT_LASTS, AmendDraft, ResumeDraft, SaveDraft
from tests.core.scripted import Talk, button, page_of, said

GOOD = {
    "name": "  Ada   Lovelace ",
    "story": "First line\r\n\n  second line  ",
    "colour": "dark blue",
    "pet": "mia {the} cat",
    "zone": "Tokyo",
    "when": "Tuesday 6pm",
    "number": "٦",
    "link": "https://example.org/a?b=c",
    "sure": "yes",
}
KEPT = {
    "name": "Ada Lovelace",
    "story": "First line\n\n  second line",
    "colour": "blue",
    "pet": 2,
    "zone": "Asia/Tokyo",
    "when": "2026-03-03T18:00:00",
    "number": 6,
    "link": "https://example.org/a?b=c",
    "sure": True,
}


async def filled(talk: Talk, reply: Reply, answers: dict[str, str]) -> tuple[Reply, list[Page]]:
    """Fill page after page until nothing is asked any more; return the last answer, and the pages."""
    pages: list[Page] = []
    while isinstance(reply, Ask):
        pages.append(reply.page)
        assert len(pages) < 20, "the form never ends"
        reply = await talk.fills(reply.page, **answers)
    return reply, pages


@pytest.mark.parametrize(("size", "pages"), [(1, 9), (5, 2), (12, 1)])
async def test_one_form_in_pages_of_any_size(talk: Talk, size: int, pages: int) -> None:
    """Asked one by one, five at a time or all at once, the same answers make the same intent."""
    talk.page_size = size
    reply, shown = await filled(talk, await talk.says("/everything"), GOOD)
    assert [page.step for page in shown] == list(range(1, pages + 1))
    assert {page.steps for page in shown} == {pages}
    assert await talk.done() == []
    assert said(await talk.presses(button(reply, "Save"))) == "Done."
    (kept,) = await talk.done()
    assert json.loads(kept) == KEPT


async def test_questions_are_said_as_declared(talk: Talk) -> None:
    """Prompt, kind, hint, what there is to choose from, and the value to begin with."""
    questions = {question.field: question for question in page_of(await talk.says("/everything")).questions}
    assert questions["when"].hint == "For example “Tuesday 6pm”"
    assert [choice.label for choice in questions["colour"].choices] == ["Bright red", "Dark blue"]
    assert [choice.label for choice in questions["sure"].choices] == ["Yes", "No"]
    assert questions["number"].value == "6"
    assert questions["name"].required
    assert not questions["story"].required
    assert questions["story"].kind is Kind.LONG
    assert questions["name"].longest == 20


BAD = {
    "name": "x" * 21,
    "story": "x" * 10_000,
    "colour": "brigth red",
    "pet": "4",
    "zone": "Atlantis",
    "when": "Tuesday",
    "number": "1",
    "link": "javascript:alert(1)",
    "sure": "perhaps",
}


@pytest.mark.parametrize("field", BAD)
@pytest.mark.parametrize("size", [1, 5, 12])
async def test_only_the_bad_answer_is_asked_again(talk: Talk, field: str, size: int) -> None:
    """One question with its reason; the others keep what they were given."""
    talk.page_size = size
    reply = await talk.says("/everything")
    for _ in BAD:
        if field in {question.field for question in page_of(reply).questions}:
            break
        reply = await talk.fills(page_of(reply), **GOOD)
    page = page_of(await talk.fills(page_of(reply), **{**GOOD, field: BAD[field]}))
    (question,) = page.questions
    assert question.field == field
    assert question.error
    assert page.step <= page.steps
    assert len(question.value) <= question.longest
    reply, _ = await filled(talk, Ask(page), GOOD)
    await talk.presses(button(reply, "Save"))
    (kept,) = await talk.done()
    assert json.loads(kept) == KEPT


@pytest.mark.parametrize(
    ("field", "answer", "why"),
    [
        ("name", "", "needed"),
        ("name", " \u202e\x00 ", "needed"),
        ("story", "x" * 10_000, "10000 characters long; 2000 fit"),
        ("colour", "brigth red", "Did you mean “Bright red”?"),
        ("colour", "xyz", "“xyz” is not one of the choices."),
        ("colour", "\u0301", "is not one of the choices."),
        ("sure", "perhaps", "is not one of the choices."),
        ("zone", "Atlantis", "not one of the choices"),
        ("when", "31 February 18:00", "could not read “31 February 18:00”"),
        ("when", "", "needed"),
        ("number", "53", "from 2 to 52"),
        ("number", "-3", "from 2 to 52"),
        ("number", "9" * 150, "from 2 to 52"),
        ("number", "six", "from 2 to 52"),
        ("number", "²", "from 2 to 52"),
        ("link", "example.org", "https://"),
        ("link", "https://", "https://"),
        ("link", "http://[", "https://"),
        ("link", "https://exa mple.org", "https://"),
        ("link", "file:///etc/passwd", "https://"),
    ],
)
async def test_the_reason_is_said(talk: Talk, field: str, answer: str, why: str) -> None:
    """Kind, specific, in words."""
    reply = await talk.fills(page_of(await talk.says("/everything")), **{**GOOD, field: answer})
    assert why in page_of(reply).questions[0].error


async def test_what_can_be_seen_is_kept(talk: Talk) -> None:
    """Emoji, right-to-left names and markup stay as they are; marks that turn our own words round do not."""
    name = "آدا 👩‍💻 <b>*@all*"
    reply, _ = await filled(talk, await talk.says("/everything"), {**GOOD, "name": f"\u202e{name}\x00\ud800"})
    await talk.presses(button(reply, "Save"))
    assert json.loads((await talk.done())[0])["name"] == name


async def test_empty_optional_answers_are_the_defaults(talk: Talk) -> None:
    """Only what is required has to be answered."""
    needed = {field: GOOD[field] for field in ("name", "colour", "pet", "zone", "when")}
    reply, _ = await filled(talk, await talk.says("/everything"), needed)
    await talk.presses(button(reply, "Save"))
    kept = json.loads((await talk.done())[0])
    assert (kept["story"], kept["number"], kept["link"], kept["sure"]) == ("", 6, "", False)


async def test_a_look_back_says_everything_as_people_say_it(talk: Talk) -> None:
    """Labels instead of values, the date in its zone, long words cut."""
    reply, _ = await filled(talk, await talk.says("/everything"), {**GOOD, "story": "long " * 300})
    assert isinstance(reply, Say)
    assert reply.private
    spans = reply.message.text.spans
    assert Bold("Mia {the} cat") in spans
    assert Bold("Tokyo") in spans
    assert Bold("Yes") in spans
    assert Bold("Tuesday, 3 March 2026, 6:00\N{NARROW NO-BREAK SPACE}PM (Tokyo)") in spans
    assert max(len(str(span)) for span in spans) <= 200


async def test_what_was_presumed_is_said_and_can_be_changed(talk: Talk) -> None:
    """Whose walk it is goes without saying, until the person says otherwise."""
    reply = await talk.says("/walk Tuesday 6pm")
    assert "Which pet? Rex" in said(reply)
    page = page_of(await talk.presses(button(reply, "Change")))
    assert {question.field: question.value for question in page.questions} == {"when": "2026-03-03T18:00", "pet": "1"}
    reply = await talk.fills(page, when="2026-03-03T18:00", pet="<b>Bo</b>")
    await talk.presses(button(reply, "Save"))
    assert await talk.done() == ["3 at 2026-03-03 18:00:00"]


async def test_amending_keeps_what_was_said(talk: Talk) -> None:
    """Change asks everything again with the answers in place; one question a page comes to the same."""
    talk.page_size = 1
    reply, _ = await filled(talk, await talk.says("/everything"), GOOD)
    reply = await talk.presses(button(reply, "Change"))
    values = {}
    while isinstance(reply, Ask):
        (question,) = reply.page.questions
        assert question.field not in values
        values[question.field] = question.value
        reply = await talk.fills(reply.page, **{question.field: question.value})
    assert values["name"] == "Ada Lovelace"
    assert values["pet"] == "2"
    await talk.presses(button(reply, "Save"))
    assert json.loads((await talk.done())[0]) == KEPT


async def test_saving_twice_saves_once(talk: Talk) -> None:
    """The second press is told that the form is over."""
    reply = await talk.says("/walk Tuesday 6pm")
    save = button(reply, "Save")
    assert said(await talk.presses(save)) == "Walked."
    assert "This form is over" in said(await talk.presses(save))
    assert len(await talk.done()) == 1


async def test_forgetting_saves_nothing(talk: Talk) -> None:
    """And a form that is forgotten is over for good."""
    reply = await talk.says("/walk Tuesday 6pm")
    assert "Nothing was saved" in said(await talk.presses(button(reply, "Forget it")))
    assert "This form is over" in said(await talk.presses(button(reply, "Save")))
    assert "This form is over" in said(await talk.presses(button(reply, "Forget it")))
    assert await talk.done() == []


async def test_saving_while_amending_goes_on_with_the_questions(talk: Talk) -> None:
    """An old look back does not save what is being changed."""
    reply = await talk.says("/walk Tuesday 6pm")
    await talk.presses(button(reply, "Change"))
    assert isinstance(await talk.presses(button(reply, "Save")), Ask)
    assert await talk.done() == []


async def test_a_form_goes_on_where_it_was_left(talk: Talk) -> None:
    """Continue shows the next page; plain words answer the first question that is open."""
    talk.page_size = 5
    page = page_of(await talk.fills(page_of(await talk.says("/everything")), **GOOD))
    again = page_of(await talk.presses(ResumeDraft(draft=page.draft)))
    assert again == page
    talk.page_size = 1
    assert page_of(await talk.says("tomorrow at 18:30")).questions[0].field == "number"


async def test_a_form_that_nobody_goes_on_with_expires(talk: Talk) -> None:
    """After a day it is over, by whatever door one comes back."""
    page = page_of(await talk.says("/everything"))
    await talk.waits(seconds=DRAFT_LASTS.total_seconds())
    assert "This form is over" in said(await talk.fills(page, **GOOD))
    assert "This form is over" in said(await talk.presses(SaveDraft(draft=page.draft)))
    assert "This form is over" in said(await talk.says("Ada"))


async def test_a_new_form_takes_the_place_of_the_old_one(talk: Talk) -> None:
    """One form for a person and room: the old page is over."""
    old = page_of(await talk.says("/everything"))
    new = page_of(await talk.says("/feed"))
    assert "This form is over" in said(await talk.fills(old, **GOOD))
    assert said(await talk.fills(new, food="fish")) == "Fed."


async def test_somebody_elses_form_is_not_ones_own(talk: Talk) -> None:
    """Neither its pages nor its buttons: to others it is over."""
    page = page_of(await talk.says("/everything"))
    talk.name = "Mallory"
    assert "This form is over" in said(await talk.fills(page, **GOOD))
    for intent in (SaveDraft(draft=page.draft), AmendDraft(draft=page.draft), ResumeDraft(draft=page.draft)):
        assert isinstance(await talk.presses(intent), Toast)
    talk.name = "Ada"
    assert isinstance(await talk.fills(page, **GOOD), Say)


async def test_a_page_says_which_language_it_speaks(talk: Talk) -> None:
    """Whatever stands around it can be said in the same one."""
    talk.language = "es"
    assert page_of(await talk.says("/feed")).intro.language == "es"


async def test_people_fill_forms_side_by_side(talk: Talk) -> None:
    """Each in the same room has their own."""
    ada = page_of(await talk.says("/feed"))
    talk.name = "Grace"
    grace = page_of(await talk.says("/feed"))
    assert ada.draft != grace.draft
    assert said(await talk.fills(grace, food="fish")) == "Fed."
    talk.name = "Ada"
    assert said(await talk.fills(ada, food="bones")) == "Fed."
    assert await talk.done() == ["fish to 1", "bones to 1"]
