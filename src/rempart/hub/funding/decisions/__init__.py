"""The numbered decisions, as accessible PDF files."""
