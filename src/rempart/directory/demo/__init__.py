"""The demonstration hospital: the Centre hospitalier de Valmont, which does not exist."""

from pathlib import Path

SNAPSHOT = Path(__file__).parent / "valmont.rempart"
"""Its directory, made by `tools/demo_hospital` on a real domain controller; every name in it is invented."""

REPAIRED = Path(__file__).parent / "valmont-repaired.rempart"
"""The same directory twelve weeks later, once the hospital had followed its plan."""
