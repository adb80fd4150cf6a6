"""The attestation leaves the hospital: no string of the directory may be in it."""

import base64
import json
import re
from collections.abc import Iterator

import polars as pl

from rempart.directory.audit import audit
from rempart.directory.collect import open_source
from rempart.directory.snapshot import Snapshot, seal
from rempart.proof.attestation import Attestation
from rempart.proof.envelope import sign
from rempart.proof.keys import create_key, load_signer
from tests.end_to_end.program import faulty
from tests.shared_data import needs_data, shared_data

GOAD = "directory/goad-adalanche"
SHORTEST = 4
PUBLIC = {"snapshot", "catalogue", "directory"}
"""Words of any attestation; a directory may use them too."""


def texts(snapshot: Snapshot) -> set[str]:
    """Every text of every column of every table, of four signs at least; bytes as text where they are text."""
    found: set[str] = set()
    for name, frame in snapshot.tables().items():
        if name == "gaps":
            frame = frame.select("domain")  # noqa: PLW2901 — topics and reasons are the engine's own words
        for series in frame.iter_columns():
            flat = series.explode() if isinstance(series.dtype, pl.List) else series
            values = flat.drop_nulls().unique()
            if flat.dtype == pl.Binary:
                found |= {value.hex() for value in values}
            elif flat.dtype == pl.String:
                found |= set(values)
                found |= {part for value in values for part in value.replace("=", ",").split(",")}
    return {text for text in found if len(text.strip()) >= SHORTEST} | set(snapshot.manifest.domains)


def leaves(value: object) -> Iterator[str]:
    """Every value of a JSON tree, as text; its keys are those of any attestation (the model forbids others)."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from leaves(inner)
    else:
        yield str(value)


def said(snapshot: Snapshot, folder) -> str:
    """What an attestation says, decoded, the digests left out: 64 hexadecimal digits hold any short word by chance."""
    create_key(folder / "key")
    made = Attestation.of(audit(seal(snapshot)[0]), finess="000000000", challenge="Zx3-hub_challenge-0001")
    signed = json.loads(sign(made, load_signer(folder / "key")))
    payload = json.loads(base64.b64decode(signed["payload"]))
    assert Attestation.parse(json.dumps(payload).encode()) == made
    return "\n".join(leaf for leaf in leaves(payload) if not re.fullmatch(r"[0-9a-f]{64}", leaf)).lower()


def leaked(snapshot: Snapshot, folder) -> list[str]:
    """The texts of a directory that an attestation says, as words of their own: "test" is no part of "attestation"."""
    words = said(snapshot, folder)
    met = [text for text in texts(snapshot) if text.lower() in words and text.lower() not in PUBLIC]
    return sorted(text for text in met if re.search(rf"(?<![a-z0-9]){re.escape(text.lower())}(?![a-z0-9])", words))


def test_an_attestation_holds_nothing_of_the_directory(tmp_path):
    maker = faulty()
    maker.user(
        "Dupont", displayName="Jeanne Dupont", scriptPath="chirurgie.bat", servicePrincipalName=["http/pacs.local"]
    )
    snapshot = maker.snapshot()
    assert {"Jeanne Dupont", "chirurgie.bat", "hopital.test", "http/pacs.local"} <= texts(snapshot)
    assert leaked(snapshot, tmp_path) == []


@needs_data(GOAD)
def test_an_attestation_holds_nothing_of_a_real_directory(tmp_path):
    snapshot = open_source(shared_data(GOAD))
    assert "sevenkingdoms.local" in texts(snapshot)
    assert leaked(snapshot, tmp_path) == []


def test_the_search_would_find_a_leak(tmp_path):
    maker = faulty()
    maker.user("urn:rempart:attestation")
    assert leaked(maker.snapshot(), tmp_path) == ["urn:rempart:attestation"]
