"""Why one cannot listen on a host and port."""

from __future__ import annotations

import errno
import os
import socket

from bot.errors import CircleBotError

ANOTHER_HOST = "Set [http] host to one, such as 127.0.0.1, or 0.0.0.0 for all of them."
ANOTHER_PORT = "Stop what listens there, or choose another: [http] port."
OPEN_PORT = "Set [http] port to 1024 or more, such as 8080, and let a proxy listen on the other one."
_PRIVILEGED = 1024
"""Ports below this one are the system's."""
# Newer Pythons try every address of a name, and give no number when they have run out of them.
_ELSEWHERE = frozenset({errno.EADDRNOTAVAIL, socket.EAI_NONAME, socket.EAI_AGAIN, None})


class CannotListen(CircleBotError):
    """One cannot listen there; `remedy` says what to do in the settings."""

    def __init__(self, why: str, remedy: str) -> None:
        super().__init__(f"{why} {remedy}")
        self.why, self.remedy = why, remedy


class PortTaken(CannotListen):
    """Something else listens on the port."""


class PortForbidden(CannotListen):
    """Whoever runs this may not listen on the port."""


class NoSuchHost(CannotListen):
    """The host is no address of this machine."""


def reason(error: OSError | UnicodeError, host: str, port: int) -> CannotListen | None:
    """Return why one cannot listen there, None for what is no matter of the host and port."""
    number = error.errno if isinstance(error, OSError) and not isinstance(error, socket.gaierror) else None
    if number == errno.EADDRINUSE:
        return PortTaken(f"Port {port} on {host} is in use.", ANOTHER_PORT)
    if number in {errno.EACCES, errno.EPERM}:
        if os.name != "posix":  # where a port that another holds for itself is forbidden, too
            return PortTaken(f"Port {port} on {host} is in use.", ANOTHER_PORT)
        whose = f": those below {_PRIVILEGED} are the system's" if port < _PRIVILEGED else ""
        return PortForbidden(f"This user may not listen on port {port} of {host}{whose}.", OPEN_PORT)
    if not isinstance(error, OSError) or isinstance(error, socket.gaierror) or number in _ELSEWHERE:
        return NoSuchHost(f"Cannot listen on {host}:{port}: {host} is no address of this machine.", ANOTHER_HOST)
    return None


def hindrance(host: str, port: int) -> CannotListen | None:
    """Return what keeps one from listening there (on port 0: on any), None where nothing does."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.create_server((host, port), family=family):
            return None
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or error
        return reason(error, host, port) or CannotListen(f"Cannot listen on {host}:{port} ({why}).", ANOTHER_PORT)
