"""What is due, turned into words in the moment it is sent: notices composed, steps taken, cards drawn.

This is the scheduler's view of the core.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.chat.message import Message
from bot.context import Setting
from bot.domain.circles import Circle
from bot.domain.notices import Dropped, Due, Notice
from bot.domain.people import Account, Person
from bot.errors import Declined
from bot.feature import Feature
from bot.i18n import Catalogue, Translator
from bot.ports import Links, Planner, Store, StoredCard, StoredPlace


class Narrator:
    """Speaks for the features to the scheduler."""

    def __init__(self, features: Sequence[Feature], catalogue: Catalogue, planner: Planner, links: Links) -> None:
        self._catalogue = catalogue
        self._planner = planner
        self._links = links
        self._composers = {kind: make for feature in features for kind, make in feature.composers.items()}
        self._steps = {kind: step for feature in features for kind, step in feature.steps.items()}
        self._cards = {kind: view for feature in features for kind, view in feature.cards.items()}

    def is_step(self, notice: Notice) -> bool:
        """Whether a notice is a step of time, without a message."""
        return type(notice) in self._steps

    def compose(self, store: Store, due: Due, now: datetime) -> Message | Dropped:
        """Return the message as it is true now. Reads only."""
        make = self._composers.get(type(due.notice))
        if make is None:
            return Dropped(f"nobody composes {due.notice.kind}")
        place = store.places.get(due.place) if due.place else None
        reader = store.people.get(due.person) if due.person else None
        about = store.circles.get(due.circle) if due.circle else None
        try:
            return make(due.notice, self._setting(store, now, about, due.community, place, reader))
        except Declined as gone:
            return Dropped(str(gone.answer))

    def act(self, store: Store, due: Due, now: datetime) -> None:
        """Take a step, in the transaction that ends its delivery."""
        about = store.circles.get(due.circle) if due.circle else None
        try:
            self._steps[type(due.notice)](due.notice, self._setting(store, now, about, due.community))
        except Declined:
            return  # what it is about is gone

    def draw(self, store: Store, card: StoredCard, now: datetime) -> Message | None:
        """Return a card as it is true now, None where it has nothing to show. Reads only.

        Where a newer one stands in the same room, only that one lives: this one says where to look.
        """
        view = self._cards.get(card.card.kind)
        if view is None:
            return None
        setting = self._where_it_stands(store, card, now)
        try:
            drawn = view(card.card.subject, setting)
        except Declined:
            return None
        if drawn is None or not card.superseded:
            return drawn
        return newer_below(drawn.title, setting.t)

    def _where_it_stands(self, store: Store, card: StoredCard, now: datetime) -> Setting:
        """Return the setting of a card's room: its circle's language; in a private chat the person's own."""
        room = card.posted.room
        if room.is_private:
            reader = store.people.known(Account(room.platform, room.chat, ""))
            return self._setting(store, now, reader=reader)
        circle = next(iter(store.places.circles_in(card.place)), None)
        community = None if circle else store.communities.in_place(card.place)
        return self._setting(store, now, circle, community.id if community else None, store.places.get(card.place))

    def _setting(  # everything that decides the language
        self,
        store: Store,
        now: datetime,
        about: Circle | None = None,
        community: int | None = None,
        place: StoredPlace | None = None,
        reader: Person | None = None,
    ) -> Setting:
        around = store.communities.get(community or (about.community if about else 0))
        setting = Setting(
            store=store,
            now=now,
            t=self._catalogue.speaker(
                reader.language if reader else "",
                about.language if about else "",
                around.language if around else "",
            ),
            catalogue=self._catalogue,
            planner=self._planner,
            links=self._links,
            place=place,
            reader=reader,
        )
        if about is not None:
            setting.knows(about)
        return setting


def newer_below(title: str, t: Translator) -> Message:
    """Return how a card looks that a newer one in the same room has taken over from: it says where to look."""
    return Message(t("There is a newer message about this further down."), title=title)
