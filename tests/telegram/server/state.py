"""What Telegram knows: people, chats, who is in them, and what was said."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from tests.telegram.server.problems import JsonObject

ANONYMOUS = 1087968824
"""GroupAnonymousBot, in whose name administrators write who do not show who they are."""
GENERAL = 1
"""The topic that every forum has; a bot may not name it."""


class Status(StrEnum):
    """How somebody stands to a chat."""

    CREATOR = "creator"
    ADMINISTRATOR = "administrator"
    MEMBER = "member"
    RESTRICTED = "restricted"
    LEFT = "left"
    KICKED = "kicked"

    @property
    def runs_it(self) -> bool:
        """Whether they administer the chat."""
        return self in {Status.CREATOR, Status.ADMINISTRATOR}

    @property
    def is_in(self) -> bool:
        """Whether they are in the chat."""
        return self not in {Status.LEFT, Status.KICKED}


@dataclass(frozen=True)
class Member:
    """Somebody's standing in a chat. `may_send` matters while restricted only."""

    status: Status = Status.MEMBER
    anonymous: bool = False
    may_send: bool = True


@dataclass(eq=False)
class User:
    """A person or a bot. `met`: the bot has seen them somewhere; `started`: the bot may write to them."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    is_bot: bool = False
    started: bool = False
    blocked: bool = False
    deactivated: bool = False
    met: bool = False


@dataclass(eq=False)
class Topic:
    """A topic of a forum; its number is that of the service message that began it."""

    thread: int
    name: str
    closed: bool = False
    deleted: bool = False


@dataclass(eq=False)
class Message:
    """A message as everybody sees it. `edits` are its earlier states; `extra` are further fields (service messages)."""

    id: int
    chat: Chat
    sender: User
    text: str = ""
    entities: list[JsonObject] = field(default_factory=list)
    markup: JsonObject | None = None
    html: str = ""
    photo: bytes | None = None
    photo_size: tuple[int, int] = (0, 0)
    reply_to: int | None = None
    thread: int | None = None
    in_topic: bool = False
    sender_chat: Chat | None = None
    extra: JsonObject = field(default_factory=dict)
    silent: bool = False
    date: int = 0
    edited: int | None = None
    deleted: bool = False
    edits: list[Message] = field(default_factory=list)
    asked: JsonObject = field(default_factory=dict)

    @property
    def rows(self) -> list[list[JsonObject]]:
        """The buttons below it, row by row."""
        found: list[list[JsonObject]] = (self.markup or {}).get("inline_keyboard", [])
        return found

    @property
    def buttons(self) -> list[str]:
        """The words on its buttons, in reading order."""
        return [button["text"] for row in self.rows for button in row]

    @property
    def wants_reply(self) -> bool:
        """Whether it opens the reply field of those it is for."""
        return bool((self.markup or {}).get("force_reply"))

    def button(self, words: str) -> JsonObject:
        """Return the button with these words, or whose words begin with them; an AssertionError if there is none."""
        all_of_them = [button for row in self.rows for button in row]
        for fits in (str.__eq__, str.startswith):
            found = [button for button in all_of_them if fits(str(button["text"]), words)]
            if found:
                assert len(found) == 1, f"several buttons read {words!r}: {self.buttons}"
                return found[0]
        raise AssertionError(f"no button reads {words!r}: {self.buttons} below {self.text!r}")

    def remember(self) -> None:
        """Keep the present state among the edits, before it is changed."""
        self.edits.append(replace(self, edits=[]))


@dataclass(eq=False)
class Chat:
    """A chat, with everything said in it."""

    id: int
    type: str
    title: str = ""
    is_forum: bool = False
    user: User | None = None
    members: dict[int, Member] = field(default_factory=dict)
    users: dict[int, User] = field(default_factory=dict)
    written: dict[int, Message] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    moved_to: int | None = None
    everyone_may_send: bool = True
    gone: bool = False
    last_id: int = 0

    @property
    def is_group(self) -> bool:
        """Whether it is a group of whichever kind."""
        return self.type in {"group", "supergroup"}

    @property
    def messages(self) -> list[Message]:
        """All that stands there, oldest first."""
        return [message for message in self.written.values() if not message.deleted]

    @property
    def last(self) -> Message:
        """The newest message."""
        return self.messages[-1]

    @property
    def said(self) -> list[Message]:
        """What the bot wrote there and still stands, oldest first."""
        return [one for one in self.messages if one.sender.is_bot and one.sender.id != ANONYMOUS and not one.extra]

    def thread_of_reply(self, reply_to: int | None) -> int | None:
        """Return the thread of a reply: in a supergroup without topics, too, replies carry one."""
        quoted = self.written.get(reply_to or 0)
        if quoted is None or self.type != "supergroup" or self.is_forum:
            return None
        return quoted.thread or quoted.id

    def member(self, user: User) -> Member:
        """Return how somebody stands to it."""
        return self.members.get(user.id, Member(Status.LEFT))

    def set_member(self, user: User, member: Member) -> Member:
        """Change how somebody stands to it, and return how they stood before."""
        before = self.member(user)
        self.members[user.id] = member
        self.users[user.id] = user
        return before

    def add(self, sender: User, **fields: object) -> Message:
        """Write a message."""
        self.last_id += 1
        message = Message(self.last_id, self, sender, date=int(time.time()))
        for name, value in fields.items():
            assert hasattr(message, name), name
            setattr(message, name, value)
        self.written[message.id] = message
        return message

    def administrators(self) -> Iterator[tuple[User, Member]]:
        """Everybody who runs it."""
        for number, member in self.members.items():
            if member.status.runs_it:
                yield self.users[number], member
