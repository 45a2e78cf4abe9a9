"""What is kept of one person, told and erased, on both databases."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.communities import INVITE_LASTS, Invite, InviteKind
from bot.domain.feedback import Decision, Feedback, Reflection
from bot.domain.linking import CODE_LASTS
from bot.domain.notices import DeliveryState, Due, Welcome
from bot.domain.rsvps import Answer
from bot.ports import Store, asked_key
from storage.engine import Database
from tests.support.chat import ChatSim, lived_in


async def with_traces(database: Database) -> tuple[ChatSim, int, int]:
    """Return a chat in which Ada has left every kind of trace, with her and the first meeting."""
    chat = await lived_in(database)
    meeting = (await chat.meetings())[0].id

    def trace(store: Store) -> int:
        ada, now = chat.ada.person(store).id, chat.clock.now()
        store.seats.tell(chat.circle, ada, "Ada's goal", "Ada's help", ["Ada's answer"])
        store.rsvps.answer(meeting, ada, Answer.NO, now, "Ada's reason")
        store.attendance.mark(meeting, ada, came=False)
        store.feedback.give(Feedback(0, meeting, "Ada's plus", "Ada's delta", 5, person=ada), ada)
        delta = store.feedback.of(meeting)[0]
        store.feedback.vote(delta.id, ada)
        store.decisions.take_up(Decision(0, chat.circle, meeting, "Breaks", owner=ada, made_at=now), delta.id)
        store.feedback.reflect(Reflection(meeting, ada, 4, "Ada's reflection"))
        store.communities.add_organizer(chat.community, ada)
        store.invites.make(
            Invite(0, InviteKind.ORGANIZER, chat.community, None, ada, now + INVITE_LASTS), "hash of a token", now
        )
        store.deliveries.plan([Due("welcome:ada", Welcome(chat.circle, ada), now + timedelta(days=9), person=ada)])
        store.settings.put(asked_key(ada), f"{chat.circle} 1 1")
        store.linking.make(ada, "hash of a code", now + CODE_LASTS, now)
        store.linking.tried(ada, now, now)
        return ada

    return chat, await chat.store.transact(trace), meeting


async def test_everything_is_told(database: Database) -> None:
    """Every kind of trace stands there, and nobody else's name."""
    chat, ada, _ = await with_traces(database)
    told = await chat.store.read(lambda store: store.people.everything(ada))
    assert {name for name, rows in told.items() if not rows} == {"waits_for", "calendar_feeds"}
    for words in ("goal", "help", "answer", "reason", "plus", "delta", "reflection"):
        assert f"Ada's {words}" in repr(told)
    assert "Grace" not in repr(told)
    assert "hash of" not in repr(told)


async def test_everything_is_erased(database: Database) -> None:
    """Name, accounts and words are gone, what waited for them too; counts stay."""
    chat, ada, meeting = await with_traces(database)
    now = chat.clock.now()
    await chat.store.transact(lambda store: store.people.forget(ada, now))
    left = await chat.store.read(lambda store: store.people.everything(ada))
    assert "Ada" not in repr(left)
    assert await chat.store.read(lambda store: store.settings.get(asked_key(ada))) is None
    assert left["person"][0]["name"] == "?"
    assert not any(
        left[name]
        for name in ("accounts", "organizes", "signed_plus_delta", "decisions", "codes_to_link", "wrong_codes")
    )

    def look(store: Store) -> None:
        assert sum(store.attendance.of(meeting).values()) == 0
        assert store.attendance.of(meeting).keys() == {ada}
        assert store.feedback.of(meeting) == ()
        assert [decision.words for decision in store.decisions.open_of(chat.circle)] == ["Breaks"]
        assert store.invites.standing(InviteKind.ORGANIZER, chat.community, now) == ()
        assert store.deliveries.find("welcome:ada") is None
        assert [member.person.name for member in store.seats.roster(chat.circle)] == ["Fatima", "Grace", "Linus"]

    await chat.store.read(look)


async def test_the_log_since_an_instant(database: Database) -> None:
    """Only what was sent or given up since then."""
    chat = await lived_in(database)
    now = chat.clock.now()

    def fail(store: Store) -> None:
        for days in (1, 9):
            key, ada = f"welcome:{days}", chat.ada.person(store).id
            store.deliveries.plan([Due(key, Welcome(chat.circle, ada), now, person=ada, circle=chat.circle)])
            found = store.deliveries.find(key)
            assert found is not None
            store.deliveries.finish(found.id, DeliveryState.FAILED, "blocked", now - timedelta(days=days))

    await chat.store.transact(fail)
    log = await chat.store.read(
        lambda store: store.deliveries.log(community=chat.community, since=now - timedelta(days=7))
    )
    assert [one.due.key for one in log] == ["welcome:1"]
