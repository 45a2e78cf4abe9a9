"""Brings updates to a webhook: one person's or chat's in order, several at once, again and again until it is taken."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

from aiohttp import ClientError, ClientSession, ClientTimeout
from yarl import URL

from tests.telegram.server.problems import JsonObject
from tests.telegram.server.telegram import Telegram

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


class Postman:
    """Carries updates while a webhook is set.

    `gateway` is where a public address stands in for: the origin (`http://127.0.0.1:8080`) that is really posted to.
    `pause` is the first wait after a failure in seconds, doubled up to `longest`.
    """

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram
        self.gateway = ""
        self.pause = 0.01
        self.longest = 0.1
        self.posted = 0
        self.most_at_once = 0
        self._carrying: dict[int, asyncio.Task[None]] = {}
        self._lines: dict[object, int] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to wait for updates and a webhook."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Carry nothing more."""
        tasks = [*self._carrying.values(), *([self._task] if self._task else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        async with ClientSession(timeout=ClientTimeout(total=10)) as session:
            while True:
                await self._telegram.updates.new.wait()
                self._telegram.updates.new.clear()
                self._send_out(session)

    def _send_out(self, session: ClientSession) -> None:
        updates = self._telegram.updates
        for number in sorted(updates.waiting):
            if not updates.webhook or len(self._carrying) >= self._telegram.max_connections:
                return
            line = _line(updates.waiting[number])
            if number in self._carrying or line in self._lines:
                continue
            self._lines[line] = number
            self._carrying[number] = asyncio.create_task(self._carry(session, number, line))
            self.most_at_once = max(self.most_at_once, len(self._carrying))

    async def _carry(self, session: ClientSession, number: int, line: object) -> None:
        updates, pause = self._telegram.updates, self.pause
        try:
            while updates.webhook and number in updates.waiting:
                if await self._taken(session, updates.waiting[number]):
                    updates.waiting.pop(number, None)
                    return
                await asyncio.sleep(pause)
                pause = min(self.longest, pause * 2)
        finally:
            del self._carrying[number], self._lines[line]
            updates.new.set()
            self._telegram.changed()

    async def _taken(self, session: ClientSession, update: JsonObject) -> bool:
        telegram = self._telegram
        address = URL(telegram.updates.webhook)
        if self.gateway:
            address = URL(self.gateway).join(address.relative())
        headers = {SECRET_HEADER: telegram.secret} if telegram.secret else {}
        words = "Connection refused"
        with suppress(ClientError, TimeoutError):
            self.posted += 1
            telegram.changed()
            telegram.updates.given.append(update)
            async with session.post(address, json=update, headers=headers) as answer:
                await answer.read()
                if 200 <= answer.status < 300:
                    return True
                words = f"Wrong response from the webhook: {answer.status} {answer.reason}"
        telegram.last_webhook_error = (int(time.time()), words)
        return False


def _line(update: JsonObject) -> object:
    """Return whose updates stand in one line: the person's, else the chat's."""
    for key, what in update.items():
        if key != "update_id":
            return what.get("from", what.get("chat", {})).get("id", update["update_id"])
    return update["update_id"]
