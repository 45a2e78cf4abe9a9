"""Dataclasses that are quick to declare: each of these holds for those of the standard library, too."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field
from typing import Any

import pytest

from bot import records
from bot.domain.meetings import Meeting

Declare = Any
"""A decorator: which of the two is known only when a test runs."""


@pytest.fixture(params=[records.dataclass, dataclasses.dataclass], ids=["ours", "the library's"])
def declare(request: pytest.FixtureRequest) -> Declare:
    """Return how dataclasses are declared."""
    return request.param


def _place(declare: Declare) -> Any:  # noqa: ANN401  # a class that is made at run time
    @declare(frozen=True, slots=True)
    class Place:
        """A place."""

        room: str
        floor: int = 0
        doors: list[str] = field(default_factory=list)
        note: str = field(default="", compare=False, repr=False)
        seen: dict[str, int] = field(default_factory=dict, init=False, compare=False)

    return Place


def test_fields_are_given_by_place_or_by_name(declare: Declare) -> None:
    """What is left out has its default, and a default that can be changed is each one's own."""
    place = _place(declare)
    one, other = place("library", 2, note="quiet"), place(room="hall")
    assert (one.room, one.floor, one.note, one.seen) == ("library", 2, "quiet", {})
    assert (other.room, other.floor, other.doors) == ("hall", 0, [])
    assert one.doors is not other.doors
    with pytest.raises(TypeError, match=r"Place\.__init__\(\) missing 1 required positional argument: 'room'"):
        place()
    with pytest.raises(TypeError):
        place("library", seen={})


def test_those_with_equal_fields_are_equal(declare: Declare) -> None:
    """A field that is left out of comparing does not count, and neither does one of another class."""
    place, elsewhere = _place(declare), _place(declare)
    assert place("library", note="quiet") == place("library", note="loud")
    assert place("library") != place("hall")
    assert place("library") != elsewhere("library")

    @declare(frozen=True, slots=True)
    class Nothing:
        pass

    @declare(frozen=True, slots=True)
    class One:
        name: str

    assert Nothing() == Nothing()
    assert len({Nothing(), Nothing(), One("a"), One("a"), One("b")}) == 3  # type: ignore[call-arg]  # declared by what is tried


def test_nothing_can_be_changed(declare: Declare) -> None:
    """Neither a field nor anything else, and nothing can be taken away."""
    here = _place(declare)("library")
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'room'"):
        here.room = "hall"
    with pytest.raises((FrozenInstanceError, TypeError)):  # the library's stumbles over its own slots, in Python 3.11
        here.other = "hall"
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'room'"):
        del here.room
    assert not hasattr(here, "__dict__")


def test_it_is_shown_as_it_would_be_written(declare: Declare) -> None:
    """Without the fields that are not to be shown."""
    place = _place(declare)
    assert repr(place("library")) == f"{place.__qualname__}(room='library', floor=0, doors=[], seen={{}})"


def test_one_inherits_from_another(declare: Declare) -> None:
    """Its own fields come after; those that are to be named may come after defaults."""

    @declare(frozen=True, slots=True)
    class Room(_place(declare)):  # type: ignore[misc]  # made by a function
        seats: int = field(kw_only=True)

        def __post_init__(self) -> None:
            if self.seats < 1:
                raise ValueError(self.seats)

    assert [one.name for one in dataclasses.fields(Room)] == ["room", "floor", "doors", "note", "seen", "seats"]
    room = Room("library", 3, seats=8)
    assert (room.room, room.floor, room.seats) == ("library", 3, 8)
    with pytest.raises(ValueError, match="0"):
        dataclasses.replace(room, seats=0)


def test_it_can_be_taken_apart_and_copied(declare: Declare) -> None:
    """For everything that works on any dataclass."""
    place = _place(declare)
    here = place("library", 1, ["east"])
    assert dataclasses.replace(here, floor=2) == place("library", 2, ["east"])
    assert dataclasses.asdict(here) == {"room": "library", "floor": 1, "doors": ["east"], "note": "", "seen": {}}
    match here:
        case place(room, floor):
            assert (room, floor) == ("library", 1)
    twin = copy.deepcopy(here)
    assert twin == here
    assert twin.doors is not here.doors


def test_all_can_be_named_fields(declare: Declare) -> None:
    """`kw_only` is for all of the class."""

    @declare(frozen=True, slots=True, kw_only=True)
    class Span:
        least: int = 0
        most: int

    assert Span(most=3).most == 3  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Span(0, 3)  # type: ignore[call-arg]


OURS, THEIRS = records.dataclass, dataclasses.dataclass
NAN = float("nan")


def _made(declare: Declare, fields: dict[str, Any], *bases: type, **body: Any) -> Any:  # noqa: ANN401  # made at run time
    """Return a class with fields, by name and type, and with what else stands in its body."""
    return declare(frozen=True, slots=True)(type("Made", bases, {"__annotations__": fields, **body}))


def test_of_one_field_alone_it_is_the_field_that_is_compared() -> None:
    """Which is not equal to itself where it is no number; a tuple looks first whether two things are one."""
    made = _made(OURS, {"a": float})
    assert made(NAN) != made(NAN)
    two = _made(OURS, {"a": float, "b": int})
    assert two(NAN, 1) == two(NAN, 1)


@pytest.mark.parametrize("option", ["order", "unsafe_hash", "weakref_slot", "match_args", "init", "repr", "eq"])
def test_of_the_options_there_is_one(option: str) -> None:
    """Whoever wants another hears of it at once, and takes the library's."""
    with pytest.raises(TypeError, match=option):
        OURS(frozen=True, slots=True, **{option: True})(type("Made", (), {}))


@pytest.mark.parametrize(
    ("differs", "ours", "theirs"),
    [
        (
            lambda of: _made(of, {"a": dataclasses.InitVar[int]}, __post_init__=lambda *_: None)(1) is None,
            TypeError,
            False,
        ),
        (lambda of: hash(_made(of, {"a": list, "b": int}, a=field(hash=False))([], 1)), TypeError, hash((1,))),
        (lambda of: _made(of, {"a": int}, a=field(init=False))().a, dataclasses.MISSING, AttributeError),
        (lambda of: hash(_made(of, {"a": int}, __eq__=lambda *_: True)(1)), TypeError, hash((1,))),
        (lambda of: _made(of, {"a": int}, __setattr__=None).__name__, "Made", TypeError),
        (lambda of: _made(THEIRS, {}, _made(of, {"a": int}))(1).a, TypeError, 1),
        (lambda of: _made(of, {}, _made(THEIRS, {"a": int}))(1).a, TypeError, 1),
        (lambda of: THEIRS(type("Below", (_made(of, {"a": int}),), {})).__name__, "Below", TypeError),
        (lambda of: _made(of, {"a": int}).__dataclass_params__.frozen, False, True),
        (lambda of: hash(_made(of, {"a": int})(5)), 5, hash((5,))),
        (lambda of: _made(of, {"a": int}).__init__.__annotations__, {}, {"a": int, "return": None}),
    ],
    ids=range(11),
)
def test_what_is_not_as_the_librarys(differs: Callable[[Declare], object], ours: object, theirs: object) -> None:
    """The module says so, in words; whoever changes one changes the other."""
    for declare, expected in ((OURS, ours), (THEIRS, theirs)):
        if isinstance(expected, type) and issubclass(expected, Exception):
            with pytest.raises(expected):
                differs(declare)
        else:
            assert differs(declare) == expected


def test_others_are_the_librarys_own() -> None:
    """What may change, or has no slots, is made as ever."""

    @records.dataclass
    class Counter:
        count: int = 0

    @records.dataclass(frozen=True)
    class Cached:
        count: int = 0

    counter = Counter()
    counter.count += 1
    assert counter == Counter(1)
    assert vars(Cached()) == {"count": 0}


def test_a_meeting_survives_pickling() -> None:
    """A class that others can find by its name can be sent to another process."""
    fields = [None] * len(dataclasses.fields(Meeting))
    meeting = Meeting(*fields)  # type: ignore[arg-type]  # anything will do
    assert pickle.loads(pickle.dumps(meeting)) == meeting  # noqa: S301  # our own
