"""A report for people and for machines: terminal, HTML, PDF, CSV, JSON. Pure functions: nothing here writes a file."""
