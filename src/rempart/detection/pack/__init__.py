"""The hospital rule pack: Sigma rules of our own, in French, with the events that prove them. Data, and its reading."""
