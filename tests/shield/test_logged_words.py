"""No words of people in the log: neither ours nor a library's, whatever error is logged with whatever call."""

from __future__ import annotations

import asyncio
import gc
import logging
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.logs import JsonLines, TextLines, hiding
from tests.storage.conftest import make_world
from tests.support.patience import PATIENCE
from tests.support.program import ROOT

if TYPE_CHECKING:
    from storage.engine import Database
    from storage.store import SqlStore

WORDS = "what Ada said about her mother"
FORMS = (TextLines(hiding([])), JsonLines(hiding([])))


def written(caplog: pytest.LogCaptureFixture) -> str:
    """Return all that was logged, as both kinds of lines have it."""
    return "\n".join(form.format(record) for form in FORMS for record in caplog.records)


async def test_a_database_that_repeats_them(postgres_database: Database, caplog: pytest.LogCaptureFixture) -> None:
    """PostgreSQL names the whole row that it would not take; the log says which sort of error it was, and where."""

    def insist(store: SqlStore) -> None:
        make_world(store)
        store.connection.execute(text("UPDATE circles SET about = :words, title = NULL"), {"words": WORDS})

    with pytest.raises(IntegrityError) as refused:
        await postgres_database.transact(insist)
    assert WORDS in str(refused.value)
    logging.getLogger("scheduler.service").error("could not tidy up", exc_info=refused.value)
    told = written(caplog)
    assert WORDS not in told
    assert "NotNullViolation" in told
    assert "test_logged_words.py" in told


async def test_an_error_that_nobody_waits_for(caplog: pytest.LogCaptureFixture) -> None:
    """The event loop would repeat what it says, in its message and below it."""

    async def fails() -> None:
        raise ValueError(WORDS)

    task = asyncio.create_task(fails())
    await asyncio.wait({task})
    del task
    gc.collect()
    told = written(caplog)
    assert "Task exception was never retrieved" in told
    assert "ValueError" in told
    assert WORDS not in told


def test_what_the_system_says_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """Nobody wrote that, and whoever runs the bot needs it: a full disk, a module that is missing."""
    for error in (OSError(28, "No space left on device", f"/home/{WORDS}"), ModuleNotFoundError("No module named 'x'")):
        logging.getLogger("x").error("did not work", exc_info=error)
    told = written(caplog)
    assert "OSError: No space left on device" in told
    assert "ModuleNotFoundError: No module named 'x'" in told
    assert WORDS not in told


def test_what_ends_the_program() -> None:
    """A surprise that nobody catches says where it was, and not what."""
    code = """
import sys
from bot.logs import set_up
set_up("debug", "text")
raise ValueError(sys.argv[1])
"""
    ended = subprocess.run(
        [sys.executable, "-c", code, WORDS], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert "ValueError" in ended.stderr
    assert WORDS not in ended.stderr
    assert ended.returncode == 1
