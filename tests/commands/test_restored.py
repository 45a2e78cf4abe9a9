"""After a restore the bot goes on: as a chat, with taps while the backup is made."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

from storage.engine import Database
from tests.commands.backups import backed_up, restored
from tests.support.chat import lived_in

BEFORE_SECOND = datetime(2026, 3, 10, 12, 0)
"""After the first reminder of the first meeting, before the second one."""
AFTER_SECOND = datetime(2026, 3, 10, 17, 0)


async def test_after_a_restore_the_bot_goes_on(database_url: str, tmp_path: Path) -> None:
    """Taps of the moment are in the backup or not, each whole; what was sent is not sent again, what is to come is."""
    database = Database.open(database_url)
    chat = await lived_in(database)
    await chat.moves_to(BEFORE_SECOND)
    assert chat.posts("Unit 1") == 1

    async def tap() -> None:
        for _ in range(8):
            await asyncio.gather(
                *(one.presses(answer) for one in (chat.ada, chat.grace) for answer in ("I'm coming", "Can't make it"))
            )

    await asyncio.gather(tap(), asyncio.to_thread(backed_up, database_url, tmp_path / "backup", now=chat.clock.now()))
    await chat.linus.presses("I'm coming")
    await chat.moves_to(AFTER_SECOND)
    assert chat.posts("Unit 1") == 2
    await database.close()

    await asyncio.to_thread(restored, database_url, tmp_path / "backup", now=chat.clock.now())
    chat.storage = Database.open(database_url)
    try:
        await chat.crash_and_restart()
        first, second = (await chat.meetings())[:2]
        answers = await chat.storage.read(lambda store: store.rsvps.of(first.id))
        assert "Linus" not in {one.name for one in answers}
        await chat.passes(minutes=1)
        assert chat.posts("Unit 1") == 2
        older = next(text for text in chat.said() if "Unit 1" in text)
        assert "Linus" not in older  # the card that stood at the backup shows what is known now
        await chat.linus.presses("I'm coming")  # on a card that was posted after the backup
        await chat.passes(minutes=1)
        assert "Linus" in chat.card("Unit 1")
        await chat.moves_to(datetime(2026, 3, 10, 20, 0))
        tally = await chat.storage.read(lambda store: store.rsvps.tally(first.id))
        assert "Linus" in tally.coming
        await chat.ada.presses("Plus")
        assert chat.ada.page is not None
        await chat.moves_to(datetime(2026, 3, 17, 17, 30))
        assert chat.posts(second.topic) == 2
    finally:
        await chat.storage.close()
