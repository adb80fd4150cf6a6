"""Rules: from Sigma files to the compiled form that every kernel runs, and what can be said of them before any log."""
