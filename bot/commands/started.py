"""How the program was started, so that what it tells people to type is what they can type."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

_USUAL = "circlebot"


def program() -> str:
    """Return how to start the program once more: as it was typed, or `circlebot` where the shell finds that."""
    typed = Path(sys.argv[0])
    if typed.parts[-2:] == ("bot", "__main__.py"):
        return f"{shlex.quote(sys.orig_argv[0])} -m bot"
    # An absolute path comes of the shell's search, too, and of the wrapper in deploy/, which brings the settings along.
    if typed.name != _USUAL or (typed.is_absolute() and shutil.which(_USUAL)):
        return _USUAL
    return shlex.quote(sys.argv[0])


def as_started(words: str) -> str:
    """Let commands in backticks begin as the program was started."""
    return words.replace(f"`{_USUAL} ", f"`{program()} ")
