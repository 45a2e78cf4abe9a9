"""The whole database: every module that declares tables, and what they are declared in."""

from __future__ import annotations

from storage import tables, transcript_tables
from storage.columns import metadata

__all__ = ["metadata", "tables", "transcript_tables"]
