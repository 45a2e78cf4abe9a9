"""What happened in the demo's community before one looks: said and pressed by its people, through the page's door."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from adapters.web.frames import Act, Fill, Open, Press, Say
from adapters.web.inbound import Speaker
from bot.chat.message import Room
from bot.commands.demo_clock import ServingDemo
from bot.domain.communities import Community
from bot.domain.people import Account
from bot.ports import Store

PYTHON, GARDEN, ORGANIZERS = "python", "garden", "organizers"
ROOMS = {
    PYTHON: ("Python circle", "amara"),
    GARDEN: ("Huerto en el balcón", "mateo"),
    ORGANIZERS: ("Organizers", "lucia"),
}
"""Each room's title, and who made it."""
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
    "gwen": ("Gwen Jones", "en"),
}
"""Amara runs the Python circle, Mateo the garden circle; Lucía organizes both."""
LEARNERS = ("kenji", "priya", "mateo", "sara", "bjorn", "nia", "oleks", "tala", "gwen")
GARDENERS = ("kenji", "nia", "tala", "gwen")


@dataclass
class Story:
    """The community being lived in: who acts, where, and what time it is."""

    demo: ServingDemo
    zone: str
    _keys: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def says(self, who: str, room: str, words: str, **answers: str) -> None:
        """Say something; `answers` fill the form that it opens."""
        ack = await self._act(who, Say(type="say", key=self._key(), room=room, words=words))
        if answers:
            await self._fill(who, room, ack, answers)

    async def presses(self, who: str, room: str, label: str, **answers: str) -> None:
        """Press the newest button that begins with `label`, or its translation; `answers` fill the form it opens."""
        post, payload = await self._button(who, room, label)
        ack = await self._act(who, Press(type="press", key=self._key(), room=room, post=post, payload=payload))
        if answers:
            await self._fill(who, room, ack, answers)

    async def opens(self, who: str) -> None:
        """Open the private chat."""
        await self._act(who, Open(type="open", key=self._key()))

    async def until(self, instant: datetime) -> None:
        """Let time pass, with everything that is due on the way."""
        await self.demo.time.advance_to(instant)

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
        catalogue = self.demo.up.bot.catalogue
        labels = tuple(catalogue.speaker(language).words(label) for language in catalogue.languages)
        kind, _, chat = room.partition(":")
        posts = await self.demo.web.transcript.older(chat, who, private=kind == "p", before=2**62, limit=60)
        for post in sorted(posts, key=lambda post: post.id, reverse=True):
            for button in itertools.chain.from_iterable(post.body.get("rows", ())):
                if button["label"].startswith(labels) and "press" in button:
                    return post.id, button["press"]
        raise AssertionError(f"{who} finds no button {label!r} in {room}")

    async def _act(self, who: str, frame: Act) -> dict[str, Any]:
        name, language = PEOPLE[who]
        ack = await self.demo.web.answer(Speaker(who, name, language, self.zone), frame)
        if "failed" in ack:
            raise AssertionError(f"{who} could not {frame}: {ack}")
        await self.demo.up.bot.scheduler.run_due()
        return ack

    def _key(self) -> str:
        return f"demo-{next(self._keys)}"


GOALS = {
    "kenji": ("Automate the report I do by hand every month", "I can host the video call"),
    "priya": ("Write my first small program", "Good questions, and biscuits"),
    "sara": ("Understand what the developers at work talk about", "I take notes for everybody"),
    "oleks": ("Change my job within a year", ""),
}
PLUSES = (
    "Pairing up for the exercises",
    "Amara's examples with library data",
    "We began on time",
    "Nobody laughed at my question",
    "The cheat sheet",
    "Working through the quiz together",
)
DELTAS = (
    "Ten more minutes for the exercises",
    "A short break in the middle",
    "",
    "Share the link before we begin",
    "Less theory at the start",
    "",
)
UNITS = ("Hello, world", "Making decisions", "Loops and lists", "Functions", "Reading files", "Show and tell")


async def live_through(story: Story, now: datetime, progress: Callable[[float], None]) -> None:
    """Live from the clock's present to `now`: the Python circle is then in week 3 of 6, three days before a meeting."""
    began = story.demo.clock.now()
    here = ZoneInfo(story.zone)
    third = datetime.combine(now.astimezone(here).date() + timedelta(days=3), time(18, 0), here)

    async def until(at: datetime) -> None:
        await story.until(at)
        progress((story.demo.clock.now() - began) / (now - began))

    await _arrive(story)
    await _python_begins(story, third - timedelta(weeks=2))
    first, second = third - timedelta(weeks=2), third - timedelta(weeks=1)
    await _first_week(story, first, until)
    await _garden_begins(story, third + timedelta(days=2))
    await _second_week(story, second, until)
    await story.until(now)
    progress(1.0)


async def _arrive(story: Story) -> None:
    web = story.demo.web
    for user, (name, language) in PEOPLE.items():
        await web.add_person(user, name, language)  # their zone is the browser's that looks
    for chat, (title, maker) in ROOMS.items():
        await web.add_room(chat, title, made_by=maker)

    def found(store: Store) -> None:
        now = story.demo.clock.now()
        community = store.communities.add(Community(0, "Riverside Library", "en", story.zone))
        lucia = store.people.meet(Account("web", "lucia", PEOPLE["lucia"][0]), "es", story.zone, now)
        store.communities.add_organizer(community.id, lucia.id)
        for chat, (title, _) in ROOMS.items():
            place = store.places.note(Room("web", chat), title, "")
            store.places.join_community(place.id, community.id)

    await story.demo.up.bot.storage.transact(found)
    for user in PEOPLE:
        await story.opens(user)
    await story.says("lucia", f"g:{ORGANIZERS}", "/community")
    await story.presses("lucia", f"g:{ORGANIZERS}", "Digest here")


async def _python_begins(story: Story, first: datetime) -> None:
    room = f"g:{PYTHON}"
    await story.says(
        "amara",
        room,
        "/newcircle",
        name="Python for beginners",
        course="Python basics",
        course_link="https://www.p2pu.org/",
        zone=story.zone,
        first=f"{first:%Y-%m-%d %H:%M}",
        weeks="6",
        minutes="90",
        place="Room 2, Riverside Library",
        language="en",
    )
    await story.presses("amara", room, "Save")
    await story.says("amara", room, "/meetings")
    await story.presses("amara", room, "Topics", topics="\n".join(UNITS))
    await story.says("amara", room, "/circle")
    await story.presses("amara", room, "Publish")
    for user in LEARNERS:
        await story.presses(user, room, "Join this circle")
        if user in GOALS:
            goal, support = GOALS[user]
            await story.presses(user, room, "Tell us about you", goal=goal, support=support)


Until = Callable[[datetime], Awaitable[None]]
"""Lets time pass until then."""


def _after(start: datetime, **elapsed: int) -> datetime:
    """Return when so much time has really passed: a wall clock may have been put forward or back meanwhile."""
    return start.astimezone(UTC) + timedelta(**elapsed)


async def _first_week(story: Story, first: datetime, until: Until) -> None:
    room = f"g:{PYTHON}"
    await until(first - timedelta(days=2) + timedelta(minutes=20))
    for user in LEARNERS[:7]:
        await story.presses(user, room, "I'm coming")
    await story.presses("gwen", room, "Can't make it")
    await until(_after(first, minutes=100))
    await _look_back(story, room, LEARNERS[:6])
    await story.presses("amara", story.private("amara"), "4 good")
    await until(_after(first, hours=50))
    for user in LEARNERS[:4]:
        await story.presses(user, room, "Vote: Ten more")
    await story.presses("amara", room, "Take up…")
    await story.presses(
        "amara", room, "Take up: Ten more", words="Ten more minutes for the exercises", owner="Amara Okafor"
    )


async def _garden_begins(story: Story, first: datetime) -> None:
    room = f"g:{GARDEN}"
    await story.says(
        "mateo",
        room,
        "/newcircle",
        name="Huerto en el balcón",
        course="Cultivar en macetas",
        zone=story.zone,
        first=f"{first:%Y-%m-%d %H:%M}",
        weeks="4",
        minutes="60",
        link="https://meet.example.org/huerto",
        language="es",
    )
    await story.presses("mateo", room, "Save")
    await story.presses("mateo", room, "Publish")
    for user in GARDENERS:
        await story.presses(user, room, "Join this circle")


async def _second_week(story: Story, second: datetime, until: Until) -> None:
    room = f"g:{PYTHON}"
    await until(second - timedelta(days=1, hours=20))
    for user in LEARNERS[:5]:
        await story.presses(user, room, "I'm coming")
    for user in LEARNERS[5:7]:
        await story.presses(user, room, "Maybe")
    await until(_after(second, minutes=100))
    await _look_back(story, room, LEARNERS[1:7])
    await story.presses("amara", story.private("amara"), "5 great")


async def _look_back(story: Story, room: str, present: tuple[str, ...]) -> None:
    for number, user in enumerate(present):
        await story.presses(user, room, "I was there")
        await story.presses(
            user, room, "Plus / delta", plus=PLUSES[number], delta=DELTAS[number], mood=str(3 + number % 3)
        )
