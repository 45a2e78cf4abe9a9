"""A message becomes a letter: Telegram's HTML, within its limits, with coloured buttons."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.telegram.markup import seen
from adapters.telegram.render import drawn
from bot.chat.message import Button, Card, Chart, Message, Picture, Series, Style
from bot.chat.text import Bold, Link, Mention, Moment, Shape, Slash, Span, Text, Typed
from bot.chat.words import can_be_followed, units
from bot.forms import DropDraft, SaveDraft
from bot.i18n import Catalogue
from tests.telegram.server.markup import parsed

CATALOGUE = Catalogue()
AT = datetime(2026, 3, 10, 17, 0, tzinfo=UTC)
PRESS = DropDraft(draft=1)


def html(*spans: Span, language: str = "en") -> str:
    """Return the HTML of spans."""
    (part,) = drawn(Message(Text(spans, language)), CATALOGUE).parts
    return part


def test_a_title_stands_in_bold_above_the_text() -> None:
    """With a blank line between; alone, there is none."""
    assert drawn(Message(Text.of("One < two."), title="T & T"), CATALOGUE).parts == (
        "<b>T &amp; T</b>\n\nOne &lt; two.",
    )
    assert drawn(Message(Text(), title="Only\nthis"), CATALOGUE).parts == ("<b>Only this</b>",)


def test_every_span_has_its_mark() -> None:
    """Bold, fixed-width, a link, a mention; a command stays plain, so that it can be tapped."""
    assert html("See ", Slash("next"), ".") == "See /next.", "Telegram finds it by itself"
    assert html(Bold("b<"), " ", Typed("Tuesday 6pm"), " ", Typed("/next")) == (
        "<b>b&lt;</b> <code>Tuesday 6pm</code> /next"
    )
    assert html(Link('a "b"', 'https://example.org/?a=1&b="2"')) == 'a "b" (https://example.org/?a=1&amp;b="2")'
    assert html(Link("here", "https://example.org/?a=1&b=2")) == '<a href="https://example.org/?a=1&amp;b=2">here</a>'
    assert html(Typed('{"mail": "@ada"}')) == '<code>{"mail": "@ada"}</code>', "what is to be copied is left alone"
    assert html(Mention("Ada", (("web", "x"), ("telegram", "7")))) == '<a href="tg://user?id=7">Ada</a>'


@pytest.mark.parametrize(
    ("shape", "form", "told"),
    [
        (Shape.FULL, "wDt", "Tuesday, 10 March 2026, 6:00\u202fPM (Madrid)"),
        (Shape.DATE, "wD", "Tuesday, 10 March"),
        (Shape.TIME, "t", "6:00\u202fPM (Madrid)"),
        (Shape.RELATIVE, "r", "Tuesday, 10 March"),
    ],
)
def test_a_moment_is_each_readers_own(shape: Shape, form: str, told: str) -> None:
    """Older apps show it in its own zone, which is named; a date for what only a clock could tell."""
    assert html(Moment(AT, "Europe/Madrid", shape)) == f'<tg-time unix="1773162000" format="{form}">{told}</tg-time>'


def test_a_moment_is_told_in_the_texts_language() -> None:
    """As everything around it is."""
    assert "mar" in html(Moment(AT, "Europe/Madrid"), language="es")


def test_a_mention_without_an_account_here_is_a_name() -> None:
    """So is one in a card, and one whose account is no number."""
    assert html(Mention("Ada", (("web", "7"),))) == "Ada"
    assert html(Mention("Ada", (("telegram", '7"><b>'),))) == "Ada"
    message = Message(Text.of(Mention("Ada", (("telegram", "7"),))), card=Card("meeting", 1))
    assert drawn(message, CATALOGUE).parts == ("Ada",)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("@everyone", "@\u2060everyone"),
        ("hi (@ada)", "hi (@\u2060ada)"),
        ("/ban@otherbot", "/\u2060ban@otherbot"),
        ("@", "@\u2060"),
        ("ada@example.org", "ada@example.org"),
        ("https://example.org/@ada", "https://example.org/@ada"),
        ("/next and #tag", "/next and #tag"),
        ("left \u202eright", "left right"),
        ("a\u2067b", "a\u2067b\u2069"),
        ("a\u2069b", "ab"),
        ("half \ud83d", "half \ufffd"),
    ],
)
def test_words_call_nobody_and_turn_nothing(written: str, shown: str) -> None:
    """Addresses and commands stay; what calls people or orders other bots about is broken unseen."""
    assert seen(written) == shown


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "tg://user?id=7",
        "http://localhost:8000/",
        "https://exa mple.org",
        "https://example.org:port/",
        "https://[::1",
        "https://a@example.org",
        "//example.org",
        "https://",
        "https://.org",
        "",
    ],
)
def test_addresses_that_telegram_refuses(url: str) -> None:
    """One of them would cost the whole message."""
    assert not can_be_followed(url)
    assert "<a" not in html(Link("words", url))


def test_buttons_have_colours_and_payloads() -> None:
    """The label alone says what a button does."""
    rows = (
        (Button("Yes", PRESS, Style.SUCCESS), Button("No", PRESS, Style.DANGER), Button("Hm", PRESS, Style.PRIMARY)),
        (Button("Plain\n one", PRESS), Button("Course", url="https://example.org/py")),
    )
    keyboard = drawn(Message(Text.of("?"), rows), CATALOGUE).keyboard
    assert keyboard is not None
    assert [[(each.text, each.style, each.callback_data, each.url) for each in row] for row in keyboard.rows] == [
        [("Yes", "success", "dn.1", None), ("No", "danger", "dn.1", None), ("Hm", "primary", "dn.1", None)],
        [("Plain one", None, "dn.1", None), ("Course", None, None, "https://example.org/py")],
    ]


def test_an_address_that_no_button_may_have_is_written_out() -> None:
    """So that it is not lost; anything but http(s) is."""
    rows = ((Button("Course", url="http://library.local"), Button("Room", url="http://library:80/x")),)
    letter = drawn(Message(Text.of("Here."), rows), CATALOGUE)
    assert letter.keyboard is not None
    assert [[each.text for each in row] for row in letter.keyboard.rows] == [["Course"]]
    assert letter.parts == ("Here.\n\nRoom: http://library:80/x",)
    assert drawn(Message(Text.of("Here."), ((Button("x", url="javascript:x"),),)), CATALOGUE).keyboard is None


def test_buttons_stay_within_the_limits() -> None:
    """Eight in a row, a hundred in all, none without a label, long labels cut."""
    wide = tuple(Button(f"{number}", PRESS) for number in range(20))
    keyboard = drawn(Message(Text.of("?"), (wide,) * 7), CATALOGUE).keyboard
    assert keyboard is not None
    assert [len(row) for row in keyboard.rows] == [8] * 12 + [4]
    keyboard = drawn(Message(Text.of("?"), ((Button("\u200b", PRESS), Button("é" * 99, PRESS)),)), CATALOGUE).keyboard
    assert keyboard is not None
    assert [row[0].text for row in keyboard.rows] == ["…", "é" * 63 + "…"]


def test_a_row_that_a_phone_would_cut_is_laid_out_over_several() -> None:
    """A row does not wrap on Telegram; the fewest rows are taken, evenly filled."""

    def rows(*labels: str) -> list[int]:
        keyboard = drawn(Message(Text.of("?"), (tuple(Button(label, PRESS) for label in labels),)), CATALOGUE).keyboard
        assert keyboard is not None
        return [len(row) for row in keyboard.rows]

    assert rows("I'm coming", "Maybe", "Can't make it") == [3]
    assert rows("Plus / delta", "Decisions", "Reminders", "What was sent") == [2, 2]
    assert rows(*(f"Change {number}: Monday, 1 June" for number in range(5))) == [1] * 5
    assert rows("1 hard", "2 so-so", "3 fine", "4 good", "5 great") == [3, 2]


def test_rows_of_a_grid_are_laid_out_as_one() -> None:
    """Buttons that do the same, five by five: no gap stays where a row ended."""
    months = tuple(Button(f"{number}: Monday, 1 June", PRESS) for number in range(10))
    keyboard = drawn(
        Message(Text.of("?"), (months[:5], months[5:], (Button("Back", SaveDraft(draft=1)),))), CATALOGUE
    ).keyboard
    assert keyboard is not None
    assert [len(row) for row in keyboard.rows] == [2, 2, 2, 2, 2, 1]


def test_a_long_message_is_split_where_one_would_take_a_breath() -> None:
    """At paragraphs if that fills a message at least by half, else at lines, else at words."""
    paragraphs = "\n\n".join("word " * 150 + "end." for _ in range(11))
    parts = drawn(Message(Text.of(paragraphs)), CATALOGUE).parts
    assert all(part.endswith("end.") for part in parts)
    assert all(units(part) <= 4096 for part in parts)
    assert "\n\n".join(parts) == paragraphs
    words = "word " * 2000
    parts = drawn(Message(Text.of(words)), CATALOGUE).parts
    assert " ".join(parts) == words.strip()


def test_length_is_counted_as_telegram_does() -> None:
    """An emoji is two units, and "&amp;" one: what is seen counts, not what is sent."""
    assert units("a🙂é") == 4
    assert len(drawn(Message(Text.of("&" * 4096)), CATALOGUE).parts) == 1
    assert [units(parsed(part)[0]) <= 4096 for part in drawn(Message(Text.of("🙂" * 2049)), CATALOGUE).parts] == [
        True
    ] * 2


def test_a_card_is_cut_instead() -> None:
    """Its beginning stays, whole lines if that loses little, and "…" says that there was more."""
    lines = "\n".join(f"line {number}" for number in range(900))
    (part,) = drawn(Message(Text.of(lines), title="Title"), CATALOGUE, whole=False).parts
    assert part.startswith("<b>Title</b>\n\nline 0\nline 1\n")
    assert part.endswith("…")
    assert part.rpartition("\n")[2].removesuffix("…") in lines.split("\n")


def test_nothing_is_cut_in_the_middle_of_a_mark() -> None:
    """A moment is left out whole."""
    text = Text.of("x" * 4090, " ", Moment(AT, "Europe/Madrid"), " end")
    (part,) = drawn(Message(text), CATALOGUE, whole=False).parts
    assert part == "x" * 4090 + "…"
    first, second = drawn(Message(text), CATALOGUE).parts
    assert first == "x" * 4090
    assert second.startswith("<tg-time")


def test_marks_beyond_the_hundredth_are_plain() -> None:
    """Telegram would drop them anyway; the words stay."""
    (part,) = drawn(Message(Text.of(*(Bold(f"b{number} ") for number in range(150)))), CATALOGUE).parts
    text, entities = parsed(part)
    assert len(entities) == 100
    assert text.endswith("b149")
    (part,) = drawn(Message(Text.of(*(Typed("@ada " * 6) for _ in range(130)))), CATALOGUE).parts
    text, entities = parsed(part)
    assert len(entities) == 100
    assert units(text) <= 4096
    assert text.endswith("\uff20ada"), "what is plain calls nobody"


def test_a_picture_brings_its_words() -> None:
    """As its caption; a chart that nobody drew leaves its words in the text."""
    letter = drawn(Message(Text.of("The week."), picture=Picture(b"png", "x" * 2000)), CATALOGUE)
    assert letter.picture is not None
    assert units(letter.caption) == 1024
    chart = Chart("Turnout", ("a",), (Series("came", (3,)),), alt="Turnout. a: 3")
    letter = drawn(Message(Text.of("The week."), picture=chart), CATALOGUE)
    assert letter.picture is None
    assert letter.parts == ("The week.\n\nTurnout. a: 3",)


def test_a_message_without_words_says_that_something_is_there() -> None:
    """Telegram takes no empty message."""
    assert drawn(Message(Text()), CATALOGUE).parts == ("…",)
    assert drawn(Message(Text.of(" \u200b")), CATALOGUE, whole=False).parts == ("…",)


def test_a_name_that_runs_the_other_way_turns_nothing_around_it() -> None:
    """It is set apart; names that run the same way are not."""
    assert html(Mention("\u05d0\u05d3\u05d4")) == "\u2068\u05d0\u05d3\u05d4\u2069"
    assert html(Mention("Åsa")) == "Åsa"


def test_a_quiet_message_stays_quiet() -> None:
    """What is silent makes no sound there."""
    assert drawn(Message(Text.of("psst"), silent=True), CATALOGUE).silent
