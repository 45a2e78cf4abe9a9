"""A circle's whole life on a server, as its people see it, on both databases."""

# Long because it is one life, told in its order.

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tests.discord.running import Running, world
from tests.discord.server.doing import Answered
from tests.discord.server.state import USUAL, May
from tests.discord.telling import blameless, card, count, ever_read, is_with, newest, plain

if TYPE_CHECKING:
    import pytest

    from bot.clock import MovableClock
    from storage.engine import Database
    from tests.discord.people import Person

FIRST = datetime(2026, 3, 10, 17, tzinfo=UTC)
"""Six in the evening in Madrid. The clocks change on 29 March."""
TITLE = "Python for beginners"
COMING, MAYBE, CANNOT = "I'm coming", "Maybe", "Can't make it"
SCHEDULED, CALLED_OFF = 1, 4


class Circle:
    """Mia manages the server, Olga organizes and facilitates; the others learn."""

    def __init__(self, life: Running) -> None:
        self.life, self.dc = life, life.dc
        self.server = life.dc.guild("Library", channel="python")
        (self.room,) = self.server.channels()
        self.office, self.hall = self.server.channel("office"), self.server.channel("hall")
        self.mia = self.server.person("Mia", may=USUAL | May.MANAGE_GUILD, at=self.office)
        self.olga, self.ada, self.ben, self.cleo, self.dan = (
            self.server.person(name) for name in ("Olga", "Ada", "Ben", "Cleo", "Dan")
        )

    @property
    def learners(self) -> tuple[Person, ...]:
        """Who learns from the beginning."""
        return self.ada, self.ben, self.cleo, self.dan

    def calendar(self) -> dict[str, tuple[datetime, int]]:
        """Return what stands among the server's events: when, and how it is."""
        return {event.name: (event.starts_at, event.status) for event in self.server.events.values()}


async def _begin(of: Circle) -> None:
    """The server is a community by itself: its manager picks an organizer, who starts the circle."""
    mia, olga = of.mia, of.olga
    await mia.types("community")
    assert mia.sees.startswith("Library\n")
    await mia.presses("Digest here")
    assert "every Monday at 9:00 AM to office" in plain(mia.sees)
    await mia.presses("Change…")
    await mia.presses("Time zone")
    await mia.fills(zone="Madrid")
    assert "Time zone: Madrid" in mia.sees
    await mia.types("community")
    await mia.presses("Invite…")
    await mia.presses("Choose an organizer")
    await mia.fills(person=olga)
    assert "Olga organizes “Library” now." in mia.sees
    assert "Mia made you an organizer of “Library”." in olga.sees

    await olga.types("newcircle", name=TITLE)
    assert olga.form is not None
    assert olga.form.prefilled("zone") == "Madrid"
    await olga.fills(course="Python basics", course_link="https://course.example/py", first="10 March 18:00")
    assert "Next comes part 2 of 2." in olga.sees
    await olga.presses("Continue")
    await olga.fills(minutes="ninety", link="https://meet.example/py")
    assert "from 15 to 480" in olga.sees
    await olga.presses("Continue")
    assert olga.form.fields == ["minutes"]
    assert olga.form.prefilled("minutes") == "ninety"
    await olga.fills(minutes="90")
    assert "Tuesday, 10 March 2026, 6:00 PM (Madrid)" in plain(olga.sees)
    await olga.presses("Save")
    assert "Room: python" in olga.sees
    await olga.presses("Preview")
    assert "Be the first to join." in olga.sees
    assert of.room.messages == [], "a draft is nobody else's business"
    await olga.presses("Publish")
    assert [one.buttons for one in of.room.messages] == [["Join this circle"]]
    assert TITLE in of.room.last.shown


async def _join(of: Circle) -> None:
    """Four learners are in by one button; the announcement counts them, and Olga hears of them together."""
    announced = of.room.last
    for who in of.learners:
        await who.presses("Join this circle")
        assert f"You are in. Welcome to “{TITLE}”!" in who.sees
    await of.ada.presses("Tell us about you")
    assert of.ada.form is not None
    await of.ada.fills({of.ada.form.fields[0]: "To read others' code"})
    assert "4 learners so far" in announced.shown
    assert "You are in" not in ever_read(of.room)
    await of.life.passes(hours=2)
    told = "\n".join(one.shown for one in of.olga.direct.messages)
    assert "Ada has joined" in told
    assert "Ben, Cleo, and Dan have joined" in told, "told together"


async def _invite(of: Circle) -> None:
    """The reminder two days before: taps draw it by their own answer, and a reason is for facilitators alone."""
    await of.life.moves_to(FIRST - timedelta(days=2))
    reminder = card(COMING, of.room)
    assert "<t:1773162000:F>" in str(reminder.embeds)
    assert "Nobody has answered yet." in reminder.shown
    assert of.calendar() == {f"{TITLE} · Meeting 1": (FIRST, SCHEDULED)}
    tap = await of.ada.presses(COMING)
    assert tap.answered is Answered.IN_PLACE
    assert "1 coming: Ada" in reminder.shown
    await of.ben.presses(MAYBE)
    assert "1 maybe: Ben" in reminder.shown
    await of.ben.presses(CANNOT)
    assert "1 can't make it: Ben" in reminder.shown
    assert "maybe:" not in reminder.shown
    before = len(of.room.messages)
    await of.ben.presses("Say why")
    assert of.ben.form is not None
    assert "Only the facilitators of the circle see it." in of.ben.form.shown
    await of.ben.fills(reason="I am in hospital")
    assert of.ben.sees == "Thanks. Only the facilitators see your reason."
    assert len(of.room.messages) == before


async def _nudge(of: Circle) -> None:
    """Only who has not answered is asked, by direct message, and once."""
    told = len(of.room.messages)
    await of.life.moves_to(FIRST - timedelta(hours=2, minutes=1))
    asked = {who.user.name: count("Will you come", who.direct.messages) for who in of.learners}
    assert asked == {"Ada": 0, "Ben": 0, "Cleo": 1, "Dan": 1}
    assert len(of.room.messages) == told, "nobody is asked before the others"
    await of.cleo.presses(MAYBE, of.cleo.direct.last)
    assert "You said: Maybe" in of.cleo.sees
    old = card(COMING, of.room)
    assert "1 maybe: Cleo" in old.shown
    await of.life.moves_to(FIRST - timedelta(hours=2))
    assert card(COMING, of.room) is not old
    assert "There is a newer message about this further down." in old.shown
    assert old.buttons == []


async def _meet(of: Circle) -> None:
    """It begins and ends; the facilitator says who came."""
    now = card(COMING, of.room)
    late = now.button(COMING)["custom_id"]
    await of.life.moves_to(FIRST)
    assert "is on now, until" in now.shown
    assert now.buttons == []
    tap = await of.dan.taps(late, now)
    assert tap.answered is Answered.IN_PLACE, "the card says that it has begun"
    await of.life.moves_to(FIRST + timedelta(minutes=90))
    asks = card("Plus / delta", of.room)
    assert "This meeting is over." in asks.shown
    assert "How did it go for you?" in of.olga.sees
    for who in (of.ada, of.dan):
        await who.presses("I was there")
    await of.olga.presses("Who came?", asks)
    assert "Cleo: not there?" in of.olga.last.buttons
    await of.olga.presses("Cleo: ")
    await of.olga.presses("That is right")
    assert "Kept: 4 of 5 came." in of.olga.sees
    assert "4 people were there: Olga, Ada, Cleo, and Dan." in asks.shown
    await of.olga.presses("4 good")
    assert "Thank you!" in of.olga.sees
    await of.olga.presses("Add a few words")
    assert of.olga.form is not None
    await of.olga.fills({of.olga.form.fields[0]: "Ada helped everybody"})


async def _look_back(of: Circle) -> None:
    """Plus, delta and mood are one form, and are read out without names from three answers on."""
    asks = card("Plus / delta", of.room)
    given = ((of.ada, "The examples", "More time to ask"), (of.cleo, "The tea", "Less theory"))
    for number, (who, plus, delta) in enumerate(given, start=1):
        await who.presses("Plus / delta")
        assert who.form is not None
        assert who.form.fields == ["plus", "delta", "mood"]
        await who.fills(plus=plus, delta=delta, mood="4 good")
        assert "Thank you!" in who.sees
        assert "without your name" in who.sees
        assert f"{number} answer" in asks.shown
    assert not any(words in ever_read(of.room) for _, plus, delta in given for words in (plus, delta))
    await of.dan.presses("Plus / delta")
    await of.dan.fills(delta="Start on time", mood="5 great")
    summary = newest("This is what we said.", of.room.messages)
    assert "3 people answered." in summary.shown
    for words in ("The examples", "The tea", "More time to ask", "Less theory", "Start on time"):
        assert words in summary.shown
    assert not any(who.user.name in summary.shown for who in of.learners)


async def _decide(of: Circle) -> None:
    """Votes, a delta that is taken up, and the next reminder that carries it until it is done."""
    summary = newest("This is what we said.", of.room.messages)
    for who in (of.ada, of.ben):
        await who.presses("Vote: Less theory")
    assert "Less theory: 2 votes" in summary.shown
    await of.ada.presses("Take up…")
    assert "Only a facilitator" in of.ada.sees
    await of.olga.presses("Take up…")
    await of.olga.presses("Take up: Less theory")
    await of.olga.fills(words="Ten minutes of theory", owner="Ben")
    assert "Taken up: Ten minutes of theory" in of.olga.sees
    assert "you see to it" in of.ben.sees
    assert "Less theory: taken up" in summary.shown
    await of.life.moves_to(FIRST + timedelta(days=5))
    reminder = card(COMING, of.room)
    assert "Meeting 2" in reminder.shown
    assert "Ten minutes of theory (Ben)" in reminder.shown


async def _digest(of: Circle) -> None:
    """On Monday at nine in Madrid the office reads about it, and sees a chart that is told in words, too."""
    await of.life.moves_to(datetime(2026, 3, 16, 8, tzinfo=UTC))
    digest = of.office.last
    assert digest.shown.startswith("Library: the week")
    assert f"{TITLE}: meeting 1, 1 had said yes, 4 came" in digest.shown
    assert "Ten minutes of theory" in digest.shown
    (chart,) = digest.attachments
    assert chart.description.startswith("How many had said yes, and how many came")
    assert chart.data.startswith(b"\x89PNG")
    assert f"attachment://{chart.filename}" in str(digest.asked)
    assert "hospital" not in ever_read(of.office)


async def _two_rooms(of: Circle) -> None:
    """A second channel of the circle: one roster, one count, both cards true whichever is pressed."""
    hall = of.hall
    await of.olga.goes(hall).types("circle", circle=TITLE)
    await of.olga.presses("Post it here")
    assert "4 learners so far" in card("Join this circle", hall).shown
    there, here = card(COMING, hall), card(COMING, of.room)
    edits = len(here.edits)
    tap = await of.ada.goes(hall).presses(COMING)
    assert tap.answered is Answered.IN_PLACE
    for one in (here, there):
        assert "1 coming: Ada" in one.shown
    assert len(here.edits) == edits + 1
    await of.ben.presses("Done: Ten minutes")
    for one in (here, there):
        assert "Ten minutes of theory" not in one.shown
    await of.olga.types("circle")
    await of.olga.presses("More…")
    await of.olga.presses("Stop posting in this room")
    of.olga.goes(of.room)
    of.ada.goes(of.room)


async def _move(of: Circle) -> None:
    """A meeting moves: the room and the calendar are told, the card is fresh, who had said yes is asked once more."""
    old = card(COMING, of.room)
    stale = old.button(COMING)["custom_id"]
    await of.cleo.presses(COMING)
    await of.ben.presses(CANNOT)
    asked_before = {who.id: len(who.direct.messages) for who in of.learners}
    await of.olga.types("move", to="Wednesday 6pm")
    await of.olga.fills()
    await of.olga.presses("Save")
    assert "2 people who had said yes are asked again." in of.olga.sees
    assert "Meeting 2: now Wednesday, 18 March 2026, 17:00 (it was Tuesday, 17 March 2026, 17:00)" in of.room.last.shown
    asked = [who.user.name for who in of.learners if len(who.direct.messages) > asked_before[who.id]]
    assert asked == ["Ada", "Cleo"]
    fresh = card(COMING, of.room)
    assert "2 have yet to confirm the new time" in fresh.shown
    assert of.calendar()[f"{TITLE} · Meeting 2"] == (FIRST + timedelta(days=8), SCHEDULED)
    await of.ada.presses(COMING, of.ada.direct.last)
    assert "1 coming: Ada" in fresh.shown
    await of.dan.taps(stale, old)
    assert "This meeting has moved" in of.dan.sees


async def _full(of: Circle) -> None:
    """All seats are taken: Eve waits, Dan leaves, and she is offered his."""
    eve = of.server.person("Eve", at=of.room)
    await of.olga.types("circle")
    await of.olga.presses("Change…")
    await of.olga.presses("Seats and sign-up")
    await of.olga.fills(seats="4")
    await eve.presses("Join the waiting list")
    assert "You are number 1 on the waiting list." in eve.sees
    await of.dan.types("leave")
    await of.dan.presses("Leave")
    assert "You have left" in of.dan.sees
    await of.life.passes(hours=12)
    await eve.presses("Take the seat")
    assert f"You are in. Welcome to “{TITLE}”!" in eve.sees


async def _call_off(of: Circle) -> None:
    """A meeting is called off: the room reads it, and its event is cancelled."""
    await of.life.moves_to(FIRST + timedelta(days=12, hours=1))
    reminder = card(COMING, of.room)
    stale = reminder.button(COMING)["custom_id"]
    await of.ada.presses(COMING)
    await of.olga.types("cancelmeeting")
    await of.olga.presses("Call off only this one")
    assert "called off" in of.room.last.shown
    assert reminder.buttons == ["Show the next meeting"]
    dates = sorted((event.starts_at, event.status) for event in of.server.events.values())
    assert dates[2:] == [(FIRST + timedelta(days=14), CALLED_OFF), (FIRST + timedelta(days=20, hours=23), SCHEDULED)]
    tap = await of.ben.taps(stale, reminder)
    assert "called off" in tap.shown


async def _ask(of: Circle) -> None:
    """The directory, one's own settings and data, and a parting that leaves nothing behind."""
    zoe = of.server.person("Zoe", at=of.hall)
    await zoe.types("circles")
    assert TITLE in zoe.sees
    await of.ada.types("me")
    assert TITLE in of.ada.sees
    await of.ada.types("mydata")
    assert "To read others' code" in of.ada.sees
    await of.cleo.types("forgetme")
    await of.cleo.presses("Yes, forget me")
    await of.life.settled()
    assert "Cleo" not in "".join(one.shown for one in of.room.messages)


async def _end(of: Circle) -> None:
    """The other meetings pass, with a few messages each; after the last the circle says goodbye."""
    before = len(of.room.messages)
    await of.life.moves_to(datetime(2026, 4, 20, 12, tzinfo=UTC))
    assert f"“{TITLE}” has come to its end." in of.room.last.shown
    assert count("has come to its end", of.room.messages) == 1
    assert len(of.room.messages) - before <= 4 * 3 + 1
    left = [label for message in of.room.messages for label in message.buttons]
    assert COMING not in left
    assert "Join this circle" not in left


def _kept_private(of: Circle) -> None:
    """No private word was ever read by others."""
    read = ever_read(of.room) + ever_read(of.office) + ever_read(of.hall)
    for words in ("hospital", "Ada helped everybody", "You are in", "Will you come"):
        assert words not in read
    said = ("The examples", "The tea", "More time to ask", "Less theory", "Start on time")
    assert not any(is_with(who.user.name, words, read) for who in of.learners for words in said)


async def test_a_circle_lives_its_life(
    database: Database, beginning: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    """From the manager's first word to the goodbye; nothing refused, nothing silent, nothing private told to others."""
    async with world(database, beginning) as life:
        of = Circle(life)
        for chapter in (_begin, _join, _invite, _nudge, _meet, _look_back, _decide, _digest, _two_rooms, _move):
            await chapter(of)
        for chapter in (_full, _call_off, _ask, _end):
            await chapter(of)
        _kept_private(of)
        blameless(life.dc, caplog)
