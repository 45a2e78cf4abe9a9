"""A circle's whole life on Telegram, as its people see it, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.telegram.running import running
from tests.telegram.server.state import Status
from tests.telegram.telling import Life, blameless, is_with, plain

if TYPE_CHECKING:
    from storage.engine import Database
    from tests.telegram.world import World

FIRST = datetime(2026, 3, 10, 17, tzinfo=UTC)
"""Six in the evening in Madrid. The clocks change on 29 March."""
TITLE = "Python for beginners"
COMING, MAYBE, CANNOT = "I'm coming", "Maybe", "Can't make it"


class Circle:
    """Olga organizes, Fay facilitates; Ada has opened the bot's chat before, Ben, Cleo and Dan never have."""

    def __init__(self, life: Life) -> None:
        tg = life.tg
        self.life = life
        self.olga, self.fay = tg.user("Olga"), tg.user("Fay")
        self.ada, self.ben, self.cleo, self.dan = (tg.user(name) for name in ("Ada", "Ben", "Cleo", "Dan"))
        self.office = tg.group("Organizers", admins=[self.olga])
        members = [self.olga, self.ada, self.ben, self.cleo, self.dan]
        self.group = tg.group("Python at the library", admins=[self.fay], members=members, bot=Status.LEFT)


async def _begin(of: Circle) -> None:
    """A community in the organizers' group, and the circle in its own."""
    life, olga, fay, group = of.life, of.olga, of.fay, of.group
    await life.says(olga, "/community", of.office)
    await life.taps(olga, "Make a community of this room", of.office)
    await life.goes_through(olga, "Library circles", "✓ English", "Madrid", "Digest here")
    assert "every Monday at 9:00 AM to Organizers" in life.sees(olga)

    await life.tg.adds_bot(group, fay)
    await life.bot.settled()
    assert life.texts(group)[0].startswith("Hello everybody!")
    assert len(life.said(group)) == 1, "greeted once"
    await life.says(olga, "/community", group)
    await life.taps(olga, "Add this room to Library circles", group)
    assert "“Digest here” puts it into Python at the library" in life.sees(olga)

    await life.says(fay, "/newcircle", group)
    await life.taps(fay, "Go on in private", group)
    assert "What is the circle called?" in life.sees(fay)
    await life.goes_through(fay, TITLE, "Python basics", "https://course.example/py", "Madrid", "10 March 18:00")
    await life.goes_through(fay, "Keep “6”", "Keep “90”", "Skip", "https://meet.example/py", "✓ English")
    assert "Tuesday, 10 March 2026, 6:00 PM (Madrid)" in life.sees(fay)
    await life.taps(fay, "Save")
    assert "Room: Python at the library" in life.sees(fay)
    before = len(life.said(group))
    await life.taps(fay, "Preview")
    assert "Be the first to join." in life.sees(fay)
    assert len(life.said(group)) == before, "a draft is nobody else's business"
    assert await life.taps(fay, "Publish") == "Published."
    announced = life.said(group)[before:]
    assert [message.buttons for message in announced] == [["Join this circle"]]
    assert TITLE in announced[0].text


async def _join(of: Circle) -> None:
    """Four learners; Dan does not follow to the private chat."""
    life = of.life
    await life.says(of.ada, "/start")
    for who in (of.ada, of.ben, of.cleo):
        await life.taps(who, "Join this circle", of.group)
        assert f"You are in. Welcome to “{TITLE}”!" in life.newest("Welcome", who.chat).text
    offer = life.with_button("Join this circle", of.group)
    answer = await life.touches(of.dan, offer, "Join this circle")
    assert "?start=" in answer.url
    assert of.dan.said == []
    assert "4 learners so far" in offer.text
    assert life.count("You are in", of.group) == 0
    await life.bot.passes(hours=2)
    told = "\n".join(life.texts(of.fay.chat))
    assert "Ada has joined" in told
    assert "Ben, Cleo, and Dan have joined" in told, "told together"


async def _invite(of: Circle) -> None:
    """The reminder two days before: taps, changed minds, and a reason that only facilitators read."""
    life, group = of.life, of.group
    await life.moves_to(FIRST - timedelta(days=2))
    card = life.with_button(COMING, group)
    assert "Tuesday, 10 March 2026, 6:00 PM (Madrid)" in plain(card)
    assert "Join the call" in card.text
    assert "Nobody has answered yet." in card.text
    assert await life.taps(of.ada, COMING, group) == "See you there!"
    assert "maybe" in await life.taps(of.ben, MAYBE, group)
    assert "1 maybe: Ben" in card.text
    await life.taps(of.ben, CANNOT, group)
    assert "1 coming: Ada" in card.text
    assert "1 can't make it: Ben" in card.text
    assert "maybe:" not in card.text
    before = len(life.said(group))
    await life.taps(of.ben, "Say why", group)
    assert "Only the facilitators of the circle see it." in life.sees(of.ben)
    await life.says(of.ben, "I am in hospital")
    assert life.sees(of.ben) == "Thanks. Only the facilitators see your reason."
    assert len(life.said(group)) == before
    await life.says(of.fay, "/next")
    assert card.buttons[:3] == [COMING, MAYBE, CANNOT]


async def _nudge(of: Circle) -> None:
    """Only who has not answered is asked, privately and once; whom the bot cannot write to is left alone."""
    life, group = of.life, of.group
    told = len(life.said(group))
    await life.moves_to(FIRST - timedelta(hours=2, minutes=1))
    asked = {who.user.first_name: life.count("Will you come", who.chat) for who in (of.ada, of.ben, of.cleo, of.dan)}
    assert asked == {"Ada": 0, "Ben": 0, "Cleo": 1, "Dan": 0}
    assert len(life.said(group)) == told, "nobody is asked before the others"
    assert await life.taps(of.cleo, MAYBE) == "Noted: maybe. You can change it until the meeting starts."
    assert "You said: Maybe" in life.sees(of.cleo)
    assert "1 maybe: Cleo" in life.with_button(COMING, group).text
    old = life.with_button(COMING, group)
    await life.moves_to(FIRST - timedelta(hours=2))
    assert life.with_button(COMING, group) is not old
    assert "There is a newer message about this further down." in old.text
    assert old.buttons == []


async def _meet(of: Circle) -> None:
    """It begins and ends; the facilitator says who came, the learners what was good."""
    life, group = of.life, of.group
    card = life.with_button(COMING, group)
    late = card.button(COMING)["callback_data"]
    await life.moves_to(FIRST)
    assert "is on now, until 7:30 PM (Madrid)" in plain(card)
    assert card.buttons == []
    assert (await of.dan.taps(card, late)).text == "This meeting has already started."
    await life.moves_to(FIRST + timedelta(minutes=90))
    asks = life.with_button("Plus / delta", group)
    assert "This meeting is over." in asks.text
    assert "How did it go for you?" in life.sees(of.fay)
    assert await life.taps(of.ada, "I was there", group) == "Noted: you were there."
    assert await life.taps(of.dan, "I was there", group) == "Noted: you were there."
    await life.taps(of.fay, "Who came?")
    assert "Cleo: not there?" in of.fay.last.buttons
    await life.taps(of.fay, "Cleo: ")
    assert await life.taps(of.fay, "That is right") == "Kept: 4 of 5 came."
    assert "4 people were there: Fay, Ada, Cleo, and Dan." in asks.text
    assert await life.taps(of.fay, "4 good") == "Thank you!"
    await life.taps(of.fay, "Add a few words")
    await life.says(of.fay, "Ada helped everybody")
    assert "Ada helped everybody" not in life.ever_read(group)


async def _look_back(of: Circle) -> None:
    """Plus/delta is given in private, and read out without names from three answers on."""
    life, group = of.life, of.group
    asks = life.with_button("Plus / delta", group)
    given = ((of.ada, "The examples", "More time to ask"), (of.cleo, "The tea", "Less theory"))
    for number, (who, plus, delta) in enumerate(given, start=1):
        await life.taps(who, "Plus / delta", group)
        await life.goes_through(who, plus, delta, "4 good")
        assert "without your name" in life.newest("Thank you!", who.chat).text
        assert f"{number} answer" in asks.text
    assert not any(words in life.ever_read(group) for _, plus, delta in given for words in (plus, delta))
    await life.taps(of.dan, "Plus / delta", group)
    await life.goes_through(of.dan, "Skip", "Start on time", "5 great")
    summary = life.newest("This is what we said.", group)
    assert "3 people answered." in summary.text
    for words in ("The examples", "The tea", "More time to ask", "Less theory", "Start on time"):
        assert words in summary.text
    assert not any(who.user.first_name in summary.text for who in (of.ada, of.cleo, of.dan))


async def _decide(of: Circle) -> None:
    """Votes, a delta that is taken up, and the next reminder that carries it until it is done."""
    life, group = of.life, of.group
    summary = life.newest("This is what we said.", group)
    for who in (of.ada, of.ben):
        assert "Your vote counts" in await life.taps(who, "Vote: Less theory", group)
    assert "Less theory: 2 votes" in summary.text
    assert "Only a facilitator" in await life.taps(of.ada, "Take up…", group)
    await life.taps(of.fay, "Take up…", group)
    await life.goes_through(of.fay, "Take up: Less theory", "Ten minutes of theory", "Ben")
    assert "Taken up: Ten minutes of theory" in life.sees(of.fay)
    assert "you see to it" in life.sees(of.ben)
    assert "Less theory: taken up" in summary.text
    await life.moves_to(FIRST + timedelta(days=5))
    card = life.with_button(COMING, group)
    assert "Meeting 2" in card.text
    assert "Ten minutes of theory (Ben)" in card.text
    assert "Only whoever sees to it" in await life.taps(of.cleo, "Done: Ten minutes", group)
    await life.taps(of.ben, "Done: Ten minutes", group)
    assert "Ten minutes of theory" not in card.text


async def _digest(of: Circle) -> None:
    """On Monday at nine the organizers read about it, and see a chart."""
    life, office = of.life, of.office
    await life.moves_to(datetime(2026, 3, 16, 8, tzinfo=UTC))
    digest, chart = life.said(office)[-2:]
    assert digest.text.startswith("Library circles: the week")
    assert f"{TITLE}: meeting 1, 1 had said yes" in digest.text
    assert "Ten minutes of theory" in digest.text
    assert chart.photo is not None
    assert "How many had said yes, and how many came" in chart.text
    assert "hospital" not in life.ever_read(office)


async def _move(of: Circle) -> None:
    """A meeting moves: the group is told, the card is fresh, and who had said yes is asked once more."""
    life, group = of.life, of.group
    old = life.with_button(COMING, group)
    stale = old.button(COMING)["callback_data"]
    for who, answer in ((of.ada, COMING), (of.cleo, COMING), (of.ben, CANNOT)):
        await life.taps(who, answer, group)
    await life.says(of.fay, "/move Wednesday 6pm", group)
    await life.taps(of.fay, "Go on in private", group)
    await life.goes_through(of.fay, "✓ Only this one", "Save")
    assert "Wednesday, 18 March 2026, 6:00 PM (Madrid)" in life.texts(group)[-1]
    asked = [who.user.first_name for who in (of.ada, of.ben, of.cleo, of.dan) if life.count("Can you still", who.chat)]
    assert asked == ["Ada", "Cleo"]
    card = life.with_button(COMING, group)
    assert "2 have yet to confirm the new time" in card.text
    await life.taps(of.ada, COMING)
    assert "1 coming: Ada" in card.text
    assert "This meeting has moved" in (await of.dan.taps(old, stale)).text
    await life.bot.settled()


async def _full(of: Circle) -> None:
    """All seats are taken: Eve waits, Dan leaves, and she is offered his."""
    life, group = of.life, of.group
    eve = life.tg.user("Eve")
    group.set_member(eve.user, group.member(of.ada.user))
    await life.says(of.fay, "/circle")
    await life.taps(of.fay, "Change…")
    await life.taps(of.fay, "Seats and sign-up")
    await life.goes_through(of.fay, "4", "✓")
    await life.taps(eve, "Join the waiting list", group)
    assert "You are number 1 on the waiting list." in life.sees(eve)
    await life.says(of.dan, "/leave", group)
    await life.taps(of.dan, "Leave")
    assert "You have left" in life.sees(of.dan)
    await life.bot.passes(hours=12)
    await life.taps(eve, "Take the seat")
    assert f"You are in. Welcome to “{TITLE}”!" in life.newest("Welcome", eve.chat).text


async def _end(of: Circle) -> None:
    """The other five meetings pass, with three messages each at most; after the last the circle says goodbye."""
    life, group = of.life, of.group
    before = len(life.said(group))
    await life.moves_to(datetime(2026, 4, 20, 12, tzinfo=UTC))
    assert f"“{TITLE}” has come to its end." in life.said(group)[-1].text
    assert life.count("has come to its end", group) == 1
    assert len(life.said(group)) - before <= 5 * 3 + 1
    assert not any(label in message.buttons for message in group.said for label in (COMING, "Join this circle"))


def _kept_private(of: Circle) -> None:
    """No private word was ever read by others."""
    read = of.life.ever_read(of.group) + of.life.ever_read(of.office)
    for words in ("hospital", "Ada helped everybody", "You are in", "Will you come"):
        assert words not in read
    said = ("The examples", "The tea", "More time to ask", "Less theory", "Start on time")
    names = ("Ada", "Ben", "Cleo", "Dan")
    assert not any(is_with(name, words, read) for name in names for words in said)


async def test_a_circle_lives_its_life(tg: World, database: Database, caplog: pytest.LogCaptureFixture) -> None:
    """From the bot's first hello to the goodbye; nothing refused, nothing silent, nothing private told to others."""
    async with running(tg, database) as bot:
        of = Circle(Life(tg, bot))
        for chapter in (_begin, _join, _invite, _nudge, _meet, _look_back, _decide, _digest, _move, _full, _end):
            await chapter(of)
    _kept_private(of)
    blameless(tg, caplog)
