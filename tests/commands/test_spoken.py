"""What the languages are called that one chooses from when setting up."""

from __future__ import annotations

from pathlib import Path

from bot.commands import spoken
from bot.i18n import Catalogue


def test_languages_are_named_with_their_regions_where_they_have_one(tmp_path: Path) -> None:
    """The language alone means the first of it; what Babel does not know goes by its tag."""
    for language in ("pt_BR", "pt_PT", "tlh"):
        (tmp_path / language / "LC_MESSAGES").mkdir(parents=True)
        (tmp_path / language / "LC_MESSAGES" / "circlebot.po").touch()
    there = Catalogue(tmp_path, default="")
    said = ["English (en)", "português (Brasil) (pt-BR)", "português (Portugal) (pt-PT)", "tlh"]
    assert spoken.offered(there) == said
    for words, tag in (
        ("Portuguese", "pt-BR"),
        ("portugues (portugal)", "pt-PT"),
        ("Portuguese (Portugal)", "pt-PT"),
        ("TLH", "tlh"),
        ("Klingon", ""),
        ("", ""),
    ):
        assert spoken.meant(words, there) == tag
