"""Months of events in columns, by class and hour, to hunt back in."""
