"""A message becomes a letter: Discord's Markdown in an embed or bare, within the limits, with buttons of five kinds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.discord.markup import escaped
from adapters.discord.render import COLOUR, drawn, read_payload, short
from bot.chat.message import Button, Card, Chart, Message, Picture, Series, Style, stacked
from bot.chat.text import Bold, Link, Mention, Moment, Shape, Slash, Span, Text, Typed
from bot.forms import DropDraft
from bot.i18n import Catalogue
from tests.discord.markdown import read

CATALOGUE = Catalogue()
AT = datetime(2026, 3, 10, 17, 0, tzinfo=UTC)
PRESS = DropDraft(draft=1)


def markdown(*spans: Span) -> str:
    """Return the Markdown of spans in a short message."""
    return drawn(Message(Text(spans, "en")), CATALOGUE).content


def rows_of(*rows: tuple[Button, ...]) -> list[list[dict[str, Any]]]:
    """Return a message's buttons."""
    return [row["components"] for row in drawn(Message(Text.of("?"), rows), CATALOGUE).components]


class TestShape:
    """What a message looks like as a whole."""

    def test_a_short_message_is_words_alone(self) -> None:
        """There is no frame around a sentence."""
        letter = drawn(Message(Text.of("You are in.")), CATALOGUE)
        assert (letter.content, letter.embed, letter.more) == ("You are in.", None, ())

    def test_a_message_with_a_title_is_a_card(self) -> None:
        """Its title in one line; nothing beside it where there is nothing to say."""
        letter = drawn(Message(Text.of("One *two*."), title="T_\nT"), CATALOGUE)
        assert letter.content == ""
        assert letter.embed == {"color": COLOUR, "title": "T\\_ T", "description": "One \\*two\\*."}
        assert drawn(Message(Text(), title="Only"), CATALOGUE).embed == {"color": COLOUR, "title": "Only"}

    def test_a_picture_stands_in_the_card(self) -> None:
        """With its words as the text alternative, and under a name that an address can have."""
        letter = drawn(Message(Text.of("The week."), picture=Picture(b"png", "x" * 2000, "the week.png")), CATALOGUE)
        assert letter.embed is not None
        assert letter.embed["image"] == {"url": "attachment://the-week.png"}
        assert letter.picture is not None
        assert (letter.picture.name, len(letter.picture.alt)) == ("the-week.png", 1024)

    def test_a_chart_that_nobody_drew_leaves_its_words(self) -> None:
        """They say the same."""
        chart = Chart("Turnout", ("a",), (Series("came", (3,)),), alt="Turnout. a: 3")
        letter = drawn(Message(Text.of("The week."), picture=chart), CATALOGUE)
        assert (letter.content, letter.picture) == ("The week.\n\nTurnout. a: 3", None)

    def test_a_long_message_goes_on_in_further_ones(self) -> None:
        """At paragraphs; the title is above the first, the buttons and the picture are below the last."""
        paragraphs = "\n\n".join("word " * 150 + "end." for _ in range(11))
        message = Message(
            Text.of(paragraphs), ((Button("Yes", PRESS),),), title="Long", picture=Picture(b"png", "x"), silent=True
        )
        letter = drawn(message, CATALOGUE)
        parts = [letter, *letter.more]
        embeds = [part.embed or {} for part in parts]
        assert len(parts) == 3
        assert ["title" in embed for embed in embeds] == [True, False, False]
        assert all(embed["description"].endswith("end.") and len(embed["description"]) <= 4096 for embed in embeds)
        assert "\n\n".join(embed["description"] for embed in embeds) == paragraphs
        assert [bool(part.components) for part in parts] == [False, False, True]
        assert [part.picture is not None for part in parts] == [False, False, True]
        assert all(part.silent for part in parts)

    def test_a_card_is_cut_instead(self) -> None:
        """Its beginning stays, whole lines if that loses little, and "…" says that there was more."""
        lines = "\n".join(f"line {number}" for number in range(900))
        letter = drawn(Message(Text.of(lines), title="Title"), CATALOGUE, whole=False)
        assert letter.embed is not None
        text = letter.embed["description"]
        assert not letter.more
        assert text.startswith("line 0\nline 1\n")
        assert text.endswith("…")
        assert text.rpartition("\n")[2].removesuffix("…") in lines.split("\n")

    def test_length_counts_backslashes_and_halves(self) -> None:
        """What is sent counts, as the strictest counts it: an emoji is two."""
        assert drawn(Message(Text.of("*" * 1000)), CATALOGUE).content == "\\*" * 1000
        assert drawn(Message(Text.of("*" * 1001)), CATALOGUE).embed is not None
        assert drawn(Message(Text.of("🙂" * 1000)), CATALOGUE).embed is None
        assert drawn(Message(Text.of("🙂" * 1001)), CATALOGUE).embed is not None

    def test_what_is_drawn_counts_and_not_what_it_stands_for(self) -> None:
        """A long name is a short mention; nothing is cut that fits."""
        people = tuple(Mention("Ada " * 50, (("discord", str(number)),)) for number in range(100, 140))
        letter = drawn(Message(Text(people), title="T"), CATALOGUE, whole=False)
        assert letter.embed is not None
        assert letter.embed["description"].endswith("<@139>")

    def test_nothing_is_cut_in_the_middle(self) -> None:
        """A moment, an address, a sign with its backslash are left out whole."""
        for end in (Moment(AT, "UTC"), "https://example.org/course", "*", Mention("Ada", (("discord", "7"),))):
            for length in range(4070, 4097):
                text = Text.of("x" * length, " " if length % 2 else "", end, " ", "y" * 30)
                letter = drawn(Message(text), CATALOGUE, whole=False)
                assert letter.embed is not None
                kinds = {token.kind for token in read(letter.embed["description"])}
                assert kinds <= {"words", "time", "address", "mention"}
                assert "\\…" not in letter.embed["description"]

    def test_a_message_without_words_says_that_something_is_there(self) -> None:
        """Discord takes no empty message."""
        assert drawn(Message(Text()), CATALOGUE).content == "…"
        assert drawn(Message(Text.of(" \u200b")), CATALOGUE, whole=False).content == "…"

    def test_a_word_to_whoever_acted_stands_above_and_small(self) -> None:
        """Above the card, or in front of the words."""
        assert drawn(Message(Text.of("Panel."), title="T"), CATALOGUE, toast="Saved *it*.").content == (
            "-# Saved \\*it\\*."
        )
        assert drawn(Message(Text.of("Panel.")), CATALOGUE, toast="Saved.").content == "-# Saved.\nPanel."


class TestSpans:
    """Each span in Discord's Markdown."""

    def test_every_span_has_its_mark(self) -> None:
        """Bold line by line, code, a link, a mention."""
        assert markdown(Bold("b*"), " ", Typed("Tuesday 6pm"), " ", Typed("/next")) == (
            "**b\\*** `Tuesday 6pm` `/next`"
        )
        assert markdown(Bold(" a\n\nb ")) == "**a**\n\n**b**"
        assert markdown(Bold("a"), Bold("b")) == "**a**\u2060**b**", "else it would be one stretch with stars in it"
        assert markdown(Mention("Ada", (("web", "x"), ("discord", "7")))) == "<@7>"
        assert markdown(Typed("a\nb")) == "```\na\nb\n```"

    def test_no_backtick_ends_the_code(self) -> None:
        """A backslash would be seen there: a look-alike stands for it."""
        assert markdown(Typed("a`b``")) == "`aˋbˋˋ`"  # noqa: RUF001  # that is the look-alike

    def test_a_command_is_called_as_in_each_readers_menu(self) -> None:
        """By its id, whether it stands in a sentence or is to be typed; words are only words."""
        ids = {"next": "9" * 20}
        text = Text.of("See ", Slash("next"), ".", Typed("/next"), Slash("me"), Typed("next"), "/next", Bold("/next"))
        tag = f"</next:{'9' * 20}>"
        for message in (Message(text), Message(text, card=Card("meeting", 1))):
            assert drawn(message, CATALOGUE, ids=ids).content == f"See {tag}.{tag}/me`next`/next**/next**"
        assert (drawn(Message(text, title="T"), CATALOGUE, ids=ids).embed or {})["description"].startswith("See </next")
        assert markdown("See ", Slash("next"), ".") == "See /next."

    def test_a_command_is_never_cut_in_its_middle(self) -> None:
        """It counts as long as it is sent."""
        text = Text.of(*(Slash("next") for _ in range(500)))
        for whole in (True, False):
            letter = drawn(Message(text, title="T"), CATALOGUE, whole=whole, ids={"next": "9" * 20})
            for one in (letter, *letter.more):
                words = (one.embed or {})["description"]
                assert len(words) <= 4096
                assert {token.kind for token in read(words.removesuffix("…"))} == {"command"}
            assert bool(letter.more) == whole

    @pytest.mark.parametrize(
        ("shape", "form"), [(Shape.FULL, "F"), (Shape.DATE, "D"), (Shape.TIME, "t"), (Shape.RELATIVE, "R")]
    )
    def test_a_moment_is_each_readers_own(self, shape: Shape, form: str) -> None:
        """In their zone and their language."""
        assert markdown(Moment(AT, "Europe/Madrid", shape)) == f"<t:1773162000:{form}>"

    @pytest.mark.parametrize(
        ("words", "url", "drawn_as"),
        [
            ("video call", "https://example.org/a", "[video call](<https://example.org/a>)"),
            ("call (2)", "https://example.org/(a)", "[call (2)](<https://example.org/%28a%29>)"),
            ("https://example.org", "https://example.org", "<https://example.org>"),
            ("a*b", "https://example.org", "a\\*b (<https://example.org>)"),
            ("https://bank.example", "https://example.org", "<https://bank.example> (<https://example.org>)"),
            ("👋 hi", "https://example.org", "👋 hi (<https://example.org>)"),
            ("room", "javascript:alert(1)", "room"),
            ("room", "http://localhost/x", "room (http\\://localhost/x)"),
            ("page", "https://example.org/@ada", "page (<https://example.org/@ada>)"),
        ],
    )
    def test_a_link_leads_where_its_words_are_plain(self, words: str, url: str, drawn_as: str) -> None:
        """Discord shows backslashes in them, and takes no link at all with an address in its words."""
        assert markdown(Link(words, url)) == drawn_as

    def test_a_mention_without_an_account_here_is_a_name(self) -> None:
        """So is one in a card, and one whose account is no number; whoever is called may be notified, nobody else."""
        assert markdown(Mention("Ada*", (("telegram", "7"),))) == "Ada\\*"
        assert markdown(Mention("Ada", (("discord", "7> <@8"),))) == "Ada"
        called = Message(Text.of(Mention("Ada", (("discord", "7"),)), " <@8>"))
        assert drawn(called, CATALOGUE).mentions == ("7",)
        card = drawn(Message(called.text, card=Card("meeting", 1)), CATALOGUE)
        assert (card.content, card.mentions) == ("Ada \\<\\@\u20608>", ())

    def test_a_card_calls_above_itself(self) -> None:
        """Discord notifies nobody of what stands in an embed."""
        letter = drawn(Message(Text.of(Mention("Ada", (("discord", "7"),))), title="T"), CATALOGUE)
        assert (letter.content, letter.mentions) == ("<@7>", ("7",))

    def test_a_name_that_runs_the_other_way_turns_nothing_around_it(self) -> None:
        """It is set apart; names that run the same way are not."""
        assert markdown(Mention("\u05d0\u05d3\u05d4")) == "\u2068\u05d0\u05d3\u05d4\u2069"
        assert markdown(Mention("Åsa")) == "Åsa"


@pytest.mark.parametrize(
    ("written", "drawn_as"),
    [
        ("@everyone", "\\@\u2060everyone"),
        ("<@7> <#7> </ban:7> <t:0:F>", "\\<\\@\u20607> \\<#7> \\</ban\\:7> \\<t\\:0\\:F>"),
        (":smile: at 18:30", "\\:smile: at 18\\:30"),
        ("# a\n-# b\n> c\n- d\n12. e\n  + f", "\\# a\n\\-\\# b\n\\> c\n\\- d\n12\\. e\n  \\+ f"),
        ("a # b - c > d", "a # b - c > d"),
        ("*a* _b_ ~~c~~ ||d|| `e` \\", "\\*a\\* \\_b\\_ \\~\\~c\\~\\~ \\|\\|d\\|\\| \\`e\\` \\\\"),
        ("[a](https://example.org)", "\\[a\\](<https://example.org>)"),
        (
            "see https://example.org/a_(b), (https://example.org)!",
            "see <https://example.org/a_(b)>, (<https://example.org>)!",
        ),
        ("https://user@example.org", "https\\://user@example.org"),
        ("http://localhost steam://run", "http\\://localhost steam\\://run"),
        ("discord.gg/abc", "discord\\.gg/abc"),
        ("ada@example.org", "ada@example.org"),
    ],
)
def test_words_are_words(written: str, drawn_as: str) -> None:
    """Whatever Discord would make of them; what they typed as an address can be followed."""
    assert escaped(written) == drawn_as


def test_what_begins_a_line_is_told_by_what_stands_before_it() -> None:
    """In the middle of a line it needs no backslash."""
    assert markdown(Bold("Fee"), " # 3\n# 4") == "**Fee** # 3\n\\# 4"


def test_an_address_into_discord_stands_in_a_card() -> None:
    """Discord adds an invitation to bare words with one, even in angle brackets."""
    for words in ("https://discord.gg/abc", Link("room", "https://discord.com/channels/1/2")):
        letter = drawn(Message(Text.of(words)), CATALOGUE)
        assert letter.content == ""
        assert letter.embed is not None
        assert "<https://discord." in letter.embed["description"]


class TestButtons:
    """What stands below a message."""

    def test_buttons_have_colours_and_payloads(self) -> None:
        """The label alone says what a button does; of two that are the same, the second has a number."""
        assert rows_of(
            (
                Button("Yes", PRESS, Style.SUCCESS),
                Button("No", PRESS, Style.DANGER),
                Button("Hm", PRESS, Style.PRIMARY),
            ),
            (Button("Plain\n one", DropDraft(draft=2)), Button("Course", url="https://example.org/py")),
        ) == [
            [
                {"type": 2, "style": 3, "label": "Yes", "custom_id": "dn.1"},
                {"type": 2, "style": 4, "label": "No", "custom_id": "dn.1#2"},
                {"type": 2, "style": 1, "label": "Hm", "custom_id": "dn.1#3"},
            ],
            [
                {"type": 2, "style": 2, "label": "Plain one", "custom_id": "dn.2"},
                {"type": 2, "style": 5, "label": "Course", "url": "https://example.org/py"},
            ],
        ]
        assert read_payload("dn.1#3") == read_payload("dn.1") == "dn.1"

    def test_more_rows_than_fit_are_put_together(self) -> None:
        """The shortest beside each other, none is lost; rows that fit are as they were meant."""

        def sizes(*rows: int) -> list[int]:
            made = (
                tuple(Button("x", DropDraft(draft=10 * at + one)) for one in range(size))
                for at, size in enumerate(rows)
            )
            return [len(row) for row in rows_of(*made)]

        assert sizes(1, 1, 1, 1, 1) == [1, 1, 1, 1, 1]
        assert sizes(3, 2, 2, 1, 1) == [3, 2, 2, 1, 1]
        assert sizes(*[1] * 8) == [2, 2, 2, 1, 1]
        assert sizes(7, 1) == [5, 2, 1]
        assert sizes(4, 4, 4, 4, 4, 4) == [5, 5, 5, 5, 4]
        assert sizes(5, 5, 5, 5, 5, 5, 2) == [5, 5, 5, 5, 2], "beyond all limits the last row stays"

    def test_labels_are_never_empty_nor_too_long(self) -> None:
        """And a long one is cut visibly."""
        row = rows_of(*stacked(Button("\u200b", PRESS), Button("é" * 99, PRESS)))
        assert [button["label"] for (button,) in row] == ["…", "é" * 79 + "…"]

    def test_an_address_that_no_button_may_have_is_written_out(self) -> None:
        """So that it is not lost; anything but http(s) is."""
        rows = ((Button("Course", url="http://library.local"), Button("Room", url="http://library:80/x")),)
        letter = drawn(Message(Text.of("Here."), rows), CATALOGUE)
        assert [[button["label"] for button in row["components"]] for row in letter.components] == [["Course"]]
        assert letter.content == "Here.\n\nRoom: http\\://library:80/x".replace("library:80", "library\\:80")
        assert drawn(Message(Text.of("Here."), ((Button("x", url="javascript:x"),),)), CATALOGUE).components == ()


def test_a_word_of_our_own_is_drawn_alike() -> None:
    """A name in it is no markup, and a person in it is called."""
    assert short("Hi *Ada*").content == "Hi \\*Ada\\*"
    letter = short(Text.of("Hi ", Mention("Ada", (("discord", "7"),))))
    assert (letter.content, letter.mentions) == ("Hi <@7>", ("7",))
