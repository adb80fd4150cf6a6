import gzip
import shutil
from importlib import import_module

import pytest

from rempart.directory.collect import open_source
from rempart.directory.collect.recognise import READERS
from rempart.directory.snapshot import save
from rempart.measurement.errors import InputError
from rempart.measurement.text import Language
from tests.directory.maker import AT, Maker
from tests.directory.writers import ldif, write_ldif, write_oradad
from tests.shared_data import needs_data, shared_data


def saved(path):
    save(Maker().snapshot("adalanche"), path)
    return path


def zipped(path):
    folder = write_oradad(Maker().records, path.with_name("clear"), AT)
    archive = shutil.make_archive(str(path.with_name("collect")), "zip", folder)
    return path.with_name("collect.zip").rename(path) if archive else path


def zipped_ldif(path):
    path.write_bytes(gzip.compress(ldif(Maker().records)))
    return path


@pytest.mark.parametrize(
    ("make", "source"),
    [
        (saved, "adalanche"),
        (lambda path: write_ldif(Maker().records, path), "ldif"),
        (zipped_ldif, "ldif"),
        (lambda path: write_oradad(Maker().records, path, AT), "oradad"),
        (zipped, "oradad"),
    ],
    ids=["snapshot", "ldif", "ldif.gz", "oradad", "oradad.zip"],
)
def test_a_source_is_told_by_its_content_whatever_its_name(tmp_path, make, source):
    snapshot = open_source(make(tmp_path / "a.mla"))
    assert snapshot.manifest.source == source
    assert snapshot.objects.height == Maker().snapshot().objects.height


@pytest.mark.parametrize(
    ("place", "source"),
    [
        ("directory/adexplorer-detectionlab/detectionlab.dat", "adexplorer"),
        ("directory/bloodhound-ce-sample/ad_sampledata.zip", "sharphound"),
        ("directory/goad-adalanche", "adalanche"),
    ],
)
@needs_data("directory")
def test_real_collections_find_their_reader_and_no_other(place, source):
    path = shared_data(place)
    taken = [name for name in READERS if import_module(f"rempart.directory.collect.{name}").recognises(path)]
    assert taken == [source]


@pytest.mark.parametrize("content", [b"", b"\0" * 99, b"plain text\n", b"PK\3\4", b"\x1f\x8b", bytes(range(256)) * 9])
def test_unknown_files_are_refused_with_what_is_accepted(tmp_path, content):
    (tmp_path / "a").write_bytes(content)
    for path in (tmp_path / "a", tmp_path):
        with pytest.raises(InputError, match="not a directory source") as caught:
            open_source(path)
        for kind in ("Rempart", "LDIF", "ORADAD", "SharpHound", "ADExplorer", "adalanche"):
            assert kind in caught.value.say(Language.FR)
            assert kind in caught.value.say(Language.EN)


def test_a_missing_or_empty_place_is_refused(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        open_source(tmp_path / "nothing")
    with pytest.raises(InputError, match="not a directory source"):
        open_source(tmp_path)


def test_a_trap_is_named_rather_than_unknown(tmp_path):
    path = zipped(tmp_path / "a")
    head, *entries = path.read_bytes().split(b"PK\1\2")
    locked = [entry[:4] + bytes([entry[4] | 1]) + entry[5:] for entry in entries]
    path.write_bytes(b"PK\1\2".join([head, *locked]))
    with pytest.raises(InputError, match="password"):
        open_source(path)


def test_an_encrypted_collection_is_refused_with_two_ways_out(tmp_path):
    (tmp_path / "hopital.test_20261123-120000.mla").write_bytes(b"MLAFAAAA" + bytes(64))
    for path in (tmp_path, *tmp_path.iterdir()):
        with pytest.raises(InputError, match="MLA") as caught:
            open_source(path)
        assert len(str(caught.value.advice).splitlines()) == 2
        assert "outputFiles=1" in str(caught.value.advice)
        assert "mlar extract" in str(caught.value.advice)
