"""The set-up rail: the fields of a search, their checks, and what Start makes of them."""
