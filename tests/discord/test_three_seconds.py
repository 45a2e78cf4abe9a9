"""Discord waits for three seconds: what is said in time, what is put off, and what happens when it all goes wrong."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.discord.turns import Load, Turns
from bot.chat.message import Ask, Card, Chart, Picture, Posted, Redraw, Reply, Room, Say, Toast
from tests.discord import happening
from tests.discord.happening import ADA, APP, BEN, CHANNEL, Json
from tests.discord.recording import DROP, DROP_AFTER, Scene, staged, thing
from tests.discord.sayings import message, page, panel

CARD = Card("meeting", 1)
HERE = Room("discord", str(CHANNEL))
DIRECT_CHANNEL = ADA + 10_000
IN_ROOM = "Done: everybody can see it in the room now."
NOT_SHOWN = "I have noted that, but could not show you the answer. Please ask me again in a moment."
BROKEN = "Something went wrong on my side. Please try again."
MARKED = datetime(2026, 1, 1, tzinfo=UTC)
_OWN = happening.message("x.1", ephemeral=True)
_STEP = happening.message("dr.7", ephemeral=True)


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """Return a scene in which nothing has happened."""
    async with staged() as one:
        yield one


async def slowly(scene: Scene, data: Json, reply: Reply | Exception) -> list[str]:
    """Let the core answer after the first answer was put off; return what Discord is told in all."""
    ready = asyncio.Event()
    scene.inbox.ready["slow"] = ready
    task = scene.begins(data, reply)
    await scene.inbox.until_asked()
    await scene.clock.is_waited_for(2.0)
    scene.clock.passes(2.0)
    await scene.until(1)
    ready.set()
    await task
    return scene.told()


def _command(**more: Any) -> Json:  # noqa: ANN401  # whatever an interaction has
    return happening.command("slow", **more)


def _tap(**more: Any) -> Json:  # noqa: ANN401  # as above
    return happening.tapped("slow", **more)


class TestPutOff:
    """After two seconds Discord is asked for time, and the answer follows."""

    async def test_not_before_two_seconds(self, scene: Scene) -> None:
        """Whoever answers in time answers once."""
        scene.inbox.ready["slow"] = asyncio.Event()
        task = scene.begins(_command(), Toast("Here."))
        await scene.inbox.until_asked()
        await scene.clock.is_waited_for(2.0)
        scene.clock.passes(1.99)
        scene.inbox.ready["slow"].set()
        await task
        assert scene.told() == ["says privately: Here."]
        await asyncio.sleep(0)
        assert scene.clock.waiting == 0

    @pytest.mark.parametrize(
        ("data", "reply", "told"),
        [
            (_command, Toast("Here."), ["thinks privately", "fills privately: Here."]),
            (_command, Say(message("For you"), private=True), ["thinks privately", "fills privately: For you"]),
            (
                _command,
                Say(message("For all")),
                ["thinks privately", f"fills privately: {IN_ROOM}", "follows: For all"],
            ),
            (_command, Redraw(panel()), ["thinks privately", "fills privately: The panel"]),
            (lambda: _command(place="direct"), Say(message("For you"), private=True), ["thinks", "fills: For you"]),
            (_tap, Toast("Here."), ["waits", "follows privately: Here."]),
            (_tap, Say(message("For all")), ["waits", "follows: For all"]),
            (_tap, Redraw(panel()), ["waits", "fills: The panel"]),
            (lambda: _tap(on=_OWN), Redraw(panel(), "Saved."), ["waits", "fills: -# Saved.\nThe panel"]),
            (lambda: _tap(place="direct"), Toast("Here."), ["waits", "follows: Here."]),
        ],
    )
    async def test_the_answer_follows(
        self, scene: Scene, data: Callable[[], Json], reply: Reply, told: list[str]
    ) -> None:
        """It is seen by the same people as one in time, and in the same place."""
        assert await slowly(scene, data(), reply) == told

    @pytest.mark.parametrize(
        ("on", "reply", "told"),
        [
            (None, Toast("Here."), ["thinks privately", "fills privately: Here."]),
            (happening.message("x.1"), Toast("Here."), ["thinks privately", "fills privately: Here."]),
            (_OWN, Toast("Here."), ["waits", "follows privately: Here."]),
            (_STEP, Say(message("For you"), private=True), ["waits", "fills: For you"]),
            (_STEP, Say(message("For all")), ["waits", f"fills: {IN_ROOM}", "follows: For all"]),
        ],
    )
    async def test_the_answer_to_a_form_follows(
        self, scene: Scene, on: Json | None, reply: Reply, told: list[str]
    ) -> None:
        """It goes in place of the step that it follows, else it is a message of its own."""
        ready = asyncio.Event()
        scene.inbox.ready[""] = ready
        task = scene.begins(happening.sent("form.7", {"weeks": "6"}, on=on), reply)
        await scene.inbox.until_asked()
        await scene.clock.is_waited_for(2.0)
        scene.clock.passes(2.0)
        await scene.until(1)
        ready.set()
        await task
        assert scene.told() == told

    @pytest.mark.parametrize(("data", "way"), [(_command, "fills privately: "), (_tap, "follows privately: ")])
    async def test_a_form_cannot_follow(self, scene: Scene, data: Callable[[], Json], way: str) -> None:
        """There is a button that opens it."""
        told = await slowly(scene, data(), Ask(page()))
        assert told[1].startswith(way)
        assert scene.calls[1].buttons == ["dr.7", "zfg"]

    async def test_a_card_that_follows_stands_where_it_was_posted(self, scene: Scene) -> None:
        """It is the message that all can see, not the one that asked for time."""
        await slowly(scene, _command(), Say(message(card=CARD)))
        assert scene.inbox.stood == [(CARD, Posted(HERE, "101"))]

    async def test_a_card_that_is_drawn_late_is_drawn(self, scene: Scene) -> None:
        """The painter hears of it as of any other."""
        await slowly(scene, _tap(), Redraw(message(card=CARD), marked=MARKED))
        assert [posted for posted, _ in scene.inbox.drawn] == [Posted(HERE, "5")]

    async def test_a_slow_picture(self) -> None:
        """What takes long may be the drawing: meanwhile everything else goes on."""
        started, go_on = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()

        def draw(chart: Chart) -> Picture:
            loop.call_soon_threadsafe(started.set)
            asyncio.run_coroutine_threadsafe(_wait(go_on), loop).result()
            return Picture(b"png", chart.alt)

        async with staged(draw=draw) as scene:
            chart = message("The votes", picture=Chart("Votes", (), (), "Seven votes."))
            task = scene.begins(happening.command("votes"), Say(chart, private=True))
            await started.wait()
            await scene.clock.is_waited_for(2.0)
            scene.clock.passes(2.0)
            assert await scene.until(1) == ["thinks privately"]
            go_on.set()
            await task
            assert scene.told()[1:] == ["fills privately: The votes"]


async def _wait(event: asyncio.Event) -> None:
    await event.wait()


class TestTooLate:
    """Discord wants to hear nothing any more. What was done stays done, and nothing breaks."""

    async def test_a_tap(self, scene: Scene) -> None:
        """The card is not said to be drawn: the painter draws it."""
        scene.notebook.troubles["first"] = deque([(404, 10062)])
        told = await scene.happens(_tap(), Redraw(message(card=CARD), "See you!", marked=MARKED))
        assert told == []
        assert scene.inbox.drawn == []

    async def test_a_card_is_posted_without_it(self, scene: Scene) -> None:
        """What is for all gets there all the same, and once."""
        scene.notebook.troubles["first"] = deque([(404, 10062)])
        assert await scene.happens(_command(), Say(message("For all", card=CARD))) == [f"posts in {CHANNEL}: For all"]
        assert scene.inbox.stood == [(CARD, Posted(HERE, "100"))]

    async def test_what_is_for_one_is_said_in_direct_messages(self, scene: Scene) -> None:
        """Never in the channel."""
        scene.notebook.troubles["first"] = deque([(404, 10062)])
        told = await scene.happens(_command(), Say(message("For you", card=CARD), private=True))
        assert told == [f"posts in {DIRECT_CHANNEL}: For you"]
        assert scene.inbox.stood == []

    async def test_nothing_can_be_said_anywhere(self, scene: Scene) -> None:
        """It is given up."""
        scene.notebook.troubles |= {"first": deque([(404, 10062)]), "posts": deque([(403, 50007)])}
        assert await scene.happens(_command(), Say(message("For you"), private=True)) == []

    async def test_what_stands_elsewhere_is_not_posted_again(self, scene: Scene) -> None:
        """Only the word that it stands there came too late."""
        scene.notebook.troubles["first"] = deque([(404, 10062)])
        told = await scene.happens(_command(place="direct"), Say(message("For all"), room=HERE))
        assert told == [f"posts in {CHANNEL}: For all"]

    @pytest.mark.parametrize("refusal", [(401, 50027), (401, 0), (404, 10015)])
    async def test_a_quarter_of_an_hour(self, scene: Scene, refusal: tuple[int, int]) -> None:
        """After that, what was put off cannot be said any more either."""
        scene.notebook.troubles["fills"] = deque([refusal])
        told = await slowly(scene, _command(), Say(message("For you"), private=True))
        assert told == ["thinks privately", f"posts in {DIRECT_CHANNEL}: For you"]

    async def test_putting_off_too_late(self, scene: Scene) -> None:
        """It changes nothing about what comes of it."""
        scene.notebook.troubles["first"] = deque([(404, 10062), (404, 10062)])
        ready = asyncio.Event()
        scene.inbox.ready["slow"] = ready
        task = scene.begins(_command(), Say(message("For all")))
        await scene.inbox.until_asked()
        await scene.clock.is_waited_for(2.0)
        scene.clock.passes(2.0)
        await scene.clock.is_waited_for(10.0)
        ready.set()
        await task
        assert scene.told() == [f"posts in {CHANNEL}: For all"]

    async def test_somebody_else_has_answered(self, scene: Scene) -> None:
        """Two bots with one token: nothing more is said to the interaction."""
        scene.notebook.troubles["first"] = deque([(400, 40060)])
        assert await scene.happens(_command(), Toast("Here.")) == []


class TestBroken:
    """Connections that break."""

    async def test_before_it_arrived(self, scene: Scene) -> None:
        """It is said once more."""
        scene.notebook.troubles["first"] = deque([DROP])
        assert await scene.happens(_command(), Toast("Here.")) == ["says privately: Here."]

    @pytest.mark.parametrize(
        ("data", "reply", "told"),
        [
            (_command, Toast("Here."), "says privately: Here."),
            (_command, Say(message("For all", card=CARD)), "says: For all"),
            (_tap, Redraw(message("The card", card=CARD), marked=MARKED), "redraws: The card"),
            (_command, Ask(page()), "asks"),
        ],
    )
    async def test_after_it_arrived(self, scene: Scene, data: Callable[[], Json], reply: Reply, told: str) -> None:
        """Said once more, Discord says that it has an answer: it is ours."""
        scene.notebook.troubles["first"] = deque([DROP_AFTER])
        assert await scene.happens(data(), reply) == [told]
        is_card = isinstance(reply, Say)
        assert scene.inbox.stood == ([(CARD, Posted(HERE, "100"))] if is_card else [])
        assert len(scene.inbox.drawn) == isinstance(reply, Redraw)

    async def test_putting_off_arrived_unheard(self, scene: Scene) -> None:
        """Then the answer goes the way that is open then."""
        scene.notebook.troubles["first"] = deque([DROP_AFTER, DROP])
        ready = asyncio.Event()
        scene.inbox.ready["slow"] = ready
        task = scene.begins(_command(), Toast("Here."))
        await scene.inbox.until_asked()
        await scene.clock.is_waited_for(2.0)
        scene.clock.passes(2.0)
        await scene.until(1)
        ready.set()
        await task
        assert scene.told() == ["thinks privately", "fills privately: Here."]

    async def test_not_again_after_three_seconds(self, scene: Scene) -> None:
        """Discord would not take it; the person is told so if at all possible."""
        scene.notebook.held["says"] = asyncio.Event()
        scene.notebook.troubles["says"] = deque([DROP_AFTER])
        task = scene.begins(_command(), Say(message("For you"), private=True))
        await scene.until(1)
        scene.clock.passes(3.5)
        scene.notebook.held["says"].set()
        await task
        assert scene.told() == ["says privately: For you"]

    async def test_an_answer_that_hangs(self, scene: Scene) -> None:
        """Nobody waits for it for ever: the next act of the same person is answered."""
        scene.notebook.held["says"] = asyncio.Event()
        task = scene.begins(_command(), Toast("First."))
        second = scene.begins(_tap(), Redraw(panel()))
        await scene.until(1)
        await scene.clock.is_waited_for(10.0)
        scene.clock.passes(10.0)
        scene.notebook.held["says"].set()
        await asyncio.gather(task, second)
        assert scene.told()[-1].endswith(": The panel")

    async def test_discord_is_in_trouble(self, scene: Scene) -> None:
        """The library tries again for a while, but not for longer than anybody waits."""
        scene.notebook.troubles["first"] = deque([(500, 0)])
        task = scene.begins(_command(), Say(message("For you"), private=True))
        await scene.until_refused("first")
        await scene.clock.is_waited_for(10.0)
        scene.clock.passes(10.0)
        await task
        assert scene.told() == [f"says privately: {NOT_SHOWN}"]

    async def test_a_filled_answer_breaks(self, scene: Scene) -> None:
        """To fill it twice does no harm."""
        scene.notebook.troubles["fills"] = deque([DROP])
        assert await slowly(scene, _command(), Toast("Here.")) == ["thinks privately", "fills privately: Here."]

    async def test_what_follows_for_all_is_not_said_twice(self, scene: Scene) -> None:
        """It may stand there already: the person is told."""
        scene.notebook.troubles["follows"] = deque([DROP_AFTER])
        told = await slowly(scene, _tap(), Say(message("For all")))
        assert told == ["waits", "follows: For all", f"follows privately: {NOT_SHOWN}"]


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
            chart = message("The votes", picture=Chart("Votes", (), (), "Seven votes."))
            assert await scene.happens(_command(), Say(chart, private=True)) == [f"says privately: {NOT_SHOWN}"]
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
        started, go_on = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()

        def draw(chart: Chart) -> Picture:
            loop.call_soon_threadsafe(started.set)
            asyncio.run_coroutine_threadsafe(_wait(go_on), loop).result()
            return Picture(b"png", chart.alt)

        async with staged(draw=draw) as scene:
            chart = message("The votes", picture=Chart("Votes", (), (), "Seven votes."))
            one = scene.begins(happening.tapped("first"), Redraw(chart), Redraw(panel("Two")), Redraw(panel("Ben's")))
            await started.wait()
            two = scene.begins(happening.tapped("second"))
            await scene.inbox.until_asked(2)
            assert await scene.happens(happening.tapped("third", who=BEN)) == ["redraws: Ben's"]
            go_on.set()
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
        titles = [getattr(inbound, "place").space_title for inbound in scene.inbox.heard]  # noqa: B009
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
