"""config.example.toml, and the file that `circlebot init` writes: what whoever changes them can rely on."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot import config
from bot.commands.settings_file import settings_text
from bot.config import Settings
from bot.settings_form import sections
from tests.test_config import KEYS, written

EXAMPLE = Path(__file__).parent.parent / "config.example.toml"


def test_the_example_is_complete_and_holds_the_defaults() -> None:
    """config.example.toml loads, names every key there is and no other, and writing it down changes nothing."""
    assert config.load(EXAMPLE) == Settings()
    text = EXAMPLE.read_text(encoding="utf-8")
    everything = re.sub(r"(?m)^# (?=\w+ = )", "", text)
    tables = tomllib.loads(everything)
    assert sorted((section, key) for section, table in tables.items() for key in table) == KEYS


COMMENTED = re.compile(r"(?m)^# (?=(\w+) = )")
"""What hides a setting in a file that is there to be changed."""
FILES = {"the example": EXAMPLE.read_text(encoding="utf-8"), "what init writes": settings_text({})}


@pytest.mark.parametrize("file", FILES)
def test_each_line_that_is_commented_out_will_do_without_its_mark(file: str, tmp_path: Path) -> None:
    """Whoever takes the # away, from any one line or from all, has a file that can be used."""
    text = FILES[file]
    hidden = list(COMMENTED.finditer(text))
    assert {line[1] for line in hidden} > {"keep_circles_days", "public_url", "gateway_url", "webhook_path"}
    for line in hidden:
        config.load(written(tmp_path, text[: line.start()] + text[line.end() :]))
    config.load(written(tmp_path, COMMENTED.sub("", text)))


def test_the_example_and_what_init_writes_give_the_same_examples() -> None:
    """Of all that has no default but secrets, which would be everybody's if somebody took them as they stand."""
    example, made = (tomllib.loads(COMMENTED.sub("", text)) for text in FILES.values())
    for section, key in KEYS:
        field = sections(Settings)[section].model_fields[key]
        if field.get_default() is None:
            is_secret = field.annotation == (SecretStr | None)
            assert made[section][key] == ("" if is_secret else example[section][key]), key


def test_the_examples_of_the_example_are_valid(tmp_path: Path) -> None:
    """Each `Example:` in config.example.toml can be written into the file as it stands."""
    text = EXAMPLE.read_text(encoding="utf-8")
    kept = re.sub(r"(?m)^(\w+ = .*)\n", "", text)
    filled = re.sub(r"(?m)^# .*Example:\s*(?:\n# )?(\w+ = )", r"\1", kept)
    if "es" not in config.languages():
        filled = filled.replace('language = "es"', 'language = "en"')
    settings = config.load(written(tmp_path, filled))
    for section, key in KEYS:
        value = getattr(getattr(settings, section), key)
        if key != "language":
            assert value != getattr(getattr(Settings(), section), key), (
                f"no other value as example of [{section}] {key}"
            )
