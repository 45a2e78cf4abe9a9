"""The Telegram adapter, driven through the real library against a server that behaves like the platform."""
