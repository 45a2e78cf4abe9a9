"""The loopback Telegram: what it takes and refuses, and that it keeps to the Bot API's contract."""

from __future__ import annotations

import json

import pytest

from tests.telegram.server import objects
from tests.telegram.server.call import Call
from tests.telegram.server.checks import commands_of, markup_of, menu_key, text_of
from tests.telegram.server.contract import Contract
from tests.telegram.server.markup import parsed
from tests.telegram.server.problems import JsonObject, Problem
from tests.telegram.server.server import ACCEPTED
from tests.telegram.server.state import Member, Status
from tests.telegram.world import World


@pytest.mark.parametrize(
    ("html", "text", "entities"),
    [
        ("<b>Hi</b> 😀 <i>you</i>", "Hi 😀 you", [("bold", 0, 2), ("italic", 6, 3)]),
        ("  <u>a&lt;b</u>&#33; ", "a<b!", [("underline", 0, 3)]),
        ('<a href="https://x.org/?a=1&amp;b=2">x</a>', "x", [("text_link", 0, 1)]),
        ("<a href='tg://user?id=7'>Ada</a>", "Ada", [("text_mention", 0, 3)]),
        ('<tg-time unix="1772622000" format="wDt">Wed</tg-time>', "Wed", [("date_time", 0, 3)]),
        ("<b></b>plain", "plain", []),
        ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", 0, 1)]),
    ],
)
def test_html_is_read_as_telegram_reads_it(html: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    """Tags become entities counted in UTF-16 units; white space at the ends is cut."""
    read, found = parsed(html)
    assert read == text
    assert [(one["type"], one["offset"], one["length"]) for one in found] == entities


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<em>a", 'Can\'t find end tag corresponding to start tag "em"'),
        ("<h1>a</h1>", 'Unsupported start tag "h1" at byte offset 0'),
        ("é <", "Unclosed start tag at byte offset 3"),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b><i>a</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("Tea & cake", 'unescaped "&" at byte offset 4'),
        ("a&nbsp;b", 'unescaped "&" at byte offset 1'),
        ('<tg-time unix="soon">a</tg-time>', 'valid attribute "unix"'),
        ('<tg-time unix="1" format="x">a</tg-time>', 'invalid attribute "format"'),
        ("<b>a</b>" * 101, "101 entities"),
        ('<a href="http://localhost/">a</a>', "leads nowhere"),
        ('<a href="https://x.org"><tg-time unix="1">a</tg-time></a>', "date_time within ['text_link']"),
        ("<code><b>a</b></code>", "bold within ['code']"),
    ],
)
def test_html_that_telegram_would_not_show_as_meant_is_refused(html: str, words: str) -> None:
    """What cannot be parsed is refused in Telegram's words."""
    with pytest.raises(Problem) as refused:
        parsed(html)
    assert refused.value.words.startswith("Bad Request: can't parse entities: ")
    assert words in refused.value.words


def _keyboard(*rows: list[JsonObject]) -> JsonObject:
    return {"reply_markup": {"inline_keyboard": list(rows)}}


def _button(**fields: object) -> JsonObject:
    return {"text": "Go", **fields}


@pytest.mark.parametrize(
    ("check", "parameters", "words"),
    [
        (text_of, {"text": " \n "}, "message text is empty"),
        (text_of, {"text": "\u2800\u200b"}, "message text is empty"),
        (text_of, {"text": "\ud83d"}, "strings must be encoded in UTF-8"),
        (text_of, {"text": "<b>" + "😀" * 2049 + "</b>", "parse_mode": "HTML"}, "message is too long"),
        (markup_of, _keyboard([_button(callback_data="é" * 33)]), "BUTTON_DATA_INVALID"),
        (markup_of, _keyboard([_button(callback_data="")]), "BUTTON_DATA_INVALID"),
        (markup_of, _keyboard([_button(url="ftp://x.org")]), "BUTTON_URL_INVALID"),
        (markup_of, _keyboard([_button(url="http://localhost:8080/")]), "BUTTON_URL_INVALID"),
        (markup_of, _keyboard([_button(callback_data="a")] * 9), "REPLY_MARKUP_TOO_LONG"),
        (markup_of, _keyboard(*[[_button(callback_data="a")]] * 101), "REPLY_MARKUP_TOO_LONG"),
        (markup_of, _keyboard([_button()]), "Text buttons are unallowed"),
        (commands_of, {"commands": [{"command": "Next", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        (commands_of, {"commands": [{"command": "next", "description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        (menu_key, {"scope": {"type": "everybody"}}, "can't parse BotCommandScope"),
        (menu_key, {"language_code": "es-MX"}, "invalid language code"),
    ],
)
def test_what_is_beyond_the_limits_is_refused(check: object, parameters: JsonObject, words: str) -> None:
    """Texts, buttons and commands beyond Telegram's limits are refused in its words."""
    assert callable(check)
    with pytest.raises(Problem, match=words):
        check(Call("sendMessage", parameters))


def test_the_longest_of_everything_is_taken() -> None:
    """What is just within the limits passes."""
    text, _ = text_of(Call("sendMessage", {"text": "<b>" + "😀" * 2048 + "</b>", "parse_mode": "HTML"}))
    assert len(text) == 2048
    rows = [[_button(callback_data="x" * 64)] * 8] * 12
    assert markup_of(Call("sendMessage", _keyboard(*rows))) is not None


async def test_everybody_sees_the_menu_that_is_nearest(tg: World) -> None:
    """A menu is kept by scope and language; the narrowest scope counts before the language."""
    ada, ben = tg.user("Ada", language="es"), tg.user("Ben")
    group = tg.group("Circle", admins=[ada], members=[ben])
    methods = tg.server._methods

    async def tells(name: str, scope: str, language: str = "") -> None:
        menu = [{"command": name, "description": "It does something"}]
        parameters = {"commands": menu, "scope": json.dumps({"type": scope}), "language_code": language}
        await methods["setMyCommands"](Call("setMyCommands", parameters))

    await tells("all", "default")
    await tells("todos", "default", "es")
    await tells("group", "all_group_chats")
    await tells("admins", "all_chat_administrators")
    assert [list(ada.menu()), list(ben.menu())] == [["todos"], ["all"]]
    assert [list(ada.menu(group)), list(ben.menu(group))] == [["admins"], ["group"]]
    await methods["deleteMyCommands"](Call("deleteMyCommands", {"scope": {"type": "all_chat_administrators"}}))
    assert list(ada.menu(group)) == ["group"]


@pytest.fixture
def contract() -> Contract:
    """Return the Bot API as it is published; whoever has it not skips what compares this server with it."""
    found = Contract.found()
    if found is None:
        pytest.skip("the Bot API's contract, which is no part of the project, is not beside it")
    return found


def test_all_that_is_accepted_stands_in_the_contract(contract: Contract) -> None:
    """Every method and parameter of this server is one of the Bot API's."""
    for method, names in ACCEPTED.items():
        assert set(names) <= contract.parameters(method).keys(), method


@pytest.mark.parametrize("status", list(Status))
def test_every_standing_is_an_object_of_the_contract(contract: Contract, status: Status) -> None:
    """Members of every standing have the fields that the contract wants, and no others."""
    world = World()
    ada = world.user("Ada Lovelace", username="ada")
    shown = objects.member(ada.user, Member(status, may_send=False))
    assert list(contract.faults_of_result("getChatMember", shown)) == []
    assert list(contract.faults_of_result("getChatMember", {**shown, "mood": 5})) != []
    del shown["user"]
    assert list(contract.faults_of_result("getChatMember", shown)) != []
