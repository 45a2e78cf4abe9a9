"""Servers, channels, threads, private talks, and the calendars of servers."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from tests.discord.server import objects
from tests.discord.server.checks import check_message
from tests.discord.server.messages import Messages
from tests.discord.server.problems import Json, Problem, Wrongs
from tests.discord.server.realm import Call, Realm
from tests.discord.server.state import Channel, Guild, Kind, May, ScheduledEvent

EVENTS: Final = 100
_SCHEDULED, _ON, _OVER, _OFF = 1, 2, 3, 4


class Places:
    """What can be asked about where people are."""

    def __init__(self, realm: Realm, messages: Messages) -> None:
        self.realm = realm
        self.messages = messages

    async def guild(self, call: Call) -> Json:
        """Return a server."""
        return objects.guild(self._guild(call))

    async def channel(self, call: Call) -> Json:
        """Return a channel or thread."""
        return objects.channel(self.messages.channel(call))

    async def create_dm(self, call: Call) -> Json:
        """Open a private talk."""
        user = self.realm.users.get(int(call.json.get("recipient_id", 0)))
        if user is None:
            raise Problem(10013)
        if user.is_bot:
            raise Problem(50007)
        return objects.channel(self.realm.direct(user))

    # -- threads

    async def create_thread(self, call: Call) -> Json:
        """Open a thread on a channel, a post in a forum."""
        parent, body = self.messages.channel(call), call.json
        if parent.guild is None or parent.parent is not None or parent.kind is Kind.VOICE:
            raise Problem(50024)
        may = self.messages.may(parent)
        is_post = parent.kind is Kind.FORUM
        if (May.SEND_MESSAGES if is_post else May.CREATE_PUBLIC_THREADS) not in may:
            raise Problem(50013)
        wrongs = Wrongs()
        wrongs.length("name", body.get("name"), 1, 100)
        if is_post and "message" not in body:
            wrongs.add("message", "BASE_TYPE_REQUIRED", "This field is required")
        wrongs.raise_any()
        if parent.wants_tag and not body.get("applied_tags"):
            raise Problem(40067)
        kind = Kind.THREAD if is_post else Kind(body.get("type") or Kind.PRIVATE_THREAD)
        thread = self.realm.channel(parent.guild, body["name"], kind, parent)
        thread.owner = self.realm.bot
        thread.sleeps_after = body.get("auto_archive_duration") or thread.sleeps_after
        thread.in_it[self.realm.bot.id] = self.realm.bot
        told = objects.channel(thread) | {"member": objects.thread_member(thread, self.realm.bot)}
        if is_post:
            check_message(body["message"])
            said = self.messages.say(thread, body["message"], call.files)
            told["message"] = objects.message(said, self.realm)
        self.realm.changed()
        return told

    async def add_to_thread(self, call: Call) -> None:
        """Add somebody to a thread."""
        thread = self._thread(call)
        user = self.realm.users.get(call.id("user_id"))
        if user is None:
            raise Problem(10013)
        assert thread.guild is not None
        if user.id not in thread.guild.members:
            raise Problem(10007)
        if thread.archived:
            raise Problem(50083)
        thread.in_it[user.id] = user

    async def update_channel(self, call: Call) -> Json:
        """Archive or lock a thread, or take it out of there."""
        thread, body = self._thread(call), call.json
        may = self.messages.may(thread)
        runs_it = May.MANAGE_THREADS in may
        if May.SEND_MESSAGES_IN_THREADS not in may and not runs_it:
            raise Problem(50013)
        if "locked" in body and not runs_it:
            raise Problem(50013)
        if thread.locked and not runs_it:
            raise Problem(50013)
        if "archived" in body and not runs_it and body["archived"] and thread.owner is not self.realm.bot:
            raise Problem(50013)
        if thread.archived and body.get("archived") is not False:
            raise Problem(50083)
        if thread.archived:
            thread.stirred = self.realm.now()
        thread.archived = bool(body.get("archived", thread.archived))
        thread.locked = bool(body.get("locked", thread.locked))
        thread.name = body.get("name") or thread.name
        self.realm.changed()
        return objects.channel(thread)

    # -- the calendar

    async def events(self, call: Call) -> list[Json]:
        """Return what stands in a server's calendar."""
        return [objects.event(one) for one in self._guild(call).events.values() if one.status in {_SCHEDULED, _ON}]

    async def event(self, call: Call) -> Json:
        """Return an entry of a server's calendar."""
        return objects.event(self._event(call))

    async def create_event(self, call: Call) -> Json:
        """Put something into a server's calendar."""
        guild, body = self._guild(call), call.json
        assert guild.bot is not None
        if not guild.bot.may & (May.CREATE_EVENTS | May.ADMINISTRATOR):
            raise Problem(50013)
        if len([one for one in guild.events.values() if one.status in {_SCHEDULED, _ON}]) >= EVENTS:
            raise Problem(30038)
        made = ScheduledEvent(
            self.realm.new_id(),
            guild,
            self.realm.bot,
            body.get("name", ""),
            body.get("description"),
            (body.get("entity_metadata") or {}).get("location", ""),
            _instant(body, "scheduled_start_time") or self.realm.now(),
            _instant(body, "scheduled_end_time"),
        )
        self._check_event(made, body)
        guild.events[made.id] = made
        self.realm.changed()
        return objects.event(made)

    async def update_event(self, call: Call) -> Json:
        """Change an entry of a server's calendar."""
        event, body = self._event(call), call.json
        self._may_change(event)
        if event.status in {_OVER, _OFF}:
            raise Problem(180000)
        changed = ScheduledEvent(
            event.id,
            event.guild,
            event.creator,
            body.get("name", event.name),
            body.get("description", event.description),
            (body.get("entity_metadata") or {}).get("location", event.place),
            _instant(body, "scheduled_start_time") or event.starts_at,
            _instant(body, "scheduled_end_time") or event.ends_at,
            body.get("status") or event.status,
            event.edits + 1,
        )
        self._check_event(changed, body)
        if changed.status not in {event.status, *({_ON, _OFF} if event.status == _SCHEDULED else {_OVER})}:
            wrongs = Wrongs()
            wrongs.add(
                "status", "GUILD_SCHEDULED_EVENT_INVALID_STATUS_TRANSITION", "Invalid Guild Scheduled Event Status"
            )
            wrongs.raise_any()
        event.__dict__.update(changed.__dict__)
        self.realm.changed()
        return objects.event(event)

    async def delete_event(self, call: Call) -> None:
        """Take an entry out of a server's calendar."""
        event = self._event(call)
        self._may_change(event)
        del event.guild.events[event.id]
        self.realm.changed()

    def _check_event(self, event: ScheduledEvent, body: Json) -> None:
        wrongs = Wrongs()
        wrongs.length("name", event.name, 1, 100)
        if event.description is not None:
            wrongs.length("description", event.description, 0, 1000)
        wrongs.length("entity_metadata.location", event.place, 1, 100)
        if "scheduled_start_time" in body and event.starts_at <= self.realm.now() and event.status == _SCHEDULED:
            code = "GUILD_SCHEDULED_EVENT_SCHEDULE_PAST"
            wrongs.add("scheduled_start_time", code, "Cannot schedule event in the past.")
        if event.ends_at is None:
            wrongs.add("scheduled_end_time", "BASE_TYPE_REQUIRED", "This field is required")
        elif event.ends_at <= event.starts_at:
            code = "GUILD_SCHEDULED_EVENT_END_BEFORE_START"
            wrongs.add("scheduled_end_time", code, "Cannot schedule event to end before it starts.")
        wrongs.raise_any()

    def _may_change(self, event: ScheduledEvent) -> None:
        bot = event.guild.bot
        assert bot is not None
        is_ours = event.creator is self.realm.bot and bool(bot.may & (May.CREATE_EVENTS | May.ADMINISTRATOR))
        if not is_ours and not bot.may & (May.MANAGE_EVENTS | May.ADMINISTRATOR):
            raise Problem(50013)

    # -- finding

    def _guild(self, call: Call) -> Guild:
        guild = self.realm.guilds.get(call.id("guild_id"))
        if guild is None or guild.bot is None:
            raise Problem(10004)
        return guild

    def _event(self, call: Call) -> ScheduledEvent:
        event = self._guild(call).events.get(call.id("guild_scheduled_event_id"))
        if event is None:
            raise Problem(10070)
        return event

    def _thread(self, call: Call) -> Channel:
        thread = self.messages.channel(call)
        if thread.parent is None:
            raise Problem(50024)
        return thread


def _instant(body: Json, name: str) -> datetime | None:
    return datetime.fromisoformat(body[name]) if body.get(name) else None
