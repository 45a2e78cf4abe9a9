"""What goes out on Telegram: within its limits, tried again where that helps, nothing twice and nothing lost."""

# Long because every trouble there is may meet all that is sent: letters, parts, pictures, drawings, answers to taps.

from __future__ import annotations

import asyncio
import json
import logging
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Mapping
from functools import partial
from typing import Any

import pytest
from aiohttp import web
from telegram import Bot

from adapters.telegram.errors import Migrated
from adapters.telegram.letter import PLATFORM, Key, Keyboard, Letter
from adapters.telegram.transport import AiohttpRequest
from adapters.telegram.wire import ANSWERING, PICTURES, Wire
from bot.chat.adapter import Refused, Trouble, TryLater, Unreachable
from bot.chat.message import Picture, Posted, Room, RoomKind
from bot.chat.pacing import Pace, Pacing

TOKEN = "123456:secret-of-the-bot-that-nobody-may-read"
GROUP, OTHERS = Room(PLATFORM, "-100"), Room(PLATFORM, "-200")
TOPIC = Room(PLATFORM, "-100", "42")
ADA = Room(PLATFORM, "5", kind=RoomKind.PRIVATE)
KEYBOARD = Keyboard(
    ((Key("Yes", "rs.1.yes", style="success"), Key("No", "rs.1.no")), (Key("Where", url="https://meet.example/py"),))
)
KEYBOARD_SENT = {
    "inline_keyboard": [
        [
            {"text": "Yes", "callback_data": "rs.1.yes", "style": "success"},
            {"text": "No", "callback_data": "rs.1.no"},
        ],
        [{"text": "Where", "url": "https://meet.example/py"}],
    ]
}
"""As Telegram wants it: https://core.telegram.org/bots/api#inlinekeyboardmarkup."""
PICTURE = Picture(b"\x89PNG", "Bars", "chart.png")
HI = Letter(("Hi",))

DROPPED = (0, "")
"""The connection is closed instead of an answer."""
OUTAGE = (502, "Bad Gateway")
FORBIDDEN = (403, "Forbidden: bot was kicked from the group chat")
GARBLED = (400, "Bad Request: can't parse entities")
UNCHANGED = (400, "Bad Request: message is not modified: the new content is the same")
NO_MESSAGE = (400, "Bad Request: message to edit not found")
NO_QUOTE = (400, "Bad Request: message to be replied not found")
TOO_OLD = (400, "Bad Request: query is too old and response timeout expired or query ID is invalid")


def flood(seconds: int) -> tuple[int, str]:
    """Return how Telegram asks to wait."""
    return 429, json.dumps({"retry_after": seconds})


def moved_to(chat: int) -> tuple[int, str]:
    """Return how Telegram says that a group became a supergroup."""
    return 400, json.dumps({"migrate_to_chat_id": chat})


class Telegram:
    """Stands in for Telegram: takes every call, unless something else is in store for its method.

    It does not answer what it `ponders`, a method or a text, until it `goes_on`.
    """

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.in_store: defaultdict[str, deque[tuple[int, str]]] = defaultdict(deque)
        self.ponders = ""
        self.pondering, self.goes_on = asyncio.Event(), asyncio.Event()
        self.url = ""

    async def hear(self, request: web.Request) -> web.StreamResponse:
        """Note a call, and answer it."""
        method = request.path.rsplit("/", 1)[1]
        is_form = request.content_type == "multipart/form-data"
        given: Mapping[str, Any] = await request.post() if is_form else await request.json()
        files = {name: v.file.read() for name, v in given.items() if isinstance(v, web.FileField)}
        self.calls.append((method, {**given, **files}))
        if self.ponders in {method, given.get("text")}:
            self.pondering.set()
            await self.goes_on.wait()
        status, words = self.in_store[method].popleft() if self.in_store[method] else (200, "")
        if status == 0:
            assert request.transport is not None
            request.transport.close()
        if status == 200:
            chat = {"id": int(given.get("chat_id", 0)), "type": "supergroup", "title": "Circle"}
            message = {"message_id": 100 + len(self.calls), "date": 1, "chat": chat}
            return web.json_response({"ok": True, "result": "callback_query_id" in given or message})
        body: dict[str, object] = {"ok": False, "error_code": status, "description": words}
        if words.startswith("{"):
            body |= {"description": "Told in parameters", "parameters": json.loads(words)}
        return web.json_response(body, status=status)

    def will(self, method: str, *answers: tuple[int, str]) -> None:
        """Have the next calls of a method end so."""
        self.in_store[method].extend(answers)

    def said(self, method: str = "sendMessage") -> list[Any]:
        """Return the texts that were sent, in order, those that failed, too."""
        return [given.get("text") for name, given in self.calls if name == method]


class Times:
    """Real seconds that pass when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        """Let them pass."""
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    """A server on a free port."""
    telegram = Telegram()
    app = web.Application()
    app.router.add_post("/{path:.*}", telegram.hear)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    telegram.url = f"http://127.0.0.1:{runner.addresses[0][1]}/bot"
    yield telegram
    await runner.cleanup()


@pytest.fixture
def times() -> Times:
    """A clock for limits and waits."""
    return Times()


@pytest.fixture
def pacing(times: Times) -> Pacing:
    """Telegram's limits."""
    return Pacing(Pace(bot_second=30, room_second=1, room_minute=20, redraw=3.0, by_chat=True), lambda: times.now)


@pytest.fixture
def moves() -> list[tuple[str, str]]:
    """The groups that were said to have moved."""
    return []


@pytest.fixture
async def wire(telegram: Telegram, times: Times, pacing: Pacing, moves: list[tuple[str, str]]) -> AsyncIterator[Wire]:
    """A wire to the server, with chance in the middle."""

    async def moved(old: str, new: str) -> None:
        moves.append((old, new))

    async with AiohttpRequest() as request:
        bot = Bot(TOKEN, base_url=telegram.url, request=request, get_updates_request=request)
        wire = Wire(bot, pacing, moved=moved, sleep=times.sleep, chance=lambda: 0.5)
        yield wire
        await wire.close()


async def test_a_letter_goes_where_it_belongs_as_it_is(wire: Wire, telegram: Telegram, times: Times) -> None:
    """Telegram's HTML, no previews, the topic, the quote, and a sound only where wanted."""
    posted = await wire.post(TOPIC, Letter(("<b>Hi</b>",), KEYBOARD, silent=True, reply_to="77"))
    assert posted == Posted(TOPIC, "101")
    assert telegram.calls == [
        (
            "sendMessage",
            {
                "chat_id": -100,
                "text": "<b>Hi</b>",
                "parse_mode": "HTML",
                "disable_notification": True,
                "link_preview_options": {"is_disabled": True},
                "message_thread_id": 42,
                "reply_markup": KEYBOARD_SENT,
                "reply_parameters": {"message_id": 77, "allow_sending_without_reply": True},
            },
        )
    ]
    assert times.slept == []


async def test_a_plain_letter_says_nothing_more_than_it_must(wire: Wire, telegram: Telegram) -> None:
    """What is usual is not sent along."""
    await wire.post(ADA, HI)
    assert telegram.calls[0][1].keys() == {"chat_id", "text", "parse_mode", "link_preview_options"}


async def test_a_question_asks_one_person_for_a_reply(wire: Wire, telegram: Telegram) -> None:
    """An answer by reply is asked of the quoted person alone; where there are buttons, they are the answer."""
    await wire.post(GROUP, Letter(("Which day?",), reply_to="77", wants_reply=True))
    await wire.post(GROUP, Letter(("Which day?",), KEYBOARD, reply_to="77", wants_reply=True))
    assert telegram.calls[0][1]["reply_markup"] == {"force_reply": True, "selective": True}
    assert telegram.calls[1][1]["reply_markup"] == KEYBOARD_SENT


async def test_a_long_letter_goes_out_in_parts(wire: Wire, telegram: Telegram, times: Times, pacing: Pacing) -> None:
    """The buttons stand below the last, the quote above the first; parts after the first wait for their turn."""
    pacing.note(GROUP)  # as the courier does
    posted = await wire.post(GROUP, Letter(("one", "two", "three"), KEYBOARD, reply_to="77"))
    assert telegram.said() == ["one", "two", "three"]
    assert posted.message == "103"
    assert [("reply_markup" in given, "reply_parameters" in given) for _, given in telegram.calls] == [
        (False, True),
        (False, False),
        (True, False),
    ]
    assert times.slept == [1.0, 1.0]
    assert pacing.wait(GROUP) == 1.0


@pytest.mark.parametrize("trouble", [DROPPED, OUTAGE, flood(3)])
async def test_a_repeat_goes_on_where_it_broke_off(wire: Wire, telegram: Telegram, trouble: tuple[int, str]) -> None:
    """What went out under a key is not said again; another key, or the same for something new, starts anew."""
    letter = Letter(("one", "two"), KEYBOARD)
    telegram.will("sendMessage", (200, ""), trouble)
    with pytest.raises(TryLater):
        await wire.post(GROUP, letter, "d.1")
    telegram.calls.clear()
    await wire.post(GROUP, letter, "d.1")
    assert telegram.said() == ["two"]
    await wire.post(OTHERS, letter, "d.1")
    assert telegram.said() == ["two", "one", "two"]


async def test_a_repeat_after_being_cut_short_goes_on_too(wire: Wire, telegram: Telegram, times: Times) -> None:
    """A courier that lost patience between two parts does not say the first again."""
    telegram.ponders = "two"
    task = asyncio.create_task(wire.post(GROUP, Letter(("one", "two")), "d.1"))
    await telegram.pondering.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    telegram.goes_on.set()
    telegram.calls.clear()
    await wire.post(GROUP, Letter(("one", "two")), "d.1")
    assert telegram.said() == ["two"]


async def test_a_picture_follows_its_text(wire: Wire, telegram: Telegram) -> None:
    """It comes after the text, in the same topic, with its words and without a second sound."""
    await wire.post(TOPIC, Letter(("Look",), picture=PICTURE, caption="Bars <3"))
    await wire.close()
    (_, picture) = telegram.calls[1]
    assert [name for name, _ in telegram.calls] == ["sendMessage", "sendPhoto"]
    assert picture == {
        "chat_id": "-100",
        "photo": b"\x89PNG",
        "caption": "Bars <3",
        "disable_notification": "true",
        "message_thread_id": "42",
    }


async def test_a_picture_that_fails_is_tried_again_without_its_text(
    wire: Wire, telegram: Telegram, pacing: Pacing
) -> None:
    """The text stands whatever becomes of the picture, and each try counts."""
    telegram.will("sendPhoto", DROPPED, flood(2))
    pacing.note(GROUP)
    await wire.post(GROUP, Letter(("Look",), picture=PICTURE))
    await wire.close()
    assert [name for name, _ in telegram.calls] == ["sendMessage", "sendPhoto", "sendPhoto", "sendPhoto"]


async def test_a_picture_waits_out_a_long_outage(wire: Wire, telegram: Telegram, times: Times) -> None:
    """Minutes without Telegram do not cost a picture."""
    telegram.will("sendPhoto", flood(300), *[OUTAGE] * (PICTURES.attempts - 2))
    await wire.post(GROUP, Letter(("Look",), picture=PICTURE))
    await wire.close()
    assert [name for name, _ in telegram.calls].count("sendPhoto") == PICTURES.attempts
    assert times.now > 1000 + 300 + 60


@pytest.mark.parametrize("trouble", [FORBIDDEN, GARBLED, flood(3600)])
async def test_a_picture_that_cannot_be_sent_is_told_in_the_log(
    wire: Wire, telegram: Telegram, caplog: pytest.LogCaptureFixture, trouble: tuple[int, str]
) -> None:
    """Nobody is waiting for it: a line in the log is what is left of it."""
    telegram.will("sendPhoto", trouble)
    await wire.say(GROUP, Letter(("Look",), picture=PICTURE))
    await wire.close()
    assert "a picture did not follow its text" in caplog.text
    assert [name for name, _ in telegram.calls] == ["sendMessage", "sendPhoto"]


async def test_closing_does_not_wait_for_ever(wire: Wire, telegram: Telegram) -> None:
    """Pictures that do not get through are given up."""
    telegram.ponders = "sendPhoto"
    await wire.post(GROUP, Letter(("Look",), picture=PICTURE))
    await telegram.pondering.wait()
    await wire.close(patience=0.01)
    assert not wire._pictures
    telegram.goes_on.set()


async def test_a_limit_holds_back_one_room_alone(wire: Wire, telegram: Telegram, pacing: Pacing) -> None:
    """Whoever meets a 429 holds back that chat with all its topics, and nobody else."""
    telegram.will("sendMessage", flood(17))
    with pytest.raises(TryLater) as error:
        await wire.post(TOPIC, HI)
    assert error.value.seconds == 17
    assert pacing.wait(GROUP) == pacing.wait(TOPIC) == 17
    assert pacing.wait(OTHERS) == 0
    await wire.say(OTHERS, HI)
    assert len(telegram.calls) == 2


async def test_an_edit_that_meets_a_limit_holds_back_posts(wire: Wire, telegram: Telegram, pacing: Pacing) -> None:
    """Edits and posts share a chat's limit."""
    telegram.will("editMessageText", flood(9))
    with pytest.raises(TryLater):
        await wire.edit(Posted(GROUP, "7"), HI)
    assert pacing.wait(GROUP) == 9


async def test_an_answer_waits_for_its_turn_and_counts(
    wire: Wire, times: Times, telegram: Telegram, pacing: Pacing
) -> None:
    """At most one a second in a chat, and twenty a minute in a group."""
    for _ in range(21):
        await wire.say(GROUP, HI)
    assert times.slept[:19] == [1.0] * 19
    assert times.now == 1060.0
    assert len(telegram.calls) == 21


async def test_an_answer_waits_out_a_short_limit(wire: Wire, telegram: Telegram, times: Times) -> None:
    """The person gets the answer when the chat may be written to again."""
    telegram.will("sendMessage", flood(5))
    await wire.say(GROUP, HI)
    assert telegram.said() == ["Hi", "Hi"]
    assert times.slept == [5.0]


async def test_an_answer_does_not_wait_out_a_long_limit(wire: Wire, telegram: Telegram, times: Times) -> None:
    """Nobody's next taps wait for hours behind an answer."""
    telegram.will("sendMessage", flood(3600))
    for _ in range(2):  # who comes next knows it
        with pytest.raises(TryLater) as error:
            await wire.say(GROUP, HI)
        assert error.value.seconds == 3600
    assert times.slept == []
    assert len(telegram.calls) == 1


@pytest.mark.parametrize("outage", [DROPPED, OUTAGE])
async def test_an_outage_is_waited_out_longer_and_longer(
    wire: Wire, telegram: Telegram, times: Times, outage: tuple[int, str]
) -> None:
    """Answers are tried again after growing waits with some chance in them, and given up in the end."""
    telegram.will("sendMessage", outage, outage)
    await wire.say(ADA, HI)
    assert times.slept == [0.5, 0.5, 1.0]  # the middle one is the chat's own limit
    times.slept.clear()
    telegram.will("sendMessage", *[outage] * ANSWERING.attempts)
    with pytest.raises(TryLater):
        await wire.say(OTHERS, HI)
    assert sum(times.slept) == 0.5 + 1.0 + 2.0 + 4.0 + 0.5
    assert len(telegram.calls) == 3 + ANSWERING.attempts


async def test_chance_spreads_the_waits(telegram: Telegram, times: Times, pacing: Pacing) -> None:
    """Two bots that lost the same server do not come back at the same moment."""

    async def moved(old: str, new: str) -> None:
        """Not in this test."""

    waits = []
    async with AiohttpRequest() as request:
        bot = Bot(TOKEN, base_url=telegram.url, request=request, get_updates_request=request)
        for chance in (0.0, 1.0):
            telegram.will("editMessageText", OUTAGE)
            wire = Wire(bot, pacing, moved=moved, sleep=times.sleep, chance=partial(float, chance))
            await wire.redraw(Posted(Room(PLATFORM, f"{chance:.0f}"), "7"), HI)
            waits.append(times.slept[0])
            times.slept.clear()
    assert waits == [0.25, 0.75]


@pytest.mark.parametrize(
    ("answer", "kind", "trouble"), [(FORBIDDEN, Unreachable, Trouble.REMOVED), (GARBLED, Refused, None)]
)
async def test_what_is_refused_for_good_is_told_at_once(
    wire: Wire, telegram: Telegram, answer: tuple[int, str], kind: type[Exception], trouble: Trouble | None
) -> None:
    """Trying again would not help, so nothing is tried again."""
    telegram.will("sendMessage", answer, answer)
    with pytest.raises(kind) as error:
        await wire.say(GROUP, HI)
    assert getattr(error.value, "trouble", None) is trouble
    with pytest.raises(kind):
        await wire.post(GROUP, HI)
    assert len(telegram.calls) == 2


async def test_a_group_that_became_a_supergroup_is_followed(
    wire: Wire, telegram: Telegram, moves: list[tuple[str, str]]
) -> None:
    """The move is told first; the courier tries again by itself, an answer goes to the new chat at once."""
    telegram.will("sendMessage", moved_to(-1007))
    with pytest.raises(Migrated) as error:
        await wire.post(GROUP, HI)
    assert error.value.new == "-1007"
    telegram.will("sendMessage", moved_to(-1007))
    posted = await wire.say(GROUP, HI)
    assert posted.room == Room(PLATFORM, "-1007")
    assert moves == [("-100", "-1007")] * 2
    assert telegram.calls[-1][1]["chat_id"] == -1007


async def test_a_move_that_cannot_be_noted_is_heard_of_again(
    telegram: Telegram, times: Times, pacing: Pacing, caplog: pytest.LogCaptureFixture
) -> None:
    """A database out of reach at that moment does not turn a post into a surprise."""

    async def moved(old: str, new: str) -> None:
        raise OSError("no database")

    telegram.will("editMessageText", moved_to(-1007))
    async with AiohttpRequest() as request:
        bot = Bot(TOKEN, base_url=telegram.url, request=request, get_updates_request=request)
        wire = Wire(bot, pacing, moved=moved, sleep=times.sleep)
        with pytest.raises(Migrated):
            await wire.edit(Posted(GROUP, "7"), HI)
    assert "could not follow a group" in caplog.text


async def test_a_quote_that_is_gone_is_left_out(wire: Wire, telegram: Telegram) -> None:
    """A deleted question is answered all the same."""
    telegram.will("sendMessage", NO_QUOTE)
    await wire.say(GROUP, Letter(("Hi",), reply_to="77"))
    assert ["reply_parameters" in given for _, given in telegram.calls] == [True, False]


async def test_drawing_a_message_anew(wire: Wire, telegram: Telegram) -> None:
    """Text and buttons are replaced; buttons that are gone are taken away."""
    await wire.edit(Posted(TOPIC, "7"), Letter(("<b>new</b>",), KEYBOARD))
    assert telegram.calls == [
        (
            "editMessageText",
            {
                "chat_id": -100,
                "message_id": 7,
                "text": "<b>new</b>",
                "parse_mode": "HTML",
                "link_preview_options": {"is_disabled": True},
                "reply_markup": KEYBOARD_SENT,
            },
        )
    ]


async def test_a_drawing_that_changes_nothing_is_done(wire: Wire, telegram: Telegram) -> None:
    """Telegram minds an equal text; we do not."""
    telegram.will("editMessageText", UNCHANGED, UNCHANGED)
    await wire.edit(Posted(GROUP, "7"), HI)
    await wire.redraw(Posted(GROUP, "7"), HI)


async def test_a_lost_message_says_nothing_about_its_room(wire: Wire, telegram: Telegram) -> None:
    """Whoever draws it forgets the message; the room is fine."""
    telegram.will("editMessageText", NO_MESSAGE)
    with pytest.raises(Unreachable) as error:
        await wire.edit(Posted(GROUP, "7"), HI)
    assert error.value.trouble is None


async def test_a_drawing_for_a_person_is_tried_again(wire: Wire, telegram: Telegram, pacing: Pacing) -> None:
    """Redrawing waits, counts and tries again as answers do."""
    telegram.will("editMessageText", OUTAGE, flood(3))
    await wire.redraw(Posted(GROUP, "7"), HI)
    assert len(telegram.calls) == 3
    assert pacing.wait(GROUP) == 1.0


async def test_a_tap_is_answered_without_waiting_for_a_turn(
    wire: Wire, telegram: Telegram, times: Times, pacing: Pacing
) -> None:
    """Answers to taps do not count; words are cut to what a toast holds, and what is not said is not sent."""
    pacing.hold(GROUP, 60)
    await wire.answer("q1")
    await wire.answer("q2", "See you there!")
    await wire.answer("q3", "x" * 300, alert=True)
    await wire.answer("q4", url="https://t.me/bot?start=d1")
    answers = [
        {name: value for name, value in given.items() if name != "callback_query_id"} for _, given in telegram.calls
    ]
    assert answers == [
        {},
        {"text": "See you there!"},
        {"text": "x" * 200, "show_alert": True},
        {"url": "https://t.me/bot?start=d1"},
    ]
    assert times.slept == []


async def test_a_tap_is_answered_again_after_an_outage(wire: Wire, telegram: Telegram, times: Times) -> None:
    """A dropped connection does not leave a button spinning."""
    telegram.will("answerCallbackQuery", DROPPED, OUTAGE)
    await wire.answer("q1", "Noted")
    assert len(telegram.calls) == 3
    assert times.slept == [0.5, 1.0]


async def test_a_tap_that_nobody_waits_for_any_more_is_let_go(
    wire: Wire, telegram: Telegram, caplog: pytest.LogCaptureFixture
) -> None:
    """An old query is a line for the curious, not a warning, and is not tried again."""
    caplog.set_level(logging.DEBUG, "adapters")
    telegram.will("answerCallbackQuery", TOO_OLD)
    await wire.answer("q1", "Noted")
    ours = [record for record in caplog.records if record.name == "adapters.telegram.wire"]
    assert [(record.levelname, record.message) for record in ours] == [("DEBUG", "a tap was answered too late")]
    assert len(telegram.calls) == 1


async def test_a_tap_that_cannot_be_answered_stops_nothing(
    wire: Wire, telegram: Telegram, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told in the log, without the token; what else the tap brings goes on."""
    telegram.will("answerCallbackQuery", *[OUTAGE] * 9)
    await wire.answer("q1", "Noted")
    assert "a tap could not be answered" in caplog.text
    assert "secret" not in caplog.text
