"""A Discord on loopback: REST, interactions and gateway, for tests with the real library."""
