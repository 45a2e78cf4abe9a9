"""How much one person, circle or room can leave behind: what is beyond the bounds is declined, or the oldest goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select

from bot.chat.forms import Draft
from bot.chat.message import Message
from bot.chat.text import Text
from bot.domain import bounds
from bot.domain.bounds import (
    MOST_CIRCLES,
    MOST_CIRCLES_EVER,
    MOST_CODES,
    MOST_COMMUNITIES,
    MOST_DRAFTS,
    MOST_INVITES,
    MOST_MEETINGS,
    MOST_POSTS,
    MOST_ROOMS,
    MOST_SIGN_INS,
)
from bot.domain.circles import CircleState
from bot.domain.communities import Community
from bot.domain.meetings import Meeting
from bot.domain.people import Account, Role
from bot.features.circles.intents import UseRoom
from bot.features.communities.intents import MakeCommunity
from storage.store import SqlStore
from storage.tables import drafts, link_codes
from storage.transcript import SqlTranscript
from storage.transcript_tables import web_posts, web_tokens
from tests.features.invitations import invited
from tests.features.one_circle import ANSWERS
from tests.support.program import ROOT
from tests.support.sim import group, private

if TYPE_CHECKING:
    from sqlalchemy import Table

    from bot.ports import Store
    from storage.engine import Database
    from tests.support.chat import ChatSim, Someone

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


async def count(database: Database, table: Table) -> int:
    """Return how many rows a table has."""
    query = select(func.count()).select_from(table)
    return await database.read(lambda store: int(store.connection.execute(query).scalar_one()))


async def test_forms_begun_in_room_after_room(database: Database) -> None:
    """A person is in the middle of so many at most: the newest."""

    def begin(store: SqlStore) -> list[int]:
        ada = store.people.meet(Account("sim", "ada", "Ada"), "en", "", NOW)
        made = []
        for number in range(3 * MOST_DRAFTS):
            room = store.places.note(group(f"room {number}"), "", "").id
            made.append(store.drafts.open(Draft(0, ada.id, room, "cn", "", NOW, {})).id)
        return [draft for draft in made if store.drafts.get(draft)]

    left = await database.transact(begin)
    assert await count(database, drafts) == len(left) == MOST_DRAFTS
    assert left == sorted(left)


async def test_codes_asked_for_again_and_again(database: Database) -> None:
    """The newest code works; of those before it so many are remembered."""

    def ask(store: SqlStore) -> bool:
        ada = store.people.meet(Account("sim", "ada", "Ada"), "en", "", NOW)
        codes = [
            store.linking.make(ada.id, f"hash {number}", NOW + timedelta(hours=1), NOW)
            for number in range(10 * MOST_CODES)
        ]
        other = store.people.meet(Account("echo", "ada", "Ada"), "en", "", NOW)
        return store.linking.take(codes[-1].id, other.id, NOW)

    assert await database.transact(ask)
    assert await count(database, link_codes) == MOST_CODES


async def test_invitations_that_stand(chat: ChatSim) -> None:
    """One more than so many is declined until one is taken back; another circle's do not count."""
    for _ in range(MOST_INVITES):
        await invited(chat)
    await chat.organizer.whispers("/community")
    await chat.organizer.presses("Invite…")
    await chat.organizer.presses("Invite an organizer")
    assert f"{MOST_INVITES} invitations are open already" in chat.organizer.heard
    await chat.organizer.presses("Open invitations")
    await chat.organizer.presses("Revoke 1")
    await invited(chat)


async def test_communities_of_one_person(chat: ChatSim) -> None:
    """Nobody makes communities without end."""

    def settle(store: Store) -> None:
        for number in range(MOST_COMMUNITIES):
            made = store.communities.add(Community(0, f"Community {number}", "en", "UTC"))
            store.communities.add_organizer(made.id, chat.zoe.person(store).id)

    await chat.storage.transact(settle)
    here = chat.platform.put(private(chat.zoe.user), Message(Text.of("x")))
    await chat.zoe.presses_payload(MakeCommunity.about().payload(), here)
    await chat.zoe.fills(name="One more", zone="Madrid", language="en")
    assert f"You organize {MOST_COMMUNITIES} communities already" in chat.zoe.heard + chat.zoe.toast


async def test_circles_of_one_person(chat: ChatSim) -> None:
    """Nobody has circles without end, whether they run or have ended."""
    await _facilitates(chat, chat.fatima, MOST_CIRCLES - 1)
    await _begins(chat, chat.fatima)
    assert "Saved." in chat.fatima.heard
    await _begins(chat, chat.fatima)
    assert f"You facilitate {MOST_CIRCLES} circles already" in chat.fatima.heard + chat.fatima.toast
    await _facilitates(chat, chat.zoe, MOST_CIRCLES_EVER, CircleState.ENDED)
    await _begins(chat, chat.zoe)
    assert "circles already" in chat.zoe.heard + chat.zoe.toast


async def test_meetings_of_one_circle(chat: ChatSim) -> None:
    """A circle has so many meetings at most, whatever became of them."""

    def settle(store: Store) -> None:
        there = store.meetings.of_circle(chat.circle)
        later = [
            Meeting(0, chat.circle, 0, NOW.replace(tzinfo=None), "UTC", NOW + timedelta(days=200 + number), 90)
            for number in range(MOST_MEETINGS - len(there))
        ]
        store.meetings.add(later)

    await chat.storage.transact(settle)
    await chat.facilitator.says("/addmeeting 1 June 2026 18:00")
    await chat.facilitator.fills(then="Save")
    assert f"{MOST_MEETINGS} meetings are the most" in chat.facilitator.heard + chat.facilitator.toast
    assert len(await chat.meetings()) == MOST_MEETINGS


async def test_rooms_of_one_circle(chat: ChatSim) -> None:
    """A circle does not spread into every room; the rooms that it has can be settled again."""

    def settle(store: Store) -> None:
        for number in range(MOST_ROOMS - 1):
            store.places.attach(chat.circle, store.places.note(group(f"room {number}"), "", "").id)

    await chat.storage.transact(settle)
    admin, words = replace(chat.facilitator, runs_room=True), Message(Text.of("x"))
    use = UseRoom(circle=chat.circle).payload()
    await admin.says("/circle", group("one too many"))
    await admin.presses_payload(use, chat.platform.put(group("one too many"), words))
    assert f"{MOST_ROOMS} rooms at most" in admin.heard + admin.toast
    await admin.presses_payload(use, chat.platform.put(group("room 3"), words))
    assert "rooms at most" not in admin.heard + admin.toast


async def test_sign_ins_to_the_page(database: Database) -> None:
    """A link that is followed again and again signs the oldest browsers out, and nobody else's."""
    transcript = SqlTranscript(database)
    await transcript.issue("bo's", "bo", "session", NOW)
    for number in range(5 * MOST_SIGN_INS):
        await transcript.issue(f"hash {number}", "ada", "session", NOW + timedelta(seconds=number // 10))
    assert await count(database, web_tokens) <= MOST_SIGN_INS + 2
    assert await transcript.bearer(f"hash {5 * MOST_SIGN_INS - 1}", "session", NOW) == "ada"
    assert await transcript.bearer("hash 0", "session", NOW) is None
    assert await transcript.bearer("bo's", "session", NOW - timedelta(seconds=1)) == "bo"


async def test_messages_of_one_room_on_the_page(database: Database) -> None:
    """A room on the page keeps the newest so many messages; another room keeps its own."""
    transcript = SqlTranscript(database)
    full = [
        {"chat": "a", "private": False, "body": {"words": "x"}, "version": 1_000 + number, "at": NOW}
        for number in range(MOST_POSTS + 500)
    ]
    await database.transact(lambda store: store.connection.execute(insert(web_posts), full))
    await transcript.write("b", {"words": "mine"}, private=False, at=NOW)
    await database.transact(lambda store: store.connection.exec_driver_sql("update web_versions set value = 100000"))
    last = 0
    for _ in range(60):
        last = await transcript.write("a", {"words": "y"}, private=False, at=NOW)
    assert MOST_POSTS < await count(database, web_posts) <= MOST_POSTS + 51
    shown = await transcript.older("a", "ada", private=False, before=last + 1, limit=3)
    assert [post.id for post in shown] == [last - 2, last - 1, last]
    assert len(await transcript.older("b", "ada", private=False, before=2**60, limit=3)) == 1


def test_every_bound_stands_in_the_documentation() -> None:
    """docs/limits.md names each constant with its number, and no other."""
    page = (ROOT / "docs" / "limits.md").read_text(encoding="utf-8")
    there = {name: value for name, value in vars(bounds).items() if name.startswith("MOST_")}
    missing = [f"{name} {value}" for name, value in there.items() if f"| {value:,} | `{name}` |" not in page]
    assert missing == []
    assert page.count("`MOST_") == len(there)


async def _begins(chat: ChatSim, who: Someone) -> None:
    await who.whispers("/newcircle")
    await who.fills(**ANSWERS, then="Save")


async def _facilitates(chat: ChatSim, who: Someone, many: int, state: CircleState = CircleState.DRAFT) -> None:
    def settle(store: Store) -> None:
        circle = store.circles.get(chat.circle)
        assert circle is not None
        for _ in range(many):
            made = store.circles.add(replace(circle, id=0, state=state), NOW)
            store.seats.join_as(made.id, who.person(store).id, Role.FACILITATOR, NOW)

    await chat.storage.transact(settle)
