"""What is answered at all, once, and in which order: with a script for a core."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.discord.drawings import Drawings
from adapters.discord.turns import Load, Turns
from bot.chat.message import Ask, Chart, Picture, Posted, Redraw, Reply, Say, Toast
from tests.discord import happening
from tests.discord.happening import ADA, APP, BEN, Json
from tests.discord.notebook import DROP
from tests.discord.recording import Scene, SlowPen, staged, thing
from tests.discord.sayings import BROKEN, CARD, HERE, NOT_SHOWN, message, page, panel, votes

MARKED = datetime(2026, 1, 1, tzinfo=UTC)


def _command(**more: Any) -> Json:  # noqa: ANN401  # whatever an interaction has
    return happening.command("slow", **more)


def _tap(**more: Any) -> Json:  # noqa: ANN401  # as above
    return happening.tapped("slow", **more)


class TestRefused:
    """Discord takes an answer not as it is."""

    @pytest.mark.parametrize("reply", [Say(message("For you"), private=True), Redraw(panel()), Toast("Here.")])
    async def test_the_person_hears_of_it(self, scene: Scene, reply: Reply, caplog: pytest.LogCaptureFixture) -> None:
        """What they did is saved, and so they are told; nobody's words stand in the log."""
        scene.notebook.troubles["first"] = deque([(400, 50035)])
        assert await scene.happens(_tap(), reply) == [f"says privately: {NOT_SHOWN}"]
        assert "secret words" not in caplog.text
        assert "token-" not in caplog.text

    async def test_a_form(self, scene: Scene) -> None:
        """Nothing was done yet."""
        scene.notebook.troubles["asks"] = deque([(400, 50035)])
        assert await scene.happens(_command(), Ask(page())) == [f"says privately: {BROKEN}"]

    async def test_the_core_breaks(self, scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
        """The person is told, and nobody's words stand in the log."""
        assert await scene.happens(_command(), RuntimeError("secret words")) == [f"says privately: {BROKEN}"]
        assert "secret words" not in caplog.text

    async def test_the_drawing_breaks(self, caplog: pytest.LogCaptureFixture) -> None:
        """The same."""

        def draw(_: Chart) -> Picture:
            message = "secret words"
            raise RuntimeError(message)

        async with staged(draw=draw) as scene:
            assert await scene.happens(_command(), Say(votes(), private=True)) == [f"says privately: {NOT_SHOWN}"]
        assert "secret words" not in caplog.text


class TestInTurn:
    """One person's acts are taken in their order, different people's side by side."""

    async def test_two_quick_taps(self, scene: Scene) -> None:
        """The second waits for the first, and is answered after it."""
        scene.inbox.ready["first"] = asyncio.Event()
        one = scene.begins(happening.tapped("first"), Redraw(panel("One")), Redraw(panel("Two")))
        two = scene.begins(happening.tapped("second"))
        await scene.inbox.until_asked()
        await scene.clock.is_waited_for(2.0, people=2)
        assert [thing(inbound) for inbound in scene.inbox.heard] == ["first"]
        scene.inbox.ready["first"].set()
        await asyncio.gather(one, two)
        assert scene.told() == ["redraws: One", "redraws: Two"]

    async def test_who_waits_for_their_own_turn_is_put_off(self, scene: Scene) -> None:
        """Discord waits as long for the second as for the first."""
        scene.inbox.ready["first"] = asyncio.Event()
        one = scene.begins(happening.tapped("first"), Redraw(panel("One")), Redraw(panel("Two")))
        two = scene.begins(happening.tapped("second"))
        await scene.inbox.until_asked()
        await scene.clock.is_waited_for(2.0, people=2)
        scene.clock.passes(2.0)
        assert await scene.until(2) == ["waits", "waits"]
        scene.inbox.ready["first"].set()
        await asyncio.gather(one, two)
        assert scene.told()[2:] == ["fills: One", "fills: Two"]

    async def test_answers_keep_the_order_too(self) -> None:
        """What takes long to draw is not overtaken by the person's next answer; other people's are not held up."""
        pen = SlowPen()
        async with staged(draw=pen.draw) as scene:
            one = scene.begins(happening.tapped("first"), Redraw(votes()), Redraw(panel("Two")), Redraw(panel("Ben's")))
            await pen.is_drawing.wait()
            two = scene.begins(happening.tapped("second"))
            await scene.inbox.until_asked(2)
            assert await scene.happens(happening.tapped("third", who=BEN)) == ["redraws: Ben's"]
            pen.may_draw.set()
            await asyncio.gather(one, two)
            assert scene.told()[1:] == ["redraws: The votes", "redraws: Two"]

    async def test_nothing_is_kept_of_who_waits_for_nothing(self, scene: Scene) -> None:
        """However many people there are."""
        turns, load = Turns(), Load()
        for who in ("Ada", "Ben", "Ada"):
            load.take(who)
            async with turns.take(who):
                assert len(turns) == 1
            load.done(who)
        assert (len(turns), load.people, load.total) == (0, 0, 0)

    async def test_a_turn_that_is_over_is_not_the_last_one(self) -> None:
        """Whoever comes third waits for the second, though the first is done."""
        turns = Turns()
        first, second = turns.take("Ada"), turns.take("Ada")
        async with first:
            pass
        third = asyncio.ensure_future(turns.take("Ada").__aenter__())
        await asyncio.sleep(0)
        async with second:
            await asyncio.sleep(0)
            assert not third.done()
        await third

    def test_too_much_of_everybody(self) -> None:
        """However many people it comes from."""
        load = Load(most_of_one=2, most=3)
        for who in ("Ada", "Ben", "Eve"):
            assert load.fits(who)
            load.take(who)
        assert not load.fits("Joe")
        load.done("Ben")
        assert load.fits("Joe")
        load.take("Ada")
        load.done("Eve")
        assert not load.fits("Ada")

    async def test_others_do_not_wait(self, scene: Scene) -> None:
        """Somebody else is answered at once."""
        scene.inbox.ready["first"] = asyncio.Event()
        one = scene.begins(happening.tapped("first"))
        await scene.inbox.until_asked()
        assert await scene.happens(happening.tapped("second", who=BEN), Redraw(panel("Two"))) == ["redraws: Two"]
        scene.inbox.ready["first"].set()
        await one

    async def test_a_first_that_breaks_lets_the_second_through(self, scene: Scene) -> None:
        """Nothing is held up by what went wrong before it."""
        one = scene.begins(happening.tapped("first"), RuntimeError(), Redraw(panel("Two")))
        two = scene.begins(happening.tapped("second"))
        await asyncio.gather(one, two)
        assert scene.told() == [f"says privately: {BROKEN}", "redraws: Two"]

    async def test_a_first_that_is_given_up_lets_the_second_through(self, scene: Scene) -> None:
        """The same for one that is cancelled in the middle of its turn, or waiting for it."""
        scene.inbox.ready["first"] = asyncio.Event()
        tasks = [scene.begins(happening.tapped(name)) for name in ("first", "second", "third")]
        await scene.inbox.until_asked()
        tasks[1].cancel()
        tasks[0].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert [thing(inbound) for inbound in scene.inbox.heard] == ["first", "third"]
        assert not scene.answering.is_busy

    async def test_too_much_of_one_person(self, scene: Scene) -> None:
        """What cannot be taken on is said so at once, and not done; others are heard."""
        scene.inbox.ready["first"] = asyncio.Event()
        tasks = [scene.begins(happening.tapped("first")) for _ in range(20)]
        await scene.inbox.until_asked()
        (told,) = await scene.happens(happening.tapped("more"))
        assert told.startswith("says privately: I am still busy with what came before")
        assert await scene.happens(happening.tapped("other", who=BEN), Toast("Here.")) == ["says privately: Here."]
        busy = [scene.answering.is_busy]
        scene.inbox.ready["first"].set()
        await asyncio.gather(*tasks)
        assert [*busy, scene.answering.is_busy] == [True, False]
        assert "more" not in [thing(inbound) for inbound in scene.inbox.heard]


class TestOneCard:
    """Several taps on the same card at the same time: nobody knows which answer Discord draws last."""

    async def test_overlapping_taps_leave_it_to_the_painter(self, scene: Scene) -> None:
        """Each draws the card, and none says that it is as it should be."""
        scene.inbox.ready["slow"] = asyncio.Event()
        reply = Redraw(message(card=CARD), marked=MARKED)
        one = scene.begins(_tap())
        await scene.inbox.until_asked()
        assert await scene.happens(happening.tapped("second", who=BEN), reply) == ["redraws: Here you are."]
        scene.inbox.replies.append(reply)
        scene.inbox.ready["slow"].set()
        await one
        assert scene.told() == ["redraws: Here you are."] * 2
        assert scene.inbox.drawn == []

    async def test_one_after_the_other(self, scene: Scene) -> None:
        """Each says so."""
        for who in (ADA, BEN):
            await scene.happens(happening.tapped("x.1", who=who), Redraw(message(card=CARD), marked=MARKED))
        assert len(scene.inbox.drawn) == 2

    async def test_another_card(self, scene: Scene) -> None:
        """What goes on there makes no difference."""
        scene.inbox.ready["slow"] = asyncio.Event()
        one = scene.begins(_tap(on=happening.message("slow", number=6)))
        await scene.inbox.until_asked()
        await scene.happens(happening.tapped("x.1", who=BEN), Redraw(message(card=CARD), marked=MARKED))
        assert [posted.message for posted, _ in scene.inbox.drawn] == ["5"]
        scene.inbox.ready["slow"].set()
        await one

    def test_nothing_is_kept(self) -> None:
        """Of a card at which nothing goes on any more."""
        drawings, card = Drawings(), Posted(HERE, "5")
        with drawings.under_way(card) as one:
            with drawings.under_way(card) as two:
                pass
            assert not one.is_alone
            assert not two.is_alone
        assert len(drawings) == 0
        with drawings.under_way(card) as three:
            assert three.is_alone


class TestTwice:
    """A connection that is taken up again brings once more what was said last."""

    async def test_an_interaction_is_answered_once(self, scene: Scene) -> None:
        """Neither is it handed in twice, nor said anything to."""
        data = _command()
        assert await scene.happens(data, Toast("Here.")) == ["says privately: Here."]
        assert await scene.happens(data, Toast("Again.")) == []
        assert len(scene.inbox.heard) == 1

    async def test_while_it_is_being_answered(self, scene: Scene) -> None:
        """The same."""
        scene.inbox.ready["slow"] = asyncio.Event()
        data = _command()
        task = scene.begins(data, Toast("Here."))
        await scene.inbox.until_asked()
        assert await scene.happens(data) == []
        scene.inbox.ready["slow"].set()
        await task
        assert scene.told() == ["says privately: Here."]


class TestUnknown:
    """What is nothing that we know is never met with silence."""

    async def test_a_list(self, scene: Scene) -> None:
        """Whoever chose from it is told."""
        (told,) = await scene.happens(happening.tapped("x.1", kind=3))
        assert told.startswith("says privately: I do not know this button any more.")
        assert scene.inbox.heard == []

    async def test_a_form(self, scene: Scene) -> None:
        """The same for a form of somebody else's."""
        (told,) = await scene.happens(happening.sent("theirs", {"weeks": "6"}))
        assert told.startswith("says privately: I do not know this form any more.")

    async def test_in_a_channel_that_nobody_knows(self, scene: Scene) -> None:
        """The same."""
        data = _command()
        data["channel"] |= {"type": 99}
        (told,) = await scene.happens(data)
        assert told.startswith("says privately: ")

    async def test_where_the_bot_may_not_write(self, scene: Scene) -> None:
        """What answers somebody is said there all the same: Discord minds no permissions for it."""
        scene.notebook.troubles["posts"] = deque([(403, 50013)])
        assert await scene.happens(_command(), Say(message("For all"))) == ["says: For all"]

    async def test_a_completion(self, scene: Scene) -> None:
        """What completes words is another's to answer, however often it is asked."""
        data = happening.happened(4, {"id": "1", "type": 1, "name": "circle", "options": []})
        assert await scene.happens(data) == ["completes"]
        assert scene.inbox.heard == []


class TestWhere:
    """What the core is told of a place when it minds."""

    async def test_the_servers_name(self, scene: Scene) -> None:
        """It is asked for only where it matters."""
        scene.inbox.minds = lambda act: thing(act) == "community"
        await scene.happens(happening.command("circle"), Toast("Here."))
        await scene.happens(happening.command("community"), Toast("Here."))
        await scene.happens(happening.command("community", place="direct"), Toast("Here."))
        titles = [getattr(inbound, "place").space_title for inbound in scene.inbox.heard]  # noqa: B009  # not all have one
        assert titles == ["", "The Library", ""]


async def test_nothing_of_a_token_or_of_peoples_words_is_logged(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """At any level, whatever happens."""
    caplog.set_level(logging.DEBUG, "adapters.discord")
    scene.notebook.troubles["first"] = deque([(400, 50035), DROP, (404, 10062)])
    data = happening.command("circle", happening.option("topic", "secret words"))
    await scene.happens(data, Say(message("secret words"), private=True))
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("adapters."))
    assert ours
    assert "secret words" not in ours
    assert data["token"] not in ours
    assert str(APP) not in ours
