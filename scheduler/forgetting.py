"""What has had its day goes at night: looked for beside those who tap, and gone a little at a time."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from bot.domain.bounds import Kept
from bot.ports import Portion, Storage, Store


async def forget_past(storage: Storage, kept: Kept, now: datetime) -> int:
    """Forget all that has had its day, a transaction for each portion; return how many rows went."""
    gone = 0
    while portions := await storage.read(lambda store: store.retention.past(kept, now)):
        went = 0
        for portion in portions:
            went += await storage.transact(partial(_forget, portion=portion, kept=kept, now=now))
        if not went:  # all of it is needed again: tomorrow one looks anew
            break
        gone += went
    return gone


def _forget(store: Store, *, portion: Portion, kept: Kept, now: datetime) -> int:
    return store.retention.forget(portion, kept, now)
