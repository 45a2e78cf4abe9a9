"""What the log may say of something that was heard: where it came from and of what sort it was, never its words."""

from __future__ import annotations

import traceback

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


def trace(error: BaseException) -> str:
    """Return what went wrong and where. No messages: a database's or a validator's repeats what people wrote."""
    told: list[str] = []
    now: BaseException | None = error
    while now is not None and len(told) < 5:  # noqa: PLR2004  # enough of a chain to see where it began
        told.append(f"{type(now).__name__}\n{''.join(traceback.format_tb(now.__traceback__))}")
        now = now.__cause__ or now.__context__
    return "caused by ".join(told)
