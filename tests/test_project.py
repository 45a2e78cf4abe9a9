"""The project around the code: make targets, locks, reasons, what the documents promise."""

from __future__ import annotations

import io
import os
import re
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.conftest import FIRST

ROOT = Path(__file__).parent.parent
MADE = {".git", ".venv", "build", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"}
LOCKS = ("requirements.txt", "requirements-dev.txt")
RIVALS = "requirements-bench.txt"
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def files(pattern: str = "*") -> Iterator[Path]:
    """Yield the project's own files, not what tools made."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in MADE and not name.endswith(".egg-info")]
        for name in names:
            if (path := Path(folder) / name).match(pattern):
                yield path


def locked(name: str) -> dict[str, str]:
    """Return the version of every package in a lock."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return dict(re.findall(r"(?m)^([A-Za-z0-9._-]+)==([^\s;\\]+)", text))


def targets() -> set[str]:
    """Return the make targets that explain themselves."""
    return set(re.findall(r"(?m)^([a-z-]+):.*## ", MAKEFILE))


DOCUMENTS = sorted(files("*.md"))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_documents_name_only_targets_that_exist(path: Path) -> None:
    """Whoever types what a document says is not told "no rule to make target"."""
    text = path.read_text(encoding="utf-8")
    named = set(re.findall(r"(?m)(?:`|^\s*(?:\$ )?)make ([a-z][a-z-]*)", text))
    assert named <= targets()


def test_make_explains_every_target() -> None:
    """`make help` leaves out nothing that is meant to be typed."""
    phony = set(re.search(r"(?m)^\.PHONY: (.*)$", MAKEFILE)[1].split())  # type: ignore[index]  # it is there
    assert phony - targets() == {"setup-dev"}
    assert {"demo", "demo-fresh", "test", "setup", "check", "run", "bench", "messages", "lock", "help"} <= targets()


@pytest.mark.parametrize("name", [*LOCKS, RIVALS])
def test_a_lock_holds_hashes_and_no_addresses(name: str) -> None:
    """A lock fits any mirror: names, versions and hashes only, and no package without a hash."""
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"(?m)^--?(?!\s*hash)", text), "an option of the installer"
    entries = re.split(r"(?m)^(?=[A-Za-z0-9])", text)
    assert all("--hash=sha256:" in entry for entry in entries if entry.strip())
    assert all(re.match(r"[A-Za-z0-9._-]+==\S+", entry) for entry in entries if entry.strip())


def test_the_locks_agree() -> None:
    """What is tested is what runs."""
    runtime, development = map(locked, LOCKS)
    assert runtime.items() <= development.items()


def test_the_locks_are_of_these_dependencies() -> None:
    """Every dependency is locked at a version that it allows."""
    settings = tomllib.loads(PYPROJECT)
    groups = settings["dependency-groups"]
    for lock, wanted in zip(
        (*LOCKS, RIVALS),
        ([*settings["project"]["dependencies"], *groups["build"]], groups["dev"], groups["bench"]),
        strict=True,
    ):
        versions = {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in locked(lock).items()}
        for requirement in map(Requirement, wanted):
            name = re.sub(r"[-_.]+", "-", requirement.name).lower()
            assert requirement.specifier.contains(versions.get(name, "0")), f"{requirement} in {lock}: make lock"


def unexplained(text: str) -> list[str]:
    """Return the entries of lists of strings, one a line, that have no comment beside them."""
    return [line for line in text.splitlines() if re.match(r"\s+\"", line) and not re.search(r"\",\s+# \S", line)]


def test_every_dependency_and_every_exception_has_its_reason() -> None:
    """A library and a switched-off rule each say why, on their line."""
    assert unexplained('    "EM101",\n    "N818", # why\n') == ['    "EM101",']
    for beginning, end in [
        ("dependencies = [", "\n]"),
        ("[dependency-groups]", "\n[tool."),
        ("ignore = [", "\n]"),
        ("[tool.ruff.lint.per-file-ignores]", "\n[tool."),
    ]:
        part = PYPROJECT.split(f"\n{beginning}", 1)[1].split(end, 1)[0]
        assert part.count('",') >= 2, f"{beginning} was not found as a list with an entry a line"
        assert unexplained(part) == []


def exceptions_without_reason(source: str) -> list[str]:
    """Return the rules and types that are switched off somewhere in a module without saying why, anywhere in it."""
    without, explained = [], set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        found = re.match(r"# (?:noqa: ([A-Z0-9, ]+)|type: ignore\[([a-z, -]+)\])(.*)", token.string)
        if token.type != tokenize.COMMENT or not found:
            continue
        codes = {code.strip() for code in (found[1] or found[2]).split(",")}
        if re.match(r"\s*# \S", found[3]):
            explained |= codes
        else:
            without.append((token.start[0], codes))
    return [f"line {line}: {', '.join(sorted(codes))}" for line, codes in without if not codes <= explained]


@pytest.mark.parametrize("path", sorted(files("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_exception_in_the_code_has_its_reason(path: Path) -> None:
    """`noqa` and `type: ignore` say why beside themselves, the first time in a module."""
    assert exceptions_without_reason(path.read_text(encoding="utf-8")) == []


def test_an_exception_without_reason_is_found() -> None:
    """The search above can find something."""
    assert exceptions_without_reason("import os  # noqa: F401\n") == ["line 1: F401"]
    assert exceptions_without_reason("import os  # noqa: F401  # for its side effect\n") == []
    assert exceptions_without_reason("x: int = ''  # type: ignore[assignment]\n") == ["line 1: assignment"]


MACHINE_PATH = re.compile(r"""(?<![\w.$}])/(?:root|home|Users|work)/[\w.-]+""")


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    """Paths are relative to the project; what is one person's is nobody else's."""
    assert MACHINE_PATH.search("see " + str(Path("/") / "home" / "ada"))
    found = []
    for path in files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {place}" for place in MACHINE_PATH.findall(text)]
    assert found == []


def test_continuous_integration_calls_the_same_targets() -> None:
    """.ci/run can be started, insists on a browser, and runs what people run."""
    script = ROOT / ".ci" / "run"
    text = script.read_text(encoding="utf-8")
    assert os.access(script, os.X_OK)
    assert "export CIRCLEBOT_REQUIRE_BROWSER=1" in text
    assert re.search(r"(?m)^make check\nmake test$", text)


def test_the_container_is_locked_watched_and_not_root() -> None:
    """The image installs by hash, runs as a user of its own and reports its health."""
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8").rsplit("\nFROM ", 1)
    assert "--require-hashes" in image[0]
    assert re.search(r"(?m)^USER (?!root)\w+$", image[1])
    assert re.search(r"(?m)^HEALTHCHECK ", image[1])
    assert "/healthz" in image[1]


def test_what_is_begun_first_is_there() -> None:
    """A test that was moved or renamed is not put at the end for that."""
    assert [name for name in FIRST if not (ROOT / name).exists()] == []
