"""The proofs: documents, attestations, challenges, keys, and the instruction they allow."""
