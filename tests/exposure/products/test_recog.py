"""Recog's files: its own examples, and what is refused."""

import polars as pl
import pytest

from rempart.exposure.fingerprints.recog import Fingerprint, Recog, fields, read
from rempart.measurement.errors import InputError
from tests.shared_data import needs_data, shared_data

SMALL = b"""<?xml version="1.0"?>
<fingerprints matches="ftp.banner" protocol="ftp">
  <fingerprint pattern="^Acme FTPD (\\d+\\.\\d+)$">
    <description>Acme</description>
    <example service.version="1.2">Acme FTPD 1.2</example>
    <param pos="0" name="service.product" value="FTPD"/>
    <param pos="1" name="service.version"/>
  </fingerprint>
  <fingerprint pattern="(["><description>broken</description></fingerprint>
</fingerprints>"""


def matches(item: Fingerprint, text: str) -> list[list[str | None]]:
    found = Recog((item,)).matcher.match(pl.DataFrame({"where": [item.where], "text": [text]}))
    return found["groups"].to_list()


def test_a_file_is_read_and_a_broken_fingerprint_is_counted():
    recog = read(SMALL, "ftp.xml")
    assert len(recog.fingerprints) == 1
    assert recog.flaws == ("ftp.xml, fingerprint 2: ComputeError",)
    (groups,) = matches(recog.fingerprints[0], "Acme FTPD 1.2")
    assert fields(recog.fingerprints[0], groups) == {"service.product": "FTPD", "service.version": "1.2"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<fingerprints",
        b"<other/>",
        b'<fingerprints matches="unknown"/>',
        b'<!DOCTYPE x [<!ENTITY a "b">]><fingerprints matches="ftp.banner"/>',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x><fingerprints matches="ftp.banner"/>'.encode("utf-16"),
    ],
)
def test_what_is_no_recog_file_or_could_expand_is_refused(content):
    with pytest.raises(InputError):
        read(content, "x.xml")


@needs_data("exposure/recog")
def test_recog_matches_its_own_examples():
    folder = shared_data("exposure/recog")
    assert folder is not None
    examples = hits = wanted = right = 0
    for path in sorted(folder.glob("*.xml")):
        recog = read(path.read_bytes(), path.name)
        assert recog.flaws == ()
        rows = [(r, item.where, text) for r, item in enumerate(recog.fingerprints) for text, _ in item.examples]
        frame = pl.DataFrame({"where": [row[1] for row in rows], "text": [row[2] for row in rows]})
        found = recog.matcher.match(frame) if rows else None
        by_key = {(r["rank"], r["text"]): r["groups"] for r in found.iter_rows(named=True)} if found is not None else {}
        for rank, item in enumerate(recog.fingerprints):
            for text, expected in item.examples:
                examples += 1
                wanted += len(expected)
                groups = by_key.get((rank, text), False)
                if groups is False:
                    continue
                hits += 1
                said = fields(item, groups)
                right += sum(said.get(name) == value for name, value in expected.items())
    assert examples == 6076
    assert hits >= 6061
    assert right / wanted >= 0.995
