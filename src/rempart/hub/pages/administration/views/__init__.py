"""The administration's pages."""
