"""People on Telegram: what they say, tap, open and block."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from tests.telegram.server import objects
from tests.telegram.server.markup import units
from tests.telegram.server.menus import menu_seen
from tests.telegram.server.problems import JsonObject
from tests.telegram.server.state import Chat, Member, Message, Status, Topic, User
from tests.telegram.server.telegram import Tap

if TYPE_CHECKING:
    from tests.telegram.world import World

_COMMAND = re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,64}(@\w+)?")


@dataclass(frozen=True)
class Answer:
    """What somebody sees after a tap: a toast, or an alert to be closed, or an address that opens."""

    text: str = ""
    alert: bool = False
    url: str = ""


@dataclass(eq=False)
class Person:
    """Somebody with Telegram in their hand. `chat` is their private chat with the bot."""

    world: World
    user: User
    chat: Chat

    @property
    def id(self) -> int:
        """Their number."""
        return self.user.id

    @property
    def said(self) -> list[Message]:
        """What the bot wrote to them privately."""
        return self.chat.said

    @property
    def last(self) -> Message:
        """The newest message of their private chat."""
        return self.chat.last

    def menu(self, where: Chat | None = None) -> dict[str, str]:
        """Return the commands offered to them in a chat (by default privately), with what each is said to do."""
        menu = menu_seen(self.world.telegram, self.user, where or self.chat)
        return {one["command"]: one["description"] for one in menu}

    async def says(
        self,
        where: Chat,
        words: str,
        *,
        topic: Topic | None = None,
        reply_to: Message | None = None,
        anonymous: bool = False,
        entities: list[JsonObject] | None = None,
    ) -> Message:
        """Write in a chat; `anonymous` as administrators can. Returns when the bot has nothing more to do."""
        message = self._written(where, words, topic=topic, reply_to=reply_to, anonymous=anonymous)
        message.entities += entities or []
        self.world.telegram.tell(message)
        await self.world.happened()
        return message

    def _written(
        self, where: Chat, words: str, *, topic: Topic | None, reply_to: Message | None, anonymous: bool
    ) -> Message:
        if where.user is self.user:
            self.user.started = self.user.met = True
        else:
            assert where.is_group, "nobody writes in the private chat of somebody else"
            assert where.member(self.user).status.is_in, f"{self.user.first_name} is not in {where.title}"
            assert not anonymous or where.member(self.user).status.runs_it, "only administrators write anonymously"
        thread = topic.thread if topic else (reply_to.thread if reply_to and reply_to.in_topic else None)
        in_topic = thread is not None
        return where.add(
            self.world.telegram.anonymous if anonymous else self.user,
            text=words,
            entities=_commands_in(words),
            reply_to=reply_to.id if reply_to else None,
            thread=thread or where.thread_of_reply(reply_to.id if reply_to else None),
            in_topic=in_topic,
            sender_chat=where if anonymous else None,
        )

    async def writes(self, words: str) -> Message:
        """Write to the bot privately."""
        return await self.says(self.chat, words)

    async def replies(self, message: Message, words: str) -> Message:
        """Answer a message where it stands."""
        return await self.says(message.chat, words, reply_to=message)

    async def presses(self, message: Message, words: str) -> Answer:
        """Tap the button with these words; return what they see. An address of the bot is followed at once."""
        button = message.button(words)
        if "url" in button:
            if self._is_of_bot(button["url"]):
                await self.follows(button["url"])
            return Answer(url=button["url"])
        answer = await self.taps(message, button["callback_data"])
        await self.world.happened()
        return answer

    async def taps(self, message: Message, payload: str) -> Answer:
        """Tap a button with this payload, whether or not it stands there; return when the tap has been answered."""
        telegram = self.world.telegram
        chat = message.chat
        assert chat.user is self.user or chat.member(self.user).status.is_in, f"{self.user.first_name} cannot see it"
        telegram.tapped += 1
        tap = Tap(
            str(4_000_000_000_000_000_000 + telegram.tapped),
            self.user,
            message,
            telegram.clock(),
            asyncio.get_running_loop().create_future(),
        )
        telegram.taps[tap.id] = tap
        self.user.met = True
        shown = objects.inaccessible(message) if message.deleted else objects.message(message)
        told = {"id": tap.id, "from": objects.user(self.user), "chat_instance": str(abs(chat.id) * 7919)}
        telegram.updates.put("callback_query", told | {"message": shown, "data": payload})
        try:
            return Answer(**await asyncio.wait_for(tap.answer, self.world.patience))
        except TimeoutError:
            raise AssertionError(f"nobody answered {self.user.first_name}'s tap on {payload!r}") from None

    async def starts(self, payload: str = "") -> None:
        """Open the private chat and press Start."""
        if self.user.blocked:
            await self.unblocks()
        await self.says(self.chat, f"/start {payload}".strip())

    def _is_of_bot(self, url: str) -> bool:
        return urlsplit(url).path.strip("/").lower() == self.world.telegram.bot.username and "t.me/" in url

    async def follows(self, url: str, *, group: Chat | None = None) -> None:
        """Open a link of the bot: `?start=…` its private chat, `?startgroup=…` adds it to a group of theirs."""
        assert self._is_of_bot(url), f"no link of the bot: {url}"
        asked = parse_qs(urlsplit(url).query, keep_blank_values=True)
        if "startgroup" not in asked:
            payload = asked.get("start", [""])[0]
            assert re.fullmatch(r"[A-Za-z0-9_-]{0,64}", payload), f"Telegram drops this payload: {payload!r}"
            await self.starts(payload)
            return
        assert group is not None, "to which group?"
        waits, self.world.waits = self.world.waits, False
        payload, bot = asked["startgroup"][0], self.world.telegram.bot
        if not group.member(bot).status.is_in:
            await self.world.adds_bot(group, self)
        self.world.waits = waits
        if payload:
            await self.says(group, f"/start@{bot.username} {payload}")
        else:
            await self.world.happened()

    async def blocks(self) -> None:
        """Block the bot."""
        await self._lets(Status.MEMBER, Status.KICKED)

    async def unblocks(self) -> None:
        """Let the bot write again."""
        await self._lets(Status.KICKED, Status.MEMBER)

    async def _lets(self, before: Status, after: Status) -> None:
        self.user.blocked = after is Status.KICKED
        bot = self.world.telegram.bot
        told = objects.member_updated(self.chat, self.user, bot, Member(before), Member(after))
        self.world.telegram.updates.put("my_chat_member", told)
        await self.world.happened()


def _commands_in(words: str) -> list[JsonObject]:
    return [
        {"type": "bot_command", "offset": units(words[: one.start()]), "length": units(one[0])}
        for one in _COMMAND.finditer(words)
    ]
