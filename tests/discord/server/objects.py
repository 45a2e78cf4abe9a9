"""What the server knows, as Discord's JSON tells it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from tests.discord.server.problems import Json
from tests.discord.server.state import (
    EVERYTHING,
    Attachment,
    Channel,
    Guild,
    Kind,
    May,
    Member,
    Message,
    ScheduledEvent,
    User,
)

if TYPE_CHECKING:
    from tests.discord.server.realm import Realm


def time(instant: datetime | None) -> str | None:
    """Return an instant as Discord writes it."""
    return None if instant is None else instant.isoformat(timespec="microseconds")


def user(told: User) -> Json:
    """Return a user."""
    return {
        "id": str(told.id),
        "username": told.username,
        "global_name": told.name or None,
        "avatar": None,
        "discriminator": "0",
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    } | ({"bot": True} if told.is_bot else {})


def me(told: User) -> Json:
    """Return the bot, as it is told of itself."""
    return user(told) | {"mfa_enabled": True, "locale": "en-US", "email": None, "verified": True}


def application(realm: Realm) -> Json:
    """Return the bot's application, as it is told of itself."""
    return {
        "id": str(realm.bot.id),
        "icon": None,
        "description": "",
        "type": None,
        "bot": user(realm.bot),
        "verify_key": "0" * 64,
        "bot_require_code_grant": False,
        "flags_new": "0",
        "redirect_uris": [],
        "role_connections_verification_url": None,
        "owner": user(realm.owner),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": [],
        "integration_types_config": {"0": {}},
        **realm.application,
    }


def member(told: Member, may: May | None = None, joined: datetime | None = None) -> Json:
    """Return somebody on a server; an interaction tells, too, what they `may` do where it is."""
    shown: Json = {
        "user": user(told.user),
        "nick": told.nick,
        "avatar": None,
        "banner": None,
        "roles": [],
        "joined_at": time(joined),
        "premium_since": None,
        "communication_disabled_until": None,
        "pending": False,
        "deaf": False,
        "mute": False,
        "flags": 0,
    }
    return shown | ({} if may is None else {"permissions": str(int(may))})


def guild(told: Guild) -> Json:
    """Return a server."""
    everyone = {
        "id": str(told.id),
        "name": "@everyone",
        "description": None,
        "permissions": str(int(told.bot.may if told.bot else EVERYTHING)),
        "position": 0,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    nothing = (
        "icon description home_header splash discovery_splash banner application_id afk_channel_id system_channel_id "
        "widget_channel_id vanity_url_code rules_channel_id safety_alerts_channel_id public_updates_channel_id "
        "incidents_data max_presences"
    )
    zero = (
        "system_channel_flags verification_level default_message_notifications mfa_level explicit_content_filter "
        "premium_tier premium_subscription_count nsfw_level"
    )
    return {
        **dict.fromkeys(nothing.split()),
        **dict.fromkeys(zero.split(), 0),
        "id": str(told.id),
        "name": told.name,
        "owner_id": str(told.owner.id),
        "features": [],
        "region": "deprecated",
        "afk_timeout": 300,
        "widget_enabled": False,
        "roles": [everyone],
        "max_members": 500_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "preferred_locale": told.locale,
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "emojis": [],
        "stickers": [],
    }


def channel(told: Channel) -> Json:
    """Return a channel, a thread or a private talk."""
    shown: Json = {
        "id": str(told.id),
        "type": int(told.kind),
        "flags": 0,
        "last_message_id": str(told.last.id) if told.messages else None,
    }
    if told.recipient is not None:
        return shown | {"recipients": [user(told.recipient)]}
    assert told.guild is not None
    shown |= {"guild_id": str(told.guild.id), "name": told.name, "rate_limit_per_user": 0}
    if told.parent is None:
        more: Json = {
            "default_sort_order": None,
            "default_forum_layout": 0,
            "available_tags": [],
            "default_reaction_emoji": None,
        }
        return shown | {
            "position": 0,
            "parent_id": None,
            "topic": None,
            "nsfw": False,
            "permission_overwrites": [],
            **(more if told.kind is Kind.FORUM else {}),
        }
    began = time(told.began)
    return shown | {
        "parent_id": str(told.parent.id),
        "owner_id": str(told.owner.id if told.owner else told.guild.owner.id),
        "message_count": len(told.messages),
        "total_message_sent": len(told.written),
        "member_count": len(told.in_it),
        "thread_metadata": {
            "archived": told.archived,
            "archive_timestamp": began,
            "auto_archive_duration": told.sleeps_after,
            "locked": told.locked,
            "create_timestamp": began,
        },
    }


def thread_member(thread: Channel, of: User) -> Json:
    """Return that somebody is in a thread."""
    return {"id": str(thread.id), "user_id": str(of.id), "join_timestamp": time(thread.began), "flags": 0}


def message(told: Message, realm: Realm) -> Json:
    """Return a message."""
    shown: Json = {
        "id": str(told.id),
        "channel_id": str(told.channel.id),
        "type": 20 if told.interaction and told.interaction["type"] == 2 else 0,
        "author": user(told.author),
        "content": told.content,
        "timestamp": time(told.created),
        "edited_timestamp": time(told.edited),
        "tts": False,
        "mention_everyone": told.notifies_everyone,
        "mentions": [user(one) for one in told.notified],
        "mention_roles": [],
        "attachments": [attachment(one) for one in told.attachments],
        "embeds": [_embed(one, told) for one in told.embeds],
        "components": _numbered(told.components),
        "pinned": False,
        "flags": told.flags,
    }
    if told.nonce is not None:
        shown["nonce"] = told.nonce
    if told.author is realm.bot:
        shown["application_id"] = str(realm.bot.id)
    if told.interaction:
        shown |= {"interaction_metadata": told.interaction, "webhook_id": str(realm.bot.id)}
    return shown


def attachment(told: Attachment) -> Json:
    """Return a file on a message."""
    shown = {
        "id": str(told.id),
        "filename": told.filename,
        "size": len(told.data),
        "url": f"https://cdn.example/attachments/{told.id}/{told.filename}",
        "proxy_url": f"https://media.example/attachments/{told.id}/{told.filename}",
        "content_type": "image/png",
        "width": 1,
        "height": 1,
    }
    return shown | ({"description": told.description} if told.description else {})


def _embed(told: Json, of: Message) -> Json:
    """Return an embed with what Discord adds to it: a picture that is attached has an address of its own."""
    shown: Json = {"type": "rich", **told}
    if (image := told.get("image")) and str(image.get("url", "")).startswith("attachment://"):
        name = image["url"].removeprefix("attachment://")
        found = [one for one in of.attachments if one.filename == name]
        shown["image"] = {"url": attachment(found[0])["url"] if found else image["url"], "width": 1, "height": 1}
    return shown


def _numbered(components: list[Json]) -> list[Json]:
    """Return components, each with a number that Discord gives it."""
    number = 0
    shown = []
    for row in components:
        number += 1
        one = {**row, "id": number, "components": []}
        for part in row.get("components", []):
            number += 1
            one["components"].append({**part, "id": number})
        shown.append(one)
    return shown


def event(told: ScheduledEvent) -> Json:
    """Return an entry in a server's calendar."""
    return {
        "id": str(told.id),
        "guild_id": str(told.guild.id),
        "name": told.name,
        "description": told.description,
        "channel_id": None,
        "creator_id": str(told.creator.id),
        "creator": user(told.creator),
        "image": None,
        "scheduled_start_time": time(told.starts_at),
        "scheduled_end_time": time(told.ends_at),
        "status": told.status,
        "entity_type": 3,
        "entity_id": None,
        "recurrence_rule": None,
        "privacy_level": 2,
        "guild_scheduled_event_exceptions": [],
        "entity_metadata": {"location": told.place},
    }
