"""Commands in processes of their own that need not import the program first: most of what a short command costs.

One process imports what commands need, and divides itself for each of them: `python -m bot …` as ever, in a folder and
an environment of its own, from its beginning to its exit code.
"""

from __future__ import annotations

import gc
import json
import os
import pkgutil
import runpy
import signal
import subprocess
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from tests.support.patience import PATIENCE

_ROOT: Final = Path(__file__).parents[2]


class Warm:
    """The process that has imported it all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, cwd: Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        out, err = self._folder / "out", self._folder / "err"
        asked = {"arguments": arguments, "cwd": str(cwd), "env": dict(env), "out": str(out), "err": str(err)}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        return subprocess.CompletedProcess(arguments, code, out.read_text(), err.read_text())

    def stop(self) -> None:
        """End it."""
        self._process.communicate()


def _serve() -> None:
    """Divide for each line that comes, and answer with how that process has ended."""
    import bot.commands  # noqa: PLC0415  # not where the tests only ask for it

    for module in pkgutil.iter_modules(bot.commands.__path__, "bot.commands."):
        import_module(module.name)
    gc.freeze()  # what is there for all of them is not copied for looking through it
    while line := sys.stdin.readline():
        asked = json.loads(line)
        if (process := os.fork()) == 0:
            _become(asked)
            return
        _, status = os.waitpid(process, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _become(asked: dict[str, Any]) -> None:
    """Do in this process what `python -m bot …` does."""
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    for number, name in ((0, os.devnull), (1, asked["out"]), (2, asked["err"])):
        opened = os.open(name, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.argv[1:] = asked["arguments"]
    signal.alarm(round(PATIENCE))  # which ends it where it waits for ever
    runpy.run_module("bot", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _serve()
