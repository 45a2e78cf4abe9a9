"""After a meeting: who came, plus/delta, votes, decisions, and how it went for whoever ran it."""
