"""How long a test waits for what comes at once when all is well."""

from __future__ import annotations

from typing import Final

PATIENCE: Final = 90.0
"""In seconds. Only a test that fails waits for so long: on a busy machine, what takes a moment may take many."""
