"""What Telegram tells us, as the core knows it: pure."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from telegram import (
    CallbackQuery,
    Chat,
    ChatMember,
    ChatMemberUpdated,
    MaybeInaccessibleMessage,
    Message,
    MessageEntity,
    Update,
    User,
)

from adapters.telegram.forms import answer_of
from adapters.telegram.letter import PLATFORM
from adapters.telegram.me import Me
from bot.chat.inbound import Act, Command, Filled, Inbound, Joined, Left, Moved, Opened, Place, Press, Sender, Typed
from bot.chat.intents import PAYLOAD_BYTES
from bot.chat.message import Posted, Room, RoomKind
from bot.chat.naming import is_name
from bot.records import dataclass

PROMPT: Final = "?"
"""What the payloads of a prompt's buttons begin with."""
_COMMAND = re.compile(r"/([^\s@]{1,64})(?:@([A-Za-z0-9_]+))?(?:\s+(.*))?\s*\Z", re.DOTALL)
_HOUR = frozenset("tTr")
"""How a format says that the time of day is shown, or how long it is until then."""
_GROUPS = frozenset({"group", "supergroup"})
_THERE = frozenset({"creator", "administrator", "member"})


@dataclass(frozen=True, slots=True)
class _Update:
    """What every fact of one update has."""

    me: Me
    key: str
    runs_room: bool

    def sender(self, user: User) -> Sender:
        return Sender(PLATFORM, str(user.id), user.full_name or "", user.language_code or "", runs_room=self.runs_room)


def read(update: Update, me: Me, *, runs_room: bool = False) -> Inbound | None:
    """Return the fact to report, None where there is nothing for us: others' commands, words between people.

    `runs_room` is what is known of the sender's rights. Who writes anonymously is reported as the account that Telegram
    puts in their place: see `is_unseen`.
    """
    found = _Update(me, f"{PLATFORM}:{me.id}:{update.update_id}", runs_room)
    if update.callback_query is not None:
        return _pressed(update.callback_query, found)
    if update.message is not None:
        return _said(update.message, found)
    if update.my_chat_member is not None:
        return _standing_changed(update.my_chat_member, found)
    return None


def is_unseen(message: Message) -> bool:
    """Say whether Telegram does not tell who wrote: an anonymous administrator, somebody in a channel's name."""
    return message.sender_chat is not None


def is_addressed(message: Message) -> bool:
    """Say whether a command names the bot it is for."""
    found = _command(message.text or message.caption or "")
    return found is not None and found[2] is not None


def _command(words: str) -> re.Match[str] | None:
    """Return a command's name, the bot that it names, and the words after it."""
    found = _COMMAND.match(words)
    return found if found is not None and is_name(found[1]) else None


def command_payload(command: Command) -> str:
    """Return what a button says that gives a command in the name of whoever taps it; words that do not fit are left.

    It begins with "/", as no intent's tag does.
    """
    whole = f"/{command.name} {command.words}".rstrip()
    fits = whole.isprintable() and len(whole.encode()) <= PAYLOAD_BYTES
    return whole if fits else f"/{command.name}".encode()[:PAYLOAD_BYTES].decode(errors="ignore")


def private_room(user: str) -> Room:
    """Return a person's private chat with the bot."""
    return Room(PLATFORM, user, kind=RoomKind.PRIVATE)


def _place(chat: Chat, thread: str = "") -> Place:
    if chat.type == "private":
        return Place(private_room(str(chat.id)))
    space = str(chat.id) if chat.is_forum else ""
    return Place(Room(PLATFORM, str(chat.id), thread), chat.title or "", space)


def _thread(message: MaybeInaccessibleMessage) -> str:
    """Return the topic; in a group without topics, the number of a thread of replies is nothing to us."""
    if not isinstance(message, Message):
        return ""
    return str(message.message_thread_id) if message.is_topic_message and message.message_thread_id else ""


# Buttons


def tapped(query: CallbackQuery) -> Posted | None:
    """Return the message that may be drawn anew for a tap.

    In a group it is one that bears the button: any payload can be sent with any message there, which is everybody's.
    """
    on = query.message
    if on is None:
        return None
    room = _place(on.chat, _thread(on)).room
    # Of an old one no more is told than where it stands; `updates.parsed` does the same to one that bears the button.
    bears = not on.is_accessible or query.data in payloads(on)
    return Posted(room, str(on.message_id)) if bears or room.is_private else None


def payloads(message: MaybeInaccessibleMessage) -> list[str]:
    """Return what the buttons of a message say."""
    markup = message.reply_markup if isinstance(message, Message) else None
    rows = markup.inline_keyboard if markup is not None else ()
    return [str(button.callback_data) for row in rows for button in row]


def _pressed(query: CallbackQuery, found: _Update) -> Act | None:
    payload, on, sender = query.data, query.message, found.sender(query.from_user)
    if payload is None:  # a game's
        return None
    if on is None:  # on a message that was sent in a chat that we are not in
        place = Place(private_room(sender.user))
    elif on.chat.type == "channel":
        return None
    else:
        place = _place(on.chat, _thread(on))
    if payload.startswith(PROMPT) and (answer := answer_of(payload)) is not None:
        draft, answers, kept = answer
        return Filled(sender=sender, place=place, key=found.key, page_size=1, draft=draft, answers=answers, kept=kept)
    if (command := _command(payload)) is not None:
        return _commanded(command, sender, place, found, None)
    return Press(
        sender=sender,
        place=place,
        key=found.key,
        page_size=1,
        payload=payload,
        posted=tapped(query),
        card_follows=not place.room.is_private,
    )


# Messages


def _said(message: Message, found: _Update) -> Inbound | None:
    # Told in both groups: whichever comes first lets the new one be known before anything else happens there.
    if message.migrate_to_chat_id is not None or message.migrate_from_chat_id is not None:
        old, new = message.migrate_from_chat_id or message.chat.id, message.migrate_to_chat_id or message.chat.id
        return Moved(old=Room(PLATFORM, str(old)), new=Room(PLATFORM, str(new)), key=found.key)
    by = message.from_user
    # Other bots are not talked with. Who writes anonymously seems to be one.
    if by is None or message.is_automatic_forward or (by.is_bot and not is_unseen(message)):
        return None
    if message.chat.type != "private" and message.chat.type not in _GROUPS:
        return None
    place, sender = _place(message.chat, _thread(message)), found.sender(by)
    words = message.text or message.caption or ""
    if (command := _command(words)) is not None:
        return _commanded(command, sender, place, found, _named(message))
    return _spoken(message, words, sender, place, found)


def _spoken(message: Message, words: str, sender: Sender, place: Place, found: _Update) -> Inbound | None:
    if message.forum_topic_reopened is not None:
        return Joined(sender=sender, place=place, key=found.key, page_size=1, back=True)
    is_ours = place.room.is_private or _is_to_us(message, found.me)
    if is_ours and (words or message.effective_attachment is not None):  # else somebody pinned something, say
        return Typed(sender=sender, place=place, key=found.key, page_size=1, words=words, at=_named(message))
    return None


def _commanded(command: re.Match[str], sender: Sender, place: Place, found: _Update, at: datetime | None) -> Act | None:
    name, whose, rest = command[1].lower(), command[2], (command[3] or "").strip()
    if place.room.is_private and name == "start":
        return Opened(sender=sender, place=place, key=found.key, page_size=1, start=rest)
    if place.room.is_private or whose is None or whose.casefold() == found.me.username.casefold():
        return Command(sender=sender, place=place, key=found.key, page_size=1, name=name, words=rest, at=at)
    return None


def _named(message: Message) -> datetime | None:
    """Return the instant that the words name, where Telegram has read one in them; None where there are several."""
    found = [one for one in message.entities or message.caption_entities if one.type == MessageEntity.DATE_TIME]
    if len(found) != 1 or found[0].unix_time is None:
        return None
    shown = found[0].date_time_format or "t"
    return found[0].unix_time if _HOUR & set(shown) else None  # of a mere day, the hour would be guessed


def _is_to_us(message: Message, me: Me) -> bool:
    """Say whether a message in a group is a reply to one of the bot's."""
    to = message.reply_to_message
    # In a topic, everything counts as a reply to its beginning, which may be ours.
    return to is not None and to.from_user is not None and to.from_user.id == me.id and to.forum_topic_created is None


# The bot's own standing in a chat


def _standing_changed(change: ChatMemberUpdated, found: _Update) -> Inbound | None:
    place = _place(change.chat)
    was_there, wrote = _standing(change.old_chat_member)
    is_there, writes = _standing(change.new_chat_member)
    if change.chat.type not in _GROUPS and not place.room.is_private:
        return None
    if not is_there:
        return Left(room=place.room, key=found.key) if was_there else None
    if not writes:
        return Left(room=place.room, muted=True, key=found.key) if wrote or not was_there else None
    promoted = ChatMember.ADMINISTRATOR == change.new_chat_member.status != change.old_chat_member.status
    if was_there and wrote and not promoted:  # an administrator may write where others may not
        return None
    back = was_there or place.room.is_private  # in a private chat: unblocked
    return Joined(sender=found.sender(change.from_user), place=place, key=found.key, page_size=1, back=back)


def _standing(member: ChatMember) -> tuple[bool, bool]:
    """Return whether the bot is in the chat, and whether it may write there."""
    if member.status == ChatMember.RESTRICTED:
        is_there = bool(getattr(member, "is_member", False))
        return is_there, is_there and bool(getattr(member, "can_send_messages", False))
    is_there = member.status in _THERE
    return is_there, is_there
