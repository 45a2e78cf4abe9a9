"""The menu that Discord shows: what can be said along with each command, in which languages, told when it changed."""

# Long because it holds each part of the menu against each of Discord's limits.

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import discord
import pytest

from adapters.discord.commands import LARGEST, LOCALES, locales_of, payload, size, tell
from adapters.discord.letter import Json
from bot.assembly import assemble
from bot.chat.adapter import CommandHelp, Option
from bot.chat.forms import Choice
from bot.chat.intents import Kind
from bot.clock import SystemClock
from bot.i18n import Catalogue
from storage.engine import Database
from tests.adapters.web_support import Meet
from tests.discord.canned import Canned, Refusal, canned, logged_in
from tests.discord.server.contract import Contract
from tests.telegram.scripted import KeepingInbox

YES_NO = (Choice("yes", "Yes"), Choice("no", "No"))


def option(field: str = "topic", kind: Kind = Kind.SHORT, **more: Any) -> Option:  # noqa: ANN401  # an option's own
    """Return an option of a command."""
    return Option(field, more.pop("named", ""), more.pop("prompt", "What about?"), kind, **more)


def command(*options: Option, name: str = "meet", summary: str = "Meet", named: str = "") -> CommandHelp:
    """Return a command with options."""
    return CommandHelp(name, summary, Meet, named=named, options=options)


def told(*options: Option) -> list[Json]:
    """Return the options of a command as Discord is told them."""
    shown: list[Json] = payload({"en": [command(*options)]})[0]["options"]
    return shown


def test_a_command_can_be_used_on_servers_and_with_the_bot() -> None:
    """Not in private talks of others, and not where the bot was never brought to."""
    (shown,) = payload({"en": [command()]})
    assert shown["contexts"] == [0, 1]
    assert shown["integration_types"] == [0]
    assert shown["default_member_permissions"] is None


def test_nothing_is_hidden_from_anybody() -> None:
    """Whoever looks after circles need have no rights on the server: what is theirs must be shown to them, too."""
    shown = payload({"en": [command(name="community"), command(name="addmeeting")]})
    assert [one["default_member_permissions"] for one in shown] == [None, None]


@pytest.mark.parametrize(
    ("made", "typed"),
    [
        (option(longest=80), {"type": 3, "max_length": 80}),
        (option(kind=Kind.LONG, longest=9000), {"type": 3, "max_length": 6000}),
        (option(kind=Kind.NUMBER, least=1, most=52), {"type": 4, "min_value": 1, "max_value": 52}),
        (option(kind=Kind.PERSON), {"type": 6}),
        (option(kind=Kind.WHEN), {"type": 3, "max_length": 200}),
        (option(kind=Kind.SEARCH, is_completed=True), {"type": 3, "max_length": 200, "autocomplete": True}),
        (
            option(kind=Kind.CHOICE, choices=YES_NO),
            {"type": 3, "choices": [{"value": "yes", "name": "Yes"}, {"value": "no", "name": "No"}]},
        ),
        (
            option(kind=Kind.CHOICE, choices=tuple(Choice(str(number), "x") for number in range(26))),
            {"type": 3, "max_length": 200},
        ),
        (option(kind=Kind.CHOICE, choices=(Choice("x" * 101, "X"),)), {"type": 3, "max_length": 200}),
    ],
)
def test_an_option_is_of_a_sort_that_discord_knows(made: Option, typed: Json) -> None:
    """Numbers within their bounds, people to pick, short lists to choose from, long ones completed, words else."""
    (shown,) = told(made)
    assert shown == {"name": "topic", "description": "What about?", **typed}


def test_no_option_has_to_be_given() -> None:
    """The form asks for what is missing, with all that Discord's own check would not say."""
    assert all("required" not in shown for shown in told(option("a"), option("b", Kind.NUMBER), option("c")))


def test_each_language_has_its_own_words() -> None:
    """Names, descriptions and choices in Spanish for both of Discord's, and no more than differs."""
    english = option("answer", Kind.CHOICE, choices=YES_NO, named="answer", prompt="Do you come?")
    spanish = option(
        "answer", Kind.CHOICE, choices=(Choice("yes", "Sí"), Choice("no", "No")), named="respuesta", prompt="¿Vienes?"
    )
    (shown,) = payload(
        {"en": [command(english, named="meet")], "es": [command(spanish, summary="Quedar", named="quedar")]}
    )
    both = ("es-419", "es-ES")
    assert (shown["name"], shown["name_localizations"]) == ("meet", dict.fromkeys(both, "quedar"))
    assert shown["description_localizations"] == dict.fromkeys(both, "Quedar")
    (answer,) = shown["options"]
    assert answer["name"] == "answer"
    assert answer["name_localizations"] == dict.fromkeys(both, "respuesta")
    assert answer["description_localizations"] == dict.fromkeys(both, "¿Vienes?")
    assert answer["choices"] == [
        {"value": "yes", "name": "Yes", "name_localizations": dict.fromkeys(both, "Sí")},
        {"value": "no", "name": "No"},
    ]


def test_what_comes_back_is_the_fields_name_whatever_it_is_shown_as() -> None:
    """In English, too, an option may be shown under another name than its field's."""
    (shown,) = told(option("on_rename", named="announce"))
    assert shown["name"] == "on_rename"
    assert shown["name_localizations"] == {"en-US": "announce", "en-GB": "announce"}


def test_the_bots_own_language_is_for_everybody_without_one() -> None:
    """With another usual language, that is what the rest reads, and English readers read English."""
    (shown,) = payload({"es": [command(summary="Quedar")], "en": [command(summary="Meet")]})
    assert shown["description"] == "Quedar"
    assert shown["description_localizations"] == {"en-US": "Meet", "en-GB": "Meet"}


@pytest.mark.parametrize("bad", ["Announce", "two words", "", "x" * 33, "what?", "meet", "other"])
def test_a_name_that_discord_would_refuse_is_not_told(bad: str) -> None:
    """Capitals, spaces, signs, too long, or another's name: the command keeps its own, and all the rest is told."""
    shown = payload({"en": [command(), command(name="other")], "es": [command(named=bad), command(name="other")]})
    assert [one["name"] for one in shown] == ["meet", "other"]
    assert not any("name_localizations" in one for one in shown)


def test_two_options_never_share_a_name_in_one_language() -> None:
    """A translation that gives the same word twice keeps it once: Discord would refuse all commands."""
    english = [option("first"), option("last")]
    spanish = [option("first", named="día"), option("last", named="día")]
    (shown,) = payload({"en": [command(*english)], "es": [command(*spanish)]})
    assert shown["options"][0]["name_localizations"]["es-ES"] == "día"
    assert "name_localizations" not in shown["options"][1]


@pytest.mark.parametrize("name", ["día", "встреча", "会议", "बैठक", "นัดหมาย", "to-day", "on_rename"])
def test_names_in_all_scripts_are_told(name: str) -> None:
    """Letters of any script, the vowel signs of two, digits, - and _ are fine in names."""
    (shown,) = payload({"en": [command()], "es": [command(named=name)]})
    assert shown["name_localizations"]["es-ES"] == name


def test_everything_keeps_within_discords_limits() -> None:
    """Descriptions and labels are cut at 100 characters, options and commands left out from the 26th and 101st on."""
    long = option("x", Kind.CHOICE, prompt="é" * 300, choices=(Choice("a", "é" * 101),))
    shown = payload({"en": [command(long, *(option(f"o{n}") for n in range(40)), summary="é" * 300)]})[0]
    assert shown["description"] == "é" * 99 + "…"
    assert shown["options"][0]["description"] == "é" * 99 + "…"
    assert shown["options"][0]["choices"][0]["name"] == "é" * 99 + "…"
    assert len(shown["options"]) == 25
    assert len(payload({"en": [command(name=f"c{number}") for number in range(200)]})) == 100


def test_a_command_that_is_too_large_loses_its_longest_lists() -> None:
    """8000 characters in all, of each text the longest language: what can still be typed is better than a refusal."""
    english = tuple(Choice(f"{number:02}{'v' * 90}", "l" * 50) for number in range(25))
    spanish = tuple(replace(choice, label="l" * 100) for choice in english)
    options = {
        tag: [option(f"o{n}", Kind.CHOICE, choices=choices[: 25 - n], prompt="?" * 100) for n in range(3)]
        for tag, choices in (("en", english), ("es", spanish))
    }
    (shown,) = payload({tag: [command(*made)] for tag, made in options.items()})
    assert size(shown) <= LARGEST
    assert [len(one.get("choices", ())) for one in shown["options"]] == [0, 0, 23]


def test_every_language_finds_those_of_discords_that_read_it() -> None:
    """The very one first, then the general one, then a neighbour's; what Discord has not is told to nobody."""
    found = locales_of(("en", "es", "es-419", "pt-PT", "nb", "zh-Hant", "zh-Hans", "eu"))
    assert found == {
        "en-US": "en",
        "en-GB": "en",
        "es-ES": "es",
        "es-419": "es-419",
        "pt-BR": "pt-PT",
        "no": "nb",
        "zh-TW": "zh-Hant",
        "zh-CN": "zh-Hans",
    }


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        (("en", "no"), {"no": "no"}),
        (("en", "zh-CN", "zh-TW"), {"zh-CN": "zh-CN", "zh-TW": "zh-TW"}),
        (("en", "zh"), {"zh-CN": "zh", "zh-TW": "zh"}),
    ],
)
def test_a_language_may_be_called_as_discord_calls_it(tags: Sequence[str], found: dict[str, str]) -> None:
    """Whoever brings one names it by its country, or in the general, as well as we do."""
    assert found.items() <= locales_of(tags).items()
    assert set(locales_of(tags)) == {"en-US", "en-GB", *found}


async def test_what_is_called_alike_is_of_one_sort(sqlite_database: Database) -> None:
    """An option has one name in each language, whatever command it stands with: a time is not called as a place is."""
    sorts: dict[str, set[Kind]] = {}
    for one in await assemble(sqlite_database, SystemClock(), []).router.commands("en"):
        for option in one.options:
            sorts.setdefault(option.field, set()).add(Kind.SHORT if option.kind is Kind.LONG else option.kind)
    assert [field for field, kinds in sorts.items() if len(kinds) > 1] == []


async def test_every_command_of_ours_is_told_whole(sqlite_database: Database) -> None:
    """No command or option of the bot has a name, a summary or a choice that would be cut or left out."""
    catalogue = Catalogue()
    router = assemble(sqlite_database, SystemClock(), [], catalogue).router
    known = {tag: await router.commands(tag) for tag in catalogue.languages}
    shown = payload(known)
    assert [one["name"] for one in shown] == [one.name for one in known["en"]]
    for tag, commands in known.items():
        locale = next(locale for locale, speaks in locales_of(tuple(known)).items() if speaks == tag)
        for ours, theirs in zip(commands, shown, strict=True):
            assert ours.summary == said(theirs, "description", locale)
            assert ours.named in {"", said(theirs, "name", locale)}, (tag, ours.name)
            assert [one.field for one in ours.options] == [one["name"] for one in theirs["options"]]
            for mine, its in zip(ours.options, theirs["options"], strict=True):
                assert mine.prompt == said(its, "description", locale)
                assert mine.named in {"", said(its, "name", locale)}, (tag, ours.name, mine.field)
                assert [choice.label for choice in mine.choices] == [
                    said(choice, "name", locale) for choice in its.get("choices", ())
                ]
    assert max(map(size, shown)) <= LARGEST


@pytest.fixture
def contract() -> Contract:
    """Return Discord's API as it is published; whoever has it not skips what compares the menu with it."""
    if (found := Contract.found()) is None:
        pytest.skip("Discord's contract, which is no part of the project, is not beside it")
    return found


async def test_the_menu_is_as_discords_contract_has_it(sqlite_database: Database, contract: Contract) -> None:
    """Nothing in it is unknown to Discord, of a wrong sort or too long."""
    catalogue = Catalogue()
    router = assemble(sqlite_database, SystemClock(), [], catalogue).router
    shown = payload({tag: await router.commands(tag) for tag in catalogue.languages})
    assert list(contract.faults_of_request("PUT /applications/{application_id}/commands", shown)) == []
    kinds = [option(), option(kind=Kind.NUMBER), option(kind=Kind.PERSON), option(kind=Kind.CHOICE, choices=YES_NO)]
    for kind in kinds:
        shown = payload({"en": [command(kind)], "es": [command(replace(kind, prompt="¿?"), named="quedar")]})
        assert list(contract.faults_of_request("PUT /applications/{application_id}/commands", shown)) == []


def test_every_language_of_discord_is_known(contract: Contract) -> None:
    """There is a list of them in its contract."""
    assert [locale for locale in LOCALES if contract.faults("AvailableLocalesEnum", locale)] == []
    assert contract.faults("AvailableLocalesEnum", "tlh")


def said(part: Json, key: str, locale: str) -> str:
    """Return what somebody with that language reads."""
    words: str = part.get(f"{key}_localizations", {}).get(locale, part[key])
    return words


@dataclass
class Core(KeepingInbox):
    """A core with one command, and more where they are told."""

    more: tuple[CommandHelp, ...] = ()

    async def commands(self, language: str) -> Sequence[CommandHelp]:
        """Return them."""
        return [command(summary=f"Meet ({language})"), *self.more]


@pytest.fixture
async def there() -> AsyncIterator[Canned]:
    """A Discord that takes commands."""
    async with canned() as made:
        made.answers["/applications/7/commands"] = [{"name": "meet", "id": "71"}, {"name": "new", "id": "72"}]
        yield made


@pytest.fixture
async def client(there: Canned) -> AsyncIterator[discord.Client]:
    """The library, logged in there."""
    async with logged_in(there) as made:
        yield made


def locales(folder: Path, *languages: str) -> Path:
    """Make a folder with catalogues."""
    for language in languages:
        (folder / language / "LC_MESSAGES").mkdir(parents=True)
        (folder / language / "LC_MESSAGES" / "circlebot.po").touch()
    return folder


async def test_all_commands_are_told_at_once(client: discord.Client, there: Canned, tmp_path: Path) -> None:
    """In one request, with every language: what is not in it any more is gone from everybody's menu."""
    await tell(client, Core(), Catalogue(locales(tmp_path, "es")))
    assert there.asked == ["PUT /applications/7/commands"]
    assert [one["name"] for one in there.told[0]] == ["meet"]
    assert there.told[0][0]["description_localizations"]["es-ES"] == "Meet (es)"


async def test_only_changes_are_told(client: discord.Client, there: Canned, tmp_path: Path) -> None:
    """At the next start nothing is told, until a command is another, or there is another language."""
    core, catalogue = Core(), Catalogue(locales(tmp_path, "es"))
    await tell(client, core, catalogue)
    await tell(client, core, Catalogue(tmp_path))
    assert len(there.told) == 1
    await tell(client, replace(core, more=(command(name="new"),)), catalogue)
    assert [one["name"] for one in there.told[1]] == ["meet", "new"]
    await tell(client, replace(core, more=(command(name="new"),)), Catalogue(locales(tmp_path, "fr")))
    assert len(there.told) == 3


async def test_the_ids_are_known_and_stay_so(client: discord.Client, there: Canned) -> None:
    """At the next start, too, at which nothing is told; what is no id or no name of a command's is passed over."""
    there.answers["/applications/7/commands"] = [
        {"name": "meet", "id": "71"},
        {"name": "me:et", "id": "72"},
        {"name": "far", "id": "9" * 21},
        {"name": "odd", "id": "7 3"},
        {"name": "none"},
    ]
    core = Core()
    for _ in range(2):
        assert await tell(client, core, Catalogue()) == {"meet": "71"}
    assert len(there.told) == 1


async def test_who_kept_no_ids_tells_again(client: discord.Client, there: Canned) -> None:
    """What an older release kept of the menu has none."""
    core = Core()
    await tell(client, core, Catalogue())
    core.kept = {key: words.partition(" ")[0] for key, words in core.kept.items()}
    assert (await tell(client, core, Catalogue()))["meet"] == "71"
    assert len(there.told) == 2


async def test_another_bot_is_told_its_own_commands(client: discord.Client) -> None:
    """With another bot's token, what the first was told does not count."""
    core = Core()
    await tell(client, core, Catalogue())
    assert list(core.kept) == ["discord:commands:7"]


async def test_what_was_refused_counts_as_not_told(client: discord.Client, there: Canned) -> None:
    """Whoever tells is told why, and tells again later."""
    core, there.answers["/applications/7/commands"] = Core(), Refusal(400, 50035)
    with pytest.raises(discord.HTTPException):
        await tell(client, core, Catalogue())
    assert core.kept == {}
