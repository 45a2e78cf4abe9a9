"""What the command line does, a module a command. May see everything; only `bot.__main__` sees them."""
