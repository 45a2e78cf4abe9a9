"""What is ready in Discord's own words, in the shapes in which the library takes it.

The library would put buttons and forms together out of objects, and keep those to hear what is done with them. Ours
are ready when they get here, and what is done with them is heard elsewhere: see docs/adr/0008.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, cast

import discord
from discord.types.embed import Embed as EmbedData

from adapters.discord.letter import Json, Letter


class _Rows(discord.ui.View):
    """Buttons that are ready. It is over from the beginning, so that the library remembers none of it."""

    timeout = None

    def __init__(self, components: Sequence[Json]) -> None:
        # Without what the library begins with: the name by chance and the waiting are for a view that listens.
        self._components = list(components)

    def to_components(self) -> list[Json]:
        """Return the rows in Discord's words."""
        return self._components

    def is_finished(self) -> bool:
        """Say that it is over."""
        return True

    def is_dispatchable(self) -> bool:
        """Say that nothing done with it is heard here."""
        return False

    def has_components_v2(self) -> bool:
        """Say that they are rows of buttons as ever."""
        return False


class _Form(discord.ui.Modal):
    """A form that is ready. It has come to an end before it is shown, so that the library remembers none of it."""

    def __init__(self, data: Json) -> None:
        super().__init__(title=data["title"], custom_id=data["custom_id"], timeout=None)
        self._data = data
        self.stop()

    def to_dict(self) -> Json:
        """Return the form in Discord's words."""
        return self._data


class _Card(discord.Embed):
    """An embed that is ready: the library would add to it what Discord tells and is not to be told."""

    def __init__(self, data: Json) -> None:
        super().__init__()
        self._data = data

    def to_dict(self) -> EmbedData:
        """Return the embed in Discord's words."""
        return cast("EmbedData", self._data)


def embed(data: Json) -> discord.Embed:
    """Return an embed as the library takes it."""
    return _Card(data)


def view(components: Sequence[Json]) -> discord.ui.View:
    """Return rows of buttons as the library takes them; no rows at all take away those that were there."""
    return _Rows(components)


def form(data: Json) -> discord.ui.Modal:
    """Return a form (the `data` of an answer of type 9) as the library takes it."""
    return _Form(data)


def new(letter: Letter) -> dict[str, Any]:
    """Return a letter as the library takes a message that is sent."""
    # What is not there is left out; the library's types know no word for that.
    said: dict[str, Any] = {"content": letter.content} if letter.content else {}
    if letter.embed is not None:
        said["embed"] = embed(letter.embed)
    if letter.components:
        said["view"] = view(letter.components)
    if letter.picture is not None:
        said["files"] = files(letter)
    return said | {"silent": letter.silent, "allowed_mentions": mentions(letter)}


def changed(letter: Letter) -> dict[str, Any]:
    """Return a letter as the library takes what a message becomes: nothing stays of what it was."""
    return {
        "content": letter.content or None,
        "embed": embed(letter.embed) if letter.embed is not None else None,
        "attachments": files(letter),
        "view": view(letter.components) if letter.components else None,
        "allowed_mentions": mentions(letter),
    }


def mentions(letter: Letter) -> discord.AllowedMentions:
    """Return whom a letter may notify: those whom it names, and never anybody whom its text does."""
    users = [discord.Object(int(user)) for user in letter.mentions]
    return discord.AllowedMentions(everyone=False, users=users, roles=False, replied_user=False)


def files(letter: Letter) -> list[discord.File]:
    """Return what is attached to a letter; made anew for each try, for sending a file uses it up."""
    picture = letter.picture
    if picture is None:
        return []
    return [discord.File(io.BytesIO(picture.png), filename=picture.name, description=picture.alt)]
