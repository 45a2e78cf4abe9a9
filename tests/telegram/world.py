"""The world around the bot, as a test tells it: people who say and tap, groups that change, a network that breaks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from time import monotonic

from tests.support.patience import PATIENCE
from tests.telegram.people import Answer, Person
from tests.telegram.server import objects
from tests.telegram.server.faults import Fault, How
from tests.telegram.server.problems import JsonObject, Problem
from tests.telegram.server.server import Server
from tests.telegram.server.state import GENERAL, Chat, Member, Message, Status, Topic, User
from tests.telegram.server.telegram import TOKEN, Telegram

__all__ = ["Answer", "Chat", "How", "Message", "Person", "Topic", "World"]


class World:
    """Telegram with its people. Start and stop it, or ask for the fixture `tg`.

    What people do waits (`quiet`) until the bot has nothing under way, if a bot listens and `waits` is on. `busy` are
    further things to wait for: functions that tell whether something is under way. `patience` in seconds.
    """

    def __init__(self, clock: Callable[[], float] = monotonic, token: str = TOKEN) -> None:
        self.telegram = Telegram(token, clock)
        self.server = Server(self.telegram)
        self.waits = True
        self.patience = PATIENCE
        self.settles = 0.02
        self.busy: list[Callable[[], bool]] = []
        self._last_user = 5_000_000_000
        self._last_group = 4_000_000_000

    async def start(self) -> None:
        """Begin to listen."""
        await self.server.start()

    async def stop(self) -> None:
        """Stop listening."""
        await self.server.stop()

    @property
    def api_url(self) -> str:
        """The root of the server, for the bot's settings."""
        return self.server.api_url

    @property
    def token(self) -> str:
        """The bot's token."""
        return self.telegram.token

    @property
    def floods(self) -> int:
        """How many 429s were given."""
        return self.telegram.limits.refused

    @property
    def violations(self) -> list[str]:
        """What the bot (or this server) did that the Bot API does not know."""
        return self.telegram.violations

    @property
    def refusals(self) -> list[str]:
        """What Telegram refused, and in which words; nothing that a test asked to go wrong, no conflict of polls."""
        return [
            f"{method}: {problem.words} {parameters}"
            for method, parameters, problem in self.telegram.refusals
            if problem.code != 409
        ]

    def calls(self, method: str) -> list[JsonObject]:
        """Return the parameters of all calls of a method, also of those that were refused."""
        return [parameters for name, parameters in self.telegram.calls if name == method]

    # -- waiting

    async def quiet(self) -> None:
        """Wait until all updates are confirmed, all taps answered, and no request is under way."""
        try:
            async with asyncio.timeout(self.patience):
                await self._settled()
        except TimeoutError:
            waiting = list(self.telegram.updates.waiting.values())
            taps = [tap.id for tap in self.telegram.taps.values() if not tap.answer.done()]
            raise AssertionError(
                f"not quiet: unconfirmed {waiting}, unanswered {taps}, {self.telegram.under_way} requests under way",
            ) from None

    async def _settled(self) -> None:
        stirred = self.telegram.stirred
        while True:
            stirred.clear()
            is_busy = any(busy() for busy in self.busy)
            if self.telegram.is_quiet and not is_busy:
                try:
                    await asyncio.wait_for(stirred.wait(), self.settles)
                except TimeoutError:
                    if not any(busy() for busy in self.busy):
                        return
            elif is_busy:
                await asyncio.sleep(0.002)
            else:
                await stirred.wait()

    async def happened(self) -> None:
        """Wait for the bot after something happened, if there is a bot that listens."""
        if self.waits and self.telegram.updates.is_consumed:
            await self.quiet()

    async def until(self, reached: Callable[[], bool]) -> None:
        """Wait until something that the bot does has been reached."""
        async with asyncio.timeout(self.patience):
            while not reached():
                self.telegram.stirred.clear()
                await self.telegram.stirred.wait()

    # -- who and what there is

    def user(self, name: str, *, language: str = "en", username: str = "", started: bool = False) -> Person:
        """Return a new person; `started`: they opened the chat with the bot earlier."""
        self._last_user += 1
        first, _, last = name.partition(" ")
        user = User(self._last_user, first, last, username, language, started=started, met=started)
        self.telegram.users[user.id] = user
        chat = self.telegram.chats[user.id] = Chat(user.id, "private", user=user)
        return Person(self, user, chat)

    def group(
        self,
        title: str,
        *,
        admins: Sequence[Person] = (),
        members: Sequence[Person] = (),
        bot: Status = Status.MEMBER,
        is_basic: bool = False,
        is_forum: bool = False,
    ) -> Chat:
        """Return a new group, whose first administrator made it; the bot has long been in it, unless `bot` is LEFT."""
        self._last_group += 1
        number = -self._last_group if is_basic else -1_000_000_000_000 - self._last_group
        chat = Chat(number, "group" if is_basic else "supergroup", title, is_forum, last_id=1)
        for place, person in enumerate(admins):
            chat.set_member(person.user, Member(Status.ADMINISTRATOR if place else Status.CREATOR))
        for person in members:
            chat.set_member(person.user, Member())
        chat.set_member(self.telegram.bot, Member(bot))
        if is_forum:
            chat.topics[GENERAL] = Topic(GENERAL, "General")
        self.telegram.chats[number] = chat
        return chat

    def topic(self, forum: Chat, name: str, by: Person) -> Topic:
        """Open a topic in a forum; the bot hears of it."""
        begun = self._opened(forum, name, by.user)
        self.telegram.tell(begun)
        return forum.topics[begun.id]

    @staticmethod
    def _opened(forum: Chat, name: str, by: User) -> Message:
        begun = forum.add(by, extra={"forum_topic_created": {"name": name, "icon_color": 7322096}}, in_topic=True)
        begun.thread = begun.id
        forum.topics[begun.id] = Topic(begun.id, name)
        return begun

    # -- what happens to the bot

    async def adds_bot(self, group: Chat, by: Person, *, admin: bool = False) -> None:
        """Somebody adds the bot to a group."""
        standing = Member(Status.ADMINISTRATOR if admin else Status.MEMBER)
        self.telegram.stands(group, self.telegram.bot, standing, by.user)
        shown = objects.user(self.telegram.bot)
        self.telegram.service(group, by.user, new_chat_members=[shown])
        await self.happened()

    async def removes_bot(self, group: Chat, by: Person) -> None:
        """Somebody removes the bot: it is kicked, and may not come back by itself."""
        bot = self.telegram.bot
        group.add(by.user, extra={"left_chat_member": objects.user(bot)})
        self.telegram.stands(group, bot, Member(Status.KICKED), by.user)
        await self.happened()

    async def mutes_bot(self, group: Chat, by: Person) -> None:
        """Somebody forbids the bot to write."""
        await self._restates(group, by, Member(Status.RESTRICTED, may_send=False))

    async def unmutes_bot(self, group: Chat, by: Person) -> None:
        """Somebody lets the bot write again."""
        await self._restates(group, by, Member())

    async def promotes_bot(self, group: Chat, by: Person) -> None:
        """Somebody makes the bot an administrator."""
        await self._restates(group, by, Member(Status.ADMINISTRATOR))

    async def _restates(self, group: Chat, by: Person, standing: Member) -> None:
        self.telegram.stands(group, self.telegram.bot, standing, by.user)
        await self.happened()

    async def becomes_supergroup(self, group: Chat, by: Person) -> Chat:
        """Make a group a supergroup, with a new number; the old one is only a signpost from now on."""
        assert group.type == "group", "only a basic group becomes a supergroup"
        self._last_group += 1
        new = Chat(-1_000_000_000_000 - self._last_group, "supergroup", group.title)
        new.members, new.users = dict(group.members), dict(group.users)
        self.telegram.chats[new.id] = new
        self.telegram.tell(group.add(by.user, extra={"migrate_to_chat_id": new.id}))
        group.moved_to = new.id
        arrived = new.add(self.telegram.anonymous, sender_chat=new, extra={"migrate_from_chat_id": group.id})
        self.telegram.tell(arrived)
        await self.happened()
        return new

    async def closes(self, forum: Chat, topic: Topic, by: Person) -> None:
        """Somebody closes a topic."""
        topic.closed = True
        await self._in_topic(forum, topic, by, forum_topic_closed={})

    async def reopens(self, forum: Chat, topic: Topic, by: Person) -> None:
        """Somebody opens a topic again."""
        topic.closed = False
        await self._in_topic(forum, topic, by, forum_topic_reopened={})

    async def _in_topic(self, forum: Chat, topic: Topic, by: Person, **extra: object) -> None:
        self.telegram.tell(forum.add(by.user, extra=extra, thread=topic.thread, in_topic=True))
        await self.happened()

    @staticmethod
    def deletes_topic(forum: Chat, topic: Topic) -> None:
        """Somebody deletes a topic with all that stands in it; no bot is told."""
        topic.deleted = True
        for message in forum.written.values():
            message.deleted |= message.in_topic and message.thread == topic.thread

    @staticmethod
    def deletes(message: Message) -> None:
        """Somebody deletes a message; no bot is told."""
        message.deleted = True

    # -- what goes wrong on the way

    def fails(
        self,
        method: str | None,
        how: How,
        *,
        chat: Chat | None = None,
        times: int = 1,
        seconds: int = 1,
        problem: Problem | None = None,
    ) -> Fault:
        """Let the next calls of a method (None: of any) fail; the answer counts in `met` how many did."""
        fault = Fault(how, method, chat.id if chat else None, times, seconds, problem)
        self.telegram.faults.script.append(fault)
        return fault

    def inject(self, update: JsonObject) -> None:
        """Hand the bot an update as it stands; without `update_id` it gets the next one."""
        self.telegram.updates.inject({"update_id": self.telegram.updates.next_id, **update})

    def repeats(self, update: JsonObject) -> None:
        """Hand the bot an update once more, with the number it had."""
        self.telegram.updates.inject(update)
