"""The same suites and certificates as sslyze and testssl.sh, on every TLS server of the lab.

What differs, and why, is in docs/exposure-oracles.md.
"""

import base64
import hashlib
import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.exposure.oracles import environment
from tests.exposure.tls.conftest import CUT, DUAL, EXPIRED, GOOD, LONG, OTHER_NAME, SELF, WEAK
from tests.exposure.tls.measured import measured, service

VERSIONS = {
    "ssl_3_0_cipher_suites": "SSL 3.0",
    "tls_1_0_cipher_suites": "TLS 1.0",
    "tls_1_1_cipher_suites": "TLS 1.1",
    "tls_1_2_cipher_suites": "TLS 1.2",
    "tls_1_3_cipher_suites": "TLS 1.3",
}
UNKNOWN_TO_SSLYZE = {f"TLS_DH_anon_WITH_CAMELLIA_{bits}_CBC_SHA256" for bits in (128, 256)}
STARTTLS = {"smtp": "smtp", "imap": "imap", "pop3": "pop3", "ldap": "ldap", "ftp": "ftp", "rdp": "rdp"}


def sslyze(folder: Path, address: str, port: int, dialect: str = "") -> tuple[set[tuple[str, str]], set[str]]:
    """The suites (version, name) that sslyze finds, and the fingerprints of the certificates it is shown."""
    output = folder / "sslyze.json"
    command = [environment("sslyze"), "-m", "sslyze", f"--json_out={output}", "--certinfo"]
    command += ["--sslv2", "--sslv3", "--tlsv1", "--tlsv1_1", "--tlsv1_2", "--tlsv1_3"]
    command += [f"--starttls={STARTTLS[dialect]}"] if dialect else []
    subprocess.run([*command, f"{address}:{port}"], capture_output=True, check=False)  # 1: its own idea of compliance
    found = json.loads(output.read_text())["server_scan_results"][0]["scan_result"]
    suites = {
        (version, accepted["cipher_suite"]["name"])
        for key, version in VERSIONS.items()
        for accepted in (found[key]["result"] or {"accepted_cipher_suites": []})["accepted_cipher_suites"]
    }
    shown = {
        _fingerprint(certificate["as_pem"])
        for deployment in found["certificate_info"]["result"]["certificate_deployments"]
        for certificate in deployment["received_certificate_chain"]
    }
    return suites, shown


def _fingerprint(pem: str) -> str:
    return hashlib.sha256(base64.b64decode("".join(pem.strip().splitlines()[1:-1]))).hexdigest()


def ours(address: str, port: int, dialect: str = "direct") -> tuple[set[tuple[str, str]], set[str]]:
    surface = measured([service(address, port, dialect)]).surface()
    suites = set(surface.facts("tls_suites").select("version", "suite").iter_rows())
    return suites, set(surface.facts("certificates")["fingerprint"])


@pytest.mark.usefixtures("web")
@pytest.mark.parametrize("address", [GOOD, EXPIRED, OTHER_NAME, SELF, CUT, DUAL, LONG])
def test_the_same_as_sslyze_on_the_web(address, tmp_path):
    assert ours(address, 443) == sslyze(tmp_path, address, 443)


@pytest.mark.parametrize("dialect", STARTTLS)
def test_the_same_as_sslyze_after_starttls(turning, dialect, tmp_path):
    address, port = turning[dialect]
    assert ours(address, port, dialect) == sslyze(tmp_path, address, port, dialect)


@pytest.mark.usefixtures("web")
def test_all_that_sslyze_finds_on_the_weak_server_and_two_more(tmp_path):
    (mine, shown), (theirs, shown_too) = ours(WEAK, 443), sslyze(tmp_path, WEAK, 443)
    assert shown == shown_too
    assert theirs - mine == set()
    assert {name for _, name in mine - theirs} == UNKNOWN_TO_SSLYZE


def test_the_same_as_sslyze_on_the_old_server_and_tls10_that_it_misses(old, tmp_path):
    (mine, shown), (theirs, shown_too) = ours(*old), sslyze(tmp_path, *old)
    assert shown == shown_too
    assert {name for version, name in mine if version == "SSL 3.0"} == {name for _, name in theirs}
    protocols = measured([service(*old)]).surface().facts("tls_protocols").filter(version="TLS 1.0")
    assert protocols.select("offered", "completed").rows() == [(True, True)]  # by OpenSSL here


@pytest.mark.usefixtures("web")
def test_the_same_as_testssl_on_the_good_server(tmp_path):
    output = tmp_path / "testssl.json"
    command = ["testssl", "--quiet", "--warnings=batch", "--color=0", "-E", f"--jsonfile={output}", f"{GOOD}:443"]
    subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    versions = {"tls1_2": "TLS 1.2", "tls1_3": "TLS 1.3", "tls1_1": "TLS 1.1", "tls1": "TLS 1.0", "ssl3": "SSL 3.0"}
    found = set()
    for line in json.loads(output.read_text()):
        name = re.fullmatch(r"cipher-(\w+)_x\w+", line["id"])
        if name and "not a" not in line["finding"]:
            found.add((versions[name[1]], line["finding"].split()[-1]))
    assert found == ours(GOOD, 443)[0]
