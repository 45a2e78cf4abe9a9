"""How questions are put, and how what one person alone may read reaches them: exactly, with a script for a core."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.chat.adapter import CommandHelp
from bot.chat.inbound import Opened
from bot.chat.intents import Kind
from bot.chat.message import Ask, Card, Redraw, Say
from tests.telegram import happening
from tests.telegram.happening import ADA, BEN, GROUP, said, tapped
from tests.telegram.recording import BLOCKED, MUTED, Scene, room
from tests.telegram.sayings import Meet, message, only, page, panel


@pytest.fixture
async def scene() -> Scene:
    """Return a scene in which nothing has happened."""
    return Scene()


class TestPrivately:
    """What one person alone may read, asked for in a group."""

    async def test_a_short_answer_to_a_tap_stays_in_the_group_as_an_alert(self, scene: Scene) -> None:
        """Only whoever tapped sees it."""
        call = only(
            await scene.happens(tapped(ADA, "x", GROUP), Say(message("Only you."), private=True)), "answerCallbackQuery"
        )
        assert call.said == {"callback_query_id": "7", "text": "Only you.", "show_alert": True}

    async def test_an_answer_with_buttons_goes_to_the_private_chat(self, scene: Scene) -> None:
        """The tap is answered with where to look."""
        await scene.happens(tapped(ADA, "x", GROUP), Say(panel(), private=True))
        assert scene.said() == [
            ("sendMessage", "The panel"),
            ("answerCallbackQuery", "I am writing to you in our private chat."),
        ]
        assert scene.calls[0].said["chat_id"] == ADA

    async def test_a_command_is_told_where_to_look(self, scene: Scene) -> None:
        """In the group stands only that there is an answer."""
        scene.inbox.menu = (CommandHelp("meet", "Plan", Meet),)
        calls = await scene.happens(said(ADA, "/meet", GROUP), Say(panel("The secret"), private=True))
        assert [(call.said["chat_id"], call.text) for call in calls] == [
            (ADA, "The secret"),
            (GROUP, "I am writing to you in our private chat."),
        ]

    async def test_who_never_started_the_bot_is_led_there_and_loses_nothing(self, scene: Scene) -> None:
        """One tap opens the chat, where the answer comes instead of a greeting; the core knows that they are there."""
        scene.recorder.troubles[f"sendMessage {ADA}"] = BLOCKED
        calls = await scene.happens(tapped(ADA, "x", GROUP), Say(panel("For Ada"), private=True))
        assert calls[-1].said == {"callback_query_id": "7", "url": "https://t.me/circle_bot?start=r"}
        scene.recorder.troubles.clear()
        call = only(await scene.happens(said(ADA, "/start r"), Say(message("Welcome!"))), "sendMessage")
        assert call.text == "For Ada"
        opened = scene.inbox.heard[-1]
        assert isinstance(opened, Opened)
        assert opened.start == ""
        call = only(await scene.happens(said(ADA, "/start r"), Say(message("Welcome!"))), "sendMessage")
        assert call.text == "Welcome!"

    async def test_who_commands_without_having_started_the_bot_gets_a_link(self, scene: Scene) -> None:
        """What waits for somebody else is not shown to them."""
        scene.inbox.menu = (CommandHelp("meet", "Plan", Meet),)
        scene.recorder.troubles[f"sendMessage {ADA}"] = BLOCKED
        calls = await scene.happens(said(ADA, "/meet", GROUP), Say(panel("For Ada"), private=True))
        assert calls[-1].said["chat_id"] == GROUP
        assert "P101" in calls[-1].text
        assert calls[-1].rows[0][0]["url"] == "https://t.me/circle_bot?start=r"
        scene.recorder.troubles.clear()
        call = only(await scene.happens(said(BEN, "/start r"), Say(message("Welcome!"))), "sendMessage")
        assert call.text == "Welcome!"
        calls = await scene.happens(said(ADA, "/start"), Say(message("Welcome!")))
        assert [call.text for call in calls] == ["Welcome!", "For Ada"]

    async def test_what_waits_is_forgotten_after_an_hour(self, scene: Scene) -> None:
        """An old answer might be wrong by now."""
        scene.recorder.troubles[f"sendMessage {ADA}"] = BLOCKED
        await scene.happens(tapped(ADA, "x", GROUP), Say(panel("For Ada"), private=True))
        scene.recorder.troubles.clear()
        scene.now += 3601
        call = only(await scene.happens(said(ADA, "/start r"), Say(message("Welcome!"))), "sendMessage")
        assert call.text == "Welcome!"

    async def test_what_cannot_be_shown_yet_goes_on_waiting(self, scene: Scene) -> None:
        """It comes when the chat is opened the next time."""
        scene.recorder.troubles[f"sendMessage {ADA}"] = BLOCKED
        await scene.happens(tapped(ADA, "x", GROUP), Say(panel("For Ada"), private=True))
        await scene.happens(said(ADA, "/start r"), Say(message("Welcome!")))
        scene.recorder.troubles.clear()
        call = only(await scene.happens(said(ADA, "/start r"), Say(message("Welcome!"))), "sendMessage")
        assert call.text == "For Ada"

    async def test_a_tap_does_not_wait_for_a_slow_message(self) -> None:
        """After two seconds (here none) it is answered, and the message follows."""
        scene = Scene(soon=0.0)
        held = scene.recorder.held[f"sendMessage {ADA}"] = asyncio.Event()
        happening = asyncio.create_task(scene.happens(tapped(ADA, "x", GROUP), Say(panel(), private=True)))
        await scene.recorder.tap_answered.wait()
        assert not happening.done()
        held.set()
        await happening
        assert [call.method for call in scene.calls] == ["sendMessage", "answerCallbackQuery"]

    async def test_who_was_answered_before_the_link_was_needed_gets_it_in_the_group(self) -> None:
        """Nothing is lost where Telegram is slow."""
        scene = Scene(soon=0.0)
        held = scene.recorder.held[f"sendMessage {ADA}"] = asyncio.Event()
        scene.recorder.troubles[f"sendMessage {ADA}"] = BLOCKED
        happening = asyncio.create_task(scene.happens(tapped(ADA, "x", GROUP), Say(panel(), private=True)))
        await scene.recorder.tap_answered.wait()
        held.set()
        await happening
        assert scene.calls[-1].said["chat_id"] == GROUP
        assert scene.calls[-1].rows[0][0]["url"] == "https://t.me/circle_bot?start=r"


class TestForms:
    """Questions."""

    async def test_a_question_in_private_is_a_message(self, scene: Scene) -> None:
        """Words are answered below."""
        call = only(await scene.happens(said(ADA, "/newcircle"), Ask(page())), "sendMessage")
        assert "How many weeks?" in call.text

    async def test_a_tapped_choice_is_replaced_by_the_next_question(self, scene: Scene) -> None:
        """The chat does not fill up with questions that are answered."""
        await scene.happens(tapped(ADA, "?7.weeks.1"), Ask(page(kind=Kind.CHOICE, step=2, steps=3)))
        assert [call.method for call in scene.calls] == ["answerCallbackQuery", "editMessageText"]
        assert scene.calls[1].labels[:2] == ["One", "Two"]

    async def test_what_came_of_it_stands_where_the_last_question_stood(self, scene: Scene) -> None:
        """Its buttons mean nothing any more, so they are gone; one request does both."""
        await scene.happens(tapped(ADA, "?7.weeks.1"), Say(panel("Saved"), private=True))
        assert scene.said() == [("answerCallbackQuery", ""), ("editMessageText", "Saved")]

    async def test_long_words_that_came_of_it_do_not_replace_the_question(self, scene: Scene) -> None:
        """The question loses its buttons all the same."""
        await scene.happens(tapped(ADA, "?7.weeks.1"), Say(message("word " * 2000)))
        methods = [call.method for call in scene.calls]
        assert methods[0] == "answerCallbackQuery"
        assert methods.count("sendMessage") == 3
        assert scene.calls[-1].said["message_id"] == 5
        assert scene.calls[-1].labels == []

    async def test_a_question_answered_in_words_loses_its_buttons(self, scene: Scene) -> None:
        """They would answer it a second time."""
        await scene.happens(said(ADA, "/newcircle"), Ask(page(kind=Kind.CHOICE)))
        calls = await scene.happens(said(ADA, "One"), Ask(page(kind=Kind.CHOICE, step=2)))
        assert [call.method for call in calls] == ["sendMessage", "editMessageText"]
        assert (calls[1].said["message_id"], calls[1].labels) == (100, [])
        calls = await scene.happens(said(ADA, "Two"), Say(message("Saved")))
        assert (calls[1].said["message_id"], calls[1].labels) == (101, [])

    async def test_a_form_that_was_forgotten_stays_as_it_is_drawn(self, scene: Scene) -> None:
        """Words after it do not bring the question back."""
        await scene.happens(said(ADA, "/newcircle"), Ask(page(kind=Kind.CHOICE)))
        data = tapped(ADA, "dn.7")
        data["callback_query"]["message"]["message_id"] = 100
        await scene.happens(data, Redraw(message("Forgotten.")))
        calls = await scene.happens(said(ADA, "Two"), Say(message("I only understand commands.")))
        assert [call.method for call in calls] == ["sendMessage"]

    async def test_a_tap_in_a_group_that_asks_something_leads_to_the_private_chat(self, scene: Scene) -> None:
        """One tap, and nothing is written in the group."""
        call = only(await scene.happens(tapped(ADA, "x", GROUP), Ask(page(resume="d7"))), "answerCallbackQuery")
        assert call.said == {"callback_query_id": "7", "url": "https://t.me/circle_bot?start=d7"}

    async def test_a_long_form_asked_for_in_a_group_is_invited_to_the_private_chat(self, scene: Scene) -> None:
        """The invitation answers the command."""
        scene.inbox.menu = (CommandHelp("meet", "Plan", Meet),)
        data = said(ADA, "/meet", GROUP)
        call = only(await scene.happens(data, Ask(page(steps=4, resume="d7"))), "sendMessage")
        assert call.rows[0][0]["url"] == "https://t.me/circle_bot?start=d7"
        assert call.said["reply_parameters"]["message_id"] == data["message"]["message_id"]

    async def test_a_single_question_is_asked_in_the_group(self, scene: Scene) -> None:
        """Words are asked for by reply, from that person alone."""
        scene.inbox.menu = (CommandHelp("meet", "Plan", Meet),)
        call = only(await scene.happens(said(ADA, "/meet", GROUP), Ask(page(resume="d7"))), "sendMessage")
        assert call.said["reply_markup"] == {"force_reply": True, "selective": True}

    async def test_what_nobody_else_is_to_read_is_not_asked_in_the_group(self, scene: Scene) -> None:
        """A single question of that sort leads to the private chat, too."""
        scene.inbox.menu = (CommandHelp("meet", "Plan", Meet),)
        asked = replace(page(resume="d7"), discreet=True)
        call = only(await scene.happens(said(ADA, "/meet", GROUP), Ask(asked)), "sendMessage")
        assert call.rows[0][0]["url"] == "https://t.me/circle_bot?start=d7"

    async def test_a_choice_in_the_group_is_replaced_by_what_came_of_it(self, scene: Scene) -> None:
        """For everybody: in place. For one person: they are told where, and the question is over."""
        answer = tapped(ADA, "?7.weeks.1", GROUP)
        await scene.happens(answer, Say(message("Moved")))
        assert scene.said() == [("answerCallbackQuery", ""), ("editMessageText", "Moved")]
        calls = await scene.happens({**answer, "update_id": 10**9}, Say(panel("Look back"), private=True))
        assert [(call.method, call.text) for call in calls] == [
            ("sendMessage", "Look back"),
            ("answerCallbackQuery", "I am writing to you in our private chat."),
            ("editMessageText", "Thanks, noted."),
        ]

    async def test_somebody_elses_question_is_not_answered_for_them(self, scene: Scene) -> None:
        """Whoever tries is told so kindly, and the core is not troubled."""
        data = tapped(BEN, "?7.weeks.1", GROUP)
        asked = said(ADA, "/meet", GROUP)["message"]
        keyboard = [[{"text": "One", "callback_data": "?7.weeks.1"}, {"text": "Forget it", "callback_data": "dn.7"}]]
        data["callback_query"]["message"] |= {"reply_to_message": asked, "reply_markup": {"inline_keyboard": keyboard}}
        for payload in ("?7.weeks.1", "dn.7"):
            data["callback_query"]["data"] = payload
            call = only(await scene.happens(data), "answerCallbackQuery")
            assert call.said["show_alert"] is True
        assert scene.inbox.heard == []
        data["callback_query"]["from"] = happening.person(ADA)
        await scene.happens(data, Say(message("Moved")))
        assert len(scene.inbox.heard) == 1

    async def test_a_question_in_a_topic_that_quotes_nobody_is_everybodys(self, scene: Scene) -> None:
        """What quotes nothing seems to quote the topic's beginning, whoever made the topic; the core knows better."""
        data = tapped(BEN, "?7.weeks.1", GROUP)
        beginning = said(ADA, "", GROUP, forum_topic_created={"name": "Python", "icon_color": 1})["message"]
        keyboard = [[{"text": "One", "callback_data": "?7.weeks.1"}]]
        topic = {"message_thread_id": 7, "is_topic_message": True, "reply_markup": {"inline_keyboard": keyboard}}
        data["callback_query"]["message"] |= {**topic, "reply_to_message": beginning}
        await scene.happens(data, Say(message("Moved")))
        assert len(scene.inbox.heard) == 1

    async def test_what_was_begun_in_a_group_is_shown_there(self, scene: Scene) -> None:
        """In the private chat the look-back, whose buttons mean nothing any more, says so."""
        await scene.happens(tapped(ADA, "dy.7"), Say(message("It is moved.", card=Card("m", 1)), room=room(GROUP, "7")))
        assert [(call.method, call.said.get("chat_id"), call.text) for call in scene.calls] == [
            ("answerCallbackQuery", None, ""),
            ("sendMessage", GROUP, "It is moved."),
            ("editMessageText", ADA, "Done: everybody can see it in the group now."),
        ]
        assert scene.calls[1].said["message_thread_id"] == 7
        assert scene.inbox.stood[0][1].room == room(GROUP, "7")

    async def test_what_cannot_be_shown_there_is_shown_here(self, scene: Scene) -> None:
        """Whoever did it learns what came of it."""
        scene.recorder.troubles[f"sendMessage {GROUP}"] = MUTED
        await scene.happens(said(ADA, "Tuesday"), Say(message("It is moved."), room=room(GROUP)))
        assert (scene.calls[-1].said["chat_id"], scene.calls[-1].text) == (ADA, "It is moved.")
