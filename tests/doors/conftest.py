"""The world that all tests of doors share: it is made once, and every test leaves it as it found it."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.doors.hearing import Heard
from tests.doors.trial import Dump, Trial
from tests.doors.world import World, made
from tests.support.databases import Postgres


@pytest.fixture(scope="session")
def trial(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """A storage that takes everything back."""
    path = tmp_path_factory.mktemp("doors") / "circlebot.sqlite3"
    shutil.copyfile(migrated_file, path)
    trial = Trial(f"sqlite:///{path}")
    yield trial
    trial.close()


@pytest.fixture(scope="session")
def shared_world(trial: Trial) -> World:
    """The world."""
    return asyncio.run(made(trial))


@pytest.fixture(scope="session")
def postgres_world(postgres: Postgres) -> Iterator[World]:
    """The same world on PostgreSQL, to which other characters and numbers are foreign."""
    url = postgres.create()
    trial = Trial(url)
    yield asyncio.run(made(trial))
    trial.close()
    postgres.drop(url)


@pytest.fixture
async def fresh_world(migrated_file: Path, tmp_path: Path) -> AsyncIterator[World]:
    """A world of one's own, in which time may pass."""
    path = tmp_path / "circlebot.sqlite3"
    shutil.copyfile(migrated_file, path)
    trial = Trial(f"sqlite:///{path}")
    yield await made(trial)
    trial.close()


@pytest.fixture(scope="session")
def before(shared_world: World) -> Dump:
    """All that is stored in it, but for what merely notes who said something."""
    return shared_world.trial.dump()


@pytest.fixture
def world(shared_world: World, caplog: pytest.LogCaptureFixture) -> Iterator[World]:
    """The world, as nobody has touched it yet; nothing may go wrong in it on our side."""
    with shared_world.trial.undone():
        yield shared_world
    wrong = [record.getMessage() for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    assert not wrong


@pytest.fixture
def heard() -> Iterator[Heard]:
    """What goes wrong on our side."""
    handler = Heard()
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    """One loop for all that is tried."""
    with asyncio.Runner() as runner:
        yield runner
