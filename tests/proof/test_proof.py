import json
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rempart.measurement.control import Control, Kind, Remedy
from rempart.measurement.errors import AlteredError, InputError, RempartError
from rempart.measurement.report import Level, Perimeter, Report, Source, Tool
from rempart.measurement.text import Text
from rempart.proof.attestation import Attestation, schema
from rempart.proof.envelope import sign, verify
from rempart.proof.keys import create_key, load_public_key, load_signer
from rempart.proof.replay import check_replay

CHALLENGE = "Zx3-hub_challenge-0001"
WORDS = Text(fr="x", en="x")


def make_report(**changes) -> Report:
    control = Control(
        id="vuln_krbtgt", engine="directory", kind=Kind.VULNERABILITY, levels=(2,), effort=1,
        title=WORDS, risk=WORDS, rule=WORDS, fix=Remedy(fr="x", en="x"), undo=Remedy(fr="x", en="x"),
    )  # fmt: skip
    subject = pl.DataFrame({"key": ["S-1-5-21-1-2-3-502"], "name": ["krbtgt"], "value": ["2020-01-01"]})
    fields = {
        "perimeter": Perimeter(finess="750000001", names=("hopital.test",)),
        "source": Source(kind="ldap", taken_at=datetime(2026, 11, 1, tzinfo=UTC), digest="sha256:" + "a" * 64),
        "judged_at": datetime(2026, 11, 2, tzinfo=UTC),
        "tool": Tool(
            engine="directory", version="0.1.0", catalogue_version="2026.11", catalogue_digest="sha256:" + "b" * 64
        ),
        "level": Level(value=2),
        "level_with_acceptances": Level(value=5),
        "controls": {control.id: control},
        "verdicts": (control.judge(subject),),
    }
    return Report(**{**fields, **changes})


@pytest.fixture
def signer(tmp_path: Path):
    create_key(tmp_path / "cle")
    return load_signer(tmp_path / "cle")


@pytest.fixture
def signed(signer) -> bytes:
    return sign(Attestation.of(make_report(), challenge=CHALLENGE), signer)


def test_a_signed_attestation_verifies_and_says_what_was_measured(signed, signer):
    predicate = verify(signed, [signer.public_key], challenge=CHALLENGE).predicate
    assert predicate.level == Level(value=2)
    assert predicate.finess == "750000001"
    assert predicate.counts["failed"] == 1


def test_the_payload_is_an_in_toto_statement(signed):
    import base64  # noqa: PLC0415 — used here alone

    envelope = json.loads(signed)
    statement = json.loads(base64.b64decode(envelope["payload"]))
    assert envelope["payloadType"] == "application/vnd.in-toto+json"
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert [subject["name"] for subject in statement["subject"]] == ["snapshot", "catalogue"]


def test_the_published_schema_is_the_models():
    published = Path(__file__).parents[2] / "docs" / "schemas" / "attestation-1.json"
    assert published.read_text(encoding="utf-8") == schema()


def test_no_changed_byte_goes_unseen(signed, signer):
    for place in range(len(signed)):
        altered = signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :]
        with pytest.raises(RempartError):
            verify(altered, [signer.public_key])


def test_a_changed_payload_is_called_altered(signed, signer):
    envelope = json.loads(signed)
    envelope["payload"] = "A" + envelope["payload"][1:]
    with pytest.raises(AlteredError, match="altered after it was signed"):
        verify(json.dumps(envelope).encode(), [signer.public_key])


def test_a_rewritten_file_is_refused_even_when_its_content_is_the_same(signed, signer):
    with pytest.raises(AlteredError, match="rewritten"):
        verify(json.dumps(json.loads(signed), indent=1).encode(), [signer.public_key])


@settings(max_examples=200)
@given(st.binary(max_size=400) | st.from_regex(r'\{"payload":.*\}', fullmatch=True).map(str.encode))
def test_any_other_file_is_refused_with_words(content):
    with pytest.raises(RempartError):
        verify(content, [])


def test_another_key_is_named_as_such(signed, tmp_path):
    create_key(tmp_path / "autre")
    with pytest.raises(InputError, match="not signed by the given key"):
        verify(signed, [load_public_key(tmp_path / "autre.pub")])


def test_another_challenge_is_refused(signed, signer):
    with pytest.raises(InputError, match="another challenge"):
        verify(signed, [signer.public_key], challenge="Zx3-hub_challenge-0002")


def test_a_wrong_finess_number_is_refused():
    with pytest.raises(InputError, match="finess"):
        Attestation.of(make_report(), finess="75000000")


def test_a_report_without_a_snapshot_digest_cannot_be_attested():
    source = Source(kind="ldap", taken_at=datetime(2026, 11, 1, tzinfo=UTC), digest="")
    with pytest.raises(InputError, match="sha256"):
        Attestation.of(make_report(source=source))


def test_an_attestation_holds_none_of_the_findings(signed):
    import base64  # noqa: PLC0415 — used here alone

    payload = base64.b64decode(json.loads(signed)["payload"]).decode()
    assert all(secret not in payload for secret in ("krbtgt", "S-1-5", "hopital", "2020-01-01"))


def test_replay_accepts_the_same_verdicts():
    check_replay(Attestation.of(make_report()), make_report())


def test_replay_survives_the_report_written_as_json():
    again = Report.model_validate_json(make_report().model_dump_json())
    check_replay(Attestation.of(make_report()), again)


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"source": make_report().source.model_copy(update={"digest": "sha256:" + "c" * 64})}, InputError, "snapshot"),
        (
            {"tool": make_report().tool.model_copy(update={"catalogue_digest": "sha256:" + "c" * 64})},
            InputError,
            "catalogue",
        ),
        ({"tool": make_report().tool.model_copy(update={"engine": "exposure"})}, InputError, "another engine"),
        ({"verdicts": ()}, AlteredError, "does not give the attested verdicts"),
        ({"level": Level(value=3)}, AlteredError, "does not give the attested verdicts"),
    ],
)
def test_replay_tells_what_differs(changes, error, words):
    with pytest.raises(error, match=words):
        check_replay(Attestation.of(make_report()), make_report(**changes))


def test_a_key_is_never_overwritten_and_is_private(tmp_path):
    path = tmp_path / "cle"
    create_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(InputError, match="never overwritten"):
        create_key(path)


def test_an_encrypted_key_needs_its_passphrase(tmp_path):
    create_key(tmp_path / "cle", b"une phrase de passe")
    assert load_signer(tmp_path / "cle", b"une phrase de passe").public_key.keytype == "ed25519"
    for wrong in (None, b"autre"):
        with pytest.raises(InputError, match="wrong passphrase"):
            load_signer(tmp_path / "cle", wrong)


def test_a_key_of_another_kind_is_refused(tmp_path):
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        Encoding,
        NoEncryption,
        PrivateFormat,
        PublicFormat,
    )

    private = generate_private_key(SECP256R1())
    (tmp_path / "ec").write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "ec.pub").write_bytes(public)
    with pytest.raises(InputError, match="Ed25519"):
        load_signer(tmp_path / "ec")
    with pytest.raises(InputError, match="Ed25519"):
        load_public_key(tmp_path / "ec.pub")


@pytest.mark.parametrize("name", ["absent", "absent.pub"])
def test_a_missing_key_file_is_named(tmp_path, name):
    with pytest.raises(InputError, match="not found"):
        (load_public_key if name.endswith(".pub") else load_signer)(tmp_path / name)
