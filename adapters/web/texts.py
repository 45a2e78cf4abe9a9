"""The page's own words, in English; the catalogue has them in the other languages. The page's code asks by key."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

from bot.i18n import N_

if TYPE_CHECKING:
    from bot.i18n import Translator

TEXTS = {
    "name": N_("Circlebot"),
    "tagline": N_("Learning circles"),
    "skip": N_("Skip to the conversation"),
    "rooms": N_("Rooms"),
    "private": N_("Just you and the bot"),
    "private_title": N_("Circlebot"),
    "private_note": N_("Private: only you and the bot"),
    "group_note": N_("Everyone in this room reads along"),
    "you_are": N_("You are"),
    "switch_person": N_("Switch person"),
    "switch_note": N_("This is a demo: look at it through anybody's eyes."),
    "add_person": N_("Add a person"),
    "person_name": N_("Their name"),
    "new_room": N_("New room"),
    "room_title": N_("What the room is called"),
    "make": N_("Add"),
    "cancel": N_("Cancel"),
    "close": N_("Close"),
    "menu": N_("Rooms and people"),
    "unread": N_("{count} unread"),
    "new_since": N_("New"),
    "today": N_("Today"),
    "yesterday": N_("Yesterday"),
    "earlier": N_("Show earlier messages"),
    "messages_in": N_("Messages in {room}"),
    "bot": N_("Circlebot"),
    "bot_tag": N_("bot"),
    "you": N_("You"),
    "only_you": N_("Only you can see this"),
    "edited": N_("edited"),
    "sending": N_("Sending…"),
    "newest": N_("Newest messages"),
    "write_to": N_("Write to {room}"),
    "placeholder": N_("Write, or / for commands"),
    "send": N_("Send"),
    "commands": N_("Commands"),
    "all_commands": N_("Show all commands"),
    "options_of": N_("Details for {command}"),
    "options_more": N_("Say more right away"),
    "options_hint": N_("Only if you like: the bot asks for what it needs."),
    "for_example": N_("For example"),
    "optional": N_("optional"),
    "no_answer": N_("No answer"),
    "choose": N_("Choose…"),
    "step": N_("Step {step} of {steps}"),
    "continue": N_("Continue"),
    "save": N_("Send"),
    "fix": N_("Please look again at what is marked."),
    "left_form": N_("You were filling in “{title}”."),
    "resume_form": N_("Go on"),
    "drop_form": N_("Leave it"),
    "needed": N_("This one is needed."),
    "opens_page": N_("opens another page"),
    "now": N_("Now"),
    "next_due": N_("Next thing due"),
    "nothing_due": N_("Nothing is due."),
    "go_next": N_("Next"),
    "plus_hour": N_("+1 hour"),
    "plus_day": N_("+1 day"),
    "clock": N_("The clock of the demo"),
    "moved": N_("It is now {when}."),
    "connecting": N_("Connecting…"),
    "offline": N_("Not connected. Trying again; nothing you send is lost."),
    "online": N_("Connected again."),
    "stranger_title": N_("Please sign in"),
    "stranger": N_("Open the sign-in link that you were given. It belongs to you alone: keep it to yourself."),
    "wrong_link_title": N_("This link does not work any more"),
    "wrong_link": N_("Ask whoever gave it to you for a new one."),
    "nobody_title": N_("Nobody is here yet"),
    "nobody": N_("Add a person to begin."),
    "no_rooms": N_("No rooms yet."),
    "empty_room_title": N_("It is quiet here"),
    "empty_room": N_("Type / to see what the bot can do, or start with one of these:"),
    "failed": N_("That did not work, and nothing was changed. Please try again."),
    "not_allowed": N_("That is not possible here."),
    "too_long": N_("That is too long. Please keep it under {count} characters."),
    "nothing_next": N_("Nothing is due, so there is nothing to move to."),
    "language": N_("Language"),
    "no_script": N_("This page needs JavaScript, which is switched off."),
}


def speech(t: Translator) -> dict[str, str]:
    """Return the page's words in a language, with their `{placeholders}` left for the page to fill."""
    return {key: t.words(source, **_placeholders(source)) for key, source in TEXTS.items()}


def _placeholders(source: str) -> dict[str, str]:
    return {name: f"{{{name}}}" for _, name, _, _ in string.Formatter().parse(source) if name}
