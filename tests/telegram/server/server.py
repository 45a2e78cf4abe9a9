"""The HTTP side: `/bot<token>/<method>`, with every fault of the script on the way."""

from __future__ import annotations

import asyncio

from aiohttp import BodyPartReader, web

from tests.telegram.server import asking, messages
from tests.telegram.server.call import Call, Method
from tests.telegram.server.faults import Fault, How
from tests.telegram.server.problems import Problem
from tests.telegram.server.telegram import Telegram
from tests.telegram.server.webhook import Postman

ACCEPTED = messages.ACCEPTED | asking.ACCEPTED
"""The parameters that are understood, by method."""
_AN_ERROR_PAGE = (
    "<html>\r\n<head><title>{0}</title></head>\r\n<body><center><h1>{0}</h1></center></body>\r\n</html>\r\n"
)


class Server:
    """One bot's Bot API, listening on loopback while it is started. `api_url` is its root."""

    def __init__(self, telegram: Telegram) -> None:
        self.telegram = telegram
        self.contract = telegram.contract
        self.postman = Postman(telegram)
        self.api_url = ""
        self._methods: dict[str, Method] = {**messages.Messages(telegram).methods, **asking.Asking(telegram).methods}
        self._by_lower = {name.lower(): name for name in self._methods}
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen on a free port."""
        application = web.Application(client_max_size=20 * 2**20)
        application.router.add_route("*", "/bot{token}/{method}", self._serve)
        # A poll whose caller has gone must not take the updates of the next one.
        self._runner = web.AppRunner(application, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.api_url = f"http://127.0.0.1:{port}"
        self.postman.start()

    async def stop(self) -> None:
        """Stop listening."""
        self.telegram.faults.release()
        await self.postman.stop()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.telegram.token:
            return _response(Problem(401, "Unauthorized"))
        name = self._by_lower.get(request.match_info["method"].lower())
        if name is None:
            if self.contract is None or request.match_info["method"] in self.contract.methods:
                self.telegram.violations.append(f"{request.match_info['method']} is not made here yet")
            return _response(Problem(404, "Not Found"))
        call = await _read(name, request)
        is_poll = name == "getUpdates"
        self.telegram.under_way += not is_poll
        try:
            return await self._answered(call, request)
        finally:
            self.telegram.under_way -= not is_poll
            self.telegram.changed()

    async def _answered(self, call: Call, request: web.Request) -> web.StreamResponse:
        telegram = self.telegram
        fault = telegram.faults.meets(call.method, call.chat())
        if fault is not None and not fault.how.is_after_the_effect:
            return await self._failed(fault, request, counted=call.method != "getUpdates")
        telegram.calls.append((call.method, call.parameters))
        self._check_call(call)
        try:
            result = await self._methods[call.method](call)
        except Problem as problem:
            telegram.refusals.append((call.method, call.parameters, problem))
            return _response(problem)
        if self.contract is not None and call.method != "getUpdates":  # updates were checked when they were made
            telegram.violations.extend(self.contract.faults_of_result(call.method, result))
        if fault is not None:
            return await self._failed(fault, request, counted=call.method != "getUpdates")
        return web.json_response({"ok": True, "result": result})

    def _check_call(self, call: Call) -> None:
        given = call.parameters.keys() | (call.files.keys() & set(ACCEPTED[call.method]))
        if self.contract is not None:
            self.telegram.violations.extend(self.contract.faults_of_call(call.method, call.parameters, given))
        for name in given - set(ACCEPTED[call.method]):
            self.telegram.violations.append(f"{call.method}: this server does not know what {name} does")

    async def _failed(self, fault: Fault, request: web.Request, *, counted: bool) -> web.StreamResponse:
        match fault.how:
            case How.ERROR_500:
                return _page(500, "500 Internal Server Error")
            case How.ERROR_502:
                return _page(502, "502 Bad Gateway")
            case How.GARBAGE:
                return web.Response(text="{it is no JSON", content_type="application/json")
            case How.FLOOD:
                self.telegram.limits.refused += 1
                return _response(fault.refusal())
            case How.REFUSED:
                return _response(fault.refusal())
            case How.HANGS | How.HANGS_AFTER:
                # Whoever waits for quiet must not wait for this.
                self.telegram.under_way -= counted
                self.telegram.changed()
                try:
                    await self.telegram.faults.released.wait()
                finally:
                    self.telegram.under_way += counted
        if request.transport is not None:
            request.transport.close()
        return web.Response()


async def _read(name: str, request: web.Request) -> Call:
    call = Call(name, dict(request.query))
    if request.content_type == "application/json":
        body = await request.json() if request.can_read_body else {}
        call.parameters.update(body)
    elif request.content_type == "multipart/form-data":
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                continue
            if part.filename:
                call.files[str(part.name)] = bytes(await part.read())
            else:
                call.parameters[str(part.name)] = await part.text()
    else:
        call.parameters.update({key: str(value) for key, value in (await request.post()).items()})
    await asyncio.sleep(0)
    return call


def _response(problem: Problem) -> web.Response:
    return web.json_response(problem.answer(), status=problem.code)


def _page(status: int, words: str) -> web.Response:
    return web.Response(status=status, text=_AN_ERROR_PAGE.format(words), content_type="text/html")
