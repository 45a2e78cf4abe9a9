"""Works: functions of a store that run in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from storage.store import SqlStore

Work = Callable[[SqlStore], Any]


def done(work: Work, store: SqlStore) -> Any:  # noqa: ANN401  # whatever the work returns
    """Return what `work` returns; StopIteration, which no future can carry, becomes a RuntimeError."""
    try:
        return work(store)
    except StopIteration as error:
        raise RuntimeError("a work raised StopIteration") from error
