"""The figures: computed from the rows, for a region or the nation, and as open data."""
