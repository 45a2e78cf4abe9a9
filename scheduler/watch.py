"""Looks every minute whether something needs an operator, and has them told: once, until it has been well in between.

What is there stands in the database, so that neither a new start nor a second process tells it again.
"""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.chat.message import Room, RoomKind
from bot.clock import Clock, after
from bot.domain.notices import Due, Needed, WellAgain
from bot.domain.operating import (
    BUSY,
    NOTED,
    QUIET_AGAIN,
    REFUSED,
    SKEW,
    STARTS,
    STARTS_WITHIN,
    STUCK,
    TOKEN_REFUSED,
    Concern,
    Disk,
    Found,
    PlatformHealth,
)
from bot.domain.people import Account, waking
from bot.errors import StorageBusy
from bot.i18n import N_
from bot.ports import Storage, Store
from bot.records import dataclass
from scheduler.election import is_dead, this_process

log = logging.getLogger(__name__)

EACH_S: Final = 60
"""How many seconds lie between two looks."""
SELDOM: Final = timedelta(hours=1)
"""How long lies between two looks at what takes looking through every room."""
GATHERED: Final = timedelta(minutes=5)
"""For how long deliveries that are given up are gathered before they are told of together."""
STILL_NEWS: Final = timedelta(days=3)
FORGOTTEN: Final = timedelta(days=1)
"""After so long without a word of the process that found something it is taken to be over."""
NOTED_AGAIN: Final = timedelta(hours=6)
"""How often a process notes that what it has found is still there."""
ROOMS: Final = 5
"""How many rooms are named at most."""
_STARTS: Final = "starts"
_CAN_WAIT: Final = frozenset({Concern.ROOM, Concern.GIVEN_UP, Concern.BUSY})
"""What is told in waking hours."""
_ENDS: Final = frozenset({Concern.TOKEN, Concern.DISK, Concern.STUCK, Concern.CLOCK})
"""Of what it is told that it is over; the others are events."""


@dataclass(frozen=True)
class Eyes:
    """What is looked at beside the database."""

    platforms: Callable[[], Mapping[str, PlatformHealth]] = dict
    disks: Callable[[], Sequence[Disk]] = tuple
    skews: Callable[[], Mapping[str, timedelta]] = dict
    """By how much our clock is ahead of each platform's (or behind, below zero)."""
    given_up: Callable[[], int] = int
    """How many deliveries this process has given up so far."""


@dataclass(frozen=True, slots=True)
class _Noted:
    """A concern that was noted: which process found it, and when it last said so."""

    holder: str
    at: datetime


class Watch:
    """One process's watch. `operators` are the accounts of those who are told.

    What another process sees it does not call over: of a platform that this one stands by for it can tell nothing.
    """

    def __init__(self, storage: Storage, clock: Clock, operators: Sequence[Account] = (), eyes: Eyes = Eyes()) -> None:
        self.found: Sequence[Found] = ()
        """What was there when it was looked last."""
        self.hopeless = ""
        """Why it makes no sense to go on; empty where it does."""
        self._storage = storage
        self._clock = clock
        self._operators = operators
        self._eyes = eyes
        self._host, self._holder = socket.gethostname()[:40], this_process()
        self._began = clock.now()
        self._given_up = -1
        self._given_up_at: datetime | None = None
        self._rooms: Sequence[Found] = ()
        self._rooms_at: datetime | None = None
        self._busy_since: datetime | None = None
        self._was_busy: tuple[datetime, timedelta] | None = None
        self._refused_since: datetime | None = None

    async def begin(self) -> None:
        """Note that the bot starts; look whether it does so again and again. Never raises."""
        now = self._clock.now()
        try:
            starts = await self._storage.transact(lambda store: self._note_start(store, now))
            if starts > STARTS:
                crashes = Found(Concern.CRASHES, facts=(str(starts), _minutes(STARTS_WITHIN)))
                await self._storage.transact(lambda store: self._settle(store, [crashes], now))
        except StorageBusy as busy:
            log.warning("could not note that the bot has started: %s", busy)
        except Exception:
            log.exception("could not note that the bot has started")

    async def look(self) -> None:
        """Look at everything, and have told what is new. Never raises."""
        now = self._clock.now()
        try:
            beside = [*self._on_platforms(now), *self._on_disks(), *self._on_clock()]
            seldom = self._rooms_at is None or now - self._rooms_at >= SELDOM
            asked, noted = await self._storage.read(lambda store: self._ask(store, now, seldom=seldom))
            await self._storage.transact(lambda _: None)  # it may be read from, and yet take nothing
            self._over_with_busy(now)
            found = [*beside, *asked, *self._on_database(now)]
            self.found = found
            if {one.key for one in found} != noted.keys() or any(_is_to_be_noted(noted[one.key], now) for one in found):
                await self._storage.transact(lambda store: self._settle(store, found, now))
        except StorageBusy:
            self._busy_since = self._busy_since or now
        except Exception:
            log.exception("could not look whether something needs an operator")

    # Looking

    def _on_platforms(self, now: datetime) -> Iterator[Found]:
        platforms = self._eyes.platforms()
        refused = [name for name, health in platforms.items() if health.trouble == TOKEN_REFUSED]
        yield from (Found(Concern.TOKEN, name) for name in refused)
        if not refused or len(refused) < len(platforms):
            self._refused_since = None
            return
        self._refused_since = self._refused_since or now
        if now - self._refused_since >= REFUSED:
            self.hopeless = (
                f"No platform knows the bot by its token any more: {', '.join(refused)}. Put the present token into "
                "the settings and start the bot anew; `circlebot check` says where to get it."
            )

    def _on_disks(self) -> Iterator[Found]:
        for disk in self._eyes.disks():
            if disk.is_low:
                share = str(round(100 * disk.free / max(disk.total, 1)))
                yield Found(Concern.DISK, disk.what, (str(disk.free), share))

    def _on_clock(self) -> Iterator[Found]:
        worst = max(self._eyes.skews().values(), key=abs, default=timedelta())
        if abs(worst) >= SKEW:
            yield Found(Concern.CLOCK, facts=(_minutes(abs(worst)), "ahead" if worst > timedelta() else "behind"))

    def _on_database(self, now: datetime) -> Iterator[Found]:
        if self._was_busy is not None and now - self._was_busy[0] < QUIET_AGAIN:
            yield Found(Concern.BUSY, facts=(_minutes(self._was_busy[1]),))

    def _over_with_busy(self, now: datetime) -> None:
        if self._busy_since is not None and now - self._busy_since >= BUSY:
            self._was_busy = (now, now - self._busy_since)
        self._busy_since = None

    def _ask(self, store: Store, now: datetime, *, seldom: bool) -> tuple[list[Found], Mapping[str, _Noted]]:
        noted = _noted(store)
        found = [
            *self._on_queue(store, now),
            *self._on_given_up(store, now, noted),
            *self._on_starts(store, now, noted),
        ]
        if seldom:
            alone = store.watching.lost_alone(ROOMS)
            titles = tuple(f"{title or '?'} ({platform})" for _, title, platform in alone)
            self._rooms, self._rooms_at = [Found(Concern.ROOM, facts=titles)] if titles else [], now
        return [*found, *self._rooms], noted

    def _on_queue(self, store: Store, now: datetime) -> Iterator[Found]:
        """Look at what is due where this process is to send; after a start there may be much to catch up with."""
        ours = [name for name, health in self._eyes.platforms().items() if health.is_well and health.is_elected]
        first = store.deliveries.next_due(ours) if ours else None
        stuck = after(self._clock, STUCK.total_seconds()) - now  # in a rehearsal, time goes faster than we can send
        if first is not None and now - max(first.due.due_at, self._began) > stuck:
            yield Found(Concern.STUCK, facts=(_minutes(now - first.due.due_at),))

    def _on_given_up(self, store: Store, now: datetime, noted: Collection[str]) -> Iterator[Found]:
        """Look at what was given up, where this process has given up something or it is not known to be over."""
        so_far = self._eyes.given_up()
        key = Found(Concern.GIVEN_UP).key
        if so_far == self._given_up and key not in noted:
            return
        self._given_up = so_far
        if store.watching.given_up(now - QUIET_AGAIN):
            yield Found(Concern.GIVEN_UP)

    def _on_starts(self, store: Store, now: datetime, noted: Collection[str]) -> Iterator[Found]:
        """Look whether starts that were told of are over: as long as others follow, it is the same news."""
        key = Found(Concern.CRASHES).key
        if key in noted and any(now - start < QUIET_AGAIN for start in self._starts(store)):
            yield Found(Concern.CRASHES)

    def _note_start(self, store: Store, now: datetime) -> int:
        """Note a start of this machine's; return how many there were lately."""
        starts = [start for start in self._starts(store) if now - start < STARTS_WITHIN]
        starts.append(now)
        store.settings.put(f"{_STARTS}:{self._host}", json.dumps([start.isoformat() for start in starts]))
        return len(starts)

    def _starts(self, store: Store) -> list[datetime]:
        kept = store.settings.get(f"{_STARTS}:{self._host}")
        return [datetime.fromisoformat(start) for start in json.loads(kept)] if kept else []

    # Telling

    def _settle(self, store: Store, found: Sequence[Found], now: datetime) -> None:
        """Note what is there, and plan what operators hear of it. Runs in a transaction."""
        before = _noted(store)
        after = dict(before)
        for one in found:
            if one.key not in before:
                self._tell(store, one, now)
            if one.key not in before or _is_to_be_noted(before[one.key], now):
                after[one.key] = _Noted(self._holder, now)
        there = {one.key for one in found}
        for key, noted in before.items():
            if key not in there and self._may_call_over(noted, now):
                del after[key]
                self._tell_the_end(store, key, now)
        store.settings.put(
            NOTED, json.dumps({key: [noted.holder, noted.at.isoformat()] for key, noted in after.items()})
        )

    def _may_call_over(self, noted: _Noted, now: datetime) -> bool:
        return noted.holder == self._holder or now - noted.at > FORGOTTEN or is_dead(noted.holder)

    def _tell(self, store: Store, found: Found, now: datetime) -> None:
        chats = list(self._chats(store, found))
        log.error(
            "this needs an operator: %s",
            " ".join(filter(None, (found.concern, found.about, *found.facts))),
            extra={"concern": str(found.concern), "about": found.about, "operators_told": len(chats)},
        )
        at = now + GATHERED if found.concern is Concern.GIVEN_UP else now
        for account, place in chats:
            person = store.people.known(account)
            awake = waking(person, at, person.zone or "UTC") if person and found.concern in _CAN_WAIT else at
            notice = Needed(str(found.concern), found.about, found.facts)
            store.deliveries.send_again(
                Due(_key(Needed, found.key, place), notice, awake, now + STILL_NEWS, place=place)
            )

    def _tell_the_end(self, store: Store, key: str, now: datetime) -> None:
        _, concern, about = key.split(":", 2)
        found = Found(Concern(concern), about)
        log.info("all well again: %s", f"{concern} {about}".strip())
        for _, place in self._chats(store, found):
            unsaid = store.deliveries.drop([_key(Needed, key, place)], N_("it is well again"))
            if not unsaid and found.concern in _ENDS:
                notice = WellAgain(concern, about)
                store.deliveries.send_again(
                    Due(_key(WellAgain, key, place), notice, now, now + STILL_NEWS, place=place)
                )

    def _chats(self, store: Store, found: Found) -> Iterator[tuple[Account, int]]:
        """Yield the operators who can be told, with their private chats: not where the bot is refused."""
        for account in self._operators:
            if found.concern is Concern.TOKEN and account.platform == found.about:
                continue
            place = store.places.find(Room(account.platform, account.user, kind=RoomKind.PRIVATE))
            if place is None:
                log.warning("operator %s:%s has no chat with the bot yet", account.platform, account.user)
            else:
                yield account, place.id


def _noted(store: Store) -> dict[str, _Noted]:
    kept: dict[str, list[str]] = json.loads(store.settings.get(NOTED) or "{}")
    return {key: _Noted(holder, datetime.fromisoformat(at)) for key, (holder, at) in kept.items()}


def _is_to_be_noted(noted: _Noted, now: datetime) -> bool:
    return now - noted.at >= NOTED_AGAIN


def _key(notice: type[Needed | WellAgain], key: str, place: int) -> str:
    return f"{notice.kind}:{key}:{place}"


def _minutes(span: timedelta) -> str:
    return str(round(span.total_seconds() / 60))
