"""Messages: said in a room, drawn anew, read, taken away."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from tests.discord.server import objects
from tests.discord.server.checks import check_message, check_not_empty
from tests.discord.server.problems import Json, Problem
from tests.discord.server.realm import Call, Realm
from tests.discord.server.state import Attachment, Channel, Kind, May, Message, User

NONCE_S: Final = 300.0
"""For how many seconds a repeated nonce finds the message that it made."""
_KEPT_FLAGS: Final = (1 << 2) | (1 << 12)
_PERSON: Final = re.compile(r"<@!?(\d+)>")


class Messages:
    """What can be asked about messages."""

    def __init__(self, realm: Realm) -> None:
        self.realm = realm

    async def create(self, call: Call) -> Json:
        """Say something."""
        realm, body = self.realm, call.json
        channel = self.channel(call)
        self.may_write(channel, body, call.files)
        check_message(body)
        nonce = body.get("nonce")
        if nonce is not None and body.get("enforce_nonce") and (told := realm.told_by_nonce.get(str(nonce))):
            assert told.created is not None
            if realm.now() - told.created < timedelta(seconds=NONCE_S):
                return objects.message(told, realm)
        said = self.say(channel, body, call.files)
        if nonce is not None:
            said.nonce = str(nonce)
            realm.told_by_nonce[str(nonce)] = said
        return objects.message(said, realm)

    async def edit(self, call: Call) -> Json:
        """Draw something anew that was said."""
        message = self.message(call, self.channel(call))
        if message.author is not self.realm.bot:
            raise Problem(50005)
        if message.channel.archived:
            raise Problem(50083)
        check_message(call.json)
        self.realm.limits.edit_of(message.id, message.created)
        self.draw(message, call.json, call.files)
        return objects.message(message, self.realm)

    async def get(self, call: Call) -> Json:
        """Read a message."""
        return objects.message(self.message(call, self.channel(call)), self.realm)

    async def delete(self, call: Call) -> None:
        """Take a message away."""
        channel = self.channel(call)
        message = self.message(call, channel)
        if message.author is not self.realm.bot and May.MANAGE_MESSAGES not in self.may(channel):
            raise Problem(50013)
        message.deleted = True

    # -- what others need, too

    def channel(self, call: Call) -> Channel:
        """Return the channel of a request, if the bot sees it."""
        channel = self.realm.channels.get(call.id("channel_id"))
        if channel is None or channel.deleted:
            raise Problem(10003)
        seen = May.VIEW_CHANNEL | May.CONNECT if channel.kind is Kind.VOICE else May.VIEW_CHANNEL
        if seen not in self.may(channel):
            raise Problem(50001)
        return channel

    def may(self, channel: Channel) -> May:
        """Return what the bot may do in a channel; nothing where it is not."""
        if channel.guild is None:
            return May.VIEW_CHANNEL | May.SEND_MESSAGES | May.EMBED_LINKS | May.ATTACH_FILES
        if channel.guild.bot is None or channel.guild.id not in self.realm.guilds:
            return May.NOTHING
        return channel.guild.bot.may_in(channel)

    def may_write(self, channel: Channel, body: Json, files: Mapping[int, object]) -> None:
        """Raise why the bot may not say this here."""
        if channel.kind is Kind.FORUM:
            raise Problem(50008)
        if channel.recipient is not None:
            if not self.realm.shares_guild(channel.recipient):
                raise Problem(50278)
            if not channel.recipient.takes_dms or channel.recipient.has_blocked:
                raise Problem(50007)
        may = self.may(channel)
        needed = May.SEND_MESSAGES_IN_THREADS if channel.parent else May.SEND_MESSAGES
        needed |= May.EMBED_LINKS if body.get("embeds") else May.NOTHING
        needed |= May.ATTACH_FILES if files else May.NOTHING
        if needed not in may:
            raise Problem(50013)
        if channel.archived:
            raise Problem(50083)
        if channel.locked and May.MANAGE_THREADS not in may:
            raise Problem(160005)

    def message(self, call: Call, channel: Channel) -> Message:
        """Return the message of a request, if everybody can see it there."""
        message = channel.written.get(call.id("message_id"))
        if message is None or message.deleted or message.only_for is not None:
            raise Problem(10008)
        return message

    def say(
        self,
        channel: Channel,
        body: Json,
        files: Mapping[int, tuple[str, bytes]],
        *,
        only_for: User | None = None,
        interaction: Json | None = None,
        flags: int = 0,
    ) -> Message:
        """Let a message of the bot's stand in a channel; nobody checks whether it may."""
        realm = self.realm
        attachments = self._attached(body, files, ())
        embeds, components = body.get("embeds") or [], body.get("components") or []
        if not flags:
            check_not_empty(body.get("content") or "", embeds, components, len(attachments))
        said = Message(
            realm.new_id(),
            channel,
            realm.bot,
            body.get("content") or "",
            embeds,
            components,
            attachments,
            flags | ((body.get("flags") or 0) & _KEPT_FLAGS),
            only_for,
            created=realm.now(),
            interaction=interaction,
            asked=body,
            changes=realm.next_change(),
            names=realm.names(channel.guild),
        )
        said.notified, said.notifies_everyone = self._notified(said, body)
        self._look_at_pictures(said)
        channel.stirred = realm.now()
        channel.written[said.id] = realm.messages[said.id] = said
        return said

    def draw(self, message: Message, body: Json, files: Mapping[int, tuple[str, bytes]]) -> None:
        """Draw a message anew; what is not said of it stays. Nobody checks whether it may be."""
        content = message.content if "content" not in body else body["content"] or ""
        embeds = message.embeds if "embeds" not in body else body["embeds"] or []
        components = message.components if "components" not in body else body["components"] or []
        attachments = message.attachments
        if "attachments" in body or files:
            attachments = self._attached(body, files, message.attachments)
        check_not_empty(content, embeds, components, len(attachments))
        message.keep()
        message.content, message.embeds, message.components, message.attachments = (
            content,
            embeds,
            components,
            attachments,
        )
        message.edited, message.changes = self.realm.now(), self.realm.next_change()
        message.names, message.asked = self.realm.names(message.channel.guild), body
        self._look_at_pictures(message)

    def _look_at_pictures(self, message: Message) -> None:
        """Note a picture that is shown and not attached: people see that it is broken."""
        names = {one.filename for one in message.attachments}
        for embed in message.embeds:
            for kind in ("image", "thumbnail"):
                scheme, _, name = str(embed.get(kind, {}).get("url", "")).partition("://")
                if scheme == "attachment" and name not in names:
                    self.realm.violations.append(f"a message shows {name}, which is not attached to it")

    def _attached(
        self, body: Json, files: Mapping[int, tuple[str, bytes]], before: tuple[Attachment, ...] | list[Attachment]
    ) -> list[Attachment]:
        """Return what is attached: of what was there the parts that are named again, and new files."""
        told = body.get("attachments")
        kept = {str(one.id): one for one in before}
        if told is None:
            return [*before, *(Attachment(self.realm.new_id(), name, data) for name, data in files.values())]
        attached = []
        for one in told:
            if str(one["id"]) in kept:
                attached.append(kept[str(one["id"])])
            elif int(one["id"]) in files:
                name, data = files[int(one["id"])]
                words = one.get("description") or ""
                attached.append(Attachment(self.realm.new_id(), one.get("filename") or name, data, words))
        return attached

    def _notified(self, message: Message, body: Json) -> tuple[list[User], bool]:
        """Return whom the words of a message notify, and whether everybody; embeds notify nobody."""
        allowed = body.get("allowed_mentions")
        named = [self.realm.users[int(one)] for one in _PERSON.findall(message.content) if int(one) in self.realm.users]
        is_for_all = "@everyone" in message.content or "@here" in message.content
        if allowed is None:
            return list(dict.fromkeys(named)), is_for_all
        if "users" not in allowed.get("parse", []):
            users = {int(one) for one in allowed.get("users", [])}
            named = [one for one in named if one.id in users]
        return list(dict.fromkeys(named)), is_for_all and "everyone" in allowed.get("parse", [])
