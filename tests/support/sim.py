"""A platform for tests that behaves like one: it keeps rooms and messages, and shows people what they may see.

It stands where Telegram stands: on the other side of the adapter port. Nothing of ours is replaced.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

from bot.chat.adapter import Ability, Inbox
from bot.chat.message import Message, Posted, Room, RoomKind
from bot.chat.pacing import Pacing

PLATFORM = "sim"


@dataclass
class SimPost:
    """A message as it stands in a room; `only_for` is the one user who sees it, empty for all."""

    posted: Posted
    message: Message
    only_for: str = ""
    edits: int = 0
    key: str = ""

    @property
    def text(self) -> str:
        """Everything that is read: title, text, button labels."""
        labels = [button.label for row in self.message.rows for button in row]
        return "\n".join(filter(None, [self.message.title, str(self.message.text), " · ".join(labels)]))


@dataclass
class SimPlatform:
    """Implements `bot.chat.adapter.Adapter`. `errors` are raised, one a post, before anything is posted."""

    platform: str = PLATFORM
    abilities: frozenset[Ability] = frozenset()
    page_size: int = 12
    posts: list[SimPost] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    inbox: Inbox | None = None
    links_private: bool = True
    """Whether there are addresses that open the private chat."""
    links_groups: bool = False
    """Whether there are addresses that add the bot to a group."""
    is_open: bool = False
    """Whether everybody can be written to privately."""
    threads: int = 0
    """How many were opened."""
    pacing: Pacing = field(default_factory=Pacing)

    def start_link(self, payload: str) -> str:
        """Return the address that opens the private chat."""
        return f"https://{self.platform}.example/start/{payload}" if self.links_private else ""

    def group_link(self, payload: str) -> str:
        """Return the address that adds the bot to a group."""
        return f"https://sim.example/group/{payload}" if self.links_groups else ""

    async def run(self, inbox: Inbox) -> None:
        """Serve until cancelled; people act through `tests.support.chat`."""
        self.inbox = inbox
        await asyncio.Event().wait()

    async def post(self, room: Room, message: Message, key: str) -> Posted:
        """Post a message once for each key."""
        if self.errors:
            raise self.errors.pop(0)
        for post in self.posts:
            if key and post.key == key and post.posted.room == room:
                return post.posted
        return self.put(room, message, key=key).posted

    def put(self, room: Room, message: Message, *, only_for: str = "", key: str = "") -> SimPost:
        """Let a message stand in a room."""
        post = SimPost(Posted(room, str(len(self.posts) + 1)), message, only_for, key=key)
        self.posts.append(post)
        return post

    def open_thread(self, room: Room) -> Room:
        """Open a thread beside a room."""
        self.threads += 1
        return replace(room, thread=f"t{self.threads}")

    async def edit(self, posted: Posted, message: Message) -> None:
        """Draw a message anew."""
        if self.errors:
            raise self.errors.pop(0)
        post = self.find(posted)
        post.message = message
        post.edits += 1

    def find(self, posted: Posted) -> SimPost:
        """Return the message that stands there."""
        return self.posts[int(posted.message) - 1]

    def seen_by(self, user: str) -> list[SimPost]:
        """Return what one user can see: every group room, and their own private chat."""
        return [
            post
            for post in self.posts
            if (not post.posted.room.is_private or post.posted.room.chat == user) and post.only_for in {"", user}
        ]

    def in_room(self, room: Room) -> list[SimPost]:
        """Return what everybody in a room sees."""
        return [post for post in self.posts if post.posted.room == room and not post.only_for]


def private(user: str, platform: str = PLATFORM) -> Room:
    """Return a user's private chat."""
    return Room(platform, user, kind=RoomKind.PRIVATE)


def group(chat: str, platform: str = PLATFORM) -> Room:
    """Return a group room."""
    return Room(platform, chat)


def without(room: Room) -> Room:
    """Return a copy of a room at a new address, as when a group becomes a supergroup."""
    return replace(room, chat=f"{room.chat}-moved")
