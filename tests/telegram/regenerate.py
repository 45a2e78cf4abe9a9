"""`python -m tests.telegram.regenerate` draws the golden pictures anew. Read what changed before you commit it."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from storage.engine import Database
from storage.migrate import migrate
from tests.telegram.gallery import lived_in_spanish, walked

GOLDEN = Path(__file__).parent / "golden"


async def galleries(template: Path, folder: Path) -> dict[str, str]:
    """Return what the golden files should hold, by name; each life is lived in a copy of a migrated SQLite file."""
    found: dict[str, str] = {}
    for number, life in enumerate((walked, lived_in_spanish)):
        path = folder / f"life-{number}.sqlite3"
        shutil.copyfile(template, path)
        opened = Database.open(f"sqlite:///{path}")
        try:
            found |= (await life(opened)).texts()
        finally:
            await opened.close()
    return found


def regenerate() -> None:
    """Write the golden files."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        template = folder / "template.sqlite3"
        migrate(f"sqlite:///{template}")
        drawn = asyncio.run(galleries(template, folder))
    for old in GOLDEN.glob("*.txt"):
        old.unlink()
    for name, text in drawn.items():
        (GOLDEN / f"{name}.txt").write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(drawn)} files in {GOLDEN}\n")


if __name__ == "__main__":
    regenerate()
