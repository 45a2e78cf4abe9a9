"""Tests of the bot on several platforms at once."""
