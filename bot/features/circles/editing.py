"""A facilitator changes a circle: a form for each thing, which begins with what it is now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from bot.chat.intents import Asked, Intent
from bot.chat.message import Reply
from bot.context import Context
from bot.domain.circles import LONGEST_LEAD, MOST_LEADS, SHORTEST_LEAD, Circle, read_leads
from bot.domain.people import clean_name
from bot.errors import BadAnswers
from bot.feature import Asks
from bot.features.circles import views
from bot.features.circles.feature import circles
from bot.features.circles.intents import (
    EditAbout,
    EditQuestions,
    EditReminders,
    EditSeats,
    EditTongue,
    EditWhere,
    EditZone,
    NameFeedback,
    Section,
)
from bot.features.circles.making import title_of
from bot.features.circles.panels import panel_reply
from bot.features.circles.seats import offer_seats, settled
from bot.features.meetings import changes
from bot.i18n import Translator
from bot.rules import facilitators


def _as_it_is(intent: type[Intent], values: Callable[[Circle, Translator], Mapping[str, str]]) -> Asks:
    """Return how a form begins with what the circle has now."""

    def asks(known: Mapping[str, object], ctx: Context) -> Mapping[str, Asked]:
        circle = known.get("circle")
        now = values(ctx.circle(circle), ctx.t) if isinstance(circle, int) else {}
        return {field: replace(how, value=now.get(field, "")) for field, how in intent.asked.items()}

    return asks


def _saved(circle: Circle, was: Circle, ctx: Context) -> Reply:
    ctx.store.circles.save(circle, was)
    ctx.planner.circle(ctx.store, circle.id, ctx.now)
    settled(circle.id, ctx)
    ctx.forget()
    return panel_reply(circle.id, ctx, ctx.t.words("Saved."), Section.EDIT)


@circles.handles(
    EditAbout,
    allow=facilitators,
    asks=_as_it_is(
        EditAbout,
        lambda c, _: {"name": c.title, "course": c.course, "course_link": c.course_link, "details": c.about},
    ),
)
def edit_about(intent: EditAbout, ctx: Context) -> Reply:
    """Keep what the circle is about."""
    found = ctx.circle(intent.circle)
    title = title_of(intent.name, ctx)
    after = replace(found, title=title, course=intent.course, course_link=intent.course_link, about=intent.details)
    return _saved(after, found, ctx)


@circles.handles(
    EditWhere, allow=facilitators, asks=_as_it_is(EditWhere, lambda c, _: {"place": c.place, "link": c.link})
)
def edit_where(intent: EditWhere, ctx: Context) -> Reply:
    """Keep where the circle meets, and tell its people where that is news."""
    before = ctx.circle(intent.circle)
    after = replace(before, place=intent.place, link=intent.link)
    reply = _saved(after, before, ctx)
    if after != before:
        changes.new_place(after, ctx)
    return reply


@circles.handles(EditTongue, allow=facilitators, asks=_as_it_is(EditTongue, lambda c, _: {"language": c.language}))
def edit_tongue(intent: EditTongue, ctx: Context) -> Reply:
    """Keep the language of the circle's rooms."""
    found = ctx.circle(intent.circle)
    return _saved(replace(found, language=intent.language), found, ctx)


@circles.handles(EditZone, allow=facilitators, asks=_as_it_is(EditZone, lambda c, _: {"zone": c.zone}))
def edit_zone(intent: EditZone, ctx: Context) -> Reply:
    """Keep the zone; meetings ahead keep their hour on the clock in it, and everyone is told that they move."""
    found = ctx.circle(intent.circle)
    if found.zone == intent.zone:
        return panel_reply(found.id, ctx, ctx.t.words("Nothing changes."), Section.EDIT)
    wrong = changes.rezone_problem(found, intent.zone, ctx, ctx.t)
    if wrong is not None:
        raise BadAnswers({"zone": wrong})
    after = replace(found, zone=intent.zone)
    ctx.store.circles.save(after, found)
    moved = changes.rezone(after, intent.zone, ctx)
    settled(found.id, ctx)
    ctx.forget()
    number = len(moved.meetings)
    words = ctx.t.plural(
        "{n} meeting keeps its hour, now in {zone}. Everyone is told.",
        "{n} meetings keep their hour, now in {zone}. Everyone is told.",
        number,
        zone=ctx.t.zone(intent.zone),
    )
    return panel_reply(found.id, ctx, str(words) if number else ctx.t.words("Saved."), Section.EDIT)


@circles.handles(
    EditSeats,
    allow=facilitators,
    asks=_as_it_is(EditSeats, lambda c, _: {"seats": str(c.seats or 0), "sign_up": "1" if c.sign_up else "0"}),
)
def edit_seats(intent: EditSeats, ctx: Context) -> Reply:
    """Keep how many fit; nobody loses a seat, and new ones are offered to those who wait."""
    found = ctx.circle(intent.circle)
    after = replace(found, seats=intent.seats or None, sign_up=intent.sign_up)
    ctx.store.circles.save(after, found)
    ctx.forget()
    offer_seats(found.id, ctx)
    return _saved(after, found, ctx)


@circles.handles(
    EditReminders, allow=facilitators, asks=_as_it_is(EditReminders, lambda c, t: {"leads": views.leads_words(c, t)})
)
def edit_reminders(intent: EditReminders, ctx: Context) -> Reply:
    """Read the lead times in words, and plan the reminders anew."""
    found = ctx.circle(intent.circle)
    return _saved(replace(found, leads=leads_of(intent.leads, ctx.t)), found, ctx)


def leads_of(words: str, t: Translator) -> tuple[timedelta, ...]:
    """Return the lead times that the words list; raises `BadAnswers` on `leads`."""
    if words.casefold() in t.words("none, no, never").split(", "):
        return ()
    try:
        leads = read_leads(words, _units(t), ("and", *t.words("and").casefold().split()))
    except ValueError as unread:
        problem = t("I could not read “{words}”. Write it like “2 days, 2 hours, 30 minutes”.", words=str(unread))
        raise BadAnswers({"leads": problem}) from unread
    if any(not SHORTEST_LEAD <= lead <= LONGEST_LEAD for lead in leads):
        raise BadAnswers({"leads": t("From 5 minutes to 4 weeks before a meeting, please.")})
    if len(leads) > MOST_LEADS:
        raise BadAnswers({"leads": t("Up to {most} reminders, please: more would be a nuisance.", most=MOST_LEADS)})
    return leads


def _units(t: Translator) -> dict[str, timedelta]:
    """Return what people may call each unit, in English and in the language."""
    lengths = (timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(weeks=1))
    # Translators: every word, and abbreviation, that people may type for the unit, with spaces between.
    said = (
        t.words("minute minutes min mins m"),
        t.words("hour hours hr hrs h"),
        t.words("day days d"),
        t.words("week weeks wk w"),
    )
    english = ("minute minutes min m", "hour hours hr h", "day days d", "week weeks w")
    return {
        word.casefold(): length
        for words in (english, said)
        for unit, length in zip(words, lengths, strict=True)
        for word in unit.split()
    }


@circles.handles(
    EditQuestions,
    allow=facilitators,
    asks=_as_it_is(EditQuestions, lambda c, _: dict(zip(("first", "second", "third"), c.questions, strict=False))),
)
def edit_questions(intent: EditQuestions, ctx: Context) -> Reply:
    """Keep the facilitators' own questions."""
    own = tuple(filter(None, (clean_name(one, "", 150) for one in (intent.first, intent.second, intent.third))))
    found = ctx.circle(intent.circle)
    return _saved(replace(found, questions=own), found, ctx)


@circles.handles(NameFeedback, allow=facilitators)
def name_feedback(intent: NameFeedback, ctx: Context) -> Reply:
    """Choose whether people may sign their plus/delta from now on; cards that ask for it promise what is true."""
    found = ctx.circle(intent.circle)
    ctx.store.circles.save(replace(found, named_feedback=intent.named), found)
    settled(found.id, ctx)
    return panel_reply(intent.circle, ctx, ctx.t.words("Saved."), Section.MORE)
