"""Faults: what goes wrong in the world, on purpose."""
