"""What Discord knows: people, servers, channels and threads, who may do what there, and what was said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum, IntFlag

from tests.discord.server.problems import Json

EPHEMERAL = 1 << 6
LOADING = 1 << 7
SUPPRESS_NOTIFICATIONS = 1 << 12


class May(IntFlag):
    """What somebody may do, as far as it matters here."""

    NOTHING = 0
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    CONNECT = 1 << 20
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_EVENTS = 1 << 33
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    SEND_MESSAGES_IN_THREADS = 1 << 38
    CREATE_EVENTS = 1 << 44


EVERYTHING = May(sum(May))
USUAL = (
    May.VIEW_CHANNEL
    | May.SEND_MESSAGES
    | May.EMBED_LINKS
    | May.ATTACH_FILES
    | May.READ_MESSAGE_HISTORY
    | May.CONNECT
    | May.USE_APPLICATION_COMMANDS
    | May.CREATE_PUBLIC_THREADS
    | May.SEND_MESSAGES_IN_THREADS
)
"""What everybody may do who joins an ordinary server."""
OF_BOT = USUAL | May.CREATE_EVENTS
"""What a server usually lets the bot do."""


class Kind(IntEnum):
    """What sort of channel it is."""

    TEXT = 0
    DM = 1
    VOICE = 2
    NEWS = 5
    NEWS_THREAD = 10
    THREAD = 11
    PRIVATE_THREAD = 12
    FORUM = 15

    @property
    def is_thread(self) -> bool:
        """Whether it hangs on another channel."""
        return self in {Kind.NEWS_THREAD, Kind.THREAD, Kind.PRIVATE_THREAD}


@dataclass(eq=False)
class User:
    """A person or a bot. `takes_dms`: they let members of their servers write to them; `has_blocked`: not the bot."""

    id: int
    name: str
    username: str
    locale: str = "en-US"
    is_bot: bool = False
    takes_dms: bool = True
    has_blocked: bool = False


@dataclass(eq=False)
class Member:
    """Somebody on a server, with what they may do there; `here` is what they may do in single channels instead."""

    user: User
    nick: str | None = None
    may: May = USUAL
    here: dict[int, May] = field(default_factory=dict)

    def may_in(self, channel: Channel) -> May:
        """Return what they may do in a channel; a thread is as the channel that it hangs on."""
        place = channel.parent or channel
        may = self.here.get(channel.id, self.here.get(place.id, self.may))
        return EVERYTHING if May.ADMINISTRATOR in may else may


@dataclass(eq=False)
class Guild:
    """A server. `bot` is None where the bot is not, or not any more."""

    id: int
    name: str
    owner: User
    locale: str = "en-US"
    members: dict[int, Member] = field(default_factory=dict)
    bot: Member | None = None
    events: dict[int, ScheduledEvent] = field(default_factory=dict)

    def member(self, user: User) -> Member | None:
        """Return how somebody stands on this server."""
        return self.members.get(user.id)


@dataclass(eq=False)
class Channel:
    """A channel of a server, a thread, or a private talk with the bot (`recipient`)."""

    id: int
    kind: Kind
    name: str = ""
    guild: Guild | None = None
    parent: Channel | None = None
    recipient: User | None = None
    owner: User | None = None
    written: dict[int, Message] = field(default_factory=dict)
    in_it: dict[int, User] = field(default_factory=dict)
    archived: bool = False
    locked: bool = False
    deleted: bool = False
    began: datetime | None = None
    stirred: datetime | None = None
    """When something was last said in it, or it was taken out of the archive."""
    sleeps_after: int = 1440
    """After how many minutes without a word a thread goes into the archive."""
    wants_tag: bool = False
    """Whether a forum takes no post without a tag."""

    @property
    def sleeps_at(self) -> datetime | None:
        """When a thread goes into the archive; never what is none."""
        if self.parent is None or self.stirred is None:
            return None
        return self.stirred + timedelta(minutes=self.sleeps_after)

    @property
    def messages(self) -> list[Message]:
        """What stands there for everybody, oldest first."""
        return [one for one in self.written.values() if not one.deleted and one.only_for is None]

    @property
    def last(self) -> Message:
        """The newest of them."""
        return self.messages[-1]

    @property
    def shown(self) -> str:
        """All that stands there, as people read it."""
        return "\n\n".join(one.shown for one in self.messages)


@dataclass(frozen=True)
class Attachment:
    """A file on a message."""

    id: int
    filename: str
    data: bytes
    description: str = ""


@dataclass(eq=False)
class Message:
    """A message. `only_for`: nobody else sees it. `edits` are its earlier states, `asked` what it was made of."""

    id: int
    channel: Channel
    author: User
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: int = 0
    only_for: User | None = None
    nonce: str | None = None
    created: datetime | None = None
    edited: datetime | None = None
    deleted: bool = False
    notified: list[User] = field(default_factory=list)
    """Whom its words have notified."""
    notifies_everyone: bool = False
    interaction: Json | None = None
    """By what somebody did it was made, as its JSON tells."""
    asked: Json = field(default_factory=dict)
    edits: list[Message] = field(default_factory=list)
    changes: int = 0
    """The place of its last change among all that changed on Discord."""
    names: dict[str, str] = field(default_factory=dict)
    """What people and channels are called that it may name."""

    @property
    def is_ephemeral(self) -> bool:
        """Whether only one person sees it."""
        return bool(self.flags & EPHEMERAL)

    @property
    def is_loading(self) -> bool:
        """Whether the bot is still "thinking" of it."""
        return bool(self.flags & LOADING)

    @property
    def shown(self) -> str:
        """Its words as people read them, embeds included; see `buttons` for what can be pressed."""
        from tests.discord.server.reading import read_message  # noqa: PLC0415  # it knows messages, too

        return read_message(self)

    @property
    def buttons(self) -> list[str]:
        """The words on its buttons that can be pressed, in reading order."""
        return [str(one.get("label", "")) for one in self.all_buttons() if not one.get("disabled")]

    def all_buttons(self) -> Iterator[Json]:
        """Yield its buttons as they are."""
        for row in self.components:
            yield from (one for one in row.get("components", []) if one["type"] == 2)

    def button(self, words: str) -> Json:
        """Return the button with these words, or whose words begin with them; an AssertionError if there is none."""
        for fits in (str.__eq__, str.startswith):
            found = [one for one in self.all_buttons() if fits(str(one.get("label", "")), words)]
            if found:
                return found[0]
        raise AssertionError(f"no button {words!r} among {self.buttons} below {self.shown!r}")

    def keep(self) -> None:
        """Keep what it is now among its earlier states."""
        self.edits.append(replace(self, edits=[]))


@dataclass(eq=False)
class ScheduledEvent:
    """An entry in a server's calendar. `status`: 1 scheduled, 2 on, 3 over, 4 called off."""

    id: int
    guild: Guild
    creator: User
    name: str
    description: str | None
    place: str
    starts_at: datetime
    ends_at: datetime | None
    status: int = 1
    edits: int = 0
