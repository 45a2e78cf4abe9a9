"""A chat platform of our own in the browser: what Telegram and Discord are elsewhere, on a bare machine."""
