"""Meetings as iCalendar (RFC 5545), which everybody's calendar reads."""

from __future__ import annotations

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar as ICalendar
from icalendar import Event, vDuration

from bot.domain.feeds import Calendar, Entry
from bot.domain.meetings import MeetingState

_LOOK_AGAIN = timedelta(hours=1)


def written(calendar: Calendar) -> bytes:
    """Return a calendar as a file.

    A meeting keeps its UID for good, and its SEQUENCE rises with each change; a cancelled one stays and says so. Times
    are wall clocks with the rules of their zone, so that a calendar keeps the hour across clock changes.
    """
    file = ICalendar()
    file.add("prodid", "-//Circlebot//Circlebot//EN")
    file.add("version", "2.0")
    file.add("method", "PUBLISH")
    file.add("name", calendar.title)
    file.add("x-wr-calname", calendar.title)
    file.add("refresh-interval", vDuration(_LOOK_AGAIN), parameters={"value": "DURATION"})
    file.add("x-published-ttl", vDuration(_LOOK_AGAIN))
    for entry in calendar.entries:
        file.add_component(_event(entry, calendar))
    file.add_missing_timezones()
    text: bytes = file.to_ical()
    return text


def _event(entry: Entry, calendar: Calendar) -> Event:
    meeting, circle = entry.meeting, entry.circle
    zone = ZoneInfo(meeting.zone)
    event = Event()
    event.add("uid", meeting.uid)
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", calendar.written_at.astimezone(UTC))
    event.add("dtstart", meeting.starts_at.astimezone(zone))
    event.add("dtend", meeting.ends_at.astimezone(zone))
    event.add("summary", entry.title, parameters={"language": calendar.language})
    event.add("status", "CANCELLED" if meeting.state is MeetingState.CANCELLED else "CONFIRMED")
    if entry.about:
        event.add("description", entry.about)
    if place := meeting.place or circle.place:
        event.add("location", place)
    if link := meeting.link or circle.link:
        event.add("url", link)
    return event
