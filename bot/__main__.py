"""The command line: `circlebot`, also `python -m bot`. A command imports what it needs: `--help` is quick."""

from __future__ import annotations

import asyncio
import gc
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot import loop
from bot.commands.started import as_started
from bot.errors import CalledOff, CircleBotError, ConfigError, GaveUp

if TYPE_CHECKING:
    from bot.config import Settings

CONFIG = click.option(
    "--config",
    "config",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="The settings file. [default: config.toml, if there is one]",
)


class Trouble(click.ClickException):
    """Something that whoever typed the command can mend."""

    exit_code = 2


class Ended(Trouble):
    """The same, where something had begun already."""

    exit_code = 1


class Commands(click.Group):
    """Says what is wrong in plain words instead of a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; our own errors become a message and an exit code."""
        try:
            return super().invoke(ctx)
        except ConfigError as error:
            raise Trouble("The settings cannot be used:\n" + "\n".join(f"- {p}" for p in error.problems)) from error
        except CalledOff as error:  # ends as click's own `confirm(abort=True)`: what follows on && had better not
            click.echo(str(error), err=True)
            raise click.exceptions.Exit(1) from None
        except GaveUp as error:
            raise Ended(as_started(str(error))) from error
        except CircleBotError as error:
            raise Trouble(as_started(str(error))) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="circlebot", message="%(package)s %(version)s")
def main() -> None:
    """Look after learning circles: joining, reminders, RSVPs, plus/delta, decisions and the organizers' digest."""


@main.command(short_help="Show a living community in your browser.")
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=8080, show_default=True, help="The port of the page on 127.0.0.1."
)
@click.option("--fresh", is_flag=True, help="Forget what was done in the demo and start over.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".demo"),
    show_default=True,
    help="The folder that keeps the demo's database.",
)
def demo(port: int, *, fresh: bool, data: Path) -> None:
    """Show a community with two circles in your browser, with a clock that you can move."""
    from bot.commands.demo import serve_demo

    loop.run(serve_demo(data, port, fresh=fresh))


@main.command()
@CONFIG
@click.option(
    "--rehearse",
    type=click.FloatRange(min=1),
    metavar="SPEED",
    help="Let time go SPEED times faster. What is sent is sent for real.",
)
@click.option(
    "--at",
    "began",
    type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"]),
    metavar="INSTANT",
    help="With --rehearse: begin at this UTC time, for example 2026-03-02T09:00, instead of now.",
)
def run(config: Path | None, rehearse: float | None, began: datetime | None) -> None:
    """Run the bot as the settings say, until stopped."""
    if began is not None and rehearse is None:
        raise click.UsageError("--at goes with --rehearse.")
    gc.disable()  # until it is ready: what a start makes is there for good, and to look for garbage among it takes long
    try:
        from bot.commands.run import serve

        settings = _settings(config)
        at = began.replace(tzinfo=UTC) if began else None
        loop.run(serve(settings, speed=rehearse, at=at, say=_say))
    finally:
        gc.enable()


@main.command(short_help="Say what is wrong, and what to do about it.")
@CONFIG
def check(config: Path | None) -> None:
    """Say what is wrong with this configuration, database, clock and platforms, and what to do about it."""
    from bot.commands.check import examine

    findings = asyncio.run(examine(config))
    for finding in findings:
        click.echo(f"{'ok     ' if finding.fine else 'PROBLEM'}  {as_started(finding.what)}")
        if finding.remedy:
            click.echo(f"         {as_started(finding.remedy)}")
    sys.exit(0 if all(finding.fine for finding in findings) else 1)


@main.command(short_help="Ask a few questions and write the settings.")
@click.option(
    "--config",
    "config",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("config.toml"),
    show_default=True,
    help="The settings file to write.",
)
def init(config: Path) -> None:
    """Ask a few questions, verify the tokens, write the settings, and say what comes next."""
    from bot.commands.init import ask

    ask(config)


@main.command(short_help="Copy everything into one file, while the bot runs.")
@CONFIG
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--overwrite", is_flag=True, help="Replace FILE if it is there already.")
def backup(config: Path | None, file: Path, *, overwrite: bool) -> None:
    """Copy the whole database into FILE as it is at this moment. The bot may run meanwhile.

    From SQLite and from PostgreSQL alike, FILE is one file that `circlebot restore` puts back into either of them. It
    holds people's names and words: keep it where only you can read it.
    """
    from bot.commands.backup import back_up

    click.echo(back_up(_settings(config), file, overwrite=overwrite))


@main.command(short_help="Put a backup in the place of the database.")
@CONFIG
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--yes", is_flag=True, help="Do not ask before anything is replaced.")
def restore(config: Path | None, file: Path, *, yes: bool) -> None:
    """Verify the backup in FILE, then put it in the place of the database. Stop the bot first.

    The database may be of the other kind than the one that was backed up: that is how one moves from SQLite to
    PostgreSQL and back. What was there before is kept in a backup of its own.
    """
    from bot.commands.backup import bring_back

    click.echo(as_started(bring_back(_settings(config), file, lambda what: yes or _confirmed(what))))


@main.command("export", short_help="Write a circle or a community as JSON.")
@CONFIG
@click.argument("what", type=click.Choice(["circle", "community"]))
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), default=Path("-"))
@click.option("--overwrite", is_flag=True, help="Replace FILE if it is there already.")
def export_json(config: Path | None, what: str, name: str, file: Path, *, overwrite: bool) -> None:
    """Write a circle or a community, called NAME or having that number, as JSON to FILE or standard output.

    What people keep to themselves is not in it: their settings, and who said what without their name. Everything else
    is, also names and words.
    """
    from bot.commands.moving import write_out

    done = asyncio.run(write_out(_settings(config), what, name, file, overwrite=overwrite))
    click.echo(done, nl=str(file) != "-")


@main.command("import", short_help="Add a circle or a community from JSON.")
@CONFIG
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True, allow_dash=True))
@click.option("--community", help="The community that an exported circle is to belong to: its name or number.")
def import_json(config: Path | None, file: Path, community: str | None) -> None:
    """Add the circle or the community in FILE. All of it is checked first; if anything is wrong, nothing is added."""
    from bot.commands.moving import read_in

    click.echo(asyncio.run(read_in(_settings(config), file, community)))


@main.command()
@CONFIG
def migrate(config: Path | None) -> None:
    """Bring the database to this version. `run` does it too; this is for doing it beforehand."""
    from bot.commands.run import migrated

    settings = _settings(config)
    click.echo(migrated(settings.database.url.get_secret_value()))


@main.command(short_help="List what the bot will send in the next weeks.")
@CONFIG
@click.option("--weeks", type=click.IntRange(1, 104), default=4, show_default=True, help="How far to look.")
@click.option(
    "--demo",
    "of_demo",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    is_flag=False,
    flag_value=".demo",
    default=None,
    help="Look at the demo's database in this folder (.demo, if you name none) instead of the configured one.",
)
def forecast(config: Path | None, weeks: int, of_demo: Path | None) -> None:
    """List every message that the bot will send in the next weeks, with times and rooms. Sends and changes nothing."""
    from bot.commands.forecast import foretell

    asyncio.run(foretell(_settings(config), weeks, of_demo))


@main.command("web-link")
@CONFIG
@click.argument("name")
@click.option("--room", help="A room of the page that they are let into; made if it is not there.")
@click.option("--revoke", is_flag=True, help="Make the links and sign-ins of NAME worthless instead.")
def web_link(config: Path | None, name: str, room: str | None, *, revoke: bool) -> None:
    """Print a link by which NAME signs in to the browser page. The link is for that person alone."""
    from bot.commands.run import sign_in_link

    # What goes with the link is said beside it: the output is the link, for those who pass it on.
    click.echo(asyncio.run(sign_in_link(_settings(config), name, room, revoke=revoke, say=_beside)))


def _settings(config: Path | None) -> Settings:
    from bot import logs
    from bot.config import load

    settings = load(config)
    logs.set_up(settings.log.level, settings.log.format, settings.secrets())
    return settings


def _confirmed(what: str) -> bool:
    """Say what is about to happen, and ask whether it may."""
    from bot.commands.asking import yes

    click.echo(what)
    if not sys.stdin.isatty():
        raise Trouble("There is nobody to ask here. Say --yes if this is what you want. Nothing was changed.")
    try:
        return yes("Go on?", default=False)
    except click.Abort:
        click.echo(err=True)  # after the line on which nothing was answered
        return False


def _beside(words: str) -> None:
    click.echo(words, err=True)


def _say(words: str) -> None:
    """Tell whoever started the bot, at once, also through a pipe."""
    click.echo(as_started(words))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
