"""Lives that are told otherwise: in a thread of their own, in a forum's post, in direct messages, in Spanish."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.discord.lived_in import COMING, FIRST, OVER, REMINDER, living
from tests.discord.running import world
from tests.discord.server.doing import Answered
from tests.discord.server.state import USUAL, May
from tests.discord.telling import blameless, card, count, ever_read, founded, joined, newest, plain

if TYPE_CHECKING:
    import pytest

    from bot.clock import MovableClock
    from storage.engine import Database
    from tests.discord.people import Person
    from tests.discord.running import Running
    from tests.discord.server.state import Channel

MANAGER = USUAL | May.MANAGE_GUILD


async def _lives_a_week(life: Running, where: Channel, leader: Person, learners: list[Person]) -> None:
    """From the announcement to the summary, all of it in one place."""
    for who in (leader, *learners):
        who.goes(where)
    await joined(learners)
    await life.moves_to(REMINDER)
    for who in learners:
        await who.presses(COMING)
    assert f"{len(learners)} coming" in card(COMING, where).shown
    await life.moves_to(OVER)
    for who in (*learners, leader):
        await who.presses("Plus / delta")
        await who.fills(plus="The tea", delta=f"Wish of {who.user.name}", mood="4 good")
    await life.moves_to(OVER + timedelta(days=2))
    assert count("3 people answered.", where.messages) == 1


async def test_in_a_thread_that_the_bot_opens(
    sqlite_database: Database, beginning: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    """“Open a thread for it”: the whole life is there, and the channel stays as empty as it was."""
    async with world(sqlite_database, beginning) as life:
        server = life.dc.guild("Library")
        mia, ada, ben = server.person("Mia", may=MANAGER), server.person("Ada"), server.person("Ben")
        (channel,) = server.channels()
        await mia.types("newcircle", name="Chess")
        assert mia.form is not None
        assert mia.form.prefilled("zone") == "", "nobody has named a city yet"
        await mia.fills(zone="Madrid", first="10 March 18:00")
        await mia.presses("Continue")
        await mia.fills()
        await mia.presses("Save")
        panel = mia.with_button("Open a thread for it")
        await asyncio.gather(*(mia.presses("Open a thread for it", panel) for _ in range(2)))  # a hasty thumb
        (thread,) = server.threads(channel)
        assert thread.name == "Chess"
        assert mia.id in thread.in_it
        assert f"<#{thread.id}>" in mia.last.content
        await mia.goes(thread).presses("Publish")
        await _lives_a_week(life, thread, mia, [ada, ben])
        assert channel.messages == []
        blameless(life.dc, caplog)


async def test_in_a_post_of_a_forum(
    sqlite_database: Database, beginning: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Circles in posts of one forum do not mix, whoever is in both."""
    async with world(sqlite_database, beginning) as life:
        server = life.dc.guild("Library")
        mia, ada, ben = server.person("Mia", may=MANAGER), server.person("Ada"), server.person("Ben")
        forum = server.forum("circles")
        chess, go = server.thread(forum, "Chess", mia), server.thread(forum, "Go", mia)
        await founded(mia.goes(chess), "Chess")
        await founded(mia.goes(go), "Go", first="10 March 19:00")
        await ada.goes(go).presses("Join this circle")
        await _lives_a_week(life, chess, mia, [ada, ben])
        for post, other in ((chess, "Go ·"), (go, "Chess")):
            assert other not in ever_read(post)
        blameless(life.dc, caplog)


async def test_in_direct_messages(
    sqlite_database: Database, beginning: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    """All commands and buttons work there, and the room's card follows what is said there."""
    async with living(sqlite_database, beginning, learners=1) as lived:
        zoe, ada = lived.server.person("Zoe"), lived.ada
        zoe.goes(zoe.direct)
        ada.goes(ada.direct)
        await zoe.types("circles")
        assert "Python" in zoe.sees
        await zoe.presses("Python")
        await zoe.presses("Join this circle")
        assert "You are in. Welcome to “Python”!" in zoe.sees
        await lived.life.moves_to(REMINDER)
        await zoe.types("next")
        own = zoe.last
        await zoe.presses(COMING, own)
        assert "1 coming: Zoe" in own.shown
        assert "1 coming: Zoe" in card(COMING, lived.room).shown
        await zoe.types("me")
        await zoe.presses("Time zone")
        await zoe.fills(zone="Lisbon")
        assert "Time zone: Lisbon" in zoe.sees
        await ada.types("topic")
        await ada.fills(topic="Endgames")
        assert "Endgames" in card(COMING, lived.room).shown
        await ada.types("move", to="Wednesday 6pm")
        await ada.fills()
        await ada.presses("Save")
        assert "A meeting has moved" in lived.room.last.shown
        assert "1 has yet to confirm the new time" in card(COMING, lived.room).shown
        await zoe.presses(COMING)
        assert "1 coming: Zoe" in card(COMING, lived.room).shown
        await zoe.types("leave")
        await zoe.presses("Leave")
        assert count("You have left", zoe.private) == 1
        assert "Zoe" not in card(COMING, lived.room).shown
        blameless(lived.dc, caplog)


async def test_a_circle_speaks_its_language_and_each_person_theirs(
    sqlite_database: Database, beginning: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    """The channel reads Spanish; what one alone sees, forms too, is in their own Discord's language."""
    async with world(sqlite_database, beginning) as life:
        server = life.dc.guild("La biblioteca", locale="es-ES")
        fay = server.person("Fay", may=MANAGER)
        ana, ben = server.person("Ana", locale="es-ES"), server.person("Ben", locale="en-GB")
        (channel,) = server.channels()
        await founded(fay, "Ajedrez", language="Spanish")
        assert "Published: people can join." in fay.sees
        for who, welcome in ((ana, "Ya eres parte"), (ben, "You are in.")):
            await who.presses("Unirme a este círculo")
            assert welcome in who.sees
        menu = life.dc.realm.commands["circles"]
        assert menu["name_localizations"]["es-ES"] == "círculos"
        await ana.types("circles")
        assert "Círculos" in ana.sees
        await life.moves_to(REMINDER)
        reminder = card("Voy", channel)
        assert "Nadie ha respondido todavía." in reminder.shown
        for who in (ana, ben):
            await who.presses("Voy")
        assert "Ana y Ben" in reminder.shown
        await ben.types("me")
        assert "Your circles" in ben.sees
        await life.moves_to(OVER)
        assert "How did it go for you?" in fay.sees
        await ana.presses("Plus / delta")
        assert ana.form is not None
        assert "¿" in ana.form.shown
        await ana.fills(plus="El té")
        assert "¡Gracias!" in ana.sees
        read = [plain(one.shown) for one in channel.messages]
        english = ("coming", "meeting", "Meeting", "circle", "newer message")
        assert [text for text in read if any(word in text for word in english)] == []
        blameless(life.dc, caplog)


async def test_plus_and_delta_are_signed_where_the_circle_chose_so(
    sqlite_database: Database, beginning: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    """One form asks it along with the rest: who signs is named, who does not is not."""
    async with living(sqlite_database, beginning, learners=3) as lived:
        ada = lived.ada
        await ada.types("circle")
        await ada.presses("More…")
        await ada.presses("Let people sign plus/delta")
        await lived.life.moves_to(OVER)
        for who, sign in zip(lived.learners, ("Yes", "No", "No"), strict=True):
            await who.presses("Plus / delta")
            assert who.form is not None
            assert who.form.fields == ["plus", "delta", "mood", "sign"]
            await who.fills(plus=f"Praise by {who.user.name[0]}", mood="5 great", sign=sign)
        summary = newest("Praise by B", lived.room.messages)
        assert "Praise by B (Ben)" in summary.shown
        for name in ("Cleo", "Dan"):
            assert name not in summary.shown
        blameless(lived.dc, caplog)


async def test_on_two_servers(
    sqlite_database: Database, beginning: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    """A circle with a room on each has one roster; each server is a community of its own."""
    async with living(sqlite_database, beginning, learners=1) as lived:
        school = lived.dc.guild("School")
        (hall,) = school.channels()
        ada, ben = school.joins(lived.ada, may=MANAGER), lived.learners[0]
        zoe = school.person("Zoe")
        await ada.types("circle", hall, circle="Python")
        await ada.presses("Post it here")
        await zoe.presses("Join this circle")
        assert "2 learners so far" in card("Join this circle", lived.room).shown
        await lived.life.moves_to(REMINDER)
        await zoe.presses(COMING)
        await ben.presses(COMING)
        for where in (hall, lived.room):
            assert "2 coming: Zoe and Ben" in card(COMING, where).shown or "Ben and Zoe" in card(COMING, where).shown
        assert [len(server.events) for server in (lived.server, school)] == [1, 1]
        await zoe.types("circles")
        assert "Python" in zoe.sees
        blameless(lived.dc, caplog)


async def test_who_takes_no_direct_messages_goes_on_in_the_channel(
    sqlite_database: Database, beginning: MovableClock
) -> None:
    """Taps and commands are answered all the same; nothing is sent to them, and the room is not bothered with it."""
    async with living(sqlite_database, beginning, learners=1) as lived:
        ben = lived.learners[0]
        ben.closes_dms()
        await lived.life.moves_to(FIRST - timedelta(hours=2, minutes=1))
        assert ben.direct.messages == []
        await ben.presses(COMING)
        assert "1 coming: Ben" in card(COMING, lived.room).shown
        await ben.types("me")
        assert "Your circles" in ben.sees
        assert all("50007" in one for one in lived.dc.refusals)
        assert lived.dc.failed == []


async def test_many_taps_at_once(
    sqlite_database: Database, beginning: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Each is answered by drawing the card that was tapped; the other room's copy is drawn a few times, and right."""
    async with living(sqlite_database, beginning, learners=8) as lived:
        hall = lived.server.channel("hall")
        await lived.ada.types("circle", hall, circle="Python")
        await lived.ada.presses("Post it here", lived.ada.last)
        await lived.life.moves_to(REMINDER)
        here, there = card(COMING, lived.room), card(COMING, hall)
        before = len(there.edits)
        lived.dc.waits = False
        taps = [await who.presses(COMING, here) for who in lived.learners]
        lived.dc.waits = True
        for tap in taps:
            await lived.dc.answered(tap)
        await lived.life.settled()
        assert {tap.answered for tap in taps} == {Answered.IN_PLACE}
        for one in (here, there):
            assert "8 coming" in one.shown
        assert len(there.edits) - before < len(taps) / 2
        blameless(lived.dc, caplog)
