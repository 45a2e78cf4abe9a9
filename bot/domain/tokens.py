"""What is shown once and kept only as a hash."""

from __future__ import annotations

from hashlib import sha256


def hashed(token: str) -> str:
    """Return what is stored of a token: enough to know it again, and of no use to whoever reads the database."""
    return sha256(token.encode()).hexdigest()
