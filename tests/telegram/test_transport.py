"""The connections to the Bot API, against servers that answer well, badly, late or not at all."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from io import BytesIO

import pytest
from aiohttp import web
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut

from adapters.telegram.transport import AiohttpRequest, BriefRequest

TOKEN = "123456:secret-of-the-bot-that-nobody-may-read"
MESSAGE = {"message_id": 7, "date": 1, "chat": {"id": 5, "type": "private", "first_name": "Ada"}, "text": "Hi"}

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    """A server on loopback: `answer` says what it answers; it remembers what came in, and on which connections."""

    def __init__(self) -> None:
        self.answer: Answer = self.fine
        self.came: list[dict[str, object]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.connections: set[asyncio.Transport] = set()
        self.something_came, self.goes_on = asyncio.Event(), asyncio.Event()
        self.url = ""

    async def fine(self, request: web.Request) -> web.StreamResponse:
        """Answer as the Bot API does for a message."""
        return web.json_response({"ok": True, "result": MESSAGE})

    async def late(self, request: web.Request) -> web.StreamResponse:
        """Answer the same, but only when it goes on."""
        await self.goes_on.wait()
        return await self.fine(request)

    async def hear(self, request: web.Request) -> web.StreamResponse:
        """Note a request, and answer it."""
        assert request.transport is not None
        self.connections.add(request.transport)
        self.paths.append(request.path)
        self.headers.append(dict(request.headers))
        if request.content_type == "application/json":
            self.came.append(json.loads(await request.read()))
        elif request.content_type == "multipart/form-data":
            form = await request.post()
            self.came.append({name: v.file.read() if isinstance(v, web.FileField) else v for name, v in form.items()})
        self.something_came.set()
        return await self.answer(request)

    def saying(self, status: int, body: str | bytes, kind: str = "text/html") -> None:
        """Answer everything with this."""

        async def answer(request: web.Request) -> web.StreamResponse:
            return web.Response(status=status, body=body, content_type=kind)

        self.answer = answer

    def refusing(self, status: int, description: str, **parameters: int) -> None:
        """Answer everything as the Bot API refuses."""
        words = {"ok": False, "error_code": status, "description": description, "parameters": parameters}
        self.saying(status, json.dumps(words), "application/json")


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """A server on a free port."""
    server = Server()
    app = web.Application(client_max_size=32 * 2**20)
    app.router.add_route("*", "/{path:.*}", server.hear)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


@asynccontextmanager
async def bot_at(url: str, request: AiohttpRequest | None = None) -> AsyncIterator[Bot]:
    """A bot whose requests go to `url`, without asking first who it is."""
    request = request or AiohttpRequest()
    bot = Bot(
        TOKEN, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot", request=request, get_updates_request=request
    )
    async with request:
        yield bot


async def failure_of(call: Awaitable[object]) -> TelegramError:
    """Return how a call fails, after looking that neither it nor anything behind it says the token."""
    with pytest.raises(TelegramError) as caught:
        await call
    error: BaseException | None = caught.value
    while error is not None:
        assert "secret" not in f"{error!r} {error}"
        error = error.__cause__ or error.__context__
    return caught.value


async def test_a_call_travels_as_json_and_its_answer_comes_back(server: Server) -> None:
    """Parameters arrive as the Bot API reads them, with whatever letters and buttons they hold."""
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Да", callback_data="rs.1.yes")]])
    async with bot_at(server.url) as bot:
        message = await bot.send_message(-100, "Ω <b>“x”</b> 🎉", parse_mode="HTML", reply_markup=keyboard)
    assert message.message_id == 7
    assert server.paths == [f"/bot{TOKEN}/sendMessage"]
    assert server.came[0]["chat_id"] == -100
    assert server.came[0]["text"] == "Ω <b>“x”</b> 🎉"
    assert server.came[0]["reply_markup"] == {"inline_keyboard": [[{"text": "Да", "callback_data": "rs.1.yes"}]]}
    assert "Cookie" not in server.headers[0]


async def test_one_connection_serves_call_after_call(server: Server) -> None:
    """Connections are kept and used again."""
    async with bot_at(server.url) as bot:
        for _ in range(5):
            await bot.send_message(5, "Hi")
    assert len(server.connections) == 1


async def test_many_calls_at_once_share_the_pool(server: Server) -> None:
    """With all connections taken, calls wait for one; they do not fail."""
    async with bot_at(server.url, AiohttpRequest(connections=3)) as bot:
        await asyncio.gather(*(bot.send_message(5, f"{n}") for n in range(20)))
    assert len(server.came) == 20
    assert len(server.connections) <= 3


async def test_a_picture_goes_up_beside_its_caption(server: Server) -> None:
    """Files travel as multipart, whatever their size."""
    png = b"\x89PNG" + bytes(5 * 2**20)
    async with bot_at(server.url) as bot:
        await bot.send_photo(5, png, caption="Ω chart", filename="chart.png", disable_notification=True)
        await bot.send_photo(5, BytesIO(b"\x89PNG"), filename="chart.png")
    assert server.came[0] == {"chat_id": "5", "photo": png, "caption": "Ω chart", "disable_notification": "true"}
    assert server.came[1]["photo"] == b"\x89PNG"


async def test_a_file_comes_down(server: Server) -> None:
    """What the library fetches is not taken for an answer of the Bot API."""
    server.saying(200, b"\x89PNG", "image/png")
    async with bot_at(server.url) as bot:
        assert await bot.request.retrieve(f"{server.url}/file/x.png") == b"\x89PNG"


@pytest.mark.parametrize(
    ("status", "description", "kind"),
    [
        (400, "Bad Request: chat not found", BadRequest),
        (401, "Unauthorized", InvalidToken),
        (403, "Forbidden: bot was blocked by the user", Forbidden),
        (500, "Internal Server Error: restart", NetworkError),
    ],
)
async def test_what_telegram_refuses_is_raised_as_the_library_does(
    server: Server, status: int, description: str, kind: type[TelegramError]
) -> None:
    """The class of an error is the library's, its words Telegram's."""
    server.refusing(status, description)
    async with bot_at(server.url) as bot:
        error = await failure_of(bot.send_message(5, "Hi"))
    assert type(error) is kind
    assert description.removeprefix("Bad Request: ").lower() in error.message.lower()


async def test_a_limit_says_how_long(server: Server) -> None:
    """The seconds that a 429 asks for come through."""
    server.refusing(429, "Too Many Requests: retry after 17", retry_after=17)
    async with bot_at(server.url) as bot:
        error = await failure_of(bot.send_message(5, "Hi"))
    assert isinstance(error, RetryAfter)
    assert error.retry_after == timedelta(seconds=17)


@pytest.mark.parametrize("status", [302, 401, 403, 404, 429, 500, 502, 504, 999])
async def test_a_page_from_somebody_between_us_and_telegram_is_an_outage(server: Server, status: int) -> None:
    """What is not Telegram's answer says nothing about a chat or the token; nothing is followed."""

    async def page(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=f"<html>{request.path}</html>", headers={"Location": "/elsewhere"})

    server.answer = page
    async with bot_at(server.url) as bot:
        error = await failure_of(bot.send_message(5, "Hi"))
    assert type(error) is NetworkError
    assert len(server.paths) == 1


@pytest.mark.parametrize("status", [200, 400, 401, 403, 429, 500])
@pytest.mark.parametrize("body", ["", "<html>", '{"ok": tru', "[]", '"x"', "{}", "null"])
async def test_an_answer_that_is_garbage_is_an_outage(server: Server, status: int, body: str) -> None:
    """What is no answer of the Bot API means neither success nor a refusal."""
    server.saying(status, body)
    async with bot_at(server.url) as bot:
        assert type(await failure_of(bot.send_message(5, "Hi"))) is NetworkError


async def test_a_connection_dropped_without_an_answer_is_an_outage(server: Server) -> None:
    """We cannot know whether the call had its effect: it is told, never sent again behind the caller's back."""

    async def dropped(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    server.answer = dropped
    async with bot_at(server.url) as bot:
        assert type(await failure_of(bot.send_message(5, "Hi"))) is NetworkError
        assert len(server.came) == 1
        server.answer = server.fine
        await bot.send_message(5, "Hi")


async def test_a_connection_that_was_closed_meanwhile_is_not_used(server: Server) -> None:
    """An idle connection that the server closes is replaced, without anybody noticing."""
    async with bot_at(server.url) as bot:
        await bot.send_message(5, "Hi")
        for connection in tuple(server.connections):
            connection.close()
        await asyncio.sleep(0.01)  # the end of a connection travels over the network
        await bot.send_message(5, "Hi")
    assert len(server.connections) == 2


async def test_a_connection_dropped_in_the_middle_of_an_answer_is_an_outage(server: Server) -> None:
    """Half an answer is none."""

    async def half(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b'{"ok": true, ')
        assert request.transport is not None
        request.transport.close()
        return response

    server.answer = half
    async with bot_at(server.url) as bot:
        assert type(await failure_of(bot.send_message(5, "Hi"))) is NetworkError


async def test_nobody_there_is_an_outage(server: Server) -> None:
    """A refused connection, or an address that is none, is told without the address."""
    async with bot_at("http://127.0.0.1:1") as bot:
        assert type(await failure_of(bot.send_message(5, "Hi"))) is NetworkError
    async with bot_at("no address") as bot:
        assert type(await failure_of(bot.send_message(5, "Hi"))) is NetworkError


async def test_an_answer_that_does_not_come_is_timed_out(server: Server) -> None:
    """Nobody waits longer than the limit, be it the usual one or one given with the call."""
    server.answer = server.late
    async with bot_at(server.url, AiohttpRequest(read_timeout=0.02)) as bot:
        assert isinstance(await failure_of(bot.send_message(5, "Hi")), TimedOut)
    async with bot_at(server.url) as bot:
        assert isinstance(await failure_of(bot.send_message(5, "Hi", read_timeout=0.02)), TimedOut)
        assert isinstance(await failure_of(bot.get_updates(timeout=0, read_timeout=0.02)), TimedOut)
        assert isinstance(
            await failure_of(
                bot.send_photo(5, b"x", read_timeout=0.01, write_timeout=0.01, connect_timeout=0.01, pool_timeout=0.01)
            ),
            TimedOut,
        )
    server.goes_on.set()


async def test_a_pool_that_stays_full_is_timed_out(server: Server) -> None:
    """A call that gets no connection in time was never sent."""
    server.answer = server.late
    async with bot_at(server.url, AiohttpRequest(connections=1, connect_timeout=0.01, pool_timeout=0.01)) as bot:
        first = asyncio.create_task(bot.send_message(5, "first", connect_timeout=5))
        await server.something_came.wait()
        assert isinstance(await failure_of(bot.send_message(5, "second")), TimedOut)
        server.goes_on.set()
        await first
    assert [call["text"] for call in server.came] == ["first"]


async def test_a_call_that_is_given_up_leaves_nothing_behind(server: Server) -> None:
    """A cancelled call frees its connection for others."""
    server.answer = server.late
    async with bot_at(server.url, AiohttpRequest(connections=1)) as bot:
        poll = asyncio.create_task(bot.get_updates(timeout=50))
        await server.something_came.wait()
        poll.cancel()
        with pytest.raises(asyncio.CancelledError):
            await poll
        server.answer = server.fine
        await bot.send_message(5, "Hi")
    server.goes_on.set()


async def test_it_closes_cleanly_and_opens_again(server: Server) -> None:
    """After closing nothing is sent, and nothing is left open; it may be closed twice, and be opened again."""
    request = AiohttpRequest()
    async with bot_at(server.url, request) as bot:
        await bot.send_message(5, "Hi")
    await request.shutdown()
    assert type(await failure_of(bot.send_message(5, "Hi"))) is NetworkError
    assert len(server.came) == 1
    await request.initialize()
    await bot.send_message(5, "Hi")
    await request.shutdown()
    del bot, request
    gc.collect()  # what was left open would warn here, and warnings are errors


async def test_it_opens_by_itself(server: Server) -> None:
    """The library may send before it has initialized anything."""
    request = AiohttpRequest(read_timeout=3)
    await request.post(f"{server.url}/bot{TOKEN}/getMe")
    await request.shutdown()
    assert request.read_timeout == 3


async def test_who_only_says_things_hears_no_more_than_where_they_stand(server: Server) -> None:
    """Reading a whole message again costs more than sending it; anything else comes back as it is."""
    async with bot_at(server.url, BriefRequest()) as bot:
        message = await bot.send_message(5, "Hi")
        assert (message.message_id, message.chat.id, message.chat.type) == (7, 5, "private")
        assert message.text is None
        edited = json.dumps({"ok": True, "result": MESSAGE | {"edit_date": 2}})
        server.saying(200, edited, "application/json")
        assert await bot.edit_message_text("Hi", 5, 7) is True
        server.saying(200, '{"ok": true, "result": [{"update_id": 3}]}', "application/json")
        assert [update.update_id for update in await bot.get_updates()] == [3]
        server.refusing(400, "Bad Request: chat not found")
        assert type(await failure_of(bot.send_message(5, "Hi"))) is BadRequest
