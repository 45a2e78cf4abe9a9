"""Where log lines go and what they look like. They carry ids, never what people wrote, and never a secret.

What is logged is written so that no secret is in it. The last line of defence is here: the secrets of the settings are
known, and where one stands in a line all the same, such as in a library's own, stars stand in its place.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from types import TracebackType

QUIET = ("apscheduler", "alembic", "aiohttp.access", "sqlalchemy", "matplotlib")
"""Libraries that tell more than anybody reads."""
HIDDEN = "***"
FIELDS = (
    "platform", "act", "delivery", "key", "notice", "attempt", "place", "person", "circle", "outcome", "error_kind",
    "concern", "about", "operators_told",
)  # fmt: skip
"""What a line may know of what it is about, for programs: handed to the logger as `extra`."""
_SHORTEST = 4
"""What is shorter stands in too many words by chance."""

Hide = Callable[[str], str]


def hiding(secrets: Iterable[str]) -> Hide:
    """Return what puts stars in place of these secrets."""
    known = sorted({secret for secret in secrets if len(secret) >= _SHORTEST}, key=len, reverse=True)
    if not known:
        return lambda words: words
    pattern = re.compile("|".join(map(re.escape, known)))
    return lambda words: pattern.sub(HIDDEN, words)


class TextLines(logging.Formatter):
    """A line for people."""

    def __init__(self, hide: Hide) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
        self._hide = hide

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and below it the error if there is one."""
        return self._hide(super().format(record))


class JsonLines(logging.Formatter):
    """One JSON object a line: at, level, logger, message, what is known of it (`FIELDS`), the error if there is one."""

    def __init__(self, hide: Hide) -> None:
        super().__init__()
        self._hide = hide

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            # Hidden before it is written as JSON, which writes some characters otherwise.
            "message": self._hide(record.getMessage()),
        }
        for name in FIELDS:
            if (known := record.__dict__.get(name)) is not None:
                line[name] = self._hide(known) if isinstance(known, str) else known
        if record.exc_info:
            line["error"] = self._hide(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def set_up(level: str, form: str, secrets: Iterable[str] = ()) -> None:
    """Send log lines of at least `level` to standard error, as "text" or "json", with none of the secrets.

    So it is with what ends the program by surprise.
    """
    hide = hiding(secrets)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(hide) if form == "json" else TextLines(hide))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))

    def crashed(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, where)
        else:
            sys.stderr.write(hide("".join(traceback.format_exception(kind, error, where))))

    sys.excepthook = crashed
