"""The commands of the guide, by the real program: collect, audit, compare, prove."""

import csv
import io
import json
import re
from datetime import date, timedelta
from html.parser import HTMLParser

import pytest
from pypdf import PdfReader

from rempart.directory.snapshot import open_snapshot
from rempart.measurement.compare import Change, Trend
from rempart.measurement.language import language_of, named_language, without_language
from rempart.measurement.report import Report
from rempart.measurement.verdict import Status
from tests.directory.maker import AT, Maker
from tests.end_to_end.program import faulty, kept, left_behind, rempart

CHALLENGE = "Zx3-hub_challenge-0001"
FINESS = "000000000"
SCHEMA = "docs/schemas/report-1.json"


@pytest.fixture(scope="session")
def report(measured) -> Report:
    return Report.model_validate_json(measured.json.read_bytes())


class Resources(HTMLParser):
    """Addresses a browser would load, those of links (`a`) apart; and all the style there is."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if not name.startswith("xmlns") and re.search(r"(?:https?:)?//", value or ""):
                (self.links if (tag, name) == ("a", "href") else self.loaded).append(value)

    handle_startendtag = handle_starttag


# -- collect and audit -------------------------------------------------------------------------------------------------


def test_collect_keeps_a_snapshot_and_says_what_it_is(measured):
    code, out, err = measured.collected
    assert code == 0
    assert err == b""
    snapshot = open_snapshot(measured.snapshot)
    assert snapshot.digest in out.decode()
    assert "hopital.test" in out.decode()
    assert f"{snapshot.objects.height} objets" in out.decode()


def test_audit_in_a_pipe_is_plain_and_says_on_stderr_only_what_it_wrote(measured):
    code, out, err = measured.audited
    assert code == 0
    assert b"\x1b" not in out + err
    assert b"\r" not in out + err
    written = [measured.json, measured.csv, measured.html, measured.pdf]
    assert err.decode().splitlines() == [f"Écrit : {path}" for path in written]
    assert left_behind(measured.folder) == []
    assert max(map(len, out.decode().splitlines())) <= 80


def test_the_json_is_the_report_of_its_schema(measured, report, pytestconfig):
    schema = json.loads((pytestconfig.rootpath / SCHEMA).read_text(encoding="utf-8"))
    written = json.loads(measured.json.read_bytes())
    assert set(schema["required"]) <= set(written) <= set(schema["properties"])
    failed = {verdict.control for verdict in report.verdicts if verdict.status is Status.FAILED}
    assert {"vuln_krbtgt", "vuln_kerberos_properties_preauth"} <= failed
    assert report.source.digest == open_snapshot(measured.snapshot).digest
    assert report.level.value == 1
    assert report.paths_total


def test_the_html_loads_nothing_from_anywhere(measured):
    page = measured.html.read_text(encoding="utf-8")
    resources = Resources()
    resources.feed(page)
    assert resources.loaded == []
    assert all(link.startswith("https://") for link in resources.links)
    assert not re.search(r"url\((?!['\"]?data:)", page)
    assert "@import" not in page
    assert '<html lang="fr"' in page


def test_the_csv_opens_in_a_spreadsheet(measured, report):
    content = measured.csv.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert {row["point"] for row in rows} == set(report.controls)
    assert any(row["nom"] == "Bob" for row in rows)
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_the_pdf_can_be_read_aloud(measured):
    assert measured.pdf.read_bytes().startswith(b"%PDF")
    root = PdfReader(measured.pdf).trailer["/Root"]
    assert root["/Lang"].lower().startswith("fr")
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root


def test_another_date_on_a_console_without_our_signs_and_the_source_is_kept(measured, tmp_path):
    saved, written = tmp_path / "kept.rempart", tmp_path / "r.json"
    options = ("--at", "2030-01-01", "--save", saved, "--json", written, "--lang", "en")
    ran = rempart("directory", "audit", measured.ldif, *options, PYTHONIOENCODING="ascii")
    assert ran.code == 0
    assert ran.said.isascii()
    assert "Level 1" in ran.said
    report = Report.model_validate_json(written.read_bytes())
    assert report.judged_at.date() == date(2030, 1, 1)
    assert report.source.digest == open_snapshot(saved).digest == open_snapshot(measured.snapshot).digest
    assert any(v.control == "vuln_password_change_priv" and v.status is Status.FAILED for v in report.verdicts)


def test_an_accepted_risk_stays_failed_and_an_expired_one_is_said(measured, call, tmp_path):
    accepted = tmp_path / "acceptés.toml"
    table = '[[acceptance]]\ncontrol = "{}"\nrole = "RSSI"\nreason = "prévu"\nuntil = {}\n'
    written = table.format("vuln2_krbtgt", "2027-01-31")
    written += table.format("vuln_kerberos_properties_preauth", "2020-01-31")
    accepted.write_text(written, encoding="utf-8")
    code, out, _ = call("directory", "audit", measured.snapshot, "--accept", accepted, "--json", tmp_path / "r.json")
    assert code == 0
    report = Report.model_validate_json((tmp_path / "r.json").read_bytes())
    assert [a.control for a in report.acceptances] == ["vuln_krbtgt", "vuln_kerberos_properties_preauth"]
    assert all(v.status is Status.FAILED for v in report.verdicts if v.control == "vuln_krbtgt")
    assert "accepté" in out.decode()


@pytest.mark.parametrize(("wanted", "code"), [(1, 0), (2, 1)])
def test_fail_under_tells_by_the_exit_code(measured, call, wanted, code):
    ran = call("directory", "audit", measured.snapshot, "--fail-under", wanted)
    assert ran.code == code
    assert ran.err == b""
    assert b"hopital.test" in ran.out


def test_at_most_a_level_does_not_meet_it(call, tmp_path):
    maker = Maker()
    for dn in maker.records:
        maker.change(dn, nTSecurityDescriptor=None)
    ran = call("directory", "audit", kept(maker, tmp_path / "blind.rempart"), "--fail-under", "2")
    assert ran.code == 1
    assert "au plus" in ran.said.lower()


@pytest.mark.parametrize(
    ("arguments", "variable", "language"),
    [
        (["--lang", "en", "directory", "audit", "x"], None, "en"),
        (["directory", "--lang=en", "audit", "x"], None, "en"),
        (["directory", "audit", "x", "--lang", "fr"], "en", "fr"),
        (["directory", "audit", "x"], "en", "en"),
        (["directory", "audit", "x"], None, "fr"),
    ],
)
def test_the_language_may_be_said_anywhere(arguments, variable, language):
    assert language_of(named_language(arguments, variable)) == language
    assert without_language(arguments) == ["directory", "audit", "x"]


def test_the_program_speaks_the_language_of_its_variable():
    ran = rempart("directory", "audit", "--help", REMPART_LANG="en")
    assert ran.code == 0
    assert "Judge a directory" in ran.said


# -- compare -----------------------------------------------------------------------------------------------------------


def test_compare_says_what_is_new_fixed_and_back(call, tmp_path):
    """January and November have Bob without pre-authentication; June has an old krbtgt instead, as November still."""
    january, june = Maker(), Maker()
    january.user("Bob", userAccountControl=0x410200)
    june.change(next(dn for dn in june.records if dn.startswith("CN=krbtgt,")), pwdLastSet=AT - timedelta(days=900))
    first = kept(january, tmp_path / "january.rempart", AT - timedelta(days=300))
    second = kept(june, tmp_path / "june.rempart", AT - timedelta(days=150))
    code, out, err = call(
        *("directory", "compare", first, second, kept(faulty(), tmp_path / "november.rempart")),
        *("--json", tmp_path / "t.json", "--html", tmp_path / "t.html"),
    )
    assert code == 0
    assert err.decode().splitlines() == [f"Écrit : {tmp_path / 't.json'}", f"Écrit : {tmp_path / 't.html'}"]
    assert b"\x1b" not in out
    trend = Trend.model_validate_json((tmp_path / "t.json").read_bytes())
    assert [moment.taken_at for moment in trend.moments] == [AT - timedelta(days=300), AT - timedelta(days=150), AT]
    changes = {evolution.control: evolution.change for evolution in trend.evolutions}
    assert changes["vuln_kerberos_properties_preauth"] is Change.CAME_BACK
    assert changes["vuln_krbtgt"] is Change.STILL
    assert changes["vuln_privileged_members_perm"] is Change.NEW


def test_compare_takes_reports_too_and_says_what_is_fixed(measured, call, tmp_path):
    after = kept(Maker(), tmp_path / "after.rempart", AT + timedelta(days=30))
    ran = call("directory", "compare", after, measured.json, "--json", tmp_path / "t.json")
    assert ran.code == 0
    trend = Trend.model_validate_json((tmp_path / "t.json").read_bytes())
    fixed = {evolution.control: evolution.fixed for evolution in trend.of(Change.FIXED)}
    assert [subject.name for subject in fixed["vuln_kerberos_properties_preauth"]] == ["Bob"]


# -- paths -------------------------------------------------------------------------------------------------------------


def test_paths_name_the_way_and_the_cut(measured, call, tmp_path):
    code, out, err = call("directory", "paths", measured.snapshot, "--json", tmp_path / "p.json")
    assert code == 0
    assert err.decode() == f"Écrit : {tmp_path / 'p.json'}\n"
    assert "Martin" in out.decode()
    found = json.loads((tmp_path / "p.json").read_bytes())
    assert found["attackers"] >= 1
    assert any(hop["source"]["name"] == "Martin" for path in found["paths"] for hop in path["hops"])
    assert found["choke_points"]


def test_paths_from_one_account(measured, call):
    ran = call("directory", "paths", measured.snapshot, "--from", "martin", "--limit", "1")
    assert ran.code == 0
    assert "Chemin 1" in ran.said
    assert "Martin" in ran.said
    assert "Chemin 2" not in ran.said


# -- proof -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def attested(measured, call):
    """The measurement's report, attested with a new key, once."""
    key, output = measured.folder / "hopital.key", measured.folder / "hopital.attestation"
    if not output.exists():
        assert call("proof", "key", key).code == 0
        asked = ("--challenge", CHALLENGE, "--finess", FINESS, "--output", output)
        ran = call("proof", "attest", measured.json, "--key", key, *asked)
        assert ran.code == 0
        assert FINESS in ran.said
    return output


def test_an_attestation_verifies_and_replays(measured, call, attested):
    public = measured.folder / "hopital.key.pub"
    ran = rempart("proof", "--lang", "en", "verify", attested, "--key", public, "--challenge", CHALLENGE)
    assert ran.code == 0
    assert "Valid signature." in ran.said
    assert ran.err == b""
    ran = call("proof", "replay", attested, measured.snapshot, "--key", public)
    assert ran.code == 0
    assert "au bit près" in ran.said


def test_each_broken_proof_has_its_own_words(measured, attested, tmp_path, bad, call):
    public = measured.folder / "hopital.key.pub"
    tampered = tmp_path / "tampered"
    envelope = json.loads(attested.read_bytes())
    envelope["payload"] = (
        envelope["payload"][:-8] + ("A" if envelope["payload"][-8] != "A" else "B") + envelope["payload"][-7:]
    )
    tampered.write_text(json.dumps(envelope))
    other = kept(Maker(), tmp_path / "other.rempart")
    assert call("proof", "key", tmp_path / "other.key").code == 0
    said = [
        bad("proof", "verify", tampered, "--key", public),
        bad("proof", "verify", attested, "--key", tmp_path / "other.key.pub"),
        bad("proof", "verify", attested, "--key", public, "--challenge", "another-challenge-0000"),
        bad("proof", "verify", measured.json, "--key", public),
        bad("proof", "replay", attested, other, "--key", public),
        bad("proof", "replay", attested, tmp_path / "absent.rempart", "--key", public),
        bad("proof", "attest", attested, "--key", measured.folder / "hopital.key", "--output", tmp_path / "o"),
        bad("proof", "attest", measured.json, "--key", public, "--output", tmp_path / "o"),
        bad(
            "proof",
            "attest",
            measured.json,
            "--key",
            measured.folder / "hopital.key",
            "--output",
            tmp_path / "o",
            "--finess",
            "1",
        ),
        bad("proof", "key", measured.folder / "hopital.key"),
    ]
    expected = [
        "modifiée après sa signature",
        "pas signée par la clé donnée",
        "autre défi",
        "pas une attestation Rempart",
        "cet instantané n'est pas celui de l'attestation",
        "absent.rempart",
        "pas un rapport Rempart",
        "clé privée illisible",
        "finess",
        "ne s'écrase pas",
    ]
    assert [words in text for words, text in zip(expected, said, strict=True)] == [True] * len(expected)
    assert len(set(said)) == len(said)
    assert not (tmp_path / "o").exists()
