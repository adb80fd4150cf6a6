"""Packed files: each member under its name, in flat memory, bounded, and what is broken said."""

# ruff: noqa: S108, S311 — names inside archives; bytes that do not pack

import bz2
import gzip
import io
import lzma
import os
import random
import tarfile
import tracemalloc
import zipfile
from datetime import UTC, datetime

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from rempart.detection.census import Census
from rempart.detection.collect.containers import member, members, packing
from rempart.detection.collect.unpacking import Limits

LOG = b"Nov 24 18:47:38 srv app: x\n" * 200
OTHER = b"type=EXECVE msg=audit(1:2): a0=x\n" * 100


def zipped(files, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 24, 18, 47, 38)), data, method)
    return buffer.getvalue()


def tarred(files, mode="w"):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime = len(data), 1795546058
            archive.addfile(entry, io.BytesIO(data))
        link = tarfile.TarInfo("lien")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return buffer.getvalue()


def everything(stream):
    parts = []
    while data := stream.read(1000):
        parts.append(data)
    return b"".join(parts)


def unpacked(path, data, **options):
    path.write_bytes(data)
    census = Census()
    return {
        one.name.removeprefix(str(path)): everything(one.stream) for one in members(path, census, **options)
    }, census


BOTH = {"!var/log/a.log": LOG, "!b": OTHER}
FILES = {"var/log/a.log": LOG, "b": OTHER}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(LOG, {"": LOG}, id="plain"),
        pytest.param(b"", {"": b""}, id="empty"),
        pytest.param(gzip.compress(LOG), {"": LOG}, id="gzip"),
        pytest.param(gzip.compress(LOG) + gzip.compress(OTHER), {"": LOG + OTHER}, id="gzip-twice"),
        pytest.param(zstandard.compress(LOG) + zstandard.compress(OTHER), {"": LOG + OTHER}, id="zstd-twice"),
        pytest.param(lzma.compress(LOG) + lzma.compress(OTHER), {"": LOG + OTHER}, id="xz-twice"),
        pytest.param(bz2.compress(LOG), {"": LOG}, id="bzip2"),
        pytest.param(zipped(FILES), BOTH, id="zip"),
        pytest.param(zipped(FILES, zipfile.ZIP_LZMA), BOTH, id="zip-lzma"),
        pytest.param(zipped({}), {}, id="zip-empty"),
        pytest.param(tarred(FILES), BOTH, id="tar"),
        pytest.param(tarred(FILES, "w:gz"), BOTH, id="tar.gz"),
        pytest.param(tarred(FILES, "w:xz"), BOTH, id="tar.xz"),
        pytest.param(zstandard.compress(tarred(FILES)), BOTH, id="tar.zst"),
        pytest.param(zipped({"a.gz": gzip.compress(LOG)}), {"!a.gz": LOG}, id="gzip-in-zip"),
        pytest.param(tarred({"a.zst": zstandard.compress(LOG)}), {"!a.zst": LOG}, id="zstd-in-tar"),
        pytest.param("é\n".encode("utf-16"), {"": "é\n".encode()}, id="utf-16-mark"),
        pytest.param("abcdefgh\n".encode("utf-16-le"), {"": b"abcdefgh\n"}, id="utf-16-no-mark"),
        pytest.param(
            gzip.compress("é\n".encode("utf-16-be") and b"\xfe\xff" + "é\n".encode("utf-16-be")),
            {"": "é\n".encode()},
            id="utf-16-in-gzip",
        ),
    ],
)
def test_what_is_packed_comes_out(tmp_path, data, expected):
    found, census = unpacked(tmp_path / "f", data)
    assert found == expected
    assert census.flawed == 0


def test_a_member_is_found_again_by_its_name(tmp_path):
    path = tmp_path / "a!b.zip"
    path.write_bytes(zipped({"x.log": LOG, "y.gz": gzip.compress(OTHER)}))
    assert [everything(one.stream) for one in member(f"{path}!y.gz")] == [OTHER]
    assert list(member(f"{path}!absent")) == []


def test_a_member_knows_when_it_was_written_and_whether_it_is_the_file_itself(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({"x.log": LOG}))
    assert [(one.modified, one.plain) for one in members(path, Census())] == [
        (datetime(2026, 11, 24, 18, 47, 38, tzinfo=UTC), False)
    ]
    plain = tmp_path / "p"
    plain.write_bytes(LOG)
    os.utime(plain, (1795546058, 1795546058))
    assert [(one.modified, one.plain) for one in members(plain, Census())] == [
        (datetime.fromtimestamp(1795546058, UTC), True)
    ]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(gzip.compress(random.Random(1).randbytes(90_000))[:-30_000], id="gzip-cut"),
        pytest.param(gzip.compress(LOG) + b"debris" * 10, id="gzip-debris"),
        pytest.param(zstandard.compress(random.Random(1).randbytes(90_000))[:5_000], id="zstd-cut"),
        pytest.param(lzma.compress(random.Random(1).randbytes(90_000))[:5_000], id="xz-cut"),
        pytest.param(zipped(FILES)[:-40], id="zip-cut"),
        pytest.param(tarred(FILES, "w:gz")[:-60], id="tar.gz-cut"),
        pytest.param(zipped({"a.zip": zipped(FILES)}), id="zip-in-zip"),
        pytest.param(gzip.compress(gzip.compress(LOG)), id="gzip-in-gzip"),
        pytest.param(zipped({"a.tgz": tarred(FILES, "w:gz")}), id="deep"),
    ],
)
def test_what_is_broken_or_too_deep_is_said_never_raised(tmp_path, data):
    found, census = unpacked(tmp_path / "f", data)
    if found.keys() != {"!a.tgz!var/log/a.log", "!a.tgz!b"}:
        assert census.flawed >= 1
        assert census.flaws[0].place.startswith(str(tmp_path / "f"))


def test_an_encrypted_member_is_said_and_the_others_read(tmp_path):
    data = bytearray(zipped({"secret": LOG, "b": OTHER}))
    entry = data.rfind(b"PK\x01\x02", 0, data.rfind(b"PK\x01\x02"))
    data[6] |= 1
    data[entry + 8] |= 1
    found, census = unpacked(tmp_path / "f", bytes(data))
    assert found == {"!b": OTHER}
    assert "encrypted" in census.flaws[0].problem


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress, lzma.compress, lambda data: zipped({"a": data})])
def test_a_bomb_stops_where_the_limits_say(tmp_path, pack):
    found, census = unpacked(tmp_path / "f", pack(bytes(8 << 20)), limits=Limits(ratio=50, free=1 << 20))
    assert sum(map(len, found.values())) <= 4 << 20
    assert "times its size" in census.flaws[0].problem
    found, census = unpacked(tmp_path / "f", pack(bytes(8 << 20)), limits=Limits(total=1 << 20))
    assert sum(map(len, found.values())) <= 1 << 20
    assert census.flawed == 1


def test_an_archive_of_too_many_members_is_left(tmp_path):
    many = {f"{number}": b"x" for number in range(20)}
    for data in (zipped(many), tarred(many)):
        found, census = unpacked(tmp_path / "f", data, limits=Limits(members=5))
        assert (len(found), census.flawed) == (5, 1)


def test_names_that_climb_are_names_and_nothing_is_written(tmp_path):
    (tmp_path / "in").mkdir()
    for data in (zipped({"../../evil": LOG}), tarred({"/tmp/evil": LOG, "../evil": LOG})):
        found, _ = unpacked(tmp_path / "in" / "f", data)
        assert set(found.values()) == {LOG}
        assert sorted(path.name for path in tmp_path.rglob("*")) == ["f", "in"]


def test_memory_stays_flat(tmp_path):
    path = tmp_path / "f.gz"
    with gzip.open(path, "wb", compresslevel=1) as stream:
        for _ in range(64):
            stream.write(LOG * 200)
    tracemalloc.start()
    seen = 0
    for one in members(path, Census()):
        while data := one.stream.read(1 << 20):
            seen += len(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seen == 64 * 200 * len(LOG)
    assert peak < 8 << 20


@settings(max_examples=150, deadline=None)
@given(
    base=st.sampled_from(
        [
            gzip.compress(LOG),
            zipped(FILES),
            tarred(FILES),
            tarred(FILES, "w:gz"),
            lzma.compress(LOG),
            zstandard.compress(LOG),
            bz2.compress(LOG),
            b"",
        ]
    ),
    edits=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=12),
    tail=st.binary(max_size=40),
)
def test_any_bytes_unpack_or_are_flaws(tmp_path_factory, base, edits, tail):
    data = bytearray(base + tail)
    for place, value in edits:
        if data:
            data[place % len(data)] = value
    path = tmp_path_factory.getbasetemp() / "any"
    unpacked(path, bytes(data), limits=Limits(total=1 << 22))


def test_what_is_no_archive_is_known_as_none():
    assert [packing(head) for head in (b"", b"PK", b"bonjour", b"ElfFile\x00")] == [None] * 4
