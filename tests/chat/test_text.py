"""Text as meaning: spans in order, nothing empty, words when words are wanted."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.chat.text import Bold, Mention, Moment, Slash, Text, Typed, joined, lines, paragraphs

AT = datetime(2026, 3, 10, 17, 0, tzinfo=UTC)


def test_a_text_is_its_spans_in_order() -> None:
    """Texts within a text are laid flat, and what has no words is left out."""
    text = Text.of("Hello ", Text.of(Bold("Ada"), ""), Bold(""), Typed(""), "!")
    assert text.spans == ("Hello ", Bold("Ada"), "!")
    assert str(text) == "Hello Ada!"


def test_nothing_is_false() -> None:
    """An empty text is no text."""
    assert not Text()
    assert not Text.of("", Bold(""))
    assert Text.of(" ")


def test_adding_keeps_the_spans() -> None:
    """Texts can be put together bit by bit."""
    assert Text.of("a") + Bold("b") + Text.of("c") == Text.of("a", Bold("b"), "c")


def test_only_what_has_words_is_joined() -> None:
    """An empty part leaves no blank line behind."""
    assert str(lines("a", "", Text(), "b")) == "a\nb"
    assert str(paragraphs("", "a", "b", "")) == "a\n\nb"
    assert str(joined([], ", ")) == ""


def test_people_are_named_and_nothing_of_them_is_markup() -> None:
    """A name stays what it is, whatever it looks like."""
    name = "<b>*@everyone*</b>"
    assert str(Text.of(Mention(name, (("telegram", "1"),)), " ", Moment(AT, "UTC"))).startswith(name)


def test_a_command_is_read_as_it_is_typed() -> None:
    """As bare words it has its slash."""
    assert str(Text.of("See ", Slash("next"), ".")) == "See /next."
