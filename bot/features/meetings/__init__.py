"""Meetings: the next one, the list, what changes, what reminds of them."""
