"""What a person may do where they are: for greeting, help and menus, never for permission."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.chat.message import Button, Style
from bot.context import Context
from bot.domain.people import Role
from bot.feature import Route
from bot.i18n import N_, Translator
from bot.ports import Links
from bot.rules import Audience, audience_of

LABELS: Final = {
    "circles": N_("Find a circle"),
    "circle": N_("My circle"),
    "next": N_("Next meeting"),
    "meetings": N_("Meetings"),
    "newcircle": N_("Start a circle"),
    "feedback": N_("Plus / delta"),
    "community": N_("Community"),
    "digest": N_("Digest now"),
    "me": N_("My settings"),
    "link": N_("Link an account"),
    "help": N_("What can I do?"),
}
"""Short labels for the doors that a button opens; other commands go by their titles."""


def audience(route: Route) -> Audience:
    """Return for whom a route is meant."""
    return audience_of(route.allow)


def standing(ctx: Context) -> Audience:
    """Return the most that the person is here: in the room's circles and community; anywhere, if it has none."""
    store, person = ctx.store, ctx.person.id
    own = None if ctx.room.is_private else store.communities.in_place(ctx.here.id)
    communities = {circle.community for circle in ctx.circles_here} | ({own.id} if own else set())
    if communities:
        if any(store.communities.is_organizer(community, person) for community in communities):
            return Audience.ORGANIZER
        members = [store.seats.member(circle.id, person) for circle in ctx.circles_here]
        return _best([member.role for member in members if member])
    if store.communities.organized_by(person):
        return Audience.ORGANIZER
    return _best([role for _, role in store.circles.of_person(person)])


def _best(roles: Sequence[Role]) -> Audience:
    if Role.FACILITATOR in roles:
        return Audience.FACILITATOR
    return Audience.LEARNER if roles else Audience.ANYONE


@dataclass(frozen=True)
class Doors:
    """Everything that can be asked for, as assembled; `routes` is asked when it is needed, not before."""

    routes: Callable[[], Sequence[Route]]

    def commands(self, most: Audience, links: Links, *, operates: bool = False) -> list[Route]:
        """Return the commands with a summary that are for `most` and everybody before them, and for who `operates`.

        Those in which there is no use where the bot is are left out.
        """
        return [
            route
            for route in self.routes()
            if route.intent.summary
            and route.intent.command
            and route.needs(links)
            and (audience(route) <= most or (operates and audience(route) is Audience.OPERATOR))
        ]

    def find(self, command: str) -> Route | None:
        """Return the route of a command."""
        return next((route for route in self.routes() if route.intent.command == command), None)

    def buttons(self, t: Translator, most: Audience, *commands: str) -> tuple[Button, ...]:
        """Return buttons for those of the commands that exist and are for `most`; the first one stands out."""
        found = [route for command in commands if (route := self.find(command)) and audience(route) <= most]
        return tuple(
            Button(label(route, t), route.intent.about(), Style.PLAIN if number else Style.PRIMARY)
            for number, route in enumerate(found)
        )

    def about(self, t: Translator, command: str, words: str = "", **known: object) -> Button | None:
        """Return a button for a command about something, None where there is no such command."""
        route = self.find(command)
        if route is None or not known.keys() <= route.intent.model_fields.keys():
            return None
        return Button(words or label(route, t), route.intent.about(**known))


def label(route: Route, t: Translator) -> str:
    """Return what a button says that asks for this."""
    return t.words(LABELS.get(route.intent.command) or route.intent.title)
