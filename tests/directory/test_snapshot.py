import hashlib
import io
import json
import zipfile
from contextlib import suppress

import polars as pl
import pytest

from rempart.directory import snapshot as module
from rempart.directory.snapshot import is_snapshot, open_snapshot, save, seal
from rempart.measurement import sealed
from rempart.measurement.errors import AlteredError, InputError, RempartError
from tests.directory.maker import Maker


@pytest.fixture
def path(tmp_path):
    save(Maker().snapshot(), tmp_path / "forest.rempart")
    return tmp_path / "forest.rempart"


def rewrite(path, change, method=zipfile.ZIP_STORED):
    """Write the members again, after `change(members)`."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def manifest(members, **fields):
    members["manifest.json"] = json.dumps(json.loads(members["manifest.json"]) | fields).encode()


def test_a_saved_snapshot_opens_as_it_was(path):
    expected, opened = Maker().snapshot(), open_snapshot(path)
    assert is_snapshot(path)
    assert all(opened.tables()[name].equals(frame) for name, frame in expected.tables().items())
    assert opened.digest == save(expected, path).digest == seal(opened)[0].digest
    assert [entry.name for entry in path.parent.iterdir()] == ["forest.rempart"]


def test_an_altered_byte_anywhere_is_refused_or_changes_nothing(path):
    content = path.read_bytes()
    expected = open_snapshot(path)
    step = max(len(content) // 150, 1)
    ends = range(max(len(content) - 600, 0), len(content), 7)  # the list of members stands at the end
    for at in (*range(0, len(content), step), *range(0, 120, 3), *ends):
        path.write_bytes(content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :])
        is_snapshot(path)
        with suppress(RempartError):
            opened = open_snapshot(path)  # only a byte that says nothing, such as a time of the zip, gets here
            assert opened.digest == expected.digest
            assert opened.objects.equals(expected.objects)


def test_truncated_snapshots_are_refused(path):
    content = path.read_bytes()
    for size in range(0, len(content), max(len(content) // 40, 1)):
        path.write_bytes(content[:size])
        assert not is_snapshot(path)
        with pytest.raises(InputError):
            open_snapshot(path)


def test_a_table_changed_or_taken_away_is_told(path):
    rewrite(path, lambda members: members.update({"gaps.parquet": members["flaws.parquet"]}))
    with pytest.raises(AlteredError, match="gaps no longer matches"):
        open_snapshot(path)
    rewrite(path, lambda members: members.pop("gaps.parquet"))
    with pytest.raises(AlteredError, match="gaps missing"):
        open_snapshot(path)


def test_a_later_format_is_refused_with_advice(path):
    rewrite(path, lambda members: manifest(members, format=module.FORMAT + 1))
    with pytest.raises(InputError, match="later than this") as caught:
        open_snapshot(path)
    assert "Update" in str(caught.value)


def with_table(path, name, content):
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"

    def change(members):
        members[f"{name}.parquet"] = content
        manifest(members, tables=json.loads(members["manifest.json"])["tables"] | {name: digest})

    rewrite(path, change)


def parquet(frame):
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


def test_columns_an_older_version_did_not_know_are_null(path):
    expected = open_snapshot(path).objects
    with_table(path, "objects", parquet(expected.drop("member", "adminCount").with_columns(unknown=pl.lit(1))))
    opened = open_snapshot(path).objects
    assert opened.columns == expected.columns
    assert opened["member"].null_count() == opened.height


def test_bombs_are_refused(path, monkeypatch):
    with_table(path, "flaws", parquet(pl.DataFrame({"place": ["x"] * 5000, "problem": ["y"] * 5000})))
    assert open_snapshot(path).flaws.height == 5000
    monkeypatch.setattr(sealed, "_MAX_ROWS", 4999)
    with pytest.raises(InputError, match="beyond measure"):
        open_snapshot(path)
    monkeypatch.undo()
    rewrite(path, lambda members: members, zipfile.ZIP_DEFLATED)
    with pytest.raises(InputError, match="beyond measure"):
        open_snapshot(path)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + bytes(40) + b"PAR1"])
def test_a_table_that_is_no_parquet_is_refused_though_its_digest_fits(path, content):
    with_table(path, "flaws", content)
    with pytest.raises(InputError, match="unreadable"):
        open_snapshot(path)


def test_a_table_of_other_types_is_refused(path):
    with_table(path, "descriptors", parquet(pl.DataFrame({"sd": ["a"], "bytes": [[1]]})))
    with pytest.raises(InputError, match="unreadable"):
        open_snapshot(path)
