"""People on Discord: what they type, press and fill in, and what they see. It reads as a chat:

ada = guild.person("Ada")
await ada.types("newcircle", name="Python")     # in the channel where she is; options by name
await ada.fills(day="Tuesday")                  # the form that has opened
await ada.presses("Publish")                    # the newest button with these words that she sees
assert "Published" in ada.sees
"""  # noqa: D400, D415  # ends with an example

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.discord.filling import Form, option_named, option_value
from tests.discord.server import objects
from tests.discord.server.doing import Answered, Did, Interaction
from tests.discord.server.problems import Json
from tests.discord.server.reading import links
from tests.discord.server.state import OF_BOT, USUAL, Channel, Guild, Kind, May, Message, User

if TYPE_CHECKING:
    from tests.discord.world import World


@dataclass(eq=False)
class Place(Guild):
    """A server with its people and channels. Ask the world for one: `discord.guild("Library")`."""

    world: World = field(kw_only=True)

    def person(
        self,
        name: str,
        *,
        nick: str | None = None,
        may: May = USUAL,
        locale: str = "en-US",
        at: Channel | None = None,
    ) -> Person:
        """Return somebody new who has joined, and stands in a channel: the first one, unless told."""
        user = self.world.realm.user(name, locale=locale)
        return self.joins(Person(self.world, user), nick=nick, may=may, at=at)

    def joins(self, person: Person, *, nick: str | None = None, may: May = USUAL, at: Channel | None = None) -> Person:
        """Let somebody join who is on other servers already."""
        self.world.realm.joins(self, person.user, nick=nick).may = may
        person.here = at or next(iter(self.channels()), None)
        return person

    def channel(self, name: str, kind: Kind = Kind.TEXT) -> Channel:
        """Make a channel."""
        return self.world.realm.channel(self, name, kind)

    def forum(self, name: str) -> Channel:
        """Make a forum, whose posts are threads."""
        return self.channel(name, Kind.FORUM)

    def thread(self, parent: Channel, name: str, by: Person) -> Channel:
        """Let somebody open a thread on a channel, or a post in a forum."""
        thread = self.world.realm.channel(self, name, Kind.THREAD, parent)
        thread.owner = by.user
        thread.in_it[by.user.id] = by.user
        return thread

    def channels(self) -> list[Channel]:
        """Return its channels, without threads."""
        return [one for one in self.world.realm.channels.values() if one.guild is self and one.parent is None]

    def threads(self, parent: Channel) -> list[Channel]:
        """Return the threads on a channel."""
        return self.world.realm.threads(parent)

    def lets_bot(self, may: May = OF_BOT, at: Channel | None = None) -> None:
        """Say what the bot may do, here or in one channel."""
        assert self.bot is not None
        if at is None:
            self.bot.may = may
        else:
            self.bot.here[at.id] = may

    def leaves(self, person: Person) -> None:
        """Let somebody leave the server."""
        del self.members[person.id]

    def deletes(self, channel: Channel) -> None:
        """Delete a channel with the threads on it, or a thread."""
        for one in (channel, *self.threads(channel)):
            one.deleted = True

    def removes_bot(self) -> None:
        """Take the bot off the server."""
        self.members.pop(self.world.realm.bot.id, None)
        self.bot = None

    def adds_bot(self, may: May = OF_BOT) -> None:
        """Take the bot onto the server."""
        self.world.realm.joins(self, self.world.realm.bot).may = may


@dataclass(eq=False)
class Person:
    """Somebody with Discord before them. `here` is where they are; `form` what has opened for them."""

    world: World
    user: User
    here: Channel | None = None
    form: Form | None = None
    did: list[Interaction] = field(default_factory=list)

    @property
    def id(self) -> int:
        """Their number."""
        return self.user.id

    @property
    def mention(self) -> str:
        """How they are mentioned."""
        return f"<@{self.id}>"

    @property
    def direct(self) -> Channel:
        """Their private talk with the bot."""
        return self.world.realm.direct(self.user)

    def closes_dms(self) -> None:
        """Let no members of their servers write to them any more."""
        self.user.takes_dms = False

    def opens_dms(self) -> None:
        """Let members of their servers write to them again."""
        self.user.takes_dms = True

    def blocks(self) -> None:
        """Block the bot."""
        self.user.has_blocked = True

    def unblocks(self) -> None:
        """Let the bot write again."""
        self.user.has_blocked = False

    def deletes(self, message: Message) -> None:
        """Delete a message, as whoever runs a server may."""
        message.deleted = True
        self.world.realm.changed()

    def goes(self, channel: Channel) -> Person:
        """Go to a channel, a thread or a private talk."""
        self.here = channel
        return self

    # -- what they see

    @property
    def private(self) -> list[Message]:
        """What nobody else sees, in the order in which it was said or last changed: for them alone, or in private."""
        own = [
            one
            for one in self.world.realm.messages.values()
            if not one.deleted and (one.only_for is self.user or one.channel.recipient is self.user)
        ]
        return sorted(own, key=lambda one: one.changes)

    @property
    def sees(self) -> str:
        """The newest of it, as words; that something failed, if it did last; "" where there is nothing."""
        if self.did and self.did[-1].has_failed:
            return self.did[-1].shown
        return self.private[-1].shown if self.private else ""

    @property
    def last(self) -> Message:
        """The newest message that nobody else sees."""
        return self.private[-1]

    def visible(self) -> list[Message]:
        """Return all that they can see where they are and privately, the newest last."""
        here = self.here.messages if self.here is not None else []
        found = {one.id: one for one in [*here, *self.private]}
        return sorted(found.values(), key=lambda one: one.changes)

    def with_button(self, words: str) -> Message:
        """Return the newest message that they see with such a button."""
        for fits in (str.__eq__, str.startswith):
            for message in reversed(self.visible()):
                if any(fits(one, words) for one in message.buttons):
                    return message
        shown = [(one.shown, one.buttons) for one in self.visible()]
        raise AssertionError(f"{self.user.name} sees no button {words!r}: {shown}")

    # -- what they do

    async def types(self, command: str, at: Channel | None = None, /, **options: object) -> Interaction:
        """Use a slash command, here or elsewhere; options by their names, people as themselves."""
        where = self._at(at)
        self._wakes(where)
        told = self._command(command, where)
        filled, resolved = self._options(told, options, where)
        for option in told.get("options", []):
            assert not option.get("required") or option["name"] in options, f"/{command} wants {option['name']}"
        data: Json = {"id": told["id"], "type": 1, "name": told["name"], "options": filled}
        return await self._does(Did.COMMAND, where, data | ({"resolved": resolved} if resolved else {}))

    def says(self, words: str, at: Channel | None = None) -> Message:
        """Write to the others, which the bot does not hear; a sleeping thread wakes."""
        where, realm = self._at(at), self.world.realm
        self._wakes(where)
        said = Message(realm.new_id(), where, self.user, words, created=realm.now(), changes=realm.next_change())
        where.written[said.id] = realm.messages[said.id] = said
        return said

    async def completes(self, command: str, option: str, typed: str, **others: object) -> list[str]:
        """Type in an option that is completed, and return what is offered."""
        where = self._at(None)
        told = self._command(command, where)
        found = option_named(told.get("options", []), option)
        assert found is not None, f"/{command} has no {option}"
        assert found.get("autocomplete"), f"{option} of /{command} is not completed"
        filled, resolved = self._options(told, others, where)
        filled.append({"name": found["name"], "type": found["type"], "value": typed, "focused": True})
        data: Json = {"id": told["id"], "type": 1, "name": told["name"], "options": filled}
        asked = await self._does(Did.TYPING, where, data | ({"resolved": resolved} if resolved else {}))
        return [str(choice["name"]) for choice in asked.choices or []]

    async def presses(self, words: str, on: Message | None = None) -> Interaction:
        """Press a button, on a message or on the newest that they see with it."""
        message = on or self.with_button(words)
        self._can_see(message)
        button = message.button(words)
        assert not button.get("disabled"), f"{words} is disabled"
        assert "custom_id" in button, f"{words} is a link: use follows"
        data = {"component_type": 2, "custom_id": button["custom_id"], "id": 1}
        return await self._does(Did.COMPONENT, message.channel, data, message)

    async def taps(self, custom_id: str, on: Message) -> Interaction:
        """Send what a button says that need not stand there any more: it was pressed a moment before."""
        data = {"component_type": 2, "custom_id": custom_id, "id": 1}
        return await self._does(Did.COMPONENT, on.channel, data, on)

    def follows(self, words: str, on: Message | None = None) -> str:
        """Open a link, a button's or one in the text; return its address."""
        message = on or self.with_button(words)
        for button in message.all_buttons():
            if "url" in button and str(button.get("label", "")).startswith(words):
                return str(button["url"])
        raise AssertionError(f"no link {words!r} among {links(message)}")

    async def fills(self, answers: Mapping[str, object] | None = None, /, **more: object) -> Interaction:
        """Fill in the form that is open, by its fields' names or labels, and send it; the rest stays as it is."""
        form = self.form
        assert form is not None, f"no form is open for {self.user.name}: {self.sees!r}"
        given = {**(answers or {}), **more}
        people = {name: one.user for name, one in given.items() if isinstance(one, Person)}
        data = form.filled({**given, **people})
        self._add_resolved(data, people.values(), form.channel)
        self.form = None
        return await self._does(Did.FORM, form.channel, data, form.source, form.opened_by)

    def closes_form(self) -> None:
        """Close the form without sending it."""
        self.form = None

    # -- how

    async def _does(
        self,
        did: Did,
        where: Channel,
        data: Json,
        source: Message | None = None,
        opened_by: Interaction | None = None,
    ) -> Interaction:
        if where.guild is not None:
            member = where.guild.member(self.user)
            assert member is not None, f"{self.user.name} is not on {where.guild.name}"
            assert May.VIEW_CHANNEL in member.may_in(where), f"{self.user.name} does not see {where.name}"
        interaction = self.world.server.interactions.happens(did, self.user, where, data, source, opened_by)
        self.did.append(interaction)
        if not self.world.waits:
            return interaction
        await self.world.answered(interaction)
        if interaction.answered is Answered.FORM:
            self.opens(interaction)
        await self.world.settled()
        return interaction

    def opens(self, interaction: Interaction) -> None:
        """See the form with which something was answered that was not waited for."""
        assert interaction.form is not None, f"no form: {interaction.shown!r}"
        self.form = Form(interaction.form, interaction)

    def _wakes(self, where: Channel) -> None:
        """Wake a thread, as whatever is said in it does; an AssertionError for one that is locked."""
        assert not where.locked, f"{where.name} is locked"
        where.archived, where.stirred = False, self.world.realm.now()

    def _at(self, where: Channel | None) -> Channel:
        found = where or self.here
        assert found is not None, f"where is {self.user.name}?"
        return found

    def _can_see(self, message: Message) -> None:
        assert not message.deleted, "it has been deleted"
        assert message.only_for in {None, self.user}, f"{self.user.name} does not see what is for somebody else"
        assert message.channel.recipient in {None, self.user}, "that is somebody else's private talk"

    def _command(self, name: str, where: Channel) -> Json:
        told = self.world.realm.commands.get(name)
        assert told is not None, f"there is no /{name} among {sorted(self.world.realm.commands)}"
        context = 1 if where.guild is None else 0
        assert context in (told.get("contexts") or [0, 1, 2]), f"/{name} is not offered here"
        if where.guild is not None:
            may = where.guild.members[self.id].may_in(where)
            assert May.USE_APPLICATION_COMMANDS in may, f"{self.user.name} may use no commands here"
            needed = May(int(told.get("default_member_permissions") or 0))
            is_owner = where.guild.owner is self.user
            assert is_owner or needed in may, f"/{name} is hidden from {self.user.name}"
        return told

    def _options(self, told: Json, given: Mapping[str, object], where: Channel) -> tuple[list[Json], Json]:
        filled: list[Json] = []
        data: Json = {}
        for name, value in given.items():
            option = option_named(told.get("options", []), name)
            assert option is not None, f"/{told['name']} has no {name}"
            told_value = value.user if isinstance(value, Person) else value
            filled.append({"name": option["name"], "type": option["type"], "value": option_value(option, told_value)})
            if isinstance(value, Person):
                self._add_resolved(data, [value.user], where)
        return filled, data.get("resolved", {})

    @staticmethod
    def _add_resolved(data: Json, people: Iterable[User], where: Channel) -> None:
        for user in people:
            resolved = data.setdefault("resolved", {"users": {}})
            resolved["users"][str(user.id)] = objects.user(user)
            if where.guild is not None and user.id in where.guild.members:
                shown = objects.member(where.guild.members[user.id], May.NOTHING, where.began)
                shown = {name: value for name, value in shown.items() if name not in {"user", "deaf", "mute"}}
                resolved.setdefault("members", {})[str(user.id)] = shown
