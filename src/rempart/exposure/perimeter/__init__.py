"""The perimeter: what may be touched, who mandated it, until when (`perimeter.toml`)."""

from rempart.exposure.perimeter.model import Declaration, Exclusion, Mandate, Name, Perimeter, Range, Rates
from rempart.exposure.perimeter.reading import EXAMPLE, load_perimeter, read_perimeter
from rempart.exposure.perimeter.scope import Permission, Refusal, Scope

__all__ = [
    "EXAMPLE",
    "Declaration",
    "Exclusion",
    "Mandate",
    "Name",
    "Perimeter",
    "Permission",
    "Range",
    "Rates",
    "Refusal",
    "Scope",
    "load_perimeter",
    "read_perimeter",
]
