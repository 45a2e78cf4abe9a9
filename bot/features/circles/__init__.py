"""Circles: made, published, joined, left, found."""
