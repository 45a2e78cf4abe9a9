"""Where log lines go and what they look like. They carry ids, never what people wrote, and never a secret."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

QUIET = ("apscheduler", "alembic", "aiohttp.access", "sqlalchemy", "matplotlib")
"""Libraries that tell more than anybody reads."""


class JsonLines(logging.Formatter):
    """One JSON object a line: at, level, logger, message, and the error if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def set_up(level: str, form: str) -> None:
    """Send log lines of at least `level` to standard error, as "text" or "json"."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        JsonLines() if form == "json" else logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    )
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))
