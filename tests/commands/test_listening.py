"""Why one cannot listen on a host and port, and what to do about it."""

from __future__ import annotations

import errno
import socket

import pytest

from bot.commands.listening import NoSuchHost, PortForbidden, PortTaken, hindrance, reason


def refused(number: int) -> OSError:
    """Return what the system says."""
    return OSError(number, "as the system calls it")


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM])
def test_a_port_that_only_the_system_may_listen_on_is_not_in_use(number: int) -> None:
    """Who runs the bot as themselves on port 80 need not look for another program."""
    why = reason(refused(number), "127.0.0.1", 80)
    assert isinstance(why, PortForbidden)
    assert str(why) == (
        "This user may not listen on port 80 of 127.0.0.1: those below 1024 are the system's. "
        "Set [http] port to 1024 or more, such as 8080, and let a proxy listen on the other one."
    )
    assert "below" not in str(reason(refused(number), "127.0.0.1", 8080))


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (refused(errno.EADDRINUSE), PortTaken),
        (refused(errno.EADDRNOTAVAIL), NoSuchHost),
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), NoSuchHost),
        (OSError("could not bind on any address"), NoSuchHost),
        (UnicodeError("label too long"), NoSuchHost),
        (refused(errno.EMFILE), type(None)),
    ],
)
def test_each_reason_has_its_own_words(error: OSError | UnicodeError, kind: type) -> None:
    """What has nothing to do with the host and port is not told as if it had."""
    assert isinstance(reason(error, "here", 8080), kind)


def test_a_port_is_tried(taken_port: int) -> None:
    """A free one is fine, a taken one is said to be, and a host of another machine, too."""
    assert hindrance("127.0.0.1", 0) is None
    assert isinstance(hindrance("127.0.0.1", taken_port), PortTaken)
    assert isinstance(hindrance("203.0.113.7", 0), NoSuchHost)
