"""Every message as Telegram gets it, in a circle's whole life, is as it was when somebody last looked at it."""

from __future__ import annotations

import difflib
from pathlib import Path

from tests.telegram.regenerate import GOLDEN, galleries

_SHOWN = 200


async def test_every_message_looks_as_it_did(migrated_file: Path, tmp_path: Path) -> None:
    """`python -m tests.telegram.regenerate` draws the pictures anew; what changed is for somebody to look at."""
    golden = {path.stem: path.read_text(encoding="utf-8") for path in GOLDEN.glob("*.txt")}
    drawn = await galleries(migrated_file, tmp_path)
    changes = [
        line
        for name in sorted(golden.keys() | drawn.keys())
        for line in difflib.unified_diff(
            golden.get(name, "").splitlines(),
            drawn.get(name, "").splitlines(),
            f"golden/{name}.txt",
            f"now/{name}.txt",
            lineterm="",
        )
    ]
    hint = "Messages look different. If they should: python -m tests.telegram.regenerate"
    assert not changes, "\n".join([hint, *changes[:_SHOWN]])
