"""The shape of the code: who imports whom, what modules are called, how long they are, what importing them does."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import grimp
import pytest

from tests.contract_types import AllowedContract, within

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "adapters", "storage", "scheduler")
SEES_EVERYTHING = frozenset({"bot.assembly", "bot.__main__", "bot.commands"})
"""The composition root and the command line, which put the parts together."""
SAYS_NOTHING = {"utils", "util", "helpers", "helper", "manager", "managers", "base", "common", "misc"}
LONG = 350
SOURCES = sorted(path for package in (*PACKAGES, "tests") for path in (ROOT / package).rglob("*.py"))


def contracts() -> list[dict[str, Any]]:
    """Return the rows of the import table."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    rows: list[dict[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    return rows


def checked(imports: list[tuple[str, str]], *, modules: set[str], may_import: set[str]) -> list[str]:
    """Return what an allow-list finds wrong with made-up imports."""
    graph = grimp.ImportGraph()
    for importer, imported in imports:
        graph.add_import(importer=importer, imported=imported, line_number=1, line_contents="import")
    options = {"name": "a row", "modules": sorted(modules), "may_import": sorted(may_import)}
    contract = AllowedContract(name="a row", session_options={}, contract_options=options)
    found: list[str] = contract.check(graph, verbose=False).metadata["found"]
    return found


def test_imports_point_the_right_way() -> None:
    """Nobody imports what their row does not list. In a process of its own: import-linter silences all loggers."""
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("imported", "fine"),
    [
        ("bot.features.rsvps.views", True),
        ("bot.domain.circles", True),
        ("datetime", True),
        ("storage.engine", False),
        ("bot.domainish", False),
        ("telegram", False),
    ],
)
def test_a_row_allows_what_it_lists_and_nothing_else(imported: str, fine: bool) -> None:  # noqa: FBT001  # a table's column
    """The table can fail: only itself, the standard library and what is listed pass."""
    wrong = checked([("bot.features.rsvps", imported)], modules={"bot.features.rsvps"}, may_import={"bot.domain"})
    assert bool(wrong) is not fine


def test_a_row_for_nobody_is_an_error() -> None:
    """A misspelt module in the table does not pass for a kept promise."""
    assert checked([("bot.router", "bot.chat")], modules={"bot.ruoter"}, may_import=set())


def test_every_module_has_one_row() -> None:
    """What is new is governed too: each module but those that see everything lies in exactly one row."""
    rows = [set(row["modules"]) for row in contracts()]
    graph = grimp.build_graph(*PACKAGES, include_external_packages=False, cache_dir=None)
    homeless = {
        module: sum(within(module, row) for row in rows)
        for module in graph.modules
        if not within(module, SEES_EVERYTHING) and any(graph.find_modules_directly_imported_by(module))
    }
    assert {module: count for module, count in homeless.items() if count != 1} == {}


def test_nobody_may_import_what_sees_everything() -> None:
    """No row lists the composition root or the command line, nor a whole package that holds them."""
    for row in contracts():
        assert SEES_EVERYTHING.isdisjoint(row["may_import"]), row["name"]
        assert "bot" not in row["may_import"], row["name"]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
class TestModule:
    """Each module of the project and its tests."""

    def test_its_name_says_what_it_is(self, path: Path) -> None:
        """A drawer for odds and ends is not a module."""
        assert path.stem not in SAYS_NOTHING

    def test_it_is_short_or_says_why_not(self, path: Path) -> None:
        """Beyond 350 lines, a comment `# Long because …` is wanted among the first forty."""
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) <= LONG or any(line.startswith("# Long because ") for line in lines[:40]), len(lines)

    def test_it_does_not_patch_our_own_classes(self, path: Path) -> None:
        """Stand-ins are for the network and the platforms."""
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
        assert imported.isdisjoint({"unittest", "unittest.mock", "mock"})


def branches_on_platform(source: str) -> list[int]:
    """Return the lines that compare something called platform with a name written out."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Compare)
        and any(ast.unparse(side).split(".")[-1] == "platform" for side in (node.left, *node.comparators))
        and any(isinstance(part, ast.Constant) and part.value for part in ast.walk(node))
    ]


def test_the_core_does_not_ask_which_platform_it_is_on() -> None:
    """No `if platform == …` in the core."""
    assert branches_on_platform('if room.platform == "telegram": pass') == [1]
    assert branches_on_platform("if room.platform == other.platform: pass") == []
    found = {
        str(path.relative_to(ROOT)): lines
        for path in (ROOT / "bot").rglob("*.py")
        if (lines := branches_on_platform(path.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_frozen_dataclasses_are_declared_with_ours() -> None:
    """The library's own take three times as long to declare, and each start declares more than a hundred."""
    found = [
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if "@dataclass(frozen=True, slots=True" in (text := path.read_text(encoding="utf-8"))
        and "from bot.records import dataclass" not in text
    ]
    assert found == []


IMPORT_ALL = """
import importlib, sys

ACTS = {"socket.connect", "socket.bind", "sqlite3.connect", "subprocess.Popen", "os.mkdir", "os.remove", "os.rename"}

def watch(event, arguments):
    writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    if writes or event in ACTS:
        sys.exit(f"importing {name}: {event} {arguments}")

sys.addaudithook(watch)
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def test_nothing_happens_on_import() -> None:
    """Importing any module opens no connection, writes no file and starts nothing."""
    graph = grimp.build_graph(*PACKAGES, include_external_packages=False, cache_dir=None)
    # Alembic runs env.py as a script, which is what it is.
    names = sorted(name for name in graph.modules if not name.endswith("migrations.env"))
    command = [sys.executable, "-B", "-c", IMPORT_ALL, *names]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
