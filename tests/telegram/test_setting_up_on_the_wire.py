"""A circle comes to a group and is lived in: the whole bot, over HTTP, against a Telegram on loopback."""

from __future__ import annotations

from storage.engine import Database
from tests.telegram.lived_in import living
from tests.telegram.running import Running, running
from tests.telegram.server.state import Chat, Member, Status
from tests.telegram.world import Person, World

_REST = ("Skip", "Skip", "", "Madrid", "", "Tuesday 6pm", "Keep “6”", "Keep “90”", "Skip", "Skip", "✓ English", "Save")


async def fills_in(who: Person) -> None:
    """Answer all that is asked of a new circle after its title, and save it."""
    is_said = False
    for step in _REST:
        if is_said:
            await who.writes(step)
        elif step:
            await who.presses(who.last, step)
        is_said = not step


async def made_in(group: Chat, who: Person, bot: Running) -> None:
    """Let somebody make a circle in a group and publish it."""
    await who.says(group, "/newcircle Python")
    await who.presses(group.last, "Go on in private")
    await fills_in(who)
    await who.presses(who.last, "Publish")
    await bot.settled()


def texts(chat: Chat) -> list[str]:
    """Return what the bot wrote in a chat."""
    return [message.text for message in chat.said]


async def test_a_circle_made_in_private_comes_to_a_group_and_follows_it(tg: World, sqlite_database: Database) -> None:
    """One link adds the bot and ties the two together; the group is greeted once, also when its address changes."""
    fatima = tg.user("Fatima")
    group = tg.group("Evenings", admins=[fatima], is_basic=True, bot=Status.LEFT)
    async with running(tg, sqlite_database) as bot:
        await fatima.starts()
        await fatima.writes("/newcircle Python")
        await fills_in(fatima)
        link = fatima.last.button("Add me to your group")["url"]
        await fatima.follows(link, group=group)
        assert sum("Hello everybody" in words for words in texts(group)) == 1
        assert "Room: Evenings" in fatima.last.text
        await fatima.presses(fatima.last, "Publish")
        await bot.settled()
        assert "Join this circle" in str([message.rows for message in group.said])
        new = await tg.becomes_supergroup(group, fatima)
        await bot.settled()
        assert not any("Hello everybody" in words for words in texts(new))
        assert "Join this circle" in str([message.rows for message in new.said])
        await tg.removes_bot(new, fatima)
        await tg.adds_bot(new, fatima)
        assert sum("Hello everybody" in words or "I am here" in words for words in texts(new)) <= 1


async def test_plus_and_delta_stay_private(tg: World, sqlite_database: Database) -> None:
    """Whoever has never started the bot joins, answers and gives feedback, and the group reads none of it."""
    fatima, ada = tg.user("Fatima", started=True), tg.user("Ada <b>Lovelace</b>")
    group = tg.group("Evenings", admins=[fatima], members=[ada])
    async with running(tg, sqlite_database) as bot:
        await made_in(group, fatima, bot)
        announcement = next(message for message in group.said if "Join this circle" in str(message.rows))
        joined = await ada.presses(announcement, "Join this circle")
        assert joined.url.endswith("?start=r")
        await ada.follows(joined.url)
        assert "You are in" in ada.last.text
        answered = await ada.presses(group.last, "I'm coming")
        assert answered.text == "See you there!"
        await bot.settled()
        assert "1 coming: Ada <b>Lovelace</b>" in group.last.text
        await bot.passes(days=1, hours=10)
        card = next(message for message in reversed(group.said) if "Plus / delta" in str(message.rows))
        opened = await ada.presses(card, "Plus / delta")
        assert "?start=d" in opened.url
        await ada.follows(opened.url)
        await ada.writes("The examples were good")
        await ada.writes("Begin on time")
        while ada.last.rows and "?" in str(ada.last.rows[0][0].get("callback_data", "")):
            await ada.presses(ada.last, ada.last.rows[0][0]["text"])
        await bot.settled()
        assert "1 answer so far" in card.text
        assert not any("examples" in words or "on time" in words for words in texts(group))


async def test_a_muted_bot_answers_in_private(tg: World, sqlite_database: Database) -> None:
    """Whoever asks in a group where the bot may not write gets the answer, and taps are answered as ever."""
    fatima = tg.user("Fatima", started=True)
    group = tg.group("Evenings", admins=[fatima])
    async with running(tg, sqlite_database) as bot:
        await made_in(group, fatima, bot)
        card = group.last
        await tg.mutes_bot(group, fatima)
        await bot.settled()
        before = len(fatima.said)
        await fatima.says(group, "/newcircle")
        assert "A new circle" in fatima.said[before].text
        assert (await fatima.presses(card, "I'm coming")).text


async def test_an_administrator_brings_a_circle_to_others_topic(tg: World, sqlite_database: Database) -> None:
    """Where another circle lives, the private chat says what to type there, and for an administrator it works."""
    async with living(tg, sqlite_database, is_forum=True) as (circle, bot):
        assert circle.topic is not None
        zoe = tg.user("Zoe", started=True)
        circle.group.set_member(zoe.user, Member(Status.ADMINISTRATOR))
        await zoe.writes("/newcircle Zen")
        await fills_in(zoe)
        await zoe.presses(zoe.last, "Publish")
        await zoe.says(circle.group, "/circle Zen", topic=circle.topic)
        await zoe.presses(zoe.last, "Post it in “Readers”")
        assert "Others have settled in “Readers”" in zoe.last.text
        typed = "/start " + zoe.last.text.partition("/start ")[2].split()[0].rstrip(".")
        await zoe.says(circle.group, typed, topic=circle.topic)
        await bot.settled()
        announcement = next(message for message in circle.group.said if "Join this circle" in message.buttons)
        assert announcement.thread == circle.topic.thread
