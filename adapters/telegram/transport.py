"""How the Telegram library reaches the Bot API: aiohttp, which costs a quarter of what the library brings along.

Nothing in here says the address of a request, in an error or in a log line: it holds the bot's token.
"""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from http import HTTPStatus
from io import BytesIO
from typing import Any

from aiohttp import (
    ClientError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    FormData,
    ServerTimeoutError,
    TCPConnector,
)
from telegram import Bot
from telegram._utils.defaultvalue import DefaultValue
from telegram._utils.types import JSONDict, ODVInput
from telegram.error import NetworkError, RetryAfter, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.chat.told_time import ToldTime

log = logging.getLogger(__name__)

_JSON = {"Content-Type": "application/json"}
_KEEP_ALIVE = 50.0
"""Seconds for which an idle connection is kept: less than Telegram's own, so that we rarely write on one it closed."""
_UNSAID = BaseRequest.DEFAULT_NONE


class Flooded(RetryAfter):
    """Too much was said in one chat. Unlike the library's own it can be made without a warning about its type."""

    @property
    def retry_after(self) -> timedelta:
        """How long Telegram asks to wait."""
        return self._retry_after


class Told:
    """What a method is told, in the words of the Bot API: the library makes an object of each of them first."""

    __slots__ = ("parameters",)
    contains_files = False

    def __init__(self, parameters: dict[str, object]) -> None:
        self.parameters = parameters


async def called(bot: Bot, method: str, parameters: dict[str, object]) -> Any:  # noqa: ANN401  # each method's own
    """Call a method of the Bot API by what the library does for each of its own, and return the answer as it came.

    The methods of `Bot` check and convert what they are given, and make objects of the answer, which is most of what
    sending costs: of a message that was sent nothing is needed but its number. Raises `TelegramError`.
    """
    told: Any = Told(parameters)  # all that our transports ask of the library's own
    return await bot.request.post(f"{bot.base_url}/{method}", told)


class AiohttpRequest(BaseRequest):
    """One pool of connections to a Bot API server. All times are in seconds; None: wait for ever.

    `connect_timeout` and `pool_timeout` together limit how long it takes to have a connection, `read_timeout` each wait
    for bytes of the answer. An upload also ends after the sum of all of them, with `media_write_timeout` for writing.
    """

    def __init__(
        self,
        *,
        connections: int = 256,
        read_timeout: float | None = 10.0,
        write_timeout: float | None = 10.0,
        connect_timeout: float | None = 10.0,
        pool_timeout: float | None = 10.0,
        media_write_timeout: float | None = 60.0,
        told: ToldTime | None = None,
    ) -> None:
        self._told = told or ToldTime()
        self._connections = connections
        self._read = read_timeout
        self._write = write_timeout
        self._connect = connect_timeout
        self._pool = pool_timeout
        self._media_write = media_write_timeout
        self._usual = _limits(read_timeout, None, connect_timeout, pool_timeout)
        self._session: ClientSession | None = None
        self._closed = False

    @property
    def read_timeout(self) -> float | None:
        """How long each wait for an answer lasts at most, where a call does not say otherwise."""
        return self._read

    async def initialize(self) -> None:
        """Be ready for requests, also after a shutdown."""
        self._closed = False
        self._open()

    async def shutdown(self) -> None:
        """Close every connection, and refuse requests from here on."""
        self._closed = True
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Return the status and the body of an answer. Raises `TimedOut` and `NetworkError`, never with the address."""
        session = self._session or self._open()
        uploads = request_data is not None and request_data.contains_files
        if uploads or not (read_timeout is write_timeout is connect_timeout is pool_timeout is _UNSAID):
            limits = self._limits_of(read_timeout, write_timeout, connect_timeout, pool_timeout, uploads=uploads)
        else:
            limits = self._usual
        data: FormData | bytes | None = None
        if request_data is not None:
            data = _form(request_data) if uploads else json.dumps(request_data.parameters).encode()
        headers = _JSON if isinstance(data, bytes) else None
        failed: NetworkError
        try:
            async with session.request(
                method, url, data=data, headers=headers, timeout=limits, allow_redirects=False
            ) as answer:
                status, body = answer.status, await answer.read()
                self._told.heard(answer.headers.get("Date"))
        except (ConnectionTimeoutError, ServerTimeoutError, TimeoutError) as error:
            failed = TimedOut(f"no answer in time ({type(error).__name__})")
        except (ClientError, OSError, ValueError) as error:
            failed = NetworkError(f"no answer ({type(error).__name__})")
        else:
            if log.isEnabledFor(logging.DEBUG):
                log.debug("%s: %d", _what(url, request_data), status)
            if status >= HTTPStatus.MULTIPLE_CHOICES:
                _look_into(status, body)
            return status, body
        if log.isEnabledFor(logging.DEBUG):
            log.debug("%s: %s", _what(url, request_data), failed)
        # Outside of the handlers, so that not even the context of the error holds the address.
        raise failed

    @staticmethod
    def parse_json_payload(payload: bytes) -> JSONDict:
        """Return an answer of the Bot API. Raises `NetworkError` for what is none."""
        try:
            answer = json.loads(payload.decode(errors="replace"))
        except ValueError:
            answer = None
        if type(answer) is not dict or not ("result" in answer or "description" in answer):
            raise NetworkError("an answer that is not Telegram's")
        return answer

    def _open(self) -> ClientSession:
        if self._closed:
            raise NetworkError("the connections are closed")
        if self._session is None:
            self._session = ClientSession(
                connector=TCPConnector(limit=self._connections, keepalive_timeout=_KEEP_ALIVE),
                cookie_jar=DummyCookieJar(),
                # Answers are a few hundred bytes: unpacking them would cost more than reading them.
                headers={"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": self.USER_AGENT},
                auto_decompress=False,
                timeout=self._usual,
            )
        return self._session

    def _limits_of(
        self,
        read: ODVInput[float],
        write: ODVInput[float],
        connect: ODVInput[float],
        pool: ODVInput[float],
        *,
        uploads: bool,
    ) -> ClientTimeout:
        return _limits(
            self._read if isinstance(read, DefaultValue) else read,
            None if not uploads else self._media_write if isinstance(write, DefaultValue) else write,
            self._connect if isinstance(connect, DefaultValue) else connect,
            self._pool if isinstance(pool, DefaultValue) else pool,
        )


class BriefRequest(AiohttpRequest):
    """The same for a bot that only says things: of a message that was sent it tells no more than where it stands.

    Telegram answers with the whole message, of which the library makes objects: that is most of what sending costs it.
    """

    @staticmethod
    def parse_json_payload(payload: bytes) -> JSONDict:
        """Return an answer of the Bot API, with a message in it cut short, or True for an edited one."""
        answer = AiohttpRequest.parse_json_payload(payload)
        result = answer.get("result")
        if isinstance(result, dict) and "message_id" in result and "chat" in result:
            chat = result["chat"]
            brief = {
                "message_id": result["message_id"],
                "date": result["date"],
                "chat": {"id": chat["id"], "type": chat["type"]},
            }
            answer["result"] = True if "edit_date" in result else brief
        return answer


def _what(url: str, data: RequestData | None) -> str:
    """Return for the log what is asked for, and of which chat: not the token in the address, nor what is said."""
    method = url.rpartition("/")[2]
    chat = data.parameters.get("chat_id") if data is not None else None
    return f"{method} in chat {chat}" if chat is not None else method


def _look_into(status: int, body: bytes) -> None:
    """Raise what the library would not tell rightly; the rest of the refusals is left to it."""
    try:
        refusal = AiohttpRequest.parse_json_payload(body)
    except NetworkError:
        # Somebody between us and Telegram: what it forbids says nothing about a chat, or about our token.
        raise NetworkError(f"an answer that is not Telegram's (status {status})") from None
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        parameters = refusal.get("parameters") or {}
        raise Flooded(parameters.get("retry_after") or 1)


def _limits(read: float | None, write: float | None, connect: float | None, pool: float | None) -> ClientTimeout:
    """Return aiohttp's limits. `write` is None for what is no upload, which goes out at once."""
    ready = None if connect is None or pool is None else connect + pool
    total = None if write is None or read is None or ready is None else ready + write + read
    return ClientTimeout(total=total, connect=ready, sock_connect=connect, sock_read=read)


def _form(data: RequestData) -> FormData:
    form = FormData()
    parameters: dict[str, str] = data.json_parameters
    for name, value in parameters.items():
        form.add_field(name, value)
    files: dict[str, tuple[Any, ...]] = dict(data.multipart_data)
    for name, (filename, content, kind) in files.items():
        # As a stream: written in pieces, so that a big file holds nobody up.
        stream = BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(name, stream, filename=filename, content_type=kind)
    return form
