"""Every message and form as Discord gets it, in a circle's whole life, is as it was when somebody last looked at it."""

from __future__ import annotations

from pathlib import Path

from tests.discord.gallery import DiscordPainter
from tests.discord.regenerate import GOLDEN
from tests.support.golden import changes, galleries


async def test_every_message_looks_as_it_did(migrated_file: Path, tmp_path: Path) -> None:
    """And is within Discord's limits and contract. `python -m tests.discord.regenerate` draws the pictures anew."""
    painter = DiscordPainter()
    found = changes(GOLDEN, await galleries(painter, migrated_file, tmp_path))
    assert not painter.faults
    hint = "Messages look different. If they should: python -m tests.discord.regenerate"
    assert not found, "\n".join([hint, *found])
