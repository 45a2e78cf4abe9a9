"""The web platform's own memory, as the adapter needs it: people, rooms, posts, pictures, marks, tokens.

Telegram and Discord keep these on their servers; here the bot's own database does, through a class that need not know
of this one. Every post and every edit has a `version` greater than all before it, so that a page which knows its last
version can be told exactly what it missed.

`everywhere` says whether a person sees every group room (the demo) or only those they are in. Nobody ever sees somebody
else's private chat, or a post that is `only_for` somebody else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol


class Someone(Protocol):
    """A person on this platform; `language` and `zone` are empty where the browser's are to be used."""

    @property
    def user(self) -> str:
        """Return their id, which never changes."""
        ...

    @property
    def name(self) -> str:
        """Return what they are called."""
        ...

    @property
    def language(self) -> str:
        """Return the language they chose."""
        ...

    @property
    def zone(self) -> str:
        """Return the IANA zone they chose."""
        ...


class GroupRoom(Protocol):
    """A room for several people; `made_by` is the user who made it, empty for none."""

    @property
    def chat(self) -> str:
        """Return the id of the room (of the person, for a private chat)."""
        ...

    @property
    def title(self) -> str:
        """Return what the room is called."""
        ...

    @property
    def made_by(self) -> str:
        """Return who made it."""
        ...


class Post(Protocol):
    """Something that was said. `author` is empty where the bot said it; `only_for` names the one who sees it."""

    @property
    def id(self) -> int:
        """Return its id; later posts have greater ones."""
        ...

    @property
    def chat(self) -> str:
        """Return the id of the room (of the person, for a private chat)."""
        ...

    @property
    def private(self) -> bool:
        """Return whether it stands in a private chat."""
        ...

    @property
    def only_for(self) -> str:
        """Return the one who sees it."""
        ...

    @property
    def author(self) -> str:
        """Return who said it."""
        ...

    @property
    def author_name(self) -> str:
        """Return what they are called."""
        ...

    @property
    def body(self) -> Mapping[str, Any]:
        """Return what was said, as the page draws it."""
        ...

    @property
    def version(self) -> int:
        """Return the version of its last change."""
        ...

    @property
    def at(self) -> datetime:
        """Return when it was said."""
        ...

    @property
    def edited_at(self) -> datetime | None:
        """Return when it was last changed, None for never."""
        ...


class Snapshot(Protocol):
    """What a person sees on opening the page: up to `version` nothing is missing but what is older than each first."""

    @property
    def version(self) -> int:
        """Return the version of its last change."""
        ...

    @property
    def posts(self) -> Sequence[Post]:
        """Return the posts, oldest first."""
        ...

    @property
    def seen(self) -> Mapping[tuple[str, bool], int]:
        """Return the last post seen, by (chat, private)."""
        ...


class Transcript(Protocol):
    """The platform's memory. Every method is one transaction."""

    async def people(self) -> Sequence[Someone]:
        """Return everybody, in the order in which they were added."""
        ...

    async def person(self, user: str) -> Someone | None:
        """Return a person, None where there is none."""
        ...

    async def add_person(self, user: str, name: str, *, at: datetime, language: str = "", zone: str = "") -> None:
        """Add a person, or give one that is there a new name."""
        ...

    async def rooms(self, user: str, *, everywhere: bool) -> Sequence[GroupRoom]:
        """Return the group rooms that a person sees, oldest first."""
        ...

    async def room(self, chat: str) -> GroupRoom | None:
        """Return a room, None where there is none."""
        ...

    async def add_room(self, chat: str, title: str, *, at: datetime, made_by: str = "") -> None:
        """Make a room whose maker is in it; a room that is there gets the new title."""
        ...

    async def admit(self, chat: str, user: str) -> None:
        """Let a person into a room."""
        ...

    async def write(  # noqa: PLR0913  # a post's own parts
        self,
        chat: str,
        body: Mapping[str, Any],
        *,
        private: bool,
        at: datetime,
        key: str | None = None,
        author: str = "",
        only_for: str = "",
        picture: str = "",
    ) -> int:
        """Post, and return the post's id; for a `key` that was used before, the id of the post it made."""
        ...

    async def rewrite(self, post: int, body: Mapping[str, Any], *, at: datetime, picture: str = "") -> bool:
        """Change a post of the bot's; False where there is none."""
        ...

    async def post(self, post: int, user: str, *, everywhere: bool) -> Post | None:
        """Return a post that a person sees."""
        ...

    async def snapshot(self, user: str, *, everywhere: bool, per_room: int) -> Snapshot:
        """Return the newest `per_room` posts of every room that a person sees."""
        ...

    async def since(self, version: int, user: str, *, everywhere: bool, limit: int) -> Sequence[Post]:
        """Return what a person sees that was posted or edited after `version`, in order of version."""
        ...

    async def older(self, chat: str, user: str, *, private: bool, before: int, limit: int) -> Sequence[Post]:
        """Return the posts of one room before the post `before`, oldest first; the caller has checked the room."""
        ...

    async def keep_picture(self, digest: str, png: bytes) -> None:
        """Keep a picture under its digest."""
        ...

    async def picture(self, digest: str, user: str, *, everywhere: bool) -> bytes | None:
        """Return a picture that stands on a post which a person sees."""
        ...

    async def see(self, user: str, chat: str, *, private: bool, post: int) -> None:
        """Mark everything up to `post` as seen."""
        ...

    async def waiting(self) -> Mapping[str, int]:
        """Return how many unseen posts of the bot wait in each person's private chat, for those with any."""
        ...

    async def issue(self, token_hash: str, user: str, kind: str, expires_at: datetime) -> None:
        """Keep a token's hash: `kind` is "link" for a sign-in link, "session" for a cookie."""
        ...

    async def bearer(self, token_hash: str, kind: str, now: datetime) -> str | None:
        """Return whose token it is, None where it is unknown or over."""
        ...

    async def revoke(self, user: str) -> None:
        """End every link and session of a person."""
        ...
