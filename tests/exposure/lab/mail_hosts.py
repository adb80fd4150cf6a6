"""Mail servers and the host of an MTA-STS policy: Exim with STARTTLS, aiosmtpd without, nginx with a certificate."""

import shutil
import sys
from pathlib import Path

from tests.exposure.lab import certificates
from tests.exposure.lab.namespace import Namespace

PACKAGES = "exim4-daemon-light nginx-light"
PLAIN = "127.77.5.26"
POLICY = "version: STSv1\\r\\nmode: enforce\\r\\nmx: mx.valmont.test\\r\\nmax_age: 604800\\r\\n"


def certificate(folder: Path, name: str) -> tuple[Path, Path, Path]:
    """Write a certificate of the lab's authority; return it, its key and the authority."""
    pair = certificates.leaf(certificates.root(), [name])
    paths = (folder / f"{name}.pem", folder / f"{name}.key", folder / "authority.pem")
    for path, content in zip(paths, (pair.pem, pair.key_pem, certificates.root().pem), strict=True):
        path.write_bytes(content)
    return paths


def start_exim(namespace: Namespace, folder: Path, address: str) -> None:
    """Start Exim: it offers STARTTLS, and AUTH once inside."""
    if not shutil.which("exim4"):
        raise RuntimeError(f"no mail server without: apt-get install {PACKAGES}")
    pem, key, _ = certificate(folder, "mx.valmont.test")
    for path in (pem, key):
        path.chmod(0o644)
    spool = folder / "exim"
    spool.mkdir(mode=0o777)
    spool.chmod(0o777)
    for each in (folder, *folder.parents):
        if each.is_relative_to("/tmp") and each != Path("/tmp"):  # noqa: S108 — Exim's user must reach its files
            each.chmod(each.stat().st_mode | 0o755)
    configuration = folder / "exim.conf"
    configuration.write_text(
        f"primary_hostname = mx.valmont.test\nspool_directory = {spool}\nlog_file_path = {spool}/%slog\n"
        f"local_interfaces = {address}\ndaemon_smtp_ports = 25\ntls_advertise_hosts = *\n"
        f"tls_certificate = {pem}\ntls_privatekey = {key}\nhost_lookup =\nrfc1413_query_timeout = 0s\n"
        "keep_environment =\nbegin acl\nbegin routers\nbegin transports\nbegin authenticators\n"
    )
    configuration.chmod(0o644)
    command = ["exim4", "-C", str(configuration), "-bdf", "-oP", f"{folder}/exim.pid"]
    namespace.start(command, ready=(address, 25), log=folder / "exim.log")


def start_plain(namespace: Namespace, folder: Path) -> None:
    """Start a mail server that knows no encryption."""
    command = [sys.executable, "-m", "aiosmtpd", "-n", "-l", f"{PLAIN}:25"]
    namespace.start(command, ready=(PLAIN, 25), log=folder / "aiosmtpd.log")


def start_policy(namespace: Namespace, folder: Path, address: str) -> Path:
    """Start the host of the MTA-STS policy of `valmont.test`; return the authority to trust."""
    pem, key, authority = certificate(folder, "mta-sts.valmont.test")
    configuration = folder / "nginx.conf"
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    configuration.write_text(
        f"daemon off; user root; pid {folder}/nginx.pid; error_log stderr;\nevents {{}}\n"
        f"http {{ access_log off; {temporary}\nserver {{ listen {address}:443 ssl;\n"
        f"ssl_certificate {pem}; ssl_certificate_key {key};\n"
        f'location = /.well-known/mta-sts.txt {{ default_type text/plain; return 200 "{POLICY}"; }} }} }}\n'
    )
    command = ["/usr/sbin/nginx", "-p", str(folder), "-c", str(configuration)]
    namespace.start(command, ready=(address, 443), log=folder / "nginx.log")
    return authority
