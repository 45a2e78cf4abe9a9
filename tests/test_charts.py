"""Charts: whatever the words, a picture comes out of it."""

from __future__ import annotations

import struct

import pytest

from bot.charts import HEIGHT, WIDTH, draw
from bot.chat.message import Chart, Series


def size(png: bytes) -> tuple[int, int]:
    """Return width and height of a PNG, in pixels."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize(
    "words",
    [
        "",
        " ",
        "_hidden",
        "$x^2",
        r"$\frac{1}",
        "a\nb\tc\x00d\u2028e",
        "\ud800",
        "Ελληνικά",
        "Кружок",
        "دائرة التعلم",
        "学習サークル 🎉",
        "x" * 10_000,
        "%s {name} <b>",
    ],
)
def test_odd_words_are_drawn(words: str) -> None:
    """No text is read as mathematics, none is too long, and none is a reason to fail or to warn."""
    chart = Chart(words, (words, "b"), (Series(words, (1, None)), Series("came", (2.5, 0))), alt="said in words")
    picture = draw(chart)
    assert size(picture.png) == (WIDTH, HEIGHT)
    assert picture.alt == "said in words"


@pytest.mark.parametrize(
    ("labels", "series"),
    [
        ((), ()),
        (("a",), ()),
        ((), (Series("yes", ()),)),
        (("a", "b", "c"), (Series("yes", (1,)),)),
        (("a",), (Series("yes", (1, 2, 3)),)),
        (("a",), (Series("yes", (None,)), Series("came", (0,)))),
        (tuple("abcdefghijkl"), tuple(Series(str(n), tuple(range(12))) for n in range(6))),
    ],
)
def test_any_amount_is_drawn(labels: tuple[str, ...], series: tuple[Series, ...]) -> None:
    """Nothing, too few or too many numbers make a picture too."""
    assert size(draw(Chart("Title", labels, series, "")).png) == (WIDTH, HEIGHT)
