"""A small world for the scheduler: one circle, its room, people, a platform that fails on demand, a clock at rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.chat.adapter import Ability, Inbox
from bot.chat.message import Card, Chart, Message, Picture, Posted, Room, RoomKind, Series
from bot.chat.pacing import Pacing
from bot.chat.text import Text
from bot.clock import MovableClock
from bot.context import Setting
from bot.domain.circles import Circle, CircleState
from bot.domain.communities import Community
from bot.domain.meetings import Meeting, instant, series
from bot.domain.notices import (
    AskFeedback,
    Delivery,
    DigestDue,
    Dropped,
    Due,
    MeetingBegan,
    MeetingEnded,
    MeetingListed,
    Notice,
    Nudge,
    NudgeRound,
    Reminder,
)
from bot.domain.people import Account
from bot.feature import Feature
from bot.i18n import Catalogue
from bot.narrator import Narrator
from bot.ports import Storage, Store
from scheduler.ledger import Done
from scheduler.planner import Planner
from scheduler.service import Scheduler

ZONE = "Europe/Madrid"
NOW = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
"""A Monday, noon in Madrid."""
FIRST = datetime(2026, 3, 10, 18, 0)
PLATFORM = "sim"


@dataclass
class Platform:
    """A chat platform that does what `script` says, once for each post or edit, before it obeys; then behaves well.

    Posts with a key that it has seen stand once, as on Discord.
    """

    platform: str = PLATFORM
    abilities: frozenset[Ability] = frozenset()
    pacing: Pacing = field(default_factory=Pacing)
    posts: list[tuple[Room, Message, str]] = field(default_factory=list)
    edits: list[tuple[Posted, Message]] = field(default_factory=list)
    calls: int = 0
    script: dict[str, list[Exception]] = field(default_factory=dict)
    """What happens in a chat, by its id, or to a delivery, by its key: first the first is raised, and so on."""
    meanwhile: Callable[[], None] = lambda: None
    """What happens while a post is on its way."""

    def start_link(self, payload: str) -> str:
        """Return the payload: nobody follows it here."""
        return payload

    def group_link(self, payload: str) -> str:
        """Return the payload, as above."""
        return payload

    async def run(self, inbox: Inbox) -> None:
        """Nobody speaks here."""

    async def post(self, room: Room, message: Message, key: str) -> Posted:
        """Post once for each key, unless the script says otherwise."""
        self._fail(room.chat, key.partition("#")[0])
        self.meanwhile()
        keys = [seen for _, _, seen in self.posts]
        if key not in keys:
            self.posts.append((room, message, key))
            keys.append(key)
        return Posted(room, str(keys.index(key) + 1))

    async def edit(self, posted: Posted, message: Message) -> None:
        """Note the edit, unless the script says otherwise."""
        self._fail(posted.room.chat)
        self.edits.append((posted, message))

    def texts(self, chat: str = "") -> list[str]:
        """Return what was posted (in one chat), in order."""
        return [str(message.text) for room, message, _ in self.posts if chat in {"", room.chat}]

    def _fail(self, *whom: str) -> None:
        self.calls += 1
        for failures in filter(None, map(self.script.get, whom)):
            raise failures.pop(0)


@dataclass
class Time:
    """Real seconds, as the scheduler is told; sleeping makes them pass."""

    seconds: float = 0.0
    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        """Return the seconds so far."""
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        """Let them pass."""
        self.slept.append(seconds)
        self.seconds += seconds


def telling(acts: list[Notice]) -> Feature:
    """Return a feature that words every notice by its kind, and notes the steps."""
    feature = Feature("telling")
    counts = {"card": 0}

    @feature.composes(Reminder)
    def remind(notice: Reminder, at: Setting) -> Message | Dropped:
        meeting = at.meeting(notice.meeting)
        if not meeting.is_on:
            return Dropped("cancelled")
        return Message(Text.of(f"meeting {meeting.number} in {notice.lead}"), card=Card("meeting", meeting.id))

    @feature.composes(Nudge)
    def nudge(notice: Nudge, at: Setting) -> Message | Dropped:
        return Message(Text.of(f"coming to {notice.meeting}?"))

    feature.composes(MeetingListed)(lambda notice, at: nudge(Nudge(notice.meeting, 0), at))

    @feature.composes(AskFeedback)
    def ask(notice: AskFeedback, at: Setting) -> Message:
        return Message(Text.of("plus/delta?"), title="How was it?")

    @feature.composes(DigestDue)
    def digest(notice: DigestDue, at: Setting) -> Message:
        return Message(Text.of("the week"), picture=Chart("c", ("a",), (Series("s", (1.0,)),), "one a"))

    @feature.acts(NudgeRound)
    def round_(notice: NudgeRound, at: Setting) -> None:
        acts.append(notice)

    @feature.acts(MeetingBegan)
    def began(notice: MeetingBegan, at: Setting) -> None:
        acts.append(notice)

    @feature.acts(MeetingEnded)
    def ended(notice: MeetingEnded, at: Setting) -> None:
        acts.append(notice)
        meeting = at.meeting(notice.meeting)
        place = at.store.places.of_circle(meeting.circle)[0]
        due = Due(f"ask:{meeting.id}", AskFeedback(meeting.id), at.now, at.now + timedelta(hours=48), place=place.id)
        at.store.deliveries.plan([due])

    @feature.draws("meeting")
    def card(subject: int, at: Setting) -> Message:
        counts["card"] += 1
        meeting = at.meeting(subject)
        return Message(Text.of(f"meeting {meeting.number}: {meeting.topic}"), card=Card("meeting", subject))

    return feature


@dataclass
class World:
    """The parts, and short ways to look at them."""

    storage: Storage
    clock: MovableClock = field(default_factory=lambda: MovableClock(source=lambda: NOW))
    platform: Platform = field(default_factory=Platform)
    time: Time = field(default_factory=Time)
    acts: list[Notice] = field(default_factory=list)
    circle: int = 0
    community: int = 0
    rooms: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.platform.pacing = Pacing(time=self.time.monotonic)
        self.planner = Planner()
        self.narrator = Narrator([telling(self.acts)], Catalogue(), self.planner, _NoLinks())
        self.scheduler = self.started_anew()

    def started_anew(self, holder: str = "") -> Scheduler:
        """Return a scheduler that knows nothing but the database: as after a restart, or in another process."""
        return Scheduler(
            self.storage,
            self.clock,
            self.narrator,
            self.planner,
            {self.platform.platform: self.platform},
            draw=lambda chart: Picture(b"png", chart.alt),
            holder=holder,
            chance=lambda: 0.5,
            monotonic=self.time.monotonic,
            sleep=self.time.sleep,
        )

    async def settle(self, meetings: int = 2, rooms: Sequence[str] = ("room",), *, plan: bool = True) -> World:
        """Make a published circle with weekly meetings from `FIRST` on, that lives in some rooms."""

        def work(store: Store) -> None:
            now = self.clock.now()
            self.community = store.communities.add(Community(0, "Library", "en", ZONE)).id
            self.circle = store.circles.add(
                Circle(0, self.community, "Python", "en", ZONE, state=CircleState.PUBLISHED), now
            ).id
            for room in rooms:
                self.rooms[room] = store.places.note(Room(PLATFORM, room), f"The {room}", "").id
                store.places.attach(self.circle, self.rooms[room])
            times = enumerate(series(FIRST, meetings), start=1)
            store.meetings.add(
                [
                    Meeting(0, self.circle, n, local, ZONE, instant(local, ZONE), 90, topic=f"Unit {n}")
                    for n, local in times
                ]
            )
            for name in ("ada", "grace"):
                self.people[name] = store.people.meet(Account(PLATFORM, name, name), "", "", now).id
            store.places.note(Room(PLATFORM, "ada", kind=RoomKind.PRIVATE), "", "")
            if plan:
                self.planner.circle(store, self.circle, now)

        await self.storage.transact(work)
        return self

    async def plan(self, *dues: Due) -> None:
        """Put something in the outbox."""
        await self.storage.transact(lambda store: store.deliveries.plan(dues))

    async def replan(self) -> None:
        """Plan the circle anew."""
        await self.storage.transact(lambda store: self.planner.circle(store, self.circle, self.clock.now()))

    async def passes(self, **span: float) -> list[Done]:
        """Let time pass in one leap (a real outage, seen from the bot), then do what is due."""
        self.clock.move_to(self.clock.now() + timedelta(**span))
        self.time.seconds += timedelta(**span).total_seconds()
        return await self.scheduler.run_due()

    async def choose_digest_room(self, room: str | None) -> None:
        """Let a room get the weekly digest."""

        def work(store: Store) -> None:
            community = store.communities.get(self.community)
            assert community
            store.communities.save(replace(community, digest_place=self.rooms[room] if room else None), community)
            self.planner.community(store, self.community, self.clock.now())

        await self.storage.transact(work)

    async def change(self, meeting: Meeting) -> None:
        """Save a meeting that was changed, and plan anew."""

        def work(store: Store) -> None:
            store.meetings.save(meeting, store.meetings.get(meeting.id) or meeting)
            self.planner.circle(store, self.circle, self.clock.now())

        await self.storage.transact(work)

    async def waiting(self) -> dict[str, datetime]:
        """Return what waits, by key."""
        found = await self.storage.read(lambda store: store.deliveries.waiting(limit=1000))
        return {one.due.key: one.due.due_at for one in found}

    async def find(self, key: str) -> Delivery:
        """Return the delivery with a key."""
        found = await self.storage.read(lambda store: store.deliveries.find(key))
        assert found is not None, f"nothing has the key {key}, but {await self.waiting()}"
        return found

    async def meetings(self) -> tuple[Meeting, ...]:
        """Return the circle's meetings."""
        return await self.storage.read(lambda store: store.meetings.of_circle(self.circle))

    def note(self, key: str = "nudge:1", room: str = "room", **about: object) -> Due:
        """Return something that is due now in a room."""
        return Due(key, Nudge(1, 1), self.clock.now(), place=self.rooms[room], **about)  # type: ignore[arg-type]  # by keyword, as the test says

    def private_note(self, key: str, name: str) -> Due:
        """Return something that is due now in somebody's private chat."""
        return Due(key, Nudge(1, 1), self.clock.now(), person=self.people[name])


class _NoLinks:
    def platforms(self) -> Sequence[str]:
        return ()

    def start(self, platform: str, payload: str) -> str:
        return ""

    def calendar(self, platform: str, token: str) -> str:
        """Have no server."""
        return ""

    def group(self, platform: str, payload: str) -> str:
        return ""

    def can(self, platform: str, ability: Ability) -> bool:
        return False
