"""What the tests' Discord finds wrong with messages, forms and menus, and how it says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.discord.asking import ask
from tests.discord.server.checks import check_form, check_menu, check_message
from tests.discord.server.problems import Json, Problem

if TYPE_CHECKING:
    from tests.discord.world import World


def button(**more: Any) -> Json:  # noqa: ANN401  # whatever a button has
    """Return a button as it should be, but for something."""
    return {"type": 2, "style": 1, "label": "Yes", "custom_id": "yes"} | more


def rows(*parts: Json, kind: int = 1) -> Json:
    """Return a message with a row."""
    return {"content": "Hi", "components": [{"type": kind, "components": list(parts)}]}


def link(**more: Any) -> Json:  # noqa: ANN401  # whatever a button has
    """Return a button that opens an address."""
    return {"type": 2, "style": 5, "label": "Open"} | more


def select(many: int, **more: Any) -> Json:  # noqa: ANN401  # whatever a list has
    """Return a list to choose from."""
    return {"type": 3, "custom_id": "one", "options": [choice(str(number)) for number in range(many)]} | more


def choice(value: str = "a", **more: Any) -> Json:  # noqa: ANN401  # whatever a choice has
    """Return what can be chosen."""
    return {"label": value, "value": value} | more


def embed(**more: Any) -> Json:  # noqa: ANN401  # whatever an embed has
    """Return a message with an embed."""
    return {"embeds": [{"title": "Hi", **more}]}


TEXT: Json = {"type": 4, "custom_id": "name", "style": 1}


def form(*parts: Json, **more: Any) -> Json:  # noqa: ANN401  # whatever a form has
    """Return a form."""
    labels = [{"type": 18, "label": "Name", "component": part} for part in parts or (TEXT,)]
    return {"title": "A circle", "custom_id": "form.1", "components": labels} | more


def command(**more: Any) -> list[Json]:  # noqa: ANN401  # whatever a command has
    """Return a menu with a command."""
    return [{"name": "meet", "description": "Meet"} | more]


def option(**more: Any) -> Json:  # noqa: ANN401  # whatever an option has
    """Return an option."""
    return {"type": 3, "name": "topic", "description": "What about?"} | more


FIELD = {"name": "n", "value": "v"}
MESSAGES: list[tuple[Json, str, str]] = [
    ({"content": "x" * 2001}, "content", "BASE_TYPE_MAX_LENGTH"),
    ({"nonce": "x" * 26}, "nonce", "BASE_TYPE_MAX_LENGTH"),
    ({"embeds": [{}] * 11}, "embeds", "BASE_TYPE_BAD_LENGTH"),
    (embed(title="x" * 257), "embeds.0.title", "BASE_TYPE_MAX_LENGTH"),
    (embed(description="x" * 4097), "embeds.0.description", "BASE_TYPE_MAX_LENGTH"),
    (embed(footer={"text": "x" * 2049}), "embeds.0.footer.text", "BASE_TYPE_MAX_LENGTH"),
    (embed(fields=[FIELD] * 26), "embeds.0.fields", "BASE_TYPE_BAD_LENGTH"),
    (embed(fields=[{"name": "", "value": "v"}]), "embeds.0.fields.0.name", "BASE_TYPE_BAD_LENGTH"),
    (embed(fields=[{"name": "n", "value": "x" * 1025}]), "embeds.0.fields.0.value", "BASE_TYPE_BAD_LENGTH"),
    ({"embeds": [{"description": "x" * 3001}] * 2}, "embeds", "MAX_EMBED_SIZE_EXCEEDED"),
    ({"components": [{"type": 1, "components": []}]}, "components.0.components", "BASE_TYPE_BAD_LENGTH"),
    ({"components": rows(link(url="https://a"))["components"] * 6}, "components", "BASE_TYPE_BAD_LENGTH"),
    (rows(*(button(custom_id=str(n)) for n in range(6))), "components.0.components", "BASE_TYPE_BAD_LENGTH"),
    (rows(button(), kind=7), "components.0.type", "BASE_TYPE_CHOICES"),
    (rows({"type": 4}), "components.0.components.0.type", "BASE_TYPE_CHOICES"),
    (rows(button(label="x" * 81)), "components.0.components.0.label", "BASE_TYPE_MAX_LENGTH"),
    (rows(button(label="")), "components.0.components.0", "BUTTON_COMPONENT_CONTENT_REQUIRED"),
    (rows(button(style=7)), "components.0.components.0.style", "BASE_TYPE_CHOICES"),
    (rows(button(custom_id="x" * 101)), "components.0.components.0.custom_id", "BASE_TYPE_BAD_LENGTH"),
    (rows(button(custom_id=None)), "components.0.components.0.custom_id", "BASE_TYPE_REQUIRED"),
    (rows(button(), button()), "components.0.components.1.custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED"),
    (rows(link()), "components.0.components.0.url", "BASE_TYPE_REQUIRED"),
    (rows(link(url="javascript:alert(1)")), "components.0.components.0.url", "URL_TYPE_INVALID_SCHEME"),
    (rows(link(url="https://")), "components.0.components.0.url", "URL_TYPE_INVALID_SCHEME"),
    (rows(link(url=f"https://a/{'x' * 512}")), "components.0.components.0.url", "BASE_TYPE_BAD_LENGTH"),
    (rows(select(2), button()), "components.0.components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED"),
    (rows(select(26)), "components.0.components.0.options", "BASE_TYPE_BAD_LENGTH"),
    (
        {"content": "a", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
        "allowed_mentions",
        "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
    ),
]
FORMS: list[tuple[Json, str, str]] = [
    (form(title="x" * 46), "data.title", "BASE_TYPE_BAD_LENGTH"),
    (form(title=""), "data.title", "BASE_TYPE_BAD_LENGTH"),
    (form(custom_id="x" * 101), "data.custom_id", "BASE_TYPE_BAD_LENGTH"),
    (form(components=[]), "data.components", "BASE_TYPE_BAD_LENGTH"),
    (form(*(TEXT | {"custom_id": str(n)} for n in range(6))), "data.components", "BASE_TYPE_BAD_LENGTH"),
    (form(components=[button()]), "data.components.0.type", "BASE_TYPE_CHOICES"),
    (
        form(components=[{"type": 18, "label": "x" * 46, "component": TEXT}]),
        "data.components.0.label",
        "BASE_TYPE_BAD_LENGTH",
    ),
    (
        form(components=[{"type": 18, "label": "A", "description": "x" * 101, "component": TEXT}]),
        "data.components.0.description",
        "BASE_TYPE_MAX_LENGTH",
    ),
    (form(TEXT, TEXT), "data.components.1.component.custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED"),
    (form(TEXT | {"style": 3}), "data.components.0.component.style", "BASE_TYPE_CHOICES"),
    (form(TEXT | {"max_length": 4001}), "data.components.0.component.max_length", "NUMBER_TYPE_MAX"),
    (form(TEXT | {"max_length": 2, "value": "abc"}), "data.components.0.component.value", "BASE_TYPE_MAX_LENGTH"),
    (form(TEXT | {"placeholder": "x" * 101}), "data.components.0.component.placeholder", "BASE_TYPE_MAX_LENGTH"),
    (form(select(1, type=21)), "data.components.0.component.options", "BASE_TYPE_BAD_LENGTH"),
    (form(select(11, type=21)), "data.components.0.component.options", "BASE_TYPE_BAD_LENGTH"),
    (form(select(26)), "data.components.0.component.options", "BASE_TYPE_BAD_LENGTH"),
    (
        form(select(0, options=[choice(), choice()])),
        "data.components.0.component.options.1.value",
        "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
    ),
    (
        form(select(0, options=[choice("x" * 101)])),
        "data.components.0.component.options.0.label",
        "BASE_TYPE_BAD_LENGTH",
    ),
    (
        form(select(0, options=[choice("a", default=True), choice("b", default=True)])),
        "data.components.0.component.options",
        "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES",
    ),
    (form(button()), "data.components.0.component.type", "BASE_TYPE_CHOICES"),
]
SOME = [{"name": f"{number:30}", "value": f"{number:30}"} for number in range(5)]
LONG = {"es-ES": "y" * 100}
MENUS: list[tuple[list[Json], str, str]] = [
    (
        command(options=[option(name=f"o{n}", description_localizations=LONG, choices=SOME) for n in range(20)]),
        "0",
        "APPLICATION_COMMAND_TOO_LARGE",
    ),
    (command(name="Meet"), "0.name", "APPLICATION_COMMAND_INVALID_NAME"),
    (command(name="two words"), "0.name", "APPLICATION_COMMAND_INVALID_NAME"),
    (command(name="x" * 33), "0.name", "APPLICATION_COMMAND_INVALID_NAME"),
    (command(name_localizations={"es-ES": "Quedar"}), "0.name_localizations.es-ES", "APPLICATION_COMMAND_INVALID_NAME"),
    (command(description=""), "0.description", "BASE_TYPE_BAD_LENGTH"),
    (command(description="x" * 101), "0.description", "BASE_TYPE_BAD_LENGTH"),
    (command() * 2, "1.name", "APPLICATION_COMMANDS_DUPLICATE_NAME"),
    (command(options=[option(name=f"o{n}") for n in range(26)]), "0.options", "BASE_TYPE_BAD_LENGTH"),
    (command(options=[option()] * 2), "0.options.1.name", "APPLICATION_COMMAND_OPTIONS_NAME_INVALID"),
    (
        command(options=[option(), option(name="who", required=True)]),
        "0.options.1",
        "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
    ),
    (
        command(options=[option(choices=[{"name": "x", "value": "x"}] * 26)]),
        "0.options.0.choices",
        "BASE_TYPE_BAD_LENGTH",
    ),
    (
        command(options=[option(choices=[{"name": "x", "value": "x" * 101}])]),
        "0.options.0.choices.0.value",
        "BASE_TYPE_BAD_LENGTH",
    ),
    (
        command(options=[option(choices=[{"name": "x", "value": "x"}], autocomplete=True)]),
        "0.options.0.autocomplete",
        "APPLICATION_COMMAND_OPTION_AUTOCOMPLETE",
    ),
]


def found(problem: Problem) -> dict[str, list[str]]:
    """Return what is wrong where."""
    wrongs: dict[str, list[str]] = {}

    def walk(tree: Json, path: str) -> None:
        for name, below in tree.items():
            if name == "_errors":
                wrongs[path] = [one["code"] for one in below]
            else:
                walk(below, f"{path}.{name}".lstrip("."))

    walk(problem.errors or {}, "")
    return wrongs


@pytest.mark.parametrize(("body", "path", "code"), MESSAGES)
def test_what_is_wrong_with_a_message(body: Json, path: str, code: str) -> None:
    """Each limit by itself, with nothing else that would be wrong."""
    with pytest.raises(Problem) as caught:
        check_message(body)
    assert caught.value.code == 50035
    assert found(caught.value) == {path: [code]}


@pytest.mark.parametrize(("body", "path", "code"), FORMS)
def test_what_is_wrong_with_a_form(body: Json, path: str, code: str) -> None:
    """Each limit by itself, with nothing else that would be wrong."""
    with pytest.raises(Problem) as caught:
        check_form(body)
    assert found(caught.value)[path] == [code]


@pytest.mark.parametrize(("menu", "path", "code"), MENUS)
def test_what_is_wrong_with_a_menu(menu: list[Json], path: str, code: str) -> None:
    """Each limit by itself, with nothing else that would be wrong."""
    with pytest.raises(Problem) as caught:
        check_menu(menu)
    assert found(caught.value) == {path: [code]}


def test_too_many_commands() -> None:
    """One hundred is the most."""
    menu = [command(name=f"c{number}")[0] for number in range(101)]
    check_menu(menu[:100])
    with pytest.raises(Problem) as caught:
        check_menu(menu)
    assert caught.value.code == 30032


def test_what_is_just_right_is_taken() -> None:
    """Exactly as much as fits."""
    check_message({"content": "x" * 2000, "nonce": "x" * 25})
    check_message({"embeds": [{"title": "x" * 256, "description": "x" * 4096, "footer": {"text": "x" * 1648}}]})
    full = [{"type": 1, "components": [button(custom_id=f"{r}{b}") for b in range(5)]} for r in range(5)]
    check_message({"components": full})
    check_message(rows(link(url="https://a.example/b")))
    check_form(form(TEXT, select(10, type=21, custom_id="b"), select(25, custom_id="c"), title="x" * 45))
    check_menu(command(name="x" * 32, description="x" * 100, options=[option(name=f"o{n}") for n in range(25)]))
    check_menu(command(name="mañana", name_localizations={"hi": "मिलना"}))


async def test_it_is_said_in_discords_own_shape(dc: World) -> None:
    """A code for all, and below `errors` a tree of what is wrong where."""
    channel = dc.guild("Library").channels()[0]
    answer = await ask(dc, "POST", f"/channels/{channel.id}/messages", embed(description="x" * 4097))
    assert answer.status == 400
    assert answer.body == {
        "message": "Invalid Form Body",
        "code": 50035,
        "errors": {
            "embeds": {
                "0": {
                    "description": {
                        "_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 4096 or fewer in length."}]
                    }
                }
            }
        },
    }
    dc.violations.clear()  # the contract finds it, too
