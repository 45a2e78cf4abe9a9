"""Names as people give them, and as they are shown."""

from __future__ import annotations

import pytest

from bot.domain.people import clean_name


@pytest.mark.parametrize("name", ["", " \n", "\u3164", "\u3164 \u200b\u2800", "\u115f\u1160\uffa0", "\u202e"])
def test_a_name_of_which_nothing_is_seen_is_none(name: str) -> None:
    """Nobody stands in a list as an empty place."""
    assert clean_name(name) == "?"
    assert clean_name(name, "", 100) == ""


@pytest.mark.parametrize("name", ["Ada", "李", "عليّ", "👩‍👩‍👧", "Ada\u3164", "?"])
def test_any_other_stays_as_it_is(name: str) -> None:
    """In whatever letters."""
    assert clean_name(name) == name
