"""Forms on Discord: a page is a modal, what comes back is its answers, and something stands between two of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.discord.forms import SentForm, between, modal, moment, sent_form
from bot.chat.forms import Choice, Page, Question, resume_payload
from bot.chat.intents import Kind
from bot.chat.text import Text
from bot.forms import DropDraft, ResumeDraft
from bot.i18n import Catalogue
from tests.discord.payloads import faults, faults_of_form, payload

T = Catalogue().speaker("en")
YES_NO = (Choice("1", "Yes"), Choice("0", "No"))
NAME = Question("name", "What is it called?", Kind.SHORT, hint="For example “Python”", longest=100)


def asked(*questions: Question, **more: Any) -> list[dict[str, Any]]:  # noqa: ANN401  # of a page's own
    """Return the parts of the modal that asks so, which Discord would take."""
    data = modal(Page(7, "A new circle", questions, **more), T)
    assert not faults_of_form(data)
    parts: list[dict[str, Any]] = data["components"]
    return parts


def inner(question: Question) -> dict[str, Any]:
    """Return what is filled in to answer a question."""
    (part,) = asked(question)
    return {name: value for name, value in part["component"].items() if name not in {"custom_id", "required"}}


class TestShown:
    """A page as a modal."""

    def test_all_that_is_known_rides_along(self) -> None:
        """The draft in the modal, a field in each part: nothing has to be kept until it comes back."""
        data = modal(Page(2**63 - 1, "A new circle", (NAME, replace(NAME, field="goal")), step=2, steps=3), T)
        assert data["custom_id"] == "form.1y2p0ij32e8e7"
        assert data["title"] == "A new circle (2 of 3)"
        assert [part["component"]["custom_id"] for part in data["components"]] == ["name", "goal"]

    def test_which_page_it_is_stays_where_the_title_is_cut(self) -> None:
        """The title gives way."""
        title = modal(Page(7, "Circle " * 20, (NAME,), step=2, steps=3), T)["title"]
        assert title.startswith("Circle Circle")
        assert title.endswith("… (2 of 3)")
        assert 40 < len(title) <= 45

    @pytest.mark.parametrize("kind", [Kind.SHORT, Kind.LINK, Kind.NUMBER, Kind.WHEN, Kind.SEARCH])
    def test_what_is_written_in_a_line_has_one(self, kind: Kind) -> None:
        """Of the length that fits, with its hint below its name."""
        (part,) = asked(replace(NAME, kind=kind))
        assert (part["label"], part["description"]) == ("What is it called?", "For example “Python”")
        assert part["component"] == {
            "type": 4,
            "style": 1,
            "custom_id": "name",
            "required": True,
            "max_length": 100,
        }

    def test_what_takes_several_lines_has_them(self) -> None:
        """And an answer need not be given."""
        (part,) = asked(replace(NAME, kind=Kind.LONG, required=False, longest=2000, value="a\nb"))
        assert part["component"] == {
            "type": 4,
            "style": 2,
            "custom_id": "name",
            "required": False,
            "max_length": 2000,
            "value": "a\nb",
        }

    def test_a_long_question_stands_whole_below_its_name(self) -> None:
        """The name is cut at a word, and the hint stands in the empty field."""
        (part,) = asked(replace(NAME, prompt="What would you like to learn or be able to do with it?"))
        assert part["label"] == "What would you like to learn or be able to…"
        assert part["description"] == "What would you like to learn or be able to do with it?"
        assert part["component"]["placeholder"] == "For example “Python”"

    def test_what_is_too_long_for_its_place_stands_above_all(self) -> None:
        """As words that are no markup; where there is no place left, it is cut."""
        hint = "Only *they* see it. " * 7
        words, part = asked(replace(NAME, hint=hint), intro=Text.of("Hello."))
        assert words == {"type": 10, "content": "Hello.\n\n" + hint.strip().replace("*", "\\*")}
        assert "description" not in part
        parts = asked(*(replace(NAME, field=f"f{number}", hint=hint) for number in range(5)))
        assert len(parts) == 5
        assert all(part["description"].endswith("…") and len(part["description"]) <= 100 for part in parts)

    def test_why_an_answer_will_not_do_stands_below_the_question(self) -> None:
        """With the words that will not do in it, to be corrected."""
        (part,) = asked(replace(NAME, value="x" * 150, error="That is 150 characters long; 100 fit."))
        assert part["description"] == "That is 150 characters long; 100 fit."
        assert part["component"]["placeholder"] == "For example “Python”"
        assert part["component"]["value"] == "x" * 150, "Discord would refuse a form with a value longer than it takes"
        (part,) = asked(replace(NAME, error="x" * 101))
        assert part["description"] == "For example “Python”"

    def test_a_few_choices_are_radio_buttons(self) -> None:
        """The usual one is chosen."""
        assert inner(Question("public", "Public?", Kind.CHOICE, choices=YES_NO, value="0")) == {
            "type": 21,
            "options": [{"label": "Yes", "value": "1"}, {"label": "No", "value": "0", "default": True}],
        }
        none_chosen = inner(Question("public", "Public?", Kind.CHOICE, choices=YES_NO))
        assert not any("default" in option for option in none_chosen["options"])

    def test_what_can_be_taken_back_is_a_list(self) -> None:
        """Nobody can take back what is chosen by a radio button; of one, there is no group."""
        question = Question("public", "Public?", Kind.CHOICE, choices=YES_NO, value="0", required=False)
        assert inner(question) == {
            "type": 3,
            "options": [{"label": "Yes", "value": "1"}, {"label": "No", "value": "0", "default": True}],
            "min_values": 0,
            "max_values": 1,
        }
        assert inner(replace(question, value=""))["type"] == 21
        assert inner(replace(question, choices=YES_NO[:1], required=True))["type"] == 3

    @pytest.mark.parametrize(("many", "kind"), [(2, 21), (10, 21), (11, 3), (25, 3), (26, 4)])
    def test_many_choices_are_a_list_and_more_are_written(self, many: int, kind: int) -> None:
        """What was chosen stands there as it is called; some are named where none was."""
        choices = tuple(Choice(str(number), f"Circle {number}") for number in range(many))
        question = Question("circle", "Which?", Kind.CHOICE, choices=choices)
        assert inner(question)["type"] == kind
        if kind == 4:
            assert inner(question)["placeholder"] == "Circle 0, Circle 1, Circle 2, and 23 more"
            assert inner(replace(question, value="3"))["value"] == "Circle 3"

    def test_a_choice_that_cannot_be_told_is_left_out(self) -> None:
        """Without a value, with one too long, or with one that another has."""
        choices = (*YES_NO, Choice("1", "Again"), Choice("", "None"), Choice("x" * 101, "Long"))
        assert [option["label"] for option in inner(Question("a", "A?", Kind.CHOICE, choices=choices))["options"]] == [
            "Yes",
            "No",
        ]

    def test_a_person_is_picked(self) -> None:
        """From the server's people; somebody who stands there already is known by an id of Discord's."""
        question = Question("who", "Who?", Kind.PERSON)
        assert inner(question) == {"type": 5, "max_values": 1}
        assert inner(replace(question, required=False)) == {"type": 5, "min_values": 0, "max_values": 1}
        assert inner(replace(question, value="123456789012345678"))["default_values"] == [
            {"id": "123456789012345678", "type": "user"}
        ]
        assert "default_values" not in inner(replace(question, value="12"))

    def test_a_date_so_far_can_be_read_again(self) -> None:
        """It is written as people would; words that were refused stay what they are."""
        question = Question("when", "When?", Kind.WHEN, value="2026-03-10T18:00")
        assert inner(question)["value"] == "2026-03-10 18:00"
        assert inner(replace(question, value="soonish"))["value"] == "soonish"

    def test_what_was_searched_for_stands_there_by_its_name(self) -> None:
        """Never by an id."""
        question = Question("zone", "Zone?", Kind.SEARCH, choices=(Choice("Europe/Madrid", "Madrid"), Choice("7", "B")))
        assert inner(replace(question, value="Europe/Madrid"))["value"] == "Madrid"
        assert inner(replace(question, value="7"))["value"] == "B"
        assert inner(replace(question, value="Europe/Berlin"))["value"] == "Europe/Berlin"
        assert "value" not in inner(replace(question, value="9"))


class TestBetween:
    """What stands between two modals."""

    def test_it_tells_what_was_wrong_and_leads_on(self) -> None:
        """Each question with why its answer will not do, and two ways on."""
        wrong = replace(NAME, error="“*” is not one.", value="*")
        letter = between(Page(7, "A new circle", (wrong, NAME), drop=DropDraft(draft=7)), T)
        said = payload(letter)
        assert not faults(said)
        assert said["embeds"][0]["title"] == "A new circle"
        assert said["embeds"][0]["description"].endswith("**What is it called?**\n“\\*” is not one.")
        (row,) = said["components"]
        assert [(button["label"], button["custom_id"]) for button in row["components"]] == [
            ("Continue", "dr.7"),
            ("Forget it", "dn.7"),
        ]

    def test_it_tells_that_there_is_more(self) -> None:
        """Which part comes next, where there are several."""
        letter = between(Page(7, "A new circle", (NAME,), step=2, steps=3), T)
        assert letter.embed is not None
        assert "part 2 of 3" in letter.embed["description"]

    def test_its_button_means_what_the_core_understands(self) -> None:
        """The adapter does not know the intent, and makes the same payload."""
        assert resume_payload(123456) == ResumeDraft(draft=123456).payload()


def came(*parts: dict[str, Any], custom_id: str = "form.7", **more: Any) -> SentForm:  # noqa: ANN401
    """Return what is read of a modal that came back with such parts, each in its label."""
    wrapped = [{"type": 18, "id": 1, "component": part} for part in parts]
    sent = sent_form({"custom_id": custom_id, "components": wrapped, **more})
    assert sent is not None
    return sent


class TestSent:
    """What comes back."""

    def test_every_question_is_answered_or_left(self) -> None:
        """In words, by a choice in a list or by a radio button."""
        sent = came(
            {"type": 4, "id": 2, "custom_id": "name", "value": "Python"},
            {"type": 4, "id": 3, "custom_id": "course", "value": ""},
            {"type": 21, "id": 4, "custom_id": "language", "value": "es"},
            {"type": 21, "id": 5, "custom_id": "mood", "value": None},
            {"type": 3, "id": 6, "custom_id": "circle", "values": ["12"]},
            {"type": 3, "id": 7, "custom_id": "room", "values": []},
        )
        assert sent == SentForm(
            7, {"name": "Python", "course": "", "language": "es", "mood": "", "circle": "12", "room": ""}
        )

    @pytest.mark.parametrize(
        ("member", "account", "name"),
        [
            ({"nick": "Ada L."}, {"global_name": "Ada", "username": "ada"}, "Ada L."),
            ({"nick": None}, {"global_name": "Ada", "username": "ada"}, "Ada"),
            (None, {"global_name": None, "username": "ada"}, "ada"),
            (None, None, "101"),
        ],
    )
    def test_who_was_picked_is_known_by_name(self, member: object, account: object, name: str) -> None:
        """As they are called on the server, else everywhere."""
        resolved = {"members": {"101": member}, "users": {"101": account}}
        sent = came({"type": 5, "id": 2, "custom_id": "who", "values": ["101"]}, resolved=resolved)
        assert (sent.answers, sent.people) == ({"who": "101"}, {"101": name})

    def test_a_bot_that_was_picked_is_nobody(self) -> None:
        """The core is told of no such person, and asks again."""
        resolved = {"users": {"101": {"username": "circlebot", "bot": True}}}
        sent = came({"type": 5, "id": 2, "custom_id": "who", "values": ["101"]}, resolved=resolved)
        assert (sent.answers, sent.people) == ({"who": "101"}, {})

    def test_a_moment_that_discord_wrote_is_read(self) -> None:
        """For the field that it stands in; the words stay."""
        sent = came({"type": 4, "id": 2, "custom_id": "when", "value": "at <t:1773162000:F>"})
        assert sent.moments == {"when": datetime(2026, 3, 10, 17, 0, tzinfo=UTC)}
        assert sent.answers == {"when": "at <t:1773162000:F>"}

    def test_older_wrappings_are_read_too(self) -> None:
        """A row instead of a label, and words in between that nobody fills in."""
        row = {"type": 1, "components": [{"type": 4, "custom_id": "name", "value": "x"}]}
        sent = sent_form({"custom_id": "form.7", "components": [{"type": 10, "id": 1}, row]})
        assert sent == SentForm(7, {"name": "x"})

    @pytest.mark.parametrize("custom_id", ["", "form.", "form.07", "form.Z", "form.zzzzzzzzzzzzz", "form.7 ", "dn.7"])
    def test_a_form_of_somebody_else_is_none(self, custom_id: str) -> None:
        """Anybody may forge it."""
        assert sent_form({"custom_id": custom_id, "components": []}) is None


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ("<t:1773162000:F>", datetime(2026, 3, 10, 17, 0, tzinfo=UTC)),
        (" <t:1773162000> ", datetime(2026, 3, 10, 17, 0, tzinfo=UTC)),
        ("<t:-86400:R>", datetime(1969, 12, 31, tzinfo=UTC)),
        ("Tuesday 6pm", None),
        ("<t:1:F> or <t:2:F>", None),
        ("<t:99999999999999:F>", None),
        ("<t:1:x>", None),
    ],
)
def test_a_moment_is_read_where_there_is_one(words: str, at: datetime | None) -> None:
    """As Discord writes it when people type @time."""
    assert moment(words) == at
