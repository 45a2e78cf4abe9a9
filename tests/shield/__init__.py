"""Who floods, pries or listens in: how the bot holds."""
