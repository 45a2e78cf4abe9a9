"""The HTTP side: `/api/v10/…` and the gateway, with every fault of the script on the way."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import BodyPartReader, web

from tests.discord.server.faults import Fault, How
from tests.discord.server.gateway import Gateway
from tests.discord.server.interactions import Interactions
from tests.discord.server.menus import Menus
from tests.discord.server.messages import Messages
from tests.discord.server.places import Places
from tests.discord.server.problems import Json, Problem
from tests.discord.server.realm import Call, Realm

_AN_ERROR_PAGE: Final = (
    "<html>\r\n<head><title>{0}</title></head>\r\n<body><center><h1>{0}</h1></center></body>\r\n</html>\r\n"
)
_PAGES: Final = {
    How.ERROR_500: (500, "500 Internal Server Error"),
    How.ERROR_502: (502, "502 Bad Gateway"),
    How.ERROR_503: (503, "503 Service Unavailable"),
    How.BANNED: (429, "error code: 1015"),
}
_CREATED: Final = {"POST /channels/{channel_id}/threads": 201}
_NO_TOKEN: Final = ("/interactions/", "/webhooks/")
"""What is allowed by the token in the path alone."""
_FILE: Final = re.compile(r"files\[(\d+)\]")
Route = Callable[[Call], Awaitable[Json | list[Json] | None]]


class Server:
    """One Discord, listening on loopback while it is started. `api_url` is its root, `gateway.url` its gateway."""

    def __init__(self, realm: Realm) -> None:
        self.realm = realm
        self.gateway = Gateway(realm)
        self.messages = Messages(realm)
        self.interactions = Interactions(realm, self.messages)
        self.places = Places(realm, self.messages)
        self.api_url = ""
        self.routes = self._routes(Menus(realm, self.gateway))
        self._runner: web.AppRunner | None = None

    def _routes(self, menus: Menus) -> dict[str, Route]:
        messages, places, interactions = self.messages, self.places, self.interactions
        one_message = "/channels/{channel_id}/messages/{message_id}"
        one_event = "/guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}"
        one_answer = "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"
        return {
            "GET /gateway/bot": menus.where,
            "GET /users/@me": menus.me,
            "GET /users/{user_id}": menus.user,
            "GET /applications/@me": menus.application,
            "GET /oauth2/applications/@me": menus.application,
            "GET /applications/{application_id}/commands": menus.commands,
            "PUT /applications/{application_id}/commands": menus.overwrite,
            "POST /channels/{channel_id}/messages": messages.create,
            f"GET {one_message}": messages.get,
            f"PATCH {one_message}": messages.edit,
            f"DELETE {one_message}": messages.delete,
            "POST /interactions/{interaction_id}/{interaction_token}/callback": interactions.callback,
            "POST /webhooks/{webhook_id}/{webhook_token}": interactions.followup,
            f"GET {one_answer}": interactions.get,
            f"PATCH {one_answer}": interactions.edit,
            f"DELETE {one_answer}": interactions.delete,
            "POST /users/@me/channels": places.create_dm,
            "GET /guilds/{guild_id}": places.guild,
            "GET /channels/{channel_id}": places.channel,
            "PATCH /channels/{channel_id}": places.update_channel,
            "POST /channels/{channel_id}/threads": places.create_thread,
            "PUT /channels/{channel_id}/thread-members/{user_id}": places.add_to_thread,
            "GET /guilds/{guild_id}/scheduled-events": places.events,
            "POST /guilds/{guild_id}/scheduled-events": places.create_event,
            f"GET {one_event}": places.event,
            f"PATCH {one_event}": places.update_event,
            f"DELETE {one_event}": places.delete_event,
        }

    async def start(self) -> None:
        """Listen on a free port."""
        application = web.Application(client_max_size=20 * 2**20)
        application.router.add_get("/gateway/", self.gateway.serve)
        application.router.add_get("/gateway", self.gateway.serve)
        for route, serve in self.routes.items():
            method, _, path = route.partition(" ")
            application.router.add_route(method, f"/api/v10{path}", self._serving(route, serve))
        application.router.add_route("HEAD", "/", self._front_door)
        application.router.add_route("*", "/{path:.*}", self._unknown)
        self._runner = web.AppRunner(application, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.api_url = f"http://127.0.0.1:{port}"
        self.gateway.url = f"ws://127.0.0.1:{port}/gateway"

    async def stop(self) -> None:
        """Stop listening."""
        self.realm.faults.release()
        await self.gateway.stop()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _front_door(self, request: web.Request) -> web.Response:
        """Answer whoever looks what time it is here."""
        del request
        return web.Response()

    async def _unknown(self, request: web.Request) -> web.Response:
        self.realm.violations.append(f"{request.method} {request.path} is not made here")
        return _json({"message": "404: Not Found", "code": 0}, 404)

    def _serving(self, route: str, serve: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def served(request: web.Request) -> web.StreamResponse:
            self.realm.under_way += 1
            try:
                return await self._served(route, serve, request)
            finally:
                self.realm.under_way -= 1
                self.realm.changed()

        return served

    async def _served(self, route: str, serve: Route, request: web.Request) -> web.StreamResponse:
        realm = self.realm
        path = dict(request.match_info)
        fault = realm.faults.meets(route, path)
        if fault is not None and not fault.how.is_after_the_effect:
            return await self._failed(fault, request)
        call = await _read(route, path, request)
        realm.calls.append(call)
        if (
            not any(part in route for part in _NO_TOKEN)
            and request.headers.get("Authorization") != f"Bot {realm.token}"
        ):
            return self._refused(call, Problem(0))
        if realm.contract is not None:
            realm.violations.extend(realm.contract.faults_of_request(route, call.body or None))
        try:
            headers = realm.limits.take(route, path)
            answer = await serve(call)
        except Problem as problem:
            return self._refused(call, problem)
        status = _CREATED.get(route, 204 if answer is None else 200)
        if realm.contract is not None:
            realm.violations.extend(realm.contract.faults_of_answer(route, status, answer))
        if fault is not None:
            return await self._failed(fault, request)
        return web.Response(status=204, headers=headers) if answer is None else _json(answer, status, headers)

    def _refused(self, call: Call, problem: Problem) -> web.Response:
        self.realm.limits.note(problem)
        self.realm.refusals.append((call, problem))
        return _json(problem.answer(), problem.status, problem.headers)

    async def _failed(self, fault: Fault, request: web.Request) -> web.StreamResponse:
        how = fault.how
        if how in {How.FLOOD, How.REFUSED}:
            problem = fault.refusal()
            self.realm.limits.note(problem)
            return _json(problem.answer(), problem.status, problem.headers)
        if how in _PAGES:
            status, words = _PAGES[how]
            headers = {"Retry-After": str(int(fault.seconds))} if status == 429 else {}
            self.realm.limits.refused += status == 429
            return web.Response(
                status=status, text=_AN_ERROR_PAGE.format(words), content_type="text/html", headers=headers
            )
        if how is How.GARBAGE:
            return web.Response(body=b"{it is no JSON", headers={"Content-Type": "application/json"})
        if how in {How.HANGS, How.HANGS_AFTER}:
            await self._hangs()
        if request.transport is not None:
            request.transport.close()
        return web.Response()

    async def _hangs(self) -> None:
        # Whoever waits for quiet must not wait for this.
        self.realm.under_way -= 1
        self.realm.changed()
        try:
            await self.realm.faults.released.wait()
        finally:
            self.realm.under_way += 1


async def _read(route: str, path: dict[str, str], request: web.Request) -> Call:
    body: Json | list[Json] = {}
    files: dict[int, tuple[str, bytes]] = {}
    if request.content_type == "multipart/form-data":
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                continue
            if part.name == "payload_json":
                body = json.loads(await part.text())
            elif found := _FILE.fullmatch(part.name or ""):
                files[int(found[1])] = (part.filename or "", bytes(await part.read()))
    elif request.can_read_body:
        body = json.loads(await request.text() or "{}")
    await asyncio.sleep(0)
    return Call(route, path, dict(request.query), body, files)


def _json(answer: object, status: int, headers: dict[str, str] | None = None) -> web.Response:
    # Without a character set, as Discord has it: else the library would not know it for JSON.
    body = json.dumps(answer).encode()
    return web.Response(body=body, status=status, headers={"Content-Type": "application/json", **(headers or {})})
