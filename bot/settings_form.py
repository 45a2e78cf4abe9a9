"""What is wrong with what somebody wrote as settings, in words: misspelt names, values that cannot be used.

Knows nothing of the settings themselves: it reads the sections, keys and what they accept off the models it is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from bot.records import dataclass

PREFIX = "CIRCLEBOT_"
"""What the name of every setting in the environment begins with."""
SEPARATOR = "__"
"""What stands between section and key in the environment."""


@dataclass(frozen=True, slots=True)
class Accepts:
    """What a setting takes, as it stands after "expected" in a message to whoever wrote something else."""

    words: str


class Section(BaseModel):
    """A table of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def suggestion(wrong: str, right: Iterable[str]) -> str:
    """Return a clause that offers the nearest right name, or nothing where none is near."""
    lowered = {name.lower(): name for name in sorted(right)}
    near = get_close_matches(wrong.lower(), lowered, n=1, cutoff=0.6)
    return f"; did you mean {lowered[near[0]]}?" if near else ""


def variable(section: str, key: str) -> str:
    """Return the name in the environment of a setting."""
    return f"{PREFIX}{section}{SEPARATOR}{key}".upper()


def sections(settings: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """Return the model of every section, by its name."""
    found = {}
    for name, field in settings.model_fields.items():
        if not (isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)):
            raise TypeError(f"{name} is no section: every setting lies in one")
        found[name] = field.annotation
    return found


@dataclass(frozen=True)
class Form:
    """What was written, in the file called `source` and in the environment, against the models of `settings`."""

    settings: type[BaseModel]
    written: Mapping[str, Any]
    source: str
    environ: Mapping[str, str]

    def usable(self) -> dict[str, Any]:
        """Return of the file's content what has a place in the models, its values unchecked."""
        return {
            section: {key: value for key, value in self.written[section].items() if key in model.model_fields}
            for section, model in sections(self.settings).items()
            if isinstance(self.written.get(section), dict)
        }

    def misspelt(self) -> Iterator[str]:
        """Yield a sentence for each name, in the file and the environment, that is no setting's."""
        yield from self._misspelt_in_file()
        yield from self._misspelt_in_environment()

    def wrong_values(self, error: ValidationError) -> Iterator[str]:
        """Yield for each bad value where it stands, what is wrong with it and what is accepted; secrets unseen."""
        seen = set()
        for detail in error.errors(include_url=False):
            section, key = (*(str(part) for part in detail["loc"]), "", "")[:2]
            field = sections(self.settings)[section].model_fields.get(key)
            if (section, key) in seen:
                continue
            seen.add((section, key))
            if field is None:
                yield from self._wrong_section(section, key)
                continue
            name = variable(section, key)
            present = {variable_name.upper(): value for variable_name, value in self.environ.items()}
            where = f"The environment: {name}" if name in present else f"{self.source}: [{section}] {key}"
            reason = f" ({detail['ctx']['error']})" if detail["type"] == "value_error" else ""
            accepts = next(item.words for item in field.metadata if isinstance(item, Accepts))
            if name not in present and key not in self.written.get(section, {}):  # something else asks for it
                yield (
                    f"The settings: [{section}] {key} is missing{reason}; expected {accepts}. "
                    f"It may stand in {self.source}, or in the environment as {name}."
                )
                continue
            value = present[name] if name in present else self.written[section][key]
            shown = "" if SecretStr in _types(field.annotation) else f" {_quoted(value)}"
            yield f"{where}: the value{shown} cannot be used{reason}; expected {accepts}."

    def _keys(self) -> list[tuple[str, str]]:
        return [(section, key) for section, model in sections(self.settings).items() for key in model.model_fields]

    def _misspelt_in_file(self) -> Iterator[str]:
        models = sections(self.settings)
        listed = ", ".join(f"[{name}]" for name in models)
        for section, table in self.written.items():
            if section not in models and not isinstance(table, dict):
                yield self._astray(section)
            elif section not in models:
                near = suggestion(section, [f"[{name}]" for name in models]) or f"; there are {listed}."
                yield f"{self.source}: there is no section [{section}]{near}"
            elif not isinstance(table, dict):
                yield f"{self.source}: {section} is a section: write [{section}] on a line of its own, its keys below."
            else:
                keys = tuple(models[section].model_fields)
                for key in table:
                    if key not in keys:
                        near = suggestion(key, keys) or f"; its keys are {', '.join(keys)}."
                        yield f"{self.source}: there is no key {key} in [{section}]{near}"

    def _astray(self, key: str) -> str:
        """Say of a key above the first section where it belongs."""
        homes = [section for section, name in self._keys() if name == key]
        if homes:
            return f"{self.source}: the key {key} stands outside its section: write it below [{homes[0]}]."
        near = suggestion(key, [f"{name} in [{section}]" for section, name in self._keys()])
        return f"{self.source}: there is no key {key}{near or '; keys stand in sections.'}"

    def _misspelt_in_environment(self) -> Iterator[str]:
        """Find what looks like a setting and is none.

        Settings have a double underscore; a name without one is somebody else's unless it is nearly one of ours, such
        as CIRCLEBOT_TELEGRAM_TOKEN.
        """
        names = sorted(variable(section, key) for section, key in self._keys())
        whole = {PREFIX + section.upper() for section in sections(self.settings)}
        for name in sorted(self.environ):
            upper = name.upper()
            if not upper.startswith(PREFIX) or upper in names or upper in whole:
                continue
            near = get_close_matches(upper, names, n=1, cutoff=0.8)
            if near:
                yield f"The environment: there is no setting {name}; did you mean {near[0]}?"
            elif SEPARATOR in upper:
                yield f"The environment: there is no setting {name}; there are {', '.join(names)}."

    def _wrong_section(self, section: str, key: str) -> Iterator[str]:
        """Say what is wrong with a whole section given as JSON in one variable; misspelt() has named the rest."""
        name = PREFIX + section.upper()
        if any(present.upper() == name for present in self.environ):
            keys = tuple(sections(self.settings)[section].model_fields)
            unknown = f": it has no key {key}{suggestion(key, keys)}" if key else ""
            yield f"The environment: {name} cannot be used as the section [{section}]{unknown}".rstrip("?") + "."


def _types(annotation: object) -> tuple[object, ...]:
    return (annotation, *getattr(annotation, "__args__", ()))


def _quoted(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)
