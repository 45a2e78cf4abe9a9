"""Writes `docs/permissions.md` from the table of who may do what: `python -m tests.doors.permissions`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from bot.chat.intents import Intent
from tests.doors.allowed import ALLOWED, ANYWHERE, ROUTES, Least, Row, Where

PAGE: Final = Path(__file__).parents[2] / "docs" / "permissions.md"
_HEAD: Final = """\
# Who may do what

A line for each thing that can be asked of the bot: by a typed command, a slash command, a button, a form, a link, or
the web page. Whichever it is, the same rule is asked about the very thing that it names, in the moment in which it is
done; so a button that was kept, forwarded or made up does nothing that its presser may not do.

- **Facilitators** of a circle, and **organizers** of the community it belongs to, may do everything in it. Where a line
  says “facilitators”, organizers of its community are meant, too.
- **Organizers** do not become members by it: plus/delta and answers are the members' own.
- A circle that is a **draft** does not exist for others: whoever is not in it and does not run it hears that there is
  no such circle.
- **Operators** run the bot, and are named by their accounts in its settings. They may do nothing in anybody's circle.
- **Linked accounts** are one person. An account that was parted again is a stranger.
- What somebody **was** does not count: a form that is open when a role is taken away ends with it, and invitations fall
  with whoever made them.

This page is written by `python -m tests.doors.permissions` from the table in `tests/doors/allowed.py`, which the tests
try with everybody through every door.
"""
_TITLES: Final = {
    "people": "Oneself",
    "circles": "Circles",
    "meetings": "Meetings, and what is sent",
    "rsvps": "Who comes",
    "feedback": "When a meeting is over",
    "communities": "Communities",
    "digests": "The digest",
    "calendars": "Meetings in one's own calendar",
    "operating": "The bot itself",
}
_OF: Final = {
    "meeting": "the meeting's circle",
    "decision": "the decision's circle",
    "feedback": "the delta's circle",
    "circle": "the circle",
    "community": "the community",
    "invite": "what the invitation is to",
}
_SAYS_ALL: Final = frozenset({Least.ANYBODY, Least.READER, Least.BEARER, Least.HOLDER, Least.OWNER, Least.OPERATOR})
"""Those that need no word on whose circle it is."""


def page() -> str:
    """Return the page as it is to stand there."""
    parts = [_HEAD]
    for feature, title in _titles().items():
        parts.append(f"\n## {title}\n\n| what | typed | who |\n|---|---|---|\n")
        parts.extend(
            f"| {_what(intent)} | {_typed(intent)} | {_who(intent, row)} |\n"
            for intent, row in ALLOWED.items()
            if ROUTES[intent].feature == feature
        )
    return "".join(parts)


def _titles() -> dict[str, str]:
    """Return a title for each feature; one that has none yet is called by its name."""
    features = dict.fromkeys(route.feature for route in ROUTES.values())
    return {feature: _TITLES.get(feature, feature.capitalize()) for feature in (*_TITLES, *features)}


def _what(intent: type[Intent]) -> str:
    said = (intent.__doc__ or "").partition("\n")[0]
    return said.replace("`", "").replace("|", "\\|")


def _typed(intent: type[Intent]) -> str:
    return f"`/{intent.command}`" if intent.command else ""


def _who(intent: type[Intent], row: Row) -> str:
    of = next((words for field, words in _OF.items() if field in intent.riders), "")
    who = row.least.value
    if of and row.least not in _SAYS_ALL:
        who = who.replace("the circle", of) if "the circle" in who else f"{who} of {of}"
    notes = [row.note, *_where(row)]
    return "; ".join(filter(None, [who, *notes]))


def _where(row: Row) -> list[str]:
    if row.where == ANYWHERE:
        return []
    return ["not in the private chat"] if Where.PRIVATE not in row.where else ["in the private chat"]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
