"""`make check`: whether a known weakness is in anything that the bot runs on or is tested with.

Asks pip-audit about the locked versions. A finding fails the check; that nothing could be asked, such as without a
network, is said in a line and does not. With CIRCLEBOT_REQUIRE_AUDIT=1 it does: for those who publish.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

LOCKED: Final = Path(__file__).parents[1] / "requirements-dev.txt"
"""All that is installed; what the bot itself runs on is among it."""
PATIENCE_S: Final = 60.0
_QUIETLY = ("--format", "json", "--progress-spinner", "off", "--disable-pip", "--no-deps", "--desc", "off")


@dataclass(frozen=True)
class Audit:
    """What was found: a line for each weakness, and how many packages were asked about and how many not."""

    weaknesses: tuple[str, ...]
    asked: int
    not_asked: int

    @property
    def said(self) -> str:
        """What to tell whoever runs the check."""
        rest = f" {self.not_asked} could not be looked up." if self.not_asked else ""
        if self.weaknesses:
            lines = "\n".join(f"  {line}" for line in self.weaknesses)
            return f"Audit: {len(self.weaknesses)} known weaknesses. `make lock` takes newer versions.{rest}\n{lines}"
        if not self.asked:
            return "Audit: nothing could be looked up: the list of known weaknesses is out of reach from here."
        return f"Audit: no known weakness in {self.asked} packages.{rest}"


def read(report: str) -> Audit:
    """Return what pip-audit's JSON says; of no report, that nothing could be asked."""
    try:
        found: list[dict[str, Any]] = json.loads(report)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Audit((), 0, 0)
    asked = [one for one in found if "skip_reason" not in one]
    return Audit(
        tuple(_line(one, weakness) for one in asked for weakness in one.get("vulns", ())),
        len(asked),
        len(found) - len(asked),
    )


def _line(package: dict[str, Any], weakness: dict[str, Any]) -> str:
    names = ", ".join([weakness["id"], *weakness.get("aliases", ())])
    mended = ", ".join(weakness.get("fix_versions", ())) or "no version yet"
    return f"{package['name']} {package['version']}: {names}; mended in {mended}"


def audit(*more: str, locked: Path = LOCKED) -> Audit:
    """Ask about everything in a file of locked versions; `more` goes to pip-audit."""
    asked = [sys.executable, "-m", "pip_audit", *_QUIETLY, "--requirement", str(locked), "--timeout", "10", *more]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    except subprocess.TimeoutExpired:
        return read("")
    return read(done.stdout)


def main(arguments: Sequence[str]) -> int:
    """Say what was found; return the exit code."""
    found = audit(*arguments)
    sys.stdout.write(f"{found.said}\n")
    must = os.environ.get("CIRCLEBOT_REQUIRE_AUDIT") == "1"
    return 1 if found.weaknesses or (must and not found.asked) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
