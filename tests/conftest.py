"""What every test gets, whether it asks or not."""

from __future__ import annotations

import os

import pytest

pytest_plugins = ["tests.support.databases"]


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the settings of whoever runs the tests out of them."""
    for name in os.environ:
        if name.upper().startswith("CIRCLEBOT_") and name != "CIRCLEBOT_REQUIRE_BROWSER":
            monkeypatch.delenv(name)
