"""What we do for whoever runs the bot: say how it is, tell what needs them, pass on what they have to say."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from bot.chat.message import Message, Reply, Say
from bot.context import Context, Setting
from bot.domain.notices import Dropped, Needed, WellAgain
from bot.domain.operating import LAST_BACKUP, NOTED, QUIET_AGAIN, Concern, Vitals
from bot.domain.people import Account
from bot.feature import Feature
from bot.features.in_place import in_place
from bot.features.operating import concerns, views
from bot.features.operating.announcing import add_announcing
from bot.features.operating.intents import ShowStatus
from bot.i18n import N_, Translator
from bot.ports import Store
from bot.rules import operators


def operating_feature(vitals: Callable[[], Vitals]) -> Feature:
    """Return the feature; `vitals` tells how this process is."""
    operating = Feature("operating")
    operating.handles(ShowStatus, allow=operators)(partial(_show_status, vitals))
    operating.composes(Needed)(_compose_needed)
    operating.composes(WellAgain)(_compose_well)
    add_announcing(operating)
    return operating


def _show_status(vitals: Callable[[], Vitals], _: ShowStatus, ctx: Context) -> Reply:
    """Show how the bot is, to the operator alone."""
    backup = ctx.store.settings.get(LAST_BACKUP)
    shown = views.Status(
        vitals=vitals(),
        queue=ctx.store.watching.queue(ctx.now),
        concerns=list(_noted(ctx.store)),
        backup_at=datetime.fromisoformat(backup) if backup else None,
        now=ctx.now,
        zone=ctx.zone,
    )
    message = views.status(shown, ctx.t)
    return in_place(message, ctx) if ctx.room.is_private else Say(message, private=True)


def _noted(store: Store) -> Iterator[tuple[str, str]]:
    for key in json.loads(store.settings.get(NOTED) or "{}"):
        _, concern, about = key.split(":", 2)
        yield concern, about


def _compose_needed(notice: Needed, setting: Setting) -> Message | Dropped:
    """Tell what needs an operator, and what helps; of what was given up, how much it is by now."""
    given_up = 0
    if notice.concern == Concern.GIVEN_UP:
        given_up = setting.store.watching.given_up(setting.now - QUIET_AGAIN)
        if not given_up:
            return Dropped(N_("it is well again"))
    return concerns.needed(notice, given_up, _speaker(setting))


def _compose_well(notice: WellAgain, setting: Setting) -> Message | Dropped:
    return concerns.well(notice, _speaker(setting))


def _speaker(setting: Setting) -> Translator:
    """Return who speaks to whoever reads in this private chat."""
    room = setting.place.room if setting.place else None
    reader = setting.store.people.known(Account(room.platform, room.chat, "")) if room else None
    return setting.catalogue.speaker(reader.language) if reader else setting.t
