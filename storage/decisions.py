"""Deltas that the group took up."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, func, select, update

from bot.domain.feedback import Decision, DecisionState
from storage.repository import AnyRow, Repository, bound, insert
from storage.tables import decisions, people

_DECISION = bound("decision")
_ROWS = select(
    decisions.c.id,
    decisions.c.circle,
    decisions.c.meeting,
    decisions.c.words,
    decisions.c.owner,
    func.coalesce(people.c.name, ""),
    decisions.c.state,
    decisions.c.made_at,
    decisions.c.done_at,
    decisions.c.feedback,
).select_from(decisions.outerjoin(people, people.c.id == decisions.c.owner))
_IS_OPEN = decisions.c.state == DecisionState.OPEN.value

_TAKE_UP = insert(decisions).on_conflict_do_nothing(index_elements=["feedback"]).returning(decisions.c.id)
_GET = _ROWS.where(decisions.c.id == _DECISION)
_OPEN_OF = _ROWS.where(decisions.c.circle == bindparam("circle"), _IS_OPEN).order_by(
    decisions.c.made_at, decisions.c.id
)
_OF_MEETING = _ROWS.where(decisions.c.meeting == bindparam("meeting")).order_by(decisions.c.made_at, decisions.c.id)
_SAVE = update(decisions).where(decisions.c.id == _DECISION)
_CLOSE = _SAVE.where(_IS_OPEN)
_REOPEN = _SAVE.where(~_IS_OPEN).values(state=DecisionState.OPEN.value, done_at=None)


def _decision_of(row: AnyRow) -> Decision:
    *plain, state, made_at, done_at, delta = row
    return Decision(*(*plain, DecisionState(state), made_at, done_at, delta))


class Decisions(Repository):
    """Implements `bot.ports.Decisions`."""

    __slots__ = ()

    def take_up(self, decision: Decision, feedback: int | None) -> Decision | None:
        """Store a new one (`id` is ignored); None where this delta has been taken up already."""
        if decision.made_at is None:
            raise ValueError("a decision is made at some time: set made_at")
        row = self._one(
            _TAKE_UP,
            circle=decision.circle,
            meeting=decision.meeting,
            feedback=feedback,
            words=decision.words,
            owner=decision.owner,
            state=decision.state.value,
            made_at=decision.made_at,
            done_at=decision.done_at,
        )
        return None if row is None else self.get(row.id)

    def get(self, decision: int) -> Decision | None:
        """Return a decision."""
        row = self._one(_GET, decision=decision)
        return None if row is None else _decision_of(row)

    def open_of(self, circle: int) -> tuple[Decision, ...]:
        """Return the open ones, oldest first."""
        return tuple(_decision_of(row) for row in self._all(_OPEN_OF, circle=circle))

    def of_meeting(self, meeting: int) -> tuple[Decision, ...]:
        """Return what was decided after a meeting, oldest first."""
        return tuple(_decision_of(row) for row in self._all(_OF_MEETING, meeting=meeting))

    def own(self, decision: int, owner: int | None) -> None:
        """Give a decision to somebody, or to nobody."""
        self._do(_SAVE, decision=decision, owner=owner)

    def close(self, decision: int, state: DecisionState, at: datetime) -> bool:
        """Close an open one; return whether it was open."""
        # Dropped ones are done with as well; the state tells the two apart.
        return self._do(_CLOSE, decision=decision, state=state.value, done_at=at) > 0

    def reopen(self, decision: int) -> bool:
        """Open a closed one again; return whether it was closed."""
        return self._do(_REOPEN, decision=decision) > 0
