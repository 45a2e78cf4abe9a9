"""Lines of the log for programs: they know what they are about, by numbers."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from bot.chat.adapter import Refused, Trouble, Unreachable
from bot.logs import FIELDS, JsonLines, hiding
from tests.support.chat import FIRST, ChatSim

GUIDE = Path(__file__).parents[2] / "docs" / "operating.md"


def lines(caplog: pytest.LogCaptureFixture, logger: str) -> list[dict[str, Any]]:
    """Return a logger's lines as a program reads them."""
    form = JsonLines(hiding(["a-secret-key"]))
    return [json.loads(form.format(record)) for record in caplog.records if record.name == logger]


async def test_what_became_of_a_delivery(chat: ChatSim, caplog: pytest.LogCaptureFixture) -> None:
    """Which one it is, where it goes, what sort of notice, and how it is counted."""
    chat.platform.errors += [Refused("no such button"), Unreachable("kicked", Trouble.REMOVED)]
    await chat.moves_to(FIRST.replace(day=8, hour=18))
    await chat.moves_to(FIRST.replace(hour=16))
    told = lines(caplog, "scheduler.courier")
    refused, given_up, unreachable = told[:3]
    place = await chat.store.read(lambda store: store.places.of_circle(chat.circle)[0].id)
    assert refused["error_kind"] == "Refused"
    assert (given_up["outcome"], unreachable["outcome"]) == ("given_up", "unreachable")
    assert (given_up["notice"], given_up["place"], given_up["circle"]) == ("remind", place, chat.circle)
    for line in (given_up, unreachable):
        assert line["platform"] == "sim"
        assert line["key"].startswith(f"{line['notice']}:")
        assert line["delivery"] > 0
        assert line["attempt"] == 1


def test_a_secret_among_the_fields_is_hidden(caplog: pytest.LogCaptureFixture) -> None:
    """As in the line itself; and what is no field of ours is not written."""
    logging.getLogger("x").error("hello", extra={"key": "of a-secret-key", "words": "what somebody wrote"})
    (line,) = lines(caplog, "x")
    assert line["key"] == "of ***"
    assert "words" not in line


def test_every_field_is_named_in_the_guide() -> None:
    """So that operators know what to ask for."""
    guide = GUIDE.read_text(encoding="utf-8")
    assert [field for field in FIELDS if f"`{field}`" not in guide] == []
