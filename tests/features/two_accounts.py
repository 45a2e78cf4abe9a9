"""What tests of linked accounts share: Ada is on two platforms, and shows the bot that she is."""

from __future__ import annotations

import re

from bot.domain.people import Account
from bot.ports import Storage, Store
from tests.support.chat import ChatSim, Someone, lived_in
from tests.support.sim import SimPlatform

ECHO = "echo"
"""The other platform. It has no addresses that open a private chat."""


async def on_two(storage: Storage) -> ChatSim:
    """Return the circle of `lived_in`; a second platform is served, on which Ada has been, too."""
    chat = await lived_in(storage)
    chat.serve(SimPlatform(ECHO, links_private=False))
    await ada_there(chat).opens()
    return chat


def ada_there(chat: ChatSim) -> Someone:
    """Return Ada on the other platform, where she is called otherwise."""
    ada = chat.account("ada", ECHO)
    ada.name = "ada_l"
    return ada


def code_in(heard: str) -> str:
    """Return the code that somebody was shown."""
    found = re.search(r"/link (\S+)", heard)
    assert found, heard
    return found[1]


async def code_of(somebody: Someone) -> str:
    """Let somebody make a code."""
    await somebody.whispers("/link")
    return code_in(somebody.heard)


async def link(chat: ChatSim) -> None:
    """Let Ada link her two accounts."""
    code = await code_of(chat.ada)
    await ada_there(chat).whispers(f"/link {code}")
    await ada_there(chat).presses("Link")
    assert "you are one person now" in ada_there(chat).heard


async def people_of(chat: ChatSim) -> tuple[int, int]:
    """Return who Ada is to the bot, on either platform."""

    def look(store: Store) -> tuple[int, int]:
        here, there = (store.people.known(Account(one.at, one.user, one.name)) for one in (chat.ada, ada_there(chat)))
        assert here is not None
        assert there is not None
        return here.id, there.id

    return await chat.store.read(look)


async def are_one(chat: ChatSim) -> bool:
    """Say whether Ada's accounts are linked."""
    here, there = await people_of(chat)
    return here == there
