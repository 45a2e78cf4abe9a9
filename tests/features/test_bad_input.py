"""Whatever people send gets one kind, specific answer and changes nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.assembly import assemble
from bot.chat.inbound import Place, Press
from bot.chat.intents import Intent, Kind
from bot.chat.text import Bold, Link, Mention
from bot.domain.meetings import MeetingState
from bot.domain.people import Role
from bot.domain.rsvps import Answer
from bot.features.circles import intents as circles
from bot.features.communities import intents as communities
from bot.features.feedback import intents as feedback
from bot.features.rsvps import intents as rsvps
from bot.ports import Store
from tests.doors.allowed import ROUTES
from tests.features.after_meetings import takes_up
from tests.features.elsewhere import stored
from tests.features.test_permissions import Own, of_their_own
from tests.support.chat import ChatSim, Someone
from tests.support.sim import PLATFORM

_WORDS = frozenset({Kind.SHORT, Kind.LONG, Kind.LINK, Kind.SEARCH, Kind.WHEN, Kind.NUMBER})
FREE = [
    pytest.param(intent, field, id=f"{intent.__name__}.{field}")
    for intent in sorted(ROUTES, key=lambda intent: intent.__name__)
    for field, how in intent.asked.items()
    if how.ask and how.kind in _WORDS
]
MANY = "x" * 10_000
NAME = '<b>Eve</b> *@everyone* =HYPERLINK("http://evil") 🎉 \u202eمرحب'
SEEN = '<b>Eve</b> *@everyone* =HYPERLINK("http://evil") 🎉 مرحب'


def named(intent: type[Intent], own: Own) -> Intent:
    """Return the intent about things of the circle of `lived_in`, with its words still open."""
    ids: dict[str, object] = {
        "circle": own.circle,
        "community": own.community,
        "meeting": own.over if intent in {feedback.GiveFeedback, feedback.ReflectInWords} else own.ahead,
        "feedback": own.feedback,
        "decision": own.decision,
    }
    if intent is circles.NewCircle:
        return intent.about()
    return intent.about(**{field: known for field, known in ids.items() if field in intent.riders})


@pytest.mark.parametrize(("intent", "field"), FREE)
async def test_ten_thousand_characters(chat: ChatSim, intent: type[Intent], field: str) -> None:
    """No free text takes more than it can show: it is asked again, with the reason."""
    own = await of_their_own(chat)
    who = await somebody_for(chat, intent, own)
    await who.whispers("/help")
    on = chat.platform.seen_by(who.user)[-1]
    await who.presses_payload(named(intent, own).payload(), on)
    before = await stored(chat)
    await who.fills(**{field: MANY})
    assert who.errors().keys() >= {field}
    assert len(who.errors()[field]) < 300
    assert await stored(chat) == before


async def somebody_for(chat: ChatSim, intent: type[Intent], own: Own) -> Someone:
    """Return who is asked this; give what the question needs."""

    def ready(store: Store) -> None:
        circle = store.circles.get(own.circle)
        assert circle is not None
        store.circles.save(replace(circle, questions=("One?", "Two?", "Three?")), circle)
        if intent is rsvps.SayWhy:
            store.rsvps.answer(own.ahead, chat.ada.person(store).id, Answer.NO, at=chat.clock.now())
        if intent in {feedback.GiveFeedback, feedback.ReflectInWords}:
            meeting = store.meetings.get(own.over)
            assert meeting is not None
            store.meetings.save(replace(meeting, state=MeetingState.ENDED), meeting)

    await chat.store.transact(ready)
    if ROUTES[intent].feature == "operating":
        chat.bot = assemble(chat.storage, chat.clock, chat.platforms, operators=[(PLATFORM, chat.facilitator.user)])
    if ROUTES[intent].feature == "communities" and intent is not communities.MakeCommunity:
        return chat.organizer
    return chat.ada if intent in {circles.TellAbout, rsvps.SayWhy} else chat.facilitator


@pytest.mark.parametrize("payload", ["rsvp", "join", "publish", "there"])
async def test_a_press_that_comes_twice_is_one(chat: ChatSim, payload: str) -> None:
    """A platform that repeats an update gets no second answer."""
    own = await of_their_own(chat)
    intent: Intent = {
        "rsvp": rsvps.Rsvp(meeting=own.ahead, answer=Answer.YES),
        "join": circles.JoinCircle(circle=own.circle),
        "publish": circles.PublishCircle(circle=own.circle),
        "there": feedback.IWasThere(meeting=own.over, came=True),
    }[payload]
    who = {"join": chat.mary, "publish": chat.facilitator}.get(payload, chat.ada)
    await who.says("/help")
    on = chat.platform.seen_by(who.user)[-1].posted
    press = Press(
        sender=who.sender, place=Place(chat.room), key="twice", payload=intent.payload(), posted=on, page_size=12
    )
    replies = await asyncio.gather(*(chat.bot.router.receive(press) for _ in range(3)))
    assert [reply for reply in replies if reply is not None] == [next(filter(None, replies))]


async def test_two_taps_at_once_take_one_seat(chat: ChatSim) -> None:
    """Who joins with both thumbs sits once, and is told once who they are."""
    press = circles.JoinCircle(circle=chat.circle).payload()
    await chat.mary.says("/help")
    on = chat.platform.seen_by(chat.mary.user)[-1]
    await asyncio.gather(chat.mary.presses_payload(press, on), chat.mary.presses_payload(press, on))
    roster = await chat.store.read(lambda store: store.seats.roster(chat.circle))
    assert [member.person.name for member in roster].count("Mary") == 1
    assert sum("has joined" in text for text in chat.facilitator.inbox()) == 1


async def test_a_hostile_name_goes_through_the_whole_loop(chat: ChatSim) -> None:
    """A name is words wherever it stands: never markup, a mention of all, a link or a turn of the reading direction."""
    eve = chat.eve
    eve.name = NAME
    await eve.says("/join")
    await eve.says("/next")
    await eve.presses("I'm coming")
    await chat.facilitator.says("/circle")
    await chat.facilitator.presses("Members")
    await chat.facilitator.presses("Back")
    meeting = (await chat.meetings())[0]
    await chat.moves_to(meeting.ends_at)
    for name in ("ada", "grace", "linus", "eve"):
        someone = getattr(chat, name)
        await someone.presses("Plus / delta")
        await someone.fills(delta="more breaks")
    await takes_up(chat.facilitator)
    await chat.facilitator.fills(owner=str(await eve_id(chat)))
    await chat.facilitator.presses("Who came?")
    await chat.passes(days=6)
    await chat.facilitator.says("/decisions")
    await chat.organizer.whispers("/digest")
    shown = [post for post in chat.platform.posts if "Eve" in post.text]
    assert len(shown) > 5
    for post in chat.platform.posts:
        assert "\u202e" not in post.text
        for span in post.message.text.spans:
            assert not isinstance(span, Link | Mention) or "Eve" not in str(span)
    assert any(SEEN in post.text for post in shown)
    assert any(isinstance(span, Bold) and span.words == SEEN for post in shown for span in post.message.text.spans)


async def eve_id(chat: ChatSim) -> int:
    """Return Eve's id."""
    roster = await chat.store.read(lambda store: store.seats.roster(chat.circle))
    return next(member.person.id for member in roster if "Eve" in member.person.name and member.role is Role.LEARNER)
