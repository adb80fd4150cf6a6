"""The candidate's pages, one module by subject."""
