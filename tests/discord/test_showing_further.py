"""What Discord is told when an answer takes more than one step: other rooms, threads, forms to be mended."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import pytest

from adapters.discord.mending import Mending
from bot.chat.message import (
    Ask,
    Branch,
    Card,
    Posted,
    Room,
    Say,
)
from tests.discord import happening
from tests.discord.happening import ADA, CHANNEL, THREAD
from tests.discord.recording import Scene
from tests.discord.sayings import BROKEN, CARD, HERE, IN_ROOM, message, page

OTHER = Room("discord", "899")
_STEP = happening.message("dr.7", "dn.7", ephemeral=True)
_DIRECT_STEP = happening.message("dr.7", "dn.7")


class TestElsewhere:
    """What is for another room than the one where it was asked for."""

    async def test_posted_where_it_belongs(self, scene: Scene) -> None:
        """And told so where it was asked for."""
        reply = Say(message("For all", card=CARD), room=OTHER)
        told = await scene.happens(happening.sent("form.7", {}, on=_DIRECT_STEP, place="direct"), reply)
        assert told == ["posts in 899: For all", f"redraws: {IN_ROOM}"]
        assert scene.inbox.stood == [(CARD, Posted(OTHER, "100"))]

    async def test_what_cannot_be_posted_there(self, scene: Scene) -> None:
        """The person is told."""
        scene.notebook.troubles["posts"] = deque([(403, 50013)])
        (told,) = await scene.happens(happening.command("circle", place="direct"), Say(message("For all"), room=OTHER))
        assert told.startswith("says: That is done, but I could not write it in the room.")
        assert scene.inbox.stood == []

    async def test_the_same_room_is_not_elsewhere(self, scene: Scene) -> None:
        """It is said as any other answer."""
        assert await scene.happens(happening.command("circle"), Say(message("For all"), room=HERE)) == ["says: For all"]


class TestThreads:
    """A thread is opened for a circle."""

    async def test_a_thread_is_opened(self, scene: Scene) -> None:
        """The core is asked what to say there, and the person is led to it."""
        welcome = message("Welcome!", card=Card("circle", 3))
        told = await scene.happens(happening.command("thread"), Branch("Rust beginners", "c3"), Say(welcome))
        assert told == [
            f"opens in {CHANNEL}: Rust beginners",
            f"adds in {THREAD}: {ADA}",
            f"posts in {THREAD}: Welcome!",
            f"says privately: I opened a thread for it: <#{THREAD}>",
        ]
        there = Room("discord", str(CHANNEL), str(THREAD))
        begun = scene.inbox.heard[1]
        assert getattr(begun, "name", "") == "start"
        assert getattr(begun, "words", "") == "c3"
        assert getattr(begun, "place", None) == replace(
            scene.inbox.heard[0].place,  # type: ignore[union-attr]  # a command
            room=there,
            title="Rust beginners",
        )
        assert [posted.room for _, posted in scene.inbox.stood] == [there]

    @pytest.mark.parametrize(
        ("may", "named"),
        [
            (0, "Create Public Threads and Send Messages in Threads"),
            (happening.WRITE_IN_THREADS, "Create Public Threads"),
            (happening.OPEN_THREADS, "Send Messages in Threads"),
        ],
    )
    async def test_what_the_bot_may_not(self, scene: Scene, may: int, named: str) -> None:
        """It is said which permission it takes, and nothing is tried in vain."""
        (told,) = await scene.happens(happening.command("thread", bot_may=may), Branch("Rust", "c3"))
        assert told.startswith("says privately: I am not allowed to do that here yet.")
        assert told.endswith(f"{named}.")

    async def test_an_administrator_may_everything(self, scene: Scene) -> None:
        """Discord tells of that one permission alone."""
        data = happening.command("thread", bot_may=happening.ADMINISTRATOR)
        assert f"opens in {CHANNEL}: Rust" in await scene.happens(data, Branch("Rust", "c3"))

    async def test_discord_refuses(self, scene: Scene) -> None:
        """The permission may be gone since: it is said which ones it takes."""
        scene.notebook.troubles["opens"] = deque([(403, 50013)])
        (told,) = await scene.happens(happening.command("thread"), Branch("Rust", "c3"))
        assert "Create Public Threads and Send Messages in Threads" in told

    async def test_discord_does_not_take_it(self, scene: Scene) -> None:
        """No thread was opened, and nothing is said to be done."""
        scene.notebook.troubles["opens"] = deque([(400, 50035)])
        assert await scene.happens(happening.command("thread"), Branch("Rust", "c3")) == [f"says privately: {BROKEN}"]

    async def test_in_direct_messages(self, scene: Scene) -> None:
        """There are no threads there."""
        (told,) = await scene.happens(happening.command("thread", place="direct"), Branch("Rust", "c3"))
        assert told.startswith("says: No thread can be opened here.")

    async def test_a_thread_that_cannot_be_written_to(self, scene: Scene) -> None:
        """It was opened, and the person is led there all the same."""
        scene.notebook.troubles["posts"] = deque([(403, 50013)])
        told = await scene.happens(happening.command("thread"), Branch("Rust", "c3"), Say(message("Welcome!")))
        assert told[-1] == f"says privately: I opened a thread for it: <#{THREAD}>"

    async def test_a_form_in_a_thread(self, scene: Scene) -> None:
        """No form can be shown without a tap: there is a button that opens it."""
        told = await scene.happens(happening.command("thread"), Branch("Rust", "c3"), Ask(page()))
        assert told[2].startswith(f"posts in {THREAD}: ")
        assert scene.calls[2].buttons == ["dr.7", "zfg"]


class TestRefusedWords:
    """What somebody wrote is not lost because it was not understood."""

    async def test_refused_words_stand_in_the_form_again(self, scene: Scene) -> None:
        """With the answers that were good."""
        await scene.happens(happening.sent("form.7", {"weeks": "many"}), Ask(page(value="many", error="No number.")))
        await scene.happens(happening.tapped("dr.7", on=_STEP), Ask(page()))
        assert _values(scene) == {"weeks": "many", "topic": "Python"}

    def test_only_so_many_are_remembered(self) -> None:
        """Of whoever does not go on, the words are forgotten some day: first the oldest."""
        mending = Mending(most=2)
        for draft in (1, 2, 1, 3):
            mending.keep(page(value="many", error="No number.", draft=draft))
        values = [mending.mended(page(draft=draft)).questions[0].value for draft in (1, 2, 3)]
        assert values == ["many", "", "many"]

    def test_words_that_are_refused_again(self) -> None:
        """What was refused last counts."""
        mending = Mending()
        mending.keep(page(value="many", error="No number."))
        again = page(value="few", error="No number either.")
        assert mending.mended(again) == again

    async def test_each_form_has_its_own(self, scene: Scene) -> None:
        """Another one begins with what it has."""
        await scene.happens(happening.sent("form.7", {"weeks": "many"}), Ask(page(value="many", error="No number.")))
        await scene.happens(happening.tapped("dr.8", on=_STEP), Ask(page(draft=8)))
        assert _values(scene) == {"weeks": None, "topic": "Python"}

    async def test_words_that_were_mended_are_forgotten(self, scene: Scene) -> None:
        """A later page of the same form shows what it has."""
        await scene.happens(happening.sent("form.7", {"weeks": "many"}), Ask(page(value="many", error="No number.")))
        await scene.happens(happening.sent("form.7", {"weeks": "6"}), Ask(page()))
        await scene.happens(happening.tapped("dr.7", on=_STEP), Ask(page()))
        assert _values(scene) == {"weeks": None, "topic": "Python"}


def _values(scene: Scene) -> dict[str, str | None]:
    """Return what stands in the form that was shown last."""
    assert scene.calls[-1].way == "asks"
    parts = [part["component"] for part in scene.calls[-1].data["components"] if "component" in part]
    return {part["custom_id"]: part.get("value") for part in parts}
