"""Seats that become free: offered in order, with a time to accept, never to two at once."""

from __future__ import annotations

from bot.chat.message import Message
from bot.context import Setting
from bot.domain.circles import OFFER_LASTS, Circle
from bot.domain.notices import Dropped, Due, MemberCame, OfferLapses, SeatOffered, Welcome
from bot.features.circles import joining_views
from bot.features.circles.facts import facts
from bot.features.circles.feature import circles
from bot.i18n import N_


def offer_seats(circle: int, setting: Setting) -> None:
    """Hold every free seat for the next who waits, and ask them privately; while the circle is open."""
    found = setting.circle(circle)
    if not found.is_open:
        return
    until = setting.now + OFFER_LASTS
    while (offered := setting.store.seats.offer_next(circle, until)) is not None:
        person = offered.person
        setting.store.deliveries.send_again(
            Due(
                f"seat:{circle}:{person}", SeatOffered(circle, person), setting.now, until, person=person, circle=circle
            )
        )
        setting.store.deliveries.send_again(
            Due(f"lapse:{circle}:{person}", OfferLapses(circle, person), until, circle=circle)
        )


def came(circle: Circle, person: int, setting: Setting, *, welcome: bool) -> None:
    """Do what follows when somebody has a seat: the facilitators hear of it, and they are welcomed."""
    settled(circle.id, setting)
    if welcome:
        setting.store.deliveries.send_again(
            Due(
                f"welcome:{circle.id}:{person}",
                Welcome(circle.id, person),
                setting.now,
                person=person,
                circle=circle.id,
            )
        )
    _tell_facilitators(circle, person, setting, came=True)


def went(circle: Circle, person: int, setting: Setting) -> None:
    """Do what follows when somebody gave up a seat: the facilitators hear of it, and the next may have it."""
    setting.store.deliveries.drop([f"welcome:{circle.id}:{person}"], N_("they left"))
    _tell_facilitators(circle, person, setting, came=False)
    settled(circle.id, setting)
    offer_seats(circle.id, setting)


def settled(circle: int, setting: Setting) -> None:
    """Have whatever shows who is in the circle drawn anew."""
    setting.store.cards.touch("circle", circle, setting.now)
    for meeting in setting.store.meetings.of_circle(circle):
        if meeting.is_on and not meeting.has_ended(setting.now):
            setting.store.cards.touch("meeting", meeting.id, setting.now)


def _tell_facilitators(circle: Circle, person: int, setting: Setting, *, came: bool) -> None:
    """Tell each privately; a word that has not gone out yet is replaced, so that a change of mind is told once."""
    for facilitator in setting.store.seats.facilitators(circle.id):
        if facilitator.id != person:
            setting.store.deliveries.send_again(
                Due(
                    f"member:{circle.id}:{person}:{facilitator.id}",
                    MemberCame(circle.id, person, came),
                    setting.now,
                    person=facilitator.id,
                    circle=circle.id,
                )
            )


# What time and the courier do


@circles.acts(OfferLapses)
def lapse(notice: OfferLapses, setting: Setting) -> None:
    """Take an offer back that nobody took, and give the seat to the next."""
    if setting.store.seats.lapse(notice.circle, notice.person, setting.now):
        settled(notice.circle, setting)
        offer_seats(notice.circle, setting)


@circles.composes(SeatOffered)
def compose_offer(notice: SeatOffered, setting: Setting) -> Message | Dropped:
    """Ask the first on the list whether they want the seat."""
    t, found = setting.t, setting.circle(notice.circle)
    waiting = next((w for w in setting.store.seats.waiting(found.id) if w.person == notice.person), None)
    if waiting is None or waiting.offered_until is None:
        return Dropped(N_("the offer is over"))
    return joining_views.offer(facts(found, setting), waiting.offered_until, t)


@circles.composes(Welcome)
def compose_welcome(notice: Welcome, setting: Setting) -> Message | Dropped:
    """Welcome a learner with the next meeting and what they missed."""
    found = setting.circle(notice.circle)
    if setting.store.seats.member(found.id, notice.person) is None:
        return Dropped(N_("they have left"))
    return joining_views.welcome(facts(found, setting), setting.store.decisions.open_of(found.id), setting.t)


@circles.composes(MemberCame)
def compose_member(notice: MemberCame, setting: Setting) -> Message | Dropped:
    """Tell a facilitator who came or went."""
    found, person = setting.circle(notice.circle), setting.store.people.get(notice.person)
    if person is None:
        return Dropped(N_("they are forgotten"))
    member = setting.store.seats.member(found.id, person.id)
    if notice.came and member is None:
        return Dropped(N_("they have left again"))
    return joining_views.member_news(facts(found, setting), person, member, setting.t, came=notice.came)
