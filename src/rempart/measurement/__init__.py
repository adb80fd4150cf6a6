"""The kernel's words: Control, Verdict, Report, Plan. It knows no engine."""
