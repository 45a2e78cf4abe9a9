"""What goes wrong on our side while something is tried, as the log tells it."""

from __future__ import annotations

import logging


class Heard(logging.Handler):
    """Keeps what goes wrong on our side."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.wrong: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.wrong.append(record.getMessage())
