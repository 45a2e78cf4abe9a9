"""What Discord is told for each answer of the core, by what somebody did and where."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from bot.chat.message import (
    Ask,
    Button,
    Picture,
    Posted,
    Redraw,
    Reply,
    Room,
    Say,
    Toast,
    stacked,
)
from bot.chat.text import Text
from bot.i18n import PSEUDO
from tests.discord import happening
from tests.discord.happening import CHANNEL, THREAD, Json
from tests.discord.recording import Scene, staged
from tests.discord.sayings import CARD, DIRECT, HERE, IN_ROOM, Meet, message, page, panel, votes

DONE = "That is done. If an answer is missing, ask again."
SILENT = 1 << 12
MARKED = datetime(2026, 1, 1, tzinfo=UTC)
_PUBLIC = happening.message("x.1")
_OWN = happening.message("x.1", ephemeral=True)
_STEP = happening.message("dr.7", "dn.7", ephemeral=True)
_DIRECT_STEP = happening.message("dr.7", "dn.7")


def acts() -> dict[str, Json]:
    """Return what people do, by a name for it."""
    return {
        "command": happening.command("circle"),
        "tap on a card": happening.tapped("x.1", on=_PUBLIC),
        "tap on a panel": happening.tapped("x.1", on=_OWN),
        "tap on a step": happening.tapped("dr.7", on=_STEP),
        "form of a command": happening.sent("form.7", {"weeks": "6"}),
        "form of a card": happening.sent("form.7", {"weeks": "6"}, on=_PUBLIC),
        "form of a panel": happening.sent("form.7", {"weeks": "6"}, on=_OWN),
        "form of a step": happening.sent("form.7", {"weeks": "6"}, on=_STEP),
        "direct command": happening.command("circle", place="direct"),
        "direct tap": happening.tapped("x.1", on=_PUBLIC, place="direct"),
        "direct form": happening.sent("form.7", {"weeks": "6"}, place="direct"),
        "direct form of a step": happening.sent("form.7", {"weeks": "6"}, on=_DIRECT_STEP, place="direct"),
    }


@dataclass(frozen=True)
class Row:
    """How one reply is shown: mostly, and where that is another way."""

    reply: Reply
    mostly: list[str]
    directly: list[str]
    but: dict[str, list[str]] = field(default_factory=dict)

    def expected(self, act: str) -> list[str]:
        """Return what Discord is told."""
        return self.but.get(act, self.directly if act.startswith("direct") else self.mostly)


def _all(told: list[str], *acts: str) -> dict[str, list[str]]:
    return {act: list(told) for act in acts}


ROWS = {
    "toast": Row(Toast("Too late.", alert=True), ["says privately: Too late."], ["says: Too late."]),
    "done before": Row(None, [f"says privately: {DONE}"], [f"says: {DONE}"]),
    "private": Row(
        Say(message("For you"), private=True),
        ["says privately: For you"],
        ["says: For you"],
        _all(["redraws: For you"], "tap on a step", "form of a step", "direct form of a step"),
    ),
    "public": Row(
        Say(message("For all")),
        ["says: For all"],
        ["says: For all"],
        _all([f"redraws: {IN_ROOM}", "follows: For all"], "tap on a step", "form of a step")
        | {"direct form of a step": ["redraws: For all"]},
    ),
    "redraw": Row(
        Redraw(panel(), "Saved."),
        ["redraws: -# Saved.\nThe panel"],
        ["says: -# Saved.\nThe panel"],
        {
            "tap on a card": ["redraws: The panel"],
            "direct tap": ["redraws: -# Saved.\nThe panel"],
            "direct form of a step": ["redraws: -# Saved.\nThe panel"],
        }
        | _all(["says privately: -# Saved.\nThe panel"], "command", "form of a command", "form of a card"),
    ),
}


class TestWays:
    """Each reply has its way, by what was done and who reads along."""

    @pytest.mark.parametrize("act", acts())
    @pytest.mark.parametrize("reply", ROWS)
    async def test_a_reply(self, scene: Scene, reply: str, act: str) -> None:
        """It is said once, to whom it concerns, and in place of what nobody needs any more."""
        row = ROWS[reply]
        assert await scene.happens(acts()[act], row.reply) == row.expected(act)

    @pytest.mark.parametrize("act", ["command", "tap on a card", "tap on a panel", "tap on a step", "direct tap"])
    async def test_a_form(self, scene: Scene, act: str) -> None:
        """It is the first answer, and nothing else is said."""
        assert await scene.happens(acts()[act], Ask(page())) == ["asks"]
        assert scene.calls[0].data["custom_id"] == "form.7"

    @pytest.mark.parametrize(
        ("act", "way"),
        [
            ("form of a command", "says privately"),
            ("form of a card", "says privately"),
            ("form of a panel", "says privately"),
            ("form of a step", "redraws"),
            ("direct form", "says"),
            ("direct form of a step", "redraws"),
        ],
    )
    async def test_a_form_after_a_form(self, scene: Scene, act: str, way: str) -> None:
        """Discord shows none right after another: there is a button that opens it, and what was wrong."""
        (told,) = await scene.happens(acts()[act], Ask(page(value="many", error="That is no number.")))
        assert told.startswith(f"{way}: ")
        assert "That is no number." in told
        assert scene.calls[0].buttons == ["dr.7", "zfg"]

    @pytest.mark.parametrize("act", acts())
    async def test_nobody_else_is_told_what_is_private(self, scene: Scene, act: str) -> None:
        """Whatever was tapped: what is for one person is never said or drawn where all can read it."""
        await scene.happens(acts()[act], Say(message("For you", card=CARD), private=True))
        on_public = act.endswith("card")
        assert all(
            call.is_private or act.startswith("direct") or (call.way == "redraws" and not on_public)
            for call in scene.calls
        )
        stood = [posted.room for _, posted in scene.inbox.stood]
        assert stood == ([DIRECT] if act.startswith("direct") else [])

    @pytest.mark.parametrize("place", ["channel", "thread"])
    async def test_a_step_that_all_can_read(self, scene: Scene, place: str) -> None:
        """What stands in a thread for everybody is not drawn over with what is for one."""
        data = happening.sent("form.7", {"weeks": "6"}, on=happening.message("dr.7"), place=place)
        assert await scene.happens(data, Say(message("For you"), private=True)) == ["says privately: For you"]

    @pytest.mark.parametrize("place", ["channel", "direct"])
    async def test_in_the_persons_own_language(self, scene: Scene, place: str) -> None:
        """What the adapter adds speaks as the core does to that person, whatever Discord's own language is."""
        asked = replace(page(error="Why."), intro=Text(("So.",), PSEUDO))
        await scene.happens(happening.sent("form.7", {}, place=place), Ask(asked))
        rows = scene.calls[0].data["components"]
        assert [button["label"] for row in rows for button in row["components"]] == ["⟦Continue⟧", "⟦Forget it⟧"]

    async def test_without_a_sound(self, scene: Scene) -> None:
        """What is to be silent is so as an answer, too."""
        await scene.happens(happening.command("circle"), Say(message(silent=True)))
        assert scene.calls[0].data["flags"] == SILENT


class TestCards:
    """The core knows where its cards stand."""

    async def test_a_card_is_posted_as_the_answer(self, scene: Scene) -> None:
        """It stands where the command was given."""
        await scene.happens(happening.command("meet"), Say(message(card=CARD)))
        assert scene.inbox.stood == [(CARD, Posted(HERE, "100"))]

    async def test_a_card_in_a_thread(self, scene: Scene) -> None:
        """It stands in the thread."""
        await scene.happens(happening.command("meet", place="thread"), Say(message(card=CARD)))
        assert scene.inbox.stood == [(CARD, Posted(Room("discord", str(CHANNEL), str(THREAD)), "100"))]

    async def test_a_card_that_follows_the_last_step_of_a_form(self, scene: Scene) -> None:
        """It is a message of its own."""
        await scene.happens(happening.sent("form.7", {}, on=_STEP), Say(message(card=CARD)))
        assert scene.inbox.stood == [(CARD, Posted(HERE, "101"))]

    async def test_a_card_in_direct_messages(self, scene: Scene) -> None:
        """It can be drawn there again."""
        await scene.happens(happening.command("meet", place="direct"), Say(message(card=CARD), private=True))
        assert scene.inbox.stood == [(CARD, Posted(DIRECT, "100"))]

    async def test_a_marked_card_is_drawn_by_the_tap(self, scene: Scene) -> None:
        """The painter hears of it, and of nothing else: the toast would tell what the card says."""
        reply = Redraw(message(card=CARD), "See you!", marked=MARKED)
        assert await scene.happens(happening.tapped("x.1"), reply) == ["redraws: Here you are."]
        assert scene.inbox.drawn == [(Posted(HERE, "5"), reply)]
        assert scene.inbox.stood == []

    async def test_a_refusal_that_the_card_does_not_tell_of(self, scene: Scene) -> None:
        """The card is drawn, and whoever tapped reads why the tap did not count."""
        reply = Redraw(message(card=CARD), "It has moved.", marked=MARKED, alert=True)
        told = await scene.happens(happening.tapped("x.1"), reply)
        assert told == ["redraws: Here you are.", "follows privately: It has moved."]
        assert scene.inbox.drawn == [(Posted(HERE, "5"), reply)]

    async def test_a_card_without_a_mark(self, scene: Scene) -> None:
        """It is noted as it was drawn."""
        await scene.happens(happening.tapped("x.1"), Redraw(message(card=CARD)))
        assert scene.inbox.stood == [(CARD, Posted(HERE, "5"))]
        assert scene.inbox.drawn == []

    async def test_a_card_that_one_person_alone_sees(self, scene: Scene) -> None:
        """It is drawn, and never again: nobody but the tap can reach it."""
        await scene.happens(happening.tapped("x.1", on=_OWN), Redraw(message(card=CARD), marked=MARKED))
        assert scene.told() == ["redraws: Here you are."]
        assert scene.inbox.stood == []
        assert scene.inbox.drawn == []

    async def test_a_tapped_card_is_gone(self, scene: Scene) -> None:
        """Somebody deleted it meanwhile: whoever tapped hears the truth, and no card is said to stand there."""
        scene.notebook.troubles["redraws"] = deque([(404, 10008)])
        told = await scene.happens(happening.tapped("x.1"), Redraw(message(card=CARD), "See you!", marked=MARKED))
        assert told == ["says privately: -# See you!\nHere you are."]
        assert scene.inbox.stood == []
        assert scene.inbox.drawn == []

    async def test_what_stood_there_is_gone_from_it(self, scene: Scene) -> None:
        """Buttons, pictures and a title of before do not stay where the new drawing has none."""
        await scene.happens(happening.tapped("x.1"), Redraw(message("Bare")))
        data = scene.calls[0].data
        assert (data["components"], data["embeds"], data["attachments"]) == ([], [], [])
        assert data["allowed_mentions"] == {"parse": [], "users": []}

    @pytest.mark.parametrize("act", ["command", "form of a step"])
    async def test_nobody_is_notified_who_is_not_named(self, scene: Scene, act: str) -> None:
        """Whatever way it is said."""
        await scene.happens(acts()[act], Say(message("@everyone <@102> look")))
        assert all(call.data["allowed_mentions"] == {"parse": [], "users": []} for call in scene.calls)


class TestPictures:
    """Charts are drawn before they are sent."""

    async def test_a_chart(self) -> None:
        """It is attached, with its words, and the message tells of it."""
        async with staged(draw=lambda chart: Picture(b"png", chart.alt)) as scene:
            await scene.happens(happening.command("votes"), Say(votes(), private=True))
            assert [one["description"] for one in scene.calls[0].data["attachments"]] == ["Seven votes."]
            await scene.happens(happening.tapped("x.1", on=_OWN), Redraw(votes()))
            assert [one["description"] for one in scene.calls[1].data["attachments"]] == ["Seven votes."]


class TestLong:
    """What does not fit into one message."""

    @pytest.mark.parametrize(("act", "first"), [("command", "says privately"), ("form of a step", "redraws")])
    async def test_goes_on_below(self, scene: Scene, act: str, first: str) -> None:
        """All of it is said, to the same person, with the buttons below the last part."""
        words = "\n\n".join(f"{number}. " + "word " * 150 for number in range(12))
        long = message(words, title="Long", rows=stacked(Button("Go", Meet())))
        await scene.happens(acts()[act], Say(long, private=True))
        assert len(scene.calls) > 1
        assert str(scene.calls[0]).startswith(first)
        assert all(call.way == "follows" and call.is_private for call in scene.calls[1:])
        assert [bool(call.buttons) for call in scene.calls] == [False] * (len(scene.calls) - 1) + [True]
        assert "11. word" in scene.calls[-1].text
