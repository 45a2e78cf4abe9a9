"""What the server refuses, in Discord's words."""

from __future__ import annotations

from typing import Any, Final

Json = dict[str, Any]
"""What stands in a request or an answer."""

_WORDS: Final[dict[int, tuple[int, str]]] = {
    0: (401, "401: Unauthorized"),
    10002: (404, "Unknown Application"),
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10013: (404, "Unknown User"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10070: (404, "Unknown Guild Scheduled Event"),
    30013: (400, "Maximum number of guild channels reached (500)"),
    30038: (400, "Maximum number of guild scheduled events reached (100)"),
    30046: (429, "Maximum number of edits to messages older than 1 hour reached. Try again later"),
    40060: (400, "Interaction has already been acknowledged."),
    50001: (403, "Missing Access"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50008: (400, "Cannot send messages in a non-text channel"),
    50013: (403, "Missing Permissions"),
    50024: (400, "Cannot execute action on this channel type"),
    50027: (401, "Invalid Webhook Token"),
    50035: (400, "Invalid Form Body"),
    50083: (400, "Thread is archived"),
    50109: (400, "The request body contains invalid JSON."),
    50278: (403, "Cannot send messages to this user due to having no mutual guilds"),
    160005: (400, "This thread is locked"),
    160006: (400, "Maximum number of active threads reached"),
    180000: (400, "Cannot update a finished event"),
}


class Problem(Exception):
    """A request is refused: HTTP's status, Discord's own code, and what else the answer tells."""

    def __init__(self, code: int, *, status: int = 0, words: str = "", errors: Json | None = None) -> None:
        usual_status, usual_words = _WORDS.get(code, (400, "Something is wrong with it"))
        super().__init__(words or usual_words)
        self.code = code
        self.status = status or usual_status
        self.words = words or usual_words
        self.errors = errors
        self.headers: dict[str, str] = {}
        self.more: Json = {}

    def answer(self) -> Json:
        """Return the body of the answer."""
        told: Json = {"message": self.words, "code": self.code}
        return told | ({"errors": self.errors} if self.errors else {}) | self.more


def limited(retry_after: float, *, scope: str = "user", code: int = 0, words: str = "") -> Problem:
    """Return a 429 of Discord's own, which says for how many seconds to wait."""
    problem = Problem(code, status=429, words=words or (_WORDS[code][1] if code else "You are being rate limited."))
    problem.more = {"retry_after": round(retry_after, 3), "global": scope == "global"}
    problem.headers = {
        "Via": "1.1 loopback",
        "Retry-After": str(int(retry_after) + (retry_after % 1 > 0)),
        "X-RateLimit-Scope": scope,
    }
    if scope == "global":
        problem.headers["X-RateLimit-Global"] = "true"
    return problem


class Wrongs:
    """What is wrong with a form's fields, collected in Discord's nested shape."""

    def __init__(self) -> None:
        self._tree: Json = {}

    def add(self, path: str, code: str, words: str) -> None:
        """Note that something is wrong at a path such as `embeds.0.title`."""
        here = self._tree
        for part in path.split("."):
            here = here.setdefault(part, {})
        here.setdefault("_errors", []).append({"code": code, "message": words})

    def length(self, path: str, value: object, least: int, most: int) -> None:
        """Check words for their length, in characters as Discord counts them; None is as good as nothing."""
        if not isinstance(value, str):
            if value is not None or least:
                self.add(path, "BASE_TYPE_REQUIRED", "This field is required")
            return
        if len(value) > most or len(value) < least:
            words = f"Must be between {least} and {most} in length." if least else f"Must be {most} or fewer in length."
            self.add(path, "BASE_TYPE_BAD_LENGTH" if least else "BASE_TYPE_MAX_LENGTH", words)

    def count(self, path: str, values: list[Any], least: int, most: int) -> None:
        """Check a list for how many it has."""
        if not least <= len(values) <= most:
            self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")

    def raise_any(self) -> None:
        """Raise what has been found, if anything."""
        if self._tree:
            raise Problem(50035, errors=self._tree)
