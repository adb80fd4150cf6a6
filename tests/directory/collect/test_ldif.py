import gzip
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rempart.directory.builder import SnapshotBuilder
from rempart.directory.collect import ldif_text, silent
from rempart.directory.collect.ldif import read, recognises
from rempart.measurement.errors import InputError, RempartError
from tests.directory.maker import AT, DN, Maker
from tests.directory.writers import ldif, write_ldif

HEAD = f"version: 1\n\ndn: {DN}\nobjectClass: top\nobjectClass: domainDNS\n".encode()


@pytest.fixture
def load(tmp_path):
    """Read these bytes as an LDIF file."""

    def run(content: bytes, name: str = "export.ldif"):
        path = tmp_path / name
        path.write_bytes(content)
        assert recognises(path)
        return read(path, silent)

    return run


def head_of(snapshot):
    return snapshot.objects.filter(dn_key=DN.lower()).row(0, named=True)


def same(snapshot, expected):
    return snapshot.objects.drop("sd").equals(expected.objects.drop("sd")) and snapshot.flaws.is_empty()


def test_a_forest_comes_back_as_it_was(tmp_path):
    maker = Maker()
    snapshot = read(write_ldif(maker.records, tmp_path / "forest"), silent)
    assert same(snapshot, maker.snapshot())
    assert set(snapshot.descriptors["bytes"]) == set(maker.snapshot().descriptors["bytes"])
    assert snapshot.gaps["topic"].to_list() == ["sysvol"]
    assert snapshot.manifest.source == "ldif"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: text.rstrip(b"\n"),
        lambda text: text + b"\n\n\n" + text,
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: b"\xff\xfe" + text.decode().encode("utf-16-le"),
        lambda text: b"# by hand,\n  folded\n\n" + text.replace(b"\n\n", b"\n# note\n  folded\n\n\n"),
        lambda text: text.replace(b"\nobjectClass:", b"\nchangetype: add\nobjectClass:", 1),
        lambda text: text.replace(b": ", b":").replace(b":: ", b"::"),
        lambda text: text.replace(b"\ndn: ", b"\nDN:   "),
        gzip.compress,
        lambda text: gzip.compress(text[:999]) + gzip.compress(text[999:]),
        lambda text: text + b"# reference\nref: ldap://x/DC=y\n\n# search result\nsearch: 2\nresult: 0 Success\n",
    ],
    ids=[
        "crlf", "no last newline", "twice", "utf-8 mark", "utf-16", "comments", "changetype", "no space", "spaces",
        "gzip", "two gzips", "trailers",
    ],
)  # fmt: skip
def test_every_way_to_write_it_reads_the_same(load, spoil):
    maker = Maker()
    assert same(load(spoil(ldif(maker.records))), maker.snapshot())


def test_blocks_cut_anywhere_read_the_same(load, monkeypatch):
    maker = Maker()
    text = ldif(maker.records).replace(b"\n", b"\r\n")
    for size in (7, 64, 1001):
        monkeypatch.setattr(ldif_text, "_BLOCK", size)
        assert same(load(text), maker.snapshot())


def test_a_folder_of_exports_is_one_forest(tmp_path):
    maker = Maker()
    records = list(maker.records.items())
    write_ldif(dict(records[:20]), tmp_path / "domain")
    write_ldif(dict(records[20:]), tmp_path / "rest.txt")
    (tmp_path / "notes").write_text("dinner: soup\n")
    assert recognises(tmp_path)
    told: list[tuple[int, int | None]] = []
    assert same(read(tmp_path, lambda done, total: told.append((done, total))), maker.snapshot())
    assert told[-1][0] == told[-1][1] == sum((tmp_path / name).stat().st_size for name in ("domain", "rest.txt"))


@pytest.mark.parametrize(
    "content", [b"", b"dinner: soup\n", b"MLA", b"\x1f\x8bdn: x", b"PK\3\4dn: x", b"\xff\xfed", b"\0"]
)
def test_other_files_are_not_ldif(tmp_path, content):
    path = tmp_path / "export.ldif"
    path.write_bytes(content)
    assert not recognises(path)


def test_broken_records_and_values_are_flaws_with_their_line(load):
    snapshot = load(
        HEAD
        + b"cn:: ???\nno colon here\nname: fine\n"
        + b"\nobjectClass: top\ncn: nameless\n"
        + b"\ndn:: /w==\ncn: bad name\n"
        + f"\ndn: CN=a,{DN}\ndn: CN=b,{DN}\n".encode()
    )
    places = [place.rpartition(":")[2] for place in snapshot.flaws["place"]]
    assert places == ["6", "7", "10", "13", "16"]
    assert "export.ldif:6" in snapshot.flaws["place"][0]
    assert (head_of(snapshot)["name"], snapshot.objects.height) == ("fine", 1)


def test_lines_are_counted_through_folds_and_windows_ends(load):
    content = (HEAD + b"cn: a\n very\n long name\nname:: ???\n").replace(b"\n", b"\r\n")
    snapshot = load(content)
    assert snapshot.flaws["place"][0].endswith(":9")
    assert head_of(snapshot)["cn"] == "avery" + "long name"


def test_the_root_dse_gives_the_date(load):
    snapshot = load(b"dn:\ncurrentTime: 20261123120000.0Z\n\n" + HEAD.removeprefix(b"version: 1\n\n"))
    assert snapshot.manifest.taken_at == AT
    assert snapshot.objects.height == 1
    assert load(HEAD + b"\ndn:\ncurrentTime: soon\n").flaws["problem"][0].startswith("currentTime")


def test_an_interrupted_search_is_a_gap(load):
    trailer = b"\n# search result\nsearch: 2\nresult: %s\n"
    stopped = load(HEAD + trailer % b"4 Size limit exceeded").gaps
    assert ("partition:domain", "hopital.test") in stopped.select("topic", "domain").rows()
    whole = load(HEAD + trailer % b"0 Success").gaps
    assert ("partition:domain", "hopital.test") not in whole.select("topic", "domain").rows()


def test_a_range_of_members_is_put_together(load):
    content = HEAD + b"member;range=0-1: CN=a\nmember;range=0-1: CN=b\nmember;range=2-*: CN=c\n"
    assert head_of(load(content))["member"] == ["CN=a", "CN=b", "CN=c"]


@pytest.mark.parametrize(
    ("content", "message", "line"),
    [
        (HEAD + b"jpegPhoto:< file:///etc/passwd\n", "reads no other file", "6"),
        (HEAD + b"cn:<file:///etc/passwd\n", "reads no other file", "6"),
        (HEAD + b"\ndn: CN=a\nchangetype: modify\nreplace: cn\n", "changes a directory", "7"),
        (HEAD + b"cn: \0\n", "binary content", "6"),
        (gzip.compress(HEAD, mtime=0)[:-12], "truncated", None),
        (gzip.compress(HEAD, mtime=0) + b"trailing", "truncated", None),
        (b"\xff\xfe" + HEAD.decode().encode("utf-16-le") + b"\0\xd8\0", "UTF-16", None),
        (b"dn: \ncn: nothing but this\n", "no directory object", None),
    ],
)
def test_files_that_are_no_export_are_refused_with_their_place(load, content, message, line):
    with pytest.raises(InputError, match=message) as caught:
        load(content)
    assert Path(str(caught.value.where).rpartition(":")[0] if line else str(caught.value.where)).name == "export.ldif"
    assert line is None or str(caught.value.where).endswith(f":{line}")


def test_endless_lines_and_records_are_refused(load, monkeypatch):
    monkeypatch.setattr(ldif_text, "LINE_LIMIT", 1000)
    monkeypatch.setattr(ldif_text, "RECORD_LIMIT", 5000)
    monkeypatch.setattr(ldif_text, "_BLOCK", 512)
    with pytest.raises(InputError, match="line of more") as caught:
        load(HEAD + b"cn: " + b"\n a" * 1100 + b"\n\n")
    assert str(caught.value.where).endswith(":6")
    with pytest.raises(InputError, match="line of more"):
        load(HEAD + b"cn: " + b"a" * 9000)
    with pytest.raises(InputError, match="record of more"):
        load(HEAD + b"member: CN=a\n" * 800)
    assert load(HEAD + b"member: CN=a\n" * 300).objects["member"].list.len().to_list() == [300]


VALUES = st.binary(max_size=90) | st.text(max_size=20).map(str.encode)
RECORDS = st.dictionaries(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30).map(
        lambda name: f"CN=x{name}"
    ),
    st.dictionaries(
        st.sampled_from(["cn", "member", "objectSid", "nTSecurityDescriptor", "userAccountControl", "x-unknown"]),
        st.lists(VALUES, min_size=1, max_size=3),
        max_size=4,
    ),
    min_size=1,
    max_size=5,
)


@given(RECORDS)
@settings(deadline=None, max_examples=50)  # a machine at work is as slow as it is
def test_any_records_come_back_from_the_writer(tmp_path_factory, records):
    builder = SnapshotBuilder("ldif")
    for dn, attributes in {DN: {}, **records}.items():
        builder.add(dn, attributes)
    expected = builder.finish(AT)
    snapshot = read(write_ldif({DN: {}, **records}, tmp_path_factory.mktemp("ldif") / "x"), silent)
    assert snapshot.objects.equals(expected.objects)
    assert snapshot.descriptors.equals(expected.descriptors)
    assert snapshot.flaws.equals(expected.flaws)


@given(st.binary(max_size=200), st.floats(0, 1), st.booleans())
@settings(deadline=None, max_examples=50)  # a machine at work is as slow as it is
def test_no_bytes_raise_anything_but_our_errors(tmp_path_factory, garbage, share, inserted):
    content = bytearray(ldif(dict(list(Maker().records.items())[:3])))
    at = int(share * len(content))
    content[at : at if inserted else at + len(garbage)] = garbage
    path = tmp_path_factory.mktemp("ldif") / "x"
    path.write_bytes(content)
    recognises(path)
    with suppress(RempartError):
        read(path, silent)
