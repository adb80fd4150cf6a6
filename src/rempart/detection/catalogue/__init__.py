"""The entries of the controls, one file each: texts, levels, needs, fix and undo. Data, and its reading."""

from functools import cache
from importlib.resources import files

from rempart.detection import CATALOGUE_VERSION, ENGINE
from rempart.measurement.control import Catalogue, load_catalogue


@cache
def catalogue() -> Catalogue:
    """Return the catalogue of the detection engine."""
    return load_catalogue(ENGINE, CATALOGUE_VERSION, files(__package__))
