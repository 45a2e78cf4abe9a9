"""What was seen on the platforms: each message of the bot, of which kind it is, where, and of what it tells."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from tests.simulate.hands import Message, words_of
from tests.simulate.truth import Circle, Meeting, Room, Soul
from tests.simulate.world import DISCORD, TELEGRAM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulate.world import World

_NUMBER: Final = re.compile(r"· Meeting (\d+)")
_TITLE: Final = re.compile(r"Circle [A-Z]\d+")
_MOMENT: Final = re.compile(r'<tg-time unix="(\d+)"|<t:(\d+):F>')
_IN_ROOMS: Final = (
    ("changed", re.compile(r"\A(A meeting has moved|Meetings have moved|A meeting is called off|One more meeting)")),
    ("digest", re.compile(r"\A.+: the week\n")),
    ("chart", re.compile(r"\AHow many had said yes, and how many came")),
    ("summary", re.compile(r"Plus / delta is closed\. (This is what we said|Nobody)|\nPlus / delta is closed\.\n")),
    ("ended", re.compile(r"” has come to its end\.")),
)
_PRIVATE: Final = (
    ("confirm", re.compile(r"\AA meeting of “.+” that you wanted to come to has changed")),
    ("reflect", re.compile(r"How did it go for you\?")),
    ("welcome", re.compile(r"You are in\. Welcome to “")),
    ("seat", re.compile(r"A seat in “.+” is free")),
    ("news", re.compile(r"\A.+ (has|have) (joined|left) “")),
    ("linked", re.compile(r"is linked with this account now")),
    ("appointed", re.compile(r"made you an organizer")),
)
_FINE: Final = ("can't initiate conversation with a user", "cannot be reached", "terminated by other getUpdates")


@dataclass(eq=False)
class Sighting:
    """A message that the bot has posted of itself (or as a reply: kind "reply")."""

    at: datetime
    kind: str
    room: Room | None
    soul: Soul | None
    message: Message
    words: str
    where: int = 0
    circle: Circle | None = None
    meeting: Meeting | None = None
    starts: datetime | None = None
    """When the meeting begins that it tells of, as it says."""

    @property
    def on_telegram(self) -> bool:
        """Whether it stands on Telegram."""
        return hasattr(self.message, "chat")

    def __str__(self) -> str:
        where = f"in {self.room.platform}'s room" if self.room else f"to {self.soul.name if self.soul else '?'}"
        return f"{self.kind} {where}: {' / '.join(self.words.split(chr(10))[:4])[:160]}"


@dataclass
class Ledger:
    """Reads the platforms after each moment. `by_kind` counts what was posted."""

    world: World
    rooms: dict[int, Room] = field(default_factory=dict)
    souls: dict[int, Soul] = field(default_factory=dict)
    circles: dict[str, Circle] = field(default_factory=dict)
    by_kind: Counter[str] = field(default_factory=Counter)
    edits: int = 0
    _last: dict[int, int] = field(default_factory=dict)
    _failed: int = 0

    def fresh(self) -> list[Sighting]:
        """Return what has been posted since the last look, oldest first."""
        # In an order that does not hang on which room was quicker.
        seen = sorted([*self._telegram(), *self._discord()], key=lambda one: (one.where, one.message.id))
        for one in seen:
            self.by_kind[one.kind] += 1
        return seen

    def _telegram(self) -> Iterator[Sighting]:
        telegram = self.world.tg.telegram
        touched: dict[int, None] = {}
        for method, parameters in telegram.calls:
            if method in {"sendMessage", "sendPhoto"}:
                touched[int(parameters["chat_id"])] = None
            self.edits += method.startswith("edit")
        for number in touched:
            chat = telegram.chats.get(number)
            if chat is None:
                continue
            last = self._last.get(number, 0)
            for message in [one for key, one in chat.written.items() if key > last]:
                if message.sender is telegram.bot and not message.extra:
                    yield self._sighting(TELEGRAM, number, message)
            self._last[number] = chat.last_id

    def _discord(self) -> Iterator[Sighting]:
        realm = self.world.dc.realm
        touched: dict[int, None] = {}
        for call in realm.calls:
            if call.route == "POST /channels/{channel_id}/messages":
                touched[int(call.path["channel_id"])] = None
            self.edits += call.route.startswith("PATCH /channels/{channel_id}/messages")
        for number in touched:
            channel = realm.channels[number]
            key = channel.recipient.id if channel.recipient is not None else number
            last = self._last.get(number, 0)
            for message in [one for at, one in channel.written.items() if at > last]:
                if message.interaction is None and message.author is realm.bot:
                    yield self._sighting(DISCORD, key, message)
            self._last[number] = max([last, *channel.written])

    def _sighting(self, platform: str, where: int, message: Message) -> Sighting:
        room, soul = self.rooms.get(where), self.souls.get(where)
        posted = message.edits[0] if message.edits else message  # as it was before it was drawn anew, if it has been
        words = words_of(posted)
        markup = posted.html if platform == TELEGRAM else f"{posted.embeds}{posted.content}"
        kind = self._kind(words, posted.buttons, room, soul, platform)
        seen = Sighting(self.world.clock.now(), kind, room, soul, message, words, where)
        seen.circle = self._circle(seen)
        if (found := _MOMENT.search(markup)) is not None:
            seen.starts = datetime.fromtimestamp(int(found[1] or found[2]), UTC)
        if seen.circle is not None:
            seen.meeting = self._meeting(seen, seen.circle)
            seen.circle.tells(seen.at, str(seen))
        return seen

    @staticmethod
    def _kind(words: str, buttons: list[str], room: Room | None, soul: Soul | None, platform: str) -> str:
        if room is not None:
            if "I'm coming" in buttons:
                return "reminder"
            if "Plus / delta" in buttons:
                return "asked"
            if any(one.startswith("Join") for one in buttons):
                return "announced"
        elif "Do not ask me again" in buttons:  # whatever it says: who had said yes is reminded that it has changed
            return "nudge"
        for kind, pattern in _IN_ROOMS if room is not None else _PRIVATE:
            if pattern.search(words):
                return kind
        acting = room.acting if room is not None else soul is not None and soul.acting
        # On Discord replies are answers to interactions, which are not read here.
        return "reply" if acting and platform == TELEGRAM else "unknown"

    def _circle(self, seen: Sighting) -> Circle | None:
        if seen.room is not None and seen.room.circle is not None:
            return seen.room.circle
        found = _TITLE.search(seen.words)
        return self.circles.get(found[0]) if found and seen.kind not in {"digest", "chart", "reply"} else None

    @staticmethod
    def _meeting(seen: Sighting, circle: Circle) -> Meeting | None:
        if seen.kind in {"nudge", "confirm"}:
            return next((one for one in circle.meetings if one.starts == seen.starts), None)
        found = _NUMBER.search(seen.words)
        return circle.numbered(int(found[1])) if found else None

    def complaints(self) -> list[str]:
        """Return what was refused or warned of since the last look, but for what is right.

        Only by a refusal does the bot learn that somebody has never opened its chat.
        """
        telegram, realm = self.world.tg.telegram, self.world.dc.realm
        # What the platforms have forgotten here (and never do in life) can still be drawn anew, long after.
        refused = [
            f"Telegram refused {method}: {problem.words}"
            for method, asked, problem in telegram.refusals
            if (asked.get("chat_id"), asked.get("message_id")) not in self.world.tg.forgotten
            and asked.get("callback_query_id") not in self.world.tg.unconfirmed
        ]
        refused += [
            f"Discord refused {call.route}: {problem.code} {problem.words}"
            for call, problem in realm.refusals
            if int(call.path.get("message_id", 0)) not in realm.forgotten
        ]
        found = [*refused, *self.world.log.said, *telegram.violations, *realm.violations]
        for book in (telegram.refusals, realm.refusals, self.world.log.said, telegram.violations, realm.violations):
            book.clear()
        return [words for words in found if not any(fine in words for fine in _FINE)]

    def failed(self) -> int:
        """Return how many people have read since the last look that what they did had failed."""
        realm = self.world.dc.realm
        fresh = len(realm.failed) - self._failed
        self._failed = len(realm.failed)
        return fresh


def counts_on(words: str) -> dict[str, int] | None:
    """Return the counts that a card shows; None where it shows none."""
    if "Nobody has answered yet." in words:
        return {"yes": 0, "maybe": 0, "no": 0, "stale": 0}
    found = {
        answer: re.search(pattern, words, re.MULTILINE)
        for answer, pattern in (
            ("yes", r"^(\d+) coming"),
            ("maybe", r"^(\d+) maybe"),
            ("no", r"^(\d+) can't make it"),
            ("stale", r"^(\d+) ha(?:s|ve) yet to confirm"),
        )
    }
    if not any(found.values()):
        return None
    return {answer: int(one[1]) if one else 0 for answer, one in found.items()}
