"""Lives that are told otherwise: brought to a webhook, in topics of a forum, in Spanish, with signed plus/delta."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.telegram.running import WEBHOOK, running
from tests.telegram.telling import Life, blameless, founded, plain

if TYPE_CHECKING:
    from storage.engine import Database
    from tests.telegram.world import World

FIRST = datetime(2026, 3, 10, 17, tzinfo=UTC)
OVER = FIRST + timedelta(minutes=90)
COMING = "I'm coming"


async def test_a_week_that_is_brought_to_the_webhook(
    tg: World, sqlite_database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """From the command to the summary, with nothing polled for."""
    fay, ada, ben = tg.user("Fay"), tg.user("Ada"), tg.user("Ben")
    group = tg.group("Readers", admins=[fay], members=[ada, ben])
    async with running(tg, sqlite_database, webhook=WEBHOOK) as bot:
        life = Life(tg, bot)
        await founded(life, fay, "Chess", group)
        for who in (ada, ben):
            await life.taps(who, "Join this circle", group)
        await life.moves_to(FIRST - timedelta(days=2))
        for who in (ada, ben):
            assert await life.taps(who, COMING, group) == "See you there!"
        assert "2 coming: Ada and Ben" in life.with_button(COMING, group).text
        await life.moves_to(OVER)
        for who in (ada, ben, fay):
            await life.taps(who, "Plus / delta", group)
            await life.goes_through(who, "The tea", f"Wish of number {who.id}", "4 good")
        await life.moves_to(OVER + timedelta(days=2))
        assert life.count("3 people answered.", group) == 1
    assert tg.calls("getUpdates") == []
    blameless(tg, caplog)


async def test_circles_in_topics_of_one_forum_do_not_mix(
    tg: World, sqlite_database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """Each is announced, reminded, answered and summed up in its own topic, whoever is in both."""
    fay, gus, ada, ben = (tg.user(name) for name in ("Fay", "Gus", "Ada", "Ben"))
    forum = tg.group("The library", admins=[fay, gus], members=[ada, ben], is_forum=True)
    python, chess = tg.topic(forum, "Code", fay), tg.topic(forum, "Games", gus)
    async with running(tg, sqlite_database) as bot:
        life = Life(tg, bot)
        await founded(life, fay, "Python", forum, topic=python)
        await founded(life, gus, "Chess", forum, topic=chess, first="10 March 19:00")
        for topic in (python, chess):
            await life.taps(ada, "Join this circle", forum, topic=topic)
        await life.taps(ben, "Join this circle", forum, topic=chess)
        await life.moves_to(FIRST - timedelta(days=2) + timedelta(hours=1))
        await life.taps(ada, COMING, forum, topic=python)
        await life.taps(ben, "Maybe", forum, topic=chess)
        assert "1 coming: Ada" in life.with_button(COMING, forum, python).text
        assert "1 maybe: Ben" in life.with_button(COMING, forum, chess).text
        await life.says(ada, "/next", forum, topic=chess)
        await life.says(ada, "/topic Endgames", forum, topic=chess)
        await life.says(gus, "/topic Endgames", forum, topic=chess)
        assert "Endgames" in life.with_button(COMING, forum, chess).text
        await life.moves_to(OVER + timedelta(hours=1))
        for who in (ada, ben, gus):
            await life.taps(who, "Plus / delta", forum, topic=chess)
            await life.goes_through(who, "Skip", f"Delta of number {who.id}", "Skip")
        await life.moves_to(OVER + timedelta(days=2, hours=1))
        assert "This is what we said." in "\n".join(life.texts(forum, chess))
    for topic, other in ((python, "Chess"), (chess, "Python")):
        said = "\n".join([*life.texts(forum, topic), *(str(one.buttons) for one in life.said(forum, topic))])
        assert other not in said
    stray = [message.text for message in forum.said if message.thread not in {python.thread, chess.thread}]
    assert stray == []
    blameless(tg, caplog)


async def test_a_circle_speaks_its_language_and_each_person_theirs(
    tg: World, sqlite_database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """The room reads Spanish; in private, and in the word after a tap, everybody reads their own language."""
    fay, ana, ben = tg.user("Fay", language="en"), tg.user("Ana", language="es"), tg.user("Ben", language="en-GB")
    group = tg.group("La biblioteca", admins=[fay], members=[ana, ben])
    async with running(tg, sqlite_database) as bot:
        life = Life(tg, bot)
        await founded(life, fay, "Ajedrez", group, language="Spanish")
        assert "Published: people can join." in life.sees(fay)
        here = len(life.said(group)) - 1
        for who, welcome in ((ana, "Ya eres parte"), (ben, "You are in.")):
            await life.taps(who, "Unirme a este círculo", group)
            assert welcome in life.sees(who)
        await life.moves_to(FIRST - timedelta(days=2))
        card = life.with_button("Voy", group)
        assert "Nadie ha respondido todavía." in card.text
        assert "martes, 10 de marzo de 2026" in plain(card)
        answers = [await life.taps(who, "Voy", group) for who in (ana, ben)]
        assert answers == ["¡Nos vemos allí!", "See you there!"]
        assert "Ana y Ben" in card.text
        await life.says(ben, "/me")
        assert "Your circles" in life.sees(ben)
        await life.moves_to(OVER)
        assert "How did it go for you?" in life.sees(fay)
        read = life.texts(group)[here:]
    english = ("coming", "meeting", "Meeting", "circle", "newer message")
    assert [text for text in read if any(word in text for word in english)] == []
    blameless(tg, caplog)


async def test_plus_and_delta_are_signed_where_the_circle_chose_so(
    tg: World, sqlite_database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """Who signs is named, who does not is not, and nothing stands in the group before it closes."""
    fay, ada, ben, cleo = (tg.user(name) for name in ("Fay", "Ada", "Ben", "Cleo"))
    group = tg.group("Readers", admins=[fay], members=[ada, ben, cleo])
    async with running(tg, sqlite_database) as bot:
        life = Life(tg, bot)
        await founded(life, fay, "Chess", group)
        for who in (ada, ben, cleo):
            await life.taps(who, "Join this circle", group)
        await life.says(fay, "/circle")
        await life.taps(fay, "More…")
        await life.taps(fay, "Let people sign plus/delta")
        await life.moves_to(OVER)
        for who, sign in ((ada, "Yes"), (ben, "✓ No"), (cleo, "✓ No")):
            await life.taps(who, "Plus / delta", group)
            await life.goes_through(who, f"Praise by {who.user.first_name[0]}", "Skip", "5 great")
            assert "Praise" not in life.ever_read(group)
            await life.taps(who, sign)
        summary = life.newest("Praise by A", group)
    assert "Praise by A (Ada)" in summary.text
    assert "Ben" not in summary.text
    assert "Cleo" not in summary.text
    blameless(tg, caplog)
