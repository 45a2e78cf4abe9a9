"""The portable vocabulary of a chat: text, messages, buttons, intents, forms. Knows nothing of circles."""
