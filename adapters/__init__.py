"""The chat platforms. One package each, the same file names in each; none knows another."""
