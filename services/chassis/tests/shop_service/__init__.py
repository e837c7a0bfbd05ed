"""A service of the tests' own: a shop that keeps items and hears of orders. It shows what the chassis does."""
