"""What is kept of one person: told to them, and erased at their word."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Delete, Update, and_, bindparam, delete, exists, literal, or_, select, update

from bot.chat.message import RoomKind
from bot.domain.notices import DeliveryState
from bot.ports import asked_key
from storage.repository import Repository, bound
from storage.tables import (
    accounts,
    attendance,
    circles,
    communities,
    decisions,
    deliveries,
    drafts,
    feedback,
    feedback_given,
    feeds,
    invites,
    link_codes,
    link_tries,
    meetings,
    members,
    organizers,
    people,
    places,
    reflections,
    rsvps,
    settings,
    votes,
    waiting,
)

NOBODY = "?"
"""The name of those who were forgotten."""
_PERSON, _NOW = bound("who"), bound("now")
_MEETING = (circles.c.title.label("circle"), meetings.c.starts_at)
_IN_MEETING = meetings.join(circles, circles.c.id == meetings.c.circle)

_EVERYTHING = {
    "person": select(
        people.c.name,
        people.c.language,
        people.c.zone,
        people.c.quiet_from,
        people.c.quiet_to,
        people.c.nudges,
        people.c.tips,
        people.c.met_at,
    ).where(people.c.id == _PERSON),
    "accounts": select(accounts.c.platform, accounts.c.user, accounts.c.name, accounts.c.seen_at).where(
        accounts.c.person == _PERSON
    ),
    "organizes": select(communities.c.name)
    .join_from(organizers, communities, communities.c.id == organizers.c.community)
    .where(organizers.c.person == _PERSON),
    "circles": select(
        circles.c.title.label("circle"),
        members.c.role,
        members.c.goal,
        members.c.support,
        members.c.answers,
        members.c.joined_at,
        members.c.left_at,
    )
    .join_from(members, circles, circles.c.id == members.c.circle)
    .where(members.c.person == _PERSON),
    "waits_for": select(
        circles.c.title.label("circle"), waiting.c.goal, waiting.c.support, waiting.c.answers, waiting.c.since
    )
    .join_from(waiting, circles, circles.c.id == waiting.c.circle)
    .where(waiting.c.person == _PERSON),
    "rsvps": select(*_MEETING, rsvps.c.answer, rsvps.c.reason, rsvps.c.at)
    .select_from(rsvps.join(_IN_MEETING, meetings.c.id == rsvps.c.meeting))
    .where(rsvps.c.person == _PERSON)
    .order_by(meetings.c.starts_at),
    "attendance": select(*_MEETING, attendance.c.came)
    .select_from(attendance.join(_IN_MEETING, meetings.c.id == attendance.c.meeting))
    .where(attendance.c.person == _PERSON)
    .order_by(meetings.c.starts_at),
    "gave_plus_delta": select(*_MEETING)
    .select_from(feedback_given.join(_IN_MEETING, meetings.c.id == feedback_given.c.meeting))
    .where(feedback_given.c.person == _PERSON)
    .order_by(meetings.c.starts_at),
    "signed_plus_delta": select(*_MEETING, feedback.c.plus, feedback.c.delta, feedback.c.mood)
    .select_from(feedback.join(_IN_MEETING, meetings.c.id == feedback.c.meeting))
    .where(feedback.c.person == _PERSON)
    .order_by(meetings.c.starts_at),
    "votes": select(feedback.c.delta)
    .join_from(votes, feedback, feedback.c.id == votes.c.feedback)
    .where(votes.c.person == _PERSON),
    "decisions": select(circles.c.title.label("circle"), decisions.c.words, decisions.c.state)
    .join_from(decisions, circles, circles.c.id == decisions.c.circle)
    .where(decisions.c.owner == _PERSON),
    "reflections": select(*_MEETING, reflections.c.score, reflections.c.words)
    .select_from(reflections.join(_IN_MEETING, meetings.c.id == reflections.c.meeting))
    .where(reflections.c.person == _PERSON)
    .order_by(meetings.c.starts_at),
    "private_messages": select(deliveries.c.kind, deliveries.c.state, deliveries.c.due_at, deliveries.c.sent_at)
    .where(deliveries.c.person == _PERSON)
    .order_by(deliveries.c.due_at),
    "invitations_made": select(invites.c.kind, invites.c.made_at, invites.c.used_at, invites.c.revoked_at).where(
        invites.c.made_by == _PERSON
    ),
    "codes_to_link": select(
        link_codes.c.made_at, link_codes.c.expires_at, link_codes.c.used_at, link_codes.c.revoked_at
    ).where(or_(link_codes.c.made_by == _PERSON, link_codes.c.taken_by == _PERSON)),
    "calendar_feeds": select(feeds.c.made_at, feeds.c.read_at, feeds.c.expires_at, feeds.c.revoked_at).where(
        feeds.c.person == _PERSON
    ),
    "wrong_codes": select(link_tries.c.tries, link_tries.c.since).where(link_tries.c.person == _PERSON),
}
_OWN_CHATS = and_(
    places.c.kind == RoomKind.PRIVATE.value,
    exists(literal(1)).where(
        accounts.c.platform == places.c.platform, accounts.c.user == places.c.chat, accounts.c.person == _PERSON
    ),
)
_FORGET_WHEN = (
    update(members).where(members.c.person == _PERSON, members.c.left_at.is_(None)).values(left_at=_NOW),
    update(invites)
    .where(invites.c.made_by == _PERSON, invites.c.used_at.is_(None), invites.c.revoked_at.is_(None))
    .values(revoked_at=_NOW),
)
_FORGET: tuple[Update | Delete, ...] = (
    update(members).where(members.c.person == _PERSON).values(goal="", support="", answers=[]),
    update(rsvps).where(rsvps.c.person == _PERSON).values(reason=""),
    # What was not signed is nobody's, and stays. What was signed goes as a whole: without its name it would count
    # among what was not, and let others' words be read before enough have spoken.
    delete(feedback).where(feedback.c.person == _PERSON),
    update(reflections).where(reflections.c.person == _PERSON).values(words=""),
    update(decisions).where(decisions.c.owner == _PERSON).values(owner=None),
    delete(waiting).where(waiting.c.person == _PERSON),
    delete(organizers).where(organizers.c.person == _PERSON),
    delete(drafts).where(drafts.c.person == _PERSON),
    delete(link_codes).where(or_(link_codes.c.made_by == _PERSON, link_codes.c.taken_by == _PERSON)),
    delete(link_tries).where(link_tries.c.person == _PERSON),
    delete(feeds).where(feeds.c.person == _PERSON),
    delete(deliveries).where(
        or_(deliveries.c.person == _PERSON, deliveries.c.place.in_(select(places.c.id).where(_OWN_CHATS))),
        deliveries.c.state == DeliveryState.WAITING.value,
    ),
    delete(places).where(_OWN_CHATS),
    delete(accounts).where(accounts.c.person == _PERSON),
    update(people).where(people.c.id == _PERSON).values(name=NOBODY, language="", zone="", nudges=False, tips=False),
)


_FORGET_ASKED = delete(settings).where(settings.c.key == bindparam("key"))


class OwnData(Repository):
    """The part of `bot.ports.People` that is about all that is kept of one person."""

    __slots__ = ()

    def everything(self, person: int) -> Mapping[str, tuple[Mapping[str, object], ...]]:
        """Return all that is kept of a person, by what it is; ids and other people's names are left out."""
        return {
            name: tuple(row._asdict() for row in self._all(asked, who=person)) for name, asked in _EVERYTHING.items()
        }

    def forget(self, person: int, now: datetime) -> None:
        """Erase a person's name, accounts and words everywhere; what they did stays as counts of nobody."""
        for statement in _FORGET_WHEN:
            self._do(statement, who=person, now=now)
        for erasing in _FORGET:
            self._do(erasing, who=person)
        self._do(_FORGET_ASKED, key=asked_key(person))
