"""The money of each envelope, to the cent: double-entry postings that nothing can change."""
