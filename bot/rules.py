"""Who may do what, found from the very thing an intent names. One place for every door.

A rule is asked twice where a form comes between: before the first question, and before anything is done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from bot.chat.text import Typed
from bot.context import Context
from bot.domain.circles import Circle, CircleState
from bot.domain.people import Role
from bot.errors import Declined


class Audience(IntEnum):
    """Whom a rule lets do something, from the widest to the narrowest: for menus and help, never for permission."""

    ANYONE = 0
    LEARNER = 1
    FACILITATOR = 2
    ORGANIZER = 3
    OPERATOR = 4


@dataclass(frozen=True)
class Rule:
    """A permission: `check` raises `Declined` with the reason."""

    audience: Audience
    check: Callable[[Any, Context], None]

    def __call__(self, intent: Any, ctx: Context) -> None:  # noqa: ANN401  # any intent that names what the rule looks at
        """Raise `Declined` unless the person may."""
        self.check(intent, ctx)


def audience_of(allow: Callable[[Any, Context], None]) -> Audience:
    """Return for whom something is meant that is allowed so."""
    return allow.audience if isinstance(allow, Rule) else Audience.ANYONE


NAMED = ("meeting", "decision", "feedback", "circle", "community", "invite")
"""The fields of an intent by which the rules find the very thing that it is about."""


def circle_of(intent: Any, ctx: Context) -> Circle:  # noqa: ANN401
    """Return the circle that an intent is about, found from its meeting, decision, plus/delta or the circle itself."""
    named: int
    if named := getattr(intent, "meeting", None) or 0:
        return ctx.circle(ctx.meeting(named).circle)
    if named := getattr(intent, "decision", None) or 0:
        decision = ctx.store.decisions.get(named)
        if decision is None:
            raise Declined(ctx.t("That decision is not there any more."))
        return ctx.circle(decision.circle)
    if named := getattr(intent, "feedback", None) or 0:
        feedback = ctx.store.feedback.get(named)
        if feedback is None:
            raise Declined(ctx.t("That delta is not there any more."))
        return ctx.circle(ctx.meeting(feedback.meeting).circle)
    return ctx.circle(getattr(intent, "circle", None) or 0)


def _anyone(intent: Any, ctx: Context) -> None:  # noqa: ANN401
    """Let everybody."""


def _readers(intent: Any, ctx: Context) -> None:  # noqa: ANN401
    _readable(circle_of(intent, ctx), ctx)


def _readable(circle: Circle, ctx: Context) -> None:
    """Decline where a circle is a draft: its learners, and who waits, hear that it rests; to others it is not there."""
    if circle.state is not CircleState.DRAFT:
        return
    role = ctx.role(circle)
    if role is Role.FACILITATOR:
        return
    if role is Role.LEARNER:
        raise Declined(
            ctx.t("This circle is resting. Its facilitators are changing something; you are still a member.")
        )
    if any(waiting.person == ctx.person.id for waiting in ctx.store.seats.waiting(circle.id)):
        raise Declined(ctx.t("“{circle}” is resting just now. Your place on the list is kept.", circle=circle.title))
    raise Declined(ctx.t("That circle is not there any more. /circles shows the ones that are."))


def _members(intent: Any, ctx: Context) -> None:  # noqa: ANN401
    circle = circle_of(intent, ctx)
    if ctx.store.seats.member(circle.id, ctx.person.id) is None:
        _readable(circle, ctx)
        raise Declined(ctx.t("This is for members of “{circle}”. /join makes you one.", circle=circle.title))


def _insiders(intent: Any, ctx: Context) -> None:  # noqa: ANN401
    circle = circle_of(intent, ctx)
    if ctx.role(circle) is None:
        _readable(circle, ctx)
        raise Declined(ctx.t("This is for members of “{circle}”. /join makes you one.", circle=circle.title))


def _facilitators(intent: Any, ctx: Context) -> None:  # noqa: ANN401
    _run_by(circle_of(intent, ctx), ctx)


def _run_by(circle: Circle, ctx: Context) -> None:
    if ctx.role(circle) is not Role.FACILITATOR:
        _readable(circle, ctx)  # nobody else learns a draft's title
        raise Declined(ctx.t("Only a facilitator of “{circle}” can do this.", circle=circle.title))


def _organizers(intent: Any, ctx: Context) -> None:  # noqa: ANN401
    community = getattr(intent, "community", None) or 0
    if not ctx.store.communities.is_organizer(community, ctx.person.id):
        raise Declined(ctx.t("Only an organizer of this community can do this."))


def _keepers(intent: Any, ctx: Context) -> None:  # noqa: ANN401
    invite = ctx.store.invites.get(getattr(intent, "invite", None) or 0)
    if invite is None:
        raise Declined(ctx.t("That invitation is not there any more."))
    if invite.community is not None:
        if not ctx.store.communities.is_organizer(invite.community, ctx.person.id):
            raise Declined(ctx.t("Only an organizer of this community can do this."))
    else:
        _run_by(ctx.circle(invite.circle or 0), ctx)


def _operators(intent: Any, ctx: Context) -> None:  # noqa: ANN401, ARG001  # whatever is asked
    if not ctx.is_operator:
        sender = ctx.act.sender
        line = Typed(f'operators = ["{sender.platform}:{sender.user}"]')
        raise Declined(
            ctx.t(
                "This is for whoever runs me. If that is you: write {line} below [bot] in my settings, and restart me.",
                line=line,
            )
        )


anyone = Rule(Audience.ANYONE, _anyone)
"""Everybody; what they see is still theirs alone."""
readers = Rule(Audience.ANYONE, _readers)
"""Everybody for a published circle; its facilitators for a draft, which to others does not exist."""
members = Rule(Audience.LEARNER, _members)
"""Members of the circle that the intent is about."""
insiders = Rule(Audience.LEARNER, _insiders)
"""Members of the circle that the intent is about, and organizers of its community."""
facilitators = Rule(Audience.FACILITATOR, _facilitators)
"""Facilitators of the circle that the intent is about, and organizers of its community."""
organizers = Rule(Audience.ORGANIZER, _organizers)
"""Organizers of the community that the intent names."""
keepers = Rule(Audience.FACILITATOR, _keepers)
"""Those who may take an invitation back: who could have made it."""
operators = Rule(Audience.OPERATOR, _operators)
"""Those who run the bot, as the settings name their accounts."""
