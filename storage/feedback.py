"""Plus/delta and its votes, and how meetings went for their facilitators."""

from __future__ import annotations

import secrets

from sqlalchemy import Integer, bindparam, delete, func, literal_column, select

from bot.domain.feedback import Feedback, Reflection
from storage.repository import AnyRow, Repository, bound, insert
from storage.tables import feedback, feedback_given, people, reflections, votes

_BITS = 53
"""Of a random id: exact in every language's numbers, and short on a button."""

_MEETING, _PERSON, _FEEDBACK = bound("meeting"), bound("person"), bound("feedback")
_VOTES = (
    select(func.count()).select_from(votes).where(votes.c.feedback == feedback.c.id).scalar_subquery().label("votes")
)
_ROWS = select(
    feedback.c.id,
    feedback.c.meeting,
    feedback.c.plus,
    feedback.c.delta,
    feedback.c.mood,
    feedback.c.person,
    func.coalesce(people.c.name, ""),
    _VOTES,
).select_from(feedback.outerjoin(people, people.c.id == feedback.c.person))

_MARK_GIVEN = insert(feedback_given).on_conflict_do_nothing()
_GIVE = insert(feedback).on_conflict_do_nothing(index_elements=["id"])
_HAS_GIVEN = select(literal_column("1", Integer)).where(
    feedback_given.c.meeting == _MEETING, feedback_given.c.person == _PERSON
)
_COUNT = select(func.count()).select_from(feedback).where(feedback.c.meeting == _MEETING)
_OF = _ROWS.where(feedback.c.meeting == _MEETING).order_by(feedback.c.id)
_GET = _ROWS.where(feedback.c.id == _FEEDBACK)
_TAKE_VOTE_BACK = delete(votes).where(votes.c.feedback == _FEEDBACK, votes.c.person == _PERSON)
_VOTE = (
    insert(votes)
    .from_select(
        ["feedback", "person"],
        select(feedback.c.id, bindparam("person", type_=votes.c.person.type)).where(feedback.c.id == _FEEDBACK),
    )
    .on_conflict_do_nothing()
)
_REFLECT = insert(reflections)
_REFLECT = _REFLECT.on_conflict_do_update(
    index_elements=["meeting", "person"],
    set_={"score": _REFLECT.excluded.score, "words": _REFLECT.excluded.words},
)
_REFLECTIONS = (
    select(reflections.c.meeting, reflections.c.person, reflections.c.score, reflections.c.words)
    .where(reflections.c.meeting == _MEETING)
    .order_by(reflections.c.person)
)


def _feedback_of(row: AnyRow) -> Feedback:
    return Feedback(*row)


class FeedbackBook(Repository):
    """Implements `bot.ports.FeedbackBook`."""

    __slots__ = ()

    def give(self, feedback: Feedback, giver: int) -> bool:
        """Keep what `giver` said, without saying who unless `feedback.person` does; False if they had given theirs."""
        if not self._do(_MARK_GIVEN, meeting=feedback.meeting, person=giver):
            return False
        said = {
            "meeting": feedback.meeting,
            "person": feedback.person,
            "plus": feedback.plus,
            "delta": feedback.delta,
            "mood": feedback.mood,
        }
        while not self._do(_GIVE, id=secrets.randbits(_BITS), **said):
            """The number is taken: draw another."""
        return True

    def has_given(self, meeting: int, person: int) -> bool:
        """Return whether somebody has given theirs."""
        return self._one(_HAS_GIVEN, meeting=meeting, person=person) is not None

    def count(self, meeting: int) -> int:
        """Return how many have given theirs."""
        count: int = self._connection.execute(_COUNT, {"meeting": meeting}).scalar_one()
        return count

    def of(self, meeting: int) -> tuple[Feedback, ...]:
        """Return what was said, with votes, in an order that tells nothing."""
        return tuple(_feedback_of(row) for row in self._all(_OF, meeting=meeting))

    def get(self, feedback: int) -> Feedback | None:
        """Return one learner's plus/delta."""
        row = self._one(_GET, feedback=feedback)
        return None if row is None else _feedback_of(row)

    def vote(self, feedback: int, person: int) -> bool:
        """Turn a person's vote for a delta on or off; return whether it is on now."""
        if self._do(_TAKE_VOTE_BACK, feedback=feedback, person=person):
            return False
        return self._do(_VOTE, feedback=feedback, person=person) > 0

    def reflect(self, reflection: Reflection) -> None:
        """Keep (or replace) how a meeting went for its facilitator."""
        self._do(
            _REFLECT,
            meeting=reflection.meeting,
            person=reflection.person,
            score=reflection.score,
            words=reflection.words,
        )

    def reflections(self, meeting: int) -> tuple[Reflection, ...]:
        """Return how a meeting went for its facilitators."""
        return tuple(Reflection(*row) for row in self._all(_REFLECTIONS, meeting=meeting))
