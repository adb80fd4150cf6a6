"""The account pages, by subject."""
