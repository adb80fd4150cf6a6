"""Keeping the hub running: its processes, its health, its figures, its log."""
