"""What people see of their calendar feeds, and how a meeting stands in a calendar."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.message import Button, Message, Style, stacked
from bot.chat.text import Text, Typed, lines, paragraphs
from bot.domain.circles import Circle
from bot.domain.feeds import FEED_LASTS, Entry, works_here_only
from bot.domain.meetings import Meeting
from bot.features.calendars.intents import EndFeeds, MakeFeed
from bot.i18n import Translator

_CIRCLES_SHOWN = 8


def offer(circles: Sequence[Circle], standing: int, t: Translator) -> Message:
    """Return what one can have, and how many addresses one has already."""
    text = t(
        "I can give you a private address. Your own calendar reads it and shows your meetings, and follows when one is "
        "moved or cancelled."
    )
    if standing:
        text = paragraphs(text, t.plural("You have {n} address already.", "You have {n} addresses already.", standing))
    buttons = [Button(t.words("All my circles"), MakeFeed(), Style.PRIMARY)]
    if len(circles) > 1:
        buttons += [Button(circle.title, MakeFeed(circle=circle.id)) for circle in circles[:_CIRCLES_SHOWN]]
    if standing:
        buttons.append(_ending(t))
    return Message(text, title=t.words("Your calendar"), rows=stacked(*buttons))


def _ending(t: Translator) -> Button:
    return Button(t.words("End all my addresses"), EndFeeds())


def made(address: str, circle: Circle | None, t: Translator) -> Message:
    """Return a new address: the only time that it is seen."""
    what = (
        t("This is the address of your calendar, with the meetings of “{circle}”:", circle=circle.title)
        if circle
        else t("This is the address of your calendar, with the meetings of all your circles:")
    )
    return Message(
        paragraphs(
            lines(what, Text.of(Typed(address))),
            *([_here_only(t)] if works_here_only(address) else []),
            t(
                "In your calendar app, look for “Add calendar”, then “From URL” or “Subscribe”, and put it there. "
                "Most calendars look again every few hours."
            ),
            t(
                "Show it to nobody: whoever has it sees your meetings, and where they are. It is shown only now, and "
                "works until no calendar has read it for {days} days.",
                days=str(FEED_LASTS.days),
            ),
        ),
        title=t.words("Your calendar"),
        rows=stacked(_ending(t)),
    )


def _here_only(t: Translator) -> Text:
    return t(
        "This address works only on the machine that I run on. Whoever runs me can give me one that works everywhere: "
        "public_url in the settings."
    )


def sure(t: Translator) -> Message:
    """Ask whether they mean it."""
    return Message(
        t("Shall I end all your addresses? Calendars that read them stop showing your meetings."),
        title=t.words("Your calendar"),
        rows=stacked(Button(t.words("End all my addresses"), EndFeeds(sure=True), Style.DANGER)),
    )


def ended(count: int, t: Translator) -> Message:
    """Say that the addresses work no more."""
    if not count:
        return Message(t("You had no address that works. /calendar gives you one."))
    return Message(t("None of your addresses works any more. /calendar gives you a new one."))


def entry(meeting: Meeting, circle: Circle, t: Translator) -> Entry:
    """Return how a meeting stands in a calendar."""
    title = f"{circle.title}: {meeting.topic}" if meeting.topic else circle.title
    course = circle.course if not circle.course_link else f"{circle.course} {circle.course_link}".strip()
    about = [
        t.words("Meeting {number}", number=str(meeting.number)) if meeting.is_on and meeting.number else "",
        course,
        meeting.link or circle.link,
    ]
    return Entry(meeting, circle, title, "\n".join(filter(None, about)))
