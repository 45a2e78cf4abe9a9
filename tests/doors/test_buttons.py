"""Every button there is, pressed by everybody, everywhere: done for those who may, and for nobody else."""

from __future__ import annotations

import pytest

from bot.chat.intents import Intent
from tests.doors.acting import Actor, check_refused
from tests.doors.allowed import ALLOWED, Where, named
from tests.doors.trial import Dump
from tests.doors.world import Who, World

INTENTS: list[type[Intent]] = sorted(ALLOWED, key=named)


@pytest.mark.parametrize("intent", INTENTS, ids=named)
async def test_a_button_is_for_those_who_may(world: World, before: Dump, intent: type[Intent]) -> None:
    """Whoever may is not declined; whoever may not is, in every room, and neither changes nor learns anything."""
    row = ALLOWED[intent]
    payload = row.about(world.things).payload()
    for who in Who:
        actor = Actor(world, who)
        for where in Where:
            with world.trial.undone():
                outcome = await actor.presses(payload, where)
                if not row.allows(who):
                    assert outcome.declined, f"{who.words} may in {where}: {outcome.told}"
                    check_refused(outcome, before, world, who)
                elif where in row.where:
                    assert outcome.refused is None, f"{who.words} may not in {where}: {outcome.told}"
                    assert outcome.reply is not None, f"{who.words} hears nothing in {where}"
