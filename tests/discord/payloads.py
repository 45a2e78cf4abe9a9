"""What goes to Discord, as JSON, held against its limits and, where that is at hand, its published contract."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from adapters.discord.letter import Json, Letter

_CONTRACT = Path(__file__).resolve().parents[2].parent / "shared" / "spec" / "discord-openapi.json"
_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "null": type(None),
}
_EMBED = 6000


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


def units(words: str) -> int:
    """Return the length of words as the strictest of Discord's parts counts."""
    return len(words.encode("utf-16-le")) // 2


def faults(said: Json) -> list[str]:
    """Return what is wrong with a message."""
    found = [*_against_limits(said), *against_contract("MessageCreateRequest", said)]
    found += _of_buttons([part for row in said.get("components", ()) for part in row["components"]])
    return found


def _against_limits(said: Json) -> Iterator[str]:
    embeds = said.get("embeds", [])
    if not said.get("content", "").strip() and not embeds:
        yield "an empty message"
    if units(said.get("content", "")) > 2000:
        yield "too long a message"
    for embed in embeds:
        title, text = embed.get("title", ""), embed.get("description", "")
        if not (title.strip() or text.strip() or embed.get("image")):
            yield "an empty embed"
        if units(title) > 256 or units(text) > 4096 or units(title) + units(text) > _EMBED:
            yield "too long an embed"
        if embed.get("image", {}).get("url", "attachment://").partition("attachment://")[2] not in {
            "",
            *(one["filename"] for one in said.get("attachments", ())),
        }:
            yield "an embed with a picture that is not there"
    if any(not 1 <= len(row["components"]) <= 5 for row in said.get("components", ())):
        yield "a row of none or too many"
    if len(said.get("components", ())) > 5:
        yield "too many rows"
    if len(said["allowed_mentions"]["users"]) > 100:
        yield "too many who are called"


def _of_buttons(buttons: Sequence[Json]) -> Iterator[str]:
    ids = [button["custom_id"] for button in buttons if "custom_id" in button]
    if len(set(ids)) < len(ids):
        yield "two buttons that are the same"
    for button in buttons:
        if not button["label"].strip() or units(button["label"]) > 80:
            yield f"a button named {button['label']!r}"
        if (button["style"] == 5) != ("url" in button) or ("url" in button) == ("custom_id" in button):
            yield "a button that leads nowhere or twice"
        if "url" in button and (urlsplit(button["url"]).scheme not in {"http", "https"} or units(button["url"]) > 512):
            yield f"a button to {button['url']!r}"
        if not 0 < units(button.get("custom_id", "x")) <= 100:
            yield "a custom_id that is empty or too long"


def faults_of_form(data: Json) -> list[str]:
    """Return what is wrong with a modal."""
    found = against_contract("ModalInteractionCallbackRequest", {"type": 9, "data": data})
    parts = data["components"]
    if not 1 <= len(parts) <= 5:
        found.append(f"{len(parts)} parts")
    inner = [part["component"] for part in parts if part["type"] == 18]
    ids = [one["custom_id"] for one in inner]
    if len(set(ids)) < len(ids):
        found.append("two parts that are the same")
    names = [data["title"], *(part["label"] for part in parts if part["type"] == 18)]
    found += [f"named {name!r}" for name in names if not name.strip() or units(name) > 45]
    small = [part["description"] for part in parts if "description" in part]
    small += [one["placeholder"] for one in inner if "placeholder" in one]
    found += [f"small {words!r}" for words in small if not words.strip() or units(words) > 100]
    for one in inner:
        found += _of_part(one)
    return found


def _of_part(one: Json) -> Iterator[str]:
    if one["type"] == 4 and units(one.get("value", "")) > one["max_length"]:
        yield "an answer that is longer than it may be"
    if one["type"] == 4 and one["style"] == 1 and "\n" in one.get("value", ""):
        yield "several lines where one fits"
    options = one.get("options", [])
    values = [option["value"] for option in options]
    if len(set(values)) < len(values):
        yield "two choices that are the same"
    if sum(option.get("default", False) for option in options) > 1:
        yield "two that are chosen"
    if one["type"] in {3, 5} and one["required"] and one.get("min_values") == 0:
        yield "an answer that must and need not be given"


# The contract


@cache
def _schemas() -> Mapping[str, Json]:
    if not _CONTRACT.exists():
        return {}
    told: Json = json.loads(_CONTRACT.read_text(encoding="utf-8"))
    schemas: Mapping[str, Json] = told["components"]["schemas"]
    return schemas


def against_contract(name: str, value: object) -> list[str]:
    """Return what the contract does not allow, nothing where it is not at hand."""
    return list(_faults({"$ref": f"#/components/schemas/{name}"}, value, name)) if _schemas() else []


def _faults(schema: Json, value: Any, where: str) -> Iterator[str]:  # noqa: ANN401  # any JSON
    if "$ref" in schema:
        schema = _schemas()[schema["$ref"].rpartition("/")[2]]
    if "oneOf" in schema and schema.get("type") is None:
        tried = [list(_faults(one, value, where)) for one in schema["oneOf"]]
        if all(tried):  # of all that it may be, tell what it comes nearest to
            yield max((found[0] for found in tried), key=lambda found: found.count("."))
        return
    types = schema.get("type", [])
    allowed = [types] if isinstance(types, str) else types
    if allowed and not any(isinstance(value, _TYPES[one]) for one in allowed):
        yield f"{where}: not {types}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where}: {value!r} is none of {schema['enum']}"
    yield from _too_much(schema, value, where)
    yield from _within(schema, value, where)


def _within(schema: Json, value: Any, where: str) -> Iterator[str]:  # noqa: ANN401  # any JSON
    if isinstance(value, list) and "items" in schema:
        for number, item in enumerate(value):
            yield from _faults(schema["items"], item, f"{where}.{number}")
    if isinstance(value, dict) and "properties" in schema:
        yield from (f"{where}: lacks {missing}" for missing in set(schema.get("required", ())) - value.keys())
        for name, item in value.items():
            if name not in schema["properties"]:
                yield f"{where}: knows no {name}"
            else:
                yield from _faults(schema["properties"][name], item, f"{where}.{name}")


def _too_much(schema: Json, value: Any, where: str) -> Iterator[str]:  # noqa: ANN401  # any JSON
    size = units(value) if isinstance(value, str) else len(value) if isinstance(value, list) else 0
    most = schema.get("maxLength" if isinstance(value, str) else "maxItems")
    least = schema.get("minLength" if isinstance(value, str) else "minItems")
    if isinstance(value, str | list) and ((most is not None and size > most) or (least is not None and size < least)):
        yield f"{where}: {size} of {least} to {most}"
