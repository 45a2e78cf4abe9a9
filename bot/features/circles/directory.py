"""The directory: open circles, browsed and searched in plain words."""

from __future__ import annotations

from bot.chat.message import Button, Message, Reply, Say, gridded
from bot.chat.text import Bold, Moment, Text, Typed, joined, lines, paragraphs
from bot.context import Context
from bot.domain.circles import seats_left
from bot.domain.meetings import wall_clock
from bot.domain.words import folded
from bot.features.circles.choices import communities_at_hand
from bot.features.circles.feature import circles
from bot.features.circles.intents import BrowseCircles, NewCircle, ShowCircle
from bot.features.circles.views import shortened
from bot.i18n import Translator
from bot.ports import Listed
from bot.rules import anyone

SHOWN = 8
SEARCHED = 500
"""How many open circles one search looks through."""


@circles.handles(BrowseCircles, allow=anyone)
def browse(intent: BrowseCircles, ctx: Context) -> Reply:
    """Show the open circles that have every word, soonest first."""
    words = folded(intent.words[:100]).split()
    listed = ctx.store.circles.listed(communities_at_hand(ctx), "", ctx.now, SEARCHED)
    found = [one for one in listed if all(word in _searched(one, ctx.t) for word in words)]
    return Say(found_circles(found, intent.words[:100], ctx.t), private=True)


def _searched(one: Listed, t: Translator) -> str:
    """Return everything about a circle that a search looks at, folded, in the words of whoever searches."""
    circle = one.circle
    weekday = t.weekday(wall_clock(one.next_at, circle.zone).weekday()) if one.next_at else ""
    online = t.words("online") if circle.link else ""
    parts = (circle.title, circle.course, circle.about, circle.place, t.language_name(circle.language), weekday, online)
    return folded("\n".join(parts))


def found_circles(found: list[Listed], words: str, t: Translator) -> Message:
    """Return up to eight circles with a button each, or a kind word where there is none."""
    new = Button(t.words("Start a circle"), NewCircle.about())
    if not found:
        text = (
            t("I found no open circle for “{words}”. Try fewer words, or start one yourself.", words=words)
            if words
            else t("No circle is open just now. You could start one.")
        )
        rows = ((Button(t.words("Show all"), BrowseCircles()), new),) if words else ((new,),)
        return Message(text, rows=rows, title=t.words("Circles"))
    shown = found[:SHOWN]
    rest = len(found) - len(shown)
    hint = t.plural(
        "{n} more. Search with words: {command}",
        "{n} more. Search with words: {command}",
        rest,
        command=Typed("/circles python"),
    )
    buttons = tuple(Button(shortened(one.circle.title), ShowCircle(circle=one.circle.id)) for one in shown)
    text = paragraphs(*(_entry(one, t) for one in shown), hint if rest else Text())
    return Message(text, rows=gridded(buttons, 2), title=t.words("Circles you can join"))


def _entry(one: Listed, t: Translator) -> Text:
    circle = one.circle
    when = t("next {when}", when=Moment(one.next_at, circle.zone)) if one.next_at else t("no meeting planned")
    left = seats_left(circle, one.learners)
    seats = Text()
    if left is not None:
        seats = t.plural("{n} seat left", "{n} seats left", left) if left else t("full, with a waiting list")
    where = circle.place or (t.words("online") if circle.link else "")
    return lines(
        Text.of(Bold(circle.title)),
        circle.course if circle.course != circle.title else "",
        joined((when, where, t.language_name(circle.language), seats), " · "),
    )
