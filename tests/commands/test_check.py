"""`circlebot check`: whatever can be wrong is named with its remedy, and what is well is not called wrong."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from aiohttp import web
from sqlalchemy import make_url

from bot.chat.findings import Finding
from bot.clock import real_now
from bot.commands import check_machine
from bot.commands.check import examine
from bot.commands.check_machine import THIS, Machine
from bot.domain.operating import Disk
from storage.engine import Database
from storage.migrate import HEAD, downgrade
from storage.store import SqlStore
from tests.commands.backups import changed
from tests.commands.conftest import ROOT
from tests.support.patience import PATIENCE
from tests.telegram.canned import TOKEN, canned


@pytest.fixture
def checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Finding]]:
    """Return what `circlebot check` finds with these settings and the page switched on, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    def check(settings: str = "", mode: int = 0o600, machine: Machine = THIS) -> list[Finding]:
        file = tmp_path / "config.toml"
        here = "" if "[http]" in settings else f"[http]\nport = {port}\n"
        page = "" if "[web]" in settings else "[web]\nenabled = true\n"
        file.write_text(f"{settings}\n{here}{page}")
        file.chmod(mode)
        return asyncio.run(examine(file, machine))

    return check


def problems(found: list[Finding]) -> list[str]:
    """Return what is wrong; every problem has a remedy."""
    wrong = [finding for finding in found if not finding.fine]
    assert all(finding.remedy for finding in wrong if not finding.what.startswith("settings: [")), wrong
    return [finding.what for finding in wrong]


def at(url: str) -> str:
    """Return settings for a database."""
    return f'[database]\nurl = "{url}"\n'


def test_a_bot_that_nobody_could_reach_is_told(checked: Callable[..., list[Finding]]) -> None:
    """Everything is well with the usual settings but that nothing is switched on: how it is stands beside it."""
    found = checked("[web]\nenabled = false\n")
    (problem,) = [one for one in found if not one.fine]
    assert problem.what == "platforms: No chat platform is switched on: nobody could reach the bot."
    assert "`circlebot init`" in problem.remedy


def test_nothing_is_wrong_with_a_new_set_up(checked: Callable[..., list[Finding]]) -> None:
    """The page switched on in an empty folder, before the first start."""
    found = checked()
    assert problems(found) == []
    assert {finding.what.partition(":")[0] for finding in found} == {
        "settings",
        "clock",
        "time zones",
        "languages",
        "disk",
        "http",
        "platforms switched on",
        "database",
    }


@pytest.mark.parametrize("is_there", [True, False])
def test_a_folder_without_settings_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_there: bool) -> None:
    """From another folder another bot is looked at: it may be the wrong one, or the environment says all."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CIRCLEBOT_HTTP__PORT", "0")
    if is_there:
        (tmp_path / "config.toml").touch(mode=0o600)
    (said,) = [one for one in asyncio.run(examine(None)) if one.what.startswith("settings: ")]
    assert said.fine
    assert (f"no {tmp_path / 'config.toml'}" in said.what) is not is_there
    assert ("--config" in said.remedy) is not is_there


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_token_that_others_can_read_is_a_problem(checked: Callable[..., list[Finding]], mode: int) -> None:
    """And only that: settings without a secret are nobody's business, and may be read."""
    told = checked('[telegram]\ntoken = "1:made-up-token"\napi_url = "http://127.0.0.1:9"\n', mode)
    (problem,) = [one for one in told if "others on this machine" in one.what]
    assert not problem.fine
    assert "chmod 600" in problem.remedy
    assert "made-up-token" not in str(told)
    assert problems(checked("", mode)) == []


def test_a_database_of_an_older_release_is_told_with_what_to_do(
    checked: Callable[..., list[Finding]], database_url: str
) -> None:
    """A backup first; a new one, too, and one of this release is well."""
    assert problems(checked(at(database_url))) == []
    downgrade(database_url, "0002")
    (problem,) = [one for one in checked(at(database_url)) if not one.fine]
    assert problem.what == f"database: not at version {HEAD} (at 0002)"
    assert "circlebot backup" in problem.remedy
    assert "circlebot migrate" in problem.remedy


def test_a_database_of_a_newer_release_is_told_from_an_older_one(
    checked: Callable[..., list[Finding]], sqlite_url: str
) -> None:
    """Migrating would not help."""
    changed(Path(str(make_url(sqlite_url).database)), "UPDATE alembic_version SET version_num = '9999'")
    (problem,) = [one for one in checked(at(sqlite_url)) if not one.fine]
    assert "a newer release wrote it (at version 9999" in problem.what
    assert "migrate" not in problem.remedy


def test_a_database_out_of_reach_is_told_without_the_password(checked: Callable[..., list[Finding]]) -> None:
    """No server, no folder, a file of another kind."""
    found = checked(at("postgresql://ada:s3cret@127.0.0.1:9/circles"))
    assert any(what.startswith("database: cannot be reached (") for what in problems(found))
    assert "s3cret" not in str(found)
    assert any("there is no folder" in what for what in problems(checked(at("sqlite:///nowhere/circles.db"))))
    Path("diary.db").write_text("Dear diary, this is no database at all. " * 40)
    (problem,) = [one for one in checked(at("sqlite:///diary.db")) if not one.fine]
    assert problem.what.startswith("database: diary.db cannot be read (file is not a database): it is damaged")
    assert "circlebot restore" in problem.remedy


AS_ANYBODY = """
import os, sys
import bot.commands.demo, bot.commands.run
from bot.__main__ import main
if os.geteuid() == 0:
    os.setuid(65534)
main(sys.argv[1:])
"""


def as_anybody(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, as a user who may do little."""
    return subprocess.run(
        [sys.executable, "-c", AS_ANYBODY, *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


READ_ONLY = """
import os, sys, asyncio
from pathlib import Path
from bot.commands.check import examine
if os.geteuid() == 0:
    os.setuid(65534)
for finding in asyncio.run(examine(Path(sys.argv[1]))):
    if not finding.fine:
        print(finding.what, "|", finding.remedy)
"""


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that any user can enter."""
    folder = Path(tempfile.mkdtemp(prefix="circlebot-check-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_what_cannot_be_written_to_is_told(shared: Path) -> None:
    """The folder of the database, and its file: with the user as whom the bot runs, not as the one who set it up."""
    (shared / "config.toml").write_text(at(f"sqlite:///{shared}/data/circles.db") + "[http]\nport = 0\n")
    (shared / "config.toml").chmod(0o644)
    data = shared / "data"
    data.mkdir()
    data.chmod(0o555)
    found = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", READ_ONLY, str(shared / "config.toml")],
            cwd=shared,
            env={"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        found.append(done.stdout + done.stderr)
        data.chmod(0o777)
        (data / "circles.db").touch(mode=0o444)
        (data / "circles.db").chmod(0o444)
    assert f"database: the folder {data} cannot be written to | Let the user whom the bot runs as own it" in found[0]
    assert f"database: the file {data}/circles.db cannot be written to | Let the user" in found[1]


def test_a_folder_that_cannot_be_written_to_is_a_clear_message(shared: Path) -> None:
    """No traceback from `run` or from `demo`: the folder, and what to do."""
    (shared / "config.toml").write_text(at("sqlite:///circles.db") + "[http]\nport = 0\n[web]\nenabled = true\n")
    (shared / "config.toml").chmod(0o644)
    shared.chmod(0o555)
    for command, told in (
        (["run"], f"database: the folder {shared} cannot be written to. Let the user whom the bot runs as own it"),
        (["demo", "--port", "0"], "The demo cannot write in .demo (Permission denied)."),
    ):
        done = as_anybody(shared, *command)
        assert done.returncode == 2, done.stderr
        assert told in done.stderr
        assert "Traceback" not in done.stderr


def test_what_waits_for_too_long_is_told(checked: Callable[..., list[Finding]], sqlite_url: str) -> None:
    """The bot is not running; or the platform it is for is switched off."""
    changed(
        Path(str(make_url(sqlite_url).database)),
        "INSERT INTO deliveries (key, notice, kind, due_at, state) VALUES ('k', '{}', 'ended', 0, 'waiting')",
    )
    assert any(what.startswith("deliveries: the oldest has waited") for what in problems(checked(at(sqlite_url))))


def test_bots_on_several_machines_with_one_sqlite_file_are_told(
    checked: Callable[..., list[Finding]], sqlite_url: str
) -> None:
    """Each would write into the other's pages. Several on one machine take turns, which is well."""

    async def lease(platform: str, holder: str, until: datetime) -> None:
        database = Database.open(sqlite_url)

        def take(store: SqlStore) -> None:
            store.take_lease(f"courier:{platform}", holder, real_now(), until)

        await database.transact(take)
        await database.close()

    soon = real_now() + timedelta(minutes=1)
    asyncio.run(lease("telegram", "alpha/1", soon))
    asyncio.run(lease("discord", "alpha/2", soon))
    found = checked(at(sqlite_url))
    assert problems(found) == []
    assert "processes: alpha/1, alpha/2 sends" in [one.what for one in found]
    asyncio.run(lease("web", "beta/1", soon))
    (problem,) = problems(checked(at(sqlite_url)))
    assert "several machines" in problem


def test_a_nearly_full_disk_and_one_of_another_machine_are_told(
    checked: Callable[..., list[Finding]], tmp_path: Path
) -> None:
    """On a network's disk SQLite can lose what it wrote."""
    mounts = tmp_path / "mounts"
    machine = Machine(mounts=mounts)
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/share {tmp_path} nfs4 rw 0 0\n")
    assert "disk: the database lies on another machine's disk (nfs4)" in problems(checked(machine=machine))
    mounts.write_text(f"/dev/sda1 / nfs rw 0 0\n/dev/sdb1 {tmp_path} ext4 rw 0 0\n")
    assert problems(checked(machine=machine)) == []
    full = check_machine.room_on(Disk("database", free=200_000_000, total=50_000_000_000))
    assert (full.fine, full.what) == (False, "disk: 0.2 of 50.0 GB are free where the database is")
    assert full.remedy
    assert any("GB are free where the database is" in one.what for one in checked())


def test_old_zone_data_are_told(checked: Callable[..., list[Finding]], tmp_path: Path) -> None:
    """By the edition of the data that are asked first."""
    (tmp_path / "tzdata.zi").write_text("# version 2019c\n")
    machine = Machine(zones=(str(tmp_path),))
    (problem,) = problems(checked(machine=machine))
    assert problem.startswith("time zones: ")
    assert "old (the system's, 2019c)" in problem
    (tmp_path / "tzdata.zi").write_text(f"# version {real_now().year}a\n")
    assert problems(checked(machine=machine)) == []


@pytest.mark.parametrize(("ahead", "said"), [(-3600, "ahead of Telegram's"), (600, "behind Telegram's")])
async def test_a_clock_that_differs_from_the_platforms_is_told(ahead: int, said: str) -> None:
    """Telegram and Discord tell the time with each answer."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(headers={"Date": format_datetime(real_now() + timedelta(seconds=ahead), usegmt=True)})

    app = web.Application()
    app.router.add_get("/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        (host, port, *_) = runner.addresses[0]
        (finding,) = await check_machine.clocks_elsewhere({"Telegram": f"http://{host}:{port}"})
    finally:
        await runner.cleanup()
    assert not finding.fine
    assert said in finding.what
    assert "NTP" in finding.remedy


async def test_the_right_time_and_no_answer_are_no_news() -> None:
    """Whether a platform answers is said elsewhere."""
    with canned() as telegram:
        addresses = {"Telegram": telegram.address, "Discord": "http://127.0.0.1:9"}
        assert await check_machine.clocks_elsewhere(addresses) == []


def test_a_clock_before_this_release_is_wrong() -> None:
    """A machine without a battery wakes up in 1970."""
    assert check_machine.clock().fine
    asleep = Machine(now=lambda: datetime(1970, 1, 1, 0, 5, tzinfo=UTC))
    assert "NTP" in check_machine.clock(asleep).remedy


def test_operators_are_looked_at(checked: Callable[..., list[Finding]]) -> None:
    """Nobody named is a hint; somebody on a platform that is off hears nothing, which is a problem."""
    with canned() as telegram:
        on = f'[telegram]\ntoken = "{TOKEN}"\napi_url = "{telegram.address}"\n'
        found = checked(on)
        assert problems(found) == []
        assert any("nobody is named" in one.what and "/status" in one.remedy for one in found)
        assert problems(checked(f'[bot]\noperators = ["telegram:1"]\n{on}')) == []
        (problem,) = problems(checked(f'[bot]\noperators = ["discord:987654321098765432"]\n{on}'))
    assert "discord:987654321098765432 cannot be told of anything" in problem


def test_a_port_that_is_taken_is_told(checked: Callable[..., list[Finding]], taken_port: int) -> None:
    """By something that is not the bot."""
    assert os.name != "nt"
    (problem,) = problems(checked(f"[http]\nport = {taken_port}\n"))
    assert f"Port {taken_port} on 127.0.0.1 is in use" in problem
