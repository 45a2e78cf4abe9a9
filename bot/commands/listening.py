"""Why one cannot listen on a host."""

from __future__ import annotations

import errno
import socket

ANOTHER_HOST = "Set [http] host to one, such as 127.0.0.1, or 0.0.0.0 for all of them."
# Newer Pythons try every address of a name, and give no number when they have run out of them.
_ELSEWHERE = frozenset({errno.EADDRNOTAVAIL, socket.EAI_NONAME, socket.EAI_AGAIN, None})


def is_elsewhere(error: OSError | UnicodeError) -> bool:
    """Say whether one cannot listen because the host is not this machine, or nobody's name at all."""
    return not isinstance(error, OSError) or isinstance(error, socket.gaierror) or error.errno in _ELSEWHERE
