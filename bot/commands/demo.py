"""`make demo`: a community in which two circles live, with a clock that one can move.

Its past is not painted on: the people of the demo said and pressed everything, on a clock that ran through three weeks
in seconds, so that whatever stands in the rooms is what the bot really posts.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.commands.demo_clock import demo_clock, serving_demo
from bot.commands.listening import CannotListen, PortTaken, hindrance
from bot.commands.serving import sqlite_url, stop_signal, until
from bot.errors import CircleBotError
from bot.records import dataclass
from storage.engine import Database
from storage.migrate import is_current, migrate

HOST = "127.0.0.1"
LAST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Where:
    """Where the demo keeps its data."""

    folder: Path

    @property
    def file(self) -> Path:
        """The database: there once its past has been lived through to its end."""
        return self.folder / "circlebot.db"

    @property
    def url(self) -> str:
        """The database's address."""
        return sqlite_url(self.file)


async def serve_demo(folder: Path, port: int, *, fresh: bool) -> None:
    """Serve the demo until stopped, after living through its past if there is none yet.

    Raises `CircleBotError` in words; a port that is taken is said before anything is made or forgotten.
    """
    where = Where(folder)
    if (why := hindrance(HOST, port)) is not None:
        raise _in_words(why, port)
    with _alone(where.folder):
        if fresh or not where.file.exists():
            from bot.commands.demo_making import make_demo  # noqa: PLC0415  # a second start needs none of it

            await make_demo(where.folder, where.file.name)
        await _serve(where, port)


async def _serve(where: Where, port: int) -> None:
    stopped = stop_signal()
    if not is_current(where.url):
        migrate(where.url)
    database = Database.open(where.url)
    try:
        clock = await demo_clock(database)
        async with serving_demo(database, clock, HOST, port) as demo:
            _say(f"Circlebot's demo is ready: {demo.web.address}/")
            _say("Switch between the people on the page; move its clock with Next. Ctrl-C stops; what you did is kept.")
            await until(demo.up, stopped)
    except CannotListen as why:
        raise _in_words(why, port) from why
    finally:
        await database.close()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder: two demos, each with a clock of its own, would tear one community's time apart."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "in-use").open("w")
    except OSError as error:
        raise CircleBotError(
            f"The demo cannot write in {folder} ({error.strerror}). For another folder: "
            "circlebot demo --data another-folder"
        ) from error
    with file as held:
        try:
            import fcntl  # noqa: PLC0415  # Windows has none

            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)  # gone with the process, however it ends
        except ImportError:
            pass
        except OSError as error:
            raise CircleBotError(
                f"The demo in {folder} is running already: open its page, or stop it first. "
                "For a second one: circlebot demo --data another-folder"
            ) from error
        yield


def _in_words(why: CannotListen, port: int) -> CircleBotError:
    """Return what to do about it here, where there are no settings."""
    if isinstance(why, PortTaken):
        another = port + 1 if port < LAST_PORT else LAST_PORT - 1
        return CircleBotError(f"Port {port} is in use, perhaps by this demo. Choose another: make demo PORT={another}")
    return CircleBotError(f"{why.why} Choose another: make demo PORT=8080")


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()
