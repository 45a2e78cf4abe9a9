"""What goes to Discord, as JSON, held against what the tests' Discord checks, its contract, and what is stricter still.

How Discord counts is not told: what fits by UTF-16 units, which are never fewer than anything it may count, fits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from adapters.discord.letter import Json, Letter
from tests.discord.server.checks import check_form, check_message, check_not_empty
from tests.discord.server.contract import Contract
from tests.discord.server.problems import Problem

_MOST = {
    "content": 2000,
    "title": 256,
    "description": 4096,
    "label": 80,
    "custom_id": 100,
    "url": 512,
}
_MOST_IN_FORMS = {"title": 45, "label": 45, "description": 100, "placeholder": 100, "value": 4000, "content": 4000}
_MOST_IN_CHOICES = {"label": 100, "value": 100}


def payload(letter: Letter) -> Json:
    """Return what is sent of a letter, without what follows it."""
    said: Json = {
        "content": letter.content,
        "embeds": [letter.embed] if letter.embed else [],
        "components": list(letter.components),
        "allowed_mentions": {"parse": [], "users": list(letter.mentions)},
    }
    if letter.picture:
        said["attachments"] = [{"id": "0", "filename": letter.picture.name, "description": letter.picture.alt}]
    if letter.silent:
        said["flags"] = 1 << 12
    return {name: value for name, value in said.items() if value}


def faults(said: Json) -> list[str]:
    """Return what is wrong with a message."""
    embeds, rows = said.get("embeds", []), said.get("components", [])
    found = [*_refused(check_message, said), *_against("MessageCreateRequest", said)]
    found += _refused(lambda body: check_not_empty(body.get("content", ""), embeds, rows, 0), said)
    found += _too_long(said, _MOST)
    for embed in embeds:
        found += _too_long(embed, _MOST)
        picture = embed.get("image", {}).get("url", "")
        if picture not in {"", *(f"attachment://{one['filename']}" for one in said.get("attachments", ()))}:
            found.append("an embed with a picture that is not there")
        if not embed.keys() & {"title", "description", "image"}:
            found.append("an empty embed")
    for button in (part for row in rows for part in row["components"]):
        found += _too_long(button, _MOST)
        if not str(button.get("url", "https://")).startswith(("http://", "https://")):
            found.append(f"a button to {button['url']!r}")
    return found


def faults_of_form(data: Json) -> list[str]:
    """Return what is wrong with a modal."""
    found = [*_refused(check_form, data), *_too_long(data, _MOST_IN_FORMS)]
    found += _against("ModalInteractionCallbackRequest", {"type": 9, "data": data})
    for part in data["components"]:
        found += _too_long(part, _MOST_IN_FORMS)
        if "component" in part:
            found += _of_part(part["component"])
    return found


def _of_part(one: Json) -> Iterator[str]:
    yield from _too_long(one, _MOST_IN_FORMS | {"value": one.get("max_length", 0)})
    if one.get("style") == 1 and "\n" in one.get("value", ""):
        yield "several lines where one fits"
    for option in one.get("options", []):
        yield from _too_long(option, _MOST_IN_CHOICES)
    if one["required"] and one.get("min_values") == 0:
        yield "an answer that must and need not be given"
    if len(one.get("options", ())) == 1 and one["type"] != 3:
        yield "a group of one"


def _refused(check: Callable[[Json], None], said: Json) -> list[str]:
    try:
        check(said)
    except Problem as problem:
        return [str(problem.answer())]
    return []


def _against(schema: str, value: object) -> list[str]:
    """Return what the contract does not allow, nothing where it is not at hand."""
    contract = Contract.found()
    return contract.faults(schema, value) if contract else []


def _too_long(said: Json, most: dict[str, int]) -> Iterator[str]:
    """Say what is blank or too long in an object."""
    for name, units in most.items():
        words = said.get(name)
        if isinstance(words, str) and (not words.strip() or len(words.encode("utf-16-le")) // 2 > units):
            yield f"{name}: {words[:50]!r}"
