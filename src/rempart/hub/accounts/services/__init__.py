"""What changes people and their roles, one module by subject."""
