"""What a hospital declares: read, checked with words a person understands, and used."""

# ruff: noqa: E501 — a line of a log is as long as programs write it

import pytest

from rempart.detection.collect.kinds import formats
from rempart.detection.collect.sources import DECLARED_JSON, EXAMPLE, FORMATS, Declarations, load
from rempart.measurement.errors import InputError
from tests.detection.formats.reading import read


def declared(tmp_path, text):
    path = tmp_path / "sources.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def test_the_example_says_what_it_promises():
    found = load(EXAMPLE)
    head = b"Date acc\xc3\xa8s;Agent;Poste;Adresse IP;IPP;Type acc\xc3\xa8s;Service\n24/11/2026 18:47:38;bob;PC1;192.0.2.5;123;Bris de glace;Urgences\n"
    said = found.of("/var/log/dpi-acces-2026.csv", head)
    row = read("csv", head, said)[0][0]
    assert (row["@source"], row["@code"], row["user"], row["patient"], row["@time"].hour) == (
        "hospital/records",
        "break_glass",
        "bob",
        "123",
        17,
    )
    line = b"2026-11-24 18:47:38.5 RECV labo -> dpi ORU^R01 192.0.2.5\n"
    assert read("lines", line, found.of("hl7-7.log", line))[0][0]["message_type"] == "ORU^R01"
    bastion = (
        b"<38>Nov 24 18:47:38 b bastion[1]: session open user=bob from=203.0.113.1 country=FR target=irm1 success\n"
    )
    row = read("syslog", bastion, found.of("messages", bastion))[0][0]
    assert (row["@source"], row["action"], row["country"]) == ("hospital/maintenance", "session_start", "FR")


def test_files_are_known_by_name_path_and_content():
    found = Declarations.model_validate(
        {
            "source": [
                {"name": "a", "files": ["*/dpi/*.csv"]},
                {"name": "b", "files": ["x-*"], "contains": "AE"},
                {"name": "c", "contains": "PACS"},
            ]
        }
    )
    assert [
        found.of(file, head).name
        for file, head in (
            ("/l/dpi/1.csv", b""),
            ("/l/x-1", b"AE"),
            ("/l/x-1", b""),
            ("z", b"PACS"),
            ("a.zip!x-2", b"AE"),
        )
    ] == ["a", "b", "", "c", "b"]


def test_the_zone_of_all_is_that_of_a_file_without_one():
    found = Declarations.model_validate({"zone": "Europe/Paris", "source": [{"files": ["a"], "zone": "UTC"}]})
    assert (found.of("a", b"").zone, found.of("b", b"").zone) == ("UTC", "Europe/Paris")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("zone = 'Paris'", "unknown time zone 'Paris'"),
        ("[[source]]\nfiles = ['a']\nformat = 'word'", "unknown format 'word'"),
        ("[[source]]\nfiles = ['a']\n[[source]]\nfiles = ['a']\nzone = 'x'", "source 2, zone"),
        ("[[source]]\nname = 'a'", "source 1 says neither files"),
        ("[[source]]\nfiles = ['a']\nformat = 'lines'", "needs a pattern"),
        ("[[source]]\nfiles = ['a']\npattern = '(?P<a>x)(?=y)'", "refused"),
        ("[[source]]\nfiles = ['a']\npattern = 'x'", "names no group"),
        ("[[source]]\nfiles = ['a']\nsource = 'Dossier'", "source 1, source"),
        ("[[source]]\nfiles = ['a']\nencoding = 'x'", "unknown encoding"),
        ("[[source]]\nfiles = ['a']\nseparator = '\"'", "cannot part"),
        ("[[source]]\nfiles = ['a']\nprogramme = 'x'", "programme"),
        ("[[source]]\nfiles = ['a']\nprograms = ['x']", "declare files apart"),
        ("source = [", "not TOML"),
    ],
)
def test_each_fault_is_told_with_its_place(tmp_path, text, said):
    with pytest.raises(InputError) as caught:
        declared(tmp_path, text)
    assert said in str(caught.value)
    assert str(tmp_path / "sources.toml") in str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(InputError, match="cannot read"):
        load(tmp_path / "absent.toml")


def test_every_format_one_may_name_is_one_there_is():
    ours = {name for name, form in formats().items() if form.__module__.startswith("rempart.")}
    assert ours <= FORMATS | {DECLARED_JSON}
