"""What tests about invitations share."""

from __future__ import annotations

import re

from bot.ports import Store
from tests.support.chat import ChatSim, Someone


async def organizes(chat: ChatSim, somebody: Someone) -> bool:
    """Say whether somebody is an organizer now."""

    def look(store: Store) -> bool:
        return store.communities.is_organizer(chat.community, somebody.person(store).id)

    return await chat.store.transact(look)


def link_in(heard: str) -> str:
    """Return the payload of the link in an invitation."""
    found = re.search(r"/start (i-\S+)", heard)
    assert found, heard
    return found[1]


async def invited(chat: ChatSim) -> str:
    """Let the organizer invite another; return the link's payload."""
    await chat.organizer.whispers("/community")
    await chat.organizer.presses("Invite…")
    await chat.organizer.presses("Invite an organizer")
    return link_in(chat.organizer.heard)
