"""Real servers whose protocol turns to TLS: exim, dovecot, slapd, vsftpd, xrdp. Each is a context that runs it.

All take the folder to live in, the address to listen on, and the certificate with its key.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.exposure.lab.daemon import running


def _readable(path: Path) -> Path:
    path.chmod(0o644)
    return path


def _written(path: Path, text: str) -> Path:
    path.write_text(text)
    return _readable(path)


@contextmanager
def exim(folder: Path, address: str, certificate: Path, key: Path) -> Iterator[int]:
    """A mail server that takes no mail."""
    spool = folder / "spool"
    spool.mkdir()
    spool.chmod(0o777)
    configuration = _written(
        folder / "exim.conf",
        f"primary_hostname = mx.valmont.example\nlocal_interfaces = {address}\ndaemon_smtp_ports = 25\n"
        f"tls_advertise_hosts = *\ntls_certificate = {_readable(certificate)}\ntls_privatekey = {_readable(key)}\n"
        f"spool_directory = {spool}\nlog_file_path = syslog\npid_file_path = {spool}/exim.pid\n"
        "keep_environment =\nsmtp_accept_max = 0\nsmtp_connect_backlog = 100\n"
        "smtp_accept_queue_per_connection = 0\nacl_smtp_rcpt = nobody\n"
        "begin acl\nnobody:\n  deny\nbegin routers\nbegin transports\nbegin retry\n",
    )
    with running(["exim4", "-C", configuration, "-bdf"], [(address, 25)], folder / "log") as pid:
        yield pid


@contextmanager
def dovecot(folder: Path, address: str, certificate: Path, key: Path) -> Iterator[int]:
    """A mailbox server without a mailbox: IMAP and POP3."""
    configuration = _written(
        folder / "dovecot.conf",
        f"protocols = imap pop3\nlisten = {address}\nbase_dir = {folder}/run\nstate_dir = {folder}/state\n"
        f"log_path = {folder}/dovecot.log\nssl = yes\nssl_cert = <{certificate}\nssl_key = <{key}\n"
        "service imap-login {\n  inet_listener imaps {\n    port = 0\n  }\n}\n"
        "service pop3-login {\n  inet_listener pop3s {\n    port = 0\n  }\n}\n"
        "passdb {\n  driver = static\n  args = password=none\n}\n"
        "userdb {\n  driver = static\n  args = uid=nobody gid=nogroup\n}\n",
    )
    places = [(address, 143), (address, 110)]
    with running(["dovecot", "-F", "-c", configuration], places, folder / "log") as pid:
        yield pid


@contextmanager
def slapd(folder: Path, address: str, certificate: Path, key: Path) -> Iterator[int]:
    """An empty directory."""
    data = folder / "data"
    data.mkdir()
    configuration = _written(
        folder / "slapd.conf",
        "include /etc/ldap/schema/core.schema\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\n"
        f"TLSCertificateFile {certificate}\nTLSCertificateKeyFile {key}\n"
        f"database mdb\nsuffix dc=valmont,dc=example\ndirectory {data}\n",
    )
    command = ["slapd", "-d", "0", "-f", configuration, "-h", f"ldap://{address}:389/"]
    with running(command, [(address, 389)], folder / "log") as pid:
        yield pid


@contextmanager
def vsftpd(folder: Path, address: str, certificate: Path, key: Path) -> Iterator[int]:
    """A file server for anonymous visitors, with nothing to visit."""
    empty = folder / "empty"
    empty.mkdir()
    configuration = _written(
        folder / "vsftpd.conf",
        f"listen=YES\nlisten_address={address}\nbackground=NO\nanonymous_enable=YES\nanon_root={empty}\n"
        f"secure_chroot_dir={empty}\nseccomp_sandbox=NO\nssl_enable=YES\nallow_anon_ssl=YES\n"
        f"rsa_cert_file={certificate}\nrsa_private_key_file={key}\nxferlog_enable=NO\n",
    )
    with running(["vsftpd", configuration], [(address, 21)], folder / "log") as pid:
        yield pid


@contextmanager
def xrdp(folder: Path, address: str, certificate: Path, key: Path) -> Iterator[int]:
    """A remote desktop's door, with no desktop behind."""
    configuration = _written(
        folder / "xrdp.ini",
        f"[Globals]\nini_version=1\nfork=true\nport=tcp://{address}:3389\nsecurity_layer=tls\n"
        f"certificate={certificate}\nkey_file={key}\nssl_protocols=TLSv1.2, TLSv1.3\ntls_ciphers=HIGH\n"
        f"[Logging]\nLogFile={folder}/xrdp.log\nLogLevel=INFO\nEnableSyslog=false\n[Channels]\n[Xorg]\nname=Xorg\nlib=libxup.so\nip=127.0.0.1\nport=-1\n",
    )
    with running(["xrdp", "--nodaemon", "--config", configuration], [(address, 3389)], folder / "log") as pid:
        yield pid
