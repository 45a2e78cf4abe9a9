"""`circlebot export` and `circlebot import`: a circle or a community as JSON."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import click

from bot.assembly import AdapterLinks
from bot.clock import SystemClock
from bot.commands.moving_format import DOCUMENT, FORMAT, AnyDocument, CircleDocument
from bot.commands.moving_text import LARGEST, BadDocument, read, written
from bot.config import Settings
from bot.context import Setting
from bot.domain.circles import Circle, CircleState
from bot.domain.communities import Community
from bot.domain.feedback import closes_at
from bot.domain.meetings import Meeting, MeetingState
from bot.domain.notices import Due, FeedbackCloses
from bot.domain.plans import SKIPPED
from bot.domain.words import folded
from bot.errors import CircleBotError
from bot.features.circles.seats import offer_seats
from bot.features.feedback.reading import closing_key
from bot.i18n import Catalogue
from scheduler.planner import Planner
from storage.arriving import Added, add, in_the_way
from storage.backup import beside, check_folder, told
from storage.engine import Database, parsed
from storage.migrate import HEAD, migrate, revision_of
from storage.moving import circle_values, community_values
from storage.store import SqlStore

_OF_ANOTHER_RELEASE = "There is no database of this release. Run `circlebot migrate` first."
_TOLD_BEFORE = f"{SKIPPED}: it was due before the circle came here"
T = TypeVar("T", Circle, Community)


async def write_out(settings: Settings, what: str, name: str, file: Path, *, overwrite: bool = False) -> str:
    """Write the circle or the community as JSON to `file`, and return what was done; to "-", return the JSON itself."""
    url = settings.database.url.get_secret_value()
    if str(file) != "-" and not overwrite and await asyncio.to_thread(file.exists):
        raise CircleBotError(f"{file} is there already. Choose another name, or say --overwrite.")
    if str(file) != "-":
        check_folder(file)
    if (revision := revision_of(url)) != HEAD:
        raise CircleBotError(_no_database(url) if revision is None else _OF_ANOTHER_RELEASE)
    database = Database.open(url)
    try:
        text = written(await database.read(lambda store: document_of(store, what, name)))
    finally:
        await database.close()
    if str(file) == "-":
        return text
    with told("It was not written"), beside(file) as folder:
        made = folder / "made"
        made.touch(mode=0o600)
        made.write_text(text, encoding="utf-8")
        made.replace(file)
    return f"Written to {file}. It holds people's names and words: give it only to whom it concerns."


def _no_database(url: str) -> str:
    """Say where there is none, and never the password."""
    address = parsed(url)
    is_file, file = address.get_backend_name() == "sqlite", Path(str(address.database)).absolute()
    if is_file and not file.exists():
        what = f"There is no database: {file} is not there."
    else:
        what = f"There is nothing of Circlebot's in the database {file if is_file else address.database}."
    return f"{what} If the bot's settings are in another folder, go there first, or name them with --config."


def document_of(store: SqlStore, what: str, name: str) -> AnyDocument:
    """Return a circle or a community as a document. Raises `CircleBotError` where its name means none, or several."""
    everywhere = store.communities.all()
    if what == "community":
        values = community_values(store.connection, _called(everywhere, name, what).id)
    else:
        circles = [circle for one in everywhere for circle in store.circles.of_community(one.id)]
        values = circle_values(store.connection, _called(circles, name, what).id)
    return DOCUMENT.validate_python({"format": FORMAT, "kind": what, **values})


def _name_of(one: Circle | Community) -> str:
    return one.title if isinstance(one, Circle) else one.name


def _called(there: Iterable[T], name: str, what: str) -> T:
    """Return the one that is called so, or has that number."""
    listed = list(there)
    found = [one for one in listed if folded(_name_of(one)) == folded(name)]
    found = found or [one for one in listed if str(one.id) == name]
    if len(found) == 1:
        return found[0]
    why = f"Several are called {name}: say the number." if found else f"No {what} is called {name}."
    choice = f"There are: {_numbered(found or listed)}" if listed else f"There is no {what} yet."
    raise CircleBotError(f"{why} {choice}")


def _numbered(some: Sequence[T]) -> str:
    return "; ".join(f"{_name_of(one)} (number {one.id})" for one in some[:20])


async def read_in(settings: Settings, file: Path, community: str | None) -> str:
    """Add what is in `file`, and return in a sentence what was added."""
    with click.open_file(str(file), "rb") as found:
        document = read(found.read(LARGEST + 1))
    url = settings.database.url.get_secret_value()
    migrate(url)
    database, now = Database.open(url), SystemClock().now()
    try:
        added, home = await database.transact(lambda store: bring_in(store, document, community, now))
    finally:
        await database.close()
    meetings = sum(len(circle.meetings) for circle in document.circles)
    counted = ", ".join(
        [
            _many(len(added.circles), "circle"),
            _many(meetings, "meeting"),
            _many(len(document.people), "person", "people"),
        ]
    )
    return (
        f"Added to the community {home}: {counted}.\n"
        "What lies ahead is planned; what is past is not sent again. If the bot is running, restart it, so that it "
        "looks at once."
    )


def _many(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"


def bring_in(store: SqlStore, document: AnyDocument, community: str | None, now: datetime) -> tuple[Added, str]:
    """Add a document, plan what it asks for, and return what was added and the community's name.

    Raises `BadDocument` for whatever is in the way: then nothing is added.
    """
    home = _home(store, document, community)
    values = document.model_dump()
    if obstacles := in_the_way(store.connection, values):
        raise BadDocument(obstacles)
    added = add(store.connection, values, home.id if home else None, now)
    planner, catalogue = Planner(), Catalogue()
    setting = Setting(store, now, catalogue.speaker(), catalogue, planner, AdapterLinks({}))
    for circle in added.circles:
        _take_up(circle, setting)
    planner.community(store, added.community, now)
    there = store.communities.get(added.community)
    return added, there.name if there else ""


def _home(store: SqlStore, document: AnyDocument, community: str | None) -> Community | None:
    """Return the community that a circle comes to, None for a document that brings its own."""
    if not isinstance(document, CircleDocument):
        if community is not None:
            raise CircleBotError("The file is a whole community: --community goes with a circle.")
        return None
    everywhere = store.communities.all()
    if community is not None:
        return _called(everywhere, community, "community")
    if len(everywhere) == 1:
        return everywhere[0]
    if not everywhere:
        raise CircleBotError(
            "There is no community here yet that the circle could come to. Start the bot and write /community in the "
            "organizers' room: that makes one. Or import the circle's community, as `circlebot export community` "
            "writes it where the circle comes from."
        )
    raise CircleBotError(
        "Which community is the circle to come to? Say --community with the name or the number of one of these. "
        f"{_numbered(everywhere)}"
    )


def _take_up(circle: int, setting: Setting) -> None:
    """Go on with a circle from where it is: what is past was told where it came from, and is not told again."""
    store, now = setting.store, setting.now
    meetings = store.meetings.of_circle(circle)
    over = [_over(meeting, setting) for meeting in meetings]
    states = [meeting.state for meeting in store.meetings.of_circle(circle)]
    if any(over) and len(states) > 1 and not {MeetingState.PLANNED, MeetingState.ENDED}.intersection(states):
        store.circles.change_state(circle, CircleState.PUBLISHED, CircleState.ENDED)
    setting.planner.circle(store, circle, now)
    offer_seats(circle, setting)
    late = [one.due.key for one in store.deliveries.waiting(circle=circle, limit=10_000) if one.due.due_at <= now]
    store.deliveries.drop([key for key in late if not key.startswith(("seat:", "lapse:"))], _TOLD_BEFORE)


def _over(meeting: Meeting, setting: Setting) -> bool:
    """Take the steps that time has taken, without their messages; return whether plus/delta has closed by that."""
    store, now = setting.store, setting.now
    ended = meeting.state is MeetingState.ENDED or (meeting.is_on and meeting.has_ended(now))
    if not ended:
        return False
    store.meetings.change_state(meeting.id, MeetingState.PLANNED, MeetingState.ENDED)
    if closes_at(meeting) <= now:
        return store.meetings.change_state(meeting.id, MeetingState.ENDED, MeetingState.CLOSED)
    closing = Due(
        closing_key(meeting),
        FeedbackCloses(meeting.id),
        closes_at(meeting),
        circle=meeting.circle,
        meeting=meeting.id,
    )
    store.deliveries.plan([closing])
    return False
