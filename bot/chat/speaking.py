"""Which language an adapter's own words are in."""

from __future__ import annotations

from bot.chat.inbound import Act
from bot.chat.message import Ask, Redraw, Reply, Say


def language_of(reply: Reply, act: Act) -> str:
    """Return the person's own language where the reply shows it, empty where the platform's hint is all there is."""
    match reply:
        case Say(message, private) if private or act.place.room.is_private:
            return message.text.language
        case Redraw(message) if act.place.room.is_private:
            return message.text.language
        case Ask(page):
            return page.intro.language
        case _:
            return ""
