"""The platform's administration: calls, windows, territory imports, people."""
