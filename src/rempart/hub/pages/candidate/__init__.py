"""The candidate's space: what to do next, the file, its proofs, its simulators, its payment."""
