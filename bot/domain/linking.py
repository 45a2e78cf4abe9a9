"""Accounts of one person on several platforms, and the codes that link them."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final

from bot.domain.people import Account
from bot.records import dataclass

CODE_LASTS: Final = timedelta(minutes=10)
"""How long a code can be used: long enough to take it to another app, short enough to be forgotten."""
TRIES: Final = 10
"""How many wrong codes a person may bring in an hour."""
TRIES_WITHIN: Final = timedelta(hours=1)
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's 32 characters: none looks like another, so what is misread (O, I, L) can be read all the same."""
LENGTH: Final = 12
"""Characters of a code: 60 bits.

Short enough to type on a phone, in three groups. With a thousand codes open at once and ten thousand accounts that try
ten each in an hour, one is guessed in more than a million years; whoever reads the stored hash has ten minutes to try
2**60.
"""
_GROUP: Final = 4
_MISREAD: Final = str.maketrans("OIL", "011")
_NUMBER_BYTES: Final = 7


@dataclass(frozen=True, slots=True)
class LinkCode:
    """A code that makes one person of its maker and whoever brings it; only a hash of it is stored.

    `taken_by` is who brought it first and is asked whether they mean it: nobody else can use it from then on.
    """

    id: int
    made_by: int
    expires_at: datetime
    taken_by: int | None = None
    used_at: datetime | None = None
    revoked_at: datetime | None = None


def written(code: str) -> str:
    """Return a code in groups, as people see it."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def read_code(words: str) -> str | None:
    """Return the code that somebody typed, however they parted it; None where it can be none."""
    bare = "".join(c for c in words.upper() if c.isalnum()).translate(_MISREAD)
    return bare if len(bare) == LENGTH and set(bare) <= set(ALPHABET) else None


def account_number(account: Account) -> int:
    """Return a number that stands for an account on a button; it tells nothing of who it is."""
    named = f"{account.platform}\0{account.user}".encode()
    return int.from_bytes(blake2b(named, digest_size=_NUMBER_BYTES).digest())


def platform_name(platform: str) -> str:
    """Return what people call a platform: a name of its own, the same in every language."""
    return platform[:1].upper() + platform[1:]
