"""Telegram itself, as one bot meets it: everything it knows, and who may write where."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import monotonic

from tests.telegram.server import objects
from tests.telegram.server.contract import Contract
from tests.telegram.server.faults import Faults
from tests.telegram.server.limits import Limits
from tests.telegram.server.problems import JsonObject, Problem, bad, forbidden
from tests.telegram.server.state import ANONYMOUS, GENERAL, Chat, Member, Message, Status, User
from tests.telegram.server.updates import Updates

TOKEN = "987654321:AAmade-up_token_of_35_characters_00"


@dataclass
class Tap:
    """A tap on a button that waits for its answer. `at` in seconds of the clock."""

    id: str
    by: User
    message: Message
    at: float
    answer: asyncio.Future[JsonObject]


class Telegram:
    """People, chats, taps and menus. `clock` counts in seconds; `patience` is how long a tap may be answered."""

    def __init__(self, token: str = TOKEN, clock: Callable[[], float] = monotonic) -> None:
        self.token = token
        self.clock = clock
        self.patience = 15 * 60.0
        self.bot = User(int(token.partition(":")[0]), "Circle bot", username="circle_test_bot", is_bot=True)
        self.anonymous = User(ANONYMOUS, "Group", username="GroupAnonymousBot", is_bot=True)
        self.users: dict[int, User] = {self.bot.id: self.bot, ANONYMOUS: self.anonymous}
        self.chats: dict[int, Chat] = {}
        self.taps: dict[str, Tap] = {}
        self.tapped = 0
        self.menus: dict[tuple[tuple[object, ...], str], list[JsonObject]] = {}
        self.secret = ""
        self.max_connections = 40
        self.last_webhook_error: tuple[int, str] | None = None
        self.reads_everything = False
        self.limits = Limits(clock)
        self.faults = Faults()
        self.violations: list[str] = []
        self.calls: list[tuple[str, JsonObject]] = []
        self.refusals: list[tuple[str, JsonObject, Problem]] = []
        self.under_way = 0
        self.stirred = asyncio.Event()
        self.contract = Contract.found()
        self.updates = Updates(self.changed, self._check_update)

    def changed(self) -> None:
        """Wake whoever waits for something to happen."""
        self.stirred.set()

    def _check_update(self, update: JsonObject) -> None:
        if self.contract is not None:
            self.violations.extend(self.contract.faults_of_update(update))

    @property
    def is_quiet(self) -> bool:
        """Whether nothing waits for the bot and nothing of it is under way."""
        unanswered = any(not tap.answer.done() for tap in self.taps.values())
        return not (self.updates.waiting or unanswered or self.under_way)

    # -- who may write where

    def chat_named(self, chat: int | None) -> Chat:
        """Return a chat by its number; of people, their private chat."""
        found = self.chats.get(chat or 0)
        if found is None or (found.user is not None and not (found.user.met or found.user.started)):
            raise bad("chat not found")
        return found

    def reachable(self, number: int | None) -> Chat:
        """Return a chat that the bot is in; raise a `Problem` if it is not."""
        chat = self.chat_named(number)
        if chat.moved_to is not None:
            raise Problem(400, "Bad Request: group chat was upgraded to a supergroup chat", moved_to=chat.moved_to)
        if chat.gone:
            raise forbidden("the group chat was deleted")
        if chat.user is not None:
            self._check_person(chat.user)
            return chat
        kind = "supergroup" if chat.type == "supergroup" else "group"
        match chat.member(self.bot).status:
            case Status.KICKED:
                raise forbidden(f"bot was kicked from the {kind} chat")
            case Status.LEFT:
                raise forbidden(f"bot is not a member of the {kind} chat")
        return chat

    @staticmethod
    def _check_person(person: User) -> None:
        if person.is_bot:
            raise forbidden("bot can't send messages to bots")
        if person.deactivated:
            raise forbidden("user is deactivated")
        if person.blocked:
            raise forbidden("bot was blocked by the user")
        if not person.started:
            raise forbidden("bot can't initiate conversation with a user")

    def may_send(self, chat: Chat) -> bool:
        """Tell whether the bot may write in a chat that it is in."""
        member = chat.member(self.bot)
        return member.status.runs_it or (member.may_send and chat.everyone_may_send) or chat.user is not None

    def check_topic(self, chat: Chat, thread: int) -> None:
        """Raise a `Problem` where the bot cannot write in a topic; 0 is none, which in a forum is the general one."""
        if not chat.is_forum:
            if thread:
                raise bad("message thread not found")
            return
        topic = chat.topics.get(thread or GENERAL)
        if thread == GENERAL or topic is None or topic.deleted:
            raise bad("message thread not found")
        if topic.closed and not chat.member(self.bot).status.runs_it:
            raise bad("TOPIC_CLOSED")

    # -- what the bot hears

    def tell(self, message: Message) -> JsonObject | None:
        """Tell the bot of a message, if it is one that a bot in privacy mode hears."""
        if message.chat.user is None and not message.chat.member(self.bot).status.is_in:
            return None
        if not (self.reads_everything or self._hears(message)):
            return None
        message.sender.met = True
        return self.updates.put("message", objects.message(message))

    def _hears(self, message: Message) -> bool:
        chat = message.chat
        if not chat.is_group or message.extra or chat.member(self.bot).status.runs_it:
            return True
        quoted = chat.written.get(message.reply_to or 0)
        if quoted is not None and quoted.sender is self.bot:
            return True
        for entity in message.entities:
            if entity["type"] == "bot_command" and entity["offset"] == 0:
                _, _, name = message.text[: entity["length"]].partition("@")
                return name.lower() in {"", self.bot.username.lower()}
        return False

    def stands(self, chat: Chat, who: User, after: Member, by: User) -> None:
        """Change how somebody stands to a chat; the bot hears of itself, and of others if it asked to."""
        before = chat.set_member(who, after)
        if before == after:
            return
        by.met = True
        kind = "my_chat_member" if who is self.bot else "chat_member"
        if who is self.bot or chat.member(self.bot).status.runs_it:
            self.updates.put(kind, objects.member_updated(chat, by, who, before, after))

    def service(self, chat: Chat, by: User, **extra: object) -> Message:
        """Write a service message and tell the bot of it."""
        message = chat.add(by, extra=extra)
        self.tell(message)
        return message

    def spoken_by_bot(self, chats: Iterable[Chat] | None = None) -> list[Message]:
        """Return all that the bot wrote and that still stands."""
        return [
            message for chat in chats or self.chats.values() for message in chat.messages if message.sender is self.bot
        ]
