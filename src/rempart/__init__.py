"""Rempart: measure a hospital's cybersecurity where it stands, and prove the result."""

from importlib.metadata import version

__version__ = version("rempart")
