"""What people can ask about their meetings in their own calendar."""

# No annotations as text: see bot.chat.intents.

from bot.chat.intents import Intent
from bot.i18n import N_


class ShowCalendar(Intent, tag="ka", command="calendar", summary=N_("Your meetings in your own calendar")):
    """Offer addresses at which a calendar reads one's meetings."""


class MakeFeed(Intent, tag="kb"):
    """Make an address for the meetings of a circle, or of all of one's circles."""

    circle: int | None = None


class EndFeeds(Intent, tag="kc"):
    """Let none of one's addresses work any more; asked once more unless `sure`."""

    sure: bool = False
