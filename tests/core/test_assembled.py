"""What the features declare fits together: nothing names what nobody provides."""

from __future__ import annotations

import pytest

from bot.assembly import features
from bot.feature import Route
from bot.features.circles.intents import NewCircle, OpenRoomFor, PostCircle, UseRoom
from bot.features.communities.intents import AppointOrganizer, ShowCommunity
from bot.features.people.intents import Start
from bot.i18n import PSEUDO, Catalogue

ROUTES = [route for feature in features() for route in feature.routes]
OFFERED = {name for feature in features() for name in feature.offers}
PRESUMED = {name for feature in features() for name in feature.defaults}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.intent.__name__)
def test_questions_can_be_asked(route: Route) -> None:
    """Every provider that a question names is there, and every form has a heading."""
    for field, how in route.intent.asked.items():
        assert not how.choices or how.choices in OFFERED, field
        assert not how.presumed or how.presumed in PRESUMED, field
    if any(how.ask for how in route.intent.asked.values()):
        assert route.intent.title, "a form has a heading"


@pytest.mark.parametrize("name", ["offers", "defaults", "composers", "steps", "cards"])
def test_nobody_provides_what_another_does(name: str) -> None:
    """The second would silently take the first one's place."""
    provided = [key for feature in features() for key in getattr(feature, name)]
    assert len(provided) == len(set(provided))


def test_a_notice_is_composed_or_a_step() -> None:
    """Never both."""
    composed = {notice for feature in features() for notice in feature.composers}
    steps = {notice for feature in features() for notice in feature.steps}
    assert not composed & steps


def test_who_runs_the_room_matters_to_few() -> None:
    """Finding it out may cost a request for every tap; a route that looks without saying so fails in any test of it."""
    minding = {route.intent for route in ROUTES if route.minds_who_runs}
    assert minding == {Start, NewCircle, UseRoom, PostCircle, OpenRoomFor, ShowCommunity, AppointOrganizer}


def test_no_two_intents_share_a_tag_or_a_command() -> None:
    """Buttons and commands lead to one place."""
    assert len({route.intent.tag for route in ROUTES}) == len(ROUTES)
    commands = [route.intent.command for route in ROUTES if route.intent.command]
    assert len(set(commands)) == len(commands)


@pytest.mark.parametrize("language", [*Catalogue().languages, PSEUDO])
def test_every_command_has_help(language: str) -> None:
    """In every language: a summary that fits a menu, and an example of how it is typed."""
    t = Catalogue().speaker(language)
    for route in ROUTES:
        if route.intent.command and route.intent.summary:
            assert 0 < len(t.declared(route.intent.summary)) <= 100, route.intent.command
            for example in route.intent.examples:
                assert t.declared(example).lstrip("⟦").startswith(f"/{route.intent.command}"), example
