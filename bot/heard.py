"""What the log may say of something that was heard: where it came from and of what sort it was, never its words."""

from __future__ import annotations

from bot.chat.inbound import Inbound, Left, Moved


def platform_of(inbound: Inbound) -> str:
    """Return the platform on which it was done."""
    match inbound:
        case Left(room=room) | Moved(old=room):
            return room.platform
        case _:
            return inbound.sender.platform


def facts(inbound: Inbound) -> dict[str, str]:
    """Return what goes with a line of the log, for programs: no words, and nobody's number."""
    return {"platform": platform_of(inbound), "act": type(inbound).__name__.lower()}
