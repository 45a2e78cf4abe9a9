"""What installs the bot is true: paths exist, names of settings are real, nothing has more rights than it needs."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from typing import TYPE_CHECKING

import pytest

from bot.config import Settings
from bot.settings_form import sections, variable
from tests.support.program import ROOT

if TYPE_CHECKING:
    from pathlib import Path

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = (ROOT / "compose.yaml").read_text(encoding="utf-8")
UNIT = ROOT / "deploy" / "circlebot.service"
EXAMPLE = (ROOT / "deploy" / "circlebot.env.example").read_text(encoding="utf-8")
INSTALLING = (ROOT / "docs" / "installing.md").read_text(encoding="utf-8")
ANALYZE = shutil.which("systemd-analyze")
FILES = {
    "Dockerfile": DOCKERFILE,
    "compose.yaml": COMPOSE,
    "circlebot.service": UNIT.read_text(encoding="utf-8"),
    "circlebot.env.example": EXAMPLE,
    "installing.md": INSTALLING,
    "SECURITY.md": (ROOT / "SECURITY.md").read_text(encoding="utf-8"),
}


@pytest.mark.parametrize("name", FILES)
def test_every_setting_that_is_named_is_one(name: str) -> None:
    """A variable of the environment with another name would be refused at the start."""
    real = {variable(section, key) for section, model in sections(Settings).items() for key in model.model_fields}
    named = set(re.findall(r"CIRCLEBOT_[A-Z]+__[A-Z_]+", FILES[name]))
    assert named <= real


def test_the_example_can_be_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Copied and not yet filled in, it switches nothing on, and is no mistake."""
    for line in EXAMPLE.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            monkeypatch.setenv(name, value)
    settings = Settings()
    assert settings.telegram.token is None
    assert settings.discord.token is None
    assert settings.bot.operators == ()


def test_the_image_has_what_it_is_built_from() -> None:
    """Nothing that is copied into it is kept out of the build, and all that the program is made of comes in."""
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignored
    let_in = {line[1:] for line in ignored if line.startswith("!")}
    assert all((ROOT / path).exists() for path in let_in)
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    assert {name.rstrip("*") for name in packages["find"]["include"]} <= let_in
    for source in re.findall(r"(?m)^COPY (?!--from)(\S+) \./$", DOCKERFILE):
        assert source == "." or source in let_in


def test_the_image_runs_on_a_python_that_the_bot_runs_on() -> None:
    """Both stages on the same, and one that the project names."""
    (version,) = set(re.findall(r"(?m)^FROM python:(\d+\.\d+)-slim", DOCKERFILE))
    assert len(re.findall(r"(?m)^FROM ", DOCKERFILE)) == 2
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    assert tuple(map(int, version.split("."))) >= tuple(map(int, wanted.removeprefix(">=").split(".")))


def test_the_image_is_locked_and_has_no_more_than_it_needs() -> None:
    """By hash, wheels alone, no installer in what runs, a user without rights, one folder to write to, health told."""
    build, run = DOCKERFILE.rsplit("\nFROM ", 1)
    assert "venv --without-pip /opt/circlebot" in build
    for line in re.findall(r"(?m)^RUN .*pip .*install.*$", build):
        assert "--no-deps" in line
        assert "--require-hashes --only-binary=:all:" in line or "--no-build-isolation --no-index" in line
    assert "pip" not in run
    user = re.findall(r"(?m)^USER (\S+)$", run)
    assert user == ["circlebot"]
    assert run.index("COPY --from=build") < run.index("USER ")  # what it runs belongs to root
    assert "--chown" not in run
    assert re.search(r"(?m)^VOLUME /data$", run)
    assert re.search(r"(?m)^HEALTHCHECK .*--start-period", run)
    assert re.search(r'(?m)^ENTRYPOINT \["circlebot"\]$', run)  # no shell between it and SIGTERM


def test_both_bots_and_the_database_are_held_down() -> None:
    """Read-only, without rights, behind this machine's own address, with their health looked at."""
    shared, services = COMPOSE.split("\nservices:\n")
    for bound in ("read_only: true", "cap_drop: [ALL]", "no-new-privileges:true", "env_file: circlebot.env"):
        assert bound in shared
    assert "condition: service_healthy" in shared
    parts = re.split(r"(?m)^  (?=[a-z-]+:$)", services.partition("\nvolumes:")[0])
    by_name = {part.partition(":")[0]: part for part in parts if part.strip()}
    assert set(by_name) == {"database", "bot", "second-bot"}
    for name in ("bot", "second-bot"):
        assert "<<: *bot" in by_name[name]
    ports = re.findall(r'ports: \["([^"]+)"\]', COMPOSE)
    assert len(ports) == 2
    assert all(port.startswith("127.0.0.1:") for port in ports)
    assert "ports" not in by_name["database"]
    for bound in ("read_only: true", "cap_drop: [ALL]", "no-new-privileges:true", "healthcheck:", "pg_isready"):
        assert bound in by_name["database"]
    assert re.search(r"POSTGRES_PASSWORD:\?", COMPOSE)  # none that everybody knows
    assert not re.search(r"(?i)password: *[\"']?[a-z0-9]+$", COMPOSE)


def test_a_stop_has_the_time_that_it_needs() -> None:
    """Ten seconds are promised; whoever ends the bot gives it more."""
    (seconds,) = re.findall(r"TimeoutStopSec=(\d+)", FILES["circlebot.service"])
    (grace,) = re.findall(r"stop_grace_period: (\d+)s\n  mem_limit", COMPOSE)
    assert int(seconds) > 10
    assert int(grace) > 10


@pytest.mark.skipif(ANALYZE is None, reason="systemd is not installed here")
def test_systemd_takes_the_service_and_finds_little_exposed(tmp_path: Path) -> None:
    """It knows every line of it; by its own count from 0 to 10 less than 2 is exposed."""
    unit = tmp_path / "circlebot.service"
    unit.write_text(FILES["circlebot.service"].replace("/opt/circlebot/.venv/bin/circlebot run", "/bin/true"))
    for asked in (["verify", "--man=no"], ["security", "--offline=true", "--threshold=20", "--no-pager"]):
        done = subprocess.run([str(ANALYZE), *asked, str(unit)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "circlebot.service:" not in done.stderr


def test_the_service_can_write_to_its_own_folder_alone() -> None:
    """Where it works is the folder that systemd makes for it."""
    lines = dict(re.findall(r"(?m)^(\w+)=(.*)$", FILES["circlebot.service"]))
    assert lines["WorkingDirectory"] == f"/var/lib/{lines['StateDirectory']}"
    assert (lines["User"], lines["ProtectSystem"], lines["NoNewPrivileges"]) == ("circlebot", "strict", "yes")
    assert "ReadWritePaths" not in lines


@pytest.mark.parametrize("name", ["installing.md", "SECURITY.md"])
def test_what_is_pointed_at_is_there(name: str) -> None:
    """Files that are named, and pages that are linked."""
    text = FILES[name]
    folder = ROOT / "docs" if name == "installing.md" else ROOT
    for page in re.findall(r"\]\(([^)#]+)\)", text):
        assert (folder / page).exists(), page
    for path in re.findall(r"(?:deploy|docs|tests)/[\w./-]*\w", text):
        assert (ROOT / path).exists(), path
    headings = {re.sub(r"[^\w -]", "", h).strip().lower().replace(" ", "-") for h in re.findall(r"(?m)^#+ (.*)$", text)}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= headings
