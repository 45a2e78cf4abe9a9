"""Where log lines go and what they look like. They carry ids, never what people wrote, and never a secret.

An error stands there as `trace` tells it, whoever has logged it. What is logged is written so that no secret is in it.
The last line of defence is here: the secrets of the settings are known, and where one stands in a line all the same,
such as in a library's own, stars stand in its place.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING

from bot.chat.trying import trace

if TYPE_CHECKING:
    from logging import _SysExcInfoType

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


class _Lines(logging.Formatter):
    """What both kinds of lines have in common: of an error, neither has its words."""

    def __init__(self, hide: Hide, form: str | None = None) -> None:
        super().__init__(form)
        self._hide = hide

    def formatException(self, ei: _SysExcInfoType) -> str:  # noqa: N802  # the library's name
        """Return what went wrong and where."""
        return trace(ei[1]).rstrip() if ei[1] is not None else ""

    def message(self, record: logging.LogRecord) -> str:
        """Return what the line says; asyncio's tells of an error that nobody waited for in its own words, too."""
        said = record.getMessage()
        return said.partition("\n")[0] if record.name == "asyncio" and record.exc_info else said


class TextLines(_Lines):
    """A line for people."""

    def __init__(self, hide: Hide) -> None:
        super().__init__(hide, "%(asctime)s %(levelname)-7s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # the library's name
        """Return the line without the error."""
        record.message = self.message(record)
        return super().formatMessage(record)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and below it the error if there is one."""
        record.exc_text = None  # as another handler has written it
        return self._hide(super().format(record))


class JsonLines(_Lines):
    """One JSON object a line: at, level, logger, message, what is known of it (`FIELDS`), the error if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            # Hidden before it is written as JSON, which writes some characters otherwise.
            "message": self._hide(self.message(record)),
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
            sys.stderr.write(hide(trace(error)))

    sys.excepthook = crashed
