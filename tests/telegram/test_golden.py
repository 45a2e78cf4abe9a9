"""Every message as Telegram gets it, in a circle's whole life, is as it was when somebody last looked at it."""

from __future__ import annotations

from pathlib import Path

from tests.support.golden import changes, galleries
from tests.telegram.gallery import TelegramPainter
from tests.telegram.regenerate import GOLDEN


async def test_every_message_looks_as_it_did(migrated_file: Path, tmp_path: Path) -> None:
    """`python -m tests.telegram.regenerate` draws the pictures anew; what changed is for somebody to look at."""
    found = changes(GOLDEN, await galleries(TelegramPainter(), migrated_file, tmp_path))
    hint = "Messages look different. If they should: python -m tests.telegram.regenerate"
    assert not found, "\n".join([hint, *found])
