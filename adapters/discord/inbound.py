"""What Discord tells us, as the core knows it."""

from __future__ import annotations

import logging
from typing import Final, cast

import discord

from adapters.discord.forms import moment, named, sent_form
from adapters.discord.letter import PLATFORM, Json
from adapters.discord.render import read_payload
from bot.chat.inbound import Act, Command, Filled, Place, Press, Sender
from bot.chat.message import Posted, Room, RoomKind
from bot.chat.trying import trace

log = logging.getLogger(__name__)

PAGE: Final = 5
"""How many questions fit into one form."""
MESSAGE: Final = "message"
"""Under what the library's `extras` hold the tapped message, as Discord tells it; nothing where there is none."""
_ROW = 1
_BUTTON = 2
_EPHEMERAL = 1 << 6
_SLASH = 1
_USER = 6
_OF_FORMS = frozenset({"da", "dn", "dr", "dy"})
"""What the payloads of the core's buttons that are about a form begin with."""


def act(interaction: discord.Interaction) -> Act | None:
    """Return what somebody did, None where it is nothing that we know or can read."""
    if interaction.data is None or not _is_placed(interaction):
        return None
    try:
        return _read(interaction, cast("Json", interaction.data))
    except (AttributeError, LookupError, TypeError, ValueError) as error:  # it may look otherwise tomorrow
        log.warning("interaction %d cannot be read: %s", interaction.id, trace(error))
        return None


def _read(interaction: discord.Interaction, data: Json) -> Act | None:
    match interaction.type:
        case discord.InteractionType.application_command:
            return _commanded(interaction, data)
        case discord.InteractionType.component:
            return _pressed(interaction, data)
        case discord.InteractionType.modal_submit:
            return _filled(interaction, data)
        case _:
            return None


def key(interaction: discord.Interaction) -> str:
    """Return what tells this interaction from all others."""
    return f"{PLATFORM}:{interaction.id}"


def place(interaction: discord.Interaction) -> Place:
    """Return where it happened. Raises ValueError in a sort of channel that nobody has heard of yet."""
    channel, space = interaction.channel, str(interaction.guild_id or "")
    if isinstance(channel, discord.DMChannel):
        return Place(private_room(str(interaction.user.id)))
    if isinstance(channel, discord.Thread):
        return Place(Room(PLATFORM, str(channel.parent_id), str(channel.id)), channel.name or "", space)
    if channel is None or not space:
        raise ValueError("not a place for circles")
    return Place(Room(PLATFORM, str(channel.id)), channel.name or "", space)


def sender(interaction: discord.Interaction) -> Sender:
    """Return who did it."""
    user, may = interaction.user, interaction.permissions
    return Sender(
        PLATFORM,
        str(user.id),
        user.display_name,
        str(interaction.locale),
        runs_room=may.manage_guild or may.administrator,
        is_open=True,
    )


def private_room(user: str) -> Room:
    """Return a person's direct messages with the bot."""
    return Room(PLATFORM, user, kind=RoomKind.PRIVATE)


def message(interaction: discord.Interaction) -> Json | None:
    """Return the message whose button was tapped, or led to the form that was sent, as Discord tells it."""
    found: Json | None = interaction.extras.get(MESSAGE)
    return found


def tapped(interaction: discord.Interaction) -> Posted | None:
    """Return where that message stands; None for a command."""
    found = message(interaction)
    return None if found is None else Posted(place(interaction).room, str(int(found["id"])))


def is_ephemeral(interaction: discord.Interaction) -> bool:
    """Say whether the tapped message is one that its reader alone can see."""
    found = message(interaction)
    return found is not None and bool(found.get("flags", 0) & _EPHEMERAL)


def is_step(interaction: discord.Interaction) -> bool:
    """Say whether the tapped message is a step of somebody's form, of no use to anybody once the form goes on."""
    return any(payload.partition(".")[0] in _OF_FORMS for payload in _payloads(message(interaction)))


def _is_placed(interaction: discord.Interaction) -> bool:
    channel = interaction.channel
    return channel is not None and (interaction.guild_id is not None or isinstance(channel, discord.DMChannel))


def _payloads(found: Json | None) -> list[str]:
    rows = found.get("components", ()) if found is not None else ()
    parts = [part for row in rows if row["type"] == _ROW for part in row["components"]]
    return [read_payload(one["custom_id"]) for one in parts if one["type"] == _BUTTON and one.get("custom_id")]


# The acts


def _commanded(interaction: discord.Interaction, data: Json) -> Command | None:
    if data.get("type", _SLASH) != _SLASH:
        return None
    # A menu that is told anew takes a while to get everywhere: an option may be one that there is no more.
    given: list[Json] = [one for one in data.get("options", ()) if "value" in one]
    options = {str(one["name"]): _words(one["value"]) for one in given}
    moments = {field: at for field, words in options.items() if (at := moment(words)) is not None}
    picked = [options[str(one["name"])] for one in given if one.get("type") == _USER]
    return Command(
        sender=sender(interaction),
        place=place(interaction),
        key=key(interaction),
        page_size=PAGE,
        name=str(data["name"]),
        options=options,
        moments=moments,
        people=named(picked, data.get("resolved")),
    )


def _pressed(interaction: discord.Interaction, data: Json) -> Press | None:
    if data.get("component_type") != _BUTTON:
        return None
    return Press(
        sender=sender(interaction),
        place=place(interaction),
        key=key(interaction),
        page_size=PAGE,
        payload=read_payload(str(data["custom_id"])),
        posted=tapped(interaction),
        is_aside=is_ephemeral(interaction),
    )


def _filled(interaction: discord.Interaction, data: Json) -> Filled | None:
    sent = sent_form(data)
    if sent is None:
        return None
    return Filled(
        sender=sender(interaction),
        place=place(interaction),
        key=key(interaction),
        page_size=PAGE,
        draft=sent.draft,
        answers=sent.answers,
        moments=sent.moments,
        people=sent.people,
    )


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)
