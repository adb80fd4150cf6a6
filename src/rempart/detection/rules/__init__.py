"""Sigma rules: read, checked, mapped to the events they look at, compiled into a form the kernel runs."""
