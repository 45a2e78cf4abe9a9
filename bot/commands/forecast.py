"""`circlebot forecast`: what the bot will say, told by the parts that will say it, on a clock that runs ahead."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bot.assembly import assemble
from bot.config import Settings
from bot.i18n import Catalogue
from bot.commands.serving import demo_clock, sqlite_url
from scheduler.forecast import forecast
from storage.engine import Database


async def foretell(settings: Settings, weeks: int, of_demo: Path | None) -> None:
    """Print a row for every message of the next weeks, in order of time."""
    url = sqlite_url(of_demo / "circlebot.db") if of_demo else settings.database.url.get_secret_value()
    database = Database.open(url)
    try:
        clock = await demo_clock(database)
        bot = assemble(database, clock, [], Catalogue())
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task(f"Looking {weeks} weeks ahead", total=weeks)
            rows = await forecast(
                database,
                bot.narrator,
                bot.planner,
                now=clock.now(),
                span=timedelta(weeks=weeks),
                moved=lambda done: progress.update(task, completed=done * weeks),
            )
    finally:
        await database.close()
    table = Table("When (UTC)", "Where", "What", title=f"The next {weeks} weeks: {len(rows)} messages")
    for row in rows:
        table.add_row(f"{row.at:%a %Y-%m-%d %H:%M}", row.where, row.what)
    Console(file=sys.stdout).print(table)
