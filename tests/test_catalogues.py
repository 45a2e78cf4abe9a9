"""The catalogues: complete, up to date with the code, and nothing in them that a translator's slip could break."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from babel.messages import extract as babel
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from bot.dates import WrittenDates
from bot.i18n import DOMAIN, LOCALES
from tests.support.texts import extract

ROOT = Path(__file__).parent.parent
CODE = [path for folder in ("adapters", "bot", "scheduler") for path in sorted((ROOT / folder).rglob("*.py"))]
KEYWORDS = {"t": None, "words": None, "N_": None, "plural": (1, 2), "named": ((1, "c"), 2)}
"""As in the Makefile's `messages`."""
LANGUAGES = sorted(path.parent.parent.name for path in LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))
LONGEST_TOAST = 200
"""Characters, without what fills the placeholders: Telegram shows no more."""
LONGEST_LABEL = 40
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

every_language = pytest.mark.parametrize("language", LANGUAGES)


def catalogue(path: Path, language: str | None = None) -> Catalog:
    """Return a catalogue's file, read."""
    with path.open("rb") as source:
        return read_po(source, locale=language)


@cache
def translated(language: str) -> tuple[Message, ...]:
    """Return the messages of a language."""
    read = catalogue(LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po", language)
    return tuple(message for message in read if message.id)


def forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """Return the singular and the plurals of a text, or the one form that it has."""
    return (text,) if isinstance(text, str) else tuple(text or ())


def paired(language: str) -> Iterator[tuple[str, str]]:
    """Yield each source text with its translation, plural forms beside the source's last."""
    for message in translated(language):
        sources = forms(message.id)
        for number, words in enumerate(forms(message.string)):
            yield sources[min(number, len(sources) - 1)], words


def bare(template: str) -> str:
    """Return a template without its placeholders."""
    return "".join(literal for literal, _, _, _ in string.Formatter().parse(template))


def names(template: str) -> set[str]:
    """Return the placeholders of a template; raises ValueError where a brace is open."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def quoted(words: str) -> list[str]:
    """Return what stands in quotation marks."""
    return re.findall(r"“([^”{}]+)”", words)


def in_code() -> set[tuple[str, ...]]:
    """Return every text to translate in the code."""
    found = set()
    for path in CODE:
        with path.open("rb") as source:
            texts = babel.extract(extract, source, KEYWORDS)  # type: ignore[arg-type]  # annotated with what it yields
            found |= {forms(text) for _, text, _, _ in texts}
    return found


def test_the_template_has_every_text_of_the_code() -> None:
    """Translators see what people see: `make messages` brings the template up to date."""
    assert {forms(message.id) for message in catalogue(LOCALES / f"{DOMAIN}.pot") if message.id} == in_code()


def test_spanish_is_there() -> None:
    """The tests below test something."""
    assert "es" in LANGUAGES


@every_language
def test_every_text_is_translated(language: str) -> None:
    """A language is whole: each text, each plural form, nothing doubtful."""
    messages = translated(language)
    plurals = len(forms(next(message.string for message in messages if message.pluralizable)))
    assert {forms(message.id) for message in messages} == {
        forms(message.id) for message in catalogue(LOCALES / f"{DOMAIN}.pot") if message.id
    }
    empty = [message.id for message in messages if not all(words.strip() for words in forms(message.string))]
    assert empty == []
    assert [message.id for message in messages if message.fuzzy] == []
    assert {len(forms(message.string)) for message in messages if message.pluralizable} == {plurals}


@every_language
def test_placeholders_are_the_same(language: str) -> None:
    """A translation names what the source names; a singular may leave the number out, a plural may not."""
    for message in translated(language):
        sources = forms(message.id)
        allowed = set().union(*map(names, sources))
        for number, words in enumerate(forms(message.string)):
            needed = names(sources[min(number, len(sources) - 1)])
            assert needed - ({"n"} if message.pluralizable and not number else set()) <= names(words) <= allowed, words


@every_language
def test_a_translation_is_shaped_like_its_source(language: str) -> None:
    """Spaces and lines at the edges, the end of a sentence, and no markup anywhere."""
    differing = [pair for pair in paired(language) if _shape(pair[0]) != _shape(pair[1])]
    assert differing == []


def _shape(words: str) -> tuple[object, ...]:
    ending = "." if words.endswith((".", "!", "?", ")")) else words[-1] if words[-1] in "…:,;" else ""
    markup = re.findall(r"<[a-zA-Z/]|&\w+;|\*\*|__|[«»]", words)
    return words == words.lstrip(), words == words.rstrip(), words.count("\n"), ending, markup


@every_language
def test_commands_stay_commands(language: str) -> None:
    """`/next` is `/next` in every language, wherever it is named."""
    for source, words in paired(language):
        assert sorted(re.findall(r"(?<!\w)/[a-z]+", words)) == sorted(re.findall(r"(?<!\w)/[a-z]+", source)), words


@every_language
def test_buttons_are_quoted_by_their_labels(language: str) -> None:
    """A text that tells people to press “Take up” names the button as it is labelled in their language."""
    known = {message.id: message.string for message in translated(language)}
    for source, words in paired(language):
        labels = [known[label] for label in quoted(source) if label in known]
        assert set(labels) <= set(quoted(words)), (source, words)


@every_language
def test_dates_in_examples_are_understood(language: str) -> None:
    """Whoever types an example as it stands is understood, and means the same as in English."""
    dates = WrittenDates()
    for source, words in paired(language):
        examples = [*quoted(source), *re.findall(r"^/(?:move|addmeeting) (.+)", source)]
        own = [*quoted(words), *re.findall(r"^/(?:move|addmeeting) (.+)", words)]
        for there, here in zip(examples, own, strict=len(examples) != len(own) and source.startswith("/")):
            meant = dates.read(there, "en", "Europe/Madrid", MONDAY)
            assert meant is None or dates.read(here, language, "Europe/Madrid", MONDAY) == meant, (there, here)


def _shown_as(kind: str) -> set[str]:
    """Return the literal texts in the code that become labels or toasts."""
    found = set()
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.id if isinstance(node.func, ast.Name) else ""
            asked = [word.value for word in node.keywords if word.arg == kind]
            if called.casefold() == kind or (kind == "label" and called == "Button"):
                asked += node.args[:1]
            for call in (inner for one in asked for inner in ast.walk(one) if isinstance(inner, ast.Call)):
                if isinstance(call.func, ast.Attribute) and call.func.attr == "words":
                    found |= {arg.value for arg in call.args[:1] if isinstance(arg, ast.Constant)}
    return {str(text) for text in found}


@every_language
@pytest.mark.parametrize(("kind", "longest"), [("label", LONGEST_LABEL), ("toast", LONGEST_TOAST)])
def test_what_is_small_on_the_screen_stays_short(kind: str, longest: int, language: str) -> None:
    """Labels fit on buttons, and toasts into a toast."""
    shown = _shown_as(kind)
    assert shown
    for source, words in paired(language):
        if source in shown:
            assert len(bare(words)) <= longest, words
