"""Who may speak as whom: sign-in links and the cookies they are exchanged for. Only hashes are kept."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.web.transcript import Transcript

LINK = "link"
SESSION = "session"
COOKIE = "circlebot_session"
LASTS = {LINK: timedelta(days=7), SESSION: timedelta(days=90)}
"""A link serves for more than one device, for a while; a browser stays signed in for a circle's whole life."""
_TOKEN_BYTES = 32


def _hashed(token: str) -> str:
    # The tokens are long and random, so one round without salt gives nothing away.
    return sha256(token.encode()).hexdigest()


async def issue(transcript: Transcript, user: str, kind: str, now: datetime) -> str:
    """Return a new token for a person."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    await transcript.issue(_hashed(token), user, kind, now + LASTS[kind])
    return token


async def bearer(transcript: Transcript, token: str, kind: str, now: datetime) -> str | None:
    """Return whose token it is, None where it is unknown or over."""
    return await transcript.bearer(_hashed(token), kind, now) if token else None
