"""What tests of spaces share: a platform that has them, on which people are picked and nobody opens links."""

from __future__ import annotations

from bot.chat.adapter import Ability
from bot.domain.communities import Community
from bot.ports import Store
from tests.features.one_circle import ANSWERS
from tests.support.chat import ChatSim, Someone

ABLE = frozenset({Ability.PICK_PEOPLE, Ability.OPEN_ROOMS, Ability.HAVE_SPACES})


def in_a_space(chat: ChatSim) -> ChatSim:
    """Let every room of the chat be in one space, which Mona manages; everybody can be written to."""
    chat.platform.abilities = ABLE
    chat.platform.links_private, chat.platform.is_open = False, True
    chat.space = ("guild", "Reading Hall")
    chat.mona.runs_room = True
    return chat


async def communities(chat: ChatSim) -> tuple[Community, ...]:
    """Return every community."""
    return await chat.storage.read(lambda store: store.communities.all())


async def organizers(chat: ChatSim) -> list[str]:
    """Return who organizes the space's community."""

    def look(store: Store) -> list[str]:
        community = store.communities.of_space(chat.platform.platform, chat.space[0])
        return [person.name for person in store.communities.organizers(community.id)] if community else []

    return await chat.storage.read(look)


async def begins(someone: Someone, **answers: str) -> None:
    """Have somebody make a circle in the room."""
    await someone.says("/newcircle")
    await someone.fills(**(ANSWERS | answers), then="Save")
