"""Money for objectives: calls, applications, proofs, ledger, decisions, one app each."""
