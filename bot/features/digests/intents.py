"""What organizers can ask of the digest."""

# No annotations as text: see bot.chat.intents.

from typing import Annotated

from bot.chat.intents import Asked, Intent, Kind
from bot.i18n import N_


class AskDigest(
    Intent,
    tag="gd",
    command="digest",
    summary=N_("How your circles are doing, now"),
    examples=(N_("/digest"),),
    title=N_("The digest"),
):
    """Send the digest of the past seven days now."""

    community: Annotated[
        int,
        Asked(
            N_("Of which community?"),
            kind=Kind.CHOICE,
            choices="my_communities",
            presumed="community_here",
            lacking=N_("The digest is for organizers of a community. /circle shows how your circle is doing."),
        ),
    ]


class SendDigest(Intent, tag="gs"):
    """The same, from the panel."""

    community: int
