"""The greeting, help, one's own settings, and the way out of a form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import partial

from bot.chat.intents import Asked
from bot.chat.message import Button, Message, Reply, Say
from bot.context import Context
from bot.domain.circles import CircleState
from bot.domain.daytime import read_time
from bot.domain.people import Person
from bot.domain.words import folded
from bot.errors import BadAnswers, Declined
from bot.feature import Feature, Route
from bot.features.circles.rooms import bring_here, linked_circle
from bot.features.communities.invitations import accept
from bot.features.communities.links import linked_community
from bot.features.communities.rooms import bring_here as bring_to_community
from bot.features.communities.ways import INVITE
from bot.features.in_place import in_place
from bot.features.people import views
from bot.features.people.doors import Doors, standing
from bot.features.people.intents import (
    AllowNudges,
    AllowTips,
    Cancel,
    ChooseMyLanguage,
    ChooseMyZone,
    ChooseQuietHours,
    ForgetMe,
    Help,
    Me,
    MyData,
    ShowAccounts,
    Start,
)
from bot.features.people.linking import LINK, add_linking, others, present
from bot.features.people.privacy import forget_me, my_data
from bot.i18n import Translator
from bot.rules import Audience, anyone

_NEXT_STEPS = {
    Audience.ANYONE: ("circles", "newcircle", "help"),
    Audience.LEARNER: ("next", "circle", "circles", "me", "help"),
    Audience.FACILITATOR: ("next", "circle", "meetings", "newcircle", "me", "help"),
    Audience.ORGANIZER: ("community", "digest", "circles", "newcircle", "me", "help"),
}
_WHERE_ONE_LIVES = ("next", "circle", "help")
_IN_A_ROOM = ("newcircle", "community", "circles", "help")


def people_feature(routes: Callable[[], Sequence[Route]]) -> Feature:
    """Return the feature; `routes` gives everything that can be asked of the bot, once it is assembled."""
    people, doors = Feature("people"), Doors(routes)
    people.handles(Start, allow=anyone, minds_who_runs=True)(partial(_start, doors))
    people.handles(Help, allow=anyone)(partial(_help, doors))
    people.handles(Me, allow=anyone)(partial(_me, doors))
    people.handles(ChooseMyLanguage, allow=anyone)(partial(_choose_language, doors))
    people.handles(ChooseMyZone, allow=anyone)(partial(_choose_zone, doors))
    people.handles(ChooseQuietHours, allow=anyone, asks=_quiet_hours_so_far)(partial(_choose_quiet_hours, doors))
    people.handles(AllowNudges, allow=anyone)(partial(_allow_nudges, doors))
    people.handles(AllowTips, allow=anyone)(partial(_allow_tips, doors))
    people.handles(Cancel, allow=anyone)(_cancel)
    people.handles(MyData, allow=anyone)(my_data)
    people.handles(ForgetMe, allow=anyone)(forget_me)
    add_linking(people)
    return people


def _start(doors: Doors, intent: Start, ctx: Context) -> Reply:
    if intent.link.startswith(INVITE):
        return accept(intent.link.removeprefix(INVITE), ctx)
    if intent.link.startswith(LINK):
        return present(intent.link.removeprefix(LINK), ctx)
    if not ctx.room.is_private:
        return _start_in_room(doors, intent, ctx)
    most = standing(ctx)
    return Say(views.greeting(ctx.person, most, doors.buttons(ctx.t, most, *_NEXT_STEPS[most]), ctx.t))


def _start_in_room(doors: Doors, intent: Start, ctx: Context) -> Reply:
    if (circle := linked_circle(intent.link)) is not None:
        return bring_here(circle, ctx)
    if (community := linked_community(intent.link)) is not None:
        return bring_to_community(community, ctx)
    if any(circle.state is CircleState.PUBLISHED for circle in ctx.circles_here):
        buttons = doors.buttons(ctx.t_room, Audience.ORGANIZER, *_WHERE_ONE_LIVES)
        return Say(views.room_again(ctx.circles_here, buttons, ctx.t_room))
    buttons = doors.buttons(ctx.t_room, Audience.ORGANIZER, *_IN_A_ROOM)
    return Say(views.room_greeting(ctx.act.place.title, buttons, ctx.t_room))


def _help(doors: Doors, intent: Help, ctx: Context) -> Reply:
    mine = doors.commands(standing(ctx), ctx.links, operates=ctx.is_operator)
    wanted = intent.of.strip().removeprefix("/").casefold()
    if not wanted:
        return Say(views.help_page(mine, ctx.t), private=True)
    known = {folded(ctx.t.named("command", route.intent.command)): route for route in mine}  # as some menus call them
    known |= {route.intent.command: route for route in mine}
    if (name := folded(wanted)) in known:
        return Say(views.help_about(known[name], ctx.t), private=True)
    near = get_close_matches(name[:32], known, n=1, cutoff=0.5)
    if near:
        meant = known[near[0]].intent.command
        raise Declined(ctx.t("I do not know /{name}. Did you mean /{near}?", name=wanted[:32], near=meant))
    raise Declined(ctx.t("I do not know /{name}. /help shows what you can do.", name=wanted[:32]))


def _me(doors: Doors, _: Me, ctx: Context) -> Reply:
    return Say(_settings(doors, ctx), private=True)


def _settings(doors: Doors, ctx: Context) -> Message:
    everything = ctx.store.circles.of_person(ctx.person.id)
    circles = [(circle, role) for circle, role in everything if circle.state is not CircleState.ENDED]
    # The words are the new language's where it has just been chosen.
    t = _speaker(ctx.person, ctx)
    accounts = ctx.store.people.accounts(ctx.person.id)
    can_link = len(accounts) > 1 or bool(others(ctx))
    most = views.DOORS_SHOWN - can_link
    opened = [doors.about(t, "circle", circle.title, circle=circle.id) for circle, _ in circles[:most]]
    shown: list[Button] = [button for button in opened if button is not None]
    if not circles:
        shown.extend(doors.buttons(t, Audience.ANYONE, "circles"))
    if can_link:
        shown.append(Button(t.words("Accounts"), ShowAccounts()))
    return views.settings(ctx.person, circles, accounts, shown, ctx.zone, t)


def _speaker(person: Person, ctx: Context) -> Translator:
    return ctx.catalogue.speaker(person.language, ctx.act.sender.language)


def _changed(doors: Doors, person: Person, ctx: Context, toast: str) -> Reply:
    """Save what the person has changed of themselves, and show their settings anew."""
    ctx.store.people.save(person, ctx.person)
    ctx.person = ctx.reader = person
    shown = _settings(doors, ctx)
    return in_place(shown, ctx, toast)


def _choose_language(doors: Doors, intent: ChooseMyLanguage, ctx: Context) -> Reply:
    person = replace(ctx.person, language=intent.language)
    return _changed(doors, person, ctx, _speaker(person, ctx).words("Saved."))


def _choose_zone(doors: Doors, intent: ChooseMyZone, ctx: Context) -> Reply:
    person = replace(ctx.person, zone=intent.zone)
    return _changed(doors, person, ctx, ctx.t.words("Saved."))


def _quiet_hours_so_far(_: object, ctx: Context) -> dict[str, Asked]:
    """Return the questions with the hours as they stand."""
    asked = ChooseQuietHours.asked
    return {
        "quiet_from": replace(asked["quiet_from"], value=ctx.person.quiet_from.isoformat(timespec="minutes")),
        "quiet_to": replace(asked["quiet_to"], value=ctx.person.quiet_to.isoformat(timespec="minutes")),
    }


def _choose_quiet_hours(doors: Doors, intent: ChooseQuietHours, ctx: Context) -> Reply:
    start, end = read_time(intent.quiet_from), read_time(intent.quiet_to)
    wrong = ctx.t("I could not read that as a time of day. Try “21:00” or “9 pm”.")
    if start is None or end is None:
        raise BadAnswers({field: wrong for field, at in (("quiet_from", start), ("quiet_to", end)) if at is None})
    person = replace(ctx.person, quiet_from=start, quiet_to=end)
    return _changed(doors, person, ctx, ctx.t.words("Saved."))


def _allow_nudges(doors: Doors, intent: AllowNudges, ctx: Context) -> Reply:
    person = replace(ctx.person, nudges=intent.on)
    on, off = ctx.t.words("I will ask you."), ctx.t.words("I will not ask you any more.")
    return _changed(doors, person, ctx, on if intent.on else off)


def _allow_tips(doors: Doors, intent: AllowTips, ctx: Context) -> Reply:
    person = replace(ctx.person, tips=intent.on)
    on, off = ctx.t.words("I will ask you."), ctx.t.words("I will not ask you any more.")
    return _changed(doors, person, ctx, on if intent.on else off)


def _cancel(_: Cancel, ctx: Context) -> Reply:
    draft = ctx.store.drafts.current(ctx.person.id, ctx.here.id)
    if draft is None or not ctx.store.drafts.close(draft.id) or draft.expires_at <= ctx.now:
        return Say(Message(ctx.t("There is no form open here. /help shows what you can do.")), private=True)
    return Say(Message(ctx.t("Forgotten. Nothing was saved.")), private=True)
