"""Telegram's HTML, read as Telegram reads it: text, and entities counted in UTF-16 units.

Stricter where Telegram shows something else than the sender meant and says nothing: a bare "&" or an unknown named
entity, a link that leads nowhere, entities within others that bear none, more than 100 entities. Here they are refused,
so that a test sees them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.telegram.server.problems import JsonObject, bad

MOST_ENTITIES = 100
_STYLES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_KNOWN = {*_STYLES, "a", "span", "tg-time", "tg-emoji"}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_NO_TEXT = re.compile("[\ud800-\udfff]")
_TAG = re.compile(r"""<(/?)([^\s>]*)((?:"[^"]*"|'[^']*'|[^>"'])*)>""")
_ATTRIBUTE = re.compile(r"""\s*([^\s=>]+)(?:\s*=\s*("[^"]*"|'[^']*'|[A-Za-z0-9.\-]+))?""")
_REFERENCE = re.compile(r"&(#[0-9]{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]+);")
_TIME_FORMAT = re.compile(r"r|w?[dD]?[tT]?")
_A_LINK = re.compile(r"(https?://)?[^\s/?#.]+(\.[^\s/?#.]+)+([/?#]\S*)?|(tg|ton)://\S+|(mailto|tel):\S+", re.IGNORECASE)
_WHOLE = {"text_link", "text_mention", "date_time", "custom_emoji", "code", "pre"}
"""None of these can be within another of them."""
_UNSEEN = dict.fromkeys(map(ord, "\u1680\u180e\u202e\u202f\u205f\u2800\u3000\ufffc"), " ")
_UNSEEN |= dict.fromkeys(range(0x2000, 0x2010), " ")
_CLEANED: dict[int, str | None] = dict.fromkeys((*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20)), " ")
_CLEANED |= dict.fromkeys((0x0D, *range(0x2028, 0x202F), 0x0333, 0x033F, 0x030A))


def units(text: str) -> int:
    """Return how long Telegram takes a text to be: in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def cleaned(text: str) -> str:
    """Return a text without what Telegram takes out of it; a `Problem` where it is no text at all."""
    if _NO_TEXT.search(text):
        raise bad("strings must be encoded in UTF-8")
    return text.translate(_CLEANED)


def is_empty(text: str) -> bool:
    """Tell whether nothing of a text can be seen."""
    return not text.translate(_UNSEEN).strip()


def _unparsable(words: str) -> Exception:
    return bad(f"can't parse entities: {words}")


@dataclass
class _Open:
    tag: str
    attributes: dict[str, str]
    start: int


@dataclass
class _Reading:
    """A text being read."""

    text: str = ""
    length: int = 0
    entities: list[JsonObject] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)

    def add(self, words: str) -> None:
        self.text += words
        self.length += units(words)

    def begins(self, tag: str, attributes: dict[str, str], at: int) -> None:
        if tag not in _KNOWN:
            raise _unparsable(f'Unsupported start tag "{tag}" at byte offset {at}')
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise _unparsable(f'Tag "span" must have class "tg-spoiler" at byte offset {at}')
        self.open.append(_Open(tag, attributes, self.length))

    def ends(self, tag: str, at: int) -> None:
        if not self.open:
            raise _unparsable(f"Unexpected end tag at byte offset {at}")
        opened = self.open.pop()
        if tag != opened.tag:
            raise _unparsable(
                f'Unmatched end tag at byte offset {at}, expected "</{opened.tag}>", found "</{tag}>"',
            )
        if self.length > opened.start:
            entity = _entity(opened)
            self._check_nesting(str(entity["type"]), at)
            self.entities.append({**entity, "offset": opened.start, "length": self.length - opened.start})

    def _check_nesting(self, kind: str, at: int) -> None:
        around = {str(_entity(one)["type"]) for one in self.open}
        if (
            (kind in _WHOLE and around & _WHOLE)
            or around & {"code", "pre"}
            or (kind == "blockquote" and kind in around)
        ):
            raise _unparsable(f"{kind} within {sorted(around)} at byte offset {at} (Telegram would drop one)")


def _entity(opened: _Open) -> JsonObject:
    """Return what a tag means."""
    match opened.tag:
        case "a":
            return _link(opened.attributes.get("href", ""))
        case "span":
            return {"type": "spoiler"}
        case "tg-emoji":
            return {"type": "custom_emoji", "custom_emoji_id": opened.attributes.get("emoji-id", "")}
        case "tg-time":
            return _moment(opened.attributes)
        case "blockquote" if "expandable" in opened.attributes:
            return {"type": "expandable_blockquote"}
        case tag:
            return {"type": _STYLES[tag]}


def _link(address: str) -> JsonObject:
    if person := re.fullmatch(r"tg://user\?id=([0-9]+)", address):
        return {"type": "text_mention", "user": {"id": int(person[1]), "is_bot": False, "first_name": ""}}
    if not _A_LINK.fullmatch(address):
        raise _unparsable(f"{address!r} leads nowhere (Telegram would show the words without a link)")
    return {"type": "text_link", "url": address}


def _moment(attributes: dict[str, str]) -> JsonObject:
    unix, shown = attributes.get("unix", ""), attributes.get("format", "")
    if not re.fullmatch(r"[0-9]{1,10}", unix):
        raise _unparsable('Tag "tg-time" must have a valid attribute "unix"')
    if not _TIME_FORMAT.fullmatch(shown):
        raise _unparsable('Tag "tg-time" has an invalid attribute "format"')
    return {"type": "date_time", "unix_time": int(unix), **({"date_time_format": shown} if shown else {})}


def _attributes(written: str, tag: str, at: int) -> dict[str, str]:
    found: dict[str, str] = {}
    position = 0
    while written[position:].strip():
        one = _ATTRIBUTE.match(written, position)
        if one is None:
            raise _unparsable(f'Empty attribute name in the tag "{tag}" at byte offset {at}')
        if written[one.end() : one.end() + 1] == "=":
            raise _unparsable(f"Unexpected end of name token at byte offset {at}")
        value = one[2] or ""
        found[one[1].lower()] = _unescaped(value[1:-1] if value[:1] in {'"', "'"} else value.lower(), at)
        position = one.end()
    return found


def _unescaped(words: str, at: int) -> str:
    """Replace references; anything else with a "&" is refused, for it was meant to be escaped."""
    without = _REFERENCE.sub(lambda one: _character(one[1], one[0]), words)
    for bare in re.finditer("&", words):
        if not (one := _REFERENCE.match(words, bare.start())) or _character(one[1], one[0]) == one[0]:
            offset = at + len(words[: bare.start()].encode())
            raise _unparsable(f'unescaped "&" at byte offset {offset} (Telegram would show it; this server does not)')
    return without


def _character(name: str, whole: str) -> str:
    if not name.startswith("#"):
        return _NAMED.get(name, whole)
    number = int(f"0{name[1:]}", 16) if name[1] == "x" else int(name[1:])
    return chr(number) if 0 < number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF else whole


def parsed(html: str) -> tuple[str, list[JsonObject]]:
    """Return a text and its entities; raise a `Problem` (400) where Telegram cannot parse it."""
    reading = _Reading()
    position = 0
    while position < len(html):
        begin = html.find("<", position)
        begin = len(html) if begin < 0 else begin
        reading.add(_unescaped(html[position:begin], len(html[:position].encode())))
        if begin == len(html):
            break
        at = len(html[:begin].encode())
        tag = _TAG.match(html, begin)
        if tag is None:
            raise _unparsable(f"Unclosed start tag at byte offset {at}")
        name = tag[2].lower()
        if tag[1]:
            reading.ends(name, at)
        else:
            reading.begins(name, _attributes(tag[3], name, at), at)
        position = tag.end()
    if reading.open:
        raise _unparsable(f'Can\'t find end tag corresponding to start tag "{reading.open[-1].tag}"')
    return trimmed(reading.text, reading.entities)


def trimmed(text: str, entities: list[JsonObject]) -> tuple[str, list[JsonObject]]:
    """Cut the white space at both ends, as Telegram does, and move the entities with the text."""
    cut = units(text) - units(text.lstrip())
    kept = text.strip()
    length = units(kept)
    moved: list[JsonObject] = []
    for entity in entities:
        start = max(0, entity["offset"] - cut)
        end = min(length, entity["offset"] + entity["length"] - cut)
        if end > start:
            moved.append({**entity, "offset": start, "length": end - start})
    if len(moved) > MOST_ENTITIES:
        raise _unparsable(
            f"{len(moved)} entities (Telegram would drop those after {MOST_ENTITIES}; this server refuses)"
        )
    return kept, sorted(moved, key=lambda entity: (entity["offset"], -entity["length"], entity["type"]))
