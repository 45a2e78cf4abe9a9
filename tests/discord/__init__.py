"""The Discord adapter, against a Discord on loopback."""
