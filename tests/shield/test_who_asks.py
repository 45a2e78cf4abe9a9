"""Who asks our web server: the other end, or whom the proxies between name, and never whom the client names."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from aiohttp import web

from adapters.web.doors import TRIES, Doors, address_of
from tests.shield.test_server import get, sent, serving


async def test_who_asks_is_not_for_the_asker_to_say() -> None:
    """Only a proxy beside us is believed, and only its last word."""
    seen: list[str] = []

    async def look(request: web.Request) -> web.Response:
        seen.append(address_of(request))
        return web.Response()

    async with serving(web.get("/look", look)) as port:
        for line in ("X-Forwarded-For: 8.8.8.8, 2001:db8::1", "X-Forwarded-For: nonsense", "X-Other: 1"):
            await sent(port, get("/look", line))
    assert seen == ["2001:db8::", "", ""]


CDN = (ip_network("173.245.48.0/20"), ip_network("2400:cb00::/32"), ip_network("10.0.0.0/8"))


@pytest.mark.parametrize(
    ("lines", "who"),
    [
        (["X-Forwarded-For: 9.9.9.9, 8.8.8.8, 173.245.48.7"], "8.8.8.8"),
        (["X-Forwarded-For: 8.8.8.8, 2400:cb00::7, 10.0.0.2"], "8.8.8.8"),
        (["X-Forwarded-For: 8.8.8.8, ::ffff:173.245.48.7"], "8.8.8.8"),
        # A proxy may add a line of its own below what the client has written.
        (["X-Forwarded-For: 9.9.9.9", "X-Forwarded-For: 8.8.8.8"], "8.8.8.8"),
        (["X-Forwarded-For: 9.9.9.9", "X-Forwarded-For: 8.8.8.8, 173.245.48.7"], "8.8.8.8"),
        (["X-Forwarded-For: 9.9.9.9, nonsense, 173.245.48.7"], ""),
        (["X-Forwarded-For: 173.245.48.9, 173.245.48.7"], "173.245.48.9"),
        ([], ""),
    ],
)
async def test_proxies_before_the_one_beside_us(lines: list[str], who: str) -> None:
    """A CDN that the settings name is not who asks; nor can a client make itself somebody else by writing first."""
    seen: list[str] = []

    async def look(request: web.Request) -> web.Response:
        seen.append(address_of(request, CDN))
        return web.Response()

    async with serving(web.get("/look", look)) as port:
        await sent(port, get("/look", *lines))
    assert seen == [who]


async def test_wrong_keys_do_not_count_for_the_cdn() -> None:
    """Whoever tries keys is held up behind it, and nobody else."""

    async def post(_: web.Request) -> web.Response:
        return web.Response(status=401)

    async with serving(web.post("/telegram", post), proxies=CDN) as port:
        tries = get("/telegram", "X-Forwarded-For: 8.8.8.8, 173.245.48.7", method="POST")
        assert [(await sent(port, tries)).status for _ in range(TRIES.burst + 20)][-1] == 429
        other = get("/telegram", "X-Forwarded-For: 9.9.9.9, 173.245.48.7", method="POST")
        assert (await sent(port, other)).status == 401


def test_a_cdn_has_as_many_connections_as_it_needs() -> None:
    """Everybody comes through it."""
    doors = Doors(most=1_000, most_of_one=2, proxies=CDN)
    assert all(doors.enter("173.245.48.7") for _ in range(100))
    assert all(doors.enter("2400:cb00::7") for _ in range(100))
    assert [doors.enter("8.8.8.8") for _ in range(3)] == [True, True, False]
