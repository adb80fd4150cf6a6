"""Compiled loops over bytes: no Python object an event, no interpreter lock held."""
