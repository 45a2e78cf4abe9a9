"""`circlebot init`: a few questions, and the settings are written."""

from __future__ import annotations

from pathlib import Path


async def ask(config: Path) -> None:
    """Ask, verify the tokens, write the settings to `config`, and say what comes next."""
    raise NotImplementedError
