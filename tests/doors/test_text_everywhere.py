"""Whatever people write anywhere, wherever it is shown: words, and never markup, a call, or a mistake of ours.

`tests/telegram`, `tests/discord` and `tests/adapters` try the drawing with texts of every sort. Here every field that
there is gets filled in, and everything that comes of it is drawn: what is answered, asked, posted in weeks, or kept in
a calendar.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass, field, replace

import pytest
from icalendar import Calendar as ICalendar

from adapters.discord.forms import between, modal
from adapters.discord.render import drawn as on_discord
from adapters.discord.render import short
from adapters.telegram.forms import prompt
from adapters.telegram.render import drawn as on_telegram
from adapters.web import forms as web_forms
from adapters.web import render as web_render
from bot.calendars import written
from bot.charts import draw
from bot.chat.forms import Page
from bot.chat.intents import Intent, Kind
from bot.chat.message import Ask, Chart, Message, Redraw, Reply, Say, Toast
from bot.chat.text import Link, Mention, Typed
from bot.domain.feeds import FEED_LASTS, Feed
from bot.features.calendars.handlers import calendar
from bot.features.circles import intents as circles
from bot.features.meetings import intents as meetings
from bot.features.people import intents as people
from bot.i18n import Catalogue
from bot.ports import Store
from tests.discord.payloads import faults_of_form
from tests.discord.test_text_from_people import sendable as discord_takes
from tests.doors.acting import Actor, Outcome
from tests.doors.allowed import ALLOWED, Where
from tests.doors.filling import FORMS, filled, save_of
from tests.doors.nasty import TRIED
from tests.doors.test_forms import MAY_BEGIN
from tests.doors.world import Who, World
from tests.telegram.test_text_from_people import sendable as telegram_takes

CATALOGUE = Catalogue()
TEXT = {Kind.SHORT, Kind.LONG, Kind.LINK, Kind.SEARCH}
SHORT = 600
"""Characters of the longest reason for which an answer is not taken, with what was answered and five choices."""
FITS = 3000
"""How much of it one message shows."""
LAST: tuple[type[Intent], ...] = (meetings.CancelBecause, circles.EditZone)
"""What makes an end of what the others are about."""
NOT_TOLD: tuple[type[Intent], ...] = (people.ForgetMe, circles.EndCircle, circles.UnpublishCircle)


@dataclass
class Shown:
    """All that came of it; `refused` are the reasons for which answers were not taken."""

    messages: list[Message] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    toasts: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def add(self, reply: Reply) -> None:
        """Keep what a reply shows."""
        match reply:
            case Say(message):
                self.messages.append(message)
            case Redraw(message, toast):
                self.messages.append(message)
                self.toasts.append(toast)
            case Toast(words):
                self.toasts.append(words)
            case Ask(page):
                self.pages.append(page)
                self.refused.extend(one.error for one in page.questions if one.error)


async def writes(actor: Actor, intent: type[Intent], words: str, shown: Shown) -> None:
    """Fill in a form with these words wherever words go; where they are not taken, with others."""
    outcome = await actor.presses(ALLOWED[intent].about(actor.world.things).payload(), Where.PRIVATE)
    for _ in range(12):
        shown.add(outcome.reply)
        match outcome.reply:
            case Ask(page):
                bad = {one.field for one in page.questions if one.error}
                answers = filled(page) | {
                    one.field: words for one in page.questions if one.kind in TEXT and one.field not in bad
                }
                outcome = await actor.fills(page.draft, answers)
            case Say(message) if save := save_of(message):
                outcome = await actor.presses(save, Where.PRIVATE)
            case _:
                return
    raise AssertionError(f"{intent.__name__} never ends")


async def lived(world: World, words: str) -> Shown:
    """Let everything be written with these words, everybody be called so, and weeks pass; return what was shown."""
    shown = Shown()
    for one in world.chat.people.values():
        one.name = words
    world.chat.space = ("", words)
    order = sorted(FORMS, key=lambda intent: intent in LAST)
    for intent in order:
        await writes(Actor(world, MAY_BEGIN[intent]), intent, words, shown)
    for intent, row in ALLOWED.items():
        if intent not in NOT_TOLD:
            for where in Where:
                with world.trial.undone():
                    actor = Actor(world, MAY_BEGIN[intent])
                    shown.add((await actor.presses(row.about(world.things).payload(), where)).reply)
                    if intent.command:
                        shown.add((await typed(actor, intent, words, where)).reply)
    await world.chat.passes(days=16)
    for platform in world.chat.platforms:
        shown.messages.extend(post.message for post in platform.posts)
    return shown


async def typed(actor: Actor, intent: type[Intent], words: str, where: Where) -> Outcome:
    """Type these words behind a command."""
    return await actor.types(intent.command, words, where)


@pytest.mark.parametrize("kind", TRIED)
async def test_words_are_words_wherever_they_are_shown(
    fresh_world: World, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Every platform takes every message, form and toast; nothing in it is markup, a call or a link of people's."""
    shown = await lived(fresh_world, TRIED[kind])
    assert len(shown.messages) > 100
    for message in {repr(message): message for message in shown.messages}.values():
        plain(message)
        telegram_takes(on_telegram(message, CATALOGUE, whole=True))
        discord_takes(on_discord(message, CATALOGUE, whole=True))
        json.dumps(web_render.drawn(without_chart(message))).encode()
    for page in {repr(page): page for page in shown.pages}.values():
        asked(page)
    for toast in shown.toasts:
        assert len(toast) <= 200
        discord_takes(short(toast))
    assert max(map(len, shown.refused), default=0) < SHORT, max(shown.refused, key=len)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def plain(message: Message) -> None:
    """Check that people's words are no marks of ours, and that nothing in them turns what follows or cannot be kept."""
    said = [message.title, str(message.text), *(button.label for row in message.rows for button in row)]
    if message.event is not None:
        said += [message.event.title, message.event.text, message.event.place]
    for words in said:
        words.encode()
        assert not {c for c in words if unicodedata.category(c) in {"Cc", "Cs"}} - {"\n"}, ascii(words)
        assert not set(words) & set("\u202a\u202b\u202d\u202e"), ascii(words)
    for span in message.text.spans:
        if isinstance(span, Link):
            assert span.url.startswith(("https://", "http://")), span.url
        assert not isinstance(span, Mention) or all(user.startswith("u-") for _, user in span.accounts)


def without_chart(message: Message) -> Message:
    """Return the message with its chart drawn, which takes any labels."""
    return replace(message, picture=draw(message.picture)) if isinstance(message.picture, Chart) else message


def asked(page: Page) -> None:
    """Check that a page can be asked everywhere."""
    t = CATALOGUE.speaker("en")
    discord_takes(between(page, t))
    if len(page.questions) <= 5:
        assert not faults_of_form(modal(page, t))
    telegram_takes(prompt(replace(page, questions=page.questions[:1]), t, in_room=False))
    json.dumps(web_forms.page(page)).encode()


@pytest.mark.parametrize("kind", TRIED)
async def test_words_are_words_in_a_calendar(fresh_world: World, kind: str) -> None:
    """A title, a topic or a place is a line of a calendar's entry, and never one of its own."""
    world = fresh_world
    shown = Shown()
    for intent in (circles.EditAbout, circles.EditWhere, meetings.SetTopic, meetings.SetTopics):
        await writes(Actor(world, Who.FACILITATOR), intent, TRIED[kind], shown)

    def look(store: Store) -> bytes:
        person = world.someone(Who.FACILITATOR).person(store).id
        now = world.chat.clock.now()
        found = calendar(store, Feed(1, person, world.things.circle, now + FEED_LASTS), CATALOGUE, now)
        assert found is not None
        return written(found)

    file = await world.trial.transact(look)
    again = ICalendar.from_ical(file)
    events = [part for part in again.walk() if part.name == "VEVENT"]
    assert {part.name for part in again.walk()} <= {"VCALENDAR", "VEVENT", "VTIMEZONE", "STANDARD", "DAYLIGHT"}
    assert len(events) > 4
    allowed = {"UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "STATUS", "DESCRIPTION", "LOCATION", "URL"}
    assert all(set(event) <= allowed for event in events)
    file.decode()
    assert not [line for line in file.split(b"\r\n") if len(line) > 75]


@pytest.mark.parametrize("kind", TRIED)
async def test_what_is_kept_about_somebody_can_be_read(fresh_world: World, kind: str) -> None:
    """What /mydata shows is JSON, or its beginning."""
    world = fresh_world
    actor = Actor(world, Who.LEARNER)
    await writes(actor, circles.TellAbout, TRIED[kind], Shown())
    outcome = await actor.types("mydata", "", Where.PRIVATE)
    assert isinstance(outcome.reply, Say)
    (kept,) = (span.words for span in outcome.reply.message.text.spans if isinstance(span, Typed))
    kept.encode()
    if len(kept) < FITS:
        assert json.loads(kept)["accounts"]
