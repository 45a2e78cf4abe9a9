"""The commands, each as its own process."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.conftest import ROOT, Circlebot, Running

SETTINGS = """
[database]
url = "sqlite:///circles.db"
[http]
port = {port}
[web]
enabled = {page}
"""
Start = Callable[..., Running]


def settings(folder: Path, *, port: int = 0, page: bool = True, more: str = "") -> None:
    """Write a settings file; the page is all that it switches on."""
    (folder / "config.toml").write_text(SETTINGS.format(port=port, page=str(page).lower()) + more)


def test_help_names_every_command(circlebot_afresh: Circlebot) -> None:
    """What there is can be seen without reading anything."""
    said = circlebot_afresh("--help").stdout
    for command in ("demo", "run", "check", "migrate", "forecast", "web-link"):
        assert re.search(rf"^  {command} +\S", said, re.MULTILINE), command


@pytest.mark.parametrize("command", [["run"], ["migrate"], ["forecast"], ["web-link", "Ada"]])
def test_a_misspelt_key_is_named_with_the_nearest(
    circlebot_afresh: Circlebot, tmp_path: Path, command: list[str]
) -> None:
    """Every command refuses settings that cannot be meant, and says which."""
    settings(tmp_path, more='[bot]\nlanguge = "en"\n')
    done = circlebot_afresh(*command)
    assert done.returncode == 2
    assert "languge" in done.stderr
    assert "language" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "circles.db").exists()


def test_migrate_twice(circlebot: Circlebot, tmp_path: Path) -> None:
    """The second time there is nothing to do, and it says so."""
    settings(tmp_path)
    assert "now at version" in circlebot("migrate").stdout
    assert "already" in circlebot("migrate").stdout


def test_check_is_content_with_the_example(circlebot: Circlebot, tmp_path: Path) -> None:
    """With something switched on, the example configuration has no problem but what the machine may add."""
    example = (ROOT / "config.example.toml").read_text()
    example = example.replace("port = 8080", "port = 0").replace("\nenabled = false", "\nenabled = true")
    (tmp_path / "config.toml").write_text(example)
    circlebot("migrate")
    done = circlebot("check")
    assert "PROBLEM" not in done.stdout
    assert done.returncode == 0
    for looked_at in ("settings", "clock", "time zones", "languages", "http", "database"):
        assert f"{looked_at}:" in done.stdout


def test_check_names_problem_and_remedy(circlebot: Circlebot, tmp_path: Path, taken_port: int) -> None:
    """A port in use, a database out of reach, a secret that is not shown: each is said, with what to do."""
    settings(tmp_path, port=taken_port, more='[telegram]\ntoken = "1:secret"\n')
    text = (tmp_path / "config.toml").read_text().replace("sqlite:///circles.db", "sqlite:///nowhere/circles.db")
    (tmp_path / "config.toml").write_text(text)
    done = circlebot("check")
    assert done.returncode == 1
    assert f"Port {taken_port} on 127.0.0.1 is in use" in done.stdout
    assert "database:" in done.stdout
    assert "secret" not in done.stdout + done.stderr


def test_check_lists_every_mistake_in_the_settings(circlebot: Circlebot, tmp_path: Path) -> None:
    """What cannot be loaded is explained by check too."""
    settings(tmp_path, more='[bot]\nzone = "Mars/Olympus"\nlanguge = "en"\n')
    done = circlebot("check")
    assert done.returncode == 1
    assert done.stdout.count("PROBLEM") == 2


def test_a_forecast_of_nothing_is_a_sentence(circlebot: Circlebot, tmp_path: Path) -> None:
    """Without a database, what makes one; without anything due, that nothing is."""
    settings(tmp_path)
    done = circlebot("forecast")
    assert done.returncode == 2
    assert "There is no database of this version yet" in done.stderr
    assert not (tmp_path / "circles.db").exists()
    circlebot("migrate")
    assert circlebot("forecast", "--weeks", "1").stdout == "Nothing is to be sent in the next week.\n"
    assert circlebot("forecast", "--weeks", "3").stdout == "Nothing is to be sent in the next 3 weeks.\n"


def test_run_serves_until_it_is_told_to_stop(start: Start, tmp_path: Path) -> None:
    """It migrates, says that it is ready, answers /healthz, and stops in peace."""
    settings(tmp_path)
    running = start("run")
    assert '"ok": true' in running.get("/healthz")
    assert running.stop() == 0


@pytest.mark.parametrize("command", [["run"], ["run", "--rehearse", "60"]])
def test_nothing_is_run_for_nobody(circlebot: Circlebot, tmp_path: Path, command: list[str]) -> None:
    """With every platform switched off, `run` makes nothing and says how to switch one on, in the words of `check`."""
    settings(tmp_path, page=False)
    done = circlebot(*command)
    assert done.returncode == 2
    why = "No chat platform is switched on: nobody could reach the bot."
    assert done.stderr.startswith(f"Error: {why} Switch one on: ")
    for setting in (" init`", "[telegram] token", "[discord] token", "[web] enabled = true"):
        assert setting in done.stderr
    assert not (tmp_path / "circles.db").exists()
    checked = circlebot("check")
    assert checked.returncode == 1
    told = done.stderr.removeprefix("Error: ").replace(f"{why} ", f"PROBLEM  platforms: {why}\n         ")
    assert told in checked.stdout
    assert checked.stdout.count("PROBLEM") == 1


def test_a_taken_port_is_a_clear_message(circlebot: Circlebot, tmp_path: Path, taken_port: int) -> None:
    """No traceback: the port, and what to do."""
    settings(tmp_path, port=taken_port)
    done = circlebot("run")
    assert done.returncode == 2
    assert f"Port {taken_port}" in done.stderr
    assert "Traceback" not in done.stderr
    done = circlebot("demo", "--port", str(taken_port))
    assert done.returncode == 2
    assert f"Port {taken_port} is in use" in done.stderr
    assert not (tmp_path / ".demo").exists()


def test_a_port_that_cannot_be_is_refused(circlebot: Circlebot) -> None:
    """Before anything is made, in a sentence."""
    done = circlebot("demo", "--port", "99999")
    assert done.returncode == 2
    assert "99999 is not in the range" in done.stderr


@pytest.mark.parametrize("host", ["198.51.100.7", "nohost.invalid", "a..b"])
def test_a_host_that_is_not_this_machine_is_a_clear_message(circlebot: Circlebot, tmp_path: Path, host: str) -> None:
    """No traceback, from `run` and from `check` alike: the host, and the setting to change."""
    settings(tmp_path)
    text = (tmp_path / "config.toml").read_text().replace("[http]", f'[http]\nhost = "{host}"')
    (tmp_path / "config.toml").write_text(text)
    done = circlebot("run")
    assert done.returncode == 2
    assert f"Cannot listen on {host}:0: {host} is no address of this machine. Set [http] host" in done.stderr
    assert "Traceback" not in done.stderr
    said = circlebot("check").stdout
    assert "Set [http] host" in said
    assert "Stop what listens there" not in said


def test_no_folder_is_made_for_a_database(circlebot: Circlebot, tmp_path: Path) -> None:
    """A mistyped address is refused, in the words of `check`."""
    settings(tmp_path)
    text = (tmp_path / "config.toml").read_text().replace("sqlite:///circles.db", "sqlite:///nowhere/circles.db")
    (tmp_path / "config.toml").write_text(text)
    why = f"there is no folder {tmp_path}/nowhere"
    for command in ("run", "migrate"):
        done = circlebot(command)
        assert done.returncode == 2
        assert why in done.stderr
        assert "Traceback" not in done.stderr
    assert why in circlebot("check").stdout
    assert not (tmp_path / "nowhere").exists()


def test_a_rehearsal_says_that_it_is_one(start: Start, tmp_path: Path) -> None:
    """Whoever lets time go faster is told plainly what that does."""
    settings(tmp_path)
    running = start("run", "--rehearse", "6000", "--at", "2027-01-04T09:00")
    assert any("REHEARSAL" in line and "2027-01-04 09:00" in line for line in running.said)
    assert running.stop() == 0


def test_an_instant_without_a_rehearsal_is_refused(circlebot: Circlebot, tmp_path: Path) -> None:
    """The real clock cannot be set."""
    settings(tmp_path)
    assert circlebot("run", "--at", "2027-01-04T09:00").returncode == 2


def test_a_sign_in_link_lets_one_person_in(circlebot: Circlebot, start: Start, tmp_path: Path) -> None:
    """The page of `run` knows a visitor only by their own link."""
    settings(tmp_path, page=False)
    assert "[web] enabled" in circlebot("web-link", "Ada").stderr
    settings(tmp_path)
    link = circlebot("web-link", "Ada", "--room", "Reading").stdout.strip()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/in/[\w-]{22,}", link)
    running = start("run")
    assert "<html" in running.get("/in/" + link.rpartition("/")[2])
    assert running.stop() == 0


def test_what_goes_with_a_sign_in_link_is_said_beside_it(circlebot: Circlebot, tmp_path: Path) -> None:
    """For whom and how long, and whether a room was made: a mistyped one would be."""
    settings(tmp_path)
    done = circlebot("web-link", "Ada", "--room", "Reading")
    assert done.stdout.count("\n") == 1
    assert "Made the room “Reading”" in done.stderr
    assert "For Ada alone" in done.stderr
    assert "7 days" in done.stderr
    assert "Made the room" not in circlebot("web-link", "Ben", "--room", "Reading").stderr


@pytest.mark.parametrize(
    "arguments", [["", "--room", "Reading"], [" "], ["Ada\nLovelace"], ["A" * 65], ["Ada", "--room", ""]]
)
def test_a_name_that_nobody_can_have_gets_no_link(circlebot: Circlebot, tmp_path: Path, arguments: list[str]) -> None:
    """Nor does a room without one; nothing is made then."""
    settings(tmp_path)
    done = circlebot("web-link", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "must be one line of 1 to 64 letters" in done.stderr
    assert "Nobody" in circlebot("web-link", arguments[0], "--revoke").stderr


def test_a_sign_in_link_can_be_revoked(circlebot: Circlebot, start: Start, tmp_path: Path) -> None:
    """A link that went to the wrong person leads nowhere once it is taken back; nobody else's does."""
    settings(tmp_path)
    links = {name: circlebot("web-link", name).stdout.strip().rpartition("/")[2] for name in ("Ada", "Ben")}
    assert "Nobody" in circlebot("web-link", "Adda", "--revoke").stderr
    assert "worthless" in circlebot("web-link", "Ada", "--revoke").stdout
    running = start("run")
    with pytest.raises(OSError, match="40"):
        running.get(f"/in/{links['Ada']}")
    assert "<html" in running.get(f"/in/{links['Ben']}")
    assert running.stop() == 0
