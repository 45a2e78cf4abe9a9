"""A Bot API server on loopback: chats, people, limits and words like Telegram's, for the tests of the adapter."""
