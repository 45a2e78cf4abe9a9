"""Charts drawn as pictures: bars in groups, named and numbered so that no colour has to be told from another.

Drawing takes a tenth of a second and more: never in a transaction, and on a thread where others wait.
"""

from __future__ import annotations

import io
import threading
import unicodedata
import warnings
from typing import TYPE_CHECKING, Final

from bot.chat.message import Chart, Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT = 800, 480
"""In pixels."""
_DPI: Final = 100
_LETTERS: Final = 16
_HEADLINE: Final = 19
"""In points, so that words can be read where a phone shows the picture at a third of its size."""
_FILLS: Final = (("#9db8d9", "//"), ("#1f4e8c", ""), ("#b5651d", ".."), ("#5b7f3b", "xx"))
"""Light and dark, striped and plain: told apart in grey too."""
_INK: Final = "#1a1a1a"
_LONGEST: Final = 22
"""Characters of a label that stand under a group of bars."""
_MANY: Final = 3
"""From so many groups on, labels are slanted."""
_FEWEST: Final = 3
"""Fewer groups than these do not grow wider."""
_MARGIN: Final = 0.05
_ONE_AT_A_TIME: Final = threading.Lock()
"""Neither fonts nor warnings can be shared by threads."""


def draw(chart: Chart) -> Picture:
    """Return a chart as a PNG of `WIDTH` by `HEIGHT` pixels. Never raises for odd text, nor for nothing to show."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415  # slow to import, seldom needed
    from matplotlib.figure import Figure  # noqa: PLC0415

    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a glyph that no font has becomes a box: the text alternative has the words
        figure = Figure(figsize=(WIDTH / _DPI, HEIGHT / _DPI), dpi=_DPI, facecolor="white", layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        _bars(chart, axes)
        figure.suptitle(_shown(chart.title, 60), x=0.02, ha="left", parse_math=False, color=_INK, fontsize=_HEADLINE)
        png = io.BytesIO()
        figure.savefig(png, format="png")
    return Picture(png.getvalue(), chart.alt, chart.name)


def _bars(chart: Chart, axes: Axes) -> None:
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415  # slow to import, seldom needed

    groups = range(len(chart.labels))
    across = 0.8 / max(len(chart.series), 1)
    for number, series in enumerate(chart.series):
        fill, hatch = _FILLS[number % len(_FILLS)]
        shift = (number - (len(chart.series) - 1) / 2) * across
        values = [value or 0 for value, _ in zip(series.values, groups, strict=False)]
        bars = axes.bar(
            [group + shift for group in range(len(values))], values, width=across * 0.92, color=fill, hatch=hatch
        )
        for bar in bars:
            bar.set_edgecolor(_INK)
        bars.set_label("named below")  # the legend leaves out names that begin with an underscore
        numbers = ["" if value is None else f"{value:g}" for value, _ in zip(series.values, groups, strict=False)]
        axes.bar_label(bars, labels=numbers, color=_INK, fontsize=_LETTERS, padding=2)
    slanted = len(chart.labels) > _MANY
    axes.set_xticks(
        list(groups),
        [_shown(label, _LONGEST) for label in chart.labels],
        rotation=25 if slanted else 0,
        ha="right" if slanted else "center",
        parse_math=False,
        color=_INK,
        fontsize=_LETTERS,
    )
    highest = max((value or 0 for series in chart.series for value in series.values), default=0)
    axes.set_ylim(0, max(highest, 1) * 1.18)
    middle, half = (len(chart.labels) - 1) / 2, max(len(chart.labels), _FEWEST) / 2 + _MARGIN
    axes.set_xlim(middle - half, middle + half)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.tick_params(axis="y", labelsize=_LETTERS)
    axes.spines[["top", "right"]].set_visible(False)
    if chart.series:
        legend = axes.figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=_LETTERS)
        for text, series in zip(legend.get_texts(), chart.series, strict=True):
            text.set_parse_math(False)
            text.set_text(_shown(series.name, _LONGEST))
            text.set_color(_INK)


def _shown(words: str, longest: int) -> str:
    """Return words in one line without what cannot be drawn, cut to `longest` characters."""
    kept = "".join(" " if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else c for c in words)
    line = " ".join(kept.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
