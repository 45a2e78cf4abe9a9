"""Whatever people write, Telegram takes the message, shows just these words, and marks only what we marked."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.telegram.forms import answer_of, invitation_to_private, prompt
from adapters.telegram.letter import Letter
from adapters.telegram.markup import seen
from adapters.telegram.render import drawn
from bot.chat.forms import Choice, Page, Question
from bot.chat.intents import Kind
from bot.chat.message import Button, Card, Message, Picture, Style
from bot.chat.text import Bold, Link, Mention, Moment, Text, Typed
from bot.chat.words import CUT, has_words
from bot.forms import DropDraft
from bot.i18n import Catalogue
from tests.telegram.server.markup import parsed, units
from tests.telegram.strange_words import SPANS, TEXTS, URLS, WORDS

CATALOGUE = Catalogue()
OURS = {"bold", "code", "date_time", "text_mention", "text_link"}
A_CALL = re.compile(r"(?:^|(?<=[^\w]))@\w")
AN_ADDRESS = re.compile(r"https?://\S+")
BUTTONS = st.one_of(
    st.builds(Button, WORDS, st.just(DropDraft(draft=7)), st.sampled_from(Style)),
    st.builds(lambda label, url: Button(label, url=url), WORDS, URLS.filter(bool)),
)
MESSAGES = st.builds(
    Message,
    TEXTS,
    rows=st.lists(st.lists(BUTTONS, max_size=10).map(tuple), max_size=4).map(tuple),
    title=WORDS,
    picture=st.one_of(st.none(), st.builds(Picture, st.just(b"png"), WORDS)),
    card=st.sampled_from((None, Card("meeting", 1))),
)


def sendable(letter: Letter) -> None:
    """Check a letter against Telegram's limits."""
    assert letter.parts
    for part in letter.parts:
        text, entities = parsed(part)
        assert 0 < units(text) <= 4096
        assert text.strip()
        assert {entity["type"] for entity in entities} <= OURS
        part.encode()
        assert not A_CALL.search(AN_ADDRESS.sub("", _searched(text, entities))), "nobody is called by words alone"
        _checked_links(entities)
    assert units(letter.caption) <= 1024
    rows = letter.keyboard.rows if letter.keyboard else ()
    assert all(0 < len(row) <= 8 for row in rows)
    assert sum(map(len, rows)) <= 100
    for button in (button for row in rows for button in row):
        assert button.text.strip()
        assert units(button.text) <= 64
        button.text.encode()
        if button.url is not None:
            assert re.match(r"https?://[^/]+\.[^/]+", button.url)
        else:
            assert 0 < len(str(button.callback_data).encode()) <= 64


def _searched(text: str, entities: list[dict[str, Any]]) -> str:
    """Return what Telegram looks for names and commands in: all but code, links and mentions."""
    halves = text.encode("utf-16-le")
    for entity in entities:
        if entity["type"] in {"code", "text_link", "text_mention", "date_time"}:
            start, end = 2 * entity["offset"], 2 * (entity["offset"] + entity["length"])
            halves = halves[:start] + b"_\0" * entity["length"] + halves[end:]
    return halves.decode("utf-16-le")


def _checked_links(entities: list[dict[str, Any]]) -> None:
    for entity in entities:
        if entity["type"] == "text_link":
            assert re.match(r"https?://[^/]+\.[^/]+", str(entity["url"]))


@settings(max_examples=300, deadline=None)
@given(MESSAGES, st.booleans())
def test_any_message_can_be_sent(message: Message, whole: bool) -> None:  # noqa: FBT001  # drawn by hypothesis
    """Within the limits, with our marks alone."""
    letter = drawn(message, CATALOGUE, whole=whole)
    sendable(letter)
    assert whole or len(letter.parts) == 1


@settings(max_examples=300, deadline=None)
@given(WORDS)
def test_words_are_seen_as_they_were_written(words: str) -> None:
    """Split or not, nothing is lost but what cannot be seen, and nothing marked."""
    parts = [parsed(part) for part in drawn(Message(Text.of(words)), CATALOGUE).parts]
    assert all(entities == [] for _, entities in parts)
    shown = "".join(text for text, _ in parts)
    assert _bare(shown) == (_bare(seen(words)) or CUT)


def _bare(words: str) -> str:
    """Return what is seen: no blanks, no marks of direction."""
    return "".join(one for one in words if has_words(one))


@settings(max_examples=200, deadline=None)
@given(st.lists(SPANS, max_size=6).map(tuple))
def test_marks_are_where_we_meant_them(spans: tuple[object, ...]) -> None:
    """Each marked stretch holds the very words of its span."""
    text = Text(spans)  # type: ignore[arg-type]  # a list of spans
    parts = drawn(Message(text), CATALOGUE).parts
    meant = {_bare(seen(str(span))) for span in spans if isinstance(span, Bold | Typed | Link | Mention)}
    for shown, entities in map(parsed, parts if len(parts) == 1 else ()):
        for entity in entities:
            if entity["type"] != "date_time":
                units16 = shown.encode("utf-16-le")
                stretch = units16[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le")
                assert any(_bare(stretch) in words for words in meant)
        assert sum(entity["type"] == "date_time" for entity in entities) <= sum(
            isinstance(one, Moment) for one in spans
        )


QUESTIONS = st.builds(
    Question,
    st.sampled_from(("name", "zone", "first_time")),
    WORDS,
    st.sampled_from(Kind),
    WORDS,
    st.booleans(),
    choices=st.lists(st.builds(Choice, WORDS, WORDS), max_size=120).map(tuple),
    value=WORDS,
    error=WORDS,
)
PAGES = st.builds(
    Page,
    st.integers(0, 2**63 - 1),
    WORDS,
    st.tuples(QUESTIONS),
    TEXTS,
    st.integers(1, 9),
    st.integers(1, 9),
    drop=st.sampled_from((None, DropDraft(draft=2**63 - 1))),
)


@settings(max_examples=200, deadline=None)
@given(PAGES, st.booleans(), st.sampled_from(("en", "es")))
def test_any_question_can_be_asked(page: Page, in_room: bool, language: str) -> None:  # noqa: FBT001  # by hypothesis
    """And each of its buttons says what it stands for."""
    letter = prompt(page, CATALOGUE.speaker(language), in_room=in_room)
    sendable(letter)
    assert len(letter.parts) == 1
    assert not (letter.wants_reply and letter.keyboard)
    values = {choice.value for choice in page.questions[0].choices} | {""}
    for row in letter.keyboard.rows if letter.keyboard else ():
        for button in row:
            said = answer_of(str(button.callback_data))
            if said is None:
                assert button.callback_data == DropDraft(draft=2**63 - 1).payload()
                continue
            draft, answers, kept = said
            assert draft == page.draft
            assert set(answers) | set(kept) == {page.questions[0].field}
            assert set(answers.values()) <= values


@given(WORDS, URLS)
def test_any_invitation_can_be_sent(title: str, url: str) -> None:
    """Its title may be a person's words, too."""
    page = Page(7, title, (Question("name", "Name?", Kind.SHORT),))
    sendable(invitation_to_private(page, CATALOGUE.speaker("en"), url))


@given(
    st.one_of(WORDS, st.text("?.!0az_", max_size=20).map("?".__add__), st.text(max_size=70).map("?25.name.".__add__))
)
def test_a_forged_answer_is_none_or_a_true_one(payload: str) -> None:
    """Nothing that a prompt would not have said is read, and nothing raises."""
    said = answer_of(payload)
    if said is not None:
        draft, answers, kept = said
        assert 0 <= draft < 2**63
        assert len(answers) + len(kept) == 1
        assert len(payload.encode()) <= 64


@settings(max_examples=50, deadline=None)
@given(MESSAGES)
def test_a_card_calls_nobody(message: Message) -> None:
    """It is posted again and again, and mentions are plain names in it."""
    parts = drawn(replace(message, card=Card("meeting", 1)), CATALOGUE).parts
    assert not any(entity["type"] == "text_mention" for part in parts for entity in parsed(part)[1])
