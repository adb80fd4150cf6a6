"""The command templates of the catalogue: a fault in one is found here, never in a hospital."""

import pytest

from rempart.directory.catalogue import catalogue
from rempart.measurement.powershell import faults

COLUMNS = {"key", "name", "dn", "attribute", "value", "principal", "sid", "right", "target", "reach"}
"""The columns subjects have: of `Forest.subjects`, and of the rights that lead to an object."""

TEMPLATES = [
    (control.id, way, remedy.command)
    for control in catalogue().controls.values()
    for way, remedy in (("fix", control.fix), ("undo", control.undo))
    if remedy.command is not None
]


@pytest.mark.parametrize(("control", "way", "template"), TEMPLATES, ids=[f"{c}-{way}" for c, way, _ in TEMPLATES])
def test_a_command_template_is_safe_and_asks_for_known_columns(control, way, template):
    assert faults(template, COLUMNS) == [], f"{control}, {way}"
