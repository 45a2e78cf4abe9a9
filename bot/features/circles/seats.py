"""Seats that become free: offered in order, with a time to accept, never to two at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.chat.message import Message
from bot.context import Setting
from bot.domain.circles import OFFER_LASTS, Circle, CircleState, Waiting
from bot.domain.digests import TOO_LATE
from bot.domain.meetings import MeetingState, upcoming
from bot.domain.notices import Delivery, DeliveryState, Dropped, Due, MembersChanged, OfferLapses, SeatOffered, Welcome
from bot.domain.people import Person, waking
from bot.features.circles import joining_views
from bot.features.circles.facts import facts
from bot.features.circles.feature import circles
from bot.features.redrawn import redrawn
from bot.i18n import N_

NEWS_EVERY = timedelta(hours=1)
"""A facilitator hears of members at most so often."""
AWAY = timedelta(minutes=10)
"""An offer that is looked at so long after its time was over ran out while the bot was away: it is not so late else."""


def offer_seats(circle: int, setting: Setting) -> None:
    """Hold every free seat for the next who waits, and ask them privately and awake; while the circle is open.

    One that does not run holds none, and one that has fewer seats now no more than it has: such offers are withdrawn,
    the last in line first, and whoever had one keeps their place on the list.
    """
    found = setting.circle(circle)
    if found.state is CircleState.PUBLISHED:
        no_offer(circle, setting.store.seats.withdraw_surplus(circle), N_("the offer is over"), setting)
    else:
        withdrawn = setting.store.seats.withdraw_offers(circle)
        no_offer(circle, withdrawn, N_("the circle is not published any more"), setting)
    until = setting.now + OFFER_LASTS
    while found.is_open and (offered := setting.store.seats.offer_next(circle, until)) is not None:
        _ask(found, offered.person, until, setting)


def _ask(circle: Circle, person: int, until: datetime, setting: Setting, *, again: bool = False) -> None:
    """Ask somebody for whom a seat is held until then, and have the offer lapse."""
    who = setting.store.people.get(person)
    asked_at = waking(who, setting.now, who.zone or circle.zone) if who else setting.now
    offered = SeatOffered(circle.id, person, again)
    setting.store.deliveries.send_again(
        Due(_asked(circle.id, person), offered, asked_at, until, person=person, circle=circle.id)
    )
    setting.store.deliveries.send_again(
        Due(_lapsing(circle.id, person), OfferLapses(circle.id, person), until, circle=circle.id)
    )


def no_offer(circle: int, people: Iterable[int], why: str, setting: Setting) -> None:
    """Ask these people no more whether they want a seat, and let no offer to them lapse."""
    keys = [key for person in people for key in (_asked(circle, person), _lapsing(circle, person))]
    setting.store.deliveries.drop(keys, why)


def _asked(circle: int, person: int) -> str:
    return f"seat:{circle}:{person}"


def _lapsing(circle: int, person: int) -> str:
    return f"lapse:{circle}:{person}"


def in_line(circle: int, person: int, setting: Setting) -> Waiting | None:
    """Return somebody's place on the waiting list, None where they have none."""
    return next((waiting for waiting in setting.store.seats.waiting(circle) if waiting.person == person), None)


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
    """Have whatever shows who is in the circle drawn anew: its meetings ahead, and those that still ask who came."""
    there = setting.store.meetings.of_circle(circle)
    asking = [one for one in there if one.state is MeetingState.ENDED]
    redrawn(circle, [one.id for one in (*asking, *upcoming(there, setting.now))], setting)


def _tell_facilitators(circle: Circle, person: int, setting: Setting, *, came: bool) -> None:
    """Tell each facilitator privately and awake, many at once; a change of mind meanwhile is not told at all."""
    for facilitator in setting.store.seats.facilitators(circle.id):
        if facilitator.id != person:
            _tell(circle, facilitator, person, setting, came=came)


def _tell(circle: Circle, facilitator: Person, person: int, setting: Setting, *, came: bool) -> None:
    """Add somebody to the word that waits for a facilitator, or let one wait that keeps its distance from the last."""
    key, at, news = f"members:{circle.id}:{facilitator.id}", setting.now, MembersChanged(circle.id)
    there = setting.store.deliveries.find(key)
    if there is not None and there.state is DeliveryState.WAITING and isinstance(there.due.notice, MembersChanged):
        at, news = there.due.due_at, there.due.notice
    elif there is not None and there.sent_at is not None:
        at = max(at, there.sent_at + NEWS_EVERY)
    news = news.further(person, came=came)
    if not (news.came or news.went):
        setting.store.deliveries.drop([key], N_("they left again"))
        return
    due_at = waking(facilitator, at, facilitator.zone or circle.zone)
    setting.store.deliveries.send_again(Due(key, news, due_at, person=facilitator.id, circle=circle.id))


# What time and the courier do


@circles.acts(OfferLapses)
def lapse(notice: OfferLapses, setting: Setting) -> None:
    """End an offer that nobody took, and give the seat to the next.

    Somebody who could not hear of it in time, or for whom the bot was away when their time ran out, is asked anew and
    has the usual time once more. Each such outage is made good so, and nothing else: where the bot is back before the
    time is over, it is over when they were told.
    """
    store, until = setting.store, setting.now + OFFER_LASTS
    asked = store.deliveries.find(_asked(notice.circle, notice.person))
    if _could_not_hear(asked, setting.now) or _could_not_answer(notice, setting):
        if store.seats.hold_on(notice.circle, notice.person, until, setting.now):
            has_heard = asked is not None and asked.state is DeliveryState.SENT
            _ask(setting.circle(notice.circle), notice.person, until, setting, again=has_heard)
    elif store.seats.lapse(notice.circle, notice.person, setting.now):
        settled(notice.circle, setting)
        offer_seats(notice.circle, setting)


def _could_not_hear(asked: Delivery | None, now: datetime) -> bool:
    """Say whether an offer was on its way still or came too late; not where the bot cannot reach somebody at all.

    What is due and in nobody's hands goes to a platform that is switched off: no seat waits for that.
    """
    if asked is None:
        return False
    if asked.state is DeliveryState.WAITING:
        return asked.holder is not None or asked.due.due_at > now
    return asked.state is DeliveryState.DROPPED and asked.outcome.startswith(TOO_LATE)


def _could_not_answer(notice: OfferLapses, setting: Setting) -> bool:
    """Say whether the bot was away when the offer's time was over, and is back only now."""
    held = in_line(notice.circle, notice.person, setting)
    return held is not None and held.offered_until is not None and setting.now - held.offered_until > AWAY


@circles.composes(SeatOffered)
def compose_offer(notice: SeatOffered, setting: Setting) -> Message | Dropped:
    """Ask the first on the list whether they want the seat."""
    t, found = setting.t, setting.circle(notice.circle)
    waiting = in_line(found.id, notice.person, setting)
    if waiting is None or waiting.offered_until is None:
        return Dropped(N_("the offer is over"))
    return joining_views.offer(facts(found, setting), waiting.offered_until, t, again=notice.again)


@circles.composes(Welcome)
def compose_welcome(notice: Welcome, setting: Setting) -> Message | Dropped:
    """Welcome a learner with the next meeting and what they missed."""
    found = setting.circle(notice.circle)
    if setting.store.seats.member(found.id, notice.person) is None:
        return Dropped(N_("they have left"))
    return joining_views.welcome(facts(found, setting), setting.store.decisions.open_of(found.id), setting.t)


@circles.composes(MembersChanged)
def compose_members(notice: MembersChanged, setting: Setting) -> Message | Dropped:
    """Tell a facilitator who came and who went, as far as it is still true."""
    found, store = setting.circle(notice.circle), setting.store
    came = [member for person in notice.came if (member := store.seats.member(found.id, person)) is not None]
    gone = [person for person in notice.went if store.seats.member(found.id, person) is None]
    went = list(store.people.many(gone).values())
    if not (came or went):
        return Dropped(N_("they have left again"))
    return joining_views.member_news(facts(found, setting), came, went, setting.t)
