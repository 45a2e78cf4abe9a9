"""Codes that link accounts, and an account that goes its own way, on both databases."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from bot.chat.forms import Draft
from bot.chat.message import Card, Posted
from bot.domain.linking import CODE_LASTS, LinkCode
from bot.domain.notices import (
    DecisionTaken,
    Due,
)
from bot.domain.people import Person
from bot.domain.rsvps import Answer
from storage.engine import Database
from storage.store import SqlStore
from storage.tables import link_codes
from tests.storage.conftest import NOW, World, at_once, soon
from tests.storage.merged import CHAT, ELSEWHERE, merged

# Codes


def made(store: SqlStore, by: int, code_hash: str = "h") -> LinkCode:
    """Return a new code."""
    return store.linking.make(by, code_hash, NOW + CODE_LASTS, NOW)


async def test_a_code_is_kept_for_whoever_brings_it_first(database: Database, world: World) -> None:
    """Of many who bring one at once, one is asked; only they can use it, and only once."""
    code = await database.transact(lambda store: made(store, world.ada.id))
    bringing = [world.bo.id, world.facilitator.id]
    taken = await at_once(database, bringing, lambda store, who: store.linking.take(code.id, who, NOW))
    assert sorted(taken) == [False, True]
    asked, other = bringing if taken[0] else reversed(bringing)
    assert not await database.transact(lambda store: store.linking.use(code, other, NOW))
    used = await at_once(database, [asked] * 3, lambda store, who: store.linking.use(code, who, NOW))
    assert sorted(used) == [False, False, True]


async def test_a_code_whose_maker_is_another_now_is_worth_nothing(database: Database, world: World) -> None:
    """Whoever brought it was asked about somebody else than they would be one with."""
    code = await database.transact(lambda store: made(store, world.bo.id))

    def take(store: SqlStore, _: int, goes: int) -> None:
        assert store.linking.take(code.id, world.facilitator.id, NOW)
        store.linking.hold(goes, world.bo.id)
        store.linking.merge(goes, world.bo.id)

    await merged(database, world, take)
    assert not await database.transact(lambda store: store.linking.use(code, world.facilitator.id, NOW))


async def test_a_code_runs_out_and_gives_way_to_the_next(database: Database, world: World) -> None:
    """After ten minutes it cannot be used, nor once another was made; a day later nothing is known of it."""

    def work(store: SqlStore) -> None:
        first = made(store, world.ada.id, "first")
        assert not store.linking.take(first.id, world.bo.id, NOW + CODE_LASTS)
        second_one = made(store, world.ada.id, "second")
        assert not store.linking.take(first.id, world.bo.id, NOW)
        assert store.linking.take(second_one.id, world.bo.id, NOW)
        assert store.linking.revoke(second_one.id, NOW)
        assert not store.linking.revoke(second_one.id, NOW)
        store.tidy(soon(hours=2))
        assert store.linking.by_hash("second") is not None
        store.tidy(soon(days=2))
        assert store.linking.by_hash("second") is None

    await database.transact(work)


async def test_wrong_codes_are_counted_for_a_while(database: Database, world: World) -> None:
    """However many are brought at once; after the hour counting begins anew."""
    hour = timedelta(hours=1)
    await at_once(database, range(6), lambda store, _: store.linking.tried(world.ada.id, NOW - hour, NOW))

    def look(store: SqlStore) -> None:
        assert store.linking.tries(world.ada.id, NOW - hour) == 6
        assert store.linking.tries(world.bo.id, NOW - hour) == 0
        assert store.linking.tries(world.ada.id, NOW) == 0
        store.linking.tried(world.ada.id, NOW, NOW + hour)
        assert store.linking.tries(world.ada.id, NOW) == 1

    await database.transact(look)


async def test_codes_are_told_and_forgotten_with_the_person(database: Database, world: World) -> None:
    """What is kept of them tells no hash, and goes with whoever is forgotten."""

    def work(store: SqlStore) -> None:
        made(store, world.ada.id, "hash of a code")
        store.linking.tried(world.ada.id, NOW, NOW)
        told = store.people.everything(world.ada.id)
        assert len(told["codes_to_link"]) == len(told["wrong_codes"]) == 1
        assert "hash of a code" not in repr(told)
        store.people.forget(world.ada.id, NOW)
        assert store.connection.execute(select(link_codes)).fetchall() == []
        assert store.linking.tries(world.ada.id, NOW - CODE_LASTS) == 0

    await database.transact(work)


# One becomes two


async def test_an_account_leaves_with_nothing(database: Database, world: World) -> None:
    """Everything stays with the rest; in the private chat of the one that left nothing of it is said any more."""

    def before(store: SqlStore, stays: int, goes: int) -> None:
        store.rsvps.answer(world.meeting.id, goes, Answer.YES, NOW)

    await merged(database, world, before)

    def work(store: SqlStore) -> None:
        chat = store.places.note(CHAT, "", "").id
        store.drafts.open(Draft(0, world.ada.id, chat, "nc", "", soon(hours=1)))
        store.cards.stand(Card("nudge", world.meeting.id), Posted(CHAT, "5"), "", NOW)
        store.deliveries.plan([Due("digest:1:asked", DecisionTaken(1), NOW, place=chat)])
        code = made(store, world.ada.id)
        anew = store.linking.unlink(world.ada.id, ELSEWHERE, NOW)
        assert anew not in {None, world.ada.id}
        assert store.people.known(ELSEWHERE) == Person(anew or 0, ELSEWHERE.name, "en", "Europe/Madrid")
        assert [one.platform for one in store.people.accounts(world.ada.id)] == ["web"]
        assert [one.name for one in store.rsvps.of(world.meeting.id)] == ["Ada"]
        assert store.circles.of_person(anew or 0) == ()
        assert store.drafts.current(world.ada.id, chat) is None
        assert store.cards.of("nudge", world.meeting.id) == ()
        gone = store.deliveries.find("digest:1:asked")
        assert gone is None
        assert not store.linking.take(code.id, world.bo.id, NOW)

    await database.transact(work)


async def test_nobody_is_left_without_an_account(database: Database, world: World) -> None:
    """The only account stays, of two that leave at once one does; nobody sends away somebody else's."""
    await merged(database, world, lambda store, stays, goes: None)  # noqa: ARG005  # nothing happens
    both = await database.read(lambda store: store.people.accounts(world.ada.id))
    stranger = await database.transact(lambda store: store.linking.unlink(world.bo.id, both[0], NOW))
    assert stranger is None
    left = await at_once(database, both, lambda store, one: store.linking.unlink(world.ada.id, one, NOW))
    assert sorted(one is None for one in left) == [False, True]
    assert len(await database.read(lambda store: store.people.accounts(world.ada.id))) == 1
