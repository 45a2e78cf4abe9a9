"""What is ready in Discord's own words, in the shapes in which the library takes it.

The library would put buttons and forms together out of objects, and keep those to hear what is done with them. Ours
are ready when they get here, and what is done with them is heard elsewhere: see docs/adr/0008.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import discord

from adapters.discord.letter import Json, Letter


class _Rows(discord.ui.View):
    """Buttons that are ready. It has come to an end before it is sent, so that the library remembers none of it."""

    def __init__(self, components: Sequence[Json]) -> None:
        super().__init__(timeout=None)
        self._components = list(components)
        self.stop()

    def to_components(self) -> list[Json]:
        """Return the rows in Discord's words."""
        return self._components


class _Form(discord.ui.Modal):
    """A form that is ready. It has come to an end before it is shown, so that the library remembers none of it."""

    def __init__(self, data: Json) -> None:
        super().__init__(title=data["title"], custom_id=data["custom_id"], timeout=None)
        self._data = data
        self.stop()

    def to_dict(self) -> Json:
        """Return the form in Discord's words."""
        return self._data


def view(components: Sequence[Json]) -> discord.ui.View:
    """Return rows of buttons as the library takes them; no rows at all take away those that were there."""
    return _Rows(components)


def form(data: Json) -> discord.ui.Modal:
    """Return a form (the `data` of an answer of type 9) as the library takes it."""
    return _Form(data)


def files(letter: Letter) -> list[discord.File]:
    """Return what is attached to a letter; made anew for each try, for sending a file uses it up."""
    picture = letter.picture
    if picture is None:
        return []
    return [discord.File(io.BytesIO(picture.png), filename=picture.name, description=picture.alt)]
