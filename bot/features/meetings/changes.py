"""Changing what is planned: every way in which a meeting changes goes through here, so that nobody is left untold.

A change keeps the meeting's identity and answers, raises its sequence, numbers the circle's meetings anew, asks those
who had said yes again, tells every room of the circle once, redraws the cards and plans the deliveries anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.chat.text import Text
from bot.context import Setting
from bot.domain.circles import Circle, CircleState
from bot.domain.meetings import Meeting, MeetingState, as_clocks_go, instant, moved, overlaps
from bot.domain.notices import ChangeKind, ConfirmAgain, Due, MeetingsChanged
from bot.domain.people import waking
from bot.features.meetings import dates
from bot.features.meetings.names import name
from bot.features.meetings.views import line
from bot.features.redrawn import redrawn
from bot.i18n import N_, Translator
from bot.records import dataclass

ASK_AGAIN = frozenset({ChangeKind.MOVED, ChangeKind.RESTORED})
"""The changes after which those who had said yes are asked again."""
_AT_OTHER_TIMES = frozenset({ChangeKind.MOVED, ChangeKind.CLOCKS})
"""The changes that are told with the times before."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What came of a change: the meetings as they are now, and how many people are asked to confirm."""

    meetings: tuple[Meeting, ...]
    asked_again: int = 0


def shift_problem(
    shifted: Sequence[Meeting], by: timedelta, circle: Circle, setting: Setting, t: Translator
) -> Text | None:
    """Return why meetings cannot all be shifted on the clock, None where they can; names the one that cannot."""
    landed = []
    for meeting in shifted:
        local = meeting.starts_local + by
        wrong = dates.problem(local, meeting.zone, setting.now, t)
        if wrong is not None:
            return t("{meeting}: {problem}", meeting=name(meeting, t), problem=wrong) if len(shifted) > 1 else wrong
        landed.append(moved(meeting, local, meeting.zone))
    taken = clash(landed, circle, setting, t)
    if taken is not None or len(landed) == 1:
        return taken
    before = setting.store.meetings.previous_of(shifted[0])
    if before is not None and landed[0].starts_at < before.starts_at:
        return t("That would put {meeting} before {other}.", meeting=name(shifted[0], t), other=name(before, t))
    return None


def clash(landed: Sequence[Meeting], circle: Circle, setting: Setting, t: Translator) -> Text | None:
    """Return which meeting of the circle is in the way of meetings as they would be, None where none is."""
    own = {meeting.id for meeting in landed}
    staying = [one for one in setting.store.meetings.of_circle(circle.id) if one.id not in own]
    for meeting in landed:
        for other in staying:
            if other.state is not MeetingState.CANCELLED and overlaps(meeting, other):
                return t("“{circle}” already meets then: {meeting}.", circle=circle.title, meeting=line(other, t))
    return None


def shift(shifted: Sequence[Meeting], by: timedelta, circle: Circle, setting: Setting) -> Changed:
    """Shift meetings by as much on the clock; `shift_problem` must have found nothing."""
    after = [moved(meeting, meeting.starts_local + by, meeting.zone) for meeting in shifted]
    return apply(after, circle, setting, ChangeKind.MOVED, shifted)


def call_off(meetings: Sequence[Meeting], circle: Circle, setting: Setting, why: str = "") -> Changed:
    """Cancel meetings; their answers stay for the day they are restored."""
    after = [replace(one, state=MeetingState.CANCELLED, sequence=one.sequence + 1) for one in meetings]
    return apply(after, circle, setting, ChangeKind.CANCELLED, meetings, words=why)


def restore(meetings: Sequence[Meeting], circle: Circle, setting: Setting) -> Changed:
    """Let cancelled meetings take place after all."""
    after = [replace(one, state=MeetingState.PLANNED, sequence=one.sequence + 1) for one in meetings]
    return apply(after, circle, setting, ChangeKind.RESTORED, meetings)


def new_meeting(local: datetime, topic: str, circle: Circle) -> Meeting:
    """Return one more meeting of a circle, not stored yet; `dates.problem` must have found nothing."""
    return Meeting(0, circle.id, 0, local, circle.zone, instant(local, circle.zone), circle.minutes, topic=topic)


def add(new: Meeting, circle: Circle, setting: Setting) -> Changed:
    """Plan one more meeting."""
    added = setting.store.meetings.add([new])
    return _announced(added, circle, setting, MeetingsChanged(circle.id, ChangeKind.ADDED, (added[0].id,)))


def rezone_problem(circle: Circle, zone: str, setting: Setting, t: Translator) -> Text | None:
    """Return why a circle's meetings ahead cannot keep their hour in another zone, None where they can."""
    for meeting in ahead(circle, setting):
        wrong = dates.problem(meeting.starts_local, zone, setting.now, t)
        if wrong is not None:
            return t("{meeting}: {problem}", meeting=name(meeting, t), problem=wrong)
    return None


def rezone(circle: Circle, zone: str, setting: Setting) -> Changed:
    """Let a circle's meetings ahead keep their wall-clock hour in another zone; those that had been are left alone.

    `rezone_problem` must have found nothing. The circle itself is the caller's to save.
    """
    before, after = [], []
    for meeting in ahead(circle, setting):
        there = moved(meeting, meeting.starts_local, zone)
        if there.starts_at == meeting.starts_at:
            setting.store.meetings.save(replace(meeting, zone=zone), meeting)
        else:
            before.append(meeting)
            after.append(there)
    return apply(after, circle, setting, ChangeKind.MOVED, before)


def follow_clocks(circle: Circle, setting: Setting) -> None:
    """Let the meetings ahead be when their wall clocks mean by the zone data of today.

    Their hour stays, so nobody is asked again: but for those whose hour is skipped now, which have moved.
    """
    found = [(one, as_clocks_go(one)) for one in ahead(circle, setting)]
    moved_ones = [(one, after) for one, after in found if after is not one]
    for kind in (ChangeKind.CLOCKS, ChangeKind.MOVED):
        these = [
            pair for pair in moved_ones if (pair[0].starts_local != pair[1].starts_local) is (kind is ChangeKind.MOVED)
        ]
        apply([after for _, after in these], circle, setting, kind, [one for one, _ in these])


def new_place(circle: Circle, setting: Setting) -> Changed:
    """Tell everyone that the circle meets elsewhere from now on; the circle itself is the caller's to save."""
    here = [m for m in ahead(circle, setting) if not (m.place and m.link)]
    return apply([replace(m, sequence=m.sequence + 1) for m in here], circle, setting, ChangeKind.PLACE, here)


def ahead(circle: Circle, setting: Setting) -> tuple[Meeting, ...]:
    """Return the circle's planned meetings that have not begun, soonest first."""
    found = setting.store.meetings.of_circle(circle.id)
    return tuple(one for one in found if one.is_on and not one.has_started(setting.now))


def apply(  # all that a change is made of
    after: Sequence[Meeting],
    circle: Circle,
    setting: Setting,
    kind: ChangeKind,
    before: Sequence[Meeting],
    *,
    words: str = "",
) -> Changed:
    """Save changed meetings, whose sequence has risen by one, and do all that follows from it."""
    if not after:
        return Changed(())
    for meeting, was in zip(after, before, strict=True):
        setting.store.meetings.save(meeting, was)
    notice = MeetingsChanged(
        circle.id,
        kind,
        tuple(meeting.id for meeting in after),
        tuple(int(meeting.starts_at.timestamp()) for meeting in before) if kind in _AT_OTHER_TIMES else (),
        words,
    )
    return _announced(after, circle, setting, notice)


def _announced(after: Sequence[Meeting], circle: Circle, setting: Setting, notice: MeetingsChanged) -> Changed:
    store = setting.store
    store.meetings.renumber(circle.id)
    setting.forget()
    asked = 0
    for meeting in after:
        if notice.change in ASK_AGAIN:
            asked += _ask_again(meeting, circle, setting)
    redrawn(circle.id, [one.id for one in store.meetings.of_circle(circle.id)], setting)  # a new number is a new title
    if circle.state is CircleState.PUBLISHED:
        _tell(after, circle, setting, notice)
    setting.planner.circle(store, circle.id, setting.now)
    return Changed(tuple(setting.meeting(meeting.id) for meeting in after), asked)


def _tell(after: Sequence[Meeting], circle: Circle, setting: Setting, notice: MeetingsChanged) -> None:
    """Tell every room of the circle, or where it has none each of its people privately."""
    first, last = after[0], max(after, key=lambda meeting: meeting.ends_at)
    due = Due(
        key=f"changed:{notice.change}:{first.id}:{first.sequence}",
        notice=notice,
        due_at=setting.now,
        expires_at=last.ends_at,
        circle=circle.id,
    )
    to = [
        replace(due, key=f"{due.key}:{place.id}", place=place.id) for place in setting.store.places.of_circle(circle.id)
    ]
    if not to:
        people = [member.person.id for member in setting.store.seats.roster(circle.id)]
        to = [replace(due, key=f"{due.key}:p{person}", person=person) for person in people]
    setting.store.deliveries.plan(to)


def confirm_key(meeting: Meeting, person: int) -> str:
    """Return the key of the question whether somebody still comes, as the meeting is now."""
    return f"confirm:{meeting.id}:{meeting.sequence}:{person}"


def _ask_again(meeting: Meeting, circle: Circle, setting: Setting) -> int:
    """Make the yes answers stale and ask whose they were, awake if there is time for it; return how many there are."""
    people = setting.store.people.many(setting.store.rsvps.ask_again(meeting.id))
    setting.store.deliveries.drop_prefix(f"confirm:{meeting.id}:", N_("the meeting has changed again"))
    if circle.state is not CircleState.PUBLISHED:
        return 0
    due = []
    for person in people.values():
        morning = waking(person, setting.now, person.zone or meeting.zone)
        due.append(
            Due(
                key=confirm_key(meeting, person.id),
                notice=ConfirmAgain(meeting.id, person.id),
                due_at=morning if morning < meeting.starts_at else setting.now,
                expires_at=meeting.starts_at,
                person=person.id,
                circle=circle.id,
                meeting=meeting.id,
            )
        )
    setting.store.deliveries.plan(due)
    return len(due)
