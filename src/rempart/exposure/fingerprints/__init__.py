"""Which product speaks: the catalogue of fingerprints, its matcher, the recog files, and the ends of support."""
