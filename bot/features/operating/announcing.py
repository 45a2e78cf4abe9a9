"""Announcements: written, looked at, sent by the courier to many, and reported on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Final

from bot.chat.message import Message, Reply, Say
from bot.context import Context, Setting
from bot.domain.notices import AnnouncementGoes, AnnouncementWent, Dropped, Due, OperatorSays
from bot.domain.operating import MANY, Addressees, Announcement, announced_prefix, announcement_key
from bot.domain.people import waking
from bot.errors import Declined
from bot.feature import Feature
from bot.features.in_place import in_place
from bot.features.operating import views
from bot.features.operating.intents import Announce, SendAnnouncement, ShowAnnouncement
from bot.i18n import N_
from bot.ports import Store
from bot.rules import operators

AT_ONCE: Final = 200
"""For how many an announcement is planned in one transaction."""
STILL_NEWS: Final = timedelta(days=3)
"""For how long it is worth reading."""
REPORTED: Final = timedelta(minutes=10)
"""How long after the last was planned the operator hears how it went."""
_LAST: Final = "announcements"


def add_announcing(operating: Feature) -> None:
    """Add what can be asked of announcements, and what becomes of them."""
    operating.handles(Announce, allow=operators)(_announce)
    operating.handles(SendAnnouncement, allow=operators)(_send)
    operating.handles(ShowAnnouncement, allow=operators)(_show)
    operating.acts(AnnouncementGoes)(_goes)
    operating.composes(OperatorSays)(_says)
    operating.composes(AnnouncementWent)(_went)


def _announce(intent: Announce, ctx: Context) -> Reply:
    """Keep what is to be said, and show it as it will look."""
    number = ctx.store.settings.count(_LAST)
    said = Announcement(intent.words.strip(), intent.readers, ctx.person.id, at=int(ctx.now.timestamp()))
    _keep(number, said, ctx.store)
    return Say(views.preview(number, said, _readers(intent.readers, ctx.store), ctx.t), private=True)


def _send(intent: SendAnnouncement, ctx: Context) -> Reply:
    """Have it sent; pressed again, it says how far it is."""
    said = _the(intent.number, ctx)
    if not said.sent:
        _keep(intent.number, replace(said, sent=True), ctx.store)
        _plan_on(intent.number, 0, ctx)
        return in_place(views.on_its_way(intent.number, ctx.t), ctx)
    return _show(ShowAnnouncement(number=intent.number), ctx)


def _show(intent: ShowAnnouncement, ctx: Context) -> Reply:
    """Say how an announcement went so far."""
    _the(intent.number, ctx)
    return in_place(views.went(intent.number, ctx.store.watching.states(announced_prefix(intent.number)), ctx.t), ctx)


def _goes(step: AnnouncementGoes, setting: Setting) -> None:
    """Plan it for the next of those whom it is for; behind the last, the report."""
    said = _kept(step.number, setting.store)
    if said is None:
        return
    dues = list(_for_rooms(step, setting) if said.to is Addressees.ROOMS else _for_organizers(step, setting))
    setting.store.deliveries.plan(dues)
    if len(dues) == AT_ONCE:
        _plan_on(step.number, dues[-1].place or dues[-1].person or 0, setting)
    else:
        key, at = f"{AnnouncementWent.kind}:{step.number}", setting.now + REPORTED
        setting.store.deliveries.plan([Due(key, AnnouncementWent(step.number), at, at + STILL_NEWS, person=said.by)])


def _plan_on(number: int, past: int, setting: Setting) -> None:
    key = f"{AnnouncementGoes.kind}:{number}:{past}"
    setting.store.deliveries.plan([Due(key, AnnouncementGoes(number, past), setting.now)])


def _for_rooms(step: AnnouncementGoes, setting: Setting) -> Iterator[Due]:
    for place in setting.store.watching.rooms(step.past, AT_ONCE):
        circle = next(iter(setting.store.places.circles_in(place)), None)
        key, notice = f"{announced_prefix(step.number)}r{place}", OperatorSays(step.number)
        about = circle.id if circle else None
        yield Due(key, notice, setting.now, setting.now + STILL_NEWS, place=place, circle=about)


def _for_organizers(step: AnnouncementGoes, setting: Setting) -> Iterator[Due]:
    for number, zone in setting.store.watching.organizers(step.past, AT_ONCE):
        person = setting.store.people.get(number)
        awake = waking(person, setting.now, person.zone or zone) if person else setting.now
        key = f"{announced_prefix(step.number)}p{number}"
        yield Due(key, OperatorSays(step.number), awake, awake + STILL_NEWS, person=number)


def _says(notice: OperatorSays, setting: Setting) -> Message | Dropped:
    said = _kept(notice.number, setting.store)
    return Dropped(N_("it was taken back")) if said is None else views.announcement(said, setting.t)


def _went(notice: AnnouncementWent, setting: Setting) -> Message | Dropped:
    return views.went(notice.number, setting.store.watching.states(announced_prefix(notice.number)), setting.t)


def _readers(to: Addressees, store: Store) -> int:
    """Return how many will read it."""
    if to is Addressees.ROOMS:
        return len(store.watching.rooms(0, MANY))
    return len(store.watching.organizers(0, MANY))


def _keep(number: int, said: Announcement, store: Store) -> None:
    store.settings.put(announcement_key(number), json.dumps(asdict(said)))


def _kept(number: int, store: Store) -> Announcement | None:
    kept = store.settings.get(announcement_key(number))
    if not kept:
        return None
    values = json.loads(kept)
    return Announcement(**values | {"to": Addressees(values["to"])})


def _the(number: int, ctx: Context) -> Announcement:
    said = _kept(number, ctx.store)
    if said is None:
        raise Declined(ctx.t("That announcement is not there any more."))
    return said
