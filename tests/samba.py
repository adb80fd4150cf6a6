"""A real Active Directory domain controller for tests: Samba, on a loopback address of its own, thrown away after.

Needs Debian's `samba samba-ad-dc samba-ad-provision ldb-tools` and the right to bind ports below 1024.
"""

import fcntl
import ipaddress
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PASSWORD = "Passw0rd!Test2026"
PACKAGES = "samba samba-ad-dc samba-ad-provision ldb-tools ldap-utils krb5-user"
OLD_DATES = "--controls=local_oid:1.3.6.1.4.1.7165.4.3.12:0"
"""A control of Samba, for local tools only, that lets `pwdLastSet` take any value."""
_PORTS = (389, 636, 3268, 3269)
_START_SECONDS = 30

_CONFIGURATION = """[global]
netbios name = {host}
realm = {realm}
workgroup = {netbios}
server role = active directory domain controller
server services = {services}
interfaces = {address}/8
bind interfaces only = yes
private dir = {folder}/private
state directory = {folder}/state
cache directory = {folder}/cache
lock directory = {folder}
binddns dir = {folder}/bind-dns
pid directory = {folder}/run
ncalrpc dir = {folder}/run/ncalrpc
ntp signd socket directory = {folder}/run/ntp
winbindd socket directory = {folder}/run/winbindd
log file = {folder}/log.%m
ldap server require strong auth = {strong_auth}
tls keyfile = {folder}/private/tls/key.pem
tls certfile = {folder}/private/tls/cert.pem
tls cafile = {folder}/private/tls/ca.pem
"""


@dataclass(frozen=True)
class Domain:
    """What the domain of a lab is called."""

    dns: str = "hopital.test"
    netbios: str = "HOPITAL"
    host: str = "dc1"

    @property
    def dn(self) -> str:
        return ",".join(f"DC={label}" for label in self.dns.split("."))


class MissingPackagesError(RuntimeError):
    """Samba's programs are not on this machine."""


def provision(folder: Path, domain: Domain) -> None:
    """Make the database of a new domain in `folder`, on a machine that has the packages (about 7 s)."""
    if not shutil.which("samba-tool") or not shutil.which("samba") or not shutil.which("ldbadd"):
        raise MissingPackagesError(f"no Samba on this machine: apt-get install {PACKAGES}")
    run(
        "samba-tool",
        "domain",
        "provision",
        f"--targetdir={folder}",
        f"--realm={domain.dns.upper()}",
        f"--domain={domain.netbios}",
        "--server-role=dc",
        "--dns-backend=SAMBA_INTERNAL",
        f"--adminpass={PASSWORD}",
        f"--host-name={domain.host}",
        "--host-ip=127.0.0.1",
        "--base-schema=2012_R2",
        "--backend-store=mdb",
        "--backend-store-size=2GB",
        "--option=interfaces=lo",
        "--option=bind interfaces only=yes",
    )


def run(*command: str, text: str | None = None, environment: dict[str, str] | None = None) -> str:
    """Run a program and return what it prints; its complaint becomes the error."""
    done = subprocess.run(
        command, input=text, capture_output=True, text=True, check=False, env={**os.environ, **(environment or {})}
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:3])}: {done.stderr or done.stdout}")
    return done.stdout


class Lab:
    """One domain controller: its database in `folder`, its server on `address` once started."""

    def __init__(self, folder: Path, domain: Domain, address: str) -> None:
        self.folder = folder
        self.domain = domain
        self.address = address
        self.dn = domain.dn
        self.administrator = f"administrator@{domain.dns}"
        self.ca_file = folder / "private" / "tls" / "ca.pem"
        self._process: subprocess.Popen[bytes] | None = None

    # -- the server -----------------------------------------------------------------------------------------------

    def configure(self, *, services: str = "ldap", strong_auth: str = "no") -> None:
        """Write the configuration and the certificate for this folder and this address."""
        (self.folder / "run").mkdir(exist_ok=True)
        (self.folder / "etc").mkdir(exist_ok=True)
        self._settings.write_text(
            _CONFIGURATION.format(
                folder=self.folder,
                address=self.address,
                services=services,
                strong_auth=strong_auth,
                host=self.domain.host.upper(),
                realm=self.domain.dns.upper(),
                netbios=self.domain.netbios,
            )
        )
        _write_certificate(self.folder / "private" / "tls", f"{self.domain.host}.{self.domain.dns}", self.address)

    def start(self) -> None:
        """Start the server and wait until LDAP answers."""
        with (self.folder / "samba.out").open("ab") as output:
            self._process = subprocess.Popen(
                ["samba", f"--configfile={self._settings}", "-i", "-M", "single", "--debug-stdout", "-d", "1"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        limit = time.monotonic() + _START_SECONDS
        while not _answers(self.address, 636):
            if self._process.poll() is not None or time.monotonic() > limit:
                self.stop()
                raise RuntimeError(f"Samba did not start: {(self.folder / 'samba.out').read_text()[-2000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End the server this lab started, and nothing else."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)
        self._process = None

    # -- the database -----------------------------------------------------------------------------------------------

    def add(self, ldif: str, *options: str) -> None:
        """Add the records of an LDIF text, in the database itself (works while the server runs)."""
        self._ldb("ldbadd", ldif, *options)

    def modify(self, ldif: str, *options: str) -> None:
        """Apply the changes of an LDIF text, in the database itself (works while the server runs)."""
        self._ldb("ldbmodify", ldif, *options)

    def delete(self, *dns: str) -> None:
        """Delete these objects and what they hold."""
        run("ldbdel", "-r", f"--configfile={self._settings}", "-H", self._database, *dns)

    def search(self, *arguments: str) -> str:
        """Return what `ldbsearch` prints: descriptors come as SDDL."""
        return run("ldbsearch", f"--configfile={self._settings}", "-H", self._database, *arguments)

    def tool(self, *arguments: str) -> str:
        """Run `samba-tool` on the database."""
        return run("samba-tool", *arguments, f"--configfile={self._settings}", "-H", self._database)

    @property
    def _database(self) -> str:
        return str(self.folder / "private" / "sam.ldb")

    @property
    def _settings(self) -> Path:
        return self.folder / "etc" / "smb.conf"

    def _ldb(self, program: str, ldif: str, *options: str) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".ldif", dir=self.folder, encoding="utf-8") as file:
            file.write(ldif.replace("{dn}", self.dn))
            file.flush()
            run(program, f"--configfile={self._settings}", "-H", self._database, *options, file.name)


def free_address() -> str:
    """Return a loopback address where nobody listens on the ports a domain controller needs."""
    start = os.getpid()
    for step in range(1000):
        number = (start * 7 + step * 251) % 0xFDFFFD
        address = str(ipaddress.IPv4Address(0x7F010001 + number))
        if not any(_answers(address, port) for port in _PORTS) and _can_bind(address):
            return address
    raise RuntimeError("no free loopback address")


def _can_bind(address: str) -> bool:
    for port in _PORTS:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except PermissionError as error:
                raise RuntimeError(
                    "a domain controller needs the right to bind ports below 1024: run as root"
                ) from error
            except OSError:
                return False
    return True


def _answers(address: str, port: int) -> bool:
    try:
        with socket.create_connection((address, port), timeout=1):
            return True
    except OSError:
        return False


def _write_certificate(folder: Path, host: str, address: str) -> None:
    """A certificate authority for this lab, and the server's certificate for its name and its address."""
    folder.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Rempart test authority")])

    def builder(subject: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(ca_name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=2))
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        )

    usage = {
        "digital_signature": True, "key_cert_sign": True, "crl_sign": True, "content_commitment": False,
        "key_encipherment": False, "data_encipherment": False, "key_agreement": False, "encipher_only": False,
        "decipher_only": False,
    }  # fmt: skip
    authority = (
        builder(ca_name, ca_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    names = x509.SubjectAlternativeName([x509.DNSName(host), x509.IPAddress(ipaddress.ip_address(address))])
    server = (
        builder(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)]), key.public_key())
        .add_extension(names, critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(authority.public_bytes(pem))
    (folder / "cert.pem").write_bytes(server.public_bytes(pem))
    private = folder / "key.pem"
    private.touch(mode=0o600)
    private.chmod(0o600)
    private.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
    )


@contextmanager
def running(folder: Path, domain: Domain | None = None, *, template: Path | None = None) -> Iterator[Lab]:
    """Run a domain controller in `folder` (short path: Unix sockets), from a provisioned `template` or from nothing."""
    domain = domain or Domain()
    if template is None:
        provision(folder, domain)
    else:
        shutil.copytree(template, folder, dirs_exist_ok=True)
    lab = Lab(folder, domain, free_address())
    lab.configure()
    lab.start()
    try:
        yield lab
    finally:
        lab.stop()


def _template(base: Path) -> Path:
    """Provision once for all workers of a run."""
    base.mkdir(exist_ok=True)
    with (base / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = base / "domain"
        if not made.exists():
            provision(base / "partial", Domain())
            (base / "partial").rename(made)
    return made


@pytest.fixture(scope="session")
def samba_template(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A provisioned database, to copy. Fails with the names of the packages where Samba is absent."""
    base = tmp_path_factory.getbasetemp()
    try:
        return _template((base if worker_id == "master" else base.parent) / "samba-template")
    except MissingPackagesError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def samba(samba_template: Path) -> Iterator[Lab]:
    """The domain controller of this worker; a test that changes it puts it back."""
    with tempfile.TemporaryDirectory(prefix="samba-") as folder, running(Path(folder), template=samba_template) as lab:
        yield lab
