"""Discord: slash commands, forms, and buttons that never die. Over discord.py."""
