"""A training against a file of another one: the first number that differs, and why."""
