"""Frozen dataclasses that are quick to declare: a start declares well over a hundred before anybody is answered.

The standard library writes six methods for each class and compiles them one by one, which took a tenth of the start.
Here one is, and the rest are the same few functions for all classes. To `fields`, `replace`, `asdict`, `match`, `copy`,
`pickle` and mypy it is a dataclass as ever. These things are not as with the library's:

* Of the options it takes `kw_only`, and raises TypeError for any other, such as `order` or `weakref_slot`.
* There is no `InitVar`; a field's `hash` counts for nothing: what is compared is hashed. A field with `init=False`
  needs a default.
* Whoever writes `__eq__` writes `__hash__`, too, or has none. `__setattr__` and `__delattr__` of the class's own are
  taken, not refused.
* It inherits only from its like, and from classes that are no dataclasses: `__dataclass_params__` tells of neither
  `frozen` nor of any method, so that the library refuses to make a frozen class of it, and would make one that is not.
* Where a class below it is no dataclass, that cannot be given attributes either.
* With one field alone, that is compared and hashed itself, and not a tuple of it: it makes a difference to NaN.
* `__init__` has no annotations, and as the default of a field that has a factory `MISSING`; the docstring that a class
  without one is given tells of no fields.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import MISSING, Field, FrozenInstanceError
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(
        declared: type | None = None, /, *, frozen: bool = False, slots: bool = False, **options: bool
    ) -> Any:  # noqa: ANN401  # mypy reads the library's
        """Make a class a dataclass; one that is not frozen with slots, as the standard library makes it."""
        if frozen and slots:
            return lambda declared: _frozen(declared, **options)
        return dataclasses.dataclass(declared, frozen=frozen, slots=slots, **options)


__all__ = ["dataclass"]


def _frozen(declared: type, *, kw_only: bool = False) -> type:
    bare = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True, kw_only=kw_only)
    made: Any = bare(declared)
    fields = dataclasses.fields(made)
    own = {"__init__": _filling(made, fields), "__repr__": _showing(fields), **_comparing(fields)}
    for name, method in {**own, **_SHARED}.items():
        if name not in declared.__dict__:
            setattr(made, name, method)
    return made  # type: ignore[no-any-return]  # the class, or one made of it with slots


def _filling(made: type, fields: Iterable[Field[Any]]) -> Callable[..., None]:
    """Return `__init__`. Each slot is filled by its own descriptor: there is no quicker way."""
    scope: dict[str, Any] = {"MISSING": MISSING}
    taken, named, steps = ["self"], ["*"], ["pass"]
    for field in fields:
        name = value = field.name
        scope[f"_fill_{name}"] = getattr(made, name).__set__
        scope[f"_default_{name}"], scope[f"_make_{name}"] = field.default, field.default_factory
        is_optional = field.default is not field.default_factory  # else both are missing
        if field.init:
            (named if field.kw_only else taken).append(f"{name}=_default_{name}" if is_optional else name)
        else:
            value = f"_default_{name}"
        if field.default_factory is not MISSING:
            value = f"_make_{name}() if {value} is MISSING else {value}"
        steps.append(f"_fill_{name}(self, {value})")
    if hasattr(made, "__post_init__"):
        steps.append("self.__post_init__()")
    parameters = ", ".join(taken + named if len(named) > 1 else taken)
    exec(f"def __init__({parameters}): {'; '.join(steps)}", scope)  # noqa: S102  # as the standard library does
    written: Callable[..., None] = scope["__init__"]
    written.__qualname__ = f"{made.__qualname__}.__init__"
    return written


def _comparing(fields: Iterable[Field[Any]]) -> dict[str, Callable[..., Any]]:
    values = _values([field.name for field in fields if field.compare])

    def equal(self: object, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def hashed(self: object) -> int:
        return hash(values(self))

    return {"__eq__": equal, "__hash__": hashed}


def _showing(fields: Iterable[Field[Any]]) -> Callable[[object], str]:
    names = [field.name for field in fields if field.repr]
    values, template = _values(names), ", ".join(f"{name}={{!r}}" for name in names)

    def shown(self: object) -> str:
        found = values(self)
        return f"{type(self).__qualname__}({template.format(*found) if len(names) > 1 else template.format(found)})"

    return shown


def _values(names: Sequence[str]) -> Callable[[object], Any]:
    """Return what gives the fields of these names: a tuple of them, or the only one."""
    return attrgetter(*names) if names else lambda _: ()


def _no_setting(self: object, name: str, value: object) -> NoReturn:  # noqa: ARG001  # Python hands them over
    message = f"cannot assign to field {name!r}"
    raise FrozenInstanceError(message)


def _no_deleting(self: object, name: str) -> NoReturn:  # noqa: ARG001  # as above
    message = f"cannot delete field {name!r}"
    raise FrozenInstanceError(message)


def _restore(self: object, state: tuple[None, dict[str, object]]) -> None:
    """Fill the slots of a copy."""
    for name, value in state[1].items():
        object.__setattr__(self, name, value)


_SHARED: dict[str, Callable[..., Any]] = {
    "__setattr__": _no_setting,
    "__delattr__": _no_deleting,
    "__setstate__": _restore,
}
