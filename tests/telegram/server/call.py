"""One call of a method: its parameters, however they were written."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from tests.telegram.server.problems import JsonObject, bad


@dataclass
class Call:
    """A method's name, its parameters (words, or JSON's values), and the files that came along."""

    method: str
    parameters: JsonObject = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)

    def words(self, name: str) -> str:
        """Return a parameter as words; "" where it is missing."""
        value = self.parameters.get(name, "")
        return value if isinstance(value, str) else json.dumps(value)

    def number(self, name: str, default: int = 0) -> int:
        """Return a parameter as a whole number."""
        value = self.parameters.get(name)
        if value is None or value == "":
            return default
        try:
            return int(value)
        except (TypeError, ValueError):
            raise bad(f'parameter "{name}" must be an integer') from None

    def flag(self, name: str) -> bool:
        """Return a parameter as yes or no."""
        return str(self.parameters.get(name, "")).lower() in {"true", "1", "yes", "t", "y"}

    def of_json(self, name: str) -> object:
        """Return a parameter that is an object or a list; None where it is missing."""
        value = self.parameters.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise bad(f"can't parse {name}: not JSON") from None

    def object(self, name: str) -> JsonObject | None:
        """Return a parameter that is an object."""
        value = self.of_json(name)
        if value is not None and not isinstance(value, dict):
            raise bad(f"can't parse {name}: object expected")
        return value

    def list(self, name: str) -> list[JsonObject] | None:
        """Return a parameter that is a list."""
        value = self.of_json(name)
        if value is not None and not isinstance(value, list):
            raise bad(f"can't parse {name}: array expected")
        return value

    def chat(self) -> int | None:
        """Return which chat is meant, if it is written as a number."""
        value = str(self.parameters.get("chat_id", ""))
        return int(value) if value.lstrip("-").isdigit() else None


Method = Callable[[Call], Awaitable[object]]
