"""The page's scripts and the catalogue agree on what the page says."""

from __future__ import annotations

import re

from adapters.web.page import STATIC
from adapters.web.texts import TEXTS

_FROM_SCRIPTS = re.compile(r"""\bsay\((?:[^()"']*\? )?"(\w+)"(?: : "(\w+)")?""")
_IN_PAGES = re.compile(r"@\{(\w+)\}")
_FILLED_BY_THE_SERVER = {"lang", "dir", "mode", "language_options"}
_BY_ANOTHER_NAME = re.compile(r'"(\w+)"')


def test_every_text_that_the_page_asks_for_is_there() -> None:
    """A misspelt key would be shown to people as it is."""
    for script in STATIC.glob("*.js"):
        for found in _FROM_SCRIPTS.findall(script.read_text(encoding="utf-8")):
            assert set(filter(None, found)) <= TEXTS.keys(), script.name
    for page in STATIC.glob("*.html"):
        asked = set(_IN_PAGES.findall(page.read_text(encoding="utf-8")))
        assert asked - _FILLED_BY_THE_SERVER <= TEXTS.keys(), page.name


def test_every_text_is_used() -> None:
    """Translators do not work in vain."""
    sources = "".join(path.read_text(encoding="utf-8") for path in STATIC.iterdir() if path.suffix in {".js", ".html"})
    quoted = set(_BY_ANOTHER_NAME.findall(sources)) | set(_IN_PAGES.findall(sources))
    from_server = {"not_allowed", "nothing_next", "failed"}
    assert TEXTS.keys() - quoted - from_server == set()


def test_no_script_makes_markup() -> None:
    """Nodes are made by hand; the policy would refuse anything else."""
    for script in STATIC.glob("*.js"):
        source = script.read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", source)
