"""What operators see: how the bot is, and their announcements. Pure functions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.chat.message import Button, Message, Style
from bot.chat.text import Bold, Moment, Text, Typed, lines, paragraphs
from bot.domain.linking import platform_name
from bot.domain.notices import DeliveryState
from bot.domain.operating import MANY, Addressees, Announcement, Concern, PlatformHealth, Queue, Vitals
from bot.features.operating.concerns import sized, title
from bot.features.operating.intents import Announce, SendAnnouncement, ShowAnnouncement, ShowStatus
from bot.i18n import Translator


@dataclass(frozen=True)
class Status:
    """All that the status shows."""

    vitals: Vitals
    queue: Queue
    concerns: Collection[tuple[str, str]]
    """What needs an operator, and of what."""
    backup_at: datetime | None
    now: datetime
    zone: str


def status(shown: Status, t: Translator) -> Message:
    """Return how the bot is, and what needs somebody."""
    concerns = [
        t("Needs you: {what}", what=Bold(title(Concern(concern), about, t))) for concern, about in shown.concerns
    ]
    return Message(
        paragraphs(lines(*concerns) if concerns else t("Nothing needs you."), lines(*_facts(shown, t))),
        title=t.words("How I am"),
        rows=(
            (
                Button(t.words("Say something to everybody"), Announce.about()),
                Button(t.words("Look again"), ShowStatus()),
            ),
        ),
    )


def _facts(shown: Status, t: Translator) -> Iterator[Text]:
    vitals, queue = shown.vitals, shown.queue
    if vitals.started_at is not None:
        yield t(
            "Version {version}, running since {when}",
            version=vitals.version,
            when=Moment(vitals.started_at, shown.zone),
        )
    for name, health in vitals.platforms.items():
        yield t("{platform}: {state}", platform=platform_name(name), state=_state(health, t))
    yield t(
        "Waiting to be sent: {due} due now, {soon} within the hour, {leased} in hand",
        due=_counted(queue.due),
        soon=_counted(queue.soon),
        leased=queue.leased,
    )
    if queue.oldest is not None:
        minutes = round((shown.now - queue.oldest).total_seconds() / 60)
        yield t.plural("The oldest has been due for {n} minute", "The oldest has been due for {n} minutes", minutes)
    for disk in vitals.disks:
        yield t("Disk: {free} free of {total}", free=sized(disk.free, t), total=sized(disk.total, t))
    if shown.backup_at is not None:
        yield t("Last backup: {when}", when=Moment(shown.backup_at, shown.zone))
    else:
        yield t("No backup yet that I know of: {command} makes one.", command=Typed("circlebot backup"))


def _state(health: PlatformHealth, t: Translator) -> str:
    if health.stands_by:
        return t.words("another process serves it; this one would take over")
    if not health.is_well:
        return t.words("out of order ({why})", why=health.trouble) if health.trouble else t.words("not connected")
    return t.words("up")


def _counted(number: int) -> str:
    return f"{number}+" if number >= MANY else str(number)


# Announcements


def announcement(said: Announcement, t: Translator) -> Message:
    """Return an announcement as it is read."""
    return Message(Text.of(said.words), title=t.words("A word from whoever runs me"))


def preview(number: int, said: Announcement, readers: int, t: Translator) -> Message:
    """Return an announcement as it will look, with the way to send it."""
    if said.to is Addressees.ROOMS:
        send = t.words("Send it to {count} rooms", count=readers) if readers != 1 else t.words("Send it to one room")
    else:
        send = (
            t.words("Send it to {count} organizers", count=readers)
            if readers != 1
            else t.words("Send it to one organizer")
        )
    shown = announcement(said, t)
    return Message(
        paragraphs(t("This is how it looks:"), Bold(shown.title), shown.text),
        rows=(
            (Button(send, SendAnnouncement(number=number), Style.PRIMARY),),
            (Button(t.words("Write it again"), Announce.about(readers=said.to)),),
        ),
    )


def went(number: int, states: Mapping[DeliveryState, int], t: Translator) -> Message:
    """Return how an announcement went so far."""
    sent, waiting = states.get(DeliveryState.SENT, 0), states.get(DeliveryState.WAITING, 0)
    lost = states.get(DeliveryState.FAILED, 0) + states.get(DeliveryState.DROPPED, 0)
    told = [t.plural("It has reached {n}.", "It has reached {n}.", sent)]
    if waiting:
        told.append(t.plural("{n} is still to get it.", "{n} are still to get it.", waiting))
    if lost:
        told.append(t.plural("{n} could not be reached.", "{n} could not be reached.", lost))
    rows = ((Button(t.words("Look again"), ShowAnnouncement(number=number)),),) if waiting else ()
    return Message(lines(*told), title=t.words("Your announcement"), rows=rows)


def on_its_way(number: int, t: Translator) -> Message:
    """Return that an announcement goes out now."""
    return Message(
        t("It is on its way. I tell you when it has arrived."),
        title=t.words("Your announcement"),
        rows=((Button(t.words("Look how far it is"), ShowAnnouncement(number=number)),),),
    )
