"""Webhook mode against Telegram on loopback: what it is told, what it brings, and nothing lost on the way."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial

import pytest

from adapters.telegram.webhook import Webhook
from bot.chat.inbound import Press
from tests.support.patience import PATIENCE
from tests.telegram.running import WEBHOOK, quiet, serving, stopped, until, up
from tests.telegram.scripted import KeepingInbox
from tests.telegram.server.problems import Problem
from tests.telegram.world import How, World


def is_told(tg: World, webhook: Webhook) -> bool:
    """Say whether Telegram knows where to bring updates, and with which secret."""
    return (tg.telegram.secret, tg.telegram.updates.webhook) == (webhook.secret, webhook.url)


async def test_updates_are_brought_and_taken_when_committed(tg: World) -> None:
    """In webhook mode nothing is polled for, and a tap is answered as in the other."""
    ada, inbox = tg.user("Ada"), KeepingInbox()
    async with serving(tg, inbox, webhook=WEBHOOK) as (adapter, _):
        await until(tg, lambda: bool(tg.telegram.updates.webhook))
        await ada.writes("/next")
        await quiet(tg, adapter)
        answer = await ada.presses(ada.last, "I'm coming")
        await quiet(tg, adapter)
    assert answer.text == "Noted, thank you."
    assert "Ada" in ada.last.text
    assert isinstance(inbox.heard[-1], Press)
    assert tg.calls("getUpdates") == []
    [told] = tg.calls("setWebhook")
    assert told["url"] == WEBHOOK.url
    assert told["secret_token"] == WEBHOOK.secret
    assert told["allowed_updates"] == ["message", "callback_query", "my_chat_member"]


async def test_an_update_that_is_not_committed_is_brought_again(tg: World) -> None:
    """A stop before the commit leaves it with Telegram."""
    tg.waits = False
    ada, inbox = tg.user("Ada"), KeepingInbox(hold=asyncio.Event())
    async with serving(tg, inbox, webhook=WEBHOOK) as (adapter, task):
        await until(tg, lambda: bool(tg.telegram.updates.webhook))
        await ada.writes("/next")
        await asyncio.wait_for(inbox.entered.wait(), PATIENCE)
        adapter.stopping_s = 0.0
        await stopped(task)
        assert len(tg.telegram.updates.waiting) == 1
    inbox.hold = None
    async with serving(tg, inbox, webhook=WEBHOOK) as (adapter, _):
        await until(tg, lambda: not tg.telegram.updates.waiting)
        await quiet(tg, adapter)
    assert len(inbox.heard) == 1
    assert "nobody yet" in ada.last.text


async def test_the_webhook_is_told_when_it_is_another(tg: World) -> None:
    """A restart with the same address and secret tells nothing; another secret, or another address, is told."""
    inbox = KeepingInbox()
    for webhook in (WEBHOOK, WEBHOOK, replace(WEBHOOK, secret="another"), replace(WEBHOOK, url=f"{WEBHOOK.url}/2")):
        async with serving(tg, inbox, webhook=webhook) as (adapter, _):
            await until(tg, lambda: bool(adapter.start_link("")))
            await until(tg, partial(is_told, tg, webhook))
    assert [told["secret_token"] for told in tg.calls("setWebhook")] == [WEBHOOK.secret, "another", WEBHOOK.secret]
    assert WEBHOOK.secret not in str(inbox.kept)


async def test_polling_removes_a_webhook_and_keeps_what_waits(tg: World) -> None:
    """Whoever changes from webhook to polling loses nothing that people did in between."""
    inbox, ada = KeepingInbox(), tg.user("Ada")
    async with serving(tg, inbox, webhook=WEBHOOK):
        await until(tg, lambda: bool(tg.telegram.updates.webhook))
    tg.waits = False
    await ada.writes("hello")
    async with serving(tg, inbox) as (adapter, _):
        await until(tg, lambda: not tg.telegram.updates.waiting)
        await quiet(tg, adapter)
    assert ada.last.text == "You said: hello"
    assert len(tg.calls("deleteWebhook")) == 1
    async with serving(tg, inbox) as (adapter, _):
        await up(tg, adapter)
    assert len(tg.calls("deleteWebhook")) == 1


async def test_an_address_that_telegram_refuses_is_said(tg: World, caplog: pytest.LogCaptureFixture) -> None:
    """The bot goes on trying, since the address may become good; one line says what it must be like."""
    tg.fails("setWebhook", How.REFUSED, times=3, problem=Problem(400, "Bad Request: bad webhook: no such host"))
    async with serving(tg, KeepingInbox(), webhook=WEBHOOK, sleep=lambda _: asyncio.sleep(0)):
        await until(tg, lambda: bool(tg.telegram.updates.webhook))
    [line] = [record for record in caplog.records if record.levelname == "ERROR"]
    assert "[telegram] webhook_url" in line.message


async def test_a_webhook_that_somebody_else_sets_later_is_said(tg: World, caplog: pytest.LogCaptureFixture) -> None:
    """Two programs with one token would take each other's taps: the log names the other one, and what to do."""
    async with serving(tg, KeepingInbox()) as (adapter, _):
        await up(tg, adapter)
        tg.telegram.updates.webhook = "https://somebody.example.org/hook"
        tg.telegram.updates.end_poll("terminated by setWebhook request")
        await until(tg, lambda: "Somebody has set a webhook" in caplog.text)
        tg.telegram.updates.webhook = ""
        ada = tg.user("Ada")
        await ada.writes("hello")
        await until(tg, lambda: bool(ada.said))
    assert ada.last.text == "You said: hello"


async def test_a_token_that_is_revoked_meanwhile(tg: World) -> None:
    """Nothing is brought any more, so the bot asks now and then; that it is known again, it notices, too."""
    secret = tg.telegram.token

    async def soon(_: float) -> None:
        await asyncio.sleep(0.01)

    async with serving(tg, KeepingInbox(), webhook=WEBHOOK, sleep=soon) as (adapter, _):
        await up(tg, adapter)
        tg.telegram.token = "1:another"
        await until(tg, lambda: adapter.troubles.kind == "token")
        tg.telegram.token = secret
        await until(tg, lambda: not adapter.troubles.kind)
