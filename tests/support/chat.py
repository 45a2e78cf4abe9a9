"""Tests read as a chat: people say, press and fill; the clock moves; one looks at what stands in the room.

    async def test_a_changed_mind_is_counted_once(chat: ChatSim) -> None:
        await chat.facilitator.says("/next")
        await chat.ada.presses("I'm coming")
        await chat.ada.presses("Can't make it")
        assert "0 coming" in chat.card()

The bot is the real one: router, forms, features, storage, courier, painter. The platform and the time are the test's.
"""

# Long because it is all that a person can do in a chat.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.assembly import Bot, assemble
from bot.chat.forms import Page
from bot.chat.inbound import Command, Filled, Inbound, Opened, Place, Press, Sender, Typed
from bot.chat.intents import Kind
from bot.chat.message import Ask, Branch, Redraw, Reply, Room, Say, Toast
from bot.clock import MovableClock
from bot.domain.circles import Circle, CircleState, Member
from bot.domain.communities import Community
from bot.domain.meetings import Meeting, instant, series
from bot.domain.people import Account, Person, Role
from tests.support.sim import PLATFORM, SimPlatform, SimPost, group, private

if TYPE_CHECKING:
    from bot.ports import Storage, Store

ZONE = "Europe/Madrid"
BEGINNING = datetime(2026, 3, 2, 12, 0, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
"""A Monday; the first meeting is on Tuesday the 10th at 18:00. The clocks change on 29 March, within the six weeks."""
FIRST = datetime(2026, 3, 10, 18, 0)
_keys = count(1)


@dataclass
class Someone:
    """A person with an account on the simulated platform."""

    chat: ChatSim
    user: str
    name: str
    language: str = ""
    zone: str = ""
    runs_room: bool = False
    """Whether the platform holds them for an administrator of every room."""
    page: Page | None = None
    """The page of a form that is open before them."""
    toast: str = ""
    """The last toast they saw."""
    heard: str = ""
    """All that the last act was answered with."""
    at: str = PLATFORM
    """The platform that the account is on."""

    async def says(self, words: str, room: Room | None = None, **options: str) -> Reply:
        """Say something in the circle's room (or another): a command, or plain words."""
        place = self._place(room or self.chat.room, "" if room else "The room")
        if not words.startswith("/"):
            return await self._do(
                Typed(sender=self.sender, place=place, key=self._key(), words=words, page_size=self._size)
            )
        name, _, rest = words[1:].partition(" ")
        return await self._do(
            Command(
                sender=self.sender,
                place=place,
                key=self._key(),
                name=name,
                words=rest,
                options=options,
                page_size=self._size,
            )
        )

    async def whispers(self, words: str, **options: str) -> Reply:
        """Say something in the private chat with the bot."""
        return await self.says(words, private(self.user, self.at), **options)

    async def opens(self, start: str = "") -> Reply:
        """Open the private chat, perhaps by a link."""
        return await self._do(
            Opened(
                sender=self.sender,
                place=Place(private(self.user, self.at)),
                key=self._key(),
                start=start,
                page_size=self._size,
            )
        )

    async def presses(self, label: str, on: SimPost | None = None) -> Reply:
        """Press the newest button that begins with `label`, on `on` or on anything they can see."""
        for post in [on] if on else reversed(self.platform.seen_by(self.user)):
            for row in post.message.rows:
                for button in row:
                    if button.intent is not None and button.label.startswith(label):
                        return await self.presses_payload(button.intent.payload(), post)
        labels = [b.label for post in self.platform.seen_by(self.user) for row in post.message.rows for b in row]
        message = f"{self.name} sees no button {label!r}, but {labels}"
        raise AssertionError(message)

    async def presses_payload(self, payload: str, on: SimPost | None = None) -> Reply:
        """Press a button with any payload, as a forger could."""
        posted = on.posted if on else None
        place = self._place(posted.room if posted else self.chat.room)
        return await self._do(
            Press(
                sender=self.sender, place=place, key=self._key(), payload=payload, posted=posted, page_size=self._size
            )
        )

    async def fills(self, *, then: str = "", **answers: str) -> Reply:
        """Answer the open page; fields that are left out stay empty. `then` presses a button afterwards ("Save")."""
        assert self.page is not None, f"no form is open before {self.name}; heard: {self.heard}"
        known = {question.field for question in self.page.questions}
        assert answers.keys() <= known, f"the page asks for {sorted(known)}, not {sorted(answers)}"
        given = {question.field: answers.get(question.field, question.value) for question in self.page.questions}
        place = self._place_of_form
        reply = await self._do(
            Filled(
                sender=self.sender,
                place=place,
                key=self._key(),
                draft=self.page.draft,
                answers=given,
                people=self._picked(given),
                page_size=self._size,
            )
        )
        return await self.presses(then) if then else reply

    def errors(self) -> dict[str, str]:
        """Return what is wrong with the answers on the open page, by field."""
        return (
            {question.field: question.error for question in self.page.questions if question.error} if self.page else {}
        )

    def sees(self) -> str:
        """Return the newest message that they can see."""
        return self.platform.seen_by(self.user)[-1].text

    def inbox(self) -> list[str]:
        """Return the messages in their private chat, oldest first."""
        own = private(self.user, self.at)
        return [post.text for post in self.platform.posts if post.posted.room == own]

    def person(self, store: Store) -> Person:
        """Return who they are to the bot."""
        return store.people.meet(
            Account(self.at, self.user, self.name), self.language, self.zone, self.chat.clock.now()
        )

    @property
    def platform(self) -> SimPlatform:
        """The platform that they are on."""
        return next(one for one in self.chat.platforms if one.platform == self.at)

    @property
    def sender(self) -> Sender:
        """How the platform tells of them."""
        is_open = self.platform.is_open
        return Sender(self.at, self.user, self.name, self.language, self.zone, self.runs_room, is_open)

    def _place(self, room: Room, title: str = "") -> Place:
        """Return where something is done; every group room lies in the chat's space, if it has one."""
        around = Place(room, title, *self.chat.space)
        return Place(room, title) if room.is_private else around

    def _picked(self, given: Mapping[str, str]) -> dict[str, str]:
        """Return who of the people who are there was picked on the open page: their names by user."""
        asked = (
            {question.field for question in self.page.questions if question.kind is Kind.PERSON} if self.page else ()
        )
        there = {someone.user: someone.name for someone in self.chat.people.values()}
        return {user: there[user] for field, user in given.items() if field in asked and user in there}

    _place_of_form: Place = field(default=None, repr=False)  # type: ignore[assignment]  # set with every page

    @property
    def _size(self) -> int:
        return self.platform.page_size

    def _key(self) -> str:
        return f"sim:{next(_keys)}"

    async def _do(self, inbound: Inbound) -> Reply:
        reply = await self.chat.bot.router.receive(inbound)
        await self._show(inbound, reply)
        await self.chat.bot.scheduler.run_due()
        return reply

    async def _show(self, inbound: Inbound, reply: Reply) -> None:
        """Do what an adapter does with a reply."""
        assert isinstance(inbound, Command | Filled | Opened | Press | Typed)
        room, stands = inbound.place.room, self.chat.bot.router.stands
        self.toast, self.heard = "", ""
        match reply:
            case Say(message, only_me, elsewhere):
                room = elsewhere or room
                post = self.platform.put(room, message, only_for=self.user if only_me and not room.is_private else "")
                self.heard, self.page = post.text, None
                if message.card and not post.only_for:
                    await stands(message.card, post.posted, message)
            case Redraw(message, toast):
                assert isinstance(inbound, Press)
                assert inbound.posted is not None
                await self.platform.edit(inbound.posted, message)
                self.toast = toast
                self.heard = f"{toast}\n{self.platform.find(inbound.posted).text}"
                if message.card and not self.platform.find(inbound.posted).only_for:
                    await stands(message.card, inbound.posted, message)
            case Toast(words):
                self.toast = self.heard = words
            case Ask(page):
                self.page, self._place_of_form = page, inbound.place
                self.heard = "\n".join(
                    [page.title, str(page.intro), *(f"{q.prompt} {q.hint} {q.error}" for q in page.questions)]
                )
            case Branch(title, start):
                there = self._place(self.platform.open_thread(room), title)
                opened = Command(sender=self.sender, place=there, name="start", words=start, page_size=self._size)
                await self._show(opened, await self.chat.bot.router.receive(opened))
            case None:
                pass


@dataclass
class ChatSim:
    """A community with one published circle, six weekly meetings from `FIRST` on, and its people."""

    storage: Storage
    clock: MovableClock
    platform: SimPlatform
    bot: Bot
    room: Room = field(default_factory=lambda: group("room"))
    people: dict[str, Someone] = field(default_factory=dict)
    community: int = 0
    circle: int = 0
    space: tuple[str, str] = ("", "")
    """The wider space that all group rooms are in, and its title."""
    beside: list[SimPlatform] = field(default_factory=list)
    """Further platforms that are served."""
    address: str = ""
    """Where people reach the bot's own server; empty where they do not."""

    @property
    def platforms(self) -> list[SimPlatform]:
        """Every platform that is served."""
        return [self.platform, *self.beside]

    def serve(self, platform: SimPlatform) -> SimPlatform:
        """Serve one more platform, from a new start on."""
        self.beside.append(platform)
        self.bot = assemble(self.storage, self.clock, self.platforms, address=lambda _: self.address)
        return platform

    def serve_at(self, address: str) -> None:
        """Have a server that people reach, from a new start on."""
        self.address = address
        self.bot = assemble(self.storage, self.clock, self.platforms, address=lambda _: self.address)

    def account(self, name: str, at: str) -> Someone:
        """Return somebody's account on another platform than the first: `chat.account("ada", "echo")`."""
        return self.people.setdefault(f"{name}@{at}", Someone(self, f"u-{name}", name.capitalize(), at=at))

    def __getattr__(self, name: str) -> Someone:
        """Return somebody by name: `chat.ada`; whoever is not there yet walks in."""
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self.people:
            self.people[name] = Someone(self, f"u-{name}", name.capitalize())
        return self.people[name]

    def card(self, containing: str = "", room: Room | None = None) -> str:
        """Return the newest card in the room."""
        for post in reversed(self.standing_in(room or self.room)):
            if post.message.card and containing in post.text:
                return post.text
        message = f"no card stands in the room, only {self.said(room)}"
        raise AssertionError(message)

    def said(self, room: Room | None = None) -> list[str]:
        """Return what everybody in the room reads, oldest first."""
        return [post.text for post in self.standing_in(room or self.room)]

    def standing_in(self, room: Room) -> list[SimPost]:
        """Return the messages that everybody sees in a room, on whatever platform it is, oldest first."""
        return next(one for one in self.platforms if one.platform == room.platform).in_room(room)

    def posts(self, containing: str, room: Room | None = None) -> int:
        """Return how many messages in the room have these words."""
        return sum(containing in text for text in self.said(room))

    async def moves_to(self, instant_or_local: datetime) -> None:
        """Let time pass until then (naive: the wall clock in Madrid), doing all that is due on the way in its order."""
        target = instant_or_local
        if target.tzinfo is None:
            target = instant(target, ZONE)
        former = None
        while True:
            due = await self.storage.read(lambda store: store.deliveries.next_due(list(self.bot.adapters)))
            if due is None or due.due.due_at > target or due == former:
                break
            former = due
            if due.due.due_at > self.clock.now():
                self.clock.move_to(due.due.due_at)
            await self.bot.scheduler.run_due()
        if target > self.clock.now():
            self.clock.move_to(target)
        await self.bot.scheduler.run_due()

    async def passes(self, **span: float) -> None:
        """Let a span of time pass: `await chat.passes(hours=2)`."""
        await self.moves_to(self.clock.now() + timedelta(**span))

    async def crash_and_restart(self) -> None:
        """Lose everything that is in memory, and start anew on the same database and platform."""
        self.bot = assemble(self.storage, self.clock, self.platforms, address=lambda _: self.address)

    @property
    def store(self) -> Storage:
        """The storage, to look at what was written."""
        return self.storage

    async def meetings(self) -> tuple[Meeting, ...]:
        """Return the circle's meetings."""
        return await self.storage.read(lambda store: store.meetings.of_circle(self.circle))


def empty_chat(storage: Storage) -> ChatSim:
    """Return a chat in which nothing has happened yet."""
    clock = MovableClock(source=lambda: BEGINNING)
    platform = SimPlatform()
    return ChatSim(storage, clock, platform, assemble(storage, clock, [platform]))


async def lived_in(storage: Storage) -> ChatSim:
    """Return a chat with a published circle: Fatima runs it; Ada, Grace and Linus are in it; Olga is the organizer."""
    chat = empty_chat(storage)
    names = ("facilitator", "ada", "grace", "linus", "organizer")
    for name in names:
        getattr(chat, name)
    chat.people["facilitator"].name, chat.people["organizer"].name = "Fatima", "Olga"

    def settle(store: Store) -> tuple[int, int]:
        now = chat.clock.now()
        place = store.places.note(chat.room, "The room", "")
        community = store.communities.add(Community(0, "Library circles", "en", ZONE))
        store.places.join_community(place.id, community.id)
        store.communities.add_organizer(community.id, chat.organizer.person(store).id)
        circle = store.circles.add(
            Circle(
                0,
                community.id,
                "Python for beginners",
                "en",
                ZONE,
                course="Python basics",
                link="https://meet.example/py",
            ),
            now,
        )
        store.places.attach(circle.id, place.id)
        store.meetings.add(
            [
                Meeting(0, circle.id, number, local, ZONE, instant(local, ZONE), 90, topic=f"Unit {number}")
                for number, local in enumerate(series(FIRST, 6), start=1)
            ]
        )
        store.seats.join_as(circle.id, chat.facilitator.person(store).id, Role.FACILITATOR, now)
        for name in ("ada", "grace", "linus"):
            store.seats.take(Member(circle.id, getattr(chat, name).person(store), Role.LEARNER, now), now)
        store.circles.change_state(circle.id, CircleState.DRAFT, CircleState.PUBLISHED)
        for name in names:  # everybody has opened the private chat
            store.places.note(private(getattr(chat, name).user), "", "")
        chat.bot.planner.circle(store, circle.id, now)
        return community.id, circle.id

    chat.community, chat.circle = await storage.transact(settle)
    await chat.bot.scheduler.run_due()
    return chat
