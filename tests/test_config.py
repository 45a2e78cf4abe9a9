"""Settings: what is read, what wins, and what is said about mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import config
from bot.config import LogFormat, LogLevel, Settings
from bot.errors import ConfigError
from bot.settings_form import Accepts, sections, variable

KEYS = sorted((section, key) for section, model in sections(Settings).items() for key in model.model_fields)


def written(folder: Path, text: str) -> Path:
    """Write `text` as a configuration file."""
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def complaint(path: Path | None) -> str:
    """Load what cannot be loaded, and return what is said about it."""
    with pytest.raises(ConfigError) as caught:
        config.load(path)
    return "\n".join(caught.value.problems)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder without a config.toml."""
    monkeypatch.chdir(tmp_path)


def test_without_a_file_the_defaults_hold() -> None:
    """A missing config.toml is no mistake; the browser's chat page is off and the server stays on this machine."""
    settings = config.load()
    assert settings == Settings()
    assert not settings.web.enabled
    assert settings.http.host == "127.0.0.1"


def test_a_file_that_was_named_must_exist(tmp_path: Path) -> None:
    """Whoever names a file is told when it is not there."""
    assert "There is no file" in complaint(tmp_path / "nowhere.toml")


def test_the_working_folders_file_is_read(tmp_path: Path) -> None:
    """Without a name, config.toml of the working folder counts."""
    (tmp_path / "config.toml").write_text("[http]\nport = 9001\n", encoding="utf-8")
    assert config.load().http.port == 9001


def test_values_of_the_file_are_taken(tmp_path: Path) -> None:
    """What the file says replaces the default, and nothing else."""
    path = written(
        tmp_path,
        '[bot]\nzone = "America/Bogota"\n[log]\nlevel = "debug"\nformat = "json"\n',
    )
    settings = config.load(path)
    assert settings.bot.zone == "America/Bogota"
    assert (settings.log.level, settings.log.format) == (LogLevel.DEBUG, LogFormat.JSON)
    assert settings.bot.language == "en"


def test_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable replaces that key of the file; the file's other keys of the section stay."""
    path = written(tmp_path, '[http]\nport = 9001\nhost = "0.0.0.0"\n')
    monkeypatch.setenv("CIRCLEBOT_HTTP__PORT", "9002")
    settings = config.load(path)
    assert (settings.http.port, settings.http.host) == (9002, "0.0.0.0")  # noqa: S104  # nothing listens


def test_an_empty_variable_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Container set-ups pass empty variables for what is not set."""
    monkeypatch.setenv("CIRCLEBOT_HTTP__PORT", "")
    assert config.load().http.port == 8080


def test_a_token_from_the_environment_is_taken_and_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """Secrets do not show when settings are printed, and there is nothing to remark on."""
    monkeypatch.setenv("CIRCLEBOT_TELEGRAM__TOKEN", "123:hush")
    monkeypatch.setenv("CIRCLEBOT_TELEGRAM__WEBHOOK_SECRET", "hush-hush")
    monkeypatch.setenv("CIRCLEBOT_DISCORD__TOKEN", "Hush.hush_1.hush-2")
    settings = config.load()
    assert settings.telegram.token is not None
    assert settings.telegram.token.get_secret_value() == "123:hush"
    assert "hush" not in repr(settings) + str(settings) + settings.model_dump_json()
    assert settings.remarks() == ()


def test_a_copied_token_brings_its_spaces_along(monkeypatch: pytest.MonkeyPatch) -> None:
    """What surrounds a token on the line it was copied from is no part of it."""
    monkeypatch.setenv("CIRCLEBOT_TELEGRAM__TOKEN", " 123:hush\n")
    monkeypatch.setenv("CIRCLEBOT_DISCORD__TOKEN", "MTIz.aB-c.d_E ")
    settings = config.load()
    tokens = settings.telegram.token, settings.discord.token
    assert [token and token.get_secret_value() for token in tokens] == ["123:hush", "MTIz.aB-c.d_E"]


WEBHOOK = '[telegram]\nmode = "webhook"\nwebhook_secret = "s3cret_-"\n'


@pytest.mark.parametrize(
    ("more", "route", "address"),
    [
        ('webhook_url = "https://a.example/tg/x"', "/tg/x", "https://a.example/tg/x"),
        ('webhook_url = "https://a.example/tg"\nwebhook_path = "/y"', "/y", "https://a.example/tg"),
        ('webhook_url = "https://a.example:8443/"', "/telegram", "https://a.example:8443/telegram"),
        ('webhook_url = "https://a.example"\nwebhook_path = "/y"', "/y", "https://a.example/y"),
        ('webhook_url = "http://bot:80/t"\napi_url = "http://api:8081/"', "/t", "http://bot:80/t"),
    ],
)
def test_where_telegram_posts_to_and_where_it_arrives(more: str, route: str, address: str, tmp_path: Path) -> None:
    """Telegram is told the whole address; a proxy may change the path; a server of one's own may use http."""
    telegram = config.load(written(tmp_path, WEBHOOK + more)).telegram
    assert (telegram.webhook_route, telegram.webhook_address) == (route, address)


def test_a_webhook_says_all_that_it_lacks(tmp_path: Path) -> None:
    """Address and secret are asked for together, next to the mistakes elsewhere, with where else they may stand."""
    said = complaint(written(tmp_path, '[telegram]\nmode = "webhook"\n[http]\nport = -1\n')).splitlines()
    assert len(said) == 3
    assert any('[telegram] webhook_url is missing (mode = "webhook" needs it); expected' in line for line in said)
    assert any("[telegram] webhook_secret is missing" in line and "TELEGRAM__WEBHOOK_SECRET" in line for line in said)


def test_what_is_missing_is_not_blamed_on_a_file_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where all comes from the environment, it is the settings that lack something."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CIRCLEBOT_TELEGRAM__MODE", "webhook")
    with pytest.raises(ConfigError) as caught:
        config.load()
    assert "config.toml:" not in str(caught.value)
    assert str(caught.value).count("The settings: [telegram]") == 2
    assert "in config.toml, or in the environment as CIRCLEBOT_TELEGRAM__WEBHOOK_SECRET" in str(caught.value)


def test_a_webhook_address_without_the_mode_is_remarked_on(tmp_path: Path) -> None:
    """Whoever wrote an address and forgot the mode hears that it does nothing."""
    settings = config.load(written(tmp_path, '[telegram]\nwebhook_url = "https://a.example/t"\n'))
    assert any("webhook_url is not used" in remark for remark in settings.remarks())


def test_a_page_open_to_others_is_remarked_on(tmp_path: Path) -> None:
    """Serving the chat page to other machines is allowed, and said to be risky."""
    settings = config.load(written(tmp_path, '[web]\nenabled = true\n[http]\nhost = "0.0.0.0"\n'))
    assert any("[web] enabled" in remark for remark in settings.remarks())
    assert Settings().remarks() == ()


@pytest.mark.parametrize(("section", "key"), KEYS)
def test_a_misspelt_key_is_named_with_the_nearest_right_one(section: str, key: str, tmp_path: Path) -> None:
    """Each key, a letter too long, is an error that names it, its section and what was meant."""
    said = complaint(written(tmp_path, f"[{section}]\n{key}x = 1\n"))
    assert f"there is no key {key}x in [{section}]; did you mean {key}?" in said


@pytest.mark.parametrize(("section", "key"), KEYS)
def test_a_misspelt_variable_is_named_with_the_nearest_right_one(
    section: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same in the environment, and a single underscore between section and key is noticed too."""
    right = variable(section, key)
    for wrong in (right + "X", right.replace("__", "_")):
        monkeypatch.setenv(wrong, "1")
        assert f"there is no setting {wrong}; did you mean {right}?" in complaint(None)
        monkeypatch.delenv(wrong)


@pytest.mark.parametrize("written_as", ["es", "ES", "Es ", "eS"])
def test_a_languages_tag_is_taken_as_people_write_it(written_as: str, tmp_path: Path) -> None:
    """In upper or lower case; what holds is the tag itself, as catalogues are called."""
    assert config.load(written(tmp_path, f'[bot]\nlanguage = "{written_as}"')).bot.language == "es"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[htpp]\nport = 1", "there is no section [htpp]; did you mean [http]?"),
        ("[weather]\nx = 1", "there is no section [weather]; there are [bot], "),
        (
            "[http]\ncolour = 1",
            "there is no key colour in [http]; its keys are host, port, public_url, proxies, metrics_token.",
        ),
        ("port = 1", "the key port stands outside its section: write it below [http]."),
        ("http = 1", "http is a section: write [http] on a line of its own"),
        ("colour = 1", "there is no key colour"),
        ("[http\nport = 1", "is not valid TOML: "),
        ('[http]\nport = "eighty"', '[http] port: the value "eighty" cannot be used; expected a whole number from 0'),
        ("[http]\nport = 70000", "[http] port: the value 70000 cannot be used"),
        ('[http]\npublic_url = "example.org"', '[http] public_url: the value "example.org" cannot be used'),
        ("[http]\npublic_url = 'http://[::1'", "[http] public_url: "),
        ('[bot]\nzone = "Europe/Berln"', "there is no such time zone; did you mean Europe/Berlin?"),
        ('[bot]\nzone = "../../etc/passwd"', "there is no such time zone"),
        ('[bot]\nzone = "Europe"', "there is no such time zone"),
        ('[bot]\nlanguage = "tlh"', "there are no texts in that language; there are: en"),
        ('[web]\nenabled = "perhaps"', '[web] enabled: the value "perhaps" cannot be used; expected true or false'),
        ('[telegram]\ntoken = "hush"', "[telegram] token: the value cannot be used (not a token"),
        ('[telegram]\napi_url = "api.telegram.org"', "not a web address"),
        ('[telegram]\napi_url = "http://127.0.0.1:8081/bot1:x"', "give the part before /bot"),
        ('[telegram]\nmode = "push"', 'the value "push" cannot be used; expected "polling" or "webhook"'),
        ('[telegram]\nwebhook_url = "http://a.example/t"', "Telegram posts to https only"),
        ('[telegram]\nwebhook_url = "https://a.example:8080/t"', "443, 80, 88 and 8443 only"),
        ('[telegram]\nwebhook_url = "https://a.example:99999/t"', "[telegram] webhook_url: "),
        ('[telegram]\nwebhook_secret = "a secret"', "[telegram] webhook_secret: the value cannot be used (Telegram"),
        ('[telegram]\nwebhook_path = "telegram"', "not a path"),
        ('[telegram]\nwebhook_path = "/{all}"', "not a path"),
        ('[telegram]\nwebhook_path = "/healthz"', "health is told there"),
        ('[discord]\ntoken = "hush"', "[discord] token: the value cannot be used (not a token: one is three parts"),
        ('[discord]\ntoken = "Bot a.b.c"', "[discord] token: the value cannot be used (not a token"),
        ('[discord]\napi_url = "discord.com"', "not a web address"),
        ('[discord]\napi_url = "http://127.0.0.1:8082/api/v10"', "give the part before /api"),
        ('[discord]\napi_url = "http://127.0.0.1:8082/api/"', "give the part before /api"),
        ('[discord]\ngateway_url = "https://gateway.discord.gg"', "not the address of a WebSocket); expected a whole"),
        ('[discord]\ngateway_url = "wss://gateway.discord.gg/?v=10"', "not the address of a WebSocket"),
        ('[discord]\ngateway_url = "ws://127.0.0.1:0"', "not the address of a WebSocket"),
        ("[discord]\nshards = -1", "[discord] shards: the value -1 cannot be used; expected a whole number from 0"),
        ('[discord]\nnative_events = "perhaps"', 'the value "perhaps" cannot be used; expected true or false'),
        ('[log]\nlevel = "loud"', 'expected "debug", "info", "warning" or "error"'),
    ],
)
def test_a_mistake_is_named_with_what_is_accepted(text: str, said: str, tmp_path: Path) -> None:
    """Each mistake gets a sentence of its own, which names the place."""
    assert said in complaint(written(tmp_path, text))


def test_a_bad_value_in_the_environment_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever set a variable is not sent to look into the file."""
    monkeypatch.setenv("CIRCLEBOT_HTTP__PORT", "eighty")
    assert 'CIRCLEBOT_HTTP__PORT: the value "eighty" cannot be used' in complaint(None)


@pytest.mark.parametrize(
    ("json", "said"), [("loud", "cannot be read"), ('"x"', "[log]"), ('{"levl": 1}', "mean level")]
)
def test_a_bad_section_in_one_variable_is_a_mistake(json: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole section may stand in one variable, as JSON, and is checked the same."""
    monkeypatch.setenv("CIRCLEBOT_LOG", json)
    assert said in complaint(None)


def test_all_mistakes_are_named_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody repairs one mistake only to be told of the next."""
    monkeypatch.setenv("CIRCLEBOT_WEB__ENABLD", "true")
    path = written(tmp_path, '[http]\nprot = 1\nport = -1\n[bot]\nzone = "Nowhere"\n[databse]\nurl = ""\n')
    with pytest.raises(ConfigError) as caught:
        config.load(path)
    assert len(caught.value.problems) == 5


@pytest.mark.parametrize(
    "text",
    [
        '[database]\nurl = "mysql://me:hush@host/name"',
        '[database]\nurl = "postgresql+psycopg://me:hush@host/name"\npool = 0',
        '[telegram]\ntoken = ["hush"]',
        '[telegram]\ntokn = "hush"',
        '[telegram]\ntoken = "hush hush"',
        '[telegram]\nwebhook_secret = "hush hush"',
        '[telegram]\nmode = "webhook"\nwebhook_url = "x"\nwebhook_secret = "hush"',
        '[discord]\ntoken = "hush.hush"',
        '[discord]\ntoken = ["hush"]',
    ],
)
def test_a_message_never_shows_a_secret(text: str, tmp_path: Path) -> None:
    """The mistake is named, the value is not, and neither is it in the chain of exceptions."""
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        config.load(path)
    error: BaseException | None = caught.value
    while error is not None:
        assert "hush" not in str(error)
        error = error.__cause__ or error.__context__


def test_a_file_that_is_no_text_is_a_mistake(tmp_path: Path) -> None:
    """Binary files and folders get a sentence, not a traceback."""
    path = tmp_path / "mine.toml"
    path.write_bytes(b"\xff\xfe\x00")
    assert "is not UTF-8" in complaint(path)
    assert "cannot be read" in complaint(tmp_path)


@pytest.mark.parametrize("address", ["postgres://u:p@h/db", "postgresql://u:p@h/db", "postgresql+psycopg://u:p@h/db"])
def test_a_providers_address_of_a_database_is_understood(address: str, tmp_path: Path) -> None:
    """The three ways in which PostgreSQL addresses are handed out mean the same."""
    url = config.load(written(tmp_path, f'[database]\nurl = "{address}"')).database.url.get_secret_value()
    assert url == "postgresql+psycopg://u:p@h/db"


def test_settings_cannot_be_changed_afterwards() -> None:
    """What was checked is what runs."""
    with pytest.raises(ValueError, match="frozen"):
        Settings().http.port = 1  # type: ignore[misc]  # that is the point


def test_every_setting_says_what_it_means_and_what_it_takes() -> None:
    """No setting without a description and without words for a wrong value."""
    for section, key in KEYS:
        field = sections(Settings)[section].model_fields[key]
        assert field.description, (section, key)
        assert any(isinstance(item, Accepts) for item in field.metadata), (section, key)


def test_the_networks_of_proxies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list in the file, with commas in the environment; what is no network, or is everybody, is refused."""
    file = tmp_path / "config.toml"
    file.write_text('[http]\nproxies = ["173.245.48.0/20", "2400:cb00::/32"]\n')
    assert list(map(str, config.load(file).http.networks)) == ["173.245.48.0/20", "2400:cb00::/32"]
    monkeypatch.setenv("CIRCLEBOT_HTTP__PROXIES", "10.1.0.0/16, 192.0.2.7")
    assert list(map(str, config.load(file).http.networks)) == ["10.1.0.0/16", "192.0.2.7/32"]
    monkeypatch.delenv("CIRCLEBOT_HTTP__PROXIES")
    for wrong, said in (("10.1.2.3/16", "host bits"), ("the CDN", "no network"), ("0.0.0.0/0", "everybody")):
        file.write_text(f'[http]\nproxies = ["{wrong}"]\n')
        assert said in complaint(file)
