"""Forms filled in at the doors: good answers to whatever is asked, and drafts as somebody leaves them."""

from __future__ import annotations

from datetime import timedelta

from bot.chat.forms import Draft, Page, Question
from bot.chat.intents import Intent, Kind
from bot.chat.message import Ask, Message, Say
from bot.forms import SaveDraft
from bot.ports import Store
from bot.rules import NAMED
from tests.doors.acting import Actor, Outcome
from tests.doors.allowed import ALLOWED, Where
from tests.doors.world import Who, World

FORMS: list[type[Intent]] = [
    intent
    for intent in ALLOWED
    if any(how.ask and not how.presumed and field not in NAMED for field, how in intent.asked.items())
]
"""What asks for something more than what it is about."""
_BY_FIELD = {
    "leads": "1 day",
    "to": "16 March 6pm",
    "at": "9:00",
    "quiet_from": "21:00",
    "quiet_to": "8:00",
    "code": "ABCD-EFGH-JKMP",
    "person": "u-linus",
    "template": "See you {when}!",
    "weeks": "6",
}
_BY_KIND = {
    Kind.SHORT: "A few words",
    Kind.LONG: "One line\nand another",
    Kind.LINK: "https://course.example/",
    Kind.WHEN: "20 April 6pm",
    Kind.NUMBER: "30",
    Kind.SEARCH: "Europe/Madrid",
}


def good(question: Question) -> str:
    """Return an answer that is taken."""
    if question.kind is Kind.CHOICE:
        return next((choice.value for choice in question.choices), "")
    return _BY_FIELD.get(question.field) or _BY_KIND.get(question.kind, "u-linus")


def filled(page: Page) -> dict[str, str]:
    """Return good answers to all questions of a page."""
    return {question.field: good(question) for question in page.questions}


async def fills_to_the_end(actor: Actor, outcome: Outcome, where: Where) -> Outcome:
    """Answer page after page, and save."""
    for _ in range(20):
        match outcome.reply:
            case Ask(page):
                outcome = await actor.fills(page.draft, filled(page), where)
            case Say(message) if save := save_of(message):
                outcome = await actor.presses(save, where)
            case _:
                return outcome
    raise AssertionError("the form never ends")


def save_of(message: Message) -> str:
    """Return what the button of a look back says that saves; empty where there is none."""
    buttons = [button for row in message.rows for button in row]
    return next((one.intent.payload() for one in buttons if isinstance(one.intent, SaveDraft)), "")


async def draft_of(world: World, who: Who, intent: type[Intent], *, answers: dict[str, str] | None = None) -> int:
    """Let somebody be in the middle of a form in their private chat, as if they had been allowed to begin it."""
    someone = world.someone(who)
    place = Actor(world, who).place(Where.PRIVATE)

    def begin(store: Store) -> int:
        here = store.places.note(place.room, "", "").id
        person = someone.person(store).id
        known = ALLOWED[intent].about(world.things).payload()
        until = world.chat.clock.now() + timedelta(hours=5)
        return store.drafts.open(Draft(0, person, here, intent.tag, known, until, answers or {})).id

    return await world.trial.transact(begin)


async def pages_of(world: World, who: Who, intent: type[Intent]) -> list[dict[str, str]]:
    """Return the good answers to each page of a form, as somebody who may is asked them."""
    actor, pages = Actor(world, who), []
    with world.trial.undone():
        outcome = await actor.presses(ALLOWED[intent].about(world.things).payload(), Where.PRIVATE)
        while isinstance(outcome.reply, Ask):
            pages.append(filled(outcome.reply.page))
            outcome = await actor.fills(outcome.reply.page.draft, pages[-1])
    return pages
