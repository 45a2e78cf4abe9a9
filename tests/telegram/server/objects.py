"""What stands in the state, as the objects of the Bot API."""

from __future__ import annotations

import time

from tests.telegram.server.problems import JsonObject
from tests.telegram.server.state import Chat, Member, Message, Status, User

_RESTRICTED = [
    f"can_send_{what}"
    for what in ("messages", "audios", "documents", "photos", "videos", "video_notes", "voice_notes", "polls")
] + ["can_send_other_messages", "can_add_web_page_previews", "can_react_to_messages"]
_NEVER_RESTRICTED = ["can_edit_tag", "can_change_info", "can_invite_users", "can_pin_messages", "can_manage_topics"]
_ADMINISTRATOR = [
    f"can_{what}"
    for what in ("manage_chat", "delete_messages", "manage_video_chats", "restrict_members", "promote_members")
] + ["can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories"]


def user(one: User) -> JsonObject:
    """Return a User."""
    shown: JsonObject = {"id": one.id, "is_bot": one.is_bot, "first_name": one.first_name}
    optional = {"last_name": one.last_name, "username": one.username, "language_code": one.language_code}
    return shown | {name: value for name, value in optional.items() if value}


def chat(one: Chat) -> JsonObject:
    """Return a Chat."""
    if one.user is not None:
        named = user(one.user)
        return {
            "id": one.id,
            "type": one.type,
            **{name: named[name] for name in ("first_name", "last_name", "username") if name in named},
        }
    return {"id": one.id, "type": one.type, "title": one.title, **({"is_forum": True} if one.is_forum else {})}


def full_chat(one: Chat) -> JsonObject:
    """Return a ChatFullInfo."""
    gifts = dict.fromkeys(
        ["unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"], True
    )
    return {**chat(one), "accent_color_id": one.id % 7, "max_reaction_count": 11, "accepted_gift_types": gifts}


def member(one: User, standing: Member) -> JsonObject:
    """Return a ChatMember."""
    shown: JsonObject = {"user": user(one), "status": standing.status.value}
    match standing.status:
        case Status.CREATOR:
            shown["is_anonymous"] = standing.anonymous
        case Status.ADMINISTRATOR:
            shown |= {"can_be_edited": False, "is_anonymous": standing.anonymous}
            shown |= dict.fromkeys(_ADMINISTRATOR, True)
        case Status.RESTRICTED:
            shown |= {"is_member": True, "until_date": 0}
            shown |= dict.fromkeys(_RESTRICTED, standing.may_send) | dict.fromkeys(_NEVER_RESTRICTED, False)
        case Status.KICKED:
            shown["until_date"] = 0
    return shown


def message(one: Message, *, quoting: bool = True) -> JsonObject:
    """Return a Message; `quoting` False leaves out what it is a reply to, as within a reply."""
    shown: JsonObject = {"message_id": one.id, "date": one.date, "chat": chat(one.chat), "from": user(one.sender)}
    if one.sender_chat is not None:
        shown["sender_chat"] = chat(one.sender_chat)
    if one.thread is not None:
        shown["message_thread_id"] = one.thread
    if one.in_topic:
        shown["is_topic_message"] = True
    if one.edited is not None:
        shown["edit_date"] = one.edited
    words, entities = ("text", "entities") if one.photo is None else ("caption", "caption_entities")
    if one.text:
        shown[words] = one.text
    if one.entities:
        shown[entities] = one.entities
    if one.photo is not None:
        shown["photo"] = _photo(one)
    if one.rows:
        shown["reply_markup"] = one.markup
    if quoting and (quoted := _quoted(one)):
        shown["reply_to_message"] = message(quoted, quoting=False)
    return shown | one.extra


def _quoted(one: Message) -> Message | None:
    """Return what a message answers; in a topic that is at least the service message that began it."""
    found = one.chat.written.get(one.reply_to or (one.thread if one.in_topic and one.thread else 0))
    return None if found is None or found.deleted else found


def _photo(one: Message) -> list[JsonObject]:
    width, height = one.photo_size
    number = f"{one.chat.id}-{one.id}"
    return [{"file_id": f"photo-{number}", "file_unique_id": f"unique-{number}", "width": width, "height": height}]


def inaccessible(one: Message) -> JsonObject:
    """Return an InaccessibleMessage."""
    return {"chat": chat(one.chat), "message_id": one.id, "date": 0}


def member_updated(where: Chat, by: User, of: User, before: Member, after: Member) -> JsonObject:
    """Return a ChatMemberUpdated."""
    return {
        "chat": chat(where),
        "from": user(by),
        "date": int(time.time()),
        "old_chat_member": member(of, before),
        "new_chat_member": member(of, after),
    }
