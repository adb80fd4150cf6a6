"""The REST interface: the same reads as the pages, and the deposit of attestations."""
