"""Telegram on loopback for the tests of faults, too."""

from __future__ import annotations

from tests.telegram.conftest import tg

__all__ = ["tg"]
