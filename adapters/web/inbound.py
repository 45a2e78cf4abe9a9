"""What a page sent, as the core knows it: pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from adapters.web.forms import QUESTIONS_PER_PAGE
from adapters.web.frames import Fill, Open, Press, Run, Say
from bot.chat.inbound import Act, Command, Filled, Joined, Opened, Place, Sender, Typed
from bot.chat.inbound import Press as Pressed
from bot.chat.message import Posted, Room, RoomKind
from bot.chat.naming import is_name
from bot.records import dataclass

if TYPE_CHECKING:
    from adapters.web.transcript import GroupRoom, Someone

PLATFORM = "web"
_COMMAND = re.compile(r"\s*/(\S{1,32})(?:\s+(.*))?\s*\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Speaker:
    """The person behind a connection, and what their browser says about itself."""

    user: str
    name: str
    language: str = ""
    zone: str = ""


def speaker(person: Someone, language: str, zone: str) -> Speaker:
    """Return a person with the browser's hints where they have chosen nothing themselves."""
    return Speaker(person.user, person.name, person.language or language, person.zone or zone)


def room(chat: str, *, private: bool) -> Room:
    """Return a room as the core names it."""
    return Room(PLATFORM, chat, kind=RoomKind.PRIVATE if private else RoomKind.GROUP)


def private_place(user: str) -> Place:
    """Return a person's private chat."""
    return Place(room(user, private=True))


def group_place(group: GroupRoom) -> Place:
    """Return a group room."""
    return Place(room(group.chat, private=False), group.title)


def sender(who: Speaker, group: GroupRoom | None = None) -> Sender:
    """Return who did it; whoever made a room runs it."""
    runs = group is not None and group.made_by == who.user
    return Sender(PLATFORM, who.user, who.name, who.language, who.zone, runs_room=runs)


def update_key(who: Speaker, key: str) -> str:
    """Return the core's key for an act: a page's keys are its person's own, so nobody uses up another's."""
    return f"{PLATFORM}:{who.user}:{key}"


def act(
    frame: Say | Run | Press | Fill | Open, by: Sender, where: Place, key: str, *, is_aside: bool = False
) -> Act | None:
    """Return the fact to report; None for words in a group room, which are said to people."""
    match frame:
        case Run():
            return Command(
                sender=by,
                place=where,
                key=key,
                page_size=QUESTIONS_PER_PAGE,
                name=frame.command.lower(),
                words=frame.words,
                options=frame.options,
            )
        case Press():
            return Pressed(
                sender=by,
                place=where,
                key=key,
                page_size=QUESTIONS_PER_PAGE,
                payload=frame.payload,
                posted=Posted(where.room, str(frame.post)),
                is_aside=is_aside,
            )
        case Fill():
            return Filled(
                sender=by, place=where, key=key, page_size=QUESTIONS_PER_PAGE, draft=frame.draft, answers=frame.answers
            )
        case Open():
            return Opened(sender=by, place=where, key=key, page_size=QUESTIONS_PER_PAGE, start=frame.start)
        case Say():
            return _said(frame.words, by, where, key)


def _said(words: str, by: Sender, where: Place, key: str) -> Act | None:
    command = _COMMAND.match(words)
    if command is not None and is_name(command[1]):
        name, rest = command.groups()
        return Command(
            sender=by,
            place=where,
            key=key,
            page_size=QUESTIONS_PER_PAGE,
            name=name.lower(),
            words=(rest or "").strip(),
        )
    if where.room.is_private:
        return Typed(sender=by, place=where, key=key, page_size=QUESTIONS_PER_PAGE, words=words)
    return None


def joined(by: Sender, where: Place, key: str) -> Joined:
    """Return the fact that the bot is in a new room."""
    return Joined(sender=by, place=where, key=key, page_size=QUESTIONS_PER_PAGE)


def said_as(frame: Say | Run) -> str:
    """Return what the room sees that somebody said."""
    if isinstance(frame, Say):
        return frame.words
    options = (f"{field}: {value}" for field, value in frame.options.items() if value)
    return " ".join(filter(None, (f"/{frame.command}", frame.words, *options)))
