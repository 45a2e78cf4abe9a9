"""What Telegram is asked for when people do something: exactly, with a script for a core."""

from __future__ import annotations

import pytest

from bot.chat.adapter import CommandHelp
from bot.chat.forms import Page
from bot.chat.inbound import Command, Joined, Left, Moved, Press
from bot.chat.intents import PAYLOAD_BYTES
from bot.chat.message import Ask, Button, Card, Chart, Message, Picture, Posted, Redraw, Say, Toast, stacked
from bot.chat.text import Text
from bot.i18n import PSEUDO
from tests.telegram import happening
from tests.telegram.happening import ADA, BEN, GROUP, added, said, tapped
from tests.telegram.recording import GONE, MUTED, Scene, room
from tests.telegram.sayings import Meet, message, only, panel


@pytest.fixture
async def scene() -> Scene:
    """Return a scene in which nothing has happened."""
    return Scene()


class TestTaps:
    """Buttons are answered once, whatever comes of them."""

    async def test_a_toast_is_shown(self, scene: Scene) -> None:
        """A refusal stays until it is dismissed."""
        call = only(await scene.happens(tapped(ADA, "x", GROUP), Toast("Too late.", alert=True)), "answerCallbackQuery")
        assert call.said == {"callback_query_id": "7", "text": "Too late.", "show_alert": True}

    @pytest.mark.parametrize("chat", [GROUP, None])
    async def test_a_card_is_left_to_the_painter(self, scene: Scene, chat: int | None) -> None:
        """Twenty taps in a minute are twenty toasts, which no limit counts, and no edit; the same in a private chat."""
        card = message(card=Card("meeting", 1))
        call = only(await scene.happens(tapped(ADA, "x", chat), Redraw(card, "See you!")), "answerCallbackQuery")
        assert call.text == "See you!"
        assert scene.inbox.stood == []

    async def test_a_card_without_a_word_is_drawn_at_once(self, scene: Scene) -> None:
        """Whoever tapped would see nothing of it otherwise."""
        await scene.happens(tapped(ADA, "x", GROUP), Redraw(message(card=Card("meeting", 1))))
        assert scene.said() == [("answerCallbackQuery", ""), ("editMessageText", "Here you are.")]
        assert scene.inbox.stood == [(Card("meeting", 1), Posted(room(GROUP), "5"))]

    async def test_what_is_no_card_is_drawn_at_once(self, scene: Scene) -> None:
        """The tap is answered first."""
        calls = await scene.happens(tapped(ADA, "x", GROUP), Redraw(panel("Sure?")))
        assert [call.method for call in calls] == ["answerCallbackQuery", "editMessageText"]
        assert (calls[1].said["chat_id"], calls[1].said["message_id"], calls[1].text) == (GROUP, 5, "Sure?")

    async def test_what_does_not_bear_the_button_is_not_drawn_over(self, scene: Scene) -> None:
        """Any payload can be sent with any message: what stands in a group for everybody stays as it is."""
        data = tapped(ADA, "x", GROUP)
        data["callback_query"]["message"]["reply_markup"] = happening.bearing("y", "z")
        calls = await scene.happens(data, Redraw(panel("For Ada")))
        assert [(call.method, call.said.get("chat_id")) for call in calls] == [
            ("answerCallbackQuery", None),
            ("sendMessage", ADA),
        ]
        given = scene.inbox.heard[0]
        assert isinstance(given, Press)
        assert given.posted is None
        data |= {"update_id": 10**9}
        data["callback_query"]["data"] = "?7.weeks.1"
        call = only(await scene.happens(data, Ask(Page(7, "", (), resume="d7"))), "answerCallbackQuery")
        assert call.said["url"].endswith("d7")
        data |= {"update_id": 10**9 + 1}
        calls = await scene.happens(data, Say(message("Moved")))
        assert [call.method for call in calls] == ["answerCallbackQuery", "sendMessage"]

    async def test_a_card_without_a_word_is_drawn_and_noted(self, scene: Scene) -> None:
        """Where nothing else is said about the tap, whoever tapped is to see something."""
        calls = await scene.happens(tapped(ADA, "x"), Redraw(message(card=Card("meeting", 1))))
        assert scene.said() == [("answerCallbackQuery", ""), ("editMessageText", "Here you are.")]
        assert [(card.subject, posted.message) for card, posted in scene.inbox.stood] == [(1, "5")]
        assert calls[1].said["message_id"] == 5

    async def test_what_cannot_be_drawn_any_more_is_said_anew(self, scene: Scene) -> None:
        """The message was deleted: the answer is not lost with it."""
        scene.recorder.troubles["editMessageText"] = GONE
        await scene.happens(tapped(ADA, "x"), Redraw(message("The truth")))
        assert scene.said()[-1] == ("sendMessage", "The truth")

    async def test_something_to_say_is_posted_below(self, scene: Scene) -> None:
        """In a group it is said to everybody, in the topic where the button stands."""
        data = tapped(ADA, "x", GROUP)
        data["callback_query"]["message"] |= {"message_thread_id": 7, "is_topic_message": True}
        calls = await scene.happens(data, Say(message(card=Card("circle", 3))))
        assert [call.method for call in calls] == ["answerCallbackQuery", "sendMessage"]
        assert (calls[1].said["chat_id"], calls[1].said["message_thread_id"]) == (GROUP, 7)
        assert scene.inbox.stood == [(Card("circle", 3), Posted(room(GROUP, "7"), "100"))]

    async def test_done_before_is_said_so(self, scene: Scene) -> None:
        """Whoever taps what was done already is not left in silence."""
        call = only(await scene.happens(tapped(ADA, "x", GROUP), None), "answerCallbackQuery")
        assert call.text == "That is done. If an answer is missing, ask again."

    async def test_a_tap_is_answered_even_when_the_core_breaks(self, scene: Scene) -> None:
        """Nobody waits for ever."""
        call = only(await scene.happens(tapped(ADA, "x", GROUP), RuntimeError("secret words")), "answerCallbackQuery")
        assert "went wrong" in call.text

    async def test_a_tap_is_answered_even_when_nothing_can_be_sent(
        self, scene: Scene, caplog: pytest.LogCaptureFixture
    ) -> None:
        """What cannot be shown is said so, once, and nobody's words stand in the log."""
        scene.recorder.troubles["sendMessage"] = (400, "Bad Request: can't parse Ada's words")
        await scene.happens(tapped(ADA, "x", GROUP), Say(panel("Ada's words"), private=True))
        answers = [call for call in scene.calls if call.method == "answerCallbackQuery"]
        assert len(answers) == 1
        assert "went wrong" in answers[0].text
        assert "Ada" not in caplog.text

    async def test_who_taps_hears_of_it_before_anything_is_sent(self, scene: Scene) -> None:
        """The word about a tap waits for no other answer, however long those wait for Telegram's limits."""
        for data, reply, words in (
            (tapped(ADA, "x"), Redraw(message("The truth"), "Noted"), "Noted"),
            (tapped(ADA, "x", GROUP), Say(message("For you"), private=True), "For you"),
            (tapped(ADA, "x", GROUP), Ask(Page(7, "", (), resume="d7")), ""),
            (tapped(ADA, "x"), Say(message("Here")), ""),
        ):
            before = len(scene.calls)
            scene.inbox.replies.append(reply)
            answer = await scene.answering.receive(happening.update(data), scene.inbox)
            assert answer is not None
            assert answer.at_once is not None
            await answer.at_once()
            call = only(scene.calls[before:], "answerCallbackQuery")
            assert call.text == words

    async def test_what_telegram_refuses_is_not_met_with_silence(self, scene: Scene) -> None:
        """Whoever wrote a command is told that something went wrong."""
        scene.inbox.menu = (CommandHelp("meet", "Plan", Meet),)
        odd = message("odd words")
        scene.recorder.refused = "odd words"
        calls = await scene.happens(said(ADA, "/meet", GROUP), Say(odd))
        assert [call.method for call in calls] == ["sendMessage"] * 2
        assert "went wrong" in calls[1].text
        calls = await scene.happens(tapped(ADA, "x"), Say(odd))
        assert "went wrong" in calls[-1].text

    @pytest.mark.parametrize("kind", ["game", "channel"])
    async def test_a_tap_that_means_nothing_to_us_is_answered(self, scene: Scene, kind: str) -> None:
        """The button does not stay busy."""
        data = tapped(ADA, "x", GROUP)
        if kind == "game":
            del data["callback_query"]["data"]
        else:
            data["callback_query"]["message"]["chat"]["type"] = "channel"
        call = only(await scene.happens(data), "answerCallbackQuery")
        assert call.text == "That is not possible here."
        assert scene.inbox.heard == []

    async def test_a_tap_on_a_message_out_of_reach_is_answered(self, scene: Scene) -> None:
        """An old message is drawn all the same; one elsewhere is answered in private."""
        old = tapped(ADA, "x", GROUP)
        old["callback_query"]["message"] = {"message_id": 5, "date": 0, "chat": happening.place(GROUP)}
        calls = await scene.happens(old, Redraw(panel()))
        assert [call.method for call in calls] == ["answerCallbackQuery", "editMessageText"]
        elsewhere = tapped(ADA, "x")
        del elsewhere["callback_query"]["message"]
        calls = await scene.happens(elsewhere, Redraw(panel()))
        assert [(call.method, call.said.get("chat_id")) for call in calls] == [
            ("answerCallbackQuery", None),
            ("sendMessage", ADA),
        ]

    async def test_a_repeated_update_is_answered_once(self, scene: Scene) -> None:
        """Telegram brings again what it heard nothing of in time."""
        data = tapped(ADA, "x", GROUP)
        assert await scene.happens(data, Toast("Noted"))
        assert await scene.happens(data) == []
        assert len(scene.inbox.heard) == 2


class TestWords:
    """Commands and words."""

    async def test_a_command_in_a_group_is_answered_by_reply(self, scene: Scene) -> None:
        """Everybody sees whom the answer is for."""
        scene.inbox.menu = (CommandHelp("meet", "Plan", Meet),)
        data = said(ADA, "/meet", GROUP)
        call = only(await scene.happens(data, Say(message())), "sendMessage")
        assert call.said["reply_parameters"]["message_id"] == data["message"]["message_id"]

    async def test_in_private_nothing_is_quoted(self, scene: Scene) -> None:
        """There is nobody else to be meant."""
        call = only(await scene.happens(said(ADA, "/help"), Say(message())), "sendMessage")
        assert "reply_parameters" not in call.said

    async def test_words_between_people_are_not_answered(self, scene: Scene) -> None:
        """A reply to the bot which the core has no use for is met with silence."""
        us = {"id": 999, "is_bot": True, "first_name": "Bot"}
        asked = {"message_id": 3, "date": 1, "chat": happening.place(GROUP), "from": us, "text": "?"}
        assert await scene.happens(said(ADA, "Thanks!", GROUP, reply_to_message=asked), None) == []

    async def test_words_after_a_restart_are_not_met_with_silence(self, scene: Scene) -> None:
        """What was done before the bot stopped is said to be done."""
        call = only(await scene.happens(said(ADA, "/help"), None), "sendMessage")
        assert call.text == "That is done. If an answer is missing, ask again."

    async def test_what_has_no_words_is_no_answer_to_a_question(self, scene: Scene) -> None:
        """A sticker does not leave a question empty: whoever sent it is asked for words, but not in a group."""
        sticker = {"file_id": "f", "file_unique_id": "u", "type": "regular", "width": 1, "height": 1}
        sticker |= {"is_animated": False, "is_video": False}
        call = only(await scene.happens(said(ADA, "", sticker=sticker)), "sendMessage")
        assert "words" in call.text
        us = {"id": 999, "is_bot": True, "first_name": "Bot"}
        asked = {"message_id": 3, "date": 1, "chat": happening.place(GROUP), "from": us, "text": "?"}
        assert await scene.happens(said(ADA, "", GROUP, reply_to_message=asked, sticker=sticker)) == []
        assert scene.inbox.heard == []

    async def test_a_card_that_a_command_changes_is_left_to_the_painter(self, scene: Scene) -> None:
        """What is said about it is said in reply."""
        scene.inbox.menu = (CommandHelp("meet", "Plan", Meet),)
        redraw = Redraw(message(card=Card("meeting", 1)), "Noted")
        assert only(await scene.happens(said(ADA, "/meet", GROUP), redraw), "sendMessage").text == "Noted"

    async def test_a_toast_to_words_is_a_message(self, scene: Scene) -> None:
        """There is no tap to answer."""
        call = only(await scene.happens(said(ADA, "/help"), Toast("Too late.")), "sendMessage")
        assert call.text == "Too late."

    async def test_a_group_that_may_not_be_written_to_is_answered_privately(self, scene: Scene) -> None:
        """Whoever asked gets the answer."""
        scene.inbox.menu = (CommandHelp("meet", "Plan", Meet),)
        scene.recorder.troubles[f"sendMessage {GROUP}"] = MUTED
        calls = await scene.happens(said(ADA, "/meet", GROUP), Say(message()))
        assert [call.said["chat_id"] for call in calls] == [GROUP, ADA]
        assert "reply_parameters" in calls[0].said
        assert "reply_parameters" not in calls[1].said  # the number is another message's there

    async def test_nobody_is_greeted_privately_in_a_groups_place(self, scene: Scene) -> None:
        """Whoever added the bot to a group where it may not write has not asked for anything."""
        scene.recorder.troubles[f"sendMessage {GROUP}"] = MUTED
        calls = await scene.happens(added(ADA), Say(message("Hello all")))
        assert [call.said["chat_id"] for call in calls] == [GROUP]

    async def test_a_chart_is_drawn(self) -> None:
        """Whoever looks at pictures gets one; it follows the words."""
        scene = Scene(lambda chart: Picture(b"\x89PNG", chart.alt))
        await scene.happens(said(ADA, "/help"), Say(message(picture=Chart("Turnout", (), (), "Three came."))))
        await scene.wire.close()
        assert [call.method for call in scene.calls] == ["sendMessage", "sendPhoto"]
        assert scene.calls[1].said["caption"] == "Three came."


class TestGroups:
    """Being added, moved, removed; administrators."""

    async def test_a_group_is_greeted_once(self, scene: Scene) -> None:
        """The /start that some ways of adding a bot bring along is not answered a second time."""
        call = only(await scene.happens(added(ADA), Say(message("Hello all"))), "sendMessage")
        assert call.said["chat_id"] == GROUP
        assert await scene.happens(said(ADA, "/start@circle_bot", GROUP), Say(message("Hello all"))) == []
        assert isinstance(scene.inbox.heard[-1], Joined)
        linked = await scene.happens(said(ADA, "/start@circle_bot c1", GROUP))
        assert linked
        scene.now += 61
        assert await scene.happens(said(ADA, "/start@circle_bot", GROUP), Say(message("Hello again")))

    async def test_a_group_with_a_new_address_is_not_greeted_as_a_new_one(self, scene: Scene) -> None:
        """Telegram tells of the new group as if the bot had been added there, and had left the old one."""
        old = said(ADA, "", -5, migrate_to_chat_id=GROUP)
        old["message"]["chat"]["type"] = "group"
        assert await scene.happens(old) == []
        await scene.happens(added(ADA))
        left = added(ADA, -5)
        left["my_chat_member"]["chat"]["type"] = "group"
        change = left["my_chat_member"]
        change["old_chat_member"], change["new_chat_member"] = change["new_chat_member"], change["old_chat_member"]
        await scene.happens(left)
        assert [type(fact) for fact in scene.inbox.heard] == [Moved, Joined]
        joined = scene.inbox.heard[-1]
        assert isinstance(joined, Joined)
        assert joined.back
        change = added(ADA)["my_chat_member"]
        change["old_chat_member"], change["new_chat_member"] = change["new_chat_member"], change["old_chat_member"]
        await scene.happens({"update_id": 10**9, "my_chat_member": change})
        assert isinstance(scene.inbox.heard[-1], Left)
        assert await scene.happens(added(ADA), Say(message("Hello all")))

    async def test_leaving_is_told_and_not_answered(self, scene: Scene) -> None:
        """There is nobody to answer to."""
        data = added(ADA)
        data["my_chat_member"]["new_chat_member"]["status"] = "left"
        data["my_chat_member"]["old_chat_member"]["status"] = "member"
        assert await scene.happens(data) == []
        assert isinstance(scene.inbox.heard[0], Left)

    async def test_who_writes_anonymously_is_asked_to_press_a_button(self, scene: Scene) -> None:
        """Nothing is done in the name of an account that all groups share; the button tells who it is."""
        scene.inbox.menu = (CommandHelp("meet", "Plan", Meet),)
        data = said(1087968824, "/meet Tuesday", GROUP, sender_chat=happening.place(GROUP))
        data["message"]["from"] |= {"is_bot": True, "username": "GroupAnonymousBot"}
        call = only(await scene.happens(data), "sendMessage")
        payload = call.rows[0][0]["callback_data"]
        assert scene.inbox.heard == []
        tap = tapped(ADA, payload, GROUP)
        tap["callback_query"]["message"] |= {
            "reply_to_message": data["message"],
            "reply_markup": call.said["reply_markup"],
        }
        assert only(await scene.happens(tap, Toast("Planned")), "answerCallbackQuery").text == "Planned"
        given = scene.inbox.heard[0]
        assert isinstance(given, Command)
        assert (given.name, given.words, given.sender.user) == ("meet", "Tuesday", str(ADA))

    async def test_an_anonymous_command_in_any_script_has_a_button(self, scene: Scene) -> None:
        """What a button says is measured in bytes, of which a letter may take several."""
        data = said(1087968824, f"/{'ж' * 40}@circle_bot", GROUP, sender_chat=happening.place(GROUP))
        call = only(await scene.happens(data), "sendMessage")
        payload = call.rows[0][0]["callback_data"]
        assert payload == f"/{'ж' * 31}"
        assert len(payload.encode()) <= PAYLOAD_BYTES

    async def test_a_tapped_command_is_answered_whatever_it_is(self, scene: Scene) -> None:
        """A /start right after the greeting is not answered when written; tapped, the button would stay busy."""
        await scene.happens(added(ADA), Say(message("Hello all")))
        calls = await scene.happens(tapped(ADA, "/start", GROUP), Say(message("Hello all")))
        assert [call.method for call in calls] == ["answerCallbackQuery", "sendMessage"]

    async def test_what_is_no_command_is_not_asked_about(self, scene: Scene) -> None:
        """People may talk with each other, anonymously too; a topic that is open again is noticed whoever opened it."""
        here = happening.place(GROUP)
        assert await scene.happens(said(1087968824, "Hello", GROUP, sender_chat=here)) == []
        assert scene.inbox.heard == []
        topic = {"forum_topic_reopened": {}, "message_thread_id": 7, "is_topic_message": True}
        opened = said(1087968824, "", GROUP, sender_chat=here, **topic)
        opened["message"].pop("text")
        assert await scene.happens(opened) == []
        back = scene.inbox.heard[0]
        assert isinstance(back, Joined)
        assert (back.back, back.place.room) == (True, room(GROUP, "7"))

    async def test_an_answer_speaks_the_persons_own_language(self, scene: Scene) -> None:
        """What the reply was written in counts before Telegram's hint."""
        chosen = Message(Text(("The panel",), PSEUDO), rows=stacked(Button("Go", Meet())))
        calls = await scene.happens(tapped(ADA, "x", GROUP), Say(chosen, private=True))
        assert calls[1].text == "⟦I am writing to you in our private chat.⟧"
        calls = await scene.happens(tapped(BEN, "x", GROUP), Say(panel(), private=True))
        assert calls[1].text == "I am writing to you in our private chat."
