"""Every event of every format can be read again, whole, from where it stands: in files, archives, other encodings."""

import gzip
import re

import pytest

from rempart.detection.census import Census
from rempart.detection.collect.fetch import fetch
from rempart.detection.collect.read import Options, read
from rempart.detection.collect.sources import Declarations
from rempart.detection.events import FILE, LENGTH, OFFSET, Reading
from tests.detection.formats.samples import AUDIT, CSV, SAMPLES, SYSLOG
from tests.detection.formats.test_containers import zipped

EVERYTHING = Reading({}, every_field=True)
FILES = {f"{name}{number}.log": data for name, many in SAMPLES.items() for number, data in enumerate(many)}


class Place:
    def __init__(self, row):
        self.file, self.offset, self.length = row[FILE], row[OFFSET], row[LENGTH]


def events(path, declarations=None, kind=None):
    """Each event (of one type of audit record, when asked) with what reading it again gives."""
    options = Options(declarations=declarations or Declarations())
    census = Census()
    rows = [row for block in read([path], EVERYTHING, census, options=options) for row in block.batch.to_pylist()]
    return [
        (
            {key: value for key, value in row.items() if value is not None and not key.startswith("@")},
            fetch(Place(row), declarations),
        )
        for row in rows
        if kind is None or row.get("type") == kind
    ], census


def is_in(said, again):
    """Tell whether an event read again says what it said; a message that held line feeds says its first line."""
    return all(
        again.get(key) == value or (key == "message" and again.get(key, "?") in value) for key, value in said.items()
    )


@pytest.mark.parametrize("name", FILES)
def test_an_event_of_a_file_is_found_again(tmp_path, name):
    (tmp_path / name).write_bytes(FILES[name])
    found, census = events(tmp_path)
    assert found
    assert all(is_in(said, again) for said, again in found), [pair for pair in found if not is_in(*pair)][:1]
    assert census.files == {re.sub(r"\d*\.log$", "", name): 1}


@pytest.mark.parametrize("pack", ["gz", "zip", "utf-16"])
def test_an_event_of_a_packed_file_is_found_again(tmp_path, pack):
    packed = {
        "gz": gzip.compress(SYSLOG),
        "zip": zipped({"a.log": SYSLOG, "b.log": AUDIT}),
        "utf-16": SYSLOG.decode().encode("utf-16"),
    }
    (tmp_path / "f").write_bytes(packed[pack])
    found, _ = events(tmp_path)
    assert len(found) >= 10
    assert all(is_in(said, again) for said, again in found)


def test_an_audit_record_far_in_a_file_is_shown_with_its_call(tmp_path):
    filler = b"".join(
        b"type=USER_ACCT msg=audit(1795546000.1:%d): pid=%d\n" % (number, number) for number in range(3000)
    )
    (tmp_path / "audit.log").write_bytes(filler + AUDIT + filler)
    ((said, again),), _ = events(tmp_path, kind="EXECVE")
    assert (again["exe"], again["CommandLine"]) == (said["exe"], said["CommandLine"])
    assert again["cwd"] == "/home/alice"


def test_a_file_of_a_declared_encoding_is_read_and_found_again(tmp_path):
    (tmp_path / "acces.csv").write_bytes(CSV.decode().encode("cp850"))
    source = {"files": ["*.csv"], "source": "hospital/records", "encoding": "cp850", "fields": {"Agent": "user"}}
    found, _ = events(tmp_path, Declarations.model_validate({"source": [source]}))
    assert found[2][0]["user"] == found[2][1]["user"] == "hélène"
