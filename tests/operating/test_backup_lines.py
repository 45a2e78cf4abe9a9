"""The lines for cron in the guide make backups and drop old ones, as they are printed but for where things lie."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from storage.migrate import migrate
from tests.support.program import ROOT

GUIDE = (ROOT / "docs" / "backups.md").read_text(encoding="utf-8")
LINES = re.findall(r"(?m)^    15 3 \* \* \* (.+)$", GUIDE)
WRAPPER = (ROOT / "deploy" / "circlebot").read_text(encoding="utf-8")
DOCKER = """#!/bin/sh
# Says what it was asked, and makes the file that was wanted where the folder is mounted.
echo "$@" >> {asked}
for last; do :; done
for one; do case "$one" in *:/backups) folder="${{one%:/backups}}";; esac; done
: > "$folder/${{last#/backups/}}"
"""


def script(file: Path, text: str) -> None:
    """Write a program."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    file.chmod(0o755)


def at_night(line: str, home: Path, *path: Path) -> None:
    """Run a line as cron does: next to nothing in its environment, % only where it is escaped."""
    assert not re.search(r"(?<!\\)%", line)
    searched = ":".join([*map(str, path), "/usr/bin", "/bin"])
    done = subprocess.run(
        ["/bin/sh", "-c", line.replace(r"\%", "%")],
        env={"HOME": str(home), "PATH": searched},
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def made(folder: Path) -> list[str]:
    """Return which backups there are, with the day written as N."""
    return [re.sub(r"\d", "N", file.name) for file in folder.iterdir()]


def kept_in(folder: Path) -> Path:
    """Make a folder for backups, with one that is more than two weeks old."""
    folder.mkdir(parents=True)
    old = folder / "old.backup"
    old.touch()
    os.utime(old, (0, 0))
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a folder from which cron starts, in which nothing of the bot lies."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def test_there_is_a_line_for_each_way_to_install() -> None:
    """A service, a folder of one's own, a container, several."""
    assert len(LINES) == 4


def test_the_line_for_a_service_makes_a_backup(tmp_path: Path, home: Path) -> None:
    """By the wrapper, in the service's folder; only the change of user is left out."""
    state, wrapper = tmp_path / "state", tmp_path / "sbin" / "circlebot"
    kept = kept_in(state / "backups")
    (tmp_path / "env").write_text("CIRCLEBOT_BOT__ZONE=UTC\n")
    migrate(f"sqlite:///{state / 'circlebot.db'}")
    real = WRAPPER.replace("/etc/circlebot.env", str(tmp_path / "env")).replace("/var/lib/circlebot", str(state))
    real = re.sub(r"exec setpriv .*\\\n +\S+", f"PYTHONPATH={ROOT} exec {sys.executable} -m bot", real)
    script(wrapper, real)
    line = LINES[0].replace("/usr/local/sbin/circlebot", str(wrapper)).replace("/var/lib/circlebot", str(state))
    at_night(line, home)
    assert made(kept) == ["NNNN-NN-NN.backup"]


def test_the_line_for_a_folder_of_ones_own_makes_a_backup(tmp_path: Path, home: Path) -> None:
    """Also where no folder for backups is yet."""
    folder = tmp_path / "checkout"
    script(folder / ".venv/bin/circlebot", f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m bot "$@"\n')
    migrate(f"sqlite:///{folder / 'circlebot.db'}")
    line, kept = LINES[1].replace("$HOME/circlebot", str(folder)), folder / "backups"
    at_night(line, home)
    assert made(kept) == ["NNNN-NN-NN.backup"]
    shutil.rmtree(kept)
    kept_in(kept)
    at_night(line, home)
    assert made(kept) == ["NNNN-NN-NN.backup"]


@pytest.mark.parametrize("line", LINES[2:], ids=["one", "compose"])
def test_the_lines_for_containers_ask_for_a_backup_where_one_is_kept(tmp_path: Path, home: Path, line: str) -> None:
    """The file is made in the folder that is mounted, not in one that goes with the container."""
    folder, kept, asked = tmp_path / "circlebot", kept_in(tmp_path / "kept"), tmp_path / "asked"
    folder.mkdir()
    script(tmp_path / "bin" / "docker", DOCKER.format(asked=asked))
    line = line.replace("/var/backups/circlebot", str(kept)).replace("$HOME/circlebot", str(folder))
    at_night(line, home, tmp_path / "bin")
    assert made(kept) == ["NNNN-NN-NN.backup"]
    assert "--env-file circlebot.env" in asked.read_text()
    assert f"-v {kept}:/backups" in asked.read_text()
