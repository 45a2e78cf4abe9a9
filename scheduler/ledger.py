"""What became of deliveries in this process, counted by platform, and how late they went out."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bot.domain.notices import UNREACHED, Delivery, DeliveryState
from bot.records import dataclass
from bot.tallies import SLOW_S, Spreads, Tally

_PUT_OFF: Final = 10_000
"""Of so many that were put off it is remembered when they were first due; of more, from when they were put off to."""
NOWHERE: Final = "none"
"""The platform of what goes to none: steps of time, and what was dropped before it was known where it goes."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a delivery at `at`; `state` is WAITING where it was put off."""

    delivery: Delivery
    state: DeliveryState
    why: str
    at: datetime


class Ledger:
    """Counts from the start of the process on."""

    def __init__(self) -> None:
        self.ended = Tally()
        """By platform and outcome: sent, step, dropped, unreachable, given_up, put_off."""
        self.late = Spreads(SLOW_S)
        """Seconds from when it was first due until a message was posted, by platform."""
        self._platforms: dict[int, str] = {}
        self._first_due: dict[int, datetime] = {}

    @property
    def given_up(self) -> int:
        """How many were given up."""
        return sum(count for (_, outcome), count in self.ended.counts.items() if outcome == "given_up")

    def goes_to(self, delivery: int, platform: str) -> None:
        """Note on which platform a delivery is about to be posted."""
        self._platforms[delivery] = platform

    def note(self, done: Done) -> tuple[str, str]:
        """Count what became of a delivery; return its platform and how it is counted."""
        delivery, state = done.delivery, done.state
        platform = self._platforms.pop(delivery.id, NOWHERE)
        outcome = _outcome(state, done.why)
        self.ended.add(platform, outcome)
        due = self._first_due.get(delivery.id, delivery.due.due_at)
        if state is DeliveryState.WAITING:
            if len(self._first_due) < _PUT_OFF:
                self._first_due[delivery.id] = due
            return platform, outcome
        self._first_due.pop(delivery.id, None)
        if state is DeliveryState.SENT and platform != NOWHERE:
            self.late.add(max(0.0, (done.at - due).total_seconds()), platform)
        return platform, outcome


def facts(delivery: Delivery, error: BaseException | None = None, **more: str) -> dict[str, object]:
    """Return of a delivery what goes with a line of the log, for programs: numbers, and what sort of thing it is."""
    due = delivery.due
    named = {"delivery": delivery.id, "key": due.key, "notice": due.notice.kind, "attempt": delivery.attempts}
    whose = {"place": due.place, "person": due.person, "circle": due.circle}
    kind = {"error_kind": type(error).__name__} if error is not None else {}
    return {**named, **{name: number for name, number in whose.items() if number is not None}, **kind, **more}


def _outcome(state: DeliveryState, why: str) -> str:
    match state:
        case DeliveryState.SENT:
            return "step" if why else "sent"
        case DeliveryState.DROPPED:
            return "dropped"
        case DeliveryState.WAITING:
            return "put_off"
        case _:
            return "unreachable" if why.startswith(UNREACHED) else "given_up"
