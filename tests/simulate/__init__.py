"""A year of a thousand circles on a moved clock, checked against the product's rules as it goes: `make simulate`."""
