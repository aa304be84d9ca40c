"""Decisions by subject. Each module's `decide` answers the commands it knows and returns None for the rest."""
