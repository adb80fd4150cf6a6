"""A fictional night at a fictional hospital: logs of our own making, detected by the real engine."""
