"""The forms of these pages, one module a subject."""
