"""What Telegram tells us, as the core hears it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.telegram import inbound
from adapters.telegram.me import Me
from bot.chat.inbound import Act, Command, Filled, Inbound, Joined, Left, Moved, Opened, Press, Typed
from bot.chat.message import Posted, Room, RoomKind
from tests.telegram import happening
from tests.telegram.happening import ADA, GROUP, added, said, tapped

ME = Me(999, "circle_bot")
US = {"id": 999, "is_bot": True, "first_name": "Bot", "username": "circle_bot"}
ROOM = Room("telegram", str(GROUP))
PRIVATE = Room("telegram", str(ADA), kind=RoomKind.PRIVATE)
Json = dict[str, Any]
_MAY = """can_send_messages can_send_audios can_send_documents can_send_photos can_send_videos can_send_video_notes
    can_send_voice_notes can_send_polls can_send_other_messages can_add_web_page_previews can_change_info
    can_invite_users can_pin_messages can_manage_topics can_edit_tag can_react_to_messages"""
_RIGHTS = """can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members can_promote_members
    can_change_info can_invite_users can_post_stories can_edit_stories can_delete_stories"""


def read(data: Json, *, runs_room: bool = False) -> Inbound | None:
    """Return what an update says."""
    return inbound.read(happening.update(data), ME, runs_room=runs_room)


def ours(**more: object) -> Json:
    """Return a message of the bot's, as it is quoted."""
    return {"message_id": 3, "date": 1, "chat": happening.place(GROUP), "from": US, "text": "A question", **more}


def changed(old: Json, new: Json, chat: int = GROUP) -> Json:
    """Return an update about the bot's own standing in a chat."""
    data = added(ADA, chat)
    data["my_chat_member"] |= {"old_chat_member": {"user": US, **old}, "new_chat_member": {"user": US, **new}}
    return data


def restricted(*, may_send: bool, is_member: bool = True) -> Json:
    """Return how Telegram words that somebody may not do everything."""
    return {"status": "restricted", "is_member": is_member, "until_date": 0} | dict.fromkeys(_MAY.split(), may_send)


OUT = {"status": "left"}
KICKED = {"status": "kicked", "until_date": 0}
IN = {"status": "member"}
ADMINISTRATOR = {"status": "administrator", "can_be_edited": False, "is_anonymous": False} | dict.fromkeys(
    _RIGHTS.split(), True
)


class TestCommands:
    """What begins with a slash."""

    @pytest.mark.parametrize(
        ("words", "name", "rest"),
        [
            ("/meeting", "meeting", ""),
            ("/meeting Tuesday 6pm", "meeting", "Tuesday 6pm"),
            ("/Meeting@Circle_Bot  Tuesday\n6pm ", "meeting", "Tuesday\n6pm"),
            ("/start c1", "start", "c1"),
            ("/Próxima", "próxima", ""),
            ("/pro\u0301xima", "pro\u0301xima", ""),
            ("/se-joindre@Circle_Bot Python", "se-joindre", "Python"),
            ("/l'appel", "l'appel", ""),
            ("/सहायता", "सहायता", ""),
            ("/añadirreunión@Circle_Bot mañana", "añadirreunión", "mañana"),
        ],
    )
    def test_a_command_in_a_group_has_a_name_and_words(self, words: str, name: str, rest: str) -> None:
        """The bot's own name after the command is no part of it."""
        act = read(said(ADA, words, GROUP))
        assert isinstance(act, Command)
        assert (act.name, act.words, act.place.room, act.page_size) == (name, rest, ROOM, 1)

    def test_another_bots_command_is_not_ours(self) -> None:
        """A command that names another bot says nothing to us."""
        assert read(said(ADA, "/meeting@other_bot", GROUP)) is None

    def test_starting_in_private_opens_the_chat(self) -> None:
        """The payload of the link comes along."""
        act = read(said(ADA, "/start d1x"))
        assert isinstance(act, Opened)
        assert (act.start, act.place.room) == ("d1x", PRIVATE)

    @pytest.mark.parametrize("words", ["/usr/bin", "see /help", "/", "/¡é!", "/--help", "/'", "/next…"])
    def test_what_is_no_command_is_words(self, words: str) -> None:
        """A path, or a command in the middle of a sentence, is something said."""
        act = read(said(ADA, words))
        assert isinstance(act, Typed)
        assert act.words == words


class TestWords:
    """Words that are no command."""

    def test_people_talking_with_each_other_are_not_heard(self) -> None:
        """Words in a group, and replies to others there, are not reported."""
        assert read(said(ADA, "Hello all", GROUP)) is None
        to_ben = {**ours(), "from": happening.person(happening.BEN)}
        assert read(said(ADA, "Hello Ben", GROUP, reply_to_message=to_ben)) is None

    def test_a_reply_to_the_bot_is_words_for_it(self) -> None:
        """In a group, people answer the bot by reply."""
        act = read(said(ADA, "Python", GROUP, reply_to_message=ours()))
        assert isinstance(act, Typed)
        assert (act.words, act.place.room, act.place.title) == ("Python", ROOM, "The room")

    def test_a_topic_that_the_bot_made_is_no_question_of_its(self) -> None:
        """In a topic every message quotes the topic's beginning, which is nothing that was asked."""
        beginning = ours(forum_topic_created={"name": "Python", "icon_color": 1})
        beginning.pop("text")
        assert read(said(ADA, "Hello all", GROUP, reply_to_message=beginning)) is None

    def test_a_topic_that_is_open_again_can_be_written_in(self) -> None:
        """Closing it is noticed when something is to be posted; opening it is told by a service message."""
        opened = said(ADA, "", GROUP, forum_topic_reopened={}, message_thread_id=7, is_topic_message=True)
        opened["message"].pop("text")
        act = read(opened)
        assert isinstance(act, Joined)
        assert (act.back, act.place.room.thread) == (True, "7")

    def test_a_picture_has_its_caption_and_a_sticker_no_words(self) -> None:
        """In private, whatever somebody sends is answered."""
        photo = {"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}
        data = said(ADA, "")
        data["message"] |= {"caption": "Our room", "photo": [photo]}
        act = read(data)
        assert isinstance(act, Typed)
        assert act.words == "Our room"
        voice = said(ADA, "", voice={"file_id": "f", "file_unique_id": "u", "duration": 1})
        act = read(voice)
        assert isinstance(act, Typed)
        assert act.words == ""

    def test_what_nobody_said_is_not_heard(self) -> None:
        """Service messages are no words: something was pinned, somebody joined."""
        assert read(said(ADA, "", pinned_message={**ours(), "chat": happening.place(ADA)})) is None
        assert read(said(ADA, "", GROUP, new_chat_members=[US])) is None
        assert read(said(ADA, "", GROUP, left_chat_member=US)) is None

    def test_other_bots_and_channels_are_not_talked_with(self) -> None:
        """Neither a bot's reply nor a channel's post that was forwarded by itself is anybody's word."""
        bot = said(ADA, "/help", GROUP)
        bot["message"]["from"] = {"id": 5, "is_bot": True, "first_name": "Other"}
        assert read(bot) is None
        channel = {"id": -1005, "type": "channel", "title": "News"}
        assert read(said(ADA, "/help", GROUP, sender_chat=channel, is_automatic_forward=True)) is None
        post = said(ADA, "/help", GROUP)
        post["message"]["chat"] = channel
        assert read(post) is None

    def test_the_sender_is_named_in_full_with_their_language(self) -> None:
        """What Telegram knows of somebody comes along, and nothing is made up."""
        data = said(ADA, "Hello")
        data["message"]["from"] |= {"first_name": "<b>Ada", "last_name": "Lovelace", "language_code": "pt-br"}
        act = read(data, runs_room=True)
        assert isinstance(act, Typed)
        sender = act.sender
        assert (sender.platform, sender.user, sender.name) == ("telegram", str(ADA), "<b>Ada Lovelace")
        assert (sender.language, sender.zone, sender.runs_room) == ("pt-br", "", True)


class TestDates:
    """Dates that Telegram has read in what somebody wrote."""

    @pytest.mark.parametrize("shape", ["", "wDT", "t", "r"])
    def test_an_instant_comes_along(self, shape: str) -> None:
        """With words and with commands; nobody need read them a second time."""
        date = {"type": "date_time", "offset": 0, "length": 11, "unix_time": 1772557200}
        date |= {"date_time_format": shape} if shape else {}
        act = read(said(ADA, "Tuesday 6pm", entities=[date]))
        assert isinstance(act, Typed)
        assert act.at == datetime(2026, 3, 3, 17, tzinfo=UTC)
        command = {"type": "bot_command", "offset": 0, "length": 11}
        act = read(said(ADA, "/addmeeting Tuesday 6pm", GROUP, entities=[command, {**date, "offset": 12}]))
        assert isinstance(act, Command)
        assert act.at == datetime(2026, 3, 3, 17, tzinfo=UTC)

    def test_a_mere_day_and_several_dates_are_left_to_the_words(self) -> None:
        """No hour is guessed, and neither is which one was meant."""
        date = {"type": "date_time", "offset": 0, "length": 7, "unix_time": 1772557200}
        for entities in ([{**date, "date_time_format": "wD"}], [date, {**date, "offset": 11}], []):
            act = read(said(ADA, "Tuesday or Tuesday", entities=entities))
            assert isinstance(act, Typed)
            assert act.at is None


class TestTopics:
    """Forums, and threads of replies that are none."""

    def test_a_topic_is_a_room_of_its_own(self) -> None:
        """The room has the topic's number, and the forum is the wider space."""
        data = said(ADA, "/next", GROUP, message_thread_id=77, is_topic_message=True)
        data["message"]["chat"]["is_forum"] = True
        act = read(data)
        assert isinstance(act, Command)
        assert act.place.room == Room("telegram", str(GROUP), "77")
        assert act.place.space == str(GROUP)

    def test_a_thread_of_replies_is_no_room(self) -> None:
        """In a group without topics, the number of a thread says nothing."""
        act = read(said(ADA, "/next", GROUP, message_thread_id=77))
        assert isinstance(act, Command)
        assert (act.place.room, act.place.space) == (ROOM, "")


class TestButtons:
    """Taps."""

    def test_a_tap_names_the_message_it_was_on(self) -> None:
        """The payload and the card come along, in the card's topic."""
        data = tapped(ADA, "rs.1.yes", GROUP)
        data["callback_query"]["message"] |= {"message_thread_id": 7, "is_topic_message": True}
        act = read(data)
        assert isinstance(act, Press)
        room = Room("telegram", str(GROUP), "7")
        assert (act.payload, act.posted, act.place.room) == ("rs.1.yes", Posted(room, "5"), room)

    def test_a_button_of_a_question_answers_it(self) -> None:
        """A choice, and keeping what stands there, are answers to the form."""
        act = read(tapped(ADA, "?z.weeks.6"))
        assert isinstance(act, Filled)
        assert (act.draft, act.answers, act.kept) == (35, {"weeks": "6"}, ())
        act = read(tapped(ADA, "?z.weeks!"))
        assert isinstance(act, Filled)
        assert (act.answers, act.kept) == ({}, ("weeks",))

    def test_a_broken_question_is_a_button_like_any_other(self) -> None:
        """The core says kindly that it is of no use."""
        act = read(tapped(ADA, "?!"))
        assert isinstance(act, Press)
        assert act.payload == "?!"

    def test_a_message_out_of_reach_still_says_where_it_stands(self) -> None:
        """Of a very old message Telegram tells the chat and the number."""
        data = tapped(ADA, "rs.1.yes", GROUP)
        data["callback_query"]["message"] = {"message_id": 5, "date": 0, "chat": happening.place(GROUP)}
        act = read(data)
        assert isinstance(act, Press)
        assert act.posted == Posted(ROOM, "5")

    def test_a_message_sent_elsewhere_is_answered_in_private(self) -> None:
        """A tap on a message in a chat without the bot has no message that it knows."""
        data = tapped(ADA, "rs.1.yes")
        del data["callback_query"]["message"]
        data["callback_query"]["inline_message_id"] = "x"
        act = read(data)
        assert isinstance(act, Press)
        assert (act.posted, act.place.room) == (None, PRIVATE)

    def test_games_and_channels_mean_nothing(self) -> None:
        """There is nothing to report of them."""
        game = tapped(ADA, "x")
        del game["callback_query"]["data"]
        assert read(game) is None
        channel = tapped(ADA, "x", GROUP)
        channel["callback_query"]["message"]["chat"]["type"] = "channel"
        assert read(channel) is None


class TestStanding:
    """The bot comes, goes, and is muted."""

    @pytest.mark.parametrize(
        ("old", "new", "expected"),
        [
            (OUT, IN, "joined"),
            (KICKED, IN, "joined"),
            (OUT, ADMINISTRATOR, "joined"),
            (restricted(may_send=True, is_member=False), IN, "joined"),
            (OUT, restricted(may_send=False), "muted"),
            (IN, restricted(may_send=False), "muted"),
            (restricted(may_send=False), IN, "back"),
            (restricted(may_send=False), restricted(may_send=True), "back"),
            (IN, ADMINISTRATOR, "back"),
            (ADMINISTRATOR, IN, ""),
            (ADMINISTRATOR, ADMINISTRATOR, ""),
            (IN, OUT, "left"),
            (IN, KICKED, "left"),
            (IN, restricted(may_send=False, is_member=False), "left"),
            (restricted(may_send=False), KICKED, "left"),
            (OUT, KICKED, ""),
        ],
    )
    def test_a_change_of_standing_is_told_as_what_it_means(self, old: Json, new: Json, expected: str) -> None:
        """Only what makes a difference to what the bot may do is reported."""
        match read(changed(old, new)):
            case Joined(back=back):
                assert expected == ("back" if back else "joined")
            case Left(room=room, muted=muted):
                assert room == ROOM
                assert expected == ("muted" if muted else "left")
            case other:
                assert other is None
                assert expected == ""

    def test_being_blocked_and_unblocked_is_told_of_the_private_chat(self) -> None:
        """A person who blocks the bot has left; who unblocks it is back."""
        gone = read(changed(IN, KICKED, ADA))
        assert isinstance(gone, Left)
        assert gone.room == PRIVATE
        back = read(changed(KICKED, IN, ADA))
        assert isinstance(back, Joined)
        assert (back.back, back.place.room) == (True, PRIVATE)

    def test_channels_are_no_rooms(self) -> None:
        """The bot does nothing in a channel."""
        data = changed(OUT, ADMINISTRATOR)
        data["my_chat_member"]["chat"]["type"] = "channel"
        assert read(data) is None

    def test_a_group_that_becomes_a_supergroup_has_moved(self) -> None:
        """Both groups tell it, in any order; the new one in the name of an anonymous administrator."""
        old, new = said(ADA, "", -5, migrate_to_chat_id=-1009), said(ADA, "", -1009, migrate_from_chat_id=-5)
        old["message"]["chat"]["type"] = "group"
        new["message"] |= {"sender_chat": happening.place(-1009)}
        for moved in (read(old), read(new)):
            assert isinstance(moved, Moved)
            assert (moved.old, moved.new) == (Room("telegram", "-5"), Room("telegram", "-1009"))


def test_every_fact_has_a_key_of_its_update_and_of_the_bot() -> None:
    """A repeated update has the same key, and another bot's update another one."""
    for data in (
        said(ADA, "/help"),
        tapped(ADA, "x"),
        added(ADA),
        changed(IN, OUT),
        said(ADA, "", migrate_to_chat_id=-9),
    ):
        fact = read(data)
        assert fact is not None
        assert fact.key == f"telegram:999:{data['update_id']}"
        if isinstance(fact, Act):
            assert fact.page_size == 1


def test_what_is_unknown_is_nothing() -> None:
    """An update of a kind that we did not ask for says nothing."""
    assert read({"update_id": 1}) is None
