"""The digest: "Digest" in the product's design."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tests.simulate.promises import Court
from tests.simulate.promises.reminders import after_outages
from tests.simulate.truth import SHOWN_FROM, Community, Meeting, on_the_wall

WEEK: Final = timedelta(days=7)
FEW: Final = 4
SHOWN: Final = 6
PARTS: Final = (
    *("Meetings held", "Plus / delta", "Decisions taken", "New members", "This week"),
    "Circles that need help",
)
_MOOD: Final = re.compile(r"Mood ([\d.]+) of 5\.")
_QUOTED: Final = re.compile(r"“([^”]*)”")
_MORE: Final = re.compile(r"and (\d+) more")


@dataclass(frozen=True)
class Week:
    """What a digest is to say, line by line; `said` are the meetings whose plus/delta may be told."""

    held: Counter[str]
    ahead: Counter[str]
    newcomers: Counter[str]
    decided: Counter[str]
    said: tuple[Meeting, ...]
    small: frozenset[str]
    at: datetime

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to tell; whether somebody needs help is another question."""
        return not (self.held or self.ahead or self.newcomers or self.decided)


def week_before(community: Community, at: datetime) -> Week:
    """Return what happened in the seven days before, and what comes in the seven after."""
    since = at - WEEK
    held = [one for c in community.circles for one in c.meetings if one.is_held and since < one.ends <= at]
    ahead = [
        one
        for c in community.circles
        if c.is_living
        for one in c.ahead(at - timedelta(1))
        if at <= one.starts < at + WEEK
    ]
    newcomers = Counter(
        f"{soul.name} in {c.title}"
        for c in community.circles
        for when, soul in c.joined
        if since <= when < at and c.learners.get(soul) == when
    )
    decided = Counter(
        f"{c.title}: “{one.words}”" for c in community.circles for one in c.decisions if since <= one.made < at
    )
    small = {
        c.title
        for c in community.circles
        if c.is_living and len(c.learners) < FEW and any(since < one.ends <= at for one in c.meetings if one.is_held)
    }
    said = tuple(
        one
        for c in community.circles
        for one in c.meetings
        if one.is_held
        and since - timedelta(hours=48) < one.ends <= at
        and one.closed_at is not None
        and one.closed_at <= at
        and len(one.said) >= SHOWN_FROM
    )
    return Week(Counter(map(_held, held)), Counter(map(_ahead, ahead)), newcomers, decided, said, frozenset(small), at)


def _held(meeting: Meeting) -> str:
    yes = f"{meeting.circle.title}: {meeting.count('yes')} had said yes, "
    return yes + (f"{sum(meeting.marks.values())} came." if meeting.marks else "nobody has marked who came.")


def _ahead(meeting: Meeting) -> str:
    answers = sum(meeting.count(answer) for answer in ("yes", "maybe", "no"))
    if not answers:
        return f"{meeting.circle.title}: nobody has answered yet."
    yes = meeting.count("yes")
    coming = "nobody is coming so far;" if not yes else "1 is coming;" if yes == 1 else f"{yes} are coming;"
    people = len(meeting.circle.learners)
    return f"{meeting.circle.title}: {coming} {answers} of {people} have answered."


def parts_of(words: str) -> dict[str, list[str]]:
    """Return the lines of a digest below each heading."""
    found: dict[str, list[str]] = {}
    heading = ""
    for line in words.split("\n"):
        if line in PARTS:
            heading = line
            found[heading] = []
        elif heading and line:
            found[heading].append(line.removeprefix("• "))
        elif not line:
            heading = ""
    return found


def every_digest_comes_on_monday_at_nine(
    court: Court, community: Community, at: datetime, seen: Sequence[str], week: Week
) -> Iterator[str]:
    """Monday 09:00 in the community's zone; quiet weeks are skipped and said so (Digest)."""
    wall = on_the_wall(at, community.zone)
    if (wall.weekday(), wall.hour, wall.minute) != (0, 9, 0):
        yield f"a digest at {wall} in {community.zone}"
    if not seen and not week.is_quiet:
        yield f"no digest for {community.name} at {at}, though there was {week}"
    if len(seen) > 1:
        yield f"{len(seen)} digests at once"
    if seen and week.is_quiet and "Circles that need help" not in seen[0]:
        yield f"a digest of a quiet week: {seen[0]!r}"
    if not seen or court.was_away(at - WEEK, at + timedelta(1)):
        return
    told = re.search(r"The (?:(\d+) weeks|week) before w(?:as|ere) quiet", seen[0])
    quiet = int(told[1] or 1) if told else 0
    if quiet != min(community.quiet, 8):
        yield f"{community.quiet} weeks before were quiet, it says {quiet}: {seen[0]!r}"


def what_came_too_late_is_told(court: Court, community: Community, at: datetime, words: str) -> Iterator[str]:
    """What is too late is dropped and said so (Reminder); circles that need help: undelivered messages (Digest)."""
    lines = parts_of(words).get("Circles that need help", [])
    ups = [up for _, up in court.outages if at - WEEK < up <= at]
    if not ups or any(map(_MORE.fullmatch, lines)):  # after it, the chart may stand
        return
    told = {line.partition(":")[0] for line in lines if "could not be delivered" in line}
    for circle in community.circles:
        late = [
            (meeting.starts, never)
            for meeting in circle.standing
            if (never := after_outages(meeting.promised, meeting.starts, court.outages)[1])
            and any(at - WEEK < up <= at and down <= never[-1] < up for down, up in court.outages)
        ]
        if late and circle.is_living and circle.title not in told:
            yield f"{circle.title} was not reminded of {late}, and nobody is told: {lines}"


def every_digest_is_right(_court: Court, community: Community, words: str, week: Week) -> Iterator[str]:
    """Meetings held with turnout against RSVPs, mood, new members, this week's meetings, circles that need help (Digest)."""  # noqa: E501  # the rule's own words
    parts = parts_of(words)
    for heading, wanted, pattern in (
        ("Meetings held", week.held, r"(Circle \w+): meeting \d+, (.*)"),
        ("This week", week.ahead, r"(Circle \w+): meeting \d+, .+?, ((?:nobody|\d+ (?:is|are)) .*)"),
        ("New members", week.newcomers, r"(\S+ in Circle \w+)()"),
        ("Decisions taken", week.decided, r"(Circle \w+): (“.*”)"),
    ):
        lines = parts.get(heading, [])
        more = _MORE.fullmatch(lines[-1]) if lines else None
        shown = lines[:-1] if more else lines
        number = len(shown) + (int(more[1]) if more else 0)
        if number != wanted.total():
            yield f"{community.name}, {heading}: {number} instead of {wanted.total()}: {lines} instead of {wanted}"
            continue
        for line in shown:
            found = re.fullmatch(pattern, line)
            said = ": ".join(filter(None, found.groups())) if found else line
            if not wanted[said]:
                yield f"{community.name}, {heading}: {line!r} ({said!r}) is not among {dict(wanted)}"
    yield from _helped(community, parts.get("Circles that need help", []), week)
    for line in parts.get("Plus / delta", []):
        if not _MORE.fullmatch(line) and not any(_is_said(line, meeting) for meeting in week.said):
            yield f"{community.name}, Plus / delta: {line!r} is not what was said, or not to be told"


def _is_said(line: str, meeting: Meeting) -> bool:
    """Whether a line tells of a meeting's plus/delta: its mood, if three gave it, and nothing that nobody said."""
    mood, moods = _MOOD.search(line), [one.mood for one in meeting.said if one.mood is not None]
    wanted = f"{round(sum(moods) / len(moods), 1):g}" if len(moods) >= SHOWN_FROM else None
    words = {words for one in meeting.said for words in (one.plus, one.delta)}
    return (
        line.startswith(f"{meeting.circle.title}: ")
        and (mood[1] if mood else None) == wanted
        and words.issuperset(_QUOTED.findall(line))
    )


def _helped(community: Community, lines: Sequence[str], week: Week) -> Iterator[str]:
    hidden = sum(int(more[1]) for more in map(_MORE.fullmatch, lines) if more)  # after it, the chart may stand
    few = {line.partition(":")[0] for line in lines if "fewer than four learners" in line}
    by_title = {one.title: one for one in community.circles}
    for title in few:
        if len(by_title[title].learners) >= FEW:
            yield f"{title} has {len(by_title[title].learners)} learners, not fewer than four"
    if len(missing := week.small - few) > hidden:
        yield f"{missing} have fewer than four learners, and nobody is told: {lines}"
    for line in lines:
        title = line.partition(":")[0]
        ended = by_title[title].ended_at if title in by_title else None
        if ended is not None and ended < week.at:
            yield f"{title} is over, and needs no help"
