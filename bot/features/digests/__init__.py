"""The digest: what organizers should know of a week, in one message."""
