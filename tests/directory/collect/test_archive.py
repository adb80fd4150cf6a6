import io
import stat
import tarfile
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rempart.directory.collect import archive
from rempart.directory.collect.archive import is_archive, opened, read_whole
from rempart.measurement.errors import InputError

FILES = {"tables.tsv": b"table", "domain/x/user.tsv": b"user" * 999, "domain/x/empty.tsv": b""}


def as_folder(path: Path, files=FILES) -> Path:
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


def as_zip(path: Path, files=FILES, method=zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as target:
        for name, content in files.items():
            target.writestr(name, content)
    return path


def as_tar(path: Path, files=FILES, mode="w") -> Path:
    with tarfile.open(path, mode) as target:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            target.addfile(member, io.BytesIO(content))
    return path


MAKERS = {
    "folder": lambda path, files=FILES: as_folder(path, files),
    "deflated": lambda path, files=FILES: as_zip(path, files),
    "stored": lambda path, files=FILES: as_zip(path, files, zipfile.ZIP_STORED),
    "tar": lambda path, files=FILES: as_tar(path, files),
    "tar.gz": lambda path, files=FILES: as_tar(path, files, "w:gz"),
    "tar.xz": lambda path, files=FILES: as_tar(path, files, "w:xz"),
}


@pytest.mark.parametrize("kind", MAKERS)
def test_every_kind_of_tree_reads_alike(tmp_path, kind):
    path = MAKERS[kind](tmp_path / "tree")
    with opened(path) as tree:
        assert sorted(tree.names) == sorted(FILES)
        assert {name: read_whole(tree, name) for name in tree.names} == FILES
        assert {name: tree.size(name) for name in tree.names} == {name: len(text) for name, text in FILES.items()}
        with pytest.raises(InputError, match="missing") as caught:
            read_whole(tree, "other.tsv")
        assert "other.tsv" in str(caught.value.where)
    assert is_archive(path) == (kind != "folder")


def test_windows_and_dotted_names_are_plain_names(tmp_path):
    with opened(as_zip(tmp_path / "a", {"domain\\x\\user.tsv": b"", "./tables.tsv": b""})) as tree:
        assert sorted(tree.names) == ["domain/x/user.tsv", "tables.tsv"]


def read_all(path: Path) -> list[bytes]:
    with opened(path) as tree:
        return [read_whole(tree, name) for name in tree.names]


def refused(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        read_all(path)
    assert list(path.parent.iterdir()) == [path]  # nothing was unpacked
    return caught.value


@pytest.mark.parametrize("kind", ["deflated", "tar", "tar.gz"])
@pytest.mark.parametrize("name", ["../out.tsv", "a/../../out", "/etc/passwd", "C:\\out", "..\\out"])
def test_names_that_lead_outside_are_refused(tmp_path, kind, name):
    error = refused(MAKERS[kind](tmp_path / "a", {"tables.tsv": b"", name: b"x"}))
    assert "leads out" in str(error)
    assert name in str(error.where)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_a_tar_are_refused(tmp_path, kind):
    with tarfile.open(tmp_path / "a", "w") as target:
        member = tarfile.TarInfo("passwd")
        member.type, member.linkname = kind, "/etc/passwd"
        target.addfile(member)
    assert "link or device" in str(refused(tmp_path / "a"))


def test_links_in_a_zip_are_refused_and_in_a_folder_ignored(tmp_path):
    with zipfile.ZipFile(tmp_path / "a", "w") as target:
        member = zipfile.ZipInfo("passwd")
        member.external_attr = (stat.S_IFLNK | 0o777) << 16
        target.writestr(member, "/etc/passwd")
    assert "link or device" in str(refused(tmp_path / "a"))
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "passwd").symlink_to("/etc/passwd")
    with opened(tmp_path / "folder") as tree:
        assert tree.names == []


def test_a_member_without_a_name_is_refused(tmp_path):
    path = as_zip(tmp_path / "a", {"a": b"x"})
    content = path.read_bytes()
    at = content.index(b"PK\1\2")
    # as many bytes, of which the name is none: the fuzzer's find
    content = content[: at + 28] + b"\0\0\1\0" + content[at + 32 :]
    path.write_bytes(content)
    assert "leads out" in str(refused(path)) or "damaged" in str(refused(path))


def test_two_files_of_one_name_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a", "w") as target:
        target.writestr("a/b", "one")
        target.writestr("a\\b", "two")
    assert "same name" in str(refused(tmp_path / "a"))


@pytest.mark.parametrize("kind", ["deflated", "tar", "tar.gz"])
def test_crowds_and_floods_are_refused(tmp_path, kind, monkeypatch):
    path = MAKERS[kind](tmp_path / "a", {str(number): b"x" * 2000 for number in range(30)})
    monkeypatch.setattr(archive, "MAX_MEMBERS", 29)
    assert "more than 29 files" in str(refused(path))
    monkeypatch.setattr(archive, "MAX_MEMBERS", 30)
    monkeypatch.setattr(archive, "MAX_TOTAL", 59_999)
    assert "beyond measure" in str(refused(path))


def test_bombs_are_refused(tmp_path, monkeypatch):
    path = as_tar(tmp_path / "a", {"zeros": bytes(40_000_000)}, "w:xz")
    assert "beyond measure" in str(refused(path))
    path.unlink()
    path = as_zip(tmp_path / "a", {"zeros": bytes(4_000_000)})
    with opened(path) as tree:
        monkeypatch.setattr(archive, "MAX_WHOLE", 1000)
        with pytest.raises(InputError, match="too large"):
            read_whole(tree, "zeros")
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\1\2") + 24
    content[at : at + 4] = (0xF0000000).to_bytes(4, "little")  # the zip declares 4 GB for those few bytes
    path.write_bytes(content)
    assert "beyond measure" in str(refused(path))


def test_encrypted_and_unknown_methods_are_refused_with_the_member(tmp_path):
    path = as_zip(tmp_path / "a", {"secret.tsv": b"x"})
    original = path.read_bytes()
    content = bytearray(original)
    content[content.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(content)
    error = refused(path)
    assert "password" in str(error)
    assert "secret.tsv" in str(error.where)
    content = bytearray(original)
    content[content.index(b"PK\1\2") + 10] = 97
    path.write_bytes(content)
    assert "unknown compression" in str(refused(path))


@pytest.mark.parametrize("kind", ["deflated", "tar.gz", "tar.xz"])
def test_truncated_archives_are_refused(tmp_path, kind):
    path = MAKERS[kind](tmp_path / "a", {str(number): bytes(range(256)) * 9 for number in range(9)})
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "damaged" in str(refused(path))


@given(st.sampled_from(["deflated", "stored", "tar", "tar.gz"]), st.data())
@settings(deadline=None, max_examples=150)  # a machine at work is as slow as it is
def test_no_alteration_raises_anything_but_our_errors(tmp_path_factory, kind, data):
    path = MAKERS[kind](tmp_path_factory.mktemp("archive") / "a")
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(len(content) // 2, len(content)))])
    is_archive(path)
    with suppress(InputError):
        read_all(path)
