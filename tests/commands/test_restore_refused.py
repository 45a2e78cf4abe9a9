"""Files that are no whole backups: each is refused in words, and the database stays as it is."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from storage.backup import BackupError, beside
from storage.restoring import unpack
from tests.commands.backups import backed_up, changed, content, filled, restored
from tests.support.long import long


def test_a_truncated_backup_is_refused(backup: Path, sqlite_url: str, tmp_path: Path) -> None:
    """Wherever the copying of it ended."""
    filled(sqlite_url)
    before, whole = content(sqlite_url, tmp_path), backup.read_bytes()
    for length in (0, 10, 100, 4096, len(whole) // 2, len(whole) - 4096, len(whole) - 1):
        backup.write_bytes(whole[:length])
        with pytest.raises(BackupError, match=r"no backup|damaged"):
            restored(sqlite_url, backup)
    assert content(sqlite_url, tmp_path) == before


def test_a_backup_with_a_broken_bit_is_refused_or_has_lost_nothing(backup: Path, tmp_path: Path) -> None:
    """A flipped bit is either found, or lies where nothing is."""
    chance, whole, refused = random.Random(4), backup.read_bytes(), 0
    places = [at for at, byte in enumerate(whole) if byte]  # most of a small database is room
    for number in range(long(12, 500)):
        at = chance.choice(places) if number % 2 else chance.randrange(len(whole))
        backup.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << chance.randrange(8))]) + whole[at + 1 :])
        with beside(tmp_path / "work") as folder:
            try:
                unpacked = unpack(backup, folder)
            except BackupError:
                refused += 1
                continue
            again = backed_up(f"sqlite:///{unpacked.path}", folder / "again")
            assert sum(again.rows.values()) == sum(unpacked.manifest.rows.values())
    assert refused > 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE people SET name = 'Eve'", "changed after it was made"),
        ("DELETE FROM votes", "changed after it was made"),
        ("INSERT INTO settings VALUES ('x', 'y')", "changed after it was made"),
        ("CREATE TABLE more (x)", "changed after it was made"),
        ("DROP TABLE feeds", "changed after it was made"),
        ("ALTER TABLE feeds ADD COLUMN more TEXT", "changed after it was made"),
        ("UPDATE backup_manifest SET value = '2' WHERE about = 'format'", "newer release of Circlebot"),
        ("UPDATE backup_manifest SET value = '9999' WHERE about = 'revision'", "newer release of Circlebot"),
        ("UPDATE backup_manifest SET value = '0001' WHERE about = 'revision'", "changed after it was made"),
        ("UPDATE backup_manifest SET value = '../x' WHERE about = 'revision'", "newer release of Circlebot"),
        ("UPDATE backup_manifest SET value = 'soon' WHERE about = 'made_at'", "damaged"),
        ("DELETE FROM backup_manifest WHERE about = 'version'", "damaged"),
        ("DROP TABLE backup_manifest", "stop the bot and set"),
        ("UPDATE backup_tables SET checksum = ''", "changed after it was made"),
        ("UPDATE backup_tables SET rows = 'many'", "damaged"),
        ("DELETE FROM alembic_version", "changed after it was made"),
    ],
)
def test_a_changed_backup_is_refused(backup: Path, tmp_path: Path, change: str, said: str) -> None:
    """Whatever was changed is found, and said in words."""
    changed(backup, "PRAGMA foreign_keys = OFF", change)
    with beside(tmp_path / "work") as folder, pytest.raises(BackupError, match=said):
        unpack(backup, folder)


def test_files_of_other_kinds_are_refused(tmp_path: Path) -> None:
    """A text, another program's database, a folder's name: each is told from a backup."""
    (tmp_path / "text").write_text("Dear diary")
    changed(tmp_path / "other.db", "CREATE TABLE songs (name)")
    for name, said in (("text", "is no backup"), ("other.db", "is no backup"), ("missing", "cannot be read")):
        with beside(tmp_path / "work") as folder, pytest.raises(BackupError, match=said):
            unpack(tmp_path / name, folder)


def test_nothing_but_rows_is_taken_from_a_backup(backup: Path, sqlite_url: str) -> None:
    """What somebody put into the file besides, such as a trigger, does not come along."""
    changed(backup, "CREATE TRIGGER evil AFTER INSERT ON people BEGIN DELETE FROM circles; END")
    restored(sqlite_url, backup)
    with closing(sqlite3.connect(str(make_url(sqlite_url).database))) as driver:
        kinds = {kind for (kind,) in driver.execute("SELECT DISTINCT type FROM sqlite_master")}
    assert kinds == {"table", "index"}
