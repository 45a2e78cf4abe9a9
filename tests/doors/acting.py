"""What people do at a door, as the core hears it, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.chat.inbound import Act, Command, Filled, Joined, Opened, Place, Press, Sender, Typed
from bot.chat.message import Ask, Posted, Reply, Room
from bot.errors import Declined
from tests.doors.allowed import Where
from tests.doors.trial import Dump
from tests.doors.world import SECRETS, TAUGHT, Who, World
from tests.support.sim import private

PAGE = 12


@dataclass(frozen=True)
class Outcome:
    """What came of an act: the answer, and what the transaction was undone with, if it was."""

    reply: Reply
    refused: BaseException | None

    @property
    def declined(self) -> bool:
        """Whether it was said that they may not."""
        return isinstance(self.refused, Declined)

    @property
    def told(self) -> str:
        """Return all that the answer tells."""
        return repr(self.reply)


@dataclass
class Actor:
    """Somebody at the doors of the world."""

    world: World
    who: Who
    runs_room: bool = False
    _number: int = field(default=0, repr=False)

    def place(self, where: Where) -> Place:
        """Return a place as the platform tells of it; on another platform, rooms of the same kinds."""
        someone, things = self.world.someone(self.who), self.world.things
        if where is Where.PRIVATE:
            return Place(private(someone.user, someone.at))
        room = things.room if where is Where.ROOM else things.foreign
        return Place(Room(someone.at, room.chat), "The room" if where is Where.ROOM else "Elsewhere")

    async def presses(self, payload: str, where: Where) -> Outcome:
        """Press a button that stands on a message there."""
        place = self.place(where)
        on = Posted(place.room, "1000")
        return await self.does(Press(sender=self.sender, place=place, payload=payload, posted=on, page_size=PAGE))

    async def types(self, command: str, words: str, where: Where, **options: str) -> Outcome:
        """Give a command, with words or with options."""
        return await self.does(
            Command(
                sender=self.sender, place=self.place(where), name=command, words=words, options=options, page_size=PAGE
            )
        )

    async def fills(self, draft: int, answers: Mapping[str, str], where: Where = Where.PRIVATE) -> Outcome:
        """Send a page of a form; whoever is named in an answer was picked."""
        people = {user: user for user in answers.values() if user.startswith("u-")}
        return await self.does(
            Filled(
                sender=self.sender,
                place=self.place(where),
                draft=draft,
                answers=answers,
                people=people,
                page_size=PAGE,
            )
        )

    async def says(self, words: str, where: Where = Where.PRIVATE) -> Outcome:
        """Say words that are no command."""
        return await self.does(Typed(sender=self.sender, place=self.place(where), words=words, page_size=PAGE))

    async def opens(self, start: str) -> Outcome:
        """Follow a link to the private chat."""
        return await self.does(Opened(sender=self.sender, place=self.place(Where.PRIVATE), start=start, page_size=PAGE))

    async def adds_bot(self, where: Where) -> Outcome:
        """Add the bot to a room."""
        return await self.does(Joined(sender=self.sender, place=self.place(where), page_size=PAGE))

    @property
    def sender(self) -> Sender:
        """How the platform tells of them."""
        return self.world.someone(self.who).sender

    async def does(self, act: Act) -> Outcome:
        """Do something, and return what came of it."""
        self.world.trial.refused = None
        reply = await self.world.chat.bot.router.receive(act)
        return Outcome(reply, self.world.trial.refused)


def secrets_from(who: Who) -> tuple[str, ...]:
    """Return what somebody is not to read where they are declined."""
    if who in {Who.ORGANIZER, Who.FACILITATOR, Who.LINKED}:
        return ()
    return TAUGHT if who in {Who.LEARNER, Who.OWNER, Who.ONCE_FACILITATOR} else SECRETS


def check_refused(
    outcome: Outcome, before: Dump, world: World, who: Who, *, besides: frozenset[str] = frozenset()
) -> None:
    """Assert that nothing has changed (but `besides`), that nothing secret was told, and that they were answered."""
    assert outcome.reply is not None, "they hear nothing"
    after = world.trial.dump()
    changed = [name for name in before if before[name] != after[name] and name not in besides]
    assert not changed, f"{who.words} changed {changed}"
    told = [secret for secret in secrets_from(who) if secret in outcome.told]
    assert not told, f"they read {told} in {outcome.told}"


def asks(outcome: Outcome) -> bool:
    """Whether a form is open before them now."""
    return isinstance(outcome.reply, Ask)
