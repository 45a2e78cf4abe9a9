"""Discord waits for three seconds: what is said in time, what is put off, and what happens when it all goes wrong."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.chat.message import Ask, Posted, Redraw, Reply, Say, Toast
from tests.discord import happening
from tests.discord.happening import ADA, CHANNEL, Json
from tests.discord.notebook import DROP, DROP_AFTER
from tests.discord.recording import Scene, SlowPen, staged
from tests.discord.sayings import CARD, HERE, IN_ROOM, NOT_SHOWN, message, page, panel, votes

DIRECT_CHANNEL = ADA + 10_000
MARKED = datetime(2026, 1, 1, tzinfo=UTC)
_OWN = happening.message("x.1", ephemeral=True)
_STEP = happening.message("dr.7", ephemeral=True)


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
        pen = SlowPen()
        async with staged(draw=pen.draw) as scene:
            task = scene.begins(happening.command("votes"), Say(votes(), private=True))
            await pen.is_drawing.wait()
            await scene.clock.is_waited_for(2.0)
            scene.clock.passes(2.0)
            assert await scene.until(1) == ["thinks privately"]
            pen.may_draw.set()
            await task
            assert scene.told()[1:] == ["fills privately: The votes"]


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
