"""Golden pictures: what a platform showed in two circles' lives when somebody last looked at it, in files."""

from __future__ import annotations

import asyncio
import difflib
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

from storage.engine import Database
from storage.migrate import migrate
from tests.support.gallery import Painter, lived_in_spanish, operated, walked

_SHOWN: Final = 200
"""How many lines of what changed are shown."""


async def galleries(painter: Painter, template: Path, folder: Path) -> dict[str, str]:
    """Return what the golden files should hold, by name; each life is lived in a copy of a migrated SQLite file."""
    found: dict[str, str] = {}
    for number, life in enumerate((walked, lived_in_spanish, operated)):
        path = folder / f"life-{number}.sqlite3"
        shutil.copyfile(template, path)
        opened = Database.open(f"sqlite:///{path}")
        try:
            found |= (await life(opened, painter)).texts()
        finally:
            await opened.close()
    return found


def changes(golden: Path, drawn: dict[str, str]) -> list[str]:
    """Return the first lines in which pictures differ from the golden ones, none where they are the same."""
    stood = {path.stem: path.read_text(encoding="utf-8") for path in golden.glob("*.txt")}
    found = [
        line
        for name in sorted(stood.keys() | drawn.keys())
        for line in difflib.unified_diff(
            stood.get(name, "").splitlines(),
            drawn.get(name, "").splitlines(),
            f"golden/{name}.txt",
            f"now/{name}.txt",
            lineterm="",
        )
    ]
    return found[:_SHOWN]


def regenerate(painter: Painter, golden: Path) -> None:
    """Write the golden files."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        template = folder / "template.sqlite3"
        migrate(f"sqlite:///{template}")
        drawn = asyncio.run(galleries(painter, template, folder))
    golden.mkdir(exist_ok=True)
    for old in golden.glob("*.txt"):
        old.unlink()
    for name, text in drawn.items():
        (golden / f"{name}.txt").write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(drawn)} files in {golden}\n")
