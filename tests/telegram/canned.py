"""A Bot API server that says what it was told to say, whatever is asked: for set-ups that no well-run one has."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

TOKEN = "7:known-token"
ME: Mapping[str, object] = {
    "id": 7,
    "is_bot": True,
    "first_name": "Circles",
    "username": "circles_bot",
    "can_join_groups": True,
    "can_read_all_group_messages": False,
}
WEBHOOK: Mapping[str, object] = {"url": "", "has_custom_certificate": False, "pending_update_count": 0}


class Refusal(dict[str, Any]):
    """An answer that is none; with `migrate_to`, because the group has another address now."""

    def __init__(self, code: int, description: str, migrate_to: int = 0) -> None:
        parameters = {"parameters": {"migrate_to_chat_id": migrate_to}} if migrate_to else {}
        super().__init__(ok=False, error_code=code, description=description, **parameters)


@dataclass
class Canned:
    """The server; `answers` are results by method, or by method and chat ("getChat -5")."""

    address: str
    answers: dict[str, object] = field(default_factory=lambda: {"getMe": ME, "getWebhookInfo": WEBHOOK})
    asked: list[str] = field(default_factory=list)

    def answer(self, path: str, asked: Mapping[str, object]) -> dict[str, Any]:
        """Return the answer to a request, as Telegram words it."""
        bot, _, method = path.lstrip("/").partition("/")
        self.asked.append(method)
        if bot != f"bot{TOKEN}":
            return Refusal(401, "Unauthorized")
        found = self.answers.get(f"{method} {asked.get('chat_id')}", self.answers.get(method))
        if found is None:
            return Refusal(400, "Bad Request: chat not found")
        return found if isinstance(found, Refusal) else {"ok": True, "result": found}


@contextmanager
def canned() -> Iterator[Canned]:
    """Yield the server on a free port, with an account that is set up as it should be."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
            answer = made.answer(self.path, asked)
            body = json.dumps(answer).encode()
            self.send_response(answer.get("error_code", 200))
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the signature is the library's
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        made = Canned(f"http://127.0.0.1:{server.server_port}")
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()
