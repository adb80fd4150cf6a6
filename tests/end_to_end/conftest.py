"""One measurement for all the tests that only read it."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rempart.cli import main
from tests.directory.writers import write_ldif
from tests.end_to_end.program import Ran, faulty, rempart


class Measured:
    """A forest with faults, collected and audited once by the real program, every output written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ldif = write_ldif(faulty().records, folder / "export.ldif")
        self.snapshot = folder / "mesure.rempart"
        self.json, self.html = folder / "rapport.json", folder / "rapport.html"
        self.pdf, self.csv = folder / "rapport.pdf", folder / "sujets.csv"
        self.collected: Ran = rempart("directory", "collect", self.ldif, "--output", self.snapshot)
        outputs = ("--json", self.json, "--html", self.html, "--pdf", self.pdf, "--csv", self.csv)
        self.audited: Ran = rempart("directory", "audit", self.snapshot, *outputs)


@pytest.fixture(scope="session")
def measured(tmp_path_factory) -> Measured:
    return Measured(tmp_path_factory.mktemp("measured"))


@pytest.fixture
def call(monkeypatch, capfdbinary) -> Callable[..., Ran]:
    """Run the program's own entry point in this process, in French: a start takes seconds, and the runs are many."""

    def run(*arguments: object) -> Ran:
        capfdbinary.readouterr()
        monkeypatch.setattr(sys, "argv", ["rempart", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as left:
            code = left.code or 0
        return Ran(code, *capfdbinary.readouterr())

    return run


@pytest.fixture
def bad(call) -> Callable[..., str]:
    """Run a command that must be refused: exit code 2, nothing but a message, which is returned."""

    def run(*arguments: object) -> str:
        ran = call(*arguments)
        assert ran.code == 2
        assert ran.out == b""
        assert b"Traceback" not in ran.err
        assert b"\x1b" not in ran.err
        assert ran.err.strip()
        return ran.err.decode()

    return run
