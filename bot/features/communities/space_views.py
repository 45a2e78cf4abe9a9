"""What is said of communities that are a space of the platform's by themselves."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.message import Button, Message, Style
from bot.chat.text import Typed, paragraphs
from bot.domain.communities import Community
from bot.domain.people import Person
from bot.features.communities.intents import AppointOrganizer
from bot.features.communities.ways import Ways
from bot.i18n import Translator


def in_charge(community: Community, people: Sequence[Person], ways: Ways, t: Translator) -> Message:
    """Return who organizes a community to whoever runs the space that it is, and a way to make somebody one."""
    told = t(
        "All rooms here belong to “{community}”. Its organizers: {names}.",
        community=community.name,
        names=t.listed(person.name for person in people),
    )
    may = t("As you manage this place, you can make somebody an organizer: yourself, if you like.")
    choose = Button(t.words("Choose an organizer"), AppointOrganizer.about(community=community.id), Style.PRIMARY)
    return Message(paragraphs(told, may if ways.picks else ""), rows=((choose,),) if ways.picks else ())


def space_first(t: Translator) -> Message:
    """Return how a community is made where spaces are communities by themselves."""
    why = t("A community holds your learning circles together, and once a week its organizers read how they are.")
    how = t("Type {command} where your group meets: it becomes a community by itself.", command=Typed("/community"))
    return Message(paragraphs(why, how))
