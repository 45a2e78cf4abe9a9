"""The router: every act gets one kind answer, changes what it says it changes or nothing, and tells no secrets."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import pytest

from bot.chat.inbound import Command, Filled, Joined, Left, Moved, Place, Press
from bot.chat.intents import Intent
from bot.chat.message import Card, Message, Posted, Redraw, Say, Toast
from bot.chat.text import Text
from bot.domain.people import Account
from bot.feature import Feature
from bot.router import LONGEST_TOAST, Router
from bot.rules import anyone, facilitators, members, organizers
from tests.core.scripted import Deed, Do, Everything, Feed, Find, Talk, Walk, page_of, said, scripted
from tests.support.sim import PLATFORM, group, private


async def test_an_unknown_command_offers_the_nearest(talk: Talk) -> None:
    """A slip of the finger is understood, anything else sent to the help; whatever it was is not repeated at length."""
    assert said(await talk.says("/evrything")) == "I do not know /evrything. Did you mean /everything?"
    assert "/help" in said(await talk.says("/xyzzy"))
    assert len(said(await talk.says(f"/{'y' * 10_000}"))) < 120


async def test_commands_know_no_case(talk: Talk) -> None:
    """Phones begin with a capital."""
    assert said(await talk.says("/Feed fish")) == "Fed."


@pytest.mark.parametrize(
    "payload", ["", "zz.1", "tdo.dance", "tdo", "tfe.x.y.z", "dy", "dy.zzzzzzzzzzzzz", "💥", "x" * 9999]
)
async def test_a_button_that_means_nothing_is_answered_kindly(talk: Talk, payload: str) -> None:
    """Forged, of an older shape or of nobody: never silence, never a change."""
    reply = await talk.presses(payload)
    assert isinstance(reply, Toast)
    assert "from an older time" in reply.words or "form is over" in reply.words
    assert await talk.done() == []


async def test_a_repeated_update_does_nothing_twice(talk: Talk) -> None:
    """The platform repeats what it believes lost; the second time there is nothing to do and nothing to say."""
    act = talk.act
    press = Press(payload=Do(deed=Deed.SAVE).payload(), **act)  # type: ignore[arg-type]  # each of its own type
    assert await talk.does(press) == Toast("Saved.")
    assert await talk.does(press) is None
    assert await talk.done() == ["save"]


async def test_what_failed_may_be_repeated(talk: Talk) -> None:
    """An update that was undone was not seen."""
    press = Press(payload=Do(deed=Deed.DECLINE).payload(), **talk.act)  # type: ignore[arg-type]  # as above
    first = await talk.does(press)
    assert await talk.does(press) == first


async def test_a_refusal_undoes_everything(talk: Talk) -> None:
    """What a handler wrote before it declined is not kept."""
    assert await talk.presses(Do(deed=Deed.DECLINE)) == Toast("No, Ada.", alert=True)
    assert await talk.done() == []


async def test_a_refusal_that_no_toast_holds_is_said(talk: Talk) -> None:
    """Platforms cut toasts; a reason is shown whole."""
    reply = await talk.presses(Do(deed=Deed.RAMBLE))
    assert isinstance(reply, Say)
    assert reply.private
    assert len(said(reply)) == 300


@pytest.mark.parametrize("deed", [Deed.TOAST, Deed.REDRAW])
async def test_toasts_fit(talk: Talk, deed: Deed) -> None:
    """What a handler says too long is cut, and seen to be."""
    reply = await talk.presses(Do(deed=deed))
    words = reply.words if isinstance(reply, Toast) else reply.toast if isinstance(reply, Redraw) else ""
    assert len(words) == LONGEST_TOAST
    assert words.endswith("…")


async def test_a_mistake_of_ours_is_owned_and_logged(talk: Talk, caplog: pytest.LogCaptureFixture) -> None:
    """The person hears that nothing changed; the log says where it broke, and nothing that people wrote."""
    with caplog.at_level(logging.ERROR):
        reply = await talk.presses(Do(deed=Deed.BREAK))
    assert "Something went wrong on my side" in said(reply)
    assert await talk.done() == []
    assert "RuntimeError" in caplog.text
    assert "scripted.py" in caplog.text
    assert "a secret that a person wrote" not in caplog.text.replace(
        'raise RuntimeError("a secret that a person wrote")', ""
    )


async def test_a_busy_database_is_said(talk: Talk) -> None:
    """Nothing was changed, and trying again may help."""
    assert "Please try again in a moment" in said(await talk.presses(Do(deed=Deed.BUSY)))
    assert await talk.done() == []


async def test_an_answer_refused_to_a_button_is_said(talk: Talk) -> None:
    """There is no form to ask again in."""
    assert await talk.presses(Do(deed=Deed.REFUSE)) == Toast("Not that.", alert=True)
    assert await talk.done() == []


async def test_a_button_without_its_answers_opens_a_form(talk: Talk) -> None:
    """One that knows everything is done at once."""
    assert [q.field for q in page_of(await talk.presses(Feed.about(pet=2))).questions] == ["food"]
    assert await talk.presses(Do(deed=Deed.SAVE)) == Toast("Saved.")


async def test_words_without_a_form(talk: Talk) -> None:
    """In private the bot says what it understands; in a room they may be meant for people."""
    assert await talk.says("hello") is None
    assert await talk.storage.read(lambda store: store.people.known(Account(PLATFORM, "Ada", "Ada"))) is None
    talk.room = private("Ada")
    assert "commands and buttons" in said(await talk.says("hello"))


async def test_an_opened_chat_and_a_joined_room_are_greeted(talk: Talk) -> None:
    """The link's payload arrives; from now on the bot may write there."""
    joined = Joined(**talk.act)  # type: ignore[arg-type]  # as above
    assert said(await talk.does(joined)) == "Hello, Ada. "
    assert said(await talk.opens("join-5")) == "Hello, Ada. join-5"
    account = Account(PLATFORM, "Ada", "Ada")
    person = await talk.storage.read(lambda store: store.people.known(account))
    assert person is not None
    assert await talk.storage.read(lambda store: store.people.private_room(person.id)) == private("Ada")
    await talk.does(Left(room=private("Ada"), key="left"))
    assert await talk.storage.read(lambda store: store.people.private_room(person.id)) is None
    assert await talk.does(Joined(back=True, **talk.act)) is None  # type: ignore[arg-type]  # as above
    assert await talk.storage.read(lambda store: store.people.private_room(person.id)) == private("Ada")


async def test_a_private_chat_that_turns_out_to_be_open(talk: Talk) -> None:
    """Somebody who never wrote there can be written to from then on; of whom nothing is known, nothing is noted."""
    await talk.says("/feed fish")
    account, room = Account(PLATFORM, "Ada", "Ada"), private("Ada")
    person = await talk.storage.read(lambda store: store.people.known(account))
    assert person is not None
    assert await talk.storage.read(lambda store: store.people.private_room(person.id)) is None
    talk.room = room
    assert await talk.does(Joined(back=True, **talk.act)) is None  # type: ignore[arg-type]  # as above
    assert await talk.storage.read(lambda store: store.people.private_room(person.id)) == room
    stranger = private("Bo")
    await talk.does(Joined(back=True, **{**talk.act, "place": Place(stranger)}))  # type: ignore[arg-type]  # as above
    assert await talk.storage.read(lambda store: store.places.find(stranger)) is None


async def test_rooms_are_left_and_move(talk: Talk) -> None:
    """Facts that nobody waits to hear about."""
    await talk.says("/feed fish")
    assert await talk.does(Moved(old=group("room"), new=group("elsewhere"), key="moved")) is None
    assert await talk.does(Left(room=group("elsewhere"), key="left")) is None
    place = await talk.storage.read(lambda store: store.places.find(group("elsewhere")))
    assert place is not None
    assert place.trouble


@pytest.mark.parametrize("zone", ["Nowhere/At_all", "../../etc/passwd", "Europe", "", "Europe/Madrid\x00"])
async def test_a_platforms_hints_are_only_hints(talk: Talk, zone: str) -> None:
    """What is no zone and no language is passed over; the date is read all the same."""
    talk.zone, talk.language, talk.name = zone, "x' OR 1=1", "A\u202eda\x00"
    assert said(await talk.says("/walk Tuesday 6pm")).startswith("Here is what I understood")
    person = await talk.storage.read(lambda store: store.people.known(Account(PLATFORM, talk.name, "")))
    assert person is not None
    assert (person.name, person.language, person.zone) == ("A da", "", "")


async def test_dates_mean_the_zone_that_is_said_with_them(talk: Talk) -> None:
    """“In 2 hours” is another hour in Tokyo; a zone that is none does not stand in the way."""
    talk.page_size = 12
    page = page_of(await talk.says("/everything"))
    answers = {"name": "x", "colour": "red", "pet": "1", "when": "in 2 hours"}
    await talk.fills(page, **answers, zone="Tokyo")
    draft = await talk.storage.read(lambda store: store.drafts.get(page.draft))
    assert draft is not None
    assert draft.answers["when"] == "2026-03-02T22:00"
    again = page_of(await talk.says("/everything"))
    assert [q.field for q in page_of(await talk.fills(again, **answers, zone="Atlantis")).questions] == ["zone"]


async def test_dates_that_the_platform_has_read(talk: Talk) -> None:
    """An instant that comes along for a field is what counts, to the minute and in the zone at hand."""
    at = datetime(2026, 3, 10, 17, 0, 42, tzinfo=UTC)
    words = {"when": "<t:1773162042:F>"}
    shown = await talk.does(Command(name="walk", options=words, moments={"when": at}, **talk.act))  # type: ignore[arg-type]
    assert "10 March 2026, 6:00" in said(shown)
    talk.zone, talk.name = "Asia/Tokyo", "Bo"
    page = page_of(await talk.says("/walk"))
    filled = Filled(draft=page.draft, answers=words, moments={"when": at, "pet": at}, **talk.act)  # type: ignore[arg-type]
    await talk.does(filled)
    draft = await talk.storage.read(lambda store: store.drafts.get(page.draft))
    assert draft is not None
    assert draft.answers["when"] == "2026-03-11T02:00"


# Menus and completions


async def test_commands_are_listed_in_the_features_order(talk: Talk) -> None:
    """Only those with a summary, in the language that is asked for."""
    assert [one.name for one in await talk.router.commands("en")] == [
        "everything",
        "feed",
        "walk",
        "find",
        "lonely",
        "shout",
    ]
    assert (await talk.router.commands("en-XA"))[0].summary == "⟦Ask everything⟧"


async def test_a_menu_knows_whom_a_command_is_for(talk: Talk) -> None:
    """What only those may do who run things is marked; a rule of one's own leaves it to everybody."""
    assert all(one.everyone for one in await talk.router.commands("en"))
    feature = Feature("more")
    for number, rule in enumerate((members, facilitators, organizers)):
        words = {"tag": f"xx{number}", "command": f"more{number}", "summary": "More"}
        intent = type(f"More{number}", (Intent,), {"__doc__": "More.", "__module__": __name__}, **words)
        feature.handles(intent, allow=rule)(lambda _intent, _ctx: None)
    listed = await Router(talk.router._means, [feature]).commands("en")
    assert [one.everyone for one in listed] == [True, False, False]


async def completed(talk: Talk, intent: type[Intent], field: str, words: str) -> list[str]:
    """Return the labels that complete words."""
    inbound = Command(name="", **talk.act)  # type: ignore[arg-type]  # as above
    return [label for _, label in await talk.router.completions(inbound, intent, field, words)]


async def test_completions(talk: Talk) -> None:
    """Whatever is offered that has the words; nothing for what takes none."""
    assert await completed(talk, Everything, "pet", "mi") == ["Mia {the} cat"]
    assert await completed(talk, Everything, "zone", "tok") == ["Tokyo"]
    assert await completed(talk, Everything, "colour", "") == ["Bright red", "Dark blue"]
    assert await completed(talk, Everything, "name", "a") == []
    assert await completed(talk, Find, "nonsense", "a") == []


async def test_looking_notes_nobody(talk: Talk) -> None:
    """Whoever types half a command has not met the bot yet, and neither has the room."""
    await completed(talk, Walk, "pet", "")
    assert await talk.storage.read(lambda store: store.people.known(Account(PLATFORM, "Ada", "Ada"))) is None
    assert await talk.storage.read(lambda store: store.places.find(talk.room)) is None


async def test_cards_stand_where_adapters_say(talk: Talk) -> None:
    """What an adapter drew itself is remembered."""
    card, posted = Card("meeting", 7), Posted(group("room"), "m1")
    await talk.router.stands(card, posted, Message(Text.of("card"), card=card))
    (stored,) = await talk.storage.read(lambda store: store.cards.of("meeting", 7))
    assert stored.posted == posted


async def test_what_an_adapter_drew_is_looked_at_anew(talk: Talk) -> None:
    """It may have changed on its way to the room: it is marked, and whoever draws is called."""
    calls: list[str] = []
    router = Router(talk.router._means, [scripted], wake=lambda: calls.append("now"))
    card, posted = Card("meeting", 7), Posted(group("room"), "m1")
    await router.stands(card, posted, Message(Text.of("card"), card=card))
    (marked,) = await talk.storage.read(lambda store: store.cards.dirty())
    assert marked.posted == posted
    assert calls == ["now"]


# Assembled


@pytest.mark.parametrize("tag", ["tfe", "dy"])
def test_two_intents_with_one_tag(talk: Talk, tag: str) -> None:
    """Noticed when the bot is put together; the forms' own tags count."""
    twice = Feature("twice")
    intent = type("Twice", (Intent,), {"__doc__": "The same tag.", "__module__": __name__}, tag=tag)
    twice.handles(intent, allow=anyone)(lambda _intent, _ctx: None)
    with pytest.raises(TypeError, match="tag"):
        Router(talk.router._means, [scripted, twice])


def test_two_intents_with_one_command(talk: Talk) -> None:
    """One of them would never be reached."""
    twice = Feature("twice")
    intent = type("Twice", (Intent,), {"__doc__": "The same.", "__module__": __name__}, tag="xx1", command="feed")
    twice.handles(intent, allow=anyone)(lambda _intent, _ctx: None)
    with pytest.raises(TypeError, match="command"):
        Router(talk.router._means, [scripted, twice])
