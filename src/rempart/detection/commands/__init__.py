"""`rempart detection ...`."""
