"""What the server refuses, in Telegram's words."""

from __future__ import annotations

from typing import Any

JsonObject = dict[str, Any]
"""What stands in a request or an answer."""


class Problem(Exception):
    """A call is refused: `code` is HTTP's, the words are Telegram's."""

    def __init__(self, code: int, words: str, *, retry_after: int | None = None, moved_to: int | None = None) -> None:
        super().__init__(words)
        self.code = code
        self.words = words
        self.retry_after = retry_after
        self.moved_to = moved_to

    def answer(self) -> JsonObject:
        """Return the body of the answer."""
        body: JsonObject = {"ok": False, "error_code": self.code, "description": self.words}
        parameters = {"retry_after": self.retry_after, "migrate_to_chat_id": self.moved_to}
        if told := {name: value for name, value in parameters.items() if value is not None}:
            body["parameters"] = told
        return body


def bad(words: str) -> Problem:
    """Return a 400, to be raised."""
    return Problem(400, f"Bad Request: {words}")


def forbidden(words: str) -> Problem:
    """Return a 403, to be raised."""
    return Problem(403, f"Forbidden: {words}")


def conflict(words: str) -> Problem:
    """Return a 409, to be raised."""
    return Problem(409, f"Conflict: {words}")


def flood(seconds: int) -> Problem:
    """Return a 429, to be raised."""
    return Problem(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
