"""The world around the bot: what people can do there, and how a test waits."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.patience import PATIENCE
from tests.telegram.server.call import Call
from tests.telegram.server.state import ANONYMOUS, Status
from tests.telegram.world import World


def waiting(tg: World) -> list[dict[str, Any]]:
    """Return what the bot has not heard yet, and let it be heard."""
    told = list(tg.telegram.updates.waiting.values())
    tg.telegram.updates.drop()
    return told


async def test_a_link_adds_the_bot_to_a_group_and_says_start_there(tg: World) -> None:
    """Who follows the link adds the bot, which then hears "/start" with the payload; a link to the chat starts it."""
    ada = tg.user("Ada")
    group = tg.group("Circle", admins=[ada], bot=Status.LEFT)
    await ada.follows("https://t.me/circle_test_bot?startgroup=c1a", group=group)
    added, service, start = waiting(tg)
    assert added["my_chat_member"]["old_chat_member"]["status"] == "left"
    assert added["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert service["message"]["new_chat_members"][0]["username"] == "circle_test_bot"
    assert start["message"]["text"] == "/start@circle_test_bot c1a"
    await ada.follows("https://t.me/circle_test_bot?start=d2")
    (start,) = waiting(tg)
    assert (start["message"]["text"], start["message"]["chat"]["type"]) == ("/start d2", "private")


async def test_an_anonymous_administrator_is_known_by_a_tap_only(tg: World) -> None:
    """Their words come from GroupAnonymousBot in the group's name; their tap carries who they are."""
    ada, ben = tg.user("Ada"), tg.user("Ben")
    group = tg.group("Circle", admins=[ada], members=[ben])
    said = await ada.says(group, "/newcircle", anonymous=True)
    (update,) = waiting(tg)
    assert update["message"]["from"]["id"] == ANONYMOUS
    assert update["message"]["sender_chat"]["id"] == group.id
    tg.patience = 0.01
    with pytest.raises(AssertionError, match="nobody answered Ada's tap"):
        await ada.taps(said, "nc")
    (update,) = waiting(tg)
    assert update["callback_query"]["from"]["id"] == ada.id
    with pytest.raises(AssertionError):
        await ben.says(group, "/newcircle", anonymous=True)


async def test_a_reply_in_a_topic_is_told_from_what_began_it(tg: World) -> None:
    """In a topic every message answers at least its beginning; without topics a reply has a thread, but no topic."""
    ada = tg.user("Ada")
    forum = tg.group("School", admins=[ada], is_forum=True)
    topic = tg.topic(forum, "Algebra", ada)
    await ada.says(forum, "/next", topic=topic)
    message = waiting(tg)[-1]["message"]
    assert message["is_topic_message"] is True
    assert message["reply_to_message"]["forum_topic_created"]["name"] == "Algebra"
    group = tg.group("Circle", admins=[ada])
    first = await ada.says(group, "/next")
    await ada.replies(first, "/next")
    message = waiting(tg)[-1]["message"]
    assert message["message_thread_id"] == first.id
    assert "is_topic_message" not in message


async def test_who_waits_for_quiet_is_told_what_is_not(tg: World) -> None:
    """Waiting ends when the bot has confirmed all, and complains with what it has not."""
    ada = tg.user("Ada")
    await ada.starts()
    tg.patience = 0.01
    with pytest.raises(AssertionError, match=r"unconfirmed .*/start"):
        await tg.quiet()
    (number,) = tg.telegram.updates.waiting
    await tg.server._methods["getUpdates"](Call("getUpdates", {"offset": number + 1}))
    tg.patience = PATIENCE
    await tg.quiet()
