"""What can go wrong with a page's request, and how it is told.

* NotAllowed    the room, the post or the deed is not this person's
"""

from __future__ import annotations


class NotAllowed(Exception):
    """The person may not do that here; nothing has changed."""
