"""The web adapter: posts and edits go into the transcript, and from there to every page that may see them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from adapters.web import inbound, render, signin
from adapters.web.answering import Answering
from adapters.web.clockbar import ClockBar, Rehearsal
from adapters.web.errors import NotAllowed
from adapters.web.inbound import PLATFORM, Speaker
from bot.chat.adapter import Ability, Inbox, TryLater, Unreachable
from bot.chat.message import Chart, Message, Picture, Posted
from bot.chat.pacing import Pacing
from bot.chat.text import paragraphs
from bot.errors import StorageBusy
from bot.flood import Buckets, Pace

if TYPE_CHECKING:
    from adapters.web.frames import Act, Json
    from adapters.web.session import Session
    from adapters.web.transcript import GroupRoom, Post, Transcript
    from bot.chat.inbound import Place, Sender
    from bot.chat.message import Room
    from bot.clock import Clock
    from bot.i18n import Catalogue

FRAMES = Pace(burst=400, per_second=20.0)
"""How much is heard of one person's pages: a frame for each key that they press, and room beside it."""
STOPPING_S = 2.0
"""For how many seconds a stop waits for what people have begun."""


class WebAdapter:
    """A chat platform in the browser. Implements `bot.chat.adapter.Adapter`.

    With `rehearsal` it is the demo: everybody's eyes can be borrowed, every room is open, and the clock can be moved.
    Without, each person signs in by a link of their own and sees their own rooms. `address` is where people reach the
    page, such as `http://127.0.0.1:8080`. `draw` makes pictures of charts, on a thread.
    """

    platform = PLATFORM
    abilities: frozenset[Ability] = frozenset({Ability.KNOW_REPEATS})
    most_pages = 1000
    """How many pages may be open at once in the demo."""
    most_pages_of_one = 20
    """How many pages one person may have open."""

    def __init__(
        self,
        transcript: Transcript,
        clock: Clock,
        catalogue: Catalogue,
        *,
        address: str,
        rehearsal: Rehearsal | None = None,
        draw: Callable[[Chart], Picture] | None = None,
    ) -> None:
        self.transcript = transcript
        self.clock = clock
        self.catalogue = catalogue
        self.address = address.rstrip("/")
        self.demo = rehearsal is not None
        self.pacing = Pacing()
        self.frames = Buckets(FRAMES)
        """What is left to each person of what their pages may send."""
        self.clock_bar = ClockBar(rehearsal) if rehearsal else None
        self._draw = draw
        self._answering = Answering(self)
        self._sessions: set[Session] = set()
        self._acts: set[asyncio.Task[Json]] = set()
        self._inbox: Inbox | None = None

    # The port

    async def run(self, inbox: Inbox) -> None:
        """Let pages in until cancelled; then finish what people have begun, and send the pages away."""
        self._inbox = inbox
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            self._inbox = None
            await self.send_away()
            if self._acts:
                _, slow = await asyncio.wait(self._acts, timeout=STOPPING_S)
                for act in slow:  # the page asks again after the start, and hears what became of it
                    act.cancel()

    async def send_away(self) -> None:
        """End every page's connection; they come back by themselves."""
        await asyncio.gather(*(session.leave() for session in self._sessions))

    async def post(self, room: Room, message: Message, key: str) -> Posted:
        """Post a message, once per `key`. Raises `Unreachable` for a room or person that is not there."""
        return await self._write(room, message, f"post:{key}")

    async def edit(self, posted: Posted, message: Message) -> None:
        """Draw a posted message anew. Raises `Unreachable` where it is gone."""
        message, picture = await self._with_picture(message)
        post = int(posted.message) if posted.message.isdecimal() else 0
        try:
            at = self.clock.now()
            there = await self.transcript.rewrite(post, render.drawn(message), at=at, picture=picture)
        except StorageBusy as error:
            raise TryLater(str(error)) from error
        if not there:
            raise Unreachable(posted.message)
        self.wake()

    # What assembly, seeds and the command line use

    async def add_person(self, user: str, name: str, language: str = "", zone: str = "") -> None:
        """Add a person; `language` and `zone` say what their browser would, empty to take the real browser's."""
        await self.transcript.add_person(user, name, at=self.clock.now(), language=language, zone=zone)
        self._directory_changed()

    async def add_room(self, chat: str, title: str, made_by: str = "") -> None:
        """Make a group room."""
        await self.transcript.add_room(chat, title, at=self.clock.now(), made_by=made_by)
        self._directory_changed()

    async def admit(self, chat: str, user: str) -> None:
        """Let a person into a group room (outside the demo, where everybody is in every room)."""
        await self.transcript.admit(chat, user)
        self._directory_changed()

    async def sign_in_link(self, user: str) -> str:
        """Return a new sign-in link that belongs to one person. Raises `Unreachable` for nobody."""
        if await self.transcript.person(user) is None:
            raise Unreachable(user)
        token = await signin.issue(self.transcript, user, signin.LINK, self.clock.now())
        return f"{self.address}/in/{token}"

    async def sign_out(self, user: str) -> None:
        """End a person's links and sessions, the open ones too."""
        await self.transcript.revoke(user)
        await asyncio.gather(*(session.leave() for session in self._sessions if session.user == user))

    def start_link(self, payload: str) -> str:
        """Return the address that opens the private chat with `payload`."""
        return f"{self.address}/start/{payload}"

    def group_link(self, payload: str) -> str:  # noqa: ARG002  # the port's
        """Return nothing: the bot is in every room of the page."""
        return ""

    # What the sessions use

    @property
    def inbox(self) -> Inbox:
        """Where facts go. Raises `TryLater` while the adapter is not running."""
        if self._inbox is None:
            raise TryLater("the bot is not running")
        return self._inbox

    @property
    def is_running(self) -> bool:
        """Whether pages are let in."""
        return self._inbox is not None

    def has_room_for(self, user: str | None) -> bool:
        """Say whether one more page may be opened, by that person where each has their own."""
        most = self.most_pages if user is None else self.most_pages_of_one
        return sum(user is None or session.user == user for session in self._sessions) < most

    def join(self, session: Session) -> None:
        """Tell a page what happens from now on."""
        self._sessions.add(session)

    def part(self, session: Session) -> None:
        """Tell it no more."""
        self._sessions.discard(session)

    def wake(self) -> None:
        """Let every page look for what is new to it."""
        for session in self._sessions:
            session.wake()

    async def answer(self, who: Speaker, frame: Act) -> Json:
        """Return the `ack` for an act, which is done to its end even if the page goes away meanwhile."""
        task = asyncio.create_task(self._answering.answer(who, frame))
        self._acts.add(task)
        task.add_done_callback(self._acts.discard)
        return await asyncio.shield(task)

    async def place(self, who: Speaker, name: str) -> tuple[Place, Sender]:
        """Return the room of that name as the core knows it; raises `NotAllowed` for one that is not theirs."""
        kind, _, chat = name.partition(":")
        if kind == "p" and chat == who.user:
            return inbound.private_place(chat), inbound.sender(who)
        group = await self._group(who, chat) if kind == "g" else None
        if group is None:
            raise NotAllowed
        return inbound.group_place(group), inbound.sender(who, group)

    async def seen(self, who: Speaker, posted: Posted) -> Post:
        """Return that message. Raises `NotAllowed` unless this person sees it there."""
        seen = await self.transcript.post(int(posted.message), who.user, everywhere=self.demo)
        if seen is None or (seen.chat, seen.private) != (posted.room.chat, posted.room.is_private):
            raise NotAllowed
        return seen

    async def has_posts(self, who: Speaker, room: Room) -> bool:
        """Say whether anything was ever said in a room."""
        posts = await self.transcript.older(room.chat, who.user, private=room.is_private, before=2**62, limit=1)
        return bool(posts)

    async def say(self, who: Speaker, room: Room, words: str, key: str) -> None:
        """Let a room see what a person said."""
        at = self.clock.now()
        body = {"words": words}
        await self.transcript.write(room.chat, body, private=room.is_private, at=at, key=key, author=who.user)
        self.wake()

    async def say_back(self, who: Speaker, room: Room, message: Message, key: str, *, private: bool) -> Posted:
        """Answer somebody where they asked, for their eyes only if `private`."""
        return await self._write(room, message, key, only_for=who.user if private and not room.is_private else "")

    # Our own

    async def _write(self, room: Room, message: Message, key: str, only_for: str = "") -> Posted:
        if room.is_private:
            there = await self.transcript.person(room.chat) is not None
        else:
            there = await self.transcript.room(room.chat) is not None
        if not there:
            raise Unreachable(room.chat)
        message, picture = await self._with_picture(message)
        at = self.clock.now()
        try:
            post = await self.transcript.write(
                room.chat,
                render.drawn(message),
                private=room.is_private,
                at=at,
                key=key,
                only_for=only_for,
                picture=picture,
            )
        except StorageBusy as error:
            raise TryLater(str(error)) from error
        self.wake()
        return Posted(room, str(post))

    async def _with_picture(self, message: Message) -> tuple[Message, str]:
        """Return the message with its chart drawn, if it has one, and the name under which its picture is kept."""
        picture = message.picture
        if isinstance(picture, Chart):
            # Without somebody to draw it, what it says is said in words.
            picture = await asyncio.to_thread(self._draw, picture) if self._draw else None
            alt = message.picture.alt if picture is None and message.picture else ""
            text = paragraphs(message.text, alt) if alt else message.text
            message = replace(message, picture=picture, text=text)
        if picture is None:
            return message, ""
        name = render.digest(picture)
        await self.transcript.keep_picture(name, picture.png)
        return message, name

    async def _group(self, who: Speaker, chat: str) -> GroupRoom | None:
        if self.demo:
            return await self.transcript.room(chat)
        rooms = await self.transcript.rooms(who.user, everywhere=False)
        return next((room for room in rooms if room.chat == chat), None)

    def _directory_changed(self) -> None:
        for session in self._sessions:
            session.directory_changed()
