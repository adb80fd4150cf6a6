"""Spreadsheets and archives, made in the background, seen by those who asked for them."""
