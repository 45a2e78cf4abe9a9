"""A command in a terminal, as people have it: what is typed, what is seen, and Ctrl-C."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import subprocess
import sys
import termios
from pathlib import Path
from time import monotonic

from tests.commands.conftest import ROOT
from tests.support.patience import PATIENCE


def _environment() -> dict[str, str]:
    usual = {name: value for name, value in os.environ.items() if not name.startswith("CIRCLEBOT_")}
    return usual | {"PYTHONPATH": str(ROOT), "LANG": "es_ES.UTF-8", "TZ": "Europe/Madrid"}


def _sits_down() -> None:
    """Make a terminal this process's own, whose Ctrl-C is heard: who runs in the background is started to ignore it."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Terminal:
    """A command in a terminal of its own."""

    def __init__(self, folder: Path, *command: str, **environment: str) -> None:
        self.terminal, its_end = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", *(command or ("init",))],
            cwd=folder,
            env=_environment() | environment,
            stdin=its_end,
            stdout=its_end,
            stderr=its_end,
            start_new_session=True,
            preexec_fn=_sits_down,  # noqa: PLW1509  # it is the only way to get a terminal
        )
        os.close(its_end)
        self.seen = ""
        self._read_to = 0

    def until(self, words: str) -> None:
        """Read on until words come after those that were waited for before."""
        while (at := self.seen.find(words, self._read_to)) < 0:
            more = self._more()
            if not more:
                raise AssertionError(self.seen)
            self.seen += more
        self._read_to = at + len(words)

    def _more(self) -> str:
        ready, _, _ = select.select([self.terminal], [], [], PATIENCE)
        if not ready:
            self.process.kill()
            self.process.wait(PATIENCE)
            raise AssertionError(f"it waits for something: {self.seen}")
        try:
            return os.read(self.terminal, 4096).decode(errors="replace")
        except OSError:  # it has ended
            return ""

    def types(self, words: str) -> None:
        """Type words and Enter."""
        os.write(self.terminal, f"{words}\n".encode())

    def interrupts(self) -> int:
        """Press Ctrl-C, again where it came just before the wait for an answer; return the exit status."""
        until = monotonic() + PATIENCE
        while self.process.poll() is None:
            if monotonic() > until:
                self.process.kill()
                self.process.wait(PATIENCE)
                raise AssertionError(f"it does not hear Ctrl-C: {self.seen}")
            self.process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(10.0)  # a busy machine takes its time to end it, and is not to be interrupted in that
        return self.ends()

    def ends(self) -> int:
        """Return the exit status, after the rest was read."""
        while more := self._more():
            self.seen += more
        os.close(self.terminal)
        return self.process.wait(PATIENCE)
