"""The same tap in aiogram alone, with no database behind it: `build/bench-rivals/bin/python -m tests.bench._aiogram`.

It wants an older pydantic than we do, so it lives in an environment of its own (`requirements-bench.txt`).
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Message

from tests.bench._control import HTML, THANKS, Control, Cost, asked, made_up_payloads, measured, server, told
from tests.bench.telegram_server import LABELS, TOKEN


async def _tapped(query: CallbackQuery) -> None:
    await query.answer(THANKS)
    buttons = [InlineKeyboardButton(text=label, callback_data=f"rs.1.{label[:3]}.syyrz4") for label in LABELS]
    assert isinstance(query.message, Message)
    await query.message.edit_text(
        HTML,
        parse_mode="HTML",
        reply_markup=InlineKeyboardMarkup(inline_keyboard=[buttons]),
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )


async def _taps(control: Control, plan: Sequence[tuple[int, int]]) -> list[Cost]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(control.url), limit=256)
    bot, dispatcher = Bot(TOKEN, session=session), Dispatcher()
    dispatcher.callback_query.register(_tapped)
    await control.order(payloads=made_up_payloads())
    polling = asyncio.create_task(dispatcher.start_polling(bot, handle_signals=False, close_bot_session=True))
    try:
        return await measured(control, plan)
    finally:
        await dispatcher.stop_polling()
        await polling


if __name__ == "__main__":
    with server() as running:
        told(asyncio.run(_taps(running, asked(sys.argv[1:]))))
