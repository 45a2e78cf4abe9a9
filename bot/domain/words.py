"""Words as people type them to find something."""

from __future__ import annotations

import unicodedata


def as_tag(words: str) -> str:
    """Return a name from a list, such as a language's tag, as it is compared: "pt_BR" and "PT-br" are the same."""
    return words.replace("_", "-").casefold()


def folded(words: str) -> str:
    """Return words without regard to case, accents and other marks: “miércoles” and “MIERCOLES” fold to the same."""
    apart = unicodedata.normalize("NFKD", words.casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))
