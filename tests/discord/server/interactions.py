"""What people do with the bot, and how it is answered: at once or put off, for one or for all, within its time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.discord.server import objects
from tests.discord.server.checks import check_form, check_message
from tests.discord.server.doing import Answered, Did, Interaction
from tests.discord.server.messages import Messages
from tests.discord.server.problems import Json, Problem, Wrongs
from tests.discord.server.realm import Call, Realm
from tests.discord.server.state import EPHEMERAL, LOADING, Channel, May, Message, User

_ALLOWED: Final = {
    Did.COMMAND: {Answered.MESSAGE, Answered.LATER, Answered.FORM},
    Did.COMPONENT: {Answered.MESSAGE, Answered.LATER, Answered.LATER_IN_PLACE, Answered.IN_PLACE, Answered.FORM},
    Did.TYPING: {Answered.CHOICES},
    Did.FORM: {Answered.MESSAGE, Answered.LATER},
}


class Interactions:
    """What can be asked with an interaction's token."""

    def __init__(self, realm: Realm, messages: Messages) -> None:
        self.realm = realm
        self.messages = messages

    # -- what people do

    def happens(  # all that there is to it
        self,
        did: Did,
        user: User,
        channel: Channel,
        data: Json,
        source: Message | None = None,
        opened_by: Interaction | None = None,
    ) -> Interaction:
        """Let somebody do something; the bot is told of it."""
        realm = self.realm
        number = realm.new_id()
        token = f"aW50ZXJhY3Rpb246{number:x}"
        told = self._told(number, token, did, user, channel) | {"data": data}
        if source is not None:
            told["message"] = objects.message(source, realm)
        made = Interaction(
            number, token, did, user, channel, realm.now(), told, source, opened_by, patience=realm.patience
        )
        realm.interactions[number] = made
        self.deliver(made)
        return made

    def deliver(self, interaction: Interaction) -> None:
        """Tell the bot of an interaction; once more, if it was told before. Without any connection it fails at once."""
        guild = interaction.channel.guild
        is_told = self.realm.dispatch(guild.id if guild else None, "INTERACTION_CREATE", interaction.told)
        if not is_told and not interaction.settled.is_set():
            self.realm.fails(interaction)
        self.realm.changed()

    def _told(self, number: int, token: str, did: Did, user: User, channel: Channel) -> Json:
        application = str(self.realm.bot.id)
        told: Json = {
            "id": str(number),
            "application_id": application,
            "type": int(did),
            "token": token,
            "version": 1,
            "locale": user.locale,
            "channel": objects.channel(channel),
            "channel_id": str(channel.id),
            "app_permissions": str(int(self.messages.may(channel))),
            "entitlements": [],
            "attachment_size_limit": 10 * 2**20,
        }
        if channel.guild is None:
            return told | {"user": objects.user(user), "context": 1, "authorizing_integration_owners": {"0": "0"}}
        member = channel.guild.members[user.id]
        told["channel"]["permissions"] = str(int(member.may_in(channel)))
        return told | {
            "member": objects.member(member, self._may(member.may_in(channel), user, channel), self.realm.now()),
            "guild": {"id": str(channel.guild.id), "locale": channel.guild.locale, "features": []},
            "guild_id": str(channel.guild.id),
            "guild_locale": channel.guild.locale,
            "context": 0,
            "authorizing_integration_owners": {"0": str(channel.guild.id)},
        }

    @staticmethod
    def _may(may: May, user: User, channel: Channel) -> May:
        assert channel.guild is not None
        return May(sum(May)) if channel.guild.owner is user else may

    # -- the first answer

    async def callback(self, call: Call) -> Json | None:
        """Answer an interaction for the first time."""
        realm, body = self.realm, call.json
        interaction = realm.interactions.get(call.id("interaction_id"))
        if interaction is None or interaction.token != call.path["interaction_token"]:
            raise Problem(10062)
        if interaction.answered is not None:
            raise Problem(40060)
        if interaction.has_failed or interaction.is_overdue(realm.now()):
            raise Problem(10062)
        kind = self._kind(interaction, body)
        data = body.get("data") or {}
        self._answer(interaction, kind, data, call.files)
        interaction.answered = kind
        if kind is not Answered.LATER:
            interaction.settled.set()
        realm.changed()
        if call.query.get("with_response", "").lower() not in {"true", "1"}:
            return None
        return self._resource(interaction, kind)

    @staticmethod
    def _kind(interaction: Interaction, body: Json) -> Answered:
        allowed = set(_ALLOWED[interaction.did])
        if interaction.did is Did.FORM and interaction.source is not None:
            allowed |= {Answered.LATER_IN_PLACE, Answered.IN_PLACE}
        if body.get("type") not in allowed:
            wrongs = Wrongs()
            one_of = ", ".join(str(int(one)) for one in sorted(allowed))
            wrongs.add("type", "BASE_TYPE_CHOICES", f"Value must be one of {{{one_of}}}.")
            wrongs.raise_any()
        return Answered(body["type"])

    def _answer(
        self, interaction: Interaction, kind: Answered, data: Json, files: Mapping[int, tuple[str, bytes]]
    ) -> None:
        match kind:
            case Answered.MESSAGE:
                interaction.original = self._say(interaction, data, files, is_ephemeral=bool(_flags(data) & EPHEMERAL))
            case Answered.LATER:
                interaction.was_ephemeral = bool(_flags(data) & EPHEMERAL)
                flags = LOADING | (EPHEMERAL if interaction.was_ephemeral else 0)
                interaction.original = self._stand(interaction, {}, {}, flags)
            case Answered.LATER_IN_PLACE:
                interaction.original = interaction.source
            case Answered.IN_PLACE:
                assert interaction.source is not None
                if interaction.source.deleted:
                    raise Problem(10008)
                check_message(data)
                self.messages.draw(interaction.source, data, files)
                interaction.original = interaction.source
            case Answered.CHOICES:
                interaction.choices = _checked_choices(data)
            case Answered.FORM:
                check_form(data)
                interaction.form = data

    def _resource(self, interaction: Interaction, kind: Answered) -> Json:
        told: Json = {"id": str(interaction.id), "type": int(interaction.did)}
        answer: Json = {"interaction": told}
        if (message := interaction.original) is not None:
            told |= {
                "response_message_id": str(message.id),
                "response_message_loading": message.is_loading,
                "response_message_ephemeral": message.is_ephemeral,
            }
            if kind in {Answered.MESSAGE, Answered.IN_PLACE}:
                answer["resource"] = {"type": int(kind), "message": objects.message(message, self.realm)}
        return answer

    # -- what follows

    async def followup(self, call: Call) -> Json:
        """Say something more; the first after "thinking…" takes its place."""
        interaction = self._alive(call)
        if interaction.answered is None:
            raise Problem(10015)
        original = interaction.original
        if original is not None and original.is_loading:
            return self._fill(interaction, original, call)
        body = call.json
        said = self._say(interaction, body, call.files, is_ephemeral=bool(_flags(body) & EPHEMERAL))
        interaction.followups.append(said)
        self._settle(interaction)
        return objects.message(said, self.realm)

    async def get(self, call: Call) -> Json:
        """Read what was answered."""
        return objects.message(self._answer_of(call), self.realm)

    async def edit(self, call: Call) -> Json:
        """Draw anew what was answered."""
        interaction = self._alive(call)
        message = self._answer_of(call)
        if message.is_loading:
            return self._fill(interaction, message, call)
        check_message(call.json)
        self.messages.draw(message, call.json, call.files)
        self._settle(interaction)
        return objects.message(message, self.realm)

    async def delete(self, call: Call) -> None:
        """Take away what was answered."""
        message = self._answer_of(call)
        message.deleted = True
        message.changes = self.realm.next_change()
        self._settle(self._alive(call))

    def _alive(self, call: Call) -> Interaction:
        if call.path["webhook_id"] != str(self.realm.bot.id):
            raise Problem(10015)
        for one in self.realm.interactions.values():
            if one.token == call.path["webhook_token"]:
                if one.is_dead(self.realm.now()):
                    raise Problem(50027)
                return one
        raise Problem(50027)

    def _answer_of(self, call: Call) -> Message:
        interaction = self._alive(call)
        if interaction.answered is None:
            raise Problem(10015)
        which = call.path["message_id"]
        own = [interaction.original, *interaction.followups]
        found = (
            interaction.original if which == "@original" else next((o for o in own if o and str(o.id) == which), None)
        )
        if found is None or found.deleted:
            raise Problem(10008)
        return found

    def _fill(self, interaction: Interaction, message: Message, call: Call) -> Json:
        """Put the answer where the bot was "thinking…"; who sees it has been said before."""
        check_message(call.json)
        message.flags &= ~LOADING
        try:
            self.messages.draw(message, call.json, call.files)
        except Problem:
            message.flags |= LOADING
            raise
        message.edits.clear()
        message.edited = None
        self._settle(interaction)
        return objects.message(message, self.realm)

    def _settle(self, interaction: Interaction) -> None:
        interaction.settled.set()
        self.realm.changed()

    def _say(
        self, interaction: Interaction, data: Json, files: Mapping[int, tuple[str, bytes]], *, is_ephemeral: bool
    ) -> Message:
        check_message(data)
        return self._stand(interaction, data, files, EPHEMERAL if is_ephemeral else 0)

    def _stand(
        self, interaction: Interaction, data: Json, files: Mapping[int, tuple[str, bytes]], flags: int
    ) -> Message:
        whose = interaction.user if flags & EPHEMERAL else None
        said = self.messages.say(
            interaction.channel, data, files, only_for=whose, interaction=_metadata(interaction), flags=flags & LOADING
        )
        said.flags |= flags
        return said


def _metadata(interaction: Interaction) -> Json:
    """Return what a message tells of how it came about."""
    told: Json = {
        "id": str(interaction.id),
        "type": int(interaction.did),
        "user": objects.user(interaction.user),
        "authorizing_integration_owners": interaction.told["authorizing_integration_owners"],
    }
    if interaction.did is Did.COMPONENT and interaction.source is not None:
        told["interacted_message_id"] = str(interaction.source.id)
    if interaction.opened_by is not None:
        told["triggering_interaction_metadata"] = _metadata(interaction.opened_by)
    return told


def _flags(data: Json) -> int:
    return int(data.get("flags") or 0)


def _checked_choices(data: Json) -> list[Json]:
    choices = list(data.get("choices") or [])
    wrongs = Wrongs()
    wrongs.count("data.choices", choices, 0, 25)
    for number, choice in enumerate(choices):
        wrongs.length(f"data.choices.{number}.name", choice.get("name"), 1, 100)
        if isinstance(choice.get("value"), str):
            wrongs.length(f"data.choices.{number}.value", choice["value"], 1, 100)
    wrongs.raise_any()
    return choices
