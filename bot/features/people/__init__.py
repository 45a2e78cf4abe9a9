"""People and the bot: the greeting, help, a person's own settings."""
