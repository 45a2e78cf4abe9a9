"""`python -m tests.discord.regenerate` draws the golden pictures anew. Read what changed before you commit it."""

from __future__ import annotations

from pathlib import Path

from tests.discord.gallery import DiscordPainter
from tests.support.golden import regenerate

GOLDEN = Path(__file__).parent / "golden"


if __name__ == "__main__":
    regenerate(DiscordPainter(), GOLDEN)
