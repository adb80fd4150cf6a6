"""Renderings that only this engine has; those of any report are in the kernel."""
