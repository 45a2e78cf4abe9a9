"""The event loop that the bot runs on: uvloop's where there is one, which costs less than the standard library's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run it to its end and return what it returns; like `asyncio.run`, an interrupt cancels it."""
    with asyncio.Runner(loop_factory=factory()) as runner:
        return runner.run(work)


def factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return what makes such a loop; None, which is the standard library's, where there is no uvloop."""
    try:
        import uvloop  # noqa: PLC0415  # it is not there on every machine, nor of use to every command
    except ImportError:
        return None
    return uvloop.new_event_loop
