"""A form's question as one message, and what its buttons say back."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import available_timezones

import pytest

from adapters.telegram.forms import answer_of, invitation_to_private, prompt
from bot.assembly import features
from bot.chat.forms import Choice, Page, Question
from bot.chat.intents import PAYLOAD_BYTES, Intent, Kind, bare_type, base36
from bot.chat.text import Text
from bot.forms import DropDraft
from bot.i18n import Catalogue

T = Catalogue().speaker("en")
DAYS = tuple(Choice(str(number), day) for number, day in enumerate(("Monday", "Tuesday", "Wednesday", "Thursday")))
NAME = Question("name", "What is it called?", Kind.SHORT, hint="Such as “Python for beginners”.")


def page(question: Question, step: int = 2) -> Page:
    """Return a page that asks one question."""
    return Page(77, "A new circle", (question,), step=step, steps=9, drop=DropDraft(draft=77))


def buttons(question: Question, *, in_room: bool = False) -> list[list[tuple[str, str]]]:
    """Return labels and payloads, row by row."""
    keyboard = prompt(page(question), T, in_room=in_room).keyboard
    rows = keyboard.rows if keyboard else ()
    return [[(button.text, str(button.callback_data)) for button in row] for row in rows]


def test_a_question_says_where_one_is_and_what_is_wanted() -> None:
    """The form's name with the step, the question, the hint."""
    (part,) = prompt(page(NAME), T, in_room=False).parts
    assert part == "<b>A new circle (2 of 9)</b>\n\nWhat is it called?\n\nSuch as “Python for beginners”."
    (part,) = prompt(replace(page(replace(NAME, hint="")), steps=1), T, in_room=False).parts
    assert part == "<b>A new circle</b>\n\nWhat is it called?\n\nWrite your answer as a message."


def test_what_was_wrong_is_said_first() -> None:
    """In bold, and nothing offers to keep the wrong answer."""
    wrong = replace(NAME, error="That is 300 characters long; 64 fit.", value="x" * 20)
    (part,) = prompt(page(wrong), T, in_room=False).parts
    assert part.startswith("<b>A new circle (2 of 9)</b>\n\n<b>That is 300 characters long; 64 fit.</b>\n\nWhat")
    assert buttons(wrong) == [[("Forget it", "dn.25")]]


def test_choices_are_buttons_beside_each_other_where_they_are_short() -> None:
    """The answer so far is ticked."""
    asked = Question("weekday", "Which day?", Kind.CHOICE, choices=DAYS, value="1")
    assert buttons(asked) == [
        [("Monday", "?25.weekday.0"), ("✓ Tuesday", "?25.weekday.1"), ("Wednesday", "?25.weekday.2")],
        [("Thursday", "?25.weekday.3")],
        [("Forget it", "dn.25")],
    ]


def test_long_choices_stand_below_each_other() -> None:
    """A phone shows them whole that way."""
    choices = (Choice("one", "Only this meeting, no other"), Choice("all", "This and all that follow"))
    assert [len(row) for row in buttons(Question("scope", "Which?", Kind.CHOICE, choices=choices))] == [1, 1, 1]


def test_choices_too_long_for_a_phone_are_listed() -> None:
    """Their buttons bear numbers: cut where they begin to differ, they would be of no use."""
    choices = tuple(
        Choice(str(n), f"Python for beginners · Meeting {n}, Tuesday, {n} March 2026, 6:00 PM") for n in range(7)
    )
    asked = Question("meeting", "Which meeting?", Kind.CHOICE, choices=choices)
    assert buttons(asked) == [
        [(str(n + 1), f"?25.meeting.{n}") for n in range(5)],
        [("6", "?25.meeting.5"), ("7", "?25.meeting.6")],
        [("Forget it", "dn.25")],
    ]
    text = prompt(page(asked), T, in_room=False).parts[0]
    assert "\n<b>7.</b> Python for beginners · Meeting 6, Tuesday, 6 March 2026, 6:00 PM" in text


def test_a_number_that_stands_is_kept_or_changed() -> None:
    """To leave it empty would only bring it back."""
    asked = Question("weeks", "How many weeks?", Kind.NUMBER, required=False, value="6")
    assert buttons(asked) == [[("Keep “6”", "?25.weeks!")], [("Forget it", "dn.25")]]


def test_what_needs_no_answer_can_be_skipped() -> None:
    """Where there is one already, it is kept or taken away."""
    assert buttons(replace(NAME, required=False))[-1] == [("Skip", "?25.name."), ("Forget it", "dn.25")]
    assert buttons(replace(NAME, required=False, value="Python")) == [
        [("Keep “Python”", "?25.name!")],
        [("Leave it empty", "?25.name."), ("Forget it", "dn.25")],
    ]


def test_what_stood_before_a_refused_answer_is_still_kept() -> None:
    """The refused words are offered nowhere, and nothing becomes emptier than it was."""
    refused = Question("weeks", "How many weeks?", Kind.NUMBER, required=False, value="many", error="No.", before="6")
    assert buttons(refused) == [[("Keep “6”", "?25.weeks!")], [("Forget it", "dn.25")]]
    refused = replace(NAME, required=False, value="not this", error="No.")
    assert buttons(refused) == [[("Skip", "?25.name."), ("Forget it", "dn.25")]]
    assert buttons(replace(refused, before="Python"))[-1][0] == ("Leave it empty", "?25.name.")


def test_a_long_answer_so_far_is_read_in_the_text() -> None:
    """A label is too short for it."""
    asked = replace(NAME, value="Python for absolute beginners of any age")
    assert buttons(asked)[0] == [("Keep it as it is", "?25.name!")]
    assert "So far: Python for absolute beginners of any age" in prompt(page(asked), T, in_room=False).parts[0]


@pytest.mark.parametrize(
    ("kind", "value", "label"),
    [
        (Kind.WHEN, "2026-03-10T18:00", "Keep it as it is"),
        (Kind.NUMBER, "90", "Keep “90”"),
        (Kind.SEARCH, "Europe/Madrid", "Keep “Europe/Madrid”"),
    ],
)
def test_an_answer_is_kept_in_words(kind: Kind, value: str, label: str) -> None:
    """As a person would say it."""
    assert buttons(Question("x", "?", kind, value=value))[0][0][0] == label


def test_an_id_is_not_shown_to_people() -> None:
    """What was searched for and is not among the first is not offered by its number."""
    asked = Question("circle", "Which circle?", Kind.SEARCH, value="17", choices=(Choice("3", "Python"),))
    assert [row[0][0] for row in buttons(asked)] == ["Python", "Forget it"]


def test_some_of_many_are_offered_and_the_rest_written() -> None:
    """Six of what can be searched; the message says that one may write."""
    zones = tuple(Choice(f"Europe/{number}", f"Place {number}") for number in range(30))
    asked = Question("zone", "Where?", Kind.SEARCH, choices=zones)
    assert sum(len(row) for row in buttons(asked)) == 6 + 1
    assert "Tap one, or write what you look for." in prompt(page(asked), T, in_room=False).parts[0]
    assert "reply to this message" in prompt(page(asked), T, in_room=True).parts[0]


def test_in_a_room_words_are_asked_for_as_a_reply() -> None:
    """The bot hears nothing else there. A message asks for a reply or has buttons, never both."""
    letter = prompt(page(NAME), T, in_room=True, reply_to="55")
    assert (letter.wants_reply, letter.keyboard, letter.reply_to) == (True, None, "55")
    assert "Reply to this message with your answer." in letter.parts[0]
    letter = prompt(page(replace(NAME, required=False)), T, in_room=True)
    assert not letter.wants_reply
    assert letter.keyboard is not None
    letter = prompt(page(Question("weekday", "Which?", Kind.CHOICE, choices=DAYS)), T, in_room=True)
    assert not letter.wants_reply


def test_the_private_chat_is_one_tap_away() -> None:
    """With the form's name, so that one knows what for."""
    letter = invitation_to_private(page(NAME), T, "https://t.me/circle_bot?start=d25", reply_to="5")
    assert letter.parts[0].startswith("<b>A new circle</b>\n\nThis takes a few questions.")
    assert letter.keyboard is not None
    assert letter.keyboard.rows[0][0].url == "https://t.me/circle_bot?start=d25"
    assert letter.reply_to == "5"


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ("?25.weekday.1", (77, {"weekday": "1"}, ())),
        ("?25.zone.America/Argentina/Salta", (77, {"zone": "America/Argentina/Salta"}, ())),
        ("?25.name.", (77, {"name": ""}, ())),
        ("?25.name!", (77, {}, ("name",))),
        ("?25.name", None),
        ("?25.name!x", None),
        ("?25.Name.x", None),
        ("?025.name.x", None),
        ("?-1.name.x", None),
        ("?zzzzzzzzzzzzz.name.x", None),
        ("?25.name." + "x" * 60, None),
        ("?25.name.a\nb", None),
        ("?25.name.\ud800", None),
        ("rs.16.yes", None),
        ("?", None),
        ("", None),
    ],
)
def test_only_what_a_prompt_says_is_read(payload: str, said: object) -> None:
    """Anything else is not a prompt's button."""
    assert answer_of(payload) == said


def _fields() -> list[tuple[type[Intent], str]]:
    intents = {route.intent for feature in features() for route in feature.routes}
    return [(intent, field) for intent in sorted(intents, key=lambda one: one.tag) for field in intent.asked]


def test_every_choice_there_is_fits_on_a_button() -> None:
    """Of all forms: what can be enumerated, time zones, ids; for the highest draft there can be."""
    start = len(f"?{base36(2**63 - 1)}..")
    longest_zone = max(map(len, available_timezones()))
    for intent, field in _fields():
        bare = bare_type(intent.model_fields[field].annotation)
        how = intent.asked[field]
        values = [*(how.labels or {}), *(how.options or {})]
        if isinstance(bare, type) and issubclass(bare, str) and bare is not str:
            values += [str(member.value) for member in bare]  # type: ignore[attr-defined]  # a StrEnum
        widest = max(map(len, values), default=longest_zone if how.choices else 0)
        assert start + len(field) + widest <= PAYLOAD_BYTES, (intent.__name__, field)


def test_an_intro_stands_above_the_question() -> None:
    """Where a page has one."""
    asked = replace(page(NAME), intro=Text.of("Two questions, and you are in."))
    assert "Two questions, and you are in.\n\nWhat is it called?" in prompt(asked, T, in_room=False).parts[0]
