"""The loopback Telegram: what goes wrong on the way, and updates brought to a webhook."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession, FormData, web

from tests.telegram.server.faults import How
from tests.telegram.world import World

HELLO = {"chat_id": 0, "text": "hello"}


@asynccontextmanager
async def caller(tg: World) -> AsyncIterator[Callable[..., Any]]:
    """Yield a function that calls a method with bare HTTP and returns the status and the body."""
    async with ClientSession() as session:

        async def call(method: str, data: object = None, **parameters: object) -> tuple[int, str]:
            given = {"data": data} if data is not None else {"json": parameters}
            async with session.post(f"{tg.api_url}/bot{tg.token}/{method}", **given) as answer:
                return answer.status, await answer.text()

        yield call


@asynccontextmanager
async def receiver(handle: Callable[[web.Request], Any]) -> AsyncIterator[str]:
    """Serve a webhook on loopback; yield the origin."""
    application = web.Application()
    application.router.add_post("/hook", handle)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.mark.parametrize(
    ("how", "status", "messages"),
    [
        (How.DROPPED_BEFORE, None, 0),
        (How.DROPPED_AFTER, None, 1),
        (How.ERROR_502, 502, 0),
        (How.GARBAGE, 200, 0),
        (How.FLOOD, 429, 0),
        (How.REFUSED, 400, 0),
    ],
)
async def test_a_fault_is_met_once(tg: World, how: How, status: int | None, messages: int) -> None:
    """A fault of the script spoils the next call that fits, before or after its effect, and no other."""
    group = tg.group("Circle")
    fault = tg.fails("sendMessage", how, chat=group, seconds=7)
    async with caller(tg) as call:
        assert (await call("getMe"))[0] == 200
        if status is None:
            with pytest.raises(ClientError):
                await call("sendMessage", chat_id=group.id, text="hello")
        else:
            seen, body = await call("sendMessage", chat_id=group.id, text="hello")
            assert seen == status
            assert how is not How.FLOOD or json.loads(body)["parameters"] == {"retry_after": 7}
        assert len(group.said) == messages
        assert (await call("sendMessage", chat_id=group.id, text="again"))[0] == 200
    assert fault.met == 1
    assert tg.floods == (how is How.FLOOD)


async def test_a_call_that_hangs_ends_without_effect(tg: World) -> None:
    """A hanging call does nothing, keeps nobody from being quiet, and breaks when it is let go."""
    group = tg.group("Circle")
    tg.fails("sendMessage", How.HANGS)
    async with caller(tg) as call:
        hanging = asyncio.create_task(call("sendMessage", chat_id=group.id, text="hello"))
        await tg.until(lambda: tg.telegram.faults.script[0].met == 1)
        await tg.quiet()
        assert not hanging.done()
        tg.telegram.faults.release()
        with pytest.raises(ClientError):
            await hanging
    assert not group.said


async def test_parameters_come_in_every_form(tg: World) -> None:
    """JSON, a form, a query and parts with a file are all read; what the Bot API does not know is a violation."""
    ada = tg.user("Ada", started=True)
    png = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + (640).to_bytes(4, "big") + (480).to_bytes(4, "big") + b"\x08\2\0\0\0"
    async with caller(tg) as call:
        keyboard = {"inline_keyboard": [[{"text": "Go", "url": "https://example.org/"}]]}
        await call("sendMessage", chat_id=ada.id, text="a", reply_markup=keyboard)
        await call("sendMessage", {"chat_id": str(ada.id), "text": "b", "reply_markup": json.dumps(keyboard)})
        form = FormData({"chat_id": str(ada.id), "caption": "<i>c</i>", "parse_mode": "HTML"})
        form.add_field("photo", png, filename="chart.png")
        assert (await call("sendPhoto", form))[0] == 200
        assert [(one.text, one.buttons) for one in ada.said] == [("a", ["Go"]), ("b", ["Go"]), ("c", [])]
        assert ada.last.photo == png
        assert ada.last.photo_size == (640, 480)
        assert (await call("nonsense"))[0] == 404
        await call("sendMessage", chat_id=ada.id, text="a", colour="red")
    assert tg.violations
    tg.violations.clear()


async def test_a_webhook_gets_each_update_until_it_takes_it(tg: World) -> None:
    """Updates come with the secret, one person's in order, again after an error; polling is refused meanwhile."""
    ada, bob = tg.user("Ada"), tg.user("Bob")
    taken: list[str] = []
    troubles = [500, 404]

    async def handle(request: web.Request) -> web.Response:
        assert request.headers["X-Telegram-Bot-Api-Secret-Token"] == "s3cret"
        if troubles:
            return web.Response(status=troubles.pop())
        taken.append((await request.json())["message"]["text"])
        return web.Response()

    async with receiver(handle) as origin, caller(tg) as call:
        tg.server.postman.gateway = origin
        tg.waits = False
        await call("setWebhook", url="https://circle.example/hook", secret_token="s3cret")
        assert (await call("getUpdates"))[0] == 409
        await ada.writes("one")
        await ada.writes("two")
        await bob.writes("three")
        await tg.quiet()
        assert [words for words in taken if words != "three"] == ["one", "two"]
        assert sorted(taken) == ["one", "three", "two"]
        told = json.loads((await call("getWebhookInfo"))[1])["result"]
        assert told["pending_update_count"] == 0
        assert told["last_error_message"].startswith("Wrong response from the webhook: ")
        await call("deleteWebhook")
        assert (await call("getUpdates"))[0] == 200


async def test_a_webhook_gets_different_people_side_by_side(tg: World) -> None:
    """Nobody's update waits for somebody else's, up to the number of connections that was asked for."""
    everybody = [tg.user(f"Person {number}") for number in range(5)]
    let_go = asyncio.Event()

    async def handle(request: web.Request) -> web.Response:
        await let_go.wait()
        return web.Response()

    async with receiver(handle) as origin, caller(tg) as call:
        tg.waits = False
        await call("setWebhook", url=f"{origin}/hook", max_connections=3)
        for person in everybody:
            await person.writes("one")
            await person.writes("two")
        await tg.until(lambda: tg.server.postman.posted == 3)
        let_go.set()
        await tg.quiet()
    assert tg.server.postman.most_at_once == 3
    assert tg.server.postman.posted == 10


async def test_updates_can_be_handed_in_and_repeated(tg: World) -> None:
    """A test may hand in any update, and the same one again under its number."""
    async with caller(tg) as call:
        tg.inject({"poll_answer": {}})
        first = json.loads((await call("getUpdates"))[1])["result"]
        await call("getUpdates", offset=first[0]["update_id"] + 1)
        tg.repeats(first[0])
        assert json.loads((await call("getUpdates"))[1])["result"] == first
