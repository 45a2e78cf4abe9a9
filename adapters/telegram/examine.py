"""What is wrong with a bot's set-up on Telegram, and what to do about it. Only looks: nothing is sent or changed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from telegram import Bot, ChatFullInfo, ChatMember, ChatMemberRestricted, User, WebhookInfo
from telegram.error import BadRequest, ChatMigrated, EndPointNotFound, Forbidden, InvalidToken, TelegramError

from adapters.telegram.errors import as_post_error
from adapters.telegram.transport import AiohttpRequest
from bot.chat.adapter import Trouble, Unreachable
from bot.chat.findings import Finding, printable
from bot.chat.message import Room

PATIENCE_S: Final = 5.0
"""How long to wait for each answer."""
ROOMS: Final = 20
"""In how many rooms to look, the first ones that are named."""
AT_ONCE: Final = 5
MANY: Final = 100
"""From so many waiting updates on, something is wrong."""
RECENT: Final = timedelta(hours=1)
"""Telegram tells the last failed post for ever; older ones than this are history."""

_COPY_IT: Final = (
    "Copy the token anew from @BotFather (/mybots, your bot, API Token). If [telegram] api_url is set, it must be the "
    "root of a Bot API server, without /bot."
)
_NETWORK: Final = (
    "Look at this machine's network and firewall: it must reach [telegram] api_url (https://api.telegram.org, if not "
    "set)."
)
_ADD_IT: Final = "Add the bot to the group again; what is still useful is sent then."
_LET_IT_WRITE: Final = (
    "In the group's settings, let members send messages; or make the bot an administrator (any one right will "
    "do), which may write even where members may not."
)
_POSTS: Final = (
    (
        "401",
        "The posts carry another secret than [telegram] webhook_secret. Start the bot anew: `run` tells it.",
    ),
    ("404", "The proxy must pass the path of [telegram] webhook_url on to [telegram] webhook_path."),
    ("502", "The proxy does not reach the bot: is it running, on [http] host and port?"),
    ("503", "The bot is starting, or has too much to do; if it stays so, look into its log."),
    ("ssl", "Telegram wants a certificate that browsers trust, with all intermediate ones."),
    ("certificate", "Telegram wants a certificate that browsers trust, with all intermediate ones."),
    ("resolve", "The name in [telegram] webhook_url must be known to everybody (DNS)."),
    ("refused", "Nothing listens at [telegram] webhook_url: look at the proxy and the firewall."),
    ("timed out", "Telegram does not reach [telegram] webhook_url from outside: look at the firewall."),
)
"""What stands in Telegram's words about a failed post, in lower case, and what helps."""
_POSTS_ANYHOW: Final = (
    "Telegram must reach [telegram] webhook_url from outside, over https, and be answered by the bot."
)


async def examine(
    token: str,
    api_url: str,
    *,
    webhook_url: str = "",
    rooms: Sequence[tuple[Room, str]] = (),
    now: datetime | None = None,
) -> list[Finding]:
    """Return what was looked at, in the order in which to mend it.

    `webhook_url` is the whole address that Telegram should post to, empty for polling; `rooms` are those where circles
    live, with their names.
    """
    request = AiohttpRequest(read_timeout=PATIENCE_S, connect_timeout=PATIENCE_S, pool_timeout=PATIENCE_S)
    root = api_url.rstrip("/")
    bot = Bot(token, base_url=f"{root}/bot", base_file_url=f"{root}/file/bot", request=request)
    try:
        try:
            await bot.initialize()
        except TelegramError as error:
            return [_unknown(error)]
        found = [Finding(fine=True, what=f"telegram: the token is @{bot.username}'s"), *_account(bot.bot)]
        try:
            found += _delivery(await bot.get_webhook_info(), webhook_url, now or datetime.now(UTC))
        except TelegramError as error:
            found.append(_unanswered("updates", error))
        found += await _rooms(bot, rooms)
        return [*found, *_doors(bot.username)]
    finally:
        await bot.shutdown()


def _unknown(error: TelegramError) -> Finding:
    """Say that it is not known who we are; never in the library's words, which hold the token."""
    if isinstance(error, InvalidToken | EndPointNotFound | Forbidden):
        return Finding(fine=False, what="telegram: Telegram does not know this token", remedy=_COPY_IT, refused=True)
    return _unanswered("the token", error)


def _unanswered(what: str, error: TelegramError) -> Finding:
    return Finding(fine=False, what=f"telegram: no answer about {what} ({as_post_error(error)})", remedy=_NETWORK)


def _account(me: User) -> list[Finding]:
    """Say what @BotFather was told about the bot."""
    reads, joins = bool(me.can_read_all_group_messages), me.can_join_groups is not False
    return [
        Finding(
            not reads,
            "telegram: privacy mode is "
            + ("off: the bot is sent every word of its groups, which it has no use for" if reads else "on"),
            "Tell @BotFather /setprivacy, choose the bot, Enable. Groups that it is in already follow when it is taken "
            "out and added again."
            if reads
            else "",
        ),
        Finding(
            joins,
            "telegram: groups may add the bot" if joins else "telegram: nobody can add the bot to a group",
            "" if joins else "Tell @BotFather /setjoingroups, choose the bot, Enable.",
        ),
    ]


def _delivery(there: WebhookInfo, wanted: str, now: datetime) -> list[Finding]:
    """Say how updates come, and whether they do."""
    found = [_address(there.url, wanted)]
    if there.last_error_date and now - there.last_error_date < RECENT and there.url == wanted:
        said = printable(there.last_error_message or "")
        known = [remedy for sign, remedy in _POSTS if sign in said.casefold()]
        at = there.last_error_date.astimezone(UTC)
        what = f"telegram: at {at:%H:%M} UTC Telegram could not post an update: {said or 'it does not say why'}"
        found.append(Finding(fine=False, what=what, remedy=known[0] if known else _POSTS_ANYHOW))
    if waiting := there.pending_update_count:
        few = waiting < MANY
        found.append(
            Finding(
                few,
                f"telegram: {waiting} {'update waits' if waiting == 1 else 'updates wait'} for the bot",
                "" if few else "The bot is not running, or cannot keep up: Telegram keeps what people do for a day.",
            )
        )
    return found


def _address(there: str, wanted: str) -> Finding:
    """Compare where Telegram posts to with where it should. Addresses may hold secrets, so only hosts are shown."""
    host = urlsplit(there).hostname
    if there == wanted:
        return Finding(
            fine=True, what=f"telegram: posts to the webhook on {host}" if there else "telegram: updates are polled for"
        )
    if not there:
        return Finding(fine=True, what="telegram: no webhook is set yet; `circlebot run` sets it")
    if wanted:
        return Finding(
            fine=False,
            what=f"telegram: the webhook that is set is another (on {host}) than [telegram] webhook_url",
            remedy="Start the bot: `circlebot run` sets it. If another program uses this token, stop that first.",
        )
    return Finding(
        fine=False,
        what=f'telegram: a webhook is set (on {host}), but [telegram] mode is "polling"',
        remedy="Start the bot: `circlebot run` removes it. If another program uses this token, stop that first.",
    )


async def _rooms(bot: Bot, rooms: Sequence[tuple[Room, str]]) -> list[Finding]:
    """Say where circles live and the bot may not write."""
    names: dict[str, str] = {}
    for room, name in rooms:  # the topics of a group share its rights
        names.setdefault(room.chat, printable(name) or f"the group {room.chat}")
    looked_at = list(names.items())[:ROOMS]
    gate = asyncio.Semaphore(AT_ONCE)

    async def look(chat: str, name: str) -> Finding | None:
        async with gate:
            return await _room(bot, int(chat), name)

    found = await asyncio.gather(*(look(chat, name) for chat, name in looked_at))
    problems = [problem for problem in found if problem]
    if not looked_at:
        return [Finding(fine=True, what="telegram: no circle lives in a group yet")]
    more = f" (the first {ROOMS} of {len(names)} were looked at)" if len(names) > ROOMS else ""
    fine = f"telegram: may write in {len(looked_at) - len(problems)} of {len(looked_at)} groups with circles{more}"
    return [Finding(fine=True, what=fine), *problems]


async def _room(bot: Bot, chat: int, name: str) -> Finding | None:
    """Say what is wrong in a group, None if nothing is."""
    try:
        member = await bot.get_chat_member(chat, bot.id)
        group = await bot.get_chat(chat) if member.status == ChatMember.MEMBER else None
    except ChatMigrated:
        what = f"telegram: {name} has become a supergroup"
        return Finding(fine=False, what=what, remedy="Start the bot: it follows with the first message for the group.")
    except (BadRequest, Forbidden) as error:
        trouble = as_post_error(error)
        if isinstance(trouble, Unreachable) and trouble.trouble is not Trouble.MUTED:
            return Finding(fine=False, what=f"telegram: the bot is not in {name}, or it is gone", remedy=_ADD_IT)
        return Finding(fine=False, what=f"telegram: {name} cannot be looked at ({trouble})", remedy=_LET_IT_WRITE)
    except TelegramError as error:
        return _unanswered(name, error)
    return _standing(member, group, name)


def _standing(member: ChatMember, group: ChatFullInfo | None, name: str) -> Finding | None:
    if not _is_in(member):
        return Finding(fine=False, what=f"telegram: the bot is not in {name} any more", remedy=_ADD_IT)
    if not _may_write(member, group):
        return Finding(fine=False, what=f"telegram: the bot may not write in {name}", remedy=_LET_IT_WRITE)
    return None


def _is_in(member: ChatMember) -> bool:
    if isinstance(member, ChatMemberRestricted):
        return member.is_member
    return member.status not in {ChatMember.LEFT, ChatMember.BANNED}


def _may_write(member: ChatMember, group: ChatFullInfo | None) -> bool:
    if isinstance(member, ChatMemberRestricted):
        return member.can_send_messages
    everyone = group.permissions if group else None
    return everyone is None or everyone.can_send_messages is not False


def _doors(username: str) -> list[Finding]:
    """Say how one comes to the bot and it into a group, and which rights it needs there."""
    return [
        Finding(fine=True, what=f"telegram: write to it: https://t.me/{username}"),
        Finding(
            fine=True,
            what=f"telegram: add it to a group: https://t.me/{username}?startgroup=",
            remedy="It needs no administrator's rights. Where members may not write, make it an administrator (any one "
            "right will do; “Manage topics” for closed topics). Telegram then sends it every word of that group.",
        ),
    ]
