"""Time passes, messages go out: what is due stands in the database, an alarm wakes whoever sends it."""
