"""The instructor's space: the queue, the file beside its proofs, decisions, alone or in bulk."""
