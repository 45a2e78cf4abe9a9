"""The adapter's own sentences, in a translator's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.chat.text import Text
    from bot.i18n import Translator

# Forms


def heading(t: Translator, title: str, step: int, steps: int) -> str:
    """Return what stands above a page of questions."""
    return title if steps <= 1 else t.words("{title} ({step} of {steps})", title=title, step=step, steps=steps)


def continue_(t: Translator) -> str:
    """Label: go on with a form."""
    return t.words("Continue")


def forget_it(t: Translator) -> str:
    """Label: drop the form."""
    return t.words("Forget it")


def more_to_ask(t: Translator, step: int, steps: int) -> Text:
    """Tell that the form has another page: Discord shows no form right after a form."""
    if steps <= 1:
        return t("There is a little more to fill in.")
    return t("Good so far. Next comes part {step} of {steps}.", step=step, steps=steps)


def to_be_mended(t: Translator) -> Text:
    """Tell that some answers were not understood; which and why follows. The others are kept."""
    return t("Almost there. Everything else is kept; only this needs another look:")


# Answers


def done_already(t: Translator) -> str:
    """Tell that this was done before: the answer may have been lost."""
    return t.words("That is done. If an answer is missing, ask again.")


def broken(t: Translator) -> str:
    """Tell that the answer could not be shown."""
    return t.words("Something went wrong on my side. Please try again.")


def not_shown(t: Translator) -> str:
    """Tell that it was dealt with, and that only the answer is missing."""
    return t.words("I have noted that, but could not show you the answer. Please ask me again in a moment.")


def busy(t: Translator) -> str:
    """Tell that something was not taken on: too much is waiting already."""
    return t.words("I am still busy with what came before, and have not done this. Please try again in a moment.")


def not_ours(t: Translator) -> str:
    """Tell that a button does nothing any more."""
    return t.words("I do not know this button any more. Please ask me again: /help shows how.")


def form_not_ours(t: Translator) -> str:
    """Tell that a form cannot be read any more."""
    return t.words("I do not know this form any more. Please begin again: /help shows how.")


def stands_there(t: Translator) -> Text:
    """Tell that what was asked for is for another room, and stands there."""
    return t("Done: everybody can see it in the room now.")


def not_there(t: Translator) -> Text:
    """Tell that what was asked for is done, but could not be shown in the room that it was for."""
    return t("That is done, but I could not write it in the room. Please check what I may do there.")


# Threads


def thread_opened(t: Translator) -> str:
    """Tell that a thread was opened; a link to it follows."""
    return t.words("I opened a thread for it:")


def may_not(t: Translator, permissions: str) -> Text:
    """Tell which permissions the bot lacks, as Discord names them."""
    return t(
        "I am not allowed to do that here yet. Whoever manages this server can give me the permission: {permissions}.",
        permissions=permissions,
    )


def create_threads(t: Translator) -> str:
    """Name the permission, as Discord does."""
    return t.words("Create Public Threads")


def write_in_threads(t: Translator) -> str:
    """Name the permission, as Discord does."""
    return t.words("Send Messages in Threads")


def no_threads_here(t: Translator) -> Text:
    """Tell that a place takes no threads."""
    return t("No thread can be opened here. Try it in a text channel.")


def tag_needed(t: Translator) -> Text:
    """Tell that a forum wants a tag on each post, which people choose, and how it goes on then."""
    return t(
        "This forum wants a tag on every post, and I cannot know which one fits. Make a post with a tag yourself, and "
        "write /circle in it: there you can post the circle."
    )
