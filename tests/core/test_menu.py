"""The menu of commands: names, and what can be said along, in every language."""

from __future__ import annotations

from pathlib import Path
from threading import get_ident

import pytest
from babel.messages import extract as babel
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from bot.assembly import features
from bot.chat.adapter import CommandHelp, Option
from bot.chat.forms import Choice
from bot.chat.inbound import Command
from bot.chat.intents import Kind
from bot.chat.message import Say
from bot.chat.naming import is_name
from bot.clock import MovableClock
from bot.dates import WrittenDates
from bot.dialogue import Dialogue
from bot.domain.words import folded
from bot.i18n import DOMAIN, PSEUDO, Catalogue, Translator
from bot.menu import menu, names_anywhere
from bot.router import Means, Router
from scheduler.planner import Planner
from storage.engine import Database
from tests.core.conftest import NOW, NoLinks
from tests.core.scripted import Talk, scripted
from tests.support.texts import extract

LANGUAGES = (*Catalogue().languages, PSEUDO)


def spoken(folder: Path, tag: str = "es", **names: str) -> Catalogue:
    """Return a catalogue of Spanish, or of another language, in which commands and options are called so."""
    catalog = Catalog(locale=tag)
    for name, said in names.items():
        for sort in ("command", "option"):
            catalog.add(name, said, context=sort)
    path = folder / tag / "LC_MESSAGES" / f"{DOMAIN}.po"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_po(file, catalog)
    return Catalogue(folder)


def scripted_menu(catalogue: Catalogue) -> dict[str, CommandHelp]:
    """Return the scripted feature's menu in Spanish, by name."""
    return {one.name: one for one in menu(Dialogue([scripted], catalogue).by_command, catalogue.speaker("es"))}


def option(command: CommandHelp, field: str) -> Option:
    """Return one option of a command."""
    return next(one for one in command.options if one.field == field)


async def test_options_are_what_can_be_said_along(talk: Talk) -> None:
    """Each question is an option, of its own kind and within its own bounds; what is never asked for, too."""
    commands = {one.name: one for one in await talk.router.commands("en")}
    everything = commands["everything"]
    assert [one.field for one in everything.options] == [
        "name", "story", "colour", "pet", "zone", "when", "number", "link", "sure",
    ]  # fmt: skip
    assert option(everything, "colour").choices == (Choice("red", "Bright red"), Choice("blue", "Dark blue"))
    assert option(everything, "sure").choices == (Choice("1", "Yes"), Choice("0", "No"))
    assert {one.field for one in everything.options if one.is_completed} == {"pet", "zone"}
    assert option(everything, "name") == Option("name", "name", "Which name?", Kind.SHORT, longest=20)
    number = option(everything, "number")
    assert (number.kind, number.least, number.most) == (Kind.NUMBER, 2, 52)
    assert [one.field for one in commands["find"].options] == ["words"]


def test_names_are_translated_each_in_its_sort(tmp_path: Path) -> None:
    """A command and an option have names of their own in a language; what has none keeps its own."""
    commands = scripted_menu(spoken(tmp_path, feed="alimentar", food="comida"))
    assert commands["feed"].named == "alimentar"
    assert [one.named for one in commands["feed"].options] == ["comida", "pet"]
    assert commands["walk"].named == "walk"


@pytest.mark.parametrize("said", ["se-joindre", "l'appel", "सहायता", "próxima", "a" * 32])
def test_a_name_may_be_of_any_script(tmp_path: Path, said: str) -> None:
    """With the marks that belong to its letters, and joined by what joins words."""
    commands = scripted_menu(spoken(tmp_path, feed=said, food=said))
    assert commands["feed"].named == commands["feed"].options[0].named == said
    assert is_name(said)


@pytest.mark.parametrize("slip", ["Dos palabras", "Comida", "a" * 33, "", "¡comida!", "-a", "'a", "\u0301a"])
def test_a_name_that_menus_do_not_take_is_none(tmp_path: Path, slip: str) -> None:
    """A translator's slip costs the translation, not the command."""
    commands = scripted_menu(spoken(tmp_path, feed=slip, food=slip))
    assert commands["feed"].named == "feed"
    assert commands["feed"].options[0].named == "food"


def test_two_of_one_name_are_told_apart(tmp_path: Path) -> None:
    """The second goes by its own name, and so does one that is called as another is in English."""
    commands = scripted_menu(spoken(tmp_path, feed="pasear", walk="pasear", find="shout", shout="gritar"))
    named = {name: one.named for name, one in commands.items()}
    assert named == {
        "everything": "everything", "feed": "pasear", "walk": "walk", "find": "find", "lonely": "lonely",
        "shout": "gritar",
    }  # fmt: skip


def test_an_accent_alone_tells_no_two_apart(tmp_path: Path) -> None:
    """People leave it out: what is told apart by nothing else would lead to the wrong one. It may be one's own."""
    commands = scripted_menu(spoken(tmp_path, feed="dar", walk="dár", find="fínd", pet="foód"))
    assert {name: commands[name].named for name in ("feed", "walk", "find")} == {
        "feed": "dar", "walk": "walk", "find": "fínd",
    }  # fmt: skip
    assert [one.named for one in commands["feed"].options] == ["food", "pet"]


def test_what_means_two_commands_is_the_name_of_none(tmp_path: Path) -> None:
    """Nobody does another thing than they meant because two languages have one word; a command's own name stays its."""
    spoken(tmp_path, "es", feed="dar", walk="paseo", shout="Gritar", find="walk")
    catalogue = spoken(tmp_path, "fr", feed="dar", find="dîner", walk="feed", everything="paseo")
    assert catalogue.languages == ("en", "es", "fr")
    commands = Dialogue([scripted], catalogue).by_command
    found = {said: own for said, own in names_anywhere(commands, catalogue).items() if said != own}
    assert found == {"dar": "feed", "diner": "find"}


class Watched(Catalogue):
    """Notes in which thread each wish for a language was heard."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.heard: set[tuple[str, int]] = set()

    def speaker(self, *wishes: str) -> Translator:
        """Return who speaks the best of the wishes."""
        self.heard |= {(wish, get_ident()) for wish in wishes}
        return super().speaker(*wishes)


async def test_catalogues_are_read_where_nobody_waits_for_it(sqlite_database: Database, tmp_path: Path) -> None:
    """The first name in another language has all of them read, but not in the loop; until then, it may be any's."""
    spoken(tmp_path, walk="pasear")
    catalogue, clock = Watched(tmp_path), MovableClock(source=lambda: NOW)
    means = Means(sqlite_database, clock, catalogue, Planner(), WrittenDates(), NoLinks())
    talk = Talk(Router(means, [scripted]), sqlite_database, clock)
    foreign = Command(name="pasear", words="Tuesday 6pm", **talk.act)  # type: ignore[arg-type]  # each of its own type
    assert talk.router.minds_who_runs(foreign)
    assert isinstance(await talk.does(foreign), Say)
    assert not talk.router.minds_who_runs(foreign)
    threads = {thread for wish, thread in catalogue.heard if wish == "es"}
    assert threads
    assert get_ident() not in threads


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_every_language_each_name_means_one_thing(language: str) -> None:
    """Neither two commands nor two options of one command are called alike."""
    commands = menu(Dialogue(features(), Catalogue()).by_command, Catalogue().speaker(language))
    assert len({folded(one.named) for one in commands}) == len(commands) > 10
    for command in commands:
        assert len({folded(one.named) for one in command.options}) == len(command.options) <= 25, command.name
        assert all(one.prompt for one in command.options), command.name


def test_translators_are_asked_for_every_name() -> None:
    """The texts of the code have what each command and each option is called, in a context of its own."""
    found = set()
    for path in (Path(__file__).parents[2] / "bot").rglob("*.py"):
        with path.open("rb") as source:
            texts = babel.extract(extract, source, {"named": ((1, "c"), 2)})  # type: ignore[arg-type]  # its types know no such key
            found |= {(context, text) for _, text, _, context in texts}
    commands = menu(Dialogue(features(), Catalogue()).by_command, Catalogue().speaker("en"))
    options = {("option", one.field) for command in commands for one in command.options}
    assert found == {("command", one.name) for one in commands} | options
