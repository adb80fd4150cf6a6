"""The pure function at the heart: (events of one class, compiled rules) -> matches. No input or output here."""
