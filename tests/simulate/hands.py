"""Somebody's account on a platform, with all that the people of this year do with it, by the platform's own ways.

Both have the same verbs; each ends a turn wherever a person would wait for what they see next.
"""

# Long because it is both platforms, verb by verb, to be read side by side.

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Any, Protocol

from tests.simulate.world import DISCORD, TELEGRAM

if TYPE_CHECKING:
    from tests.discord.people import Person as DiscordPerson
    from tests.discord.server.doing import Interaction
    from tests.discord.server.state import Channel
    from tests.simulate.turns import Turns
    from tests.telegram.people import Person as TelegramPerson
    from tests.telegram.server.state import Chat

Message = Any
"""A message of either platform: it has `buttons`."""


class Failed(Exception):
    """The platform told somebody that what they did failed: the bot was not there."""


class Timed(Protocol):
    """Hears how long taps took, in real seconds."""

    def __call__(self, platform: str, seconds: float) -> None:
        """Note one."""


def words_of(message: Message) -> str:
    """Return what one reads, with ordinary blanks only: between an hour and its AM stands a narrow one."""
    text = str(message.shown) if hasattr(message, "shown") else str(message.text)
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def written_in(message: Message) -> str:
    """Return all that is written in a message, marks and buttons too: to search it for what must not be there."""
    return f"{message.embeds}{message.components}" if hasattr(message, "embeds") else f"{message.text}{message.markup}"


def payload_of(message: Message, label: str) -> str:
    """Return what the button says to the bot whose words begin so; "" where there is none."""
    if not any(one.startswith(label) for one in message.buttons):
        return ""
    button = message.button(label)
    return str(button.get("callback_data") or button.get("custom_id") or "")


@dataclass
class OnTelegram:
    """Somebody with Telegram in their hand."""

    person: TelegramPerson
    turns: Turns
    timed: Timed
    goes_along: bool = True
    """Whether they go where a tap leads them: some never open the bot's chat."""
    platform = TELEGRAM

    # -- what one does

    async def taps(self, message: Message, payload: str) -> str:
        """Tap a button by what it says, whether or not it still stands there; return the word that is shown."""
        async with self.turns.few:
            began = perf_counter()
            answer = await self.person.taps(message, payload)
            self.timed(self.platform, perf_counter() - began)
            if answer.url and self.goes_along:
                await self.person.follows(answer.url)
        await self.turns.end()
        return answer.text

    async def presses(self, message: Message, label: str) -> str:
        """Tap the button whose words begin so, or follow where it leads."""
        button = message.button(label)
        if "callback_data" in button:
            return await self.taps(message, button["callback_data"])
        await self.person.follows(button["url"])
        await self.turns.end()
        return ""

    async def says(self, words: str, where: Chat | None = None) -> None:
        """Write privately, or in a group."""
        await self.person.says(where or self.person.chat, words)
        await self.turns.end()

    async def goes_through(self, *steps: str) -> None:
        """Answer questions in the private chat, each by the button that begins so, else in words."""
        for step in steps:
            last = self.person.said[-1]
            if any(label.startswith(step) for label in last.buttons):
                await self.presses(last, step)
            else:
                await self.says(step)

    def newest(self, label: str, where: Chat | None = None) -> Message:
        """Return the newest message with such a button."""
        for message in reversed((where or self.person.chat).said):
            if any(found.startswith(label) for found in message.buttons):
                return message
        raise AssertionError(f"{self.person.user.first_name} sees no {label!r}, but {self.sees}")

    @property
    def sees(self) -> str:
        """The newest words of the private chat."""
        return words_of(self.person.said[-1]) if self.person.said else ""

    # -- what organizers and facilitators do

    async def founds_community(self, name: str, zone: str, office: Chat) -> None:
        """Make a community of the organizers' group, whose digest comes there."""
        await self.says("/community", office)
        await self.presses(self.newest("Make a community", office), "Make a community")
        await self.goes_through(name, "✓ English", zone, "Digest here")

    async def adds_room(self, community: str, room: Chat) -> None:
        """Take a group into the community."""
        await self.says("/community", room)
        label = f"Add this room to {community}"
        await self.presses(self.newest(label, room), label)

    async def founds_circle(self, title: str, zone: str, first: str, weeks: int, minutes: int, room: Chat) -> None:
        """Make a circle in a group, and publish it."""
        await self.says(f"/newcircle {title}", room)
        await self.presses(self.newest("Go on in private", room), "Go on in private")
        await self.goes_through("Skip", "Skip", zone, first, str(weeks), str(minutes), "Skip", "https://meet.example/x")
        await self.goes_through("✓ English" if "✓ English" in self.person.said[-1].buttons else "English", "Save")
        await self.goes_through("Publish")

    async def changes(self, section: str, *answers: str) -> None:
        """Change something of the one circle that they run."""
        await self.says("/circle")
        await self.goes_through("Change…", section, *answers)

    async def sets_leads(self, words: str) -> None:
        """Change when reminders go out."""
        await self.changes("Reminder times", words)

    async def sets_seats(self, seats: int) -> None:
        """Change how many learners fit."""
        await self.changes("Seats and sign-up", str(seats), "✓")

    async def moves(self, to: str, *, following: bool) -> None:
        """Move the next meeting."""
        await self.says(f"/move {to}")
        await self._scoped(following=following)
        await self.goes_through("Save")

    async def _scoped(self, *, following: bool) -> None:
        last = self.person.said[-1]
        if any("Only this one" in label for label in last.buttons):
            label = next(one for one in last.buttons if ("following" if following else "Only this one") in one)
            await self.presses(last, label)

    async def calls_off(self) -> None:
        """Call the next meeting off."""
        await self.says("/cancelmeeting")
        await self.goes_through("Call off only this one")

    async def adds_meeting(self, when: str) -> None:
        """Plan one more meeting."""
        await self.says(f"/addmeeting {when}")
        await self.goes_through("Skip", "Save")

    async def ends_circle(self) -> None:
        """End the one circle that they run."""
        await self.says("/circle")
        await self.goes_through("More…", "End the circle", "End the circle")

    # -- what learners do

    async def joins(self, announced: Message) -> str:
        """Press the announcement's button; return what they are told."""
        label = next(one for one in announced.buttons if one.startswith("Join"))
        toast = await self.presses(announced, label)
        return toast or self.sees

    async def leaves(self, room: Chat) -> str:
        """Give the seat up."""
        await self.says("/leave", room)
        await self.goes_through("Leave")
        return self.sees

    async def gives(self, asked: Message, plus: str, delta: str, mood: str) -> str:
        """Say plus, delta and mood."""
        heard = await self.presses(asked, "Plus / delta")
        if heard:
            return heard
        await self.goes_through(plus or "Skip", delta or "Skip", mood or "Skip")
        return self.sees

    async def takes_up(self, summary: Message, delta: str, words: str) -> None:
        """Make a delta a decision that nobody sees to yet."""
        await self.presses(summary, "Take up…")
        await self.goes_through(f"Take up: {delta}"[:30], words, "Nobody yet")

    async def asks_code(self) -> str:
        """Ask for a code to link another account with."""
        await self.says("/link")
        return self.sees.partition("/link ")[2].split()[0]

    async def links(self, code: str) -> None:
        """Link this account by a code of the other one."""
        await self.says(f"/link {code}")
        await self.goes_through("Link")


@dataclass
class OnDiscord:
    """Somebody with Discord before them."""

    person: DiscordPerson
    turns: Turns
    timed: Timed
    latest: Interaction = field(init=False, repr=False)
    platform = DISCORD

    async def _does(self, doing: Callable[[], Awaitable[Interaction]], *, is_tap: bool = False) -> Interaction:
        async with self.turns.few:
            began = perf_counter()
            did = await doing()
            if is_tap:
                self.timed(self.platform, perf_counter() - began)
            self.person.did.clear()
            self.latest = did
        await self.turns.end()
        if did.has_failed:
            self.person.form = None
            raise Failed
        return did

    async def taps(self, message: Message, payload: str) -> str:
        """Press a button by what it says, whether or not it still stands there; return what they are told."""
        did = await self._does(lambda: self.person.taps(payload, message), is_tap=True)
        if did.followups:
            return words_of(did.followups[-1])
        return "" if did.original is message or did.original is None else words_of(did.original)

    async def presses(self, message: Message, label: str) -> str:
        """Press the button whose words begin so."""
        return await self.taps(message, message.button(label)["custom_id"])

    async def _pressed(self, did: Interaction, label: str) -> Interaction:
        shown = did.followups[-1] if did.followups else did.original
        assert shown is not None, did.told
        return await self._does(lambda: self.person.presses(label, shown))

    async def _types(self, command: str, at: Channel | None = None, /, **options: object) -> Interaction:
        return await self._does(lambda: self.person.types(command, at, **options))

    async def _opened(self, did: Interaction) -> Interaction:
        """Go on to the form where it could not be opened in time: then a button leads to it."""
        shown = did.followups[-1] if did.followups else did.original
        if self.person.form is None and shown is not None and "Continue" in shown.buttons:
            return await self._pressed(did, "Continue")
        return did

    async def _fills(self, **answers: object) -> Interaction:
        await self._opened(self.latest)
        return await self._does(lambda: self.person.fills(answers))

    # -- what organizers and facilitators do

    async def founds_community(self, name: str, zone: str, office: Channel) -> None:
        """Let the digest of the server come to a channel, in its zone."""
        did = await self._types("community", office)
        did = await self._pressed(did, "Digest here")
        did = await self._pressed(did, "Change…")
        await self._pressed(did, "Time zone")
        await self._fills(zone=zone)

    async def invites(self, organizer: DiscordPerson) -> None:
        """Make somebody an organizer."""
        did = await self._pressed(await self._types("community"), "Invite…")
        await self._pressed(did, "Choose an organizer")
        await self._fills(person=organizer)

    async def founds_circle(self, title: str, zone: str, first: str, weeks: int, minutes: int, room: Channel) -> None:
        """Make a circle in a channel, and publish it."""
        await self._types("newcircle", room, name=title, zone=zone)
        did = await self._fills(first=first, weeks=str(weeks), minutes=str(minutes))
        await self._opened(did)
        did = await self._fills(link="https://meet.example/x", language="English")
        did = await self._pressed(did, "Save")
        await self._pressed(did, "Publish")

    async def _section(self, section: str) -> None:
        did = await self._pressed(await self._types("circle"), "Change…")
        await self._pressed(did, section)

    async def sets_leads(self, words: str) -> None:
        """Change when reminders go out."""
        await self._section("Reminder times")
        await self._fills(leads=words)

    async def sets_seats(self, seats: int) -> None:
        """Change how many learners fit."""
        await self._section("Seats and sign-up")
        await self._fills(seats=str(seats))

    async def moves(self, to: str, *, following: bool) -> None:
        """Move the next meeting."""
        did = await self._opened(await self._types("move", to=to))
        if self.person.form is not None:
            did = await self._fills(**({"scope": "This and all following"} if following else {}))
        await self._pressed(did, "Save")

    async def calls_off(self) -> None:
        """Call the next meeting off."""
        await self._pressed(await self._types("cancelmeeting"), "Call off only this one")

    async def adds_meeting(self, when: str) -> None:
        """Plan one more meeting."""
        did = await self._opened(await self._types("addmeeting", when=when))
        if self.person.form is not None:
            did = await self._fills()
        await self._pressed(did, "Save")

    async def ends_circle(self) -> None:
        """End the one circle that they run."""
        did = await self._pressed(await self._types("circle"), "More…")
        did = await self._pressed(did, "End the circle")
        await self._pressed(did, "End the circle")

    # -- what learners do

    async def joins(self, announced: Message) -> str:
        """Press the announcement's button; return what they are told."""
        return await self.presses(announced, next(one for one in announced.buttons if one.startswith("Join")))

    async def leaves(self, room: Channel) -> str:
        """Give the seat up."""
        did = await self._pressed(await self._types("leave", room), "Leave")
        return did.shown

    async def gives(self, asked: Message, plus: str, delta: str, mood: str) -> str:
        """Say plus, delta and mood."""
        did = await self._opened(await self._does(lambda: self.person.presses("Plus / delta", asked)))
        if self.person.form is None:
            return did.shown
        given = {"plus": plus, "delta": delta, "mood": mood}
        return (await self._fills(**{name: words for name, words in given.items() if words})).shown

    async def takes_up(self, summary: Message, delta: str, words: str) -> None:
        """Make a delta a decision that nobody sees to yet."""
        did = await self._does(lambda: self.person.presses("Take up…", summary))
        await self._pressed(did, f"Take up: {delta}"[:30])
        await self._fills(words=words, owner="Nobody yet")

    async def asks_code(self) -> str:
        """Ask for a code to link another account with."""
        did = await self._types("link", self.person.direct)
        return did.shown.partition("/link ")[2].split()[0]


Hand = OnTelegram | OnDiscord
