"""What a delivery is, in a few words: for the clock bar, the forecast and the delivery log."""

from __future__ import annotations

from bot.chat.text import Moment, Shape
from bot.domain.notices import Due
from bot.i18n import N_, Translator
from bot.ports import Store

KINDS = {
    "remind": N_("reminder"),
    "nudges": N_("asks who has not answered"),
    "nudge": N_("private nudge"),
    "began": N_("the meeting begins"),
    "ended": N_("the meeting ends"),
    "askfeedback": N_("who came, and plus/delta"),
    "askfacilitator": N_("how did it go?"),
    "feedbackcloses": N_("plus/delta closes"),
    "summary": N_("plus/delta summary"),
    "changed": N_("news of a change"),
    "confirm": N_("still coming?"),
    "clocks": N_("clocks change differently"),
    "announce": N_("a circle opens"),
    "welcome": N_("welcome"),
    "members": N_("news of members"),
    "seat": N_("a free seat"),
    "lapse": N_("an offered seat lapses"),
    "decided": N_("a decision was made"),
    "closed": N_("a circle closes"),
    "digest": N_("digest"),
    "lost": N_("a room out of reach"),
    "card": N_("a meeting's card"),
    "event": N_("an entry in the calendar"),
    "noevents": N_("a calendar out of reach"),
    "appointed": N_("a new facilitator or organizer"),
    "linked": N_("an account was linked"),
    "parted": N_("an account was unlinked"),
}
"""Every kind of notice in a word or two; a test holds it complete."""


def label(due: Due, store: Store, t: Translator) -> str:
    """Return "reminder: Python for beginners, Tuesday, 10 March": what it is, and what it is about."""
    what = t.words(KINDS.get(due.notice.kind, due.notice.kind))
    meeting = store.meetings.get(due.meeting) if due.meeting else None
    circle_id = due.circle or (meeting.circle if meeting else None)
    circle = store.circles.get(circle_id) if circle_id else None
    if meeting is not None and circle is not None:
        when = t.moment(Moment(meeting.starts_at, meeting.zone, Shape.DATE), name_zone=False)
        return t.words("{what}: {circle}, {when}", what=what, circle=circle.title, when=when)
    community = store.communities.get(due.community) if due.community else None
    about = circle.title if circle else community.name if community else ""
    return t.words("{what}: {about}", what=what, about=about) if about else what
