"""`circlebot init`: answers by a terminal or a pipe, tokens that platforms know, a file that one can use at once."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.__main__ import main
from bot.commands.settings_file import settings_text
from bot.config import Settings, load
from bot.settings_form import sections
from tests.commands.terminal import Terminal
from tests.discord.canned import TOKEN as DISCORD_TOKEN
from tests.discord.canned import canned as discord_canned
from tests.telegram.canned import TOKEN, canned


def answered(folder: Path, *answers: str, **environment: str) -> Result:
    """Run `circlebot init` in a folder with an answer a line, as through a pipe."""
    lines = "".join(f"{answer}\n" for answer in answers)
    with contextlib.chdir(folder):
        return CliRunner().invoke(main, ["init"], input=lines, env={"LANG": "es_ES.UTF-8", **environment})


@pytest.fixture(autouse=True)
def _port_is_taken() -> Iterator[None]:
    """Have the usual port taken, whatever else runs on this machine: the question for one comes always."""
    try:
        with socket.create_server(("127.0.0.1", 8080)):
            yield
    except OSError:  # by somebody else
        yield


async def test_the_settings_are_written_with_what_the_platforms_said(tmp_path: Path) -> None:
    """Both tokens are verified; the file is for its owner alone, holds the answers, and `run` can start with it."""
    with canned() as telegram:
        async with discord_canned() as discord:
            done = await asyncio.to_thread(
                answered,
                tmp_path,
                *("", "europe/berlin", "y", TOKEN, "", "y", DISCORD_TOKEN, "n", "", "circles.db", "123", "", "0"),
                CIRCLEBOT_TELEGRAM__API_URL=telegram.address,
                CIRCLEBOT_DISCORD__API_URL=discord.address,
            )
    assert done.exit_code == 0, done.stdout + done.stderr
    file = tmp_path / "config.toml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    settings = load(file)
    assert (settings.bot.language, settings.bot.zone) == ("es", "Europe/Berlin")
    assert settings.telegram.token is not None
    assert settings.telegram.token.get_secret_value() == TOKEN
    assert settings.discord.token is not None
    assert settings.discord.token.get_secret_value() == DISCORD_TOKEN
    assert settings.database.url.get_secret_value() == "sqlite:///circles.db"
    assert settings.bot.operators == ("telegram:123",)
    assert (settings.http.port, settings.web.enabled) == (0, False)
    for said in (
        "ok       telegram: the token is @circles_bot's",
        "ok       discord: the token is circles_bot's",
        "add it to a group: https://t.me/circles_bot?startgroup=",
        "add it to a server: https://discord.com/oauth2/authorize?client_id=7",
        "1. circlebot check ",
        "docs/telegram.md",
    ):
        assert said in done.stdout
    assert TOKEN not in done.stdout + done.stderr
    assert DISCORD_TOKEN not in done.stdout + done.stderr
    assert os.listdir(tmp_path) == ["config.toml"]  # noqa: PTH208  # quick


def test_a_token_that_telegram_does_not_know_is_not_written(tmp_path: Path) -> None:
    """Through a pipe that ends it; it is said what Telegram said, and the token is nowhere."""
    with canned() as telegram:
        done = answered(tmp_path, "", "", "y", "7:mistyped", CIRCLEBOT_TELEGRAM__API_URL=telegram.address)
    assert done.exit_code == 2
    assert "Telegram does not know this token" in done.stdout
    assert "Nothing was written" in done.stderr
    assert "mistyped" not in done.stdout + done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("called", ["Telegram", "Discord"])
def test_one_may_go_on_without_a_platform_whose_token_is_not_at_hand(tmp_path: Path, called: str) -> None:
    """Enter, where a token is asked for, leads to that question; the platform is left out, and the page offered."""
    platforms = ("y", "", "y", "n") if called == "Telegram" else ("n", "y", "", "y")
    done = answered(tmp_path, "", "", *platforms, "", "", "", "0")
    assert done.exit_code == 0, done.stdout + done.stderr
    assert f"Nothing was typed. {called} is served by a token" in done.stdout
    assert f"Go on without {called}? [no]" in done.stdout
    settings = load(tmp_path / "config.toml")
    assert (settings.telegram.token, settings.discord.token, settings.web.enabled) == (None, None, True)
    assert "docs/" not in done.stdout.partition("What comes next:")[2]


def test_whoever_switches_nothing_on_is_told(tmp_path: Path) -> None:
    """The settings are written all the same: a token may come later, or from the environment."""
    done = answered(tmp_path, "", "", "n", "n", "n", "", "", "0")
    assert done.exit_code == 0, done.stdout + done.stderr
    assert "No chat platform is switched on: nobody could reach the bot." in done.stdout
    assert "[telegram] token" in done.stdout
    assert " check " in done.stdout.partition("What comes next:")[2]
    assert "starts the bot" not in done.stdout
    by_environment = answered(tmp_path, "y", "", "", "n", "n", "n", "", "", "0", CIRCLEBOT_WEB__ENABLED="true")
    assert by_environment.exit_code == 0, by_environment.stdout + by_environment.stderr
    assert "switched on" not in by_environment.stdout
    assert "web-link" in by_environment.stdout
    assert "starts the bot" in by_environment.stdout


@pytest.mark.parametrize(
    ("typed", "is_on"),
    [
        ("sí", True),
        ("SI", True),
        ("s", True),
        ("yes", True),
        ("Y", True),
        ("si\u0301", True),
        ("no", False),
        ("N", False),
    ],
)
def test_a_yes_is_one_in_every_language_that_there_is(tmp_path: Path, typed: str, *, is_on: bool) -> None:
    """Or how it begins, with or without its accents; the opposite is what Enter would take."""
    with canned() as telegram:
        platforms = ("y", TOKEN, "", "n") if is_on else ("n", "n")  # with one of them, the page is off by itself
        done = answered(
            tmp_path,
            *("", "", *platforms, typed, "", "", "", "0"),
            CIRCLEBOT_TELEGRAM__API_URL=telegram.address,
        )
    assert done.exit_code == 0, done.stdout + done.stderr
    assert load(tmp_path / "config.toml").web.enabled is is_on


def test_whoever_serves_the_page_hears_how_somebody_there_is_named_as_operator(tmp_path: Path) -> None:
    """What the page calls somebody is known to nobody before they are on it."""
    done = answered(tmp_path, "", "", "n", "n", "y", "", "", "0")
    assert done.exit_code == 0, done.stdout + done.stderr
    assert '/status there: it shows the line for [bot], operators = ["web:…"]' in done.stdout


def test_a_token_may_be_kept_though_nobody_answers(tmp_path: Path) -> None:
    """The machine may have no network yet."""
    done = answered(
        tmp_path,
        *("", "", "y", TOKEN, "y", "", "n", "n", "", "", "", "0"),
        CIRCLEBOT_TELEGRAM__API_URL="http://127.0.0.1:9",
    )
    assert done.exit_code == 0, done.stdout + done.stderr
    assert "no answer about the token" in done.stdout
    assert tomllib.loads((tmp_path / "config.toml").read_text())["telegram"]["token"] == TOKEN


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (("xx",), "Circlebot does not speak that language yet; it speaks English (en) and español (es)."),
        (("Spanisch",), "does not speak that language yet"),
        (("", "Mars/Olympus"), "there is no such time zone"),
        (("", "", "y", "s3cret token"), "not a token"),
        (("", "", "n", "y", "s3cret"), "not a token"),
        (("", "", "y", "", "n"), "Telegram's token is missing"),
        (("", "", "n", "n", "n", "mysql"), "say sqlite or postgresql"),
        (("", "", "n", "n", "n", "s", "nowhere/circles.db"), "there is no folder"),
        (("", "", "n", "n", "n", "p", "mysql://u:s3cret@h/d"), "not a database"),
        (("", "", "n", "n", "n", "p", "postgresql://u:s3cret@127.0.0.1:9/d"), "it cannot be reached"),
        (("", "", "n", "n", "n", "", "", "0.5"), "a port is a number"),
    ],
    ids=range(11),
)
def test_what_will_not_do_ends_it_through_a_pipe(tmp_path: Path, answers: tuple[str, ...], said: str) -> None:
    """A clear error for each, nothing is written, and no secret is repeated."""
    done = answered(tmp_path, *answers)
    assert done.exit_code == 2
    assert said in done.stderr
    assert "othing was written" in done.stderr
    assert "s3cret" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("answers", [(), ("", "")], ids=["at once", "later"])
def test_a_pipe_that_ends_calls_it_off(tmp_path: Path, answers: tuple[str, ...]) -> None:
    """As Ctrl-C does in a terminal: nobody has made a mistake, and nothing is written."""
    done = answered(tmp_path, *answers)
    assert done.exit_code == 1
    assert done.stderr == "\nNothing was written.\n"
    assert not list(tmp_path.iterdir())


def test_a_webhook_gets_a_secret_that_nobody_can_guess(tmp_path: Path) -> None:
    """Only its address is asked for."""
    with canned() as telegram:
        done = answered(
            tmp_path,
            *("", "", "y", TOKEN, "webhook", "https://circles.example.org/tg", "n", "n", "", "", "", "0"),
            CIRCLEBOT_TELEGRAM__API_URL=telegram.address,
        )
    assert done.exit_code == 0, done.stdout + done.stderr
    written = tomllib.loads((tmp_path / "config.toml").read_text())["telegram"]
    assert (written["mode"], written["webhook_url"]) == ("webhook", "https://circles.example.org/tg")
    assert len(written["webhook_secret"]) > 40
    assert written["webhook_secret"] not in done.stdout


@pytest.mark.parametrize(
    ("typed", "spoken", "chosen"),
    [
        ("EN", "es_ES.UTF-8", "en"),
        ("Es", "C", "es"),
        ("", "es_MX.UTF-8", "es"),
        ("", "C.UTF-8", "en"),
        ("", "", "en"),
        ("Español", "C", "es"),
        ("ESPANOL", "C", "es"),
        ("espan\u0303ol", "C", "es"),
        ("Spanish", "C", "es"),
        ("english", "es_ES.UTF-8", "en"),
        ("es_MX", "C", "es"),
        ("es-mx", "C", "es"),
        ("es-419", "C", "es"),
        ("en_GB.UTF-8", "es_ES.UTF-8", "en"),
    ],
)
def test_a_language_is_taken_as_people_write_it(tmp_path: Path, typed: str, spoken: str, chosen: str) -> None:
    """By its tag or its name, there or in English, of any region; Enter takes the machine's, or English."""
    done = answered(tmp_path, typed, "", "n", "n", "n", "", "", "0", LANG=spoken)
    assert done.exit_code == 0, done.stdout + done.stderr
    assert "Which language do people get until they choose one: English (en) or español (es)? [" in done.stdout
    assert f'language = "{chosen}"' in (tmp_path / "config.toml").read_text()


def test_a_webhook_without_an_address_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    """Nothing goes without saying there: whoever presses Enter hears why it will not do."""
    with canned() as telegram:
        done = answered(tmp_path, "", "", "y", TOKEN, "webhook", "", CIRCLEBOT_TELEGRAM__API_URL=telegram.address)
    assert done.exit_code == 2
    assert "not a web address" in done.stderr


def test_settings_that_are_there_are_not_replaced_unasked(tmp_path: Path) -> None:
    """No is the usual answer; after a yes the former file is kept beside."""
    (tmp_path / "config.toml").write_text('[bot]\nzone = "Asia/Tokyo"\n')
    refused = answered(tmp_path, "")
    assert refused.exit_code == 1
    assert refused.stderr == "Nothing was written.\n"
    assert "Tokyo" in (tmp_path / "config.toml").read_text()
    done = answered(tmp_path, "y", "", "", "n", "n", "n", "", "", "0")
    assert done.exit_code == 0, done.stdout + done.stderr
    assert "Tokyo" not in (tmp_path / "config.toml").read_text()
    (kept,) = tmp_path.glob("config.toml.before-*")
    assert "Tokyo" in kept.read_text()
    assert kept.name in done.stdout


def test_a_token_in_the_environment_is_not_asked_for(tmp_path: Path) -> None:
    """It stays where it is better kept."""
    done = answered(tmp_path, "", "", "n", "n", "", "", "", "0", CIRCLEBOT_TELEGRAM__TOKEN=TOKEN)
    assert done.exit_code == 0, done.stdout + done.stderr
    assert "is in the environment (CIRCLEBOT_TELEGRAM__TOKEN)" in done.stdout
    assert TOKEN not in (tmp_path / "config.toml").read_text()


def test_every_setting_stands_in_the_file_with_its_meaning(tmp_path: Path) -> None:
    """Also those that nobody was asked for, as comments with their defaults; odd letters are written as TOML wants."""
    text = settings_text({"bot": {"zone": "UTC"}, "database": {"url": 'sqlite:///a "b" \\ ü\x7f.db'}})
    (tmp_path / "config.toml").write_text(text)
    settings = load(tmp_path / "config.toml")
    assert settings.database.url.get_secret_value() == 'sqlite:///a "b" \\ ü\x7f.db'
    for section, model in sections(Settings).items():
        assert f"\n[{section}]\n" in f"\n{text}"
        for key in model.model_fields:
            assert f"\n# {key} = " in text or f"\n{key} = " in text, key
    uncommented = text.replace("\n# native_events = ", "\nnative_events = ").replace("\n# port = ", "\nport = ")
    (tmp_path / "config.toml").write_text(uncommented)
    assert load(tmp_path / "config.toml").http.port == 8080


def test_in_a_terminal_tokens_are_not_shown_and_mistakes_are_asked_again(tmp_path: Path) -> None:
    """What is typed as a token is seen nowhere, right or wrong; a zone that is none is asked for once more."""
    with canned() as telegram:
        terminal = Terminal(tmp_path, CIRCLEBOT_TELEGRAM__API_URL=telegram.address)
        terminal.until("Which language")
        terminal.types("")
        terminal.until("Which time zone?")
        terminal.types("Europe/Berlim")
        terminal.until("That does not fit: there is no such time zone; did you mean Europe/Berlin?\r\n")
        terminal.until("Which time zone?")
        terminal.types("Europe/Rome")
        terminal.until("Serve Telegram?")
        terminal.types("maybe")
        terminal.until("That does not fit: say yes or no.")
        terminal.until("Serve Telegram?")
        terminal.types("y")
        terminal.until("is not shown)")
        terminal.types("")
        terminal.until("Nothing was typed. Telegram is served by a token")
        terminal.until("Go on without Telegram? [no]")
        terminal.types("")
        terminal.until("is not shown)")
        terminal.types("not-a-token")
        terminal.until("That does not fit: not a token")
        terminal.until("is not shown)")
        terminal.types("7:mistyped")
        terminal.until("Telegram does not know this token")
        terminal.until("is not shown)")
        terminal.types(TOKEN)
        terminal.until("How do updates come?")
        assert terminal.interrupts() == 1
    assert "Nothing was written." in terminal.seen
    assert "Error" not in terminal.seen
    assert "Keep it all the same?" not in terminal.seen
    for secret in ("not-a-token", "mistyped", TOKEN):
        assert secret not in terminal.seen
    assert not list(tmp_path.iterdir())
