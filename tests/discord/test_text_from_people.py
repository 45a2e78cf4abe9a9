"""Whatever people write, Discord takes the message, shows just these words, calls nobody, and marks what we marked."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapters.discord.forms import between, modal, moment, sent_form
from adapters.discord.letter import Json, Letter
from adapters.discord.render import buttons, drawn, read_payload, short
from bot.chat.forms import Choice, Page, Question
from bot.chat.intents import Kind
from bot.chat.message import Button, Card, Message, Picture, Style
from bot.chat.text import Bold, Link, Mention, Moment, Slash, Span, Text, Typed
from bot.chat.words import CUT, fit, has_words
from bot.forms import DropDraft
from bot.i18n import Catalogue
from tests.discord.markdown import Token, called, read, words
from tests.discord.payloads import faults, faults_of_form, payload
from tests.discord.strange_words import SPANS, TEXTS, URLS, WORDS

CATALOGUE = Catalogue()
OURS = {"words", "bold", "code", "block", "mention", "time", "address", "link"}
LANGUAGES = st.sampled_from(("en", "es"))
BUTTONS = st.one_of(
    st.builds(Button, WORDS, st.just(DropDraft(draft=7)), st.sampled_from(Style)),
    st.builds(lambda label, url: Button(label, url=url), WORDS, URLS.filter(bool)),
)
MESSAGES = st.builds(
    Message,
    TEXTS,
    rows=st.lists(st.lists(BUTTONS, max_size=10).map(tuple), max_size=7).map(tuple),
    title=WORDS,
    picture=st.one_of(st.none(), st.builds(Picture, st.just(b"png"), WORDS, WORDS)),
    card=st.sampled_from((None, Card("meeting", 1))),
)


def letters(letter: Letter) -> tuple[Letter, ...]:
    """Return a letter and all that follows it."""
    return letter, *letter.more


def written(letter: Letter) -> list[str]:
    """Return everything in it that Discord reads as Markdown, as a text each."""
    return [
        words
        for one in letters(letter)
        for words in (one.content, *((one.embed or {}).get(name, "") for name in ("title", "description")))
        if words
    ]


def sendable(letter: Letter) -> None:
    """Check a letter against Discord's limits; nothing but what we mark is markup in it, and it calls nobody else."""
    for one in letters(letter):
        said = payload(one)
        assert not faults(said)
        str(said).encode()
        assert set(called(one.content)) <= {f"<@{user}>" for user in one.mentions}
        assert one.silent == letter.silent
        assert not one.components or one is letters(letter)[-1]
    for text in written(letter):
        found = read(text.removeprefix("-# "))
        assert {token.kind for token in found} <= OURS, [token for token in found if token.kind not in OURS]
    assert "mention" not in {token.kind for text in titles(letter) for token in read(text)}


def titles(letter: Letter) -> list[str]:
    """Return the titles in it."""
    return [one.embed["title"] for one in letters(letter) if one.embed and "title" in one.embed]


@lru_cache(maxsize=256)
def _bare(words: str) -> str:
    """Return what is seen: no blanks, no marks of direction."""
    return "".join(one for one in words if has_words(one))


@settings(max_examples=120, deadline=None)
@given(MESSAGES, st.booleans(), WORDS)
def test_any_message_can_be_sent(message: Message, whole: bool, toast: str) -> None:  # noqa: FBT001  # by hypothesis
    """Within the limits, with our marks alone, one where one was wanted."""
    letter = drawn(message, CATALOGUE, whole=whole, toast=toast)
    sendable(letter)
    assert whole or not letter.more


@settings(max_examples=120, deadline=None)
@given(st.lists(SPANS | st.just(Slash("circles")), max_size=6), WORDS)
@example(["</circles:1>", "/circles", Bold("/circles"), Link("/circles", "https://example.org")], "/circles")
@example(["<", Slash("circles"), ":1>", "\\", Slash("circles"), "`", Slash("circles"), "`"], "</circles:1>")
def test_nothing_that_people_write_is_a_command(spans: list[Span], title: str) -> None:
    """Whatever stands around a command of ours, it is the only one."""
    found = written(drawn(Message(Text.of(*spans), title=title), CATALOGUE, ids={"circles": "1"}))
    commands = [token for one in found for token in read(one) if "command" in token.kind]
    assert len(commands) == sum(isinstance(span, Slash) for span in spans)


@settings(max_examples=200, deadline=None)
@given(WORDS)
@example("\n- a\n-# b\n1. c\n   > d\n##### e\n* f")
@example("https://example.org/a_b_(c). and (https://example.org/d), *https://example.org/*e*")
@example(":a:b: 10:30:15 ::smile::")
@example("x" * 4200 + "https://example.org/" + "y" * 300)
def test_words_are_seen_as_they_were_written(words_: str) -> None:
    """Split or not, nothing is lost but what cannot be seen; an address is at most something to follow."""
    for message in (Message(Text.of(words_)), Message(Text.of(words_), picture=Picture(b"png", "x"))):
        tokens = [token for text in written(drawn(message, CATALOGUE)) for token in read(text)]
        assert {token.kind for token in tokens} <= {"words", "address"}
        assert _bare(words(tokens)) == (_bare(fit(words_)) or CUT)


@settings(max_examples=200, deadline=None)
@given(WORDS)
def test_a_title_is_seen_as_it_was_written(title: str) -> None:
    """In one line, from its beginning; nothing in it leads anywhere."""
    for text in titles(drawn(Message(Text.of("x"), title=title), CATALOGUE)):
        tokens = read(text)
        assert {token.kind for token in tokens} == {"words"}
        assert _bare(fit(title)).startswith(_bare(words(tokens)).removesuffix(CUT))


@settings(max_examples=120, deadline=None)
@given(st.lists(SPANS, max_size=6).map(tuple))
@example((Bold("a"), Bold("b"), Typed("c"), Typed("d")))
@example((Bold("a"), "", Bold("b")))
@example((":smi", "le:", "@every", "one", "<", "@7>", "https", "://example.org"))
@example((Typed("a`b``c```"), Typed("a\n```\nb"), Bold(" * a\n\n# b ")))
def test_marks_are_where_we_meant_them(spans: tuple[object, ...]) -> None:
    """Each marked stretch holds words of its span, each link leads where its own does, a mention is of its person."""
    text = Text(spans)  # type: ignore[arg-type]  # a list of spans
    found = [token for one in written(drawn(Message(text), CATALOGUE)) for token in read(one)]
    for token in found:
        assert any(_is_of(token, span) for span in spans) or token.kind == "words", token
    assert sum(token.kind == "time" for token in found) == sum(isinstance(one, Moment) for one in spans)


@lru_cache(maxsize=256)
def _shown(words: str) -> str:
    return _bare(fit(words))


def _is_of(token: Token, span: object) -> bool:  # noqa: PLR0911  # a line for each mark
    match token.kind, span:
        case "bold", Bold(whole):
            return _bare(token.words) in _shown(whole)
        case "code" | "block", Typed(whole):
            return _bare(token.words) in _shown(whole.replace("`", "\u02cb"))
        case "time", Moment(at):
            return token.target == str(int(at.timestamp()))
        case "mention", Mention(_, accounts):
            return ("discord", token.target) in accounts
        case "link", Link(whole, url):
            return token.words == fit(whole) and token.target == url.replace("(", "%28").replace(")", "%29")
        case "address", Link(whole, url):
            return token.target == url or token.target in fit(f"{whole} {url}")
        case "address", _:
            return True
    return False


@settings(max_examples=50, deadline=None)
@given(MESSAGES)
def test_a_card_calls_nobody(message: Message) -> None:
    """It is posted again and again, and mentions are plain names in it."""
    letter = drawn(replace(message, card=Card("meeting", 1)), CATALOGUE)
    assert not any(one.mentions for one in letters(letter))
    assert not any(token.kind == "mention" for text in written(letter) for token in read(text))


@given(WORDS)
def test_any_word_of_our_own_can_be_sent(words_: str) -> None:
    """A name may be in it."""
    sendable(short(words_))


@given(st.lists(st.lists(BUTTONS, max_size=30).map(tuple), max_size=12).map(tuple))
def test_any_buttons_can_be_pressed(rows: tuple[tuple[Button, ...], ...]) -> None:
    """Each says what it stands for, and none of up to five and twenty is lost."""
    shown = [part for row in buttons(rows) for part in row["components"]]
    pressed = [button for row in rows for button in row if button.intent is not None]
    assert {read_payload(one["custom_id"]) for one in shown if "custom_id" in one} <= {DropDraft(draft=7).payload()}
    if sum(map(len, rows)) <= 25:
        assert sum("custom_id" in one for one in shown) == len(pressed)


QUESTIONS = st.builds(
    Question,
    st.just("name"),
    WORDS,
    st.sampled_from(Kind),
    WORDS,
    st.booleans(),
    longest=st.integers(0, 5000),
    choices=st.lists(st.builds(Choice, WORDS, WORDS), max_size=40).map(tuple),
    value=st.one_of(WORDS, st.just("2026-03-10T18:00"), st.just("123456789012345678")),
    error=WORDS,
)
PAGES = st.builds(
    Page,
    st.integers(0, 2**63 - 1),
    WORDS,
    st.lists(QUESTIONS, min_size=1, max_size=6).map(
        lambda asked: tuple(replace(one, field=f"field_{number}") for number, one in enumerate(asked))
    ),
    TEXTS,
    st.integers(1, 9),
    st.integers(1, 9),
    drop=st.sampled_from((None, DropDraft(draft=2**63 - 1))),
)


@settings(max_examples=60, deadline=None)
@given(PAGES, LANGUAGES)
def test_any_page_can_be_asked(page: Page, language: str) -> None:
    """As a form, and as what stands before it; what comes back unchanged answers the same questions."""
    t = CATALOGUE.speaker(language)
    sendable(between(page, t))
    data = modal(page, t)
    assert not faults_of_form(data)
    for part in data["components"]:
        if part["type"] == 10:
            assert {token.kind for token in read(part["content"])} <= OURS - {"mention"}
    sent = sent_form(_sent_back(data))
    assert sent is not None
    assert sent.draft == page.draft
    assert list(sent.answers) == [question.field for question in page.questions[:5]]
    values = {question.field: {choice.value for choice in question.choices} for question in page.questions}
    for part in data["components"]:
        if part["type"] == 18 and part["component"]["type"] in {3, 21}:
            name = part["component"]["custom_id"]
            assert sent.answers[name] in values[name] | {""}


def _sent_back(data: Json) -> Json:
    """Return a form as it comes back when nobody changed anything."""
    return {
        "custom_id": data["custom_id"],
        "components": [
            {"type": 18, "id": 1, "component": _filled(part["component"])} if part["type"] == 18 else part
            for part in data["components"]
        ],
    }


def _filled(part: Json) -> Json:
    chosen = [option["value"] for option in part.get("options", ()) if option.get("default")]
    came = {"type": part["type"], "id": 2, "custom_id": part["custom_id"]}
    match part["type"]:
        case 3:
            return came | {"values": chosen}
        case 5:
            return came | {"values": [one["id"] for one in part.get("default_values", ())]}
        case 21:
            return came | {"value": chosen[0] if chosen else None}
    return came | {"value": part.get("value", "")}


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), WORDS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(("custom_id", "type", "component", "components", "value", "values")), inner),
    ),
    max_leaves=10,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(("components", "resolved")), JSON), st.sampled_from(("form.7", "x", "form.")))
def test_whatever_comes_back_is_a_form_of_ours_or_none(data: Json, custom_id: str) -> None:
    """And nothing raises."""
    sent = sent_form({**data, "custom_id": custom_id})
    assert (sent is not None) == (custom_id == "form.7")


@given(st.one_of(WORDS, st.integers().map("<t:{}:F>".format)))
def test_whatever_words_say_is_a_moment_or_none(said: str) -> None:
    """And nothing raises."""
    assert moment(said) is None or isinstance(moment(said), datetime)
