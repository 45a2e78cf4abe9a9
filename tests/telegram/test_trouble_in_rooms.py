"""Rooms that are lost, closed, moved, emptied by hand: one word to whoever runs the circle, nothing lost or doubled."""

from __future__ import annotations

from datetime import timedelta

from storage.engine import Database
from tests.telegram.lived_in import COMING, living
from tests.telegram.people import Person
from tests.telegram.server import objects
from tests.telegram.server.state import Chat
from tests.telegram.world import World


async def moves_unheard(tg: World, group: Chat, by: Person) -> Chat:
    """Make a group a supergroup, and let what Telegram says of it be on its way for long."""
    updates = tg.telegram.updates
    allowed, updates.allowed = updates.allowed, ["callback_query"]
    try:
        return await tg.becomes_supergroup(group, by)
    finally:
        updates.allowed = allowed


async def test_a_group_becomes_a_supergroup_in_the_middle_of_its_life(tg: World, sqlite_database: Database) -> None:
    """The room follows with one fresh card that is live; reminders go there; the old card's late tap is answered."""
    async with living(tg, sqlite_database, is_basic=True, learners=2) as (circle, bot):
        ben, cleo = circle.learners
        old = await circle.posts_card()
        await ben.presses(old, COMING)
        await bot.settled()
        new = await tg.becomes_supergroup(circle.group, circle.ada)
        await bot.settled()
        (card,) = circle.cards(new)
        assert "Ben" in card.text
        assert (await cleo.presses(old, COMING)).text
        await ben.presses(card, "Can't make it")
        await bot.settled()
        assert await circle.coming() == ["Ben", "Cleo"]
        assert "1 coming" in circle.cards(new)[0].text
        await bot.moves_to(circle.first - timedelta(hours=1))
        assert len(circle.cards(new)) == 1
        assert len(new.said) == 3
        assert circle.told() == []


async def test_a_move_that_is_found_out_by_a_tap(tg: World, sqlite_database: Database) -> None:
    """Drawing the old card shows that the group has moved; what Telegram says of it later changes nothing."""
    async with living(tg, sqlite_database, is_basic=True, learners=2) as (circle, bot):
        ben, cleo = circle.learners
        old = await circle.posts_card()
        new = await moves_unheard(tg, circle.group, circle.ada)
        assert circle.cards(new) == []
        assert (await ben.presses(old, COMING)).text
        await bot.settled()
        (card,) = circle.cards(new)
        assert "Ben" in card.text
        tg.inject(moved_update(circle.group, new, circle.ada))
        await bot.settled()
        assert (await cleo.presses(card, COMING)).text
        await bot.settled()
        assert "Cleo" in card.text
        assert len(circle.cards(new)) == 1
        await bot.moves_to(circle.first - timedelta(hours=1))
        assert len(circle.cards(new)) == 1
        assert len(new.said) == 3
        assert circle.told() == []


async def test_a_move_that_is_found_out_by_a_reminder(tg: World, sqlite_database: Database) -> None:
    """The reminder that met the old address stands in the new one, once, beside no second card."""
    async with living(tg, sqlite_database, is_basic=True) as (circle, bot):
        new = await moves_unheard(tg, circle.group, circle.ada)
        await bot.moves_to(circle.reminder + timedelta(minutes=10))
        assert len(circle.cards(new)) == 1
        assert circle.told() == []
        await circle.learners[0].presses(circle.cards(new)[0], COMING)
        await bot.settled()
        assert "Ben" in circle.cards(new)[0].text


async def test_a_command_finds_out_a_move(tg: World, sqlite_database: Database) -> None:
    """Whoever asks in the moment of the move is answered in the new group."""
    async with living(tg, sqlite_database, is_basic=True) as (circle, bot):
        tg.waits = False
        ben = circle.learners[0]
        await ben.says(circle.group, "/next")
        new = await moves_unheard(tg, circle.group, circle.ada)
        await bot.settled()
        tg.waits = True
        (card,) = circle.cards(new)
        await ben.presses(card, COMING)
        await bot.settled()
        assert "Ben" in card.text
        assert len(circle.cards(new)) == 1


async def test_a_bot_that_is_taken_out_and_added_again(tg: World, sqlite_database: Database) -> None:
    """Those who run the circle hear of it once, whatever fails meanwhile; what is still of use goes out afterwards."""
    async with living(tg, sqlite_database) as (circle, bot):
        ben = circle.learners[0]
        card = await circle.posts_card()
        await tg.removes_bot(circle.group, circle.ada)
        assert (await ben.presses(card, COMING)).text
        await bot.settled()
        await bot.moves_to(circle.reminder + timedelta(hours=1))
        (told,) = circle.told()
        assert "Readers" in told.text
        assert "Add me to the group again" in told.text
        assert ben.said == []
        assert len(circle.cards()) == 1
        await tg.adds_bot(circle.group, circle.ada)
        await bot.settled()
        (card,) = circle.cards()
        assert "Ben" in card.text
        assert await circle.coming() == ["Ben"]
        (told,) = circle.told()
        await bot.moves_to(circle.first - timedelta(hours=1))
        assert [len(circle.cards()), len(circle.told())] == [1, 1]


async def test_a_bot_that_is_muted(tg: World, sqlite_database: Database) -> None:
    """Taps count and are answered all the while; the card catches up when the bot may write again."""
    async with living(tg, sqlite_database, learners=2) as (circle, bot):
        ben, cleo = circle.learners
        card = await circle.posts_card()
        await tg.mutes_bot(circle.group, circle.ada)
        assert "See you there" in (await ben.presses(card, COMING)).text
        await bot.settled()
        assert "Ben" not in card.text
        assert "See you there" in (await cleo.presses(card, COMING)).text
        await bot.settled()
        assert len(circle.told()) == 1
        await tg.unmutes_bot(circle.group, circle.ada)
        await bot.settled()
        assert "2 coming" in card.text
        assert len(circle.told()) == 1
        assert len(circle.group.said) == 1


async def test_a_group_that_nobody_may_write_in(tg: World, sqlite_database: Database) -> None:
    """Of a change of everybody's rights Telegram says nothing: it is found out, and found over, by writing."""
    async with living(tg, sqlite_database) as (circle, bot):
        circle.group.everyone_may_send = False
        await bot.moves_to(circle.reminder)
        assert circle.cards() == []
        assert len(circle.told()) == 1
        circle.group.everyone_may_send = True
        await bot.moves_to(circle.first - timedelta(hours=1))
        assert len(circle.cards()) == 1
        assert len(circle.told()) == 1


async def test_a_topic_that_is_closed_before_a_tap(tg: World, sqlite_database: Database) -> None:
    """Taps count; a card in a closed topic can be drawn, and a reminder waits for the topic."""
    async with living(tg, sqlite_database, is_forum=True) as (circle, bot):
        assert circle.topic is not None
        card = await circle.posts_card()
        assert card.thread == circle.topic.thread
        await tg.closes(circle.group, circle.topic, circle.ada)
        assert "See you there" in (await circle.learners[0].presses(card, COMING)).text
        await bot.settled()
        assert "Ben" in card.text
        await bot.moves_to(circle.reminder)
        (told,) = circle.told()
        assert "A topic of “Readers” is closed" in told.text
        await tg.reopens(circle.group, circle.topic, circle.ada)
        await bot.settled()
        (card,) = circle.cards()
        assert card.thread == circle.topic.thread
        assert "Ben" in card.text


async def test_a_topic_that_is_deleted(tg: World, sqlite_database: Database) -> None:
    """Nothing of it falls into the general topic; who runs the circle hears of it once, and the panel says it."""
    async with living(tg, sqlite_database, is_forum=True) as (circle, bot):
        assert circle.topic is not None
        card = await circle.posts_card()
        tg.deletes_topic(circle.group, circle.topic)
        assert (await circle.learners[0].presses(card, COMING)).text
        await bot.settled()
        await bot.moves_to(circle.first - timedelta(hours=1))
        assert circle.group.said == []
        (told,) = circle.told()
        assert "A topic of “Readers” is not there any more" in told.text
        await circle.ada.writes("/circle")
        assert "cannot write in" in circle.ada.last.text


async def test_a_circle_goes_to_another_topic(tg: World, sqlite_database: Database) -> None:
    """Its topic is closed: /circle in another one, a tap in the private chat, and the next reminder comes there."""
    async with living(tg, sqlite_database, is_forum=True) as (circle, bot):
        assert circle.topic is not None
        await tg.closes(circle.group, circle.topic, circle.ada)
        await bot.moves_to(circle.reminder)
        (told,) = circle.told()
        assert "/circle" in told.text
        assert circle.cards() == []
        other = tg.topic(circle.group, "Mornings", circle.ada)
        await circle.ada.says(circle.group, "/circle", topic=other)
        await circle.ada.presses(circle.ada.last, "Post it in “Readers”")
        await bot.settled()
        announcement = next(message for message in circle.group.said if "Join this circle" in message.buttons)
        assert announcement.thread == other.thread
        await circle.ada.presses(told, "Let that room go")
        await bot.moves_to(circle.first - timedelta(hours=1))
        assert {card.thread for card in circle.cards()} == {other.thread}
        rooms = await sqlite_database.read(lambda store: store.places.of_circle(circle.circle))
        assert [place.room.thread for place in rooms] == [str(other.thread)]


async def test_a_card_that_is_deleted_by_hand(tg: World, sqlite_database: Database) -> None:
    """The next drawing forgets it, /next posts another, and so does the next reminder; nobody is worried."""
    async with living(tg, sqlite_database, learners=2) as (circle, bot):
        ben, cleo = circle.learners
        card = await circle.posts_card()
        tg.deletes(card)
        assert "See you there" in (await ben.taps(card, card.button(COMING)["callback_data"])).text
        await bot.settled()
        edits = len(tg.calls("editMessageText"))
        assert circle.cards() == []
        assert (await cleo.taps(card, card.button("Maybe")["callback_data"])).text
        await bot.settled()
        assert len(tg.calls("editMessageText")) <= edits + 1
        assert "Ben" in (await circle.posts_card()).text
        tg.deletes(circle.cards()[0])
        await bot.moves_to(circle.reminder)
        (card,) = circle.cards()
        assert "Ben" in card.text
        assert circle.told() == []


async def test_somebody_who_blocks_the_bot(tg: World, sqlite_database: Database) -> None:
    """Their nudge is not tried for ever and falls into no group; when they let the bot write again, it does."""
    async with living(tg, sqlite_database, learners=2) as (circle, bot):
        ben, cleo = circle.learners
        await ben.blocks()
        await cleo.writes("/help")
        cleo.user.blocked = True  # which Telegram does not always say in time
        before = len(tg.calls("sendMessage"))
        await bot.moves_to(circle.first - timedelta(hours=3))
        tried = [call for call in tg.calls("sendMessage")[before:] if call["chat_id"] in {ben.id, cleo.id}]
        assert [call["chat_id"] for call in tried] == [cleo.id]
        assert not any("Will you" in message.text for message in circle.group.said)
        assert circle.told() == []
        assert (await ben.presses(circle.cards()[0], COMING)).text
        await ben.unblocks()
        await ben.writes("/next")
        assert "Python" in ben.last.text
        await bot.moves_to(circle.first + timedelta(days=7, hours=-3))
        assert any("Will you" in message.text for message in ben.said)


async def test_what_is_private_stays_so_when_the_private_chat_is_closed(tg: World, sqlite_database: Database) -> None:
    """Whoever blocked the bot and asks in the group is led to the private chat; the group reads nothing of it."""
    async with living(tg, sqlite_database) as (circle, bot):
        ben = circle.learners[0]
        await ben.blocks()
        await ben.says(circle.group, "/me")
        await bot.settled()
        (hint,) = circle.group.said
        assert "Your" not in hint.text
        assert len(hint.buttons) == 1
        await ben.presses(hint, hint.buttons[0])
        assert "Your circles" in ben.last.text


def moved_update(old: Chat, new: Chat, by: Person) -> dict[str, object]:
    """Return what Telegram says in the old group."""
    said = next(message for message in old.written.values() if "migrate_to_chat_id" in message.extra)
    assert said.extra["migrate_to_chat_id"] == new.id
    assert said.sender is by.user
    return {"message": objects.message(said)}


async def test_a_card_that_nobody_noted_is_alive_from_the_first_tap_on(tg: World, sqlite_database: Database) -> None:
    """A process that dies between posting a card and noting it leaves one that must not stay as it was for ever."""
    async with living(tg, sqlite_database, learners=2) as (circle, bot):
        ben, cleo = circle.learners
        card = await circle.posts_card()
        (known,) = await sqlite_database.read(lambda store: store.cards.of("meeting", circle.meeting))
        await sqlite_database.transact(lambda store: store.cards.gone(known.id))
        for person in (ben, cleo):
            assert "See you there" in (await person.presses(card, COMING)).text
            await bot.settled()
        assert "2 coming" in card.text
        other = tg.group("Strangers", members=[ben])
        tg.telegram.tell(other.add(tg.telegram.bot, text="Something of the bot's"))
        before = other.last.text
        assert (await ben.taps(other.last, card.button("Maybe")["callback_data"])).text
        await bot.settled()
        assert other.last.text == before
