"""Organizers and facilitators appointed: picked from the platform's people, at once, and told privately."""

from __future__ import annotations

from bot.chat.message import Button, Message, Reply, Say, Style
from bot.chat.text import Bold, Text, Typed, lines, paragraphs
from bot.context import Context, Setting
from bot.domain.notices import Appointed, Dropped, Due
from bot.domain.people import Person, Role, waking
from bot.errors import Declined
from bot.feature import Feature
from bot.features.circles.seats import offer_seats, settled
from bot.features.communities.intents import AppointFacilitator, AppointOrganizer, OpenCommunity
from bot.features.communities.settings import the
from bot.features.communities.spaces import of_space
from bot.i18n import N_
from bot.rules import Audience, Rule, facilitators, organizers


def add_appointing(communities: Feature) -> None:
    """Add what can be asked of appointing."""
    appointers = Rule(Audience.ORGANIZER, _appointers)
    communities.handles(AppointOrganizer, allow=appointers, minds_who_runs=True)(_appoint_organizer)
    communities.handles(AppointFacilitator, allow=facilitators)(_appoint_facilitator)
    communities.composes(Appointed)(_compose)


def runs_its_space(community: int, ctx: Context) -> bool:
    """Whether the person runs the space that a community is: then they may say who organizes it."""
    there = of_space(ctx)
    return there is not None and there.id == community and ctx.runs_room


def _appointers(intent: AppointOrganizer, ctx: Context) -> None:
    if not runs_its_space(getattr(intent, "community", None) or 0, ctx):
        organizers(intent, ctx)


def _picked(person: int, ctx: Context) -> Person:
    found = ctx.store.people.get(person)
    if found is None:
        raise Declined(ctx.t("I do not know them any more. Please pick them again."))
    return found


def _appoint_organizer(intent: AppointOrganizer, ctx: Context) -> Reply:
    t, community, person = ctx.t, the(intent.community, ctx), _picked(intent.person, ctx)
    name = Bold(person.name)
    if ctx.store.communities.add_organizer(community.id, person.id):
        told = _tell(person, Appointed(person.id, ctx.person.id, community=community.id), ctx)
        words = t("{name} organizes “{community}” now.", name=name, community=community.name)
        words = lines(words, told)
    else:
        words = t("{name} organizes “{community}” already.", name=name, community=community.name)
    if not ctx.store.communities.is_organizer(community.id, ctx.person.id):
        return Say(Message(words), private=True)
    return Say(Message(words, rows=((_opening(community.id, ctx),),)), private=True)


def _opening(community: int, setting: Setting) -> Button:
    return Button(setting.t.words("Open the community"), OpenCommunity(community=community), Style.PRIMARY)


def _appoint_facilitator(intent: AppointFacilitator, ctx: Context) -> Reply:
    t, circle, person = ctx.t, ctx.circle(intent.circle), _picked(intent.person, ctx)
    name, member = Bold(person.name), ctx.store.seats.member(intent.circle, person.id)
    if member is not None and member.role is Role.FACILITATOR:
        words = t("{name} is a facilitator of “{circle}” already.", name=name, circle=circle.title)
        return Say(Message(words), private=True)
    if member is None:
        ctx.store.seats.join_as(circle.id, person.id, Role.FACILITATOR, ctx.now)
    else:
        ctx.store.seats.set_role(circle.id, person.id, Role.FACILITATOR)
    ctx.forget()
    ctx.planner.circle(ctx.store, circle.id, ctx.now)
    settled(circle.id, ctx)
    offer_seats(circle.id, ctx)
    told = _tell(person, Appointed(person.id, ctx.person.id, circle=circle.id), ctx)
    words = t("{name} is a facilitator of “{circle}” now.", name=name, circle=circle.title)
    return Say(Message(lines(words, told)), private=True)


def _tell(person: Person, notice: Appointed, ctx: Context) -> Text:
    """Have somebody told privately and awake what they are now; return what whoever appointed them hears of it."""
    if person.id == ctx.person.id:
        return Text()
    about = f"c{notice.circle}" if notice.circle else f"o{notice.community}"
    ctx.store.deliveries.send_again(
        Due(
            f"{notice.kind}:{about}:{person.id}",
            notice,
            waking(person, ctx.now, person.zone or ctx.zone),
            person=person.id,
            circle=notice.circle or None,
            community=notice.community or None,
        )
    )
    if ctx.store.people.private_room(person.id) is None:
        return ctx.t("I cannot write to them privately, so please tell them yourself.")
    return ctx.t("I tell them privately.")


def _compose(notice: Appointed, setting: Setting) -> Message | Dropped:
    """Tell somebody what they were made, by whom, and what they can do now; as long as they are it."""
    t, store = setting.t, setting.store
    maker = store.people.get(notice.by)
    by = Bold(maker.name) if maker else t.words("Somebody")
    if notice.circle:
        circle, member = setting.circle(notice.circle), store.seats.member(notice.circle, notice.person)
        if member is None or member.role is not Role.FACILITATOR:
            return Dropped(N_("they do not run it any more"))
        what = t("{name} made you a facilitator of “{circle}”.", name=by, circle=Bold(circle.title))
        return Message(paragraphs(what, t("{command} shows all that you can do with it.", command=Typed("/circle"))))
    community = store.communities.get(notice.community)
    if community is None or not store.communities.is_organizer(community.id, notice.person):
        return Dropped(N_("they do not organize it any more"))
    what = t("{name} made you an organizer of “{community}”.", name=by, community=Bold(community.name))
    can = t("You see all its circles, and can make facilitators.")
    digest = t("To have its weekly digest come into a room, write {command} there.", command=Typed("/community"))
    return Message(paragraphs(what, lines(can, digest)), rows=((_opening(community.id, setting),),))
