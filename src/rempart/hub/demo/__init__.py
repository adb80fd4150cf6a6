"""The fictional territory and the replay of a call: simulated, and said so."""
