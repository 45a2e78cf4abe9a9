"""How a feature says what it can do: routes for intents, composers and steps for notices, views for cards, choices.

rsvps = Feature("rsvps")

@rsvps.handles(Rsvp, allow=members)
def rsvp(intent: Rsvp, ctx: Context) -> Reply: ...
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.chat.forms import Choice
from bot.chat.intents import Asked, Intent
from bot.chat.message import Message, Reply
from bot.context import Context, Setting
from bot.domain.notices import Dropped, Notice
from bot.ports import Links

I = TypeVar("I", bound=Intent)  # noqa: E741  # the intent's own type
N = TypeVar("N", bound=Notice)

Allow = Callable[[Any, Context], None]
"""Raises `Declined` with the reason unless the person may do this to the very thing the intent names."""
Asks = Callable[[Mapping[str, object], Context], Mapping[str, Asked]]
"""Given what is known, returns how each field is asked for this time: left out is not asked."""
Choices = Callable[[Context, str], Sequence[Choice]]
"""Given who asks and the words typed so far, returns what to offer."""
Default = Callable[[Context], object | None]
Needs = Callable[[Links], bool]


@dataclass(frozen=True)
class Route:
    """An intent, who may, what we do; `minds_who_runs`: it looks at whether the sender runs the room.

    `needs` says whether there is any use in it where the bot is: menus and help leave out what there is none in.
    """

    intent: type[Intent]
    allow: Allow
    handle: Callable[[Any, Context], Reply]
    asks: Asks | None
    feature: str
    minds_who_runs: bool = False
    needs: Needs = lambda _: True


class Feature:
    """One thing the bot does. Collected by `assembly`; nothing happens on import."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.routes: list[Route] = []
        self.composers: dict[type[Notice], Callable[[Any, Setting], Message | Dropped]] = {}
        self.steps: dict[type[Notice], Callable[[Any, Setting], None]] = {}
        self.cards: dict[str, Callable[[int, Setting], Message | None]] = {}
        self.offers: dict[str, Choices] = {}
        self.defaults: dict[str, Default] = {}

    def handles(
        self,
        intent: type[I],
        *,
        allow: Allow,
        asks: Asks | None = None,
        minds_who_runs: bool = False,
        needs: Needs = lambda _: True,
    ) -> Callable[[Callable[[I, Context], Reply]], Callable[[I, Context], Reply]]:
        """Route an intent: `allow` is asked first, `asks` adapts its questions to what is known.

        Whatever looks at `Context.runs_room` says so with `minds_who_runs`: finding it out may cost a request.
        """

        def route(handle: Callable[[I, Context], Reply]) -> Callable[[I, Context], Reply]:
            self.routes.append(Route(intent, allow, handle, asks, self.name, minds_who_runs, needs))
            return handle

        return route

    def composes(
        self, notice: type[N]
    ) -> Callable[[Callable[[N, Setting], Message | Dropped]], Callable[[N, Setting], Message | Dropped]]:
        """Say how a notice becomes a message, in the moment it is sent. Reads only."""

        def compose(make: Callable[[N, Setting], Message | Dropped]) -> Callable[[N, Setting], Message | Dropped]:
            self.composers[notice] = make
            return make

        return compose

    def acts(self, notice: type[N]) -> Callable[[Callable[[N, Setting], None]], Callable[[N, Setting], None]]:
        """Say what a step of time does. Runs in the transaction that ends the delivery: exactly once."""

        def step(do: Callable[[N, Setting], None]) -> Callable[[N, Setting], None]:
            self.steps[notice] = do
            return do

        return step

    def draws(
        self, kind: str
    ) -> Callable[[Callable[[int, Setting], Message | None]], Callable[[int, Setting], Message | None]]:
        """Say how a card of this kind looks now; None: it has nothing to show any more. Reads only."""

        def draw(view: Callable[[int, Setting], Message | None]) -> Callable[[int, Setting], Message | None]:
            self.cards[kind] = view
            return view

        return draw

    def chooses(self, name: str) -> Callable[[Choices], Choices]:
        """Provide the choices that `Asked.choices` names."""

        def provide(offer: Choices) -> Choices:
            self.offers[name] = offer
            return offer

        return provide

    def presumes(self, name: str) -> Callable[[Default], Default]:
        """Provide the value that goes without saying (`Asked.presumed`), None where it must be asked."""

        def provide(default: Default) -> Default:
            self.defaults[name] = default
            return default

        return provide
