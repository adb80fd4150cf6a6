"""The hub: where calls, applications, proofs, decisions and money live. It imports the kernel, never an engine."""
