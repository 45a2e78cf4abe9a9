"""What happened in the demo's community before one looks: said and pressed by its people, through the page's own door."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from adapters.web.frames import Act, Fill, Open, Press, Say
from adapters.web.inbound import Speaker
from bot.chat.message import Room
from bot.clock import MovableClock
from bot.domain.communities import Community
from bot.domain.people import Account
from bot.ports import Store
from bot.commands.serving import DemoClock, Serving

PYTHON, GARDEN, ORGANIZERS = "python", "garden", "organizers"
ROOMS = {PYTHON: "Python circle", GARDEN: "Huerto en el balcón", ORGANIZERS: "Organizers"}
PEOPLE = {
    "amara": ("Amara Okafor", "en"),
    "lucia": ("Lucía Fernández", "es"),
    "kenji": ("Kenji Tanaka", "en"),
    "priya": ("Priya Nair", "en"),
    "mateo": ("Mateo Rojas", "es"),
    "sara": ("سارة حداد", "en"),
    "bjorn": ("Björn Lindqvist", "en"),
    "nia": ("Nia Wanjiru", "en"),
    "oleks": ("Олександр Коваль", "en"),
    "tala": ("Tala Reyes", "en"),
    "gwen": ("Gwen O’Neill", "en"),
}
"""Amara runs the Python circle, Mateo the garden circle; Lucía organizes both."""
LEARNERS = ("kenji", "priya", "mateo", "sara", "bjorn", "nia", "oleks", "tala", "gwen")
GARDENERS = ("kenji", "nia", "tala", "gwen")


@dataclass
class Story:
    """The community being lived in: who acts, where, and what time it is."""

    up: Serving
    clock: MovableClock
    time: DemoClock
    zone: str
    _keys: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def says(self, who: str, room: str, words: str, **answers: str) -> None:
        """Say something; `answers` fill the form that it opens."""
        ack = await self._act(who, Say(type="say", key=self._key(), room=room, words=words))
        if answers:
            await self._fill(who, room, ack, answers)

    async def presses(self, who: str, room: str, label: str, **answers: str) -> None:
        """Press the newest button that begins with `label`; `answers` fill the form that it opens."""
        post, payload = await self._button(who, room, label)
        ack = await self._act(who, Press(type="press", key=self._key(), room=room, post=post, payload=payload))
        if answers:
            await self._fill(who, room, ack, answers)

    async def opens(self, who: str) -> None:
        """Open the private chat."""
        await self._act(who, Open(type="open", key=self._key()))

    async def until(self, instant: datetime) -> None:
        """Let time pass, with everything that is due on the way."""
        await self.time.advance_to(instant)

    def private(self, who: str) -> str:
        """Return the name of somebody's private chat."""
        return f"p:{who}"

    async def _fill(self, who: str, room: str, ack: dict[str, Any], answers: dict[str, str]) -> None:
        page = ack["ask"]
        given = {question["field"]: question.get("value") or "" for question in page["questions"]}
        answered = await self._act(
            who, Fill(type="fill", key=self._key(), room=room, draft=page["draft"], answers=given | answers)
        )
        if "ask" in answered:
            wrong = {q["field"]: q.get("error") for q in answered["ask"]["questions"]}
            raise AssertionError(f"the demo's form was not taken: {wrong}")

    async def _button(self, who: str, room: str, label: str) -> tuple[int, str]:
        assert self.up.web is not None  # noqa: S101  # the demo always has the page
        kind, _, chat = room.partition(":")
        posts = await self.up.web.transcript.older(chat, who, private=kind == "p", before=2**62, limit=60)
        for post in sorted(posts, key=lambda post: post.id, reverse=True):
            for button in itertools.chain.from_iterable(post.body.get("rows", ())):
                if button["label"].startswith(label) and "press" in button:
                    return post.id, button["press"]
        raise AssertionError(f"{who} finds no button {label!r} in {room}")

    async def _act(self, who: str, frame: Act) -> dict[str, Any]:
        assert self.up.web is not None  # noqa: S101
        name, language = PEOPLE[who]
        ack = await self.up.web.answer(Speaker(who, name, language, self.zone), frame)
        if "failed" in ack:
            raise AssertionError(f"{who} could not {frame}: {ack}")
        return ack

    def _key(self) -> str:
        return f"demo-{next(self._keys)}"


async def live_through(story: Story, now: datetime, progress: Callable[[float], None]) -> None:
    """Live from the clock's present to `now`; the Python circle is then in week 3 of 6, three days before its meeting."""
    began = story.clock.now()
    here = ZoneInfo(story.zone)
    third = datetime.combine(now.astimezone(here).date() + timedelta(days=3), time(18, 0), here)
    await _arrive(story)
    await _found_python(story, third - timedelta(weeks=2))
    for number, (name, does) in enumerate(_chapters(third, now)):
        del name
        await does(story)
        progress(min(1.0, (story.clock.now() - began) / (now - began)) if number else 0.05)
    await story.until(now)
    progress(1.0)


async def _arrive(story: Story) -> None:
    web = story.up.web
    assert web is not None  # noqa: S101
    for user, (name, language) in PEOPLE.items():
        await web.add_person(user, name, language, story.zone)
    for chat, title in ROOMS.items():
        await web.add_room(chat, title, made_by="lucia")

    def found(store: Store) -> None:
        now = story.clock.now()
        community = store.communities.add(Community(0, "Riverside Library", "en", story.zone))
        lucia = store.people.meet(Account("web", "lucia", PEOPLE["lucia"][0]), "es", story.zone, now)
        store.communities.add_organizer(community.id, lucia.id)
        for chat, title in ROOMS.items():
            place = store.places.note(Room("web", chat), title, "")
            store.places.join_community(place.id, community.id)

    await story.up.bot.storage.transact(found)
    for user in PEOPLE:
        await story.opens(user)
