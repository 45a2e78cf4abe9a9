"""Forms and commands as people fill them in: what Discord itself would not let them send fails here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.discord.server.doing import Interaction
from tests.discord.server.problems import Json
from tests.discord.server.state import Channel, Message, User

_TEXT, _LABEL, _TEXT_INPUT, _CHOICE, _USERS, _RADIO, _BOXES, _BOX = 10, 18, 4, 3, 5, 21, 22, 23


@dataclass(eq=False)
class Form:
    """An open form, and what opened it."""

    data: Json
    opened_by: Interaction

    @property
    def channel(self) -> Channel:
        """Where it opened."""
        return self.opened_by.channel

    @property
    def source(self) -> Message | None:
        """The message whose button opened it."""
        return self.opened_by.source

    @property
    def title(self) -> str:
        """What stands above it."""
        return str(self.data["title"])

    @property
    def labels(self) -> list[str]:
        """What is asked, in order."""
        return [str(part["label"]) for part in self._labels()]

    @property
    def fields(self) -> list[str]:
        """The names of what is asked, in order."""
        return [str(part["component"]["custom_id"]) for part in self._labels()]

    @property
    def shown(self) -> str:
        """All its words, with what is filled in already."""
        lines = [self.title]
        for part in self.data["components"]:
            if part["type"] == _TEXT:
                lines.append(str(part["content"]))
                continue
            lines += [str(part["label"]), str(part.get("description") or "")]
            lines.append(self.prefilled(part["component"]["custom_id"]))
        return "\n".join(line for line in lines if line)

    def prefilled(self, name: str) -> str:
        """Return what stands in a field before anybody fills it in, as people read it."""
        component = self._component(name)
        if component["type"] == _TEXT_INPUT:
            return str(component.get("value") or "")
        return ", ".join(one["label"] for one in component.get("options", []) if one.get("default"))

    def choices(self, name: str) -> list[str]:
        """Return what can be chosen in a field."""
        return [str(one["label"]) for one in self._component(name).get("options", [])]

    def filled(self, answers: Mapping[str, object]) -> Json:
        """Return what is sent; an AssertionError for what cannot be filled in so."""
        known = {part["component"]["custom_id"]: part["label"] for part in self._labels()}
        for name in answers:
            assert name in known or name in known.values(), f"“{self.title}” has no {name}, but {known}"
        parts: list[Json] = []
        for number, part in enumerate(self.data["components"], start=1):
            if part["type"] == _TEXT:
                parts.append({"type": _TEXT, "id": number})
                continue
            component = part["component"]
            given = answers.get(component["custom_id"], answers.get(part["label"]))
            sent: Json = {"type": component["type"], "id": 100 + number, "custom_id": component["custom_id"]}
            parts.append({"type": _LABEL, "id": number, "component": sent | _sent(component, given)})
        return {"custom_id": self.data["custom_id"], "components": parts}

    def _labels(self) -> list[Json]:
        return [part for part in self.data["components"] if part["type"] == _LABEL]

    def _component(self, name: str) -> Json:
        for part in self._labels():
            if name in {part["component"]["custom_id"], part["label"]}:
                found: Json = part["component"]
                return found
        raise AssertionError(f"“{self.title}” has no {name}, but {self.fields}")


def _sent(component: Json, given: object) -> Json:
    match component["type"]:
        case 4:
            return {"value": _text(component, given)}
        case 3 | 22:
            return {"values": _chosen(component, given)}
        case 21:
            found = _chosen(component, given)
            return {"value": found[0] if found else None}
        case 23:
            return {"value": bool(component.get("default") if given is None else given)}
        case _:
            return {"values": _people(component, given)}


def _text(component: Json, given: object) -> str:
    value = str(component.get("value") or "") if given is None else given
    name = component["custom_id"]
    assert isinstance(value, str), f"{name} is text"
    assert value or not component.get("required", True), f"{name} has to be filled in"
    assert len(value) <= (component.get("max_length") or 4000), f"{name} is too long"
    assert not value or len(value) >= (component.get("min_length") or 0), f"{name} is too short"
    assert component["style"] == 2 or "\n" not in value, f"{name} has one line"
    return value


def _chosen(component: Json, given: object) -> list[str]:
    options, name = component.get("options", []), component["custom_id"]
    if given is None:
        found = [str(one["value"]) for one in options if one.get("default")]
    else:
        wanted = given if isinstance(given, (list, tuple)) else [given]
        found = [str(one["value"]) for one in options if one["label"] in wanted or one["value"] in wanted]
        labels = [one["label"] for one in options]
        assert len(found) == len(wanted), f"{name} can be one of {labels}, not {wanted}"
    assert found or not component.get("required", True), f"{name} has to be chosen"
    most = component.get("max_values") or (len(options) if component["type"] == _BOXES else 1)
    assert len(found) <= most, f"{name} takes {most}"
    return found


def _people(component: Json, given: object) -> list[str]:
    name = component["custom_id"]
    if given is None:
        found = [str(one["id"]) for one in component.get("default_values") or []]
    else:
        people = given if isinstance(given, (list, tuple)) else [given]
        assert all(isinstance(one, User) for one in people), f"{name} is a person"
        found = [str(one.id) for one in people if isinstance(one, User)]
    assert found or not component.get("required", True), f"{name} has to be chosen"
    assert len(found) <= (component.get("max_values") or 1), f"{name} takes fewer people"
    return found


def option_named(options: list[Json], name: str) -> Json | None:
    """Return an option of a command by its name, in whatever language."""
    for option in options:
        if name in {option["name"], *(option.get("name_localizations") or {}).values()}:
            return option
    return None


def option_value(option: Json, value: object) -> object:
    """Return a value as Discord sends it, if it lets people type that."""
    name = option["name"]
    if choices := option.get("choices"):
        found = [one["value"] for one in choices if value in {one["value"], one["name"]}]
        assert found, f"{name} can be one of {[one['name'] for one in choices]}"
        return found[0]
    match option["type"]:
        case 4 | 10:
            assert isinstance(value, (int, float)), f"{name} is a number"
            assert option.get("min_value", value) <= value <= option.get("max_value", value), f"{name} is out of range"
        case 5:
            assert isinstance(value, bool), f"{name} is yes or no"
        case 6:
            assert isinstance(value, User), f"{name} is a person"
            return str(value.id)
        case _:
            assert isinstance(value, str), f"{name} is text"
            assert option.get("min_length", 0) <= len(value) <= option.get("max_length", 6000), f"{name} is too long"
    return value
