"""`circlebot forecast`: what the bot will say, told by the parts that will say it, on a clock that runs ahead."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from bot.agenda import KINDS
from bot.assembly import assemble
from bot.clock import SystemClock
from bot.commands.demo_clock import demo_clock
from bot.commands.serving import sqlite_url
from bot.config import Settings
from bot.errors import CircleBotError
from scheduler.forecast import forecast
from storage.engine import Database
from storage.migrate import is_current


async def foretell(settings: Settings, weeks: int, of_demo: Path | None) -> None:
    """Print a row for every message of the next weeks, in order of time."""
    url = sqlite_url(of_demo / "circlebot.db") if of_demo else settings.database.url.get_secret_value()
    if not is_current(url):
        doing = "`circlebot demo` makes it" if of_demo else "`circlebot migrate` makes it, and so does `run`"
        raise CircleBotError(f"There is no database of this version yet: {doing}.")
    database = Database.open(url)
    try:
        now = (await demo_clock(database)).now()
        until = now + timedelta(weeks=weeks)
        bot = assemble(database, SystemClock(), [])
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task(f"Looking {_counted(weeks, 'week')} ahead", total=1.0)
            rows = await forecast(
                database,
                bot.narrator,
                bot.planner,
                now=now,
                until=until,
                progress=lambda at: progress.update(task, completed=(at - now) / (until - now)),
            )
    finally:
        await database.close()
    coming = "week" if weeks == 1 else f"{weeks} weeks"
    if not rows:
        sys.stdout.write(f"Nothing is to be sent in the next {coming}.\n")
        return
    dropped = sum(bool(row.dropped) for row in rows)
    title = f"The next {coming}: {_counted(len(rows) - dropped, 'message')}"
    table = Table("When (UTC)", "Where", "What", title=f"{title}, {dropped} more not sent" if dropped else title)
    for row in rows:
        where = f"{row.where} (private)" if row.is_private else row.where
        what = ": ".join(filter(None, (KINDS[row.due.notice.kind], row.what)))
        table.add_row(
            f"{row.at:%a %Y-%m-%d %H:%M}",
            Text(where),
            Text(f"{what} (not sent: {row.dropped})" if row.dropped else what),
        )
    console = Console(file=sys.stdout)
    # A pipe has no width of its own: nothing is cut there.
    Console(file=sys.stdout, width=None if console.is_terminal else 160).print(table)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
