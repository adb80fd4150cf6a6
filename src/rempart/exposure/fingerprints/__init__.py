"""Which product speaks: the catalogue of fingerprints and its matcher."""
