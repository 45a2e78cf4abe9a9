"""Links and codes that carry power: random, shown once, kept as hashes, over after a while, and taken back.

They are found by the columns in which their hashes are stored: a new one without its row here fails.
"""

from __future__ import annotations

import math
import re
import string
from abc import ABC, abstractmethod
from datetime import timedelta
from hashlib import sha256
from typing import Final

import pytest

from adapters.web import signin
from bot.domain.communities import INVITE_LASTS
from bot.domain.feeds import FEED_LASTS
from bot.domain.linking import ALPHABET, CODE_LASTS, LENGTH, TRIES, TRIES_WITHIN
from bot.features.calendars.intents import EndFeeds, MakeFeed
from bot.features.communities.intents import InviteFacilitator, InviteOrganizer, RevokeInvitation
from bot.feeds import CalendarFeeds
from storage.schema import metadata
from storage.transcript import SqlTranscript
from tests.doors.acting import Actor, Outcome
from tests.doors.allowed import Where
from tests.doors.world import Who, World

URL_SAFE: Final = string.ascii_letters + string.digits + "-_"
ENOUGH: Final = 128
"""Bits that nobody guesses, however long they try and however many addresses there are."""


class Power(ABC):
    """Something that lets in whoever has it."""

    table: str
    column: str
    alphabet: str = URL_SAFE
    fewer_bits: str = ""
    """Why fewer than `ENOUGH` are enough."""
    lasts: timedelta

    def __init__(self, world: World) -> None:
        self.world = world

    @abstractmethod
    async def make(self) -> str:
        """Have one made, and return what is seen of it."""

    @abstractmethod
    async def lets_in(self, token: str) -> bool:
        """Whether it does what it is for."""

    @abstractmethod
    async def take_back(self) -> None:
        """Take back what was made last."""

    def bits(self, token: str) -> float:
        """Return how many bits of it are chance."""
        return len(token) * math.log2(len(self.alphabet))


class Invitation(Power):
    """Makes an organizer of whoever brings it."""

    table, column, lasts = "invites", "token_hash", INVITE_LASTS

    async def make(self) -> str:
        """Invite somebody."""
        made = await Actor(self.world, Who.ORGANIZER).presses(self._invite().payload(), Where.PRIVATE)
        return _in(r"start/i-([\w-]+)", made)

    def _invite(self) -> InviteOrganizer | InviteFacilitator:
        return InviteOrganizer(community=self.world.things.community)

    async def lets_in(self, token: str) -> bool:
        """Whether a stranger can take it up."""
        with self.world.trial.undone():
            return (await Actor(self.world, Who.STRANGER).opens(f"i-{token}")).refused is None

    async def take_back(self) -> None:
        """Press "Take back"."""
        newest = max(int(str(row[0])) for row in self.world.trial.dump()["invites"])
        await Actor(self.world, Who.ORGANIZER).presses(RevokeInvitation(invite=newest).payload(), Where.PRIVATE)


class FacilitatorsInvitation(Invitation):
    """Makes a facilitator of whoever brings it."""

    def _invite(self) -> InviteFacilitator:
        return InviteFacilitator(circle=self.world.things.circle)


class Code(Power):
    """Makes one person of its maker and whoever brings it."""

    table, column, lasts = "link_codes", "code_hash", CODE_LASTS
    alphabet = ALPHABET
    fewer_bits = (
        "It is typed on a phone, so it is short: 60 bits. It lives for ten minutes, whoever brings ten wrong ones "
        "waits for an hour, and whoever brings a right one is asked whether they mean it, and all their accounts hear "
        "of it."
    )

    async def make(self) -> str:
        """Ask for a code."""
        made = await Actor(self.world, Who.LEARNER).types("link", "", Where.PRIVATE)
        return _in(r"\b(\w{4}-\w{4}-\w{4})\b", made).replace("-", "")

    async def lets_in(self, token: str) -> bool:
        """Whether another account is asked if it means it."""
        with self.world.trial.undone():
            return "ConfirmLink" in (await Actor(self.world, Who.PARTED).opens(f"l-{token}")).told

    async def take_back(self) -> None:
        """Ask for another, in whose place it stood."""
        await self.make()


class CalendarAddress(Power):
    """Shows somebody's meetings."""

    table, column, lasts = "feeds", "token_hash", FEED_LASTS

    async def make(self) -> str:
        """Ask for an address."""
        intent = MakeFeed(circle=self.world.things.circle)
        return _in(
            r"calendar/([\w-]+)\.ics", await Actor(self.world, Who.LEARNER).presses(intent.payload(), Where.PRIVATE)
        )

    async def lets_in(self, token: str) -> bool:
        """Whether a calendar is read there."""
        chat = self.world.chat
        with self.world.trial.undone():
            return await CalendarFeeds(self.world.trial, chat.clock, chat.bot.catalogue).read(token) is not None

    async def take_back(self) -> None:
        """Press "Let none work any more"."""
        await Actor(self.world, Who.LEARNER).presses(EndFeeds(sure=True).payload(), Where.PRIVATE)


class SignInLink(Power):
    """Lets a browser speak as somebody."""

    table, column, lasts = "web_tokens", "token_hash", signin.LASTS[signin.LINK]
    kind = signin.LINK

    async def make(self) -> str:
        """Make a link, as `circlebot sign-in` does."""
        return await signin.issue(self._transcript, "ada", self.kind, self.world.chat.clock.now())

    @property
    def _transcript(self) -> SqlTranscript:
        return SqlTranscript(self.world.trial)  # type: ignore[arg-type]  # it does what it needs of a database

    async def lets_in(self, token: str) -> bool:
        """Whether it is Ada's."""
        return await signin.bearer(self._transcript, token, self.kind, self.world.chat.clock.now()) == "ada"

    async def take_back(self) -> None:
        """Sign Ada out."""
        await self._transcript.revoke("ada")


class SignedIn(SignInLink):
    """The cookie for which a sign-in link is exchanged."""

    lasts, kind = signin.LASTS[signin.SESSION], signin.SESSION


POWERS: Final[tuple[type[Power], ...]] = (
    Invitation,
    FacilitatorsInvitation,
    Code,
    CalendarAddress,
    SignInLink,
    SignedIn,
)


def _in(pattern: str, outcome: Outcome) -> str:
    found = re.search(pattern, outcome.told)
    assert found is not None, outcome.told
    return found[1]


def test_all_that_is_hashed_is_tried() -> None:
    """Whoever stores another hash says here what it lets in, and it is tried like the others."""
    stored = {
        (table.name, column.name)
        for table in metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("_hash") or "token" in column.name or "secret" in column.name
    }
    tried = {(power.table, power.column) for power in POWERS}
    assert stored == tried, f"add to POWERS in tests/doors/test_powers.py what lets in by {stored - tried}"


@pytest.mark.parametrize("power", POWERS, ids=lambda power: power.__name__)
async def test_it_cannot_be_guessed(fresh_world: World, power: type[Power]) -> None:
    """No two are the same, and each has enough of chance in it, or a reason why less will do."""
    one, other = power(fresh_world), power(fresh_world)
    tokens = [await one.make(), await other.make()]
    assert len(set(tokens)) == 2
    for token in tokens:
        assert set(token) <= set(one.alphabet)
        assert one.bits(token) >= ENOUGH or one.fewer_bits
    parts = [{token[at : at + 8] for at in range(len(token) - 7)} for token in tokens]
    assert not parts[0] & parts[1]


@pytest.mark.parametrize("power", POWERS, ids=lambda power: power.__name__)
async def test_it_is_kept_as_a_hash(fresh_world: World, power: type[Power]) -> None:
    """Whoever reads the database, or a backup of it, gets in nowhere."""
    token = await power(fresh_world).make()
    rows = fresh_world.trial.dump(without=frozenset(), also=("web_tokens",))
    kept = repr(rows)
    assert token not in kept
    assert token[:12] not in kept
    assert sha256(token.encode()).hexdigest() in repr(rows[power.table])


@pytest.mark.parametrize("power", POWERS, ids=lambda power: power.__name__)
async def test_it_is_over_after_a_while(fresh_world: World, power: type[Power]) -> None:
    """It lets in until its time is over, and not a second longer."""
    one = power(fresh_world)
    token, clock = await one.make(), fresh_world.chat.clock
    assert await one.lets_in(token)
    over = clock.now() + one.lasts
    clock.move_to(over - timedelta(seconds=1))
    assert await one.lets_in(token)
    clock.move_to(over)
    assert not await one.lets_in(token)


@pytest.mark.parametrize("power", POWERS, ids=lambda power: power.__name__)
async def test_it_is_taken_back(fresh_world: World, power: type[Power]) -> None:
    """Whoever made it can let it be worth nothing from now on."""
    one = power(fresh_world)
    token = await one.make()
    assert await one.lets_in(token)
    await one.take_back()
    assert not await one.lets_in(token)


@pytest.mark.parametrize("power", POWERS, ids=lambda power: power.__name__)
async def test_nothing_near_it_lets_in(fresh_world: World, power: type[Power]) -> None:
    """Not what differs by a character, nor its hash, nor nothing."""
    one = power(fresh_world)
    token = await one.make()
    other = "A" if token[-1] != "A" else "B"
    for wrong in (token[:-1] + other, token[:-1], sha256(token.encode()).hexdigest(), "", "%", "_" * len(token)):
        assert not await one.lets_in(wrong), wrong


async def test_few_wrong_codes_are_taken(fresh_world: World) -> None:
    """The reason why a code may be short: after ten wrong ones not even the right one is heard, for an hour."""
    assert LENGTH * math.log2(len(ALPHABET)) == 60
    assert (timedelta(minutes=10), 10, timedelta(hours=1)) == (CODE_LASTS, TRIES, TRIES_WITHIN)
    code = Code(fresh_world)
    token, actor = await code.make(), Actor(fresh_world, Who.PARTED)
    for number in range(TRIES):
        await actor.opens(f"l-{number:012d}")
    assert not await code.lets_in(token)
    fresh_world.chat.clock.move_to(fresh_world.chat.clock.now() + TRIES_WITHIN)
    assert await code.lets_in(await code.make())
