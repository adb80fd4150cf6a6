"""Which product speaks: the catalogue of fingerprints, its matcher, and the recog files."""
