"""`python -m tests.telegram.regenerate` draws the golden pictures anew. Read what changed before you commit it."""

from __future__ import annotations

from pathlib import Path

from tests.support.golden import regenerate
from tests.telegram.gallery import TelegramPainter

GOLDEN = Path(__file__).parent / "golden"


if __name__ == "__main__":
    regenerate(TelegramPainter(), GOLDEN)
