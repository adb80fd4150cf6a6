"""`rempart detection demo` writes the night and says what is hidden in it."""

from pathlib import Path

import pytest
from rich.console import Console

from rempart.detection.commands.demo import tell, written
from rempart.measurement.errors import InputError


def test_it_tells_the_hours_of_the_intruder(tmp_path: Path):
    console = Console(record=True, width=120)
    tell(written(tmp_path / "night"), console)
    text = console.export_text()
    assert "Centre hospitalier de Valmont (fictif)" in text
    assert "22:47" in text
    assert "Une pièce jointe piégée est ouverte" in text
    assert "Maintenance prévue du scanner" in text


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot write"):
        written(tmp_path / "file" / "night")
