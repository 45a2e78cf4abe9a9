"""The table of who may do what: complete, true to the routes, and what the page in `docs/` says."""

from __future__ import annotations

from bot.rules import audience_of
from tests.doors.allowed import ALLOWED, AUDIENCE, HOLDS, ROUTES
from tests.doors.permissions import PAGE, page
from tests.doors.world import Things, Who, World


def test_every_intent_has_its_row() -> None:
    """Nobody adds something to ask for without saying who may, and trying it with everybody."""
    without = sorted(intent.__name__ for intent in ROUTES.keys() - ALLOWED.keys())
    assert not without, (
        f"Add a row to ALLOWED in tests/doors/allowed.py for {', '.join(without)}: the least that somebody must be, "
        "and an example about a thing of tests/doors/world.py. Then run python -m tests.doors.permissions."
    )
    gone = sorted(intent.__name__ for intent in ALLOWED.keys() - ROUTES.keys())
    assert not gone, f"Nobody handles {', '.join(gone)} any more: take the rows out of tests/doors/allowed.py."


def test_the_rows_agree_with_the_routes() -> None:
    """Menus and help show everybody what the table says is for them."""
    apart = {
        intent.__name__: (row.least.value, audience_of(ROUTES[intent].allow).name)
        for intent, row in ALLOWED.items()
        if AUDIENCE[row.least] is not audience_of(ROUTES[intent].allow)
    }
    assert not apart, f"the table and `allow=` of the routes say different things: {apart}"


def test_somebody_may_and_somebody_may_not() -> None:
    """For every row there is somebody in the world who may, so that none is only tried in vain."""
    for intent, row in ALLOWED.items():
        assert any(row.allows(who) for who in Who), intent.__name__
    assert HOLDS.keys() == set(Who)


def test_the_examples_are_whole(world: World) -> None:
    """Every example names a thing that is there: an example of nothing would be declined to everybody."""
    assert all(getattr(world.things, name) for name in Things.__dataclass_fields__)
    for intent, row in ALLOWED.items():
        assert type(row.about(world.things)) is intent


def test_the_page_says_the_same() -> None:
    """Whoever wonders who may do what reads it in the documentation."""
    assert PAGE.exists(), "Run python -m tests.doors.permissions."
    assert PAGE.read_text(encoding="utf-8") == page(), "Run python -m tests.doors.permissions."
