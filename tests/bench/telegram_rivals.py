"""The same tap in python-telegram-bot alone: an answer and an edit, with no database behind them.

`python -m tests.bench.telegram_rivals ptb 1000x8` measures the library as it comes, `ours` over our transport.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Update
from telegram.constants import ParseMode
from telegram.ext import Application, CallbackQueryHandler, ContextTypes

from tests.bench._control import HTML, THANKS, Control, Cost, asked, made_up_payloads, measured, server, told
from tests.bench.telegram_server import LABELS, TOKEN, group

_AT_ONCE = 256


def _application(control: Control, *, over_ours: bool) -> Application:  # type: ignore[type-arg]  # six parameters that say nothing
    builder = Application.builder().token(TOKEN).base_url(f"{control.url}/bot").concurrent_updates(_AT_ONCE)
    if over_ours:
        from adapters.telegram.transport import AiohttpRequest  # noqa: PLC0415  # the library as it comes needs none

        builder = builder.request(AiohttpRequest()).get_updates_request(AiohttpRequest())
    return builder.build()


async def _tapped(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    query = update.callback_query
    assert query is not None
    await query.answer(THANKS)
    buttons = [InlineKeyboardButton(label, callback_data=f"rs.1.{label[:3]}.syyrz4") for label in LABELS]
    await query.edit_message_text(
        HTML,
        parse_mode=ParseMode.HTML,
        reply_markup=InlineKeyboardMarkup([buttons]),
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )


async def taps(control: Control, plan: Sequence[tuple[int, int]], *, over_ours: bool) -> list[Cost]:
    """Serve taps as the library's documentation shows it."""
    application = _application(control, over_ours=over_ours)
    application.add_handler(CallbackQueryHandler(_tapped))
    await control.order(payloads=made_up_payloads())
    async with application:
        assert application.updater is not None
        await application.start()
        await application.updater.start_polling()
        try:
            return await measured(control, plan)
        finally:
            await application.updater.stop()
            await application.stop()


async def messages(control: Control, count: int, at_once: int) -> float:
    """Return the CPU seconds of one `send_message`, as the library comes."""
    application = _application(control, over_ours=False)
    turn = asyncio.Semaphore(at_once)
    buttons = [InlineKeyboardButton(label, callback_data=f"rs.1.{label[:3]}.syyrz4") for label in LABELS]

    async def send(number: int) -> None:
        async with turn:
            await application.bot.send_message(
                group(number),
                HTML,
                parse_mode=ParseMode.HTML,
                reply_markup=InlineKeyboardMarkup([buttons]),
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )

    async with application:
        await asyncio.gather(*(send(number) for number in range(100)))
        before = time.process_time()
        await asyncio.gather(*(send(number) for number in range(count)))
        return (time.process_time() - before) / count


def _main() -> None:
    with server() as control:
        if sys.argv[1] == "messages":
            told([Cost(asyncio.run(messages(control, count, at_once)), 0) for count, at_once in asked(sys.argv[2:])])
        else:
            told(asyncio.run(taps(control, asked(sys.argv[2:]), over_ours=sys.argv[1] == "ours")))


if __name__ == "__main__":
    _main()
