"""What a forger sends: made of what is valid, and bent; and plain garbage."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from hypothesis import strategies as st

from bot.chat.forms import resume_link
from bot.chat.inbound import Act, Command, Filled, Inbound, Joined, Left, Moved, Opened, Press, Sender, Typed
from bot.chat.intents import Intent, base36
from bot.chat.message import Posted, Room
from bot.forms import AmendDraft, DropDraft, ResumeDraft, SaveDraft
from tests.doors.acting import Actor
from tests.doors.allowed import ROUTES, Where
from tests.doors.world import CODE, INVITE_TOKEN, ORGANIZERS_TOKEN, Who, World
from tests.support.strange_words import words

INTENTS: Final[list[type[Intent]]] = [*ROUTES, SaveDraft, AmendDraft, DropDraft, ResumeDraft]
HUGE: Final = (2**31 - 1, 2**31, 2**53 + 1, 2**63 - 1)
WORDS: Final = words(("<b>", "*", "`", "=1+1", "{when}", "{name}", "0", "7" * 30, "\ud83d", "\x00\x01", "t" * 300))
_IDS = st.one_of(st.integers(0, 30), st.sampled_from(HUGE))
_BENT = st.sampled_from(
    (
        "", ".", "..", "-1", "+1", " ", "\x00", "\ud800", "\u0661\u0662", "\u216b", "\uff11", "1e9", "0x1", "00",
        "zzzzzzzzzzzzzz", "\u0130", "\u212a", "'", '"; DROP TABLE people; --', "%s", "{0}", "\n", "\u202e", "é",
        "yes", "true", "None", "?",
    )
)  # fmt: skip
"""Parts that no payload of ours has: signs, blanks, other alphabets' digits, other spellings of a number."""
_OLD_TAGS = st.sampled_from(("zz", "a", "abcd", "RS", "rs ", "r\u017f", "aa", "q9", "?", "/rs", "form", "d", "i-"))


def _part(kind: type) -> st.SearchStrategy[str]:
    if kind is bool:
        return st.sampled_from("01")
    if kind is int:
        return _IDS.map(base36)
    assert issubclass(kind, StrEnum)
    return st.sampled_from([one.value for one in kind])


def _whole(intent: type[Intent]) -> st.SearchStrategy[list[str]]:
    """Return payloads of an intent in their parts, with numbers of whatever there may be."""
    return st.tuples(st.just(intent.tag), *(_part(kind) for kind in intent.riders.values())).map(list)


VALID: Final = st.sampled_from(INTENTS).flatmap(_whole)


@st.composite
def payloads(draw: st.DrawFn) -> str:
    """Return a payload: valid, bent in a few places, or garbage."""
    if draw(st.integers(0, 9)) == 0:
        return draw(WORDS)[:200]
    parts = draw(VALID)
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(parts) - 1))
        match draw(st.integers(0, 6)):
            case 0:
                parts[at] = draw(_BENT)
            case 1:
                parts[at] += draw(_BENT)
            case 2:
                parts.insert(at, draw(_BENT))
            case 3:
                parts = parts[: at + 1]
            case 4:
                parts[0] = draw(_OLD_TAGS)
            case 5:
                parts[at] = parts[at].upper()
            case _:
                parts.extend(parts)
    return ".".join(parts)


_LINKS = st.sampled_from(
    (
        f"i-{INVITE_TOKEN}", f"i-{ORGANIZERS_TOKEN}", "i-", "i-x", f"l-{CODE}", "l-", "l-ABCD",
        resume_link(1),
        *(f"{kind}{base36(number)}" for kind in "dco" for number in (0, 1, 2, 3, *HUGE)),
        "c", "o", "d", "c-1", "oo1", "",
    )
)  # fmt: skip


@st.composite
def links(draw: st.DrawFn) -> str:
    """Return what a link says: one of ours, bent, or garbage."""
    link = draw(st.one_of(_LINKS, WORDS))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(link)))
        link = link[:at] + draw(_BENT) + link[at + draw(st.integers(0, 2)) :]
    return link


_FIELDS = sorted({field for intent in ROUTES for field in intent.model_fields} | {"no_such", "__class__", ""})
_ANSWERS = st.one_of(
    WORDS,
    _BENT,
    _IDS.map(str),
    st.sampled_from(
        ("yes", "one", "1", "-5", "20 April 6pm", "31 February", "9999999999999999999999", "Madrid", "en", "9:00",
         "https://x.example/", "https://[", "2 days", "1 day, 99999999999 weeks", "{when}", "{", "}", "{when.zone}")
    ),
)  # fmt: skip
_COMMANDS = st.one_of(
    st.sampled_from([route.intent.command for route in ROUTES.values() if route.intent.command]),
    st.sampled_from(("START", "Help", "nothing", "", "next@bot", "../x")),
    WORDS.map(lambda name: name[:64]),
)
_MOMENTS = st.dictionaries(
    st.sampled_from(_FIELDS),
    st.datetimes(datetime(1900, 1, 1), datetime(9000, 1, 1)).map(lambda at: at.replace(tzinfo=UTC)),
    max_size=2,
)
_PEOPLE = st.dictionaries(
    st.one_of(st.sampled_from(("u-ada", "u-bob", "1", "x" * 64)), _IDS.map(str)), WORDS, max_size=2
)


@st.composite
def acts(draw: st.DrawFn, world: World, who: Who) -> Act:
    """Return something that somebody might send from anywhere, with a name of any sort."""
    actor = Actor(world, who)
    place, sender = actor.place(draw(st.sampled_from(Where))), draw(_senders(actor.sender))
    common: dict[str, Any] = {"sender": sender, "place": place, "page_size": draw(st.sampled_from((1, 5, 12)))}
    match draw(st.integers(0, 9)):
        case 0 | 1 | 2 | 3:
            on = draw(st.sampled_from((None, Posted(place.room, "1"), Posted(place.room, "\x00"))))
            return Press(**common, payload=draw(payloads()), posted=on, is_aside=draw(st.booleans()))
        case 4:
            return Opened(**common, start=draw(links()))
        case 5:
            return Joined(**common)
        case 6:
            return Typed(**common, words=draw(_ANSWERS))
        case 7:
            words_, options = draw(st.one_of(links(), _ANSWERS)), draw(_options())
            return Command(**common, name=draw(_COMMANDS), words=words_, options=options, moments=draw(_MOMENTS))
        case _:
            return Filled(
                **common,
                draft=draw(_IDS),
                answers=draw(_options()),
                kept=tuple(draw(st.lists(st.sampled_from(_FIELDS), max_size=2))),
                moments=draw(_MOMENTS),
                people=draw(_PEOPLE),
            )


def _options() -> st.SearchStrategy[dict[str, str]]:
    return st.dictionaries(st.sampled_from(_FIELDS), _ANSWERS, max_size=4)


def _senders(sender: Sender) -> st.SearchStrategy[Sender]:
    """Return somebody, now and then with another name and other hints."""
    strange = st.builds(
        Sender,
        st.just(sender.platform),
        st.just(sender.user),
        WORDS,
        st.sampled_from(("", "en", "xx-" * 9, "../..", "es\x00")),
        st.sampled_from(("", "UTC", "Mars/Phobos", "../etc", "\ud800")),
        st.booleans(),
    )
    return st.one_of(st.just(sender), st.just(sender), strange)


@st.composite
def happenings(draw: st.DrawFn) -> Inbound:
    """Return what happens to a room of no importance."""
    room = Room("sim", draw(st.sampled_from(("elsewhere-2", "u-stranger", "-100"))), draw(st.sampled_from(("", "7"))))
    if draw(st.booleans()):
        return Left(room=room, muted=draw(st.booleans()))
    return Moved(old=room, new=Room("sim", draw(st.sampled_from(("new-1", "new-2")))))
