"""Discord's published contract, where it is at hand: what a request may carry, what an answer must look like."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from tests.discord.server.problems import Json

PLACE = Path(__file__).resolve().parents[3].parent / "shared" / "spec" / "discord-openapi.json"
_IDLE = re.compile(r"(PATCH [^.]*|POST /interactions/.*\.data): tts|.*\.embeds\.\d+: flags")
"""What the library says of edits and of embeds where Discord takes no note of it."""
_TYPES: dict[str, type | tuple[type, ...]] = {
    "integer": int,
    "number": (int, float),
    "string": str,
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}


class Contract:
    """The routes and schemas, as the file tells them."""

    def __init__(self, told: Json) -> None:
        self._operations: dict[str, Json] = {
            _nameless(f"{method.upper()} {path}"): operation
            for path, operations in told["paths"].items()
            for method, operation in operations.items()
        }
        self._schemas: Json = told["components"]["schemas"]

    @staticmethod
    def found() -> Contract | None:
        """Return the contract; None where it is not at hand."""
        return _found()

    def has(self, route: str) -> bool:
        """Say whether there is such a route, as `POST /channels/{channel_id}/messages`."""
        return self._operation(route) is not None

    def faults_of_request(self, route: str, body: object) -> Iterator[str]:
        """Say what is wrong with a request's body."""
        content = (self._operation(route) or {}).get("requestBody", {}).get("content", {})
        if schema := content.get("application/json", {}).get("schema"):
            yield from self._against(schema, body, route, strictly=True)
        elif body:
            yield f"{route} takes no body"

    def faults_of_answer(self, route: str, status: int, body: object) -> Iterator[str]:
        """Say what is wrong with what this server answers."""
        answers = (self._operation(route) or {}).get("responses", {})
        if str(status) not in answers:
            yield f"{route} answers {status}, which it never does"
            return
        schema = answers[str(status)].get("content", {}).get("application/json", {}).get("schema")
        if schema is None and body is not None:
            yield f"{route} answers {status} with a body"
        elif schema is not None:
            yield from self._against(schema, body, f"{route} answers", strictly=False)

    def faults(self, schema: str, value: object) -> list[str]:
        """Say what is wrong with a value of a named schema."""
        return list(self._against({"$ref": f"#/components/schemas/{schema}"}, value, schema, strictly=True))

    def _operation(self, route: str) -> Json | None:
        return self._operations.get(_nameless(route))

    def _against(self, schema: Json, value: Any, where: str, *, strictly: bool) -> Iterator[str]:  # noqa: ANN401  # whatever came
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            if name == "SnowflakeType" and strictly and type(value) is int:
                return  # Discord takes a number for words here, and the library gives one
            schema = self._schemas[name]
        if ways := schema.get("oneOf", schema.get("anyOf")):
            fitting = [way for way in ways if self._may_be(way, value)] or ways
            found = [list(self._against(way, value, where, strictly=strictly)) for way in fitting]
            yield from min(found, key=lambda faults: (_is_another(faults, where), len(faults)))
        for part in schema.get("allOf", []):
            yield from self._against(part, value, where, strictly=strictly and len(schema["allOf"]) == 1)
        yield from _plain(schema, value, where)
        if isinstance(value, list) and "items" in schema:
            for number, item in enumerate(value):
                yield from self._against(schema["items"], item, f"{where}.{number}", strictly=strictly)
        if isinstance(value, dict) and "properties" in schema:
            yield from self._fields(schema, value, where, strictly=strictly)

    def _may_be(self, schema: Json, value: object) -> bool:
        """Say whether a value may be of a sort, as far as its `type` tells: to look closer at few of many."""
        if "$ref" in schema:
            schema = self._schemas[schema["$ref"].rpartition("/")[2]]
        if not isinstance(value, dict) or "type" not in value:
            return True
        told = schema.get("properties", {}).get("type", {})
        return schema.get("type") != "null" and value["type"] in told.get("enum", [value["type"]])

    def _fields(self, schema: Json, value: Json, where: str, *, strictly: bool) -> Iterator[str]:
        known = schema["properties"]
        for name in schema.get("required", []):
            if name not in value:
                yield f"{where}: {name} is missing"
        for name, found in value.items():
            if name in known:
                yield from self._against(known[name], found, f"{where}.{name}", strictly=strictly)
            elif strictly and not schema.get("additionalProperties") and not _IDLE.fullmatch(f"{where}: {name}"):
                yield f"{where}: {name} is unknown"


def _plain(schema: Json, value: Any, where: str) -> Iterator[str]:  # noqa: ANN401  # whatever came
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(_is(kind, value) for kind in kinds):
        yield f"{where}: {value!r} is no {' or '.join(kinds)}"
        return
    if "const" in schema and value != schema["const"]:
        yield f"{where}: {value!r} is not {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where}: {value!r} is none of {schema['enum']}"
    if isinstance(value, str):
        yield from _words(schema, value, where)
    elif isinstance(value, list):
        yield from _size(schema, len(value), "Items", where)
        if schema.get("uniqueItems") and len({json.dumps(one, sort_keys=True) for one in value}) < len(value):
            yield f"{where}: has something twice"
    elif isinstance(value, (int, float)) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{where}: {value} is out of range"


def _words(schema: Json, value: str, where: str) -> Iterator[str]:
    yield from _size(schema, len(value), "Length", where)
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{where}: {value!r} is not like {schema['pattern']}"
    if schema.get("format") == "date-time":
        try:
            datetime.fromisoformat(value)
        except ValueError:
            yield f"{where}: {value!r} is no time"


def _size(schema: Json, size: int, what: str, where: str) -> Iterator[str]:
    if not schema.get(f"min{what}", 0) <= size <= schema.get(f"max{what}", size):
        yield f"{where}: has {size} {what.lower()}"


def _is_another(faults: list[str], where: str) -> bool:
    """Say whether a value is not of this sort at all, by what it is or by what it says it is."""
    return any(one.startswith((f"{where}: ", f"{where}.type: ")) and " is no " in one for one in faults)


def _is(kind: str, value: object) -> bool:
    is_wrong_bool = isinstance(value, bool) and kind in {"integer", "number"}
    return isinstance(value, _TYPES[kind]) and not is_wrong_bool


def _nameless(route: str) -> str:
    """Return a route without the names of what stands in its path."""
    return re.sub(r"\{\w+\}", "{}", route)


@cache
def _found() -> Contract | None:
    return Contract(json.loads(PLACE.read_text(encoding="utf-8"))) if PLACE.exists() else None
