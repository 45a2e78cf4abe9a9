"""What people are told to type is what they can type."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.commands.started import as_started, program


@pytest.mark.parametrize(
    ("typed", "on_path", "named"),
    [
        ("{folder}/circlebot", True, "circlebot"),
        ("{folder}/circlebot", False, "{folder}/circlebot"),
        (".venv/bin/circlebot", True, ".venv/bin/circlebot"),
        (".venv/bin/circlebot", False, ".venv/bin/circlebot"),
        ("../my bots/circlebot", False, "'../my bots/circlebot'"),
        ("/opt/somewhere/circlebot", True, "circlebot"),
        ("/usr/bin/pytest", False, "circlebot"),
    ],
    ids=["found", "whole path", "relative", "relative alone", "blank", "wrapped", "another program"],
)
def test_the_program_is_named_as_it_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, named: str, *, on_path: bool
) -> None:
    """By its path where it was typed so; by its name where the shell finds one of that name."""
    made = tmp_path / "circlebot"
    made.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path) if on_path else str(tmp_path / "empty"))
    monkeypatch.setattr("sys.argv", [typed.format(folder=tmp_path)])
    assert program() == named.format(folder=tmp_path)
    assert as_started("Type `circlebot run`.") == f"Type `{named.format(folder=tmp_path)} run`."


def test_a_module_is_named_with_its_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it was typed: `.venv/bin/python -m bot`."""
    monkeypatch.setattr("sys.argv", ["/srv/circlebot/bot/__main__.py", "check"])
    monkeypatch.setattr("sys.orig_argv", [".venv/bin/python", "-m", "bot", "check"])
    assert program() == ".venv/bin/python -m bot"
