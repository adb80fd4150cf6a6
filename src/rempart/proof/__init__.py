"""The kernel's proofs: make, sign, verify and replay an attestation. It knows reports, no engine."""
