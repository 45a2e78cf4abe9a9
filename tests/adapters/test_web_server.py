"""Who may reach the page, as whom, and what is sent along with it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import ClientSession, CookieJar, WSServerHandshakeError, web

from adapters.web import signin
from adapters.web.adapter import WebAdapter
from adapters.web.server import Gate, Server, application
from bot.chat.adapter import Unreachable
from bot.chat.inbound import Command
from bot.chat.message import Message, Picture, Room, RoomKind
from bot.chat.text import Text
from bot.clock import SystemClock
from bot.i18n import Catalogue
from storage.engine import Database
from storage.transcript import SqlTranscript
from tests.adapters.web_support import GROUP, WebPlatform, platform, png


@pytest.fixture
async def demo(sqlite_database: Database) -> AsyncIterator[WebPlatform]:
    """The demo: open to whoever sits at this machine."""
    async with platform(sqlite_database) as made:
        yield made


@pytest.fixture
async def run(sqlite_database: Database) -> AsyncIterator[WebPlatform]:
    """The page as a running bot serves it: by sign-in link."""
    async with platform(sqlite_database, demo=False) as made:
        yield made


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    """A browser's bare bones."""
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        yield session


async def test_the_page_comes_with_a_strict_policy(demo: WebPlatform, http: ClientSession) -> None:
    """Nothing from elsewhere, nothing inline, no framing, no sniffing, no referrer: on every answer, errors too."""
    for path, status in (("/", 200), ("/static/main.js", 200), ("/texts/en.json", 200), ("/nowhere", 404)):
        async with http.get(demo.address + path) as answer:
            assert answer.status == status
            policy = answer.headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Referrer-Policy"] == "no-referrer"


async def test_the_page_has_nothing_inline_and_nothing_from_elsewhere(demo: WebPlatform, http: ClientSession) -> None:
    """What the policy forbids is not even tried."""
    async with http.get(demo.address) as answer:
        page = await answer.text()
    assert "http://" not in page
    assert "https://" not in page
    assert not re.findall(r"<style|<script>|\sstyle=|\son\w+=", page)
    assert "@{" not in page


async def test_the_page_speaks_the_readers_language(demo: WebPlatform, http: ClientSession) -> None:
    """By what the browser asks for, or by what was chosen on the page, which is remembered."""
    async with http.get(demo.address, headers={"Accept-Language": "xx, en-XA;q=0.5"}) as answer:
        assert '<html lang="en-XA" dir="ltr">' in await answer.text()
    async with http.get(f"{demo.address}/?lang=en-XA") as answer:
        assert "⟦Skip to the conversation⟧" in await answer.text()
    async with http.get(demo.address) as answer:
        assert '<html lang="en-XA"' in await answer.text()
    async with http.get(f"{demo.address}/texts/en-XA.json") as answer:
        assert (await answer.json())["next_due"] == "⟦Next thing due⟧"


async def test_scripts_are_asked_for_again_only_when_they_changed(demo: WebPlatform, http: ClientSession) -> None:
    """An unchanged file costs no bytes; a folder cannot be listed, nor anything else be read."""
    async with http.get(f"{demo.address}/static/main.js") as answer:
        tag = answer.headers["ETag"]
        assert answer.content_type == "text/javascript"
    async with http.get(f"{demo.address}/static/main.js", headers={"If-None-Match": tag}) as answer:
        assert answer.status == 304
    for path in (
        "/static/",
        "/static/nothing.js",
        "/static/index.html",
        "/static/..%2fadapter.py",
        "/static/%2e%2e/page.py",
    ):
        async with http.get(demo.address + path) as answer:
            assert answer.status == 404


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "[::2]", "", "a:b:c"])
async def test_another_name_for_this_machine_is_refused(demo: WebPlatform, http: ClientSession, host: str) -> None:
    """A name that somebody else points at this machine opens nothing, the socket least of all."""
    for path in ("/", "/ws", "/static/main.js"):
        async with http.get(demo.address + path, headers={"Host": host}) as answer:
            assert answer.status in {400, 421}


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:1", "null", "", "https://127.0.0.1"])
async def test_another_sites_page_cannot_open_the_socket(demo: WebPlatform, http: ClientSession, origin: str) -> None:
    """Only our own page speaks for people."""
    with pytest.raises(WSServerHandshakeError) as refused:
        await http.ws_connect(f"{demo.address}/ws", headers={"Origin": origin} if origin else {})
    assert refused.value.status == 403


def test_the_public_name_is_ours_too() -> None:
    """Behind a proxy the page has the name that people know."""
    gate = Gate("https://circles.example.org")
    assert gate.knows("circles.example.org")
    assert gate.knows("localhost:8080")
    assert gate.knows("[::1]:8080")
    assert not gate.knows("example.org")


async def test_health_is_told_without_the_page(http: ClientSession) -> None:
    """`/healthz` is always there, under any name; the page is not."""
    healthy = True

    async def health() -> dict[str, object]:
        return {"ok": healthy}

    server = Server(application(health), "127.0.0.1", 0)
    await server.start()
    address = f"http://127.0.0.1:{server.port}"
    try:
        async with http.get(f"{address}/healthz", headers={"Host": "probe"}) as answer:
            assert (answer.status, await answer.json()) == (200, {"ok": True})
        healthy = False
        async with http.get(f"{address}/healthz") as answer:
            assert answer.status == 503
        async with http.get(address) as answer:
            assert answer.status == 404
        with pytest.raises(OSError, match="in use"):
            await Server(application(health), "127.0.0.1", server.port).start()
    finally:
        await server.stop()


async def test_what_platforms_post_to_is_reached_under_any_name(sqlite_database: Database, http: ClientSession) -> None:
    """A webhook carries its own key, so no proxy has to keep the name; the page beside it stays shut."""

    async def post(_: web.Request) -> web.Response:
        return web.Response(text="taken")

    async def health() -> dict[str, object]:
        return {"ok": True}

    page = WebAdapter(SqlTranscript(sqlite_database), SystemClock(), Catalogue(), address="http://127.0.0.1")
    server = Server(application(health, page=page, more=[web.post("/telegram", post)]), "127.0.0.1", 0)
    await server.start()
    address, elsewhere = f"http://127.0.0.1:{server.port}", {"Host": "circles.example.org"}
    try:
        async with http.post(f"{address}/telegram", headers=elsewhere) as answer:
            assert (answer.status, await answer.text()) == (200, "taken")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
        for method, path in (("GET", "/telegram"), ("POST", "/telegram/x"), ("GET", "/")):
            async with http.request(method, address + path, headers=elsewhere) as answer:
                assert answer.status == 421
    finally:
        await server.stop()


async def test_a_stranger_is_told_to_sign_in(run: WebPlatform, http: ClientSession) -> None:
    """Without a cookie the socket says so and closes; nothing about anybody is told."""
    async with http.ws_connect(f"{run.address}/ws", origin=run.address) as socket:
        assert await socket.receive_json() == {"type": "stranger"}
        assert (await socket.receive()).type.name.startswith("CLOS")


async def test_a_link_signs_one_person_in(run: WebPlatform, http: ClientSession) -> None:
    """The cookie is for the server's eyes and this site only; the link may serve a second device."""
    link = await run.adapter.sign_in_link("ben")
    async with http.get(link, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/")
        cookie = answer.headers["Set-Cookie"]
    for part in (signin.COOKIE, "HttpOnly", "SameSite=Strict", "Path=/"):
        assert part in cookie
    assert link.rsplit("/", 1)[1] not in cookie
    async with http.get(link, allow_redirects=False) as answer:
        assert answer.status == 303


async def _signed_in(up: WebPlatform, user: str) -> CookieJar:
    jar = CookieJar(unsafe=True)
    async with ClientSession(cookie_jar=jar) as http, http.get(await up.adapter.sign_in_link(user)):
        return jar


async def test_one_speaks_as_oneself_only(run: WebPlatform, http: ClientSession) -> None:
    """Who signed in as Ben is Ben, whatever the page says; and has no switch, no clock, no room that is not his."""
    await run.adapter.admit("python", "ben")
    await run.adapter.add_room("garden", "Gardening", made_by="ada")
    async with run.page(cookies=await _signed_in(run, "ben")) as ben:
        assert ben.welcome["me"]["user"] == "ben"
        assert (ben.welcome["people"], ben.welcome["clock"], ben.welcome["demo"]) == ([], None, False)
        assert [room["room"] for room in ben.welcome["rooms"]] == ["g:python", "p:ben"]
        await ben.tell(type="hello", **{"as": "ada"})
        assert (await ben.wait_for("refused"))["words"] == "not_allowed"
        for act in (
            {"type": "say", "room": "p:ada", "words": "/next"},
            {"type": "say", "room": "g:garden", "words": "/next"},
            {"type": "clock", "step": "day"},
            {"type": "person", "name": "Mallory"},
            {"type": "room", "title": "Mine"},
        ):
            assert (await ben.act(**act))["failed"] == "not_allowed"
        await ben.tell(type="older", room="p:ada", before=100)
        await ben.wait_for("refused")
        await ben.says("g:python", "/next")
    assert [heard.sender.user for heard in run.inbox.heard if isinstance(heard, Command)] == ["ben"]


async def test_a_room_one_is_not_in_stays_silent(run: WebPlatform) -> None:
    """What is said there reaches nobody outside, neither live nor on loading."""
    async with run.page(cookies=await _signed_in(run, "ben")) as ben:
        await run.adapter.post(GROUP, Message(Text.of("For members")), "1")
        await run.adapter.post(Room("web", "ben", kind=RoomKind.PRIVATE), Message(Text.of("For Ben")), "2")
        (post,) = await ben.posts(1)
        assert post["room"] == "p:ben"
    async with run.page(cookies=await _signed_in(run, "ben")) as ben:
        assert "members" not in str(ben.welcome)


async def test_links_and_cookies_end(run: WebPlatform, http: ClientSession) -> None:
    """After their time, and when they are revoked; a made-up one never works."""
    link = await run.adapter.sign_in_link("ben")
    jar = await _signed_in(run, "ben")
    run.clock.move_to(run.clock.now() + signin.LASTS[signin.LINK] + timedelta(seconds=1))
    for bad in (link, f"{run.address}/in/made-up"):
        async with http.get(bad, allow_redirects=False) as answer:
            assert answer.status == 404
            assert "This link does not work any more" in await answer.text()
            assert "Set-Cookie" not in answer.headers
    async with run.page(cookies=jar) as ben:
        assert ben.welcome["me"]["user"] == "ben"
    await run.adapter.transcript.revoke("ben")
    async with ClientSession(cookie_jar=jar) as old, old.ws_connect(f"{run.address}/ws", origin=run.address) as socket:
        assert await socket.receive_json() == {"type": "stranger"}


async def test_nobody_gets_no_link(run: WebPlatform) -> None:
    """A link belongs to a person."""
    with pytest.raises(Unreachable):
        await run.adapter.sign_in_link("nobody")


async def test_pictures_are_shown_to_those_who_see_their_post(run: WebPlatform, http: ClientSession) -> None:
    """The address alone opens nothing."""
    picture = Picture(png(), "A chart")
    await run.adapter.post(Room("web", "ben", kind=RoomKind.PRIVATE), Message(Text.of("Yours"), picture=picture), "1")
    async with run.page(cookies=await _signed_in(run, "ben")) as ben:
        shown = ben.welcome["posts"][0]["body"]["picture"]
    assert (shown["alt"], shown["width"], shown["height"]) == ("A chart", 320, 120)
    address = f"{run.address}/pictures/{shown['digest']}.png"
    async with ClientSession(cookie_jar=await _signed_in(run, "ben")) as his, his.get(address) as answer:
        assert (answer.status, answer.content_type, await answer.read()) == (200, "image/png", picture.png)
    async with ClientSession(cookie_jar=await _signed_in(run, "ada")) as hers, hers.get(address) as answer:
        assert answer.status == 404
    async with http.get(f"{address}?as=ben") as answer:
        assert answer.status == 404


async def test_in_the_demo_pictures_follow_the_borrowed_eyes(demo: WebPlatform, http: ClientSession) -> None:
    """Whose private chat it stands in sees it."""
    message = Message(Text.of("Yours"), picture=Picture(png(), "A chart"))
    await demo.adapter.post(Room("web", "ben", kind=RoomKind.PRIVATE), message, "1")
    async with demo.page("ben") as ben:
        digest = ben.welcome["posts"][0]["body"]["picture"]["digest"]
    for user, status in (("ben", 200), ("ada", 404)):
        async with http.get(f"{demo.address}/pictures/{digest}.png?as={user}") as answer:
            assert answer.status == status


async def test_a_sign_in_that_another_process_takes_back_ends_its_open_pages(
    run: WebPlatform, sqlite_database: Database
) -> None:
    """Nothing more is done there, and nothing more is told; other people's pages stay."""
    elsewhere = Database.open(sqlite_database.url)
    try:
        async with (
            run.page(cookies=await _signed_in(run, "ben")) as acting,
            run.page(cookies=await _signed_in(run, "ben")) as reading,
            run.page(cookies=await _signed_in(run, "ada")) as ada,
        ):
            await SqlTranscript(elsewhere).revoke("ben")
            await acting.tell(type="run", room="p:ben", command="next", key="k1")
            await acting.wait_for("stranger")
            assert (await acting.socket.receive()).type.name.startswith("CLOS")
            await run.adapter.post(Room("web", "ben", kind=RoomKind.PRIVATE), Message(Text.of("A secret")), "1")
            await reading.wait_for("stranger")
            assert "A secret" not in str(reading.heard)
            await ada.says("p:ada", "Still here")
        assert not any(isinstance(heard, Command) for heard in run.inbox.heard)
    finally:
        await elsewhere.close()


async def test_signing_somebody_out_closes_their_pages(run: WebPlatform) -> None:
    """The open ones too, at once."""
    async with run.page(cookies=await _signed_in(run, "ben")) as ben:
        await run.adapter.sign_out("ben")
        while not (await ben.socket.receive()).type.name.startswith("CLOS"):
            pass
