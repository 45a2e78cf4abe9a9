"""Forms that go on in the private chat: they count where they were begun, and end there."""

from __future__ import annotations

import pytest

from bot.chat.forms import Page, linked_draft, resume_link
from bot.chat.inbound import Command, Filled, Inbound, Joined, Opened, Press, Typed
from bot.chat.message import Ask, Redraw, Reply, Say, Toast
from bot.forms import DRAFT_LASTS, AmendDraft, DropDraft, SaveDraft
from tests.core.scripted import Deed, Do, Peek, Shout, Talk, button, page_of, said
from tests.support.sim import group, private


async def moved(talk: Talk, words: str) -> Page:
    """Return the page of a form that was begun in the room and goes on in private."""
    page = page_of(await talk.says(words))
    return page_of(await talk.opens(page.resume))


def told_in(reply: Reply) -> str:
    """Return the room for which an answer is meant, empty where it is shown to the person where they are."""
    assert isinstance(reply, Say), reply
    return reply.room.chat if reply.room else ""


async def test_a_page_in_a_room_says_how_to_go_on_in_private(talk: Talk) -> None:
    """In the private chat there is nowhere to go; forgetting is possible everywhere."""
    page = page_of(await talk.says("/shout"))
    assert page.resume == resume_link(page.draft)
    assert linked_draft(page.resume) == page.draft
    assert page.drop == DropDraft(draft=page.draft)
    there = page_of(await talk.opens(page.resume))
    assert (there.draft, there.resume, there.drop) == (page.draft, "", page.drop)
    assert page_of(await talk.says("/everything")).resume == ""


async def test_it_is_done_in_the_room_where_it_was_begun(talk: Talk) -> None:
    """What goes without saying there goes without saying; the word for everybody goes there."""
    page = await moved(talk, "/shout")
    assert [question.field for question in page.questions] == ["words"]
    reply = await talk.fills(page, words="fire")
    assert (said(reply), told_in(reply)) == ("fire!", "room")
    assert await talk.done() == ["fire in room of room"]


async def test_what_is_meant_for_one_person_stays_with_them(talk: Talk) -> None:
    """A private answer is read where they are."""
    reply = await talk.fills(await moved(talk, "/shout"), words="secret")
    assert told_in(reply) == ""
    assert await talk.done() == ["secret in room of room"]


async def test_plain_words_go_on_with_it(talk: Talk) -> None:
    """In private the next words are the answer."""
    await moved(talk, "/shout")
    assert told_in(await talk.says("fire")) == "room"


@pytest.mark.parametrize(("began", "ended"), [(True, False), (False, True)])
async def test_who_ran_the_room_when_they_began(talk: Talk, *, began: bool, ended: bool) -> None:
    """Whether they run a room is found out there, not in the private chat."""
    talk.runs_room = began
    page = await moved(talk, "/shout")
    talk.runs_room = ended
    await talk.fills(page, words="fire")
    assert await talk.done() == [f"fire in room of room{', who runs it' if began else ''}"]


@pytest.mark.parametrize("runs_room", [True, False])
async def test_who_was_in_a_room_does_not_act_there_for_ever(talk: Talk, *, runs_room: bool) -> None:
    """Going on does not keep such a form alive: they may have left, or lost the right, meanwhile."""
    talk.runs_room = runs_room
    page = await moved(talk, "/shout")
    half = DRAFT_LASTS.total_seconds() / 2
    await talk.waits(seconds=half)
    page_of(await talk.fills(page, words="stones"))
    await talk.waits(seconds=half)
    assert "This form is over" in said(await talk.fills(page, words="fire"))


async def test_permission_is_that_of_the_room(talk: Talk) -> None:
    """Whoever may not do it there may not do it from their private chat."""
    page = page_of(await talk.says("/shout"))

    await talk.storage.transact(lambda store: store.places.move(group("room"), group("library")))
    assert "Shh" in said(await talk.opens(page.resume))
    assert "Shh" in said(await talk.fills(page, words="fire"))
    assert await talk.done() == []


async def test_what_a_handler_will_not_take_is_asked_again(talk: Talk) -> None:
    """In the private chat, for the same room."""
    page = page_of(await talk.fills(await moved(talk, "/shout"), words="stones"))
    assert page.questions[0].error == "Nobody shouts that."
    assert page.resume == ""
    assert told_in(await talk.fills(page, words="fire")) == "room"
    assert await talk.done() == ["fire in room of room"]


async def test_a_look_back_in_private(talk: Talk) -> None:
    """Its buttons save, change and forget there; the pet that went without saying still does."""
    page = await moved(talk, "/walk")
    reply = await talk.fills(page, when="Tuesday 6pm")
    assert isinstance(reply, Say)
    assert "Which pet? Rex" in said(reply)
    again = page_of(await talk.presses(button(reply, "Change")))
    assert again.resume == ""
    reply = await talk.fills(again, when="Wednesday 6pm", pet="1")
    assert told_in(await talk.presses(button(reply, "Save"))) == "room"
    assert await talk.done() == ["1 at 2026-03-04 18:00:00"]


async def test_it_can_be_forgotten_in_private(talk: Talk) -> None:
    """And is over in the room, too."""
    page = page_of(await talk.says("/walk"))
    await talk.opens(page.resume)
    assert "Nothing was saved" in said(await talk.presses(DropDraft(draft=page.draft)))
    talk.room = group("room")
    assert "This form is over" in said(await talk.fills(page, when="Tuesday 6pm"))


async def test_the_page_in_the_room_still_counts(talk: Talk) -> None:
    """Whoever goes back answers there; it is one form."""
    page = page_of(await talk.says("/shout"))
    await talk.opens(page.resume)
    talk.room = group("room")
    assert told_in(await talk.fills(page, words="fire")) == ""
    assert await talk.done() == ["fire in room of room"]


async def test_it_takes_the_place_of_what_was_open_in_private(talk: Talk) -> None:
    """One form at a time in a chat; the link can be followed twice."""
    page = page_of(await talk.says("/shout"))
    talk.room = private("Ada")
    other = page_of(await talk.says("/everything"))
    for _ in range(2):
        assert page_of(await talk.opens(page.resume)).draft == page.draft
    assert "This form is over" in said(await talk.fills(other))


async def test_somebody_elses_link_leads_nowhere(talk: Talk) -> None:
    """Nor does one that is over; both are said kindly, and the form stays its owner's."""
    page = page_of(await talk.says("/shout"))
    talk.name = "Mallory"
    assert "This form is over" in said(await talk.opens(page.resume))
    talk.name = "Ada"
    assert isinstance(await talk.opens(page.resume), Ask)
    await talk.waits(seconds=DRAFT_LASTS.total_seconds())
    assert "This form is over" in said(await talk.opens(page.resume))


@pytest.mark.parametrize("payload", ["d", "d-1", "dD1", "dzzzzzzzzzzzzzzzz", "draft"])
async def test_links_that_are_none(talk: Talk, payload: str) -> None:
    """Whatever begins alike is answered like any other link."""
    reply = said(await talk.opens(payload))
    assert "Hello" in reply or "This form is over" in reply


async def test_words_in_a_room_where_a_form_went_away(talk: Talk) -> None:
    """They are meant for people; once the form was left for too long there, that is said."""
    await moved(talk, "/shout")
    talk.room = group("room")
    assert await talk.says("fire") is None
    await talk.says("/shout")
    await talk.waits(seconds=DRAFT_LASTS.total_seconds())
    assert "This form is over" in said(await talk.says("fire"))


async def test_a_move_of_the_room_takes_its_forms_along(talk: Talk) -> None:
    """What was begun in the former room ends in the new one, also where that was heard of before."""
    page = await moved(talk, "/shout")
    talk.room = group("new")
    await talk.says("/feed fish")
    await talk.storage.transact(lambda store: store.places.move(group("room"), group("new")))
    talk.room = private("Ada")
    assert told_in(await talk.fills(page, words="fire")) == "new"


# What stood in a question


async def test_what_stood_there_is_kept(talk: Talk) -> None:
    """Sent as “keep it”, without saying it again: answers, declared values, and choices that hold anyway."""
    page = page_of(await talk.says("/everything"))
    asked = {"name": "Ada", "colour": "red", "pet": "1", "zone": "Tokyo", "when": "Tuesday 6pm", "link": ""}
    reply = await talk.keeps(page, "number", "sure", "story", **asked)
    draft = await talk.storage.read(lambda store: store.drafts.get(page.draft))
    assert draft is not None
    assert (draft.answers["number"], draft.answers["sure"]) == ("6", "0")
    page = page_of(await talk.presses(button(reply, "Change")))
    reply = await talk.keeps(page, *(question.field for question in page.questions))
    assert isinstance(reply, Say)
    again = await talk.storage.read(lambda store: store.drafts.get(page.draft))
    assert again is not None
    assert again.answers == draft.answers


async def test_what_is_no_question_is_not_kept(talk: Talk) -> None:
    """A made-up field is passed over."""
    assert isinstance(await talk.keeps(page_of(await talk.says("/shout")), "whose", "nonsense", words="fire"), Say)


# Who runs the room


async def test_looking_at_who_runs_the_room_is_declared(talk: Talk) -> None:
    """A route that looks without saying so fails wherever it is tried, not only where asking costs."""
    assert "Something went wrong" in said(await talk.presses(Peek()))


async def test_who_runs_the_room_is_asked_only_where_it_matters(talk: Talk) -> None:
    """Seen of the act alone: its command, its button's tag; whatever a form in a room is for, it may."""

    def minds(what: type[Command | Press | Filled | Typed | Opened | Joined], **values: object) -> bool:
        act: Inbound = what(**{**talk.act, **values})  # type: ignore[arg-type]  # each of its own type
        assert not isinstance(act, str)
        return talk.router.minds_who_runs(act)  # type: ignore[arg-type]  # an act

    assert minds(Command, name="Shout")
    assert not minds(Command, name="feed")
    assert minds(Command, name="xyzzy")  # nobody has yet looked up what it is called in other languages
    await talk.says("/xyzzy")
    assert not minds(Command, name="xyzzy")
    assert minds(Press, payload=Shout.about().payload())
    assert minds(Press, payload=SaveDraft(draft=1).payload())
    assert minds(Press, payload=AmendDraft(draft=1).payload())
    assert not minds(Press, payload=Do(deed=Deed.SAVE).payload())
    assert not minds(Press, payload="💥")
    assert minds(Filled, draft=1, answers={})
    assert minds(Typed, words="fire")
    assert not minds(Joined)
    talk.room = private("Ada")
    assert not minds(Command, name="shout")
    assert not minds(Typed, words="fire")
    assert not minds(Opened, start="d1")


async def test_a_redrawing_that_counts_elsewhere_is_said(talk: Talk) -> None:
    """Only a look-back that was tapped can be drawn over."""
    page = await moved(talk, "/walk")
    reply = await talk.fills(page, when="Tuesday 6pm")
    assert not isinstance(await talk.presses(button(reply, "Forget it")), Redraw | Toast)
