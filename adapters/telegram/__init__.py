"""Telegram: the circle in its group, what is private in the private chat. Over python-telegram-bot."""
