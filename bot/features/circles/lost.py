"""A circle's room cannot be reached: who runs the circle hears of it once, with what to do."""

from __future__ import annotations

from bot.chat.adapter import Trouble
from bot.chat.intents import base36
from bot.chat.message import Button, Message
from bot.chat.text import Bold, Text, Typed, paragraphs
from bot.context import Setting
from bot.domain.circles import Circle, CircleState
from bot.domain.notices import Dropped, RoomLost
from bot.features.circles import views
from bot.features.circles.feature import circles
from bot.features.circles.intents import LeaveRoom
from bot.features.circles.panels import ROOM
from bot.i18n import N_, Translator
from bot.ports import StoredPlace

_LET_GO = 4
"""How many circles can be taken out of a room at once: a row each, within what the tightest platform shows."""


@circles.composes(RoomLost)
def compose_lost(notice: RoomLost, setting: Setting) -> Message | Dropped:
    """Say what happened to the room, and what helps; nothing where it has been mended meanwhile."""
    place = setting.store.places.get(notice.place)
    if place is None or not place.trouble:
        return Dropped(N_("the room can be reached again"))
    t = setting.t
    living = [one for one in setting.store.places.circles_in(place.id) if _is_run(one, setting)]
    is_of_space = setting.is_in_space(place)
    what, how = _told(place, notice.why, t, is_of_space=is_of_space)
    about = t("It is the room of {circles}.", circles=t.listed(one.title for one in living)) if living else Text()
    later = t("What I could not say there and is still of use, I say as soon as I can.")
    return Message(
        paragraphs(what, about, how, later),
        rows=_buttons(place, notice.why, living, setting),
        title=t.words("I cannot write in your room") if is_of_space else t.words("I cannot write in your group"),
    )


def _is_run(circle: Circle, setting: Setting) -> bool:
    """Whether the reader runs a circle that goes on: nobody else reads a draft's title."""
    if circle.state is CircleState.ENDED or setting.reader is None:
        return False
    reader = setting.reader.id
    run_by = {person.id for person in setting.store.seats.facilitators(circle.id)}
    return reader in run_by or setting.store.communities.is_organizer(circle.community, reader)


def _told_of_space(why: str, room: Bold, t: Translator) -> tuple[Text, Text] | None:
    """Return what happened to a room of a wider space, and what helps; None where it is as anywhere else.

    Such a room, and a thread in it, has a name of its own, and nobody adds the bot to it.
    """
    match why:
        case Trouble.REMOVED:
            return (
                t("I cannot see “{room}” any more.", room=room),
                t("Let me in again: whoever manages the place gives me the right to see that room and to write there."),
            )
        case Trouble.MUTED:
            return (
                t("I am in “{room}”, but I may not write there any more.", room=room),
                t("Let me write again: whoever manages the place gives me the right to send messages in that room."),
            )
        case Trouble.CLOSED:
            return (
                t("“{room}” is closed, so I cannot write there.", room=room),
                t(
                    "Open it again; or type {command} in another room, and make that the circle's room.",
                    command=Typed("/circle"),
                ),
            )
        case Trouble.GONE:
            return (
                t("“{room}” is not there any more.", room=room),
                t("Make another room the circle's: type {command} there.", command=Typed("/circle")),
            )
        case _:
            return None


def _told(place: StoredPlace, why: str, t: Translator, *, is_of_space: bool) -> tuple[Text, Text]:
    """Return what happened, and what helps."""
    room, is_topic = Bold(place.title or t.words("a room without a name")), bool(place.room.thread)
    if is_of_space and (told := _told_of_space(why, room, t)):
        return told
    match why:
        case Trouble.REMOVED:
            return (
                t("I was taken out of “{room}”.", room=room),
                t("Add me to the group again, and I go on where I stopped."),
            )
        case Trouble.MUTED:
            return (
                t("I am in “{room}”, but I may not write there any more.", room=room),
                t("Let me write again: an administrator gives me the right to send messages in the group's settings."),
            )
        case Trouble.CLOSED:
            topic = t("A topic of “{room}” is closed, so I cannot write there.", room=room)
            whole = t("The topic “{room}” is closed, so I cannot write there.", room=room)
            return (
                topic if is_topic else whole,
                t(
                    "Open it again; or type {command} in another one, and make that the circle's room.",
                    command=Typed("/circle"),
                ),
            )
        case Trouble.GONE:
            topic, whole = (
                t("A topic of “{room}” is not there any more.", room=room),
                t("“{room}” is not there any more.", room=room),
            )
            return (
                topic if is_topic else whole,
                t("Make another room the circle's: type {command} there.", command=Typed("/circle")),
            )
        case _:
            return (
                t("I cannot reach “{room}”.", room=room),
                t("Please look whether I am still there and may write."),
            )


def _buttons(place: StoredPlace, why: str, living: list[Circle], setting: Setting) -> tuple[tuple[Button, ...], ...]:
    """Return the ways out: another group (or the same again), and letting go of this room, circle by circle.

    From a topic one goes on to another topic, to which no link leads.
    """
    is_topic = bool(place.room.thread) and why in {Trouble.GONE, Trouble.CLOSED}
    if not living or not (is_topic or why in {Trouble.REMOVED, Trouble.GONE}):
        return ()
    t = setting.t
    address = "" if is_topic else setting.links.group(place.room.platform, f"{ROOM}{base36(living[0].id)}")
    adding = ((views.add_to_group(address, t),),) if address else ()
    return (*adding, *((_let_go(circle, place, t, alone=len(living) == 1),) for circle in living[:_LET_GO]))


def _let_go(circle: Circle, place: StoredPlace, t: Translator, *, alone: bool) -> Button:
    label = t.words("Let that room go") if alone else t.words("{circle}: let that room go", circle=circle.title)
    return Button(label, LeaveRoom(circle=circle.id, place=place.id))
