"""The Bot API's published contract, where it is at hand: what a call may carry, what an object must look like."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.telegram.server.problems import JsonObject

_PLACE = Path(__file__).resolve().parents[3].parent / "shared" / "spec" / "telegram-bot-api.json"
_PLAIN: dict[str, type | tuple[type, ...]] = {
    "Integer": int,
    "String": str,
    "Boolean": bool,
    "True": bool,
    "Float": (int, float),
}


@dataclass
class Contract:
    """The methods and types by name, as the file tells them."""

    methods: dict[str, JsonObject]
    types: dict[str, JsonObject]

    @classmethod
    def found(cls) -> Contract | None:
        """Return the contract; None where it is not at hand."""
        if not _PLACE.exists():
            return None
        told = json.loads(_PLACE.read_text(encoding="utf-8"))
        return cls(told["methods"], told["types"])

    def parameters(self, method: str) -> dict[str, JsonObject]:
        """Return what a method takes, by name."""
        return {field["name"]: field for field in self.methods[method].get("fields", [])}

    def faults_of_call(self, method: str, values: JsonObject, given: Iterable[str]) -> Iterator[str]:
        """Say what is wrong with a call's parameters."""
        known, names = self.parameters(method), set(given)
        for name in sorted(names - known.keys()):
            yield f"{method} has no parameter {name}"
        for name, field in known.items():
            if field["required"] and name not in names:
                yield f"{method} wants {name}"
            elif name in values and not any(one in _PLAIN or one == "InputFile" for one in field["types"]):
                value = values[name]
                try:
                    value = json.loads(value) if isinstance(value, str) else value
                except ValueError:
                    yield f"{method}: {name} is no JSON"
                    continue
                yield from self._faults(field["types"], value, f"{method}: {name}")

    def faults_of_result(self, method: str, result: object) -> Iterator[str]:
        """Say what is wrong with what this server answers."""
        return self._faults(self.methods[method]["returns"], result, f"{method} answers")

    def faults_of_update(self, update: JsonObject) -> Iterator[str]:
        """Say what is wrong with an update of this server."""
        return self._faults(["Update"], update, "update")

    def _faults(self, types: list[str], value: Any, where: str) -> Iterator[str]:  # noqa: ANN401  # whatever came
        """Say how a value fits none of the types; of several, what speaks against the nearest."""
        found = min((list(self._against(one, value, where)) for one in types), key=len)
        yield from found

    def _against(self, kind: str, value: Any, where: str) -> Iterator[str]:  # noqa: ANN401  # whatever came
        if kind in _PLAIN:
            is_number_of_yes = kind in {"Integer", "Float"} and isinstance(value, bool)
            if not isinstance(value, _PLAIN[kind]) or is_number_of_yes:
                yield f"{where}: {value!r} is no {kind}"
        elif kind.startswith("Array of "):
            if not isinstance(value, list):
                yield f"{where}: {value!r} is no {kind}"
                return
            for number, item in enumerate(value):
                yield from self._faults([kind.removeprefix("Array of ")], item, f"{where}[{number}]")
        elif subtypes := self.types[kind].get("subtypes"):
            yield from self._faults(self._fitting(subtypes, value), value, where)
        else:
            yield from self._against_fields(kind, value, where)

    def _fitting(self, subtypes: list[str], value: object) -> list[str]:
        """Return those subtypes whose `status` or `type` is the value's, as their descriptions say; else all."""
        if not isinstance(value, dict):
            return subtypes
        told = value.get("status", value.get("type"))
        fits = [
            one
            for one in subtypes
            for field in self.types[one].get("fields", [])
            if field["name"] in {"status", "type"}
            and (f"always “{told}”" in field["description"] or f'always "{told}"' in field["description"])
        ]
        return fits or subtypes

    def _against_fields(self, kind: str, value: object, where: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{where}: {value!r} is no {kind}"
            return
        known = {field["name"]: field for field in self.types[kind].get("fields", [])}
        for name in value.keys() - known.keys():
            yield f"{where}: {kind} has no {name}"
        for name, field in known.items():
            if name in value:
                yield from self._faults(field["types"], value[name], f"{where}.{name}")
            elif field["required"]:
                yield f"{where}: {kind} wants {name}"
