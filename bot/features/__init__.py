"""What people can do with the bot: a package for each thing."""
