"""What `circlebot check` says of Telegram: each problem with its remedy, and never the token."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from adapters.telegram.examine import ROOMS, examine
from adapters.telegram.letter import PLATFORM
from bot.chat.findings import Finding
from bot.chat.message import Room
from tests.telegram.canned import ME, TOKEN, WEBHOOK, Canned, Refusal, canned

NOW = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
GROUP = -100
MEMBER = {"status": "member", "user": ME}
RIGHTS = (
    *("can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos", "can_send_videos"),
    *("can_send_video_notes", "can_send_voice_notes", "can_send_polls", "can_send_other_messages"),
    *("can_add_web_page_previews", "can_react_to_messages", "can_edit_tag", "can_change_info", "can_invite_users"),
    *("can_pin_messages", "can_manage_topics"),
)
RESTRICTED = dict.fromkeys(RIGHTS, False) | {"status": "restricted", "user": ME, "is_member": True, "until_date": 0}
GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")


@pytest.fixture
def telegram() -> Iterator[Canned]:
    """A Bot API server that knows one group, in which everybody may write."""
    with canned() as made:
        made.answers |= {f"getChatMember {GROUP}": MEMBER, f"getChat {GROUP}": group(can_send_messages=True)}
        yield made


def group(*, can_send_messages: bool) -> dict[str, object]:
    """Return a group as Telegram tells of it."""
    return {
        "id": GROUP,
        "type": "supergroup",
        "title": "Readers",
        "accent_color_id": 1,
        "max_reaction_count": 1,
        "accepted_gift_types": dict.fromkeys(GIFTS, False),
        "permissions": {"can_send_messages": can_send_messages},
    }


async def asked(
    telegram: Canned, webhook_url: str = "", rooms: tuple[int, ...] = (), token: str = TOKEN
) -> list[Finding]:
    """Return what is found; nothing of it may hold the token, and what is wrong has a remedy."""
    named = [(Room(PLATFORM, str(chat)), "Readers\x1b[2J") for chat in rooms]
    found = await examine(token, telegram.address, webhook_url=webhook_url, rooms=named, now=NOW)
    for finding in found:
        assert token.partition(":")[2] not in finding.what + finding.remedy
        assert finding.fine or finding.remedy, finding
        assert finding.what.isprintable()
    return found


def problems(found: list[Finding]) -> str:
    """Return what is not fine, in words."""
    return "\n".join(f"{finding.what}: {finding.remedy}" for finding in found if not finding.fine)


async def test_a_good_set_up_is_praised_and_its_links_are_told(telegram: Canned) -> None:
    """Nothing to mend: who the bot is, how to write to it, and how it comes into a group."""
    found = await asked(telegram, rooms=(GROUP,))
    assert problems(found) == ""
    said = "\n".join(f"{finding.what} {finding.remedy}" for finding in found)
    for part in (
        "@circles_bot",
        "privacy mode is on",
        "polled",
        "may write in 1 of 1 groups",
        "https://t.me/circles_bot?startgroup=",
        "no administrator's rights",
    ):
        assert part in said


async def test_it_only_looks(telegram: Canned) -> None:
    """Asking changes nothing on Telegram, and takes no updates from a bot that runs."""
    await asked(telegram, rooms=(GROUP,))
    assert all(method.startswith("get") and method != "getUpdates" for method in telegram.asked)


async def test_an_unknown_token_is_said_without_the_token(telegram: Canned) -> None:
    """The library's own words hold it; ours do not."""
    found = await asked(telegram, token="7:mistyped-token")
    assert "does not know this token" in problems(found)
    assert "@BotFather" in problems(found)
    assert len(found) == 1


async def test_a_server_out_of_reach_is_said_so() -> None:
    """No network is another thing than a wrong token."""
    with canned() as gone:
        pass
    found = await asked(gone)
    assert "no answer" in problems(found)
    assert "[telegram] api_url" in problems(found)


async def test_what_botfather_was_told_is_looked_at(telegram: Canned) -> None:
    """Privacy mode should be on, and groups should be able to add the bot; each with its command."""
    telegram.answers["getMe"] = {**ME, "can_read_all_group_messages": True, "can_join_groups": False}
    said = problems(await asked(telegram))
    assert "/setprivacy" in said
    assert "/setjoingroups" in said


@pytest.mark.parametrize(
    ("there", "wanted", "said"),
    [
        ("https://old.example/secret-path", "", "a webhook is set (on old.example)"),
        ("https://old.example/secret-path", "https://a.example/t", "is another (on old.example)"),
        ("", "https://a.example/t", ""),
        ("https://a.example/t", "https://a.example/t", ""),
        ("", "", ""),
    ],
)
async def test_the_webhook_is_compared_with_the_settings(telegram: Canned, there: str, wanted: str, said: str) -> None:
    """One that is set elsewhere takes the updates away; its path, which may be a secret, is not shown."""
    telegram.answers["getWebhookInfo"] = {**WEBHOOK, "url": there}
    found = problems(await asked(telegram, wanted))
    assert said in found if said else not found
    assert "secret-path" not in found


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        ("Wrong response from the webhook: 401 Unauthorized", "webhook_secret"),
        ("Wrong response from the webhook: 404 Not Found", "webhook_path"),
        ("Wrong response from the webhook: 502 Bad Gateway", "does not reach the bot"),
        ("SSL error {error:0A000086:SSL routines::certificate verify failed}", "certificate"),
        ("Failed to resolve host: Name or service not known", "DNS"),
        ("Connection refused", "Nothing listens"),
        ("Connection timed out", "firewall"),
        ("Something new", "from outside"),
    ],
)
async def test_a_post_that_failed_lately_is_explained(telegram: Canned, words: str, remedy: str) -> None:
    """Telegram's last error is told with its time and with what helps."""
    error = {"last_error_date": int(NOW.timestamp()) - 120, "last_error_message": words}
    telegram.answers["getWebhookInfo"] = {**WEBHOOK, "url": "https://a.example/t", **error}
    said = problems(await asked(telegram, "https://a.example/t"))
    assert "at 18:58 UTC" in said
    assert words in said
    assert remedy in said


async def test_a_post_that_failed_long_ago_is_history(telegram: Canned) -> None:
    """Telegram never forgets its last error; we do after an hour."""
    error = {"last_error_date": int(NOW.timestamp()) - 7200, "last_error_message": "Connection refused"}
    telegram.answers["getWebhookInfo"] = {**WEBHOOK, "url": "https://a.example/t", **error}
    assert problems(await asked(telegram, "https://a.example/t")) == ""


async def test_a_post_that_failed_elsewhere_is_not_our_address(telegram: Canned) -> None:
    """Where another address is set, that is what is wrong; what failed there says nothing about ours."""
    error = {"last_error_date": int(NOW.timestamp()) - 120, "last_error_message": "Connection refused"}
    telegram.answers["getWebhookInfo"] = {**WEBHOOK, "url": "https://other.example/t", **error}
    said = problems(await asked(telegram, "https://a.example/t"))
    assert "other.example" in said
    assert "refused" not in said


async def test_updates_that_pile_up_are_noticed(telegram: Canned) -> None:
    """A few wait now and then; hundreds mean that nobody fetches them."""
    telegram.answers["getWebhookInfo"] = {**WEBHOOK, "pending_update_count": 3}
    assert problems(await asked(telegram)) == ""
    telegram.answers["getWebhookInfo"] = {**WEBHOOK, "pending_update_count": 300}
    assert "300 updates wait" in problems(await asked(telegram))


@pytest.mark.parametrize(
    ("member", "said"),
    [
        ({"status": "left", "user": ME}, "not in Readers[2J any more: Add the bot"),
        ({"status": "kicked", "user": ME, "until_date": 0}, "not in Readers[2J any more: Add the bot"),
        ({**RESTRICTED, "is_member": False}, "not in Readers[2J any more"),
        (RESTRICTED, "may not write in Readers[2J: In the group's settings"),
        (Refusal(403, "Forbidden: bot was kicked from the supergroup chat"), "is not in Readers[2J, or it is gone"),
        (Refusal(400, "Bad Request: chat not found"), "is not in Readers[2J, or it is gone"),
        (Refusal(400, "Bad Request: group chat was upgraded to a supergroup chat", -1005), "has become a supergroup"),
        (Refusal(500, "Internal Server Error"), "no answer about Readers[2J"),
    ],
)
async def test_a_group_that_cannot_be_written_to_is_named(telegram: Canned, member: object, said: str) -> None:
    """Whatever stands between the bot and a circle's group is told with what to do, before a reminder is lost."""
    telegram.answers[f"getChatMember {GROUP}"] = member
    assert said in problems(await asked(telegram, rooms=(GROUP,)))


async def test_a_group_in_which_members_may_not_write_is_named(telegram: Canned) -> None:
    """A plain member has the rights of all members; an administrator has more."""
    telegram.answers[f"getChat {GROUP}"] = group(can_send_messages=False)
    assert "may not write in Readers" in problems(await asked(telegram, rooms=(GROUP,)))


async def test_topics_of_a_group_are_one_group_and_many_groups_are_a_sample(telegram: Canned) -> None:
    """Nobody waits for hundreds of answers, and what was left out is said."""
    telegram.answers |= {"getChatMember": MEMBER, "getChat": group(can_send_messages=True)}
    found = await asked(telegram, rooms=(GROUP, GROUP, *range(-300, -270)))
    assert telegram.asked.count("getChatMember") == ROOMS
    assert any(f"{ROOMS} of {ROOMS} groups with circles (the first {ROOMS} of 31" in finding.what for finding in found)
