import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from rempart.cli import app
from rempart.measurement.errors import AlteredError, InputError, RempartError
from rempart.proof.attestation import Attestation
from rempart.proof.envelope import claimed_key, seal, sign
from rempart.proof.keys import create_key, load_signer, public_pem
from rempart.proof.receipt import Kind, Receipt, Reception, schema, sign_receipt, verify_receipt
from tests.proof.test_proof import make_report

DEPOSITED = b"what was deposited"


def make_receipt() -> Receipt:
    reception = Reception(
        file="D2-2025-000001",
        requirement="D2.O3.A",
        received_at=datetime(2026, 11, 3, 9, 30, tzinfo=UTC),
        size=len(DEPOSITED),
        hub="https://hub.test",
    )
    return Receipt.of(Kind.ATTESTATION, hashlib.sha256(DEPOSITED).hexdigest(), reception)


@pytest.fixture
def signer(tmp_path: Path):
    create_key(tmp_path / "hub")
    return load_signer(tmp_path / "hub")


def test_a_receipt_says_what_was_received_when_and_for_which_file(signer):
    received = verify_receipt(sign_receipt(make_receipt(), signer), [signer.public_key])
    assert received == make_receipt()
    received.check(DEPOSITED)


def test_a_receipt_is_not_the_one_of_another_file():
    with pytest.raises(AlteredError, match="digests differ"):
        make_receipt().check(b"something else")


def test_no_changed_byte_of_a_receipt_goes_unseen(signer):
    content = sign_receipt(make_receipt(), signer)
    for place in range(len(content)):
        altered = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        with pytest.raises(RempartError):
            verify_receipt(altered, [signer.public_key])


def test_an_attestation_is_no_receipt(signer):
    with pytest.raises(InputError, match="not a Rempart receipt"):
        verify_receipt(sign(Attestation.of(make_report()), signer), [signer.public_key])


def test_a_receipt_without_a_time_zone_cannot_be_made():
    with pytest.raises(ValidationError):
        Reception(file="1", requirement="A", received_at=datetime(2026, 1, 1), size=1, hub="x")  # noqa: DTZ001


def test_the_published_schema_of_receipts_is_the_models():
    published = Path(__file__).parents[2] / "docs" / "schemas" / "receipt-1.json"
    assert published.read_text(encoding="utf-8") == schema()


def test_the_command_verifies_a_receipt(signer, tmp_path):
    (tmp_path / "receipt.json").write_bytes(sign_receipt(make_receipt(), signer))
    (tmp_path / "deposited").write_bytes(DEPOSITED)
    command = ["proof", "receipt", str(tmp_path / "receipt.json"), "--key", str(tmp_path / "hub.pub")]
    result = CliRunner().invoke(app, [*command, "--deposited", str(tmp_path / "deposited")])
    assert result.exit_code == 0
    assert "D2-2025-000001" in result.stdout


def test_the_public_key_of_a_signer_is_the_one_written_beside_it(signer, tmp_path):
    assert public_pem(signer) == (tmp_path / "hub.pub").read_bytes()


@pytest.mark.parametrize("keyid", ["\x00", "\ud800", "short", 5, "A" * 64])
def test_an_envelope_that_claims_no_key_of_ours_is_refused(signer, keyid):
    envelope = json.loads(seal(b"{}", signer))
    envelope["signatures"][0]["keyid"] = keyid
    with pytest.raises(InputError, match="not a Rempart attestation"):
        claimed_key(json.dumps(envelope).encode())


def test_a_field_that_no_signature_covers_counts_as_rewritten(signer):
    envelope = json.loads(sign_receipt(make_receipt(), signer))
    envelope["signatures"][0]["extra"] = "\ud800"
    with pytest.raises(AlteredError, match="rewritten"):
        verify_receipt(json.dumps(envelope).encode(), [signer.public_key])
