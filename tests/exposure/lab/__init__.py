"""Real servers for the tests: one module a daemon, each checked alive before its probe is blamed."""
