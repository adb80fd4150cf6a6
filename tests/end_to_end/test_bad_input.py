"""Whatever is given wrong: exit code 2, one message with its place, no trace of the program, nothing half-written."""

import gzip
import resource
import zipfile

import pytest

from tests.directory.maker import Maker
from tests.directory.writers import ldif
from tests.end_to_end.program import kept, left_behind, rempart


def nothing(folder):
    (folder / "empty").mkdir()
    return folder / "empty"


def file_of(content):
    def make(folder):
        (folder / "source").write_bytes(content)
        return folder / "source"

    return make


def cut_gzip(folder):
    whole = gzip.compress(ldif(Maker().records))
    return file_of(whole[: len(whole) // 2])(folder)


def zip_of(name):
    def make(folder):
        with zipfile.ZipFile(folder / "source", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("tables.tsv", b"x\n")
            archive.writestr(name, bytes(100_000))
        return folder / "source"

    return make


def bomb(folder):
    """A zip whose member says it unpacks to 4 GB from a hundred bytes."""
    path = zip_of("user.tsv")(folder)
    content = bytearray(path.read_bytes())
    at = content.rindex(b"PK\1\2") + 24
    content[at : at + 4] = (0xF0000000).to_bytes(4, "little")
    path.write_bytes(content)
    return path


def altered(folder):
    path = kept(Maker(), folder / "source")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("command", ["collect", "audit"])
@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda folder: folder / "absent", "n'existe pas"),
        (lambda folder: folder / ("x" * 5000), "lecture impossible"),
        (nothing, "non reconnue"),
        (file_of(b""), "non reconnue"),
        (file_of(b"MLAFAAAA" + bytes(64)), "mlar extract"),
        (cut_gzip, "abîmé ou tronqué"),
        (zip_of("../user.tsv"), "sort de l'archive"),
        (zip_of("\x1b[2Jname\u202e/../../x"), "[U+001B][2Jname[U+202E]"),
        (bomb, "bombe de décompression"),
        (altered, "objects"),
        (file_of(b"dn: DC=a\nobjectClass:< file:///etc/passwd\n"), "aucun autre fichier"),
        (file_of(b"win-ad-ob\0" + bytes(2000)), "ADExplorer"),
    ],
    ids=["missing", "long", "nothing", "empty", "mla", "gzip", "traversal", "escape", "bomb", "altered", "url", "dat"],
)
def test_a_source_that_cannot_be_read(tmp_path, bad, command, make, words):
    source, output = make(tmp_path), tmp_path / "out"
    said = bad("directory", command, source, "--output" if command == "collect" else "--save", output)
    assert words in said
    assert said.startswith(str(source)[:300])
    assert not output.exists()
    assert left_behind(tmp_path) == []


ACCEPTED = '[[acceptance]]\ncontrol = "{}"\nrole = "RSSI"\nreason = "x"\nuntil = {}\n'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (ACCEPTED.format("vuln_unknown", "2027-01-31"), "contrôle inconnu : vuln_unknown"),
        (ACCEPTED.format("vuln_krbtgt", "31/01/2027"), "TOML illisible"),
        (ACCEPTED.format("vuln_krbtgt", '"demain"'), "acceptance.0.until"),
        ("\x00", "TOML illisible"),
        (None, "introuvable"),
    ],
)
def test_a_file_of_acceptances_that_cannot_be_used(measured, tmp_path, bad, content, words):
    path = tmp_path / "accepted.toml"
    if content is not None:
        path.write_text(content)
    said = bad("directory", "audit", measured.snapshot, "--accept", path)
    assert words in said
    assert said.startswith(str(path))


@pytest.mark.parametrize("text", ["2026-13-45", "demain", "31/01/2027", ""])
def test_a_date_that_is_none(measured, bad, text):
    assert "AAAA-MM-JJ" in bad("directory", "audit", measured.snapshot, "--at", text)


@pytest.mark.parametrize(
    "arguments",
    [
        ("directory", "nothing"),
        ("directory", "audit"),
        ("directory", "audit", "x", "--fail-under", "9"),
        ("directory", "audit", "x", "--lang", "de"),
        ("directory", "audit", "x", "--nothing"),
        ("directory", "compare", "x"),
        ("directory", "paths", "x", "--limit", "0"),
    ],
)
def test_bad_usage(bad, arguments):
    bad(*arguments)


@pytest.mark.parametrize(
    ("option", "place"),
    [("--json", "absent/out"), ("--html", "folder"), ("--save", "absent/out"), ("--save", "folder")],
)
def test_an_output_that_cannot_be_written(measured, call, tmp_path, option, place):
    (tmp_path / "folder").mkdir()
    ran = call("directory", "audit", measured.snapshot, option, tmp_path / place)
    assert ran.code == 2
    assert ran.err.decode().startswith(f"{tmp_path / place} : écriture impossible")
    assert left_behind(tmp_path) == []


@pytest.mark.parametrize(
    ("arguments", "room"),
    [(("collect", "{ldif}", "--output", "{out}"), 4096), (("audit", "{snapshot}", "--json", "{out}"), 40_000)],
)
def test_a_full_disk_leaves_nothing_behind(measured, call, tmp_path, arguments, room):
    places = {"ldif": measured.ldif, "snapshot": measured.snapshot, "out": tmp_path / "out"}
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))  # the console's own file is limited too
    try:
        ran = call("directory", *(argument.format(**places) for argument in arguments))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert ran.code == 2
    assert "écriture impossible" in ran.err.decode()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"{", b"{}", b'{"schema_id": "urn:rempart:schema:report:2"}', b"{\xff"])
def test_compare_names_a_report_that_is_none(measured, bad, tmp_path, content):
    path = tmp_path / "r.json"
    path.write_bytes(content)
    said = bad("directory", "compare", measured.json, path)
    assert "pas un rapport Rempart" in said
    assert str(path) in said


def test_paths_from_nobody(measured, bad):
    assert "personne.inconnue" in bad("directory", "paths", measured.snapshot, "--from", "personne.inconnue")


def test_paths_need_rights(tmp_path, bad):
    maker = Maker()
    for dn in maker.records:
        maker.change(dn, nTSecurityDescriptor=None)
    (tmp_path / "a.ldif").write_bytes(ldif(maker.records))
    assert "Aucun chemin ne peut être dit." in bad("directory", "paths", tmp_path / "a.ldif")


def test_the_real_program_says_the_same(tmp_path):
    ran = rempart("directory", "audit", tmp_path / "absent", "--lang", "en")
    assert (ran.code, ran.out) == (2, b"")
    assert ran.err.decode().startswith(f"{tmp_path / 'absent'}: no such file or folder")
