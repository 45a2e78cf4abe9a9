"""Moving data between releases."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, NullPool, create_engine, text

import storage
from bot.errors import ConfigError, StorageBusy
from storage.engine import Database, parsed
from storage.migrate import HEAD, downgrade, is_current, migrate
from storage.schema import metadata
from storage.store import SqlStore
from tests.storage.conftest import NOW, make_world
from tests.support.databases import Postgres

_HASH = "0" * 64


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with nothing in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/bare.sqlite3"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    url = postgres.create(migrated=False)
    yield url
    postgres.drop(url)


def _engine(url: str) -> Engine:
    return create_engine(parsed(url), poolclass=NullPool)


def test_the_known_head_is_the_newest_migration() -> None:
    """The constant that saves importing Alembic at each start is true."""
    config = Config()
    config.set_main_option("script_location", str(Path(storage.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_a_new_database_is_migrated_and_has_the_tables_as_declared(bare_url: str) -> None:
    """Migrations lead to just what the tables say."""
    assert not is_current(bare_url)
    migrate(bare_url)
    assert is_current(bare_url)
    with _engine(bare_url).connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_server_default": bare_url.startswith("postgresql")}
        )
        assert compare_metadata(context, metadata) == []


def test_sqlite_tables_are_declared_and_migrated_alike(tmp_path: Path) -> None:
    """What Alembic does not compare is the same too: tables without row ids, ids never used twice, partial indexes."""
    migrate(f"sqlite:///{tmp_path}/migrated")
    metadata.create_all(_engine(f"sqlite:///{tmp_path}/declared"))

    def schema(name: str) -> dict[str, list[str]]:
        rows = sqlite3.connect(tmp_path / name).execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {
            row[0]: sorted(re.sub(r"\W+", " ", part).strip() for part in re.split(r",\s*\n|\(\n", row[1]))
            for row in rows
            if row[0] != "alembic_version"
        }

    assert schema("declared") == schema("migrated")


def test_down_and_up_again(bare_url: str) -> None:
    """A migration can be taken back without a trace, and done again."""
    migrate(bare_url)
    downgrade(bare_url)
    assert not is_current(bare_url)
    with _engine(bare_url).connect() as connection:
        context = MigrationContext.configure(connection)
        assert {step[0] for step in compare_metadata(context, metadata)} == {"add_table", "add_index"}
    migrate(bare_url)
    assert is_current(bare_url)


async def test_what_a_database_holds_outlives_its_migrations(bare_url: str) -> None:
    """Taken back to the first release and on again, people, circles and communities are as they were."""
    migrate(bare_url)
    opened = Database.open(bare_url)
    world = await opened.transact(make_world)

    def fill(store: SqlStore) -> None:
        made = store.linking.make(world.ada.id, _HASH, NOW + timedelta(minutes=10), NOW)
        store.linking.take(made.id, world.bo.id, NOW)
        store.communities.make_of_space("discord", "guild", replace(world.community, name="Reading Hall"))

    def kept(store: SqlStore) -> object:
        return store.seats.roster(world.circle.id), store.communities.all(), store.people.accounts(world.ada.id)

    await opened.transact(fill)
    before = await opened.read(kept)
    await opened.close()
    downgrade(bare_url, "0001")
    migrate(bare_url)
    opened = Database.open(bare_url)
    assert await opened.read(kept) == before
    assert await opened.read(lambda store: store.linking.by_hash(_HASH)) is None
    await opened.close()


def test_several_processes_migrating_at_once_do_it_once(bare_url: str) -> None:
    """Whoever comes second waits, and finds it done."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            migrate(bare_url)
        except BaseException as error:  # noqa: BLE001  # reported by the assertion
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert is_current(bare_url)


def test_a_database_of_a_newer_release_is_left_alone(database_url: str) -> None:
    """An unknown revision is a clear error."""
    with _engine(database_url).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'zzzz'"))
    assert not is_current(database_url)
    with pytest.raises(ConfigError, match="newer release"):
        migrate(database_url)


def test_a_server_out_of_reach_is_busy() -> None:
    """Neither looking nor migrating hides that there is no server."""
    for step in (is_current, migrate):
        with pytest.raises(StorageBusy):
            step("postgresql://nobody@127.0.0.1:1/nothing")


def test_a_new_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    """People's names and words are not for everybody on the machine."""
    migrate(f"sqlite:///{tmp_path}/own.sqlite3")
    assert (tmp_path / "own.sqlite3").stat().st_mode & 0o077 == 0
