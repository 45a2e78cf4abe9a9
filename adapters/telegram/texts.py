"""The adapter's own sentences, in a translator's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.chat.text import Text
    from bot.i18n import Translator

# Forms


def heading(t: Translator, title: str, step: int, steps: int) -> str:
    """Return what stands above a question."""
    return title if steps <= 1 else t.words("{title} ({step} of {steps})", title=title, step=step, steps=steps)


def skip(t: Translator) -> str:
    """Label: go on without an answer."""
    return t.words("Skip")


def leave_empty(t: Translator) -> str:
    """Label: take away the answer so far."""
    return t.words("Leave it empty")


def keep(t: Translator, answer: str) -> str:
    """Label: leave the answer as it is."""
    return t.words("Keep “{answer}”", answer=answer)


def keep_it(t: Translator) -> str:
    """Label: leave an answer as it is that is too long for a label."""
    return t.words("Keep it as it is")


def so_far(t: Translator, answer: str) -> Text:
    """Tell the answer so far."""
    return t("So far: {answer}", answer=answer)


def forget_it(t: Translator) -> str:
    """Label: drop the form."""
    return t.words("Forget it")


def write_it(t: Translator) -> Text:
    """Tell how to answer in words."""
    return t("Write your answer as a message.")


def reply_with_it(t: Translator) -> Text:
    """Tell how to answer in words in a room, where the bot hears replies alone."""
    return t("Reply to this message with your answer.")


def tap_or_write(t: Translator) -> Text:
    """Tell that the buttons are not all there is."""
    return t("Tap one, or write what you look for.")


def tap_or_reply(t: Translator) -> Text:
    """Tell the same in a room."""
    return t("Tap one, or reply to this message with what you look for.")


def in_private(t: Translator) -> Text:
    """Tell that a form goes on in the private chat."""
    return t("This takes a few questions. Let us go through them in our private chat: one tap, and you are there.")


def between_us(t: Translator) -> Text:
    """Tell why something is asked in the private chat."""
    return t("Only some may read your answer, so let us do this in our private chat: one tap, and you are there.")


def open_private(t: Translator) -> str:
    """Label: to the private chat."""
    return t.words("Go on in private")


# Answers


def done_already(t: Translator) -> str:
    """Tell that this was done before: the answer may have been lost."""
    return t.words("That is done. If an answer is missing, ask again.")


def broken(t: Translator) -> str:
    """Tell that the answer could not be shown."""
    return t.words("Something went wrong on my side. Please try again.")


def not_here(t: Translator) -> str:
    """Tell that a button does nothing in such a place."""
    return t.words("That is not possible here.")


def for_somebody_else(t: Translator) -> str:
    """Tell that a question in the group is somebody else's."""
    return t.words("This question is for the person it answers. You can ask me yourself: /help shows how.")


def writing_privately(t: Translator) -> str:
    """Tell where the answer is."""
    return t.words("I am writing to you in our private chat.")


def something_for(t: Translator, name: str) -> Text:
    """Offer the way to an answer that is for one person alone, who has never opened the private chat."""
    return t("{name}, I have an answer for you alone. Open our private chat, and it is there.", name=name)


def read_it(t: Translator) -> str:
    """Label: to the private chat, where an answer waits."""
    return t.words("Open our private chat")


def stands_there(t: Translator) -> Text:
    """Tell that what came of a form is for the group in which it was begun."""
    return t("Done: everybody can see it in the group now.")


def answered(t: Translator) -> Text:
    """Stand where a question stood that is answered."""
    return t("Thanks, noted.")


def who_are_you(t: Translator) -> Text:
    """Ask an anonymous administrator to press a button."""
    return t("You write anonymously, so I cannot see who you are. Press the button: then I know, and only I do.")


def it_is_me(t: Translator) -> str:
    """Label: with which an anonymous administrator goes on."""
    return t.words("Go on")


def only_words(t: Translator) -> Text:
    """Tell that a voice message, a picture or a sticker says nothing to the bot."""
    return t("I can only read words. Please write it to me.")
