"""What facilitators change: a meeting moved, shifted with all that follow, called off, added; a circle ended."""

from __future__ import annotations

from datetime import timedelta

from tests.simulate.acts import DAY, HOUR, Acting
from tests.simulate.acts.answering import LABELS
from tests.simulate.hands import Failed, payload_of
from tests.simulate.promises import answers
from tests.simulate.truth import Circle, Meeting, Room, instant, is_sane, on_the_wall


class Changing(Acting):
    """Lets facilitators change what is planned."""

    async def changes_something(self, circle: Circle) -> None:
        """Let a facilitator move, call off or add a meeting, or end the circle."""
        coming, now, chance = circle.ahead(self.now), self.now, circle.chance
        is_on = any(one.starts <= now < one.ends for one in circle.standing)
        if not circle.is_living or is_on or not coming:
            return
        what = chance.choices(("move", "shift", "call off", "add", "end"), (5, 1, 3, 2, 0.6))[0]
        circle.facilitator.acting = True
        try:
            if what in {"move", "shift"}:
                await self._moves(circle, coming, following=what == "shift" and len(coming) > 1)
            elif what == "call off":
                await self._calls_off(circle, coming[0])
            elif what == "add":
                await self._adds(circle)
            elif chance.random() < 0.5:
                await self._ends(circle)
        except Failed:
            pass
        circle.facilitator.acting = False
        if circle.is_living:
            circle.replan(now)
            self.year.judging.expects(circle)
        self.year.report.changes[what] += 1

    async def _moves(self, circle: Circle, coming: list[Meeting], *, following: bool) -> None:
        meeting = coming[0]
        shift = circle.chance.choice((DAY, -DAY, 2 * HOUR, -HOUR, DAY + HOUR, 2 * DAY))
        moved = coming if following else [meeting]
        walls = [one.wall + shift for one in moved]
        others = [one for one in circle.standing if one not in moved]
        spans = [
            (instant(wall, circle.zone), instant(wall, circle.zone) + meeting.ends.__sub__(meeting.starts))
            for wall in walls
        ]
        if (
            not all(is_sane(wall, circle.zone) for wall in walls)
            or spans[0][0] < self.now + 3 * HOUR
            or any(begins < one.ends and one.starts < ends for one in others for begins, ends in spans)
            or any(
                (begins < other.starts) != (was.starts < other.starts)
                for other in others
                for was, (begins, _) in zip(moved, spans, strict=True)
            )
        ):
            return
        words = f"{walls[0].day} {walls[0]:%B %Y %H:%M}"
        for one in moved:
            self._keep_old(one)
            yes = {soul for soul, answer in one.answers.items() if answer == "yes"} | set(one.stale)
            starts = instant(one.wall + shift, circle.zone)
            one.asked_again.append((self.now, yes, starts))
            one.changes.append((self.now, "moved"))
            one.stale = dict.fromkeys(yes, "yes")
            for soul in yes:
                one.answers.pop(soul, None)
            one.wall += shift
        before = self._touched(circle, f"moves {len(moved)} from {moved[0].wall - shift} to {moved[0].wall}")
        await circle.facilitator.hand().moves(words, following=following)
        self._check_told(circle, before)

    async def _calls_off(self, circle: Circle, meeting: Meeting) -> None:
        if len(circle.ahead(self.now)) < 2:
            return
        self._keep_old(meeting)
        meeting.is_on = False
        meeting.changes.append((self.now, "called off"))
        before = self._touched(circle, f"calls {meeting.starts} off")
        await circle.facilitator.hand().calls_off()
        self._check_told(circle, before)

    async def _adds(self, circle: Circle) -> None:
        wall = on_the_wall(self.now, circle.zone).replace(minute=0, second=0, microsecond=0)
        wall += timedelta(days=circle.chance.randint(1, 6), hours=circle.chance.randint(0, 5))
        new = Meeting(circle, wall, self.now)
        clash = any(new.starts < one.ends and one.starts < new.ends for one in circle.standing)
        if clash or not is_sane(wall, circle.zone):
            return
        circle.meetings.append(new)
        before = self._touched(circle, f"adds {new.starts}")
        await circle.facilitator.hand().adds_meeting(f"{wall.day} {wall:%B %Y %H:%M}")
        self._check_told(circle, before)

    async def _ends(self, circle: Circle) -> None:
        circle.ended_at = self.now
        circle.tells(self.now, "the facilitator ends it")
        for meeting in circle.meetings:
            meeting.promised = [at for at in meeting.promised if at <= self.now]
        self.year.judging.is_over(circle)
        await circle.facilitator.hand().ends_circle()

    def _keep_old(self, meeting: Meeting) -> None:
        """Remember the buttons that stand on the card, for whoever taps them too late."""
        for platform, card in meeting.cards.items():
            if payload := payload_of(card, LABELS["yes"]):
                meeting.old.append((platform, card, payload))

    def _touched(self, circle: Circle, words: str) -> dict[Room, int]:
        """Note a change; return how many changes each room has been told of before."""
        circle.tells(self.now, words)
        for meeting in circle.meetings:
            meeting.maybe.add(self.now)
        return {room: self.year.judging.told[room] for room in circle.rooms}

    def _check_told(self, circle: Circle, before: dict[Room, int]) -> None:
        told = {room: self.year.judging.told[room] - count for room, count in before.items()}
        self.year.report.told += 1
        self.year.judging.judges(answers.a_change_is_told_to_everyone, circle, 1, told)
