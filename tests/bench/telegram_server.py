"""A Bot API server in a process of its own, as light as can be: it hands out taps and counts what comes back.

It keeps no chats and has no limits (`tests/telegram/server` has both): it is what every contender in
`tests.bench.telegram` is measured against, so that nothing but the contender's own CPU counts. It is told what to do by
`POST /control`, whose answer comes when all of it has been done.

A tap is *in flight* from its update until both its answer and its edit have come. Where `own_edits` is off, edits are
counted but not waited for: for a bot that coalesces them.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

TOKEN = "123456789:AAbench-token-that-is-as-long-as-a-real"  # made up
ME = {"id": 123456789, "is_bot": True, "first_name": "Circlebot", "username": "circle_bench_bot"}
CARD = 77
"""The message that shows the card, in every group."""
TEXT = (
    "Circle 17 · meeting 1: Loops and lists\n\nCircle 17 (Python basics) meets on Tue 24 Nov 2026, 6:00 PM (Madrid "
    "Time) (in 4 days), 90 minutes.\nJoin the call\n\n2 coming: Ada Lovelace 1 and Grace Hopper 2\n1 maybe: Linus 3"
)
"""About what our card says: every contender edits a message of this size into one of this size."""
LABELS = ("I'm coming", "Maybe", "Can't make it")
GROUP_0 = -1_001_000_000_000
USER_0 = 70_000_000
MEMBERS = 4
"""How many members of each group tap, in turn."""
LATENCY_S = 0.05
"""How long the network and Telegram take to answer: what is in flight is on the wire, as it is in life."""
_EDITED = {"edit_date": 1_795_000_100}
_SHARE = 4
"""Taps are handed out a quarter of those in flight at a time, so that everybody pays for as many polls."""
_STALLED_S = 0.05


def group(number: int) -> int:
    """Return the chat id of a group."""
    return GROUP_0 - number


def user(number: int, member: int) -> int:
    """Return the user id of a member of a group."""
    return USER_0 + number * MEMBERS + member


@dataclass
class _Tap:
    number: int
    group: int
    since: float
    answered: bool = False
    edited: bool = False


class Taps:
    """A run: `count` taps over `groups` groups, at most one in each, at most `at_once` in all.

    `waits` are the seconds from each update to the answer to its tap.
    """

    def __init__(self, first: int, order: dict[str, Any], payloads: list[list[str]], turns: list[int]) -> None:
        self.left: int = order["count"]
        self.at_once: int = order["at_once"]
        self.own_edits: bool = order["own_edits"]
        self.answers = self.edits = self.stray = 0
        self.waits: list[float] = []
        self.done = asyncio.Event()
        self._next = first
        self._payloads = payloads
        self._turns = turns
        self._free = deque(range(order["groups"]))
        self._under_way: dict[int, _Tap] = {}
        self._waits_for_edit: dict[int, _Tap] = {}

    @property
    def ready(self) -> int:
        """How many updates can be handed out now."""
        return min(self.left, self.at_once - len(self._under_way), len(self._free))

    @property
    def in_flight(self) -> int:
        """How many were handed out and have not come back."""
        return len(self._under_way)

    @property
    def under_way(self) -> list[str]:
        """What has not come back, for whoever wonders why it takes so long."""
        return [str(tap) for tap in self._under_way.values()]

    def take(self, limit: int) -> list[dict[str, Any]]:
        """Return updates, which are in flight from now on."""
        updates = []
        for _ in range(min(limit, self.ready)):
            number, self._next, self.left = self._next, self._next + 1, self.left - 1
            chosen = self._free.popleft()
            if not self.own_edits:
                self._free.append(chosen)
            turn = self._turns[chosen]
            self._turns[chosen] += 1
            tap = _Tap(number, chosen, time.monotonic(), edited=not self.own_edits)
            self._under_way[number] = tap
            if self.own_edits:
                self._waits_for_edit[chosen] = tap
            # Each member goes through the answers in turn, so that every tap changes what the card shows.
            payload = self._payloads[chosen][(turn // MEMBERS) % len(LABELS)]
            updates.append(_update(number, chosen, turn % MEMBERS, payload, self._payloads[chosen]))
        return updates

    def answered(self, number: int) -> None:
        """Note the answer to a tap."""
        self.answers += 1
        tap = self._under_way.get(number)
        if tap is None or tap.answered:
            self.stray += 1
            return
        tap.answered = True
        self.waits.append(time.monotonic() - tap.since)
        self._look(tap)

    def edited(self, chosen: int) -> None:
        """Note the edit of a group's card."""
        self.edits += 1
        tap = self._waits_for_edit.pop(chosen, None)
        if tap is not None:
            tap.edited = True
            self._look(tap)

    def _look(self, tap: _Tap) -> None:
        if tap.answered and tap.edited:
            del self._under_way[tap.number]
            if self.own_edits:
                self._free.append(tap.group)
            if not self.left and not self._under_way:
                self.done.set()


def _update(number: int, chosen: int, member: int, payload: str, payloads: Sequence[str]) -> dict[str, Any]:
    return {
        "update_id": number,
        "callback_query": {
            "id": str(number),
            "from": {
                "id": user(chosen, member),
                "is_bot": False,
                "first_name": f"Person {member}",
                "last_name": f"of {chosen}",
                "username": f"person_{chosen}_{member}",
                "language_code": "en",
            },
            "message": message(group(chosen), CARD, payloads) | _EDITED,
            "chat_instance": "-5512345678901234567",
            "data": payload,
        },
    }


def message(chat: int, number: int, payloads: Sequence[str] = LABELS) -> dict[str, Any]:
    """Return a card as Telegram tells it, with these payloads on its buttons."""
    return {
        "message_id": number,
        "from": ME,
        "chat": {"id": chat, "title": f"Circle {GROUP_0 - chat}", "type": "supergroup"},
        "date": 1_795_000_000,
        "text": TEXT,
        "entities": [
            {"offset": 0, "length": 38, "type": "bold"},
            {"offset": 40, "length": 9, "type": "bold"},
            {"offset": 75, "length": 38, "type": "date_time", "unix_time": 1_795_539_600, "date_time_format": "wDt"},
            {"offset": 141, "length": 13, "type": "text_link", "url": "https://meet.example/py"},
        ],
        "link_preview_options": {"is_disabled": True},
        "reply_markup": {
            "inline_keyboard": [
                [{"text": label, "callback_data": payload} for label, payload in zip(LABELS, payloads, strict=True)]
            ]
        },
    }


class Server:
    """What the connections share."""

    def __init__(self) -> None:
        self.taps: Taps | None = None
        self.sent = 0
        self.latency = LATENCY_S
        self._short_since: float | None = None
        self._polls: deque[tuple[Callable[[bytes], None], int]] = deque()
        self._numbers = 1000
        self._payloads: list[list[str]] = []
        self._turns: list[int] = []

    async def control(self, order: dict[str, Any]) -> dict[str, Any]:
        """Do what is ordered; return what came of it when it is over."""
        self.latency = order.get("latency", self.latency)
        if "payloads" in order:
            self._payloads = order["payloads"]
            self._turns = [0] * len(self._payloads)
            return {}
        if "count" not in order:
            under_way = [] if self.taps is None else self.taps.under_way
            return {"sent": self.sent, "under_way": under_way, "polls": len(self._polls)}
        taps = self.taps = Taps(self._numbers, order, self._payloads, self._turns)
        self._numbers += order["count"]
        self.hand_out()
        await taps.done.wait()
        return {"answers": taps.answers, "edits": taps.edits, "stray": taps.stray, "waits": taps.waits}

    def poll(self, give: Callable[[bytes], None], timeout: float, limit: int) -> None:
        """Answer getUpdates, at once or when there is something to hand out."""
        if timeout <= 0:
            give(_ok([]))
            return
        self._polls.append((give, limit))
        asyncio.get_running_loop().call_later(timeout, self._nothing, give)
        self.hand_out()

    def _nothing(self, give: Callable[[bytes], None]) -> None:
        """End a poll that has waited for long enough."""
        for poll in self._polls:
            if poll[0] is give:
                self._polls.remove(poll)
                give(_ok([]))
                return

    def hand_out(self) -> None:
        """Give updates to whoever polls."""
        taps = self.taps
        if taps is None or not self._polls:
            return
        ready, enough = taps.ready, max(1, min(taps.at_once // _SHARE, taps.left))
        loop = asyncio.get_running_loop()
        stalled = self._short_since is not None and loop.time() - self._short_since >= _STALLED_S
        if ready >= enough or (ready and (stalled or not taps.in_flight)):
            self._short_since = None
            give, limit = self._polls.popleft()
            give(_ok(taps.take(limit)))
        elif ready and self._short_since is None:  # should a bot wait for what we wait for
            self._short_since = loop.time()
            loop.call_later(1.1 * _STALLED_S, self.hand_out)

    def method(self, name: str, fields: Callable[[str], str]) -> bytes:
        """Answer any other method."""
        match name:
            case "answerCallbackQuery":
                if self.taps is not None:
                    self.taps.answered(int(fields("callback_query_id")))
                    self.hand_out()
                return _TRUE
            case "editMessageText":
                chat = int(fields("chat_id"))
                if self.taps is not None:
                    self.taps.edited(GROUP_0 - chat)
                    self.hand_out()
                return _ok(message(chat, CARD) | _EDITED)
            case "sendMessage":
                self.sent += 1
                return _ok(message(int(fields("chat_id")), self.sent))
            case "getMe":
                return _ok(ME | {"can_join_groups": True, "can_read_all_group_messages": False})
            case _:
                return _OTHERS.get(name, _TRUE)


def _ok(result: object) -> bytes:
    return b'{"ok":true,"result":' + json.dumps(result, separators=(",", ":")).encode() + b"}"


_TRUE = b'{"ok":true,"result":true}'
_OTHERS = {
    "getWebhookInfo": _ok({"url": "", "has_custom_certificate": False, "pending_update_count": 0}),
    "getMyCommands": _ok([]),
}


class _Wire(asyncio.Protocol):
    """HTTP/1.1 as far as the contenders speak it: one request at a time on a connection that stays open."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._got = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        while (end := self._got.find(b"\r\n\r\n")) >= 0:
            head = self._got[:end].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self._got) < end + 4 + length:
                return
            path = self._got[:end].split(b" ", 2)[1].decode()
            body = self._got[end + 4 : end + 4 + length]
            self._got = self._got[end + 4 + length :]
            self._serve(path, body, is_json=b"application/json" in head)

    def _serve(self, path: str, body: bytes, *, is_json: bool) -> None:
        if path == "/control":
            task = asyncio.get_running_loop().create_task(self._server.control(json.loads(body)))
            task.add_done_callback(lambda done: self._give(json.dumps(done.result()).encode()))
            return
        name = path.rsplit("/", 1)[-1].partition("?")[0]
        given = json.loads(body) if is_json and body else {k: v[0] for k, v in parse_qs(body.decode()).items()}
        if name == "getUpdates":
            self._server.poll(self._give, float(given.get("timeout", 0)), int(given.get("limit", 100)))
        else:
            asyncio.get_running_loop().call_later(self._server.latency, self._answer, name, given)

    def _answer(self, name: str, given: dict[str, Any]) -> None:
        self._give(self._server.method(name, lambda field: str(given[field])))

    def _give(self, body: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
            )


async def _run() -> None:
    server = Server()
    listening = await asyncio.get_running_loop().create_server(lambda: _Wire(server), "127.0.0.1", 0)
    print(listening.sockets[0].getsockname()[1], flush=True)
    async with listening:
        await listening.serve_forever()


if __name__ == "__main__":
    asyncio.run(_run())
