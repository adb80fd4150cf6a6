"""The pages of those who instruct, one module a subject."""
