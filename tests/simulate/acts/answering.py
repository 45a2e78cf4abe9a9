"""Answers to a meeting: on its card, twice, in private, and with buttons that are not true any more."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Final

from tests.simulate.acts import FAILED, HOUR, Acting
from tests.simulate.hands import Message, OnTelegram, payload_of, words_of
from tests.simulate.promises import answers
from tests.simulate.truth import Meeting, Soul
from tests.simulate.world import TELEGRAM

if TYPE_CHECKING:
    from tests.simulate.ledger import Sighting


KILLED_IN: Final = 20
"""In the middle of so many taps the bot is killed."""
LABELS: Final = {"yes": "I'm coming", "maybe": "Maybe", "no": "Can't make it"}


class Answering(Acting):
    """Lets people say whether they come."""

    def will_answer(self, meeting: Meeting) -> None:
        """Let members answer, some change their minds, somebody tap what is old or done."""
        chance, circle = self.chance, meeting.circle
        left = max(1, int((meeting.starts - self.now) / HOUR))
        for soul in circle.learners:
            again = soul in meeting.answered_at and soul not in meeting.stale
            if chance.random() < (soul.fickle if again else soul.answers):
                self.year.at(self.now + chance.randint(0, left) * HOUR, self.answers, meeting, soul)
        if chance.random() < 0.05:
            self.year.at(self.now + chance.randint(0, left + 60) * HOUR, self.taps_an_old_card, meeting)
        if chance.random() < 0.1:
            self.year.at(self.now + chance.randint(0, left) * HOUR, self.people.looking_back.ticks_off, meeting)

    async def answers(self, meeting: Meeting, soul: Soul, platform: str = "") -> None:
        """Let somebody tap the card in their room, perhaps twice."""
        platforms = [one for one in meeting.cards if one in soul.hands]
        if not platforms or not self._can_answer(meeting, soul):
            return
        platform = platform or soul.chance.choice(platforms)
        answer = soul.chance.choices(("yes", "maybe", "no"), (7, 1.5, 1.5))[0]
        card = meeting.cards[platform]
        payload = payload_of(card, LABELS[answer])
        if not payload:
            self.year.judging.wrong(meeting.circle, f"{soul.name} finds no buttons on {words_of(card)!r}")
            return
        for _ in range(2 if soul.chance.random() < 0.05 else 1):
            told = await self.told(soul.hand(platform).taps(card, payload))
            if told == FAILED:  # they tap again when the bot is back
                self.year.at(self.now + HOUR, self.answers, meeting, soul, platform)
                return
            self.has_answered(meeting, soul, answer)

    def _can_answer(self, meeting: Meeting, soul: Soul) -> bool:
        circle = meeting.circle
        return meeting.is_on and circle.is_living and self.now < meeting.starts and soul in circle.learners

    def has_answered(self, meeting: Meeting, soul: Soul, answer: str) -> None:
        """Write down what somebody said: the last answer wins."""
        meeting.stale.pop(soul, None)
        meeting.answers[soul] = answer
        meeting.answered_at[soul] = self.now
        meeting.circle.tells(self.now, f"{soul.name} says {answer} to {meeting.starts:%m-%d %H:%M}")
        self.people.tapped.add(meeting)

    async def answers_privately(self, seen: Sighting) -> None:
        """Let somebody answer the private question, or wish not to be asked."""
        meeting, soul = seen.meeting, seen.soul
        assert meeting is not None
        assert soul is not None
        if not self._can_answer(meeting, soul):
            return
        hand = self.hand_with(soul, seen)
        if seen.kind == "nudge" and soul.chance.random() < 0.1 and payload_of(seen.message, "Do not ask me again"):
            if await self.told(hand.presses(seen.message, "Do not ask me again")) != FAILED:
                soul.takes_nudges = False
            return
        answer = soul.chance.choice(("yes", "maybe", "no"))
        payload = payload_of(seen.message, LABELS[answer])
        if payload and await self.told(hand.taps(seen.message, payload)) != FAILED:
            self.has_answered(meeting, soul, answer)

    async def taps_an_old_card(self, meeting: Meeting) -> None:
        """Let somebody tap a button that is no longer true: of a meeting that was moved, called off, or has begun."""
        circle = meeting.circle
        old = list(meeting.old)
        if self.now >= meeting.starts or not meeting.is_on:
            old += [(platform, card, meeting.payloads[platform]) for platform, card in meeting.cards.items()]
        if not old:
            return
        platform, card, payload = circle.chance.choice(old)
        souls = [one for one in circle.learners if platform in one.hands]
        if not souls or card.deleted or not payload:
            return
        soul = circle.chance.choice(souls)
        told = await self.told(soul.hand(platform).taps(card, payload))
        if told != FAILED and (platform == TELEGRAM or told):
            self.year.judging.judges(answers.an_old_button_is_answered_with_the_truth, circle, meeting, told)
        self.year.report.old += 1
        self.people.tapped.add(meeting)

    def in_the_very_moment(self) -> list[Coroutine[Any, Any, None]]:
        """Return taps of people on Telegram that come while the bot is killed: they are answered by the next one."""
        found: list[Coroutine[Any, Any, None]] = []
        for circle in self.people.circles:
            coming = circle.ahead(self.now)[:1] if circle.is_living else []
            card = coming[0].cards.get(TELEGRAM) if coming else None
            souls = [one for one in circle.learners if TELEGRAM in one.hands]
            if card is not None and souls and payload_of(card, LABELS["yes"]) and len(found) < KILLED_IN:
                found.append(self._taps_meanwhile(coming[0], circle.chance.choice(souls), card))
        return found

    async def _taps_meanwhile(self, meeting: Meeting, soul: Soul, card: Message) -> None:
        hand = soul.hand(TELEGRAM)
        assert isinstance(hand, OnTelegram)
        answer = soul.chance.choice(("yes", "maybe", "no"))
        await hand.person.taps(card, payload_of(card, LABELS[answer]))
        self.has_answered(meeting, soul, answer)
        self.year.report.killed_in += 1
