"""The database: SQLAlchemy Core behind `bot.ports.Storage`, on SQLite and PostgreSQL from the same code."""
