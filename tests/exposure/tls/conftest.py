"""The TLS lab: nginx as it should and should not be, an old server, and servers that turn to TLS."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.exposure.lab import certificates as make
from tests.exposure.lab import starttls
from tests.exposure.lab.daemon import running
from tests.exposure.lab.nginx import Site, nginx

NET = "127.77.3"
GOOD, WEAK, EXPIRED, OTHER_NAME, SELF, CUT, DUAL, LONG = (f"{NET}.{number}" for number in range(1, 9))
OLD = f"{NET}.20"
NAME = "bon.valmont.example"
TURNING = {
    "smtp": (f"{NET}.30", 25),
    "imap": (f"{NET}.31", 143),
    "pop3": (f"{NET}.31", 110),
    "ldap": (f"{NET}.33", 389),
    "ftp": (f"{NET}.34", 21),
    "rdp": (f"{NET}.35", 3389),
}
STRONG = "ECDHE+AESGCM:ECDHE+CHACHA20"


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """A folder that daemons of other users can walk into: pytest closes its own at each of its starts."""
    with TemporaryDirectory(prefix="rempart-tls-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.fixture(scope="session", autouse=True)
def trusted(folder: Path) -> Iterator[None]:
    """The lab's root is this machine's only root, as OpenSSL reads it."""
    (folder / "ca.pem").write_bytes(make.root().pem)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(folder / "ca.pem"))
        yield


@pytest.fixture(scope="session")
def web(folder: Path) -> Iterator[dict[str, make.Pair]]:
    """nginx on eight addresses; gives the certificate of each."""
    middle, root = make.middle(), make.root()
    pairs = {
        GOOD: make.leaf(middle, [NAME, GOOD], key=make.rsa_key(3072)),
        WEAK: make.leaf(root, [WEAK], key=make.rsa_key(1024)),
        EXPIRED: make.leaf(middle, [EXPIRED], days=(-100, -2)),
        OTHER_NAME: make.leaf(middle, ["autre.valmont.example", "192.0.2.7"]),
        SELF: make.leaf(None, [SELF]),
        CUT: make.leaf(middle, [CUT]),
        DUAL: make.leaf(middle, [DUAL], key=make.ec_key()),
        LONG: make.leaf(middle, [LONG], days=(-1, 824)),
    }
    whole = {address: [pair] if address in {SELF, CUT, WEAK} else [pair, middle] for address, pair in pairs.items()}
    files = {address: [make.write(folder, address, chain)] for address, chain in whole.items()}
    files[DUAL].append(make.write(folder, "dual-rsa", [make.leaf(middle, [DUAL]), middle]))
    (folder / "dh.pem").write_text(_dh_parameters())
    every = "ALL:COMPLEMENTOFALL:eNULL:@SECLEVEL=0"
    sites = [
        Site(GOOD, files[GOOD], ciphers=STRONG, more="ssl_prefer_server_ciphers on;"),
        Site(WEAK, files[WEAK], "TLSv1 TLSv1.1 TLSv1.2", every, more=f"ssl_dhparam {folder}/dh.pem;"),
        *(Site(address, files[address], ciphers=STRONG) for address in (EXPIRED, OTHER_NAME, SELF, CUT, LONG)),
        Site(DUAL, files[DUAL], "TLSv1.2", "HIGH:!aNULL:@SECLEVEL=0"),
    ]
    with nginx(folder, sites):
        yield pairs


def _dh_parameters() -> str:
    """A group of 1024 bits, as servers of old shipped."""
    made = subprocess.run(["openssl", "dhparam", "-dsaparam", "1024"], check=True, capture_output=True, text=True)
    return made.stdout


@pytest.fixture(scope="session")
def old(folder: Path) -> Iterator[tuple[str, int]]:
    """A server of SSL 3.0 and TLS 1.0, RC4, 3DES and AES."""
    certificate, key = make.write(folder, "old", [make.leaf(make.root(), [OLD])])
    command = [sys.executable, "-m", "tests.exposure.lab.old_tls", OLD, "443", certificate, key]
    with running(command, [(OLD, 443)], folder / "old.log", {"PYTHONPATH": os.pathsep.join(sys.path)}):
        yield OLD, 443


@pytest.fixture(scope="session")
def turning(folder: Path) -> Iterator[dict[str, tuple[str, int]]]:
    """Servers whose protocol turns to TLS, by dialect."""
    servers = {"smtp": starttls.exim, "imap": starttls.dovecot, "ldap": starttls.slapd, "ftp": starttls.vsftpd}
    servers["rdp"] = starttls.xrdp
    with ExitStack() as stack:
        for dialect, server in servers.items():
            own, address = folder / dialect, TURNING[dialect][0]
            own.mkdir()
            own.chmod(0o755)
            pair = make.leaf(make.middle(), [address])
            certificate, key = make.write(own, "server", [pair, make.middle()])
            stack.enter_context(server(own, address, certificate, key))
        yield TURNING
