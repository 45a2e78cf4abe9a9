"""The loopback Telegram: what a bot hears and says, with the real library."""

from __future__ import annotations

import asyncio

import pytest
from telegram import Bot, ForceReply, InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters, Update
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter

from adapters.telegram.transport import AiohttpRequest
from tests.telegram.server.state import Status
from tests.telegram.world import World


def bot_of(tg: World, token: str = "") -> Bot:
    """Return the library's bot on the loopback server; it does nothing by itself, so nobody waits for it."""
    tg.waits = False
    here = f"{tg.api_url}/bot"
    return Bot(token or tg.token, base_url=here, request=AiohttpRequest(), get_updates_request=AiohttpRequest())


async def heard(bot: Bot) -> list[Update]:
    """Return what is new, confirmed."""
    updates = list(await bot.get_updates(timeout=0))
    if updates:
        await bot.get_updates(offset=updates[-1].update_id + 1, timeout=0)
    return updates


KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton("I'm coming", callback_data="rs.1.yes", style="success")]])


async def test_a_tap_is_answered_once_and_the_message_changes(tg: World) -> None:
    """A tap reaches the bot as an update; its answer is what the person sees, and a second answer comes too late."""
    ada = tg.user("Ada")
    group = tg.group("Circle", admins=[ada])
    async with bot_of(tg) as bot:
        await bot.send_message(group.id, "<b>Meeting</b> &amp; tea", parse_mode="HTML", reply_markup=KEYBOARD)
        assert group.last.text == "Meeting & tea"
        assert group.last.entities == [{"type": "bold", "offset": 0, "length": 7}]
        tap = asyncio.create_task(ada.presses(group.last, "I'm coming"))
        updates = list(await bot.get_updates(timeout=5))
        query = updates[0].callback_query
        assert query is not None
        assert query.data == "rs.1.yes"
        await query.answer("See you")
        await bot.edit_message_text("1 coming", group.id, group.last.id)
        await bot.get_updates(offset=updates[0].update_id + 1, timeout=0)
        assert (await tap).text == "See you"
        assert [edit.text for edit in group.last.edits] == ["Meeting & tea"]
        with pytest.raises(BadRequest, match=r"(?i)query is too old"):
            await query.answer("again")
        with pytest.raises(BadRequest, match=r"(?i)message is not modified"):
            await bot.edit_message_text("1 coming", group.id, group.last.id)
    assert not tg.floods


async def test_privacy_mode_hides_what_people_say_to_each_other(tg: World) -> None:
    """In a group the bot hears commands, answers to itself and what happens to the group; administrators hear all."""
    ada = tg.user("Ada")
    group = tg.group("Circle", admins=[ada])
    async with bot_of(tg) as bot:
        await bot.send_message(group.id, "What is your goal?", reply_markup=ForceReply(selective=True))
        question = group.last
        assert question.wants_reply
        for words in ("hello all", "/next", f"/next@{bot.username}", "/next@other_bot", "see /next"):
            await ada.says(group, words)
        await ada.replies(question, "to learn")
        texts = [update.message.text for update in await heard(bot) if update.message]
        assert texts == ["/next", f"/next@{bot.username}", "to learn"]
        await tg.promotes_bot(group, ada)
        await ada.says(group, "hello all")
        promoted, hello = await heard(bot)
        assert promoted.my_chat_member is not None
        assert promoted.my_chat_member.new_chat_member.status == "administrator"
        assert hello.message is not None


async def test_who_cannot_be_written_to_is_told_apart(tg: World) -> None:
    """Strangers, who never started, who blocked, groups that removed or muted the bot: each by Telegram's words."""
    ada, bob = tg.user("Ada"), tg.user("Bob", started=True)
    group, small = tg.group("Circle", admins=[ada]), tg.group("Old", admins=[ada], is_basic=True)
    async with bot_of(tg) as bot:
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(ada.id, "hello")
        await ada.says(group, "/next")
        with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
            await bot.send_message(ada.id, "hello")
        await bob.blocks()
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await bot.send_message(bob.id, "hello")
        await bob.starts("abc")
        await bot.send_message(bob.id, "hello again")
        await tg.mutes_bot(group, ada)
        with pytest.raises(BadRequest, match=r"(?i)not enough rights to send text messages to the chat"):
            await bot.send_message(group.id, "hello")
        await tg.removes_bot(group, ada)
        with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
            await bot.send_message(group.id, "hello")
        await tg.removes_bot(small, ada)
        with pytest.raises(Forbidden, match="bot was kicked from the group chat"):
            await bot.send_message(small.id, "hello")
        changes = [one.my_chat_member.new_chat_member.status for one in await heard(bot) if one.my_chat_member]
    assert changes == [Status.KICKED, Status.MEMBER, Status.RESTRICTED, Status.KICKED, Status.KICKED]


async def test_a_group_that_becomes_a_supergroup_says_where_it_went(tg: World) -> None:
    """Both numbers are told by service messages, and every later call to the old one names the new."""
    ada = tg.user("Ada")
    group = tg.group("Circle", admins=[ada], is_basic=True)
    async with bot_of(tg) as bot:
        new = await tg.becomes_supergroup(group, ada)
        there, here = await heard(bot)
        assert there.message is not None
        assert here.message is not None
        assert there.message.migrate_to_chat_id == new.id
        assert here.message.migrate_from_chat_id == group.id
        with pytest.raises(ChatMigrated) as refused:
            await bot.send_message(group.id, "hello")
        assert refused.value.new_chat_id == new.id
        await bot.send_message(new.id, "hello")


async def test_topics_are_told_apart(tg: World) -> None:
    """A message stays in its topic; what is closed or deleted refuses, and the general topic has no number."""
    ada = tg.user("Ada")
    forum = tg.group("School", admins=[ada], is_forum=True)
    topic = tg.topic(forum, "Algebra", ada)
    async with bot_of(tg) as bot:
        asked = await ada.says(forum, "/next", topic=topic)
        await heard(bot)
        await bot.send_message(
            forum.id, "On Tuesday", message_thread_id=topic.thread, reply_parameters=ReplyParameters(asked.id)
        )
        assert forum.last.thread == topic.thread
        await bot.send_message(forum.id, "In general")
        with pytest.raises(BadRequest, match="thread not found"):
            await bot.send_message(forum.id, "hello", message_thread_id=1)
        await tg.closes(forum, topic, ada)
        with pytest.raises(BadRequest, match=r"(?i)topic_closed"):
            await bot.send_message(forum.id, "hello", message_thread_id=topic.thread)
        tg.deletes_topic(forum, topic)
        with pytest.raises(BadRequest, match="thread not found"):
            await bot.send_message(forum.id, "hello", message_thread_id=topic.thread)


async def test_the_twenty_first_message_of_a_minute_is_refused_in_a_group_only(tg: World) -> None:
    """A group bears 20 a minute, edits included; a private chat and answers to taps are not counted there."""
    now = [1000.0]
    tg.telegram.limits.clock = lambda: now[0]
    ada = tg.user("Ada", started=True)
    group = tg.group("Circle", admins=[ada])
    async with bot_of(tg) as bot:
        sent = await bot.send_message(group.id, "0")
        for number in range(1, 20):
            now[0] += 0.1
            await sent.edit_text(str(number))
        with pytest.raises(RetryAfter) as refused:
            await bot.send_message(group.id, "too much")
        assert refused.value._retry_after.total_seconds() == 59
        await bot.send_message(ada.id, "hello")
        now[0] += 59.0
        await bot.send_message(group.id, "again")
    assert tg.floods == 1


async def test_only_one_may_fetch_updates(tg: World) -> None:
    """A second poll ends the first with a conflict; what was not confirmed comes again; a wrong token is refused."""
    ada = tg.user("Ada")
    async with bot_of(tg) as bot:
        first = asyncio.create_task(bot.get_updates(timeout=5))
        await tg.until(lambda: tg.telegram.updates.poll is not None)
        assert await bot.get_updates(timeout=0) == ()
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await first
        await ada.starts()
        once, again = await bot.get_updates(timeout=0), await bot.get_updates(timeout=0)
        assert [one.update_id for one in once] == [one.update_id for one in again]
    with pytest.raises(InvalidToken):
        async with bot_of(tg, "1:wrong"):
            pass
