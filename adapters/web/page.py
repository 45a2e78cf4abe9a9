"""What the browser fetches: the page in the reader's language, its scripts and styles, its words, pictures."""

from __future__ import annotations

import hashlib
import html
import string
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from adapters.web import signin
from adapters.web.texts import speech
from bot.i18n import PSEUDO

if TYPE_CHECKING:
    from adapters.web.adapter import WebAdapter
    from bot.i18n import Catalogue, Translator

STATIC = Path(__file__).with_name("static")
_TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".html": "text/html",
    ".webmanifest": "application/manifest+json",
}
_LANGUAGE = "circlebot_language"
_YEAR = 365 * 24 * 60 * 60


@cache
def _files() -> dict[str, tuple[bytes, str, str]]:
    """Return every file of the page by name: contents, type, and a tag that changes with them."""
    return {
        path.name: (
            path.read_bytes(),
            _TYPES[path.suffix],
            hashlib.blake2b(path.read_bytes(), digest_size=12).hexdigest(),
        )
        for path in STATIC.iterdir()
        if path.suffix in _TYPES
    }


def language_of(request: web.Request, catalogue: Catalogue) -> Translator:
    """Return who speaks the reader's language: what they chose on the page, else what their browser asks for."""
    chosen = request.query.get("lang") or request.cookies.get(_LANGUAGE, "")
    wishes = [part.split(";")[0].strip() for part in request.headers.get("Accept-Language", "").split(",")]
    return catalogue.speaker(catalogue.best(*filter(None, (chosen, *wishes[:10]))))


class Pages:
    """The handlers of everything that is fetched and not said."""

    def __init__(self, adapter: WebAdapter) -> None:
        self._adapter = adapter

    def routes(self) -> list[web.AbstractRouteDef]:
        """Return the routes of the page."""
        return [
            web.get("/", self.index),
            web.get("/start/{payload:[A-Za-z0-9_-]{1,64}}", self.index),
            web.get("/in/{token:[A-Za-z0-9_-]{1,128}}", self.sign_in),
            web.get("/static/{name:[a-z-]+\\.[a-z]+}", self.static),
            web.get("/texts/{language:[A-Za-z0-9-]{2,35}}.json", self.texts),
            web.get("/pictures/{digest:[0-9a-f]{40}}.png", self.picture),
        ]

    async def index(self, request: web.Request) -> web.Response:
        """Answer with the page itself, which holds nothing about anybody."""
        return self._page(request, "index.html", 200)

    def _page(self, request: web.Request, name: str, status: int) -> web.Response:
        catalogue = self._adapter.catalogue
        t = language_of(request, catalogue)
        options = "".join(_option(language, t) for language in catalogue.languages)
        words = {key: html.escape(value) for key, value in speech(t).items()}
        words["mode"] = "demo" if self._adapter.demo else "own"
        words |= {"lang": html.escape(t.language), "dir": t.direction, "language_options": options}
        source = _files()[name][0].decode()
        response = web.Response(
            text=_Template(source).substitute(words),
            content_type="text/html",
            status=status,
            headers={"Cache-Control": "no-cache", "Vary": "Accept-Language, Cookie"},
        )
        if request.query.get("lang"):
            response.set_cookie(_LANGUAGE, t.language, max_age=_YEAR, samesite="Strict", httponly=True)
        return response

    async def static(self, request: web.Request) -> web.Response:
        """Answer with a script or a style, or with "you have it already"."""
        found = _files().get(request.match_info["name"])
        if found is None or found[1] == "text/html":
            raise web.HTTPNotFound
        contents, kind, tag = found
        headers = {"ETag": f'"{tag}"', "Cache-Control": "no-cache"}
        if any(have.value == tag for have in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        return web.Response(body=contents, content_type=kind, charset="utf-8", headers=headers)

    async def texts(self, request: web.Request) -> web.Response:
        """Answer with the page's words in a language."""
        t = self._adapter.catalogue.speaker(request.match_info["language"])
        return web.json_response(speech(t), headers={"Cache-Control": "no-cache"})

    async def picture(self, request: web.Request) -> web.Response:
        """Answer with a picture, to those who see a post that it stands on."""
        user = await self.user(request)
        if user is None and not self._adapter.demo:
            raise web.HTTPNotFound
        # In the demo any person's eyes may be borrowed, so a picture is shown as to whoever is named.
        reader = user or request.query.get("as", "")
        digest = request.match_info["digest"]
        png = await self._adapter.transcript.picture(digest, reader, everywhere=self._adapter.demo)
        if png is None:
            raise web.HTTPNotFound
        headers = {"Cache-Control": f"private, max-age={_YEAR}, immutable"}
        return web.Response(body=png, content_type="image/png", headers=headers)

    async def user(self, request: web.Request) -> str | None:
        """Return whose cookie a request carries; in the demo it is nobody's."""
        if self._adapter.demo:
            return None
        token = request.cookies.get(signin.COOKIE, "")
        return await signin.bearer(self._adapter.transcript, token, signin.SESSION, self._adapter.clock.now())

    async def sign_in(self, request: web.Request) -> web.Response:
        """Exchange a sign-in link for a cookie."""
        adapter = self._adapter
        now = adapter.clock.now()
        user = None
        if not adapter.demo:
            user = await signin.bearer(adapter.transcript, request.match_info["token"], signin.LINK, now)
        if user is None:
            return self._page(request, "wrong-link.html", 404)
        response = web.Response(status=303, headers={"Location": "/"})
        response.set_cookie(
            signin.COOKIE,
            await signin.issue(adapter.transcript, user, signin.SESSION, now),
            max_age=int(signin.LASTS[signin.SESSION].total_seconds()),
            httponly=True,
            samesite="Strict",
            secure=adapter.address.startswith("https://"),
            path="/",
        )
        return response


class _Template(string.Template):
    """`@{name}` stands for a text, already escaped."""

    delimiter = "@"


def _option(language: str, t: Translator) -> str:
    own = html.escape("English (test)" if language == PSEUDO else t.language_name(language))
    chosen = " selected" if language == t.language else ""
    return f'<option value="{html.escape(language)}" lang="{html.escape(language)}"{chosen}>{own}</option>'
