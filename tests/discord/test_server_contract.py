"""The tests' Discord beside Discord's own published contract, where that is at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.discord.asking import ask
from tests.discord.server.contract import Contract

if TYPE_CHECKING:
    from tests.discord.world import World


@pytest.fixture
def contract() -> Contract:
    """The contract."""
    found = Contract.found()
    if found is None:
        pytest.skip("Discord's contract, which is no part of the project, is not beside it")
    return found


def test_all_routes_are_discords(dc: World, contract: Contract) -> None:
    """Nothing is made here that Discord does not have."""
    assert [route for route in dc.server.routes if not contract.has(route)] == []
    assert not contract.has("POST /channels/{channel_id}/songs")


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"content": "Hi"}, []),
        ({"contents": "Hi"}, ["contents is unknown"]),
        ({"content": 5}, ["content: 5 is no string or null"]),
        ({"embeds": [{"title": "x" * 257}]}, ["embeds.0.title: has 257 length"]),
        ({"embeds": [{}] * 11}, ["embeds: has 11 items"]),
        ({"allowed_mentions": {"parse": ["nobody"]}}, ["parse.0: 'nobody' is not"]),
        ({"allowed_mentions": {"users": [5]}}, []),
        ({"allowed_mentions": {"users": ["five"]}}, ["users.0: 'five' is not like"]),
        ({"components": [{"type": 1}]}, ["components.0: components is missing"]),
        ({"components": [{"type": 1, "components": [{"type": 2, "label": "A"}]}]}, ["style is missing"]),
        ({"nonce": "x" * 26}, ["nonce"]),
    ],
)
def test_what_the_contract_finds_in_a_message(contract: Contract, body: object, wrong: list[str]) -> None:
    """Unknown and missing names, wrong sorts and sizes; of several possible shapes the nearest is spoken of."""
    found = list(contract.faults_of_request("POST /channels/{channel_id}/messages", body))
    assert len(found) == len(wrong), found
    assert all(words in one for words, one in zip(wrong, found, strict=True)), found


def test_what_the_contract_finds_in_an_answer(contract: Contract) -> None:
    """What is answered must be as Discord answers."""
    route = "POST /users/@me/channels"
    assert list(contract.faults_of_answer(route, 204, None)) == [f"{route} answers 204, which it never does"]
    talk = {"id": "5", "type": 1, "flags": 0, "recipients": []}
    assert list(contract.faults_of_answer(route, 200, talk)) == []
    assert list(contract.faults_of_answer(route, 200, talk | {"id": 5})) != []
    assert list(contract.faults_of_answer(route, 200, {"type": 1})) != []


async def test_violations_are_kept(dc: World, contract: Contract) -> None:
    """Whatever is asked, the test that asks it fails afterwards."""
    assert contract.has("GET /users/@me")
    channel = dc.guild("Library").channels()[0]
    await ask(dc, "POST", f"/channels/{channel.id}/messages", {"content": "Hi", "colour": "red"})
    await ask(dc, "GET", "/songs")
    assert dc.violations == [
        "POST /channels/{channel_id}/messages: colour is unknown",
        "GET /api/v10/songs is not made here",
    ]
    dc.violations.clear()
