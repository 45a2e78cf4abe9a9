"""What follows a meeting: who came, plus/delta, votes, decisions until they are done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.simulate.acts import FAILED, HOUR, Acting
from tests.simulate.hands import Failed, Hand, OnTelegram, payload_of, words_of
from tests.simulate.promises import feedback
from tests.simulate.truth import SHOWN_FROM, Decision, Meeting, Said, Soul

if TYPE_CHECKING:
    from tests.simulate.ledger import Sighting


class LookingBack(Acting):
    """Lets people look back."""

    def will_look_back(self, meeting: Meeting) -> None:
        """Let members say whether they came, and what was good."""
        chance, circle = self.chance, meeting.circle
        for soul in circle.learners:
            came = meeting.answers.get(soul) == "yes" and chance.random() < 0.85
            if chance.random() < 0.4:
                self.year.at(self.now + chance.randint(0, 12) * HOUR, self.marks, meeting, soul, came)
            if chance.random() < soul.talks:
                self.year.at(self.now + chance.randint(0, 46) * HOUR, self.gives, meeting, soul)

    def _asked(self, meeting: Meeting, soul: Soul) -> tuple[Hand, Any] | None:
        """Return the card on which somebody can look back, with their account there."""
        found = [one for one in meeting.seen if one.kind == "asked" and one.room and one.room.platform in soul.hands]
        if not found or soul not in meeting.circle.learners or found[0].room is None:
            return None
        return soul.hand(found[0].room.platform), found[0].message

    async def marks(self, meeting: Meeting, soul: Soul, came: bool) -> None:  # noqa: FBT001  # what is so
        """Let somebody say that they were there, or not."""
        asked = self._asked(meeting, soul)
        label = "I was there" if came else "I missed it"
        if asked is None or not payload_of(asked[1], label):
            return
        if await self.told(asked[0].presses(asked[1], label)) != FAILED:
            meeting.marks[soul] = came
            self.year.judging.may_close(meeting)

    async def gives(self, meeting: Meeting, soul: Soul) -> None:
        """Let somebody say plus, delta and mood."""
        asked = self._asked(meeting, soul)
        if asked is None or soul in meeting.gave or not soul.is_reachable or meeting.closed_at is not None:
            return
        if not payload_of(asked[1], "Plus / delta"):
            return
        number, chance = soul.chance.randrange(10**9), soul.chance
        plus = f"plus {number}" if chance.random() < 0.8 else ""
        delta = f"delta {number}" if chance.random() < 0.7 or not plus else ""
        mood = chance.choice((2, 3, 4, 4, 5)) if chance.random() < 0.8 else None
        moods = {2: "2 so-so", 3: "3 fine", 4: "4 good", 5: "5 great", None: ""}
        soul.acting = True
        told = await self.told(asked[0].gives(asked[1], plus, delta, moods[mood]))
        if isinstance(asked[0], OnTelegram):
            told = "\n".join(words_of(one) for one in asked[0].person.said[-2:])
        soul.acting = False
        if told == FAILED:
            return
        if "Thank you!" in told:
            meeting.said.append(Said(soul, plus, delta, mood))
            meeting.gave.add(soul)
            self.year.report.feedback += 1
            self.year.judging.may_close(meeting)
        elif not self.year.judging.has_closed(meeting):
            self.year.judging.judges(
                feedback.plus_and_delta_are_taken_until_it_closes, meeting.circle, meeting, soul.name, told
            )

    async def reflects(self, seen: Sighting) -> None:
        """Let a facilitator say how it went."""
        meeting, soul = seen.meeting, seen.soul
        assert meeting is not None
        assert soul is not None
        if await self.told(self.hand_with(soul, seen).presses(seen.message, "4 good")) != FAILED:
            meeting.reflected = True

    def will_vote(self, meeting: Meeting, seen: Sighting) -> None:
        """Let members vote, and the facilitator take something up."""
        if len(meeting.said) < SHOWN_FROM:
            return
        for soul in meeting.circle.learners:
            if self.chance.random() < soul.talks / 2:
                self.year.at(self.now + self.chance.randint(0, 24) * HOUR, self.votes, meeting, soul, seen)
        if self.chance.random() < 0.4:
            self.year.at(self.now + self.chance.randint(0, 24) * HOUR, self.takes_up, meeting, seen)

    async def votes(self, meeting: Meeting, soul: Soul, seen: Sighting) -> None:
        """Let somebody vote for a delta, or take the vote back."""
        labels = [one for one in seen.message.buttons if one.startswith("Vote: ")]
        if (
            not labels
            or seen.room is None
            or seen.room.platform not in soul.hands
            or soul not in meeting.circle.learners
        ):
            return
        label = soul.chance.choice(labels)
        delta = label.removeprefix("Vote: ").rpartition(" (")[0]
        if await self.told(soul.hand(seen.room.platform).presses(seen.message, label)) != FAILED:
            meeting.votes.setdefault(delta, set()).symmetric_difference_update({soul})
            self.year.report.votes += 1

    async def takes_up(self, meeting: Meeting, seen: Sighting) -> None:
        """Let the facilitator make a delta a decision."""
        circle = meeting.circle
        deltas = [one.delta for one in meeting.said if one.delta]
        taken = {one.words for one in circle.decisions}
        if not deltas or not circle.is_living or "Take up…" not in seen.message.buttons or taken & set(deltas):
            return
        soul = circle.facilitator
        delta, hand = circle.chance.choice(deltas), self.hand_with(soul, seen)
        if f"{delta}: taken up" in words_of(seen.message):
            return
        soul.acting = True
        wanted = [one for one in seen.message.buttons if one.startswith(f"Vote: {delta} ")]
        if wanted:
            try:
                await hand.takes_up(seen.message, delta, f"try {delta}")
            except Failed:
                soul.acting = False
                return
            circle.decisions.append(Decision(f"try {delta}", self.now))
            circle.tells(self.now, f"taken up: try {delta}")
            self.year.report.decisions += 1
        soul.acting = False

    async def ticks_off(self, meeting: Meeting) -> None:
        """Let the facilitator tick a decision off, on the card."""
        circle = meeting.circle
        still = [one for one in circle.decisions if one.done is None]
        platforms = [one for one in meeting.cards if one in circle.facilitator.hands]
        if not still or not platforms or not circle.is_living:
            return
        card, decision = meeting.cards[platforms[0]], still[0]
        label = f"Done: {decision.words}"
        if not payload_of(card, label[:30]):
            return
        circle.facilitator.acting = True
        if await self.told(circle.facilitator.hand(platforms[0]).presses(card, label[:30])) != FAILED:
            decision.done = self.now
            circle.tells(self.now, f"done: {decision.words}")
        circle.facilitator.acting = False
