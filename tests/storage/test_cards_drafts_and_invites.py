"""Cards, forms in the middle of being filled, invites, settings."""

from __future__ import annotations

import asyncio

from bot.chat.forms import Draft
from bot.chat.message import Card, Posted, Room
from bot.domain.communities import Invite, InviteKind
from storage.engine import Database
from storage.store import SqlStore
from tests.storage.conftest import NOW, World, soon, stand_as_drawn

ROOM = Room("web", "python")


async def test_a_card_stands_where_it_was_posted(database: Database, world: World) -> None:
    """A card is found by what it shows, drawn again in place, and forgotten when its message is gone."""

    def work(store: SqlStore) -> None:
        stand_as_drawn(store, Card("meeting", 7), Posted(ROOM, "m1"), "f1")
        stand_as_drawn(store, Card("meeting", 7), Posted(Room("web", "new"), "m1"), "f1")
        first, second = store.cards.of("meeting", 7)
        assert (first.posted, first.place, first.fingerprint) == (Posted(ROOM, "m1"), world.place, "f1")
        assert second.posted.room == Room("web", "new")
        assert store.cards.dirty() == ()
        store.cards.gone(first.id)
        assert store.cards.of("meeting", 7) == (second,)

    await database.transact(work)


async def test_a_touch_while_drawing_is_not_lost(database: Database, world: World) -> None:
    """Even in the same moment: drawing takes away only the mark that it saw."""

    def work(store: SqlStore) -> None:
        stand_as_drawn(store, Card("meeting", 7), Posted(ROOM, "m1"), "f1")
        store.cards.touch("meeting", 8, NOW)
        assert store.cards.dirty() == ()
        store.cards.touch("meeting", 7, NOW)
        seen = store.cards.dirty()[0]
        assert seen.touched is not None
        store.cards.touch("meeting", 7, NOW)
        store.cards.drawn(seen.id, "f2", seen.touched, NOW)
        again = store.cards.dirty(platforms=["web"])[0]
        assert again.fingerprint == "f2"
        assert again.touched is not None
        assert store.cards.dirty(platforms=["telegram"]) == ()
        store.cards.drawn(again.id, "f3", again.touched, NOW)
        assert store.cards.dirty() == ()

    await database.transact(work)


async def test_a_late_drawing_is_drawn_over(database: Database, world: World) -> None:
    """The painter and a tap draw the same card at once: whoever is noted last may have drawn what is no more true."""

    def work(store: SqlStore) -> None:
        card = Posted(ROOM, "m1")
        stand_as_drawn(store, Card("meeting", 7), card, "f1")
        store.cards.touch("meeting", 7, NOW)
        (seen,) = store.cards.dirty()
        store.cards.touch("meeting", 7, NOW)
        (tapped,) = store.cards.dirty()
        assert seen.touched is not None
        assert tapped.touched is not None
        store.cards.drawn_at(card, "f3", tapped.touched, NOW)
        assert store.cards.dirty() == ()
        store.cards.drawn(seen.id, "f2", seen.touched, NOW)
        (again,) = store.cards.dirty()
        assert again.fingerprint == "f2"
        assert again.touched is not None
        store.cards.drawn(seen.id, "f3", again.touched, NOW)
        store.cards.drawn(seen.id, "f3", seen.touched, NOW)
        assert store.cards.dirty() == ()
        store.cards.drawn_at(card, "f2", seen.touched, NOW)
        assert store.cards.dirty() != ()

    await database.transact(work)


async def test_a_newer_message_marks_an_older_one_that_is_being_drawn(database: Database, world: World) -> None:
    """Whoever drew it as it was before takes away the mark that they saw, and it is drawn once more."""

    def work(store: SqlStore) -> None:
        room = Room("web", "cards")
        stand_as_drawn(store, Card("meeting", 8), Posted(room, "1"), "f1")
        store.cards.touch("meeting", 8, NOW)
        (seen,) = store.cards.dirty()
        assert seen.touched is not None
        stand_as_drawn(store, Card("meeting", 8), Posted(room, "2"), "f1")
        store.cards.drawn(seen.id, "f2", seen.touched, NOW)
        (again,) = store.cards.dirty()
        assert again.superseded

    await database.transact(work)


async def test_whatever_changes_a_card_leaves_a_trace(sqlite_database: Database) -> None:
    """A card more, a mark, a drawing: each is seen, even where the mark is gone again. Reading leaves none."""

    def work(store: SqlStore) -> None:
        card, room = Card("meeting", 7), Room("web", "cards")
        assert not store.cards.traces(card)
        seen = []
        store.cards.stand(card, Posted(room, "1"), "f1", NOW)
        seen.append(store.cards.traces(card))
        assert store.cards.traces(card) == seen[-1]
        store.cards.touch("meeting", 7, NOW)
        seen.append(store.cards.traces(card))
        store.cards.touch_several("meeting", [7], NOW)
        seen.append(store.cards.traces(card))
        (marked,) = store.cards.of("meeting", 7)
        assert marked.touched is not None
        store.cards.drawn(marked.id, "f2", marked.touched, soon(minutes=1))
        seen.append(store.cards.traces(card))
        store.cards.stand(card, Posted(room, "2"), "f1", NOW)
        seen.append(store.cards.traces(card))
        assert all(one not in seen[:at] for at, one in enumerate(seen))

    await sqlite_database.transact(work)


def _draft(world: World, tag: str = "nc") -> Draft:
    return Draft(0, world.ada.id, world.place, tag, "nc.1", soon(hours=1), {"title": "T"}, ("title",))


async def test_one_draft_per_person_and_room(database: Database, world: World) -> None:
    """A new one takes the place of the former, with a number of its own, so that old questions find nothing."""

    def work(store: SqlStore) -> None:
        first = store.drafts.open(_draft(world))
        assert store.drafts.get(first.id) == first
        second = store.drafts.open(_draft(world, "jo"))
        assert second.id != first.id
        assert store.drafts.get(first.id) is None
        assert store.drafts.current(world.ada.id, world.place) == second
        assert store.drafts.current(world.bo.id, world.place) is None
        changed = Draft(second.id, second.person, second.room, "jo", "jo.2", soon(hours=2), {"a": "é"}, ())
        store.drafts.save(changed)
        assert store.drafts.get(second.id) == changed
        assert store.drafts.expire(soon(hours=1)) == 0
        assert store.drafts.expire(soon(hours=2)) == 1

    await database.transact(work)


async def test_a_draft_ends_once(database: Database, world: World) -> None:
    """A form sent twice at once goes on once; opening at once leaves one."""
    opened = await asyncio.gather(
        *(database.transact(lambda store: store.drafts.open(_draft(world))) for _ in range(6))
    )
    assert len({draft.id for draft in opened}) == 6
    current = await database.read(lambda store: store.drafts.current(world.ada.id, world.place))
    assert current is not None
    closed = await asyncio.gather(*(database.transact(lambda store: store.drafts.close(current.id)) for _ in range(6)))
    assert closed.count(True) == 1


def _invite(world: World, kind: InviteKind = InviteKind.FACILITATOR) -> Invite:
    if kind is InviteKind.FACILITATOR:
        return Invite(0, kind, None, world.circle.id, world.facilitator.id, soon(days=1))
    return Invite(0, kind, world.community.id, None, world.facilitator.id, soon(days=1))


async def test_an_invite_is_used_once(database: Database, world: World) -> None:
    """Of many who open it at once one gets in; after that it is of no use."""
    made = await database.transact(lambda store: store.invites.make(_invite(world), "hash", NOW))
    used = await asyncio.gather(
        *(database.transact(lambda store: store.invites.use(made.id, world.ada.id, NOW)) for _ in range(6))
    )
    assert used.count(True) == 1

    def work(store: SqlStore) -> None:
        found = store.invites.by_token("hash")
        assert found is not None
        assert (found.id, found.used_at) == (made.id, NOW)
        assert store.invites.by_token("other") is None
        assert store.invites.standing(InviteKind.FACILITATOR, world.circle.id, NOW) == ()
        assert not store.invites.revoke(made.id, NOW)

    await database.transact(work)


async def test_invites_can_be_revoked_and_expire(database: Database, world: World) -> None:
    """A revoked or expired one is of no use, and is not listed."""

    def work(store: SqlStore) -> None:
        made = store.invites.make(_invite(world, InviteKind.ORGANIZER), "h1", NOW)
        assert store.invites.get(made.id) == made
        assert store.invites.get(99) is None
        assert store.invites.standing(InviteKind.ORGANIZER, world.community.id, NOW) == (made,)
        assert store.invites.standing(InviteKind.ORGANIZER, world.community.id, soon(days=1)) == ()
        assert not store.invites.use(made.id, world.ada.id, soon(days=1))
        assert store.invites.revoke(made.id, NOW)
        assert not store.invites.revoke(made.id, NOW)
        assert not store.invites.use(made.id, world.ada.id, NOW)
        assert store.invites.standing(InviteKind.ORGANIZER, world.community.id, NOW) == ()

    await database.transact(work)


async def test_settings_replace_each_other(database: Database) -> None:
    """The last value stays; what was never put is None."""

    def work(store: SqlStore) -> None:
        assert store.settings.get("a") is None
        store.settings.put("a", "1")
        store.settings.put("a", "2")
        assert store.settings.get("a") == "2"

    await database.transact(work)
