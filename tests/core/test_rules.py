"""Rules: who may, found from the very thing an intent names, with the reason where one may not."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from bot.chat.inbound import Command, Place
from bot.domain.circles import CircleState
from bot.errors import Declined
from bot.rules import Audience, Rule, anyone, circle_of, facilitators, members, organizers, readers
from storage.engine import Database
from tests.support.chat import ChatSim, lived_in


@pytest.fixture
async def chat(sqlite_database: Database) -> ChatSim:
    """Return a chat with a circle: Fatima runs it, Ada is in it, Olga organizes; a stranger is nothing."""
    return await lived_in(sqlite_database)


async def why_not(chat: ChatSim, rule: Rule, name: str, *, state: CircleState | None = None, **named: int) -> str:
    """Return why somebody may not, "" where they may."""
    someone = getattr(chat, name)
    act = Command(sender=someone.sender, place=Place(chat.room), name="")

    def work(store: object) -> str:
        ctx = chat.bot.router._context(act, store)  # type: ignore[arg-type]  # the storage's own
        if state is not None:
            ctx.store.circles.change_state(chat.circle, CircleState.PUBLISHED, state)
        try:
            rule(SimpleNamespace(**named), ctx)
        except Declined as declined:
            return str(declined.answer)
        return ""

    return await chat.store.transact(work)


@pytest.mark.parametrize(
    ("rule", "may"),
    [
        (anyone, {"stranger", "ada", "facilitator", "organizer"}),
        (readers, {"stranger", "ada", "facilitator", "organizer"}),
        (members, {"ada", "facilitator"}),
        (facilitators, {"facilitator", "organizer"}),
    ],
)
async def test_who_may(chat: ChatSim, rule: Rule, may: set[str]) -> None:
    """By what somebody is in the circle, whichever way the circle is named."""
    meeting = (await chat.meetings())[0].id
    for name in ("stranger", "ada", "facilitator", "organizer"):
        reasons = {
            await why_not(chat, rule, name, circle=chat.circle),
            await why_not(chat, rule, name, meeting=meeting),
        }
        assert (reasons == {""}) == (name in may), (name, reasons)


async def test_a_draft_does_not_exist_for_others(chat: ChatSim) -> None:
    """Not even its title is told."""
    for rule in (readers, facilitators):
        why = await why_not(chat, rule, "stranger", state=CircleState.DRAFT, circle=chat.circle)
        assert "not there any more" in why
        assert "Python" not in why
    assert await why_not(chat, readers, "facilitator", circle=chat.circle) == ""


async def test_organizers(chat: ChatSim) -> None:
    """Of the very community that is named."""
    assert await why_not(chat, organizers, "organizer", community=chat.community) == ""
    assert "organizer" in await why_not(chat, organizers, "facilitator", community=chat.community)
    assert "organizer" in await why_not(chat, organizers, "organizer", community=chat.community + 1)
    assert "organizer" in await why_not(chat, organizers, "organizer")


@pytest.mark.parametrize(
    "named", [{}, {"circle": 0}, {"circle": 99}, {"meeting": 99}, {"decision": 99}, {"feedback": 99}]
)
@pytest.mark.parametrize("rule", [readers, members, facilitators])
async def test_what_is_not_there(chat: ChatSim, rule: Rule, named: dict[str, int]) -> None:
    """A forged id is answered like one that is gone."""
    assert "not there any more" in await why_not(chat, rule, "organizer", state=None, **named)


async def test_the_object_decides_not_what_is_said_with_it(chat: ChatSim) -> None:
    """Whoever names another's meeting and a circle of their own is asked about the meeting."""
    meeting = (await chat.meetings())[0].id
    act = Command(sender=chat.ada.sender, place=Place(chat.room), name="")
    circle = await chat.store.transact(
        lambda store: circle_of(SimpleNamespace(meeting=meeting, circle=99), chat.bot.router._context(act, store))
    )
    assert circle.id == chat.circle


def test_rules_say_for_whom_they_are() -> None:
    """For menus and help, from the widest to the narrowest."""
    assert [rule.audience for rule in (anyone, readers, members, facilitators, organizers)] == sorted(
        [Audience.ANYONE, Audience.ANYONE, Audience.LEARNER, Audience.FACILITATOR, Audience.ORGANIZER]
    )
