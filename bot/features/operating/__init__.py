"""Operating: how the bot is, what needs whoever runs it, and what they have to say to everybody."""
