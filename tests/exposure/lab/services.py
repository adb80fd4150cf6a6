"""The daemons of a hospital's edge as Debian has them, each on an address of its own inside a namespace.

Every function starts one, waits until it listens, and returns it; the namespace stops it. Configurations are the least
that shows what is tested: none of these is an example to follow.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.exposure.lab.namespace import Daemon, Namespace

PACKAGES = "openssh-server vsftpd slapd samba xrdp tigervnc-standalone-server redis-server memcached mosquitto snmpd"


def _found(program: str) -> str:
    path = shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if path is None:
        raise RuntimeError(f"{program} is missing: apt-get install {PACKAGES} orthanc dcmtk")
    return path


def _folder(folder: Path, name: str, address: str) -> Path:
    place = folder / f"{name}-{address}"
    place.mkdir(parents=True, exist_ok=True)
    return place


def sshd(ns: Namespace, folder: Path, address: str, *settings: str) -> Daemon:
    """OpenSSH; `settings` are lines of sshd_config."""
    place = _folder(folder, "ssh", address)
    Path("/run/sshd").mkdir(exist_ok=True)
    keys = []
    for kind, options in (("ed25519", []), ("rsa", ["-b", "3072"])):
        key = place / kind
        subprocess.run(["ssh-keygen", "-q", "-t", kind, *options, "-N", "", "-f", key], check=True)
        keys.append(f"HostKey {key}")
    config = place / "sshd_config"
    lines = [f"ListenAddress {address}", "Port 22", "UsePAM no", f"PidFile {place}/pid", *keys, *settings]
    config.write_text("\n".join(lines) + "\n")
    return ns.start([_found("sshd"), "-D", "-e", "-f", str(config)], ready=(address, 22), log=place / "log")


def vsftpd(ns: Namespace, folder: Path, address: str, *, anonymous: bool) -> Daemon:
    """The FTP server, with or without anonymous visitors, in clear."""
    place = _folder(folder, "ftp", address)
    root, empty = place / "root", place / "empty"
    root.mkdir(exist_ok=True)
    empty.mkdir(exist_ok=True)
    folder.chmod(0o755)
    config = place / "vsftpd.conf"
    yes = "YES" if anonymous else "NO"
    config.write_text(
        f"listen=YES\nlisten_address={address}\nbackground=NO\nseccomp_sandbox=NO\nanonymous_enable={yes}\n"
        f"local_enable=YES\nanon_root={root}\nsecure_chroot_dir={empty}\nxferlog_enable=NO\n"
    )
    return ns.start([_found("vsftpd"), str(config)], ready=(address, 21), log=place / "log")


def slapd(ns: Namespace, folder: Path, address: str, *settings: str) -> Daemon:
    """OpenLDAP with one empty base; `settings` are lines of slapd.conf."""
    place = _folder(folder, "ldap", address)
    (place / "db").mkdir(exist_ok=True)
    config = place / "slapd.conf"
    config.write_text(
        "\n".join(
            [
                "include /etc/ldap/schema/core.schema",
                "modulepath /usr/lib/ldap",
                "moduleload back_mdb",
                f"pidfile {place}/pid",
                *settings,
                "database mdb",
                'suffix "dc=valmont,dc=example"',
                f"directory {place}/db",
                "",
            ]
        )
    )
    command = [_found("slapd"), "-d", "0", "-h", f"ldap://{address}:389", "-f", str(config)]
    return ns.start(command, ready=(address, 389), log=place / "log")


def smbd(ns: Namespace, folder: Path, address: str, *settings: str) -> Daemon:
    """Samba's file server; `settings` are lines of [global]."""
    place = _folder(folder, "smb", address)
    for name in ("private", "lock", "state", "cache", "pid", "ncalrpc"):
        (place / name).mkdir(exist_ok=True)
    config = place / "smb.conf"
    config.write_text(
        "\n".join(
            [
                "[global]",
                f"interfaces = {address}/8",
                "bind interfaces only = yes",
                "server role = standalone server",
                "smb ports = 445",
                "disable spoolss = yes",
                "load printers = no",
                "logging = file",
                f"log file = {place}/log.smbd",
                *(f"{option} = {place}/{name}" for option, name in _SAMBA_FOLDERS.items()),
                *settings,
                "",
            ]
        )
    )
    command = [_found("smbd"), "--foreground", "--no-process-group", "-s", str(config)]
    return ns.start(command, ready=(address, 445), log=place / "log")


_SAMBA_FOLDERS = {
    "private dir": "private",
    "lock directory": "lock",
    "state directory": "state",
    "cache directory": "cache",
    "pid directory": "pid",
    "ncalrpc dir": "ncalrpc",
}


def xrdp(ns: Namespace, folder: Path, address: str, *, security: str = "negotiate") -> Daemon:
    """The RDP server; `security` is rdp, tls or negotiate."""
    place = _folder(folder, "rdp", address)
    key, certificate = place / "key.pem", place / "cert.pem"
    subject = ["-subj", "/CN=bureau.valmont.example", "-days", "30"]
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, *subject]
    subprocess.run(make, check=True, capture_output=True)
    config = place / "xrdp.ini"
    config.write_text(
        f"[Globals]\nini_version=1\nfork=true\nport=tcp://{address}:3389\nsecurity_layer={security}\ncrypt_level=high\n"
        f"certificate={certificate}\nkey_file={key}\nssl_protocols=TLSv1.2, TLSv1.3\nmax_bpp=32\nautorun=\n"
        f"[Logging]\nLogFile={place}/xrdp.log\nLogLevel=INFO\nEnableSyslog=false\n"
    )
    return ns.start([_found("xrdp"), "--nodaemon", "-c", str(config)], ready=(address, 3389), log=place / "log")


def vnc(ns: Namespace, folder: Path, address: str, *, display: int, security: str = "None") -> Daemon:
    """TigerVNC; `security` is None, VncAuth or TLSVnc."""
    place = _folder(folder, "vnc", address)
    password = place / "passwd"
    password.write_bytes(b"\x17\x52\x6b\x06\x23\x4e\x58\x07")  # a fixed scrambled password of the lab
    password.chmod(0o600)
    command = [_found("Xtigervnc"), f":{display}", "-rfbport", "5900", "-interface", address, "-localhost=0"]
    command += ["-SecurityTypes", security, "-PasswordFile", str(password), "-geometry", "320x200", "-depth", "16"]
    return ns.start(command, ready=(address, 5900), log=place / "log", env={"HOME": str(place)})


def redis(ns: Namespace, folder: Path, address: str, *, password: str = "") -> Daemon:
    """Redis without persistence, open or with a password."""
    place = _folder(folder, "redis", address)
    command = [_found("redis-server"), "--bind", address, "--port", "6379", "--save", "", "--dir", str(place)]
    command += ["--protected-mode", "no", *(["--requirepass", password] if password else [])]
    return ns.start(command, ready=(address, 6379), log=place / "log")


def memcached(ns: Namespace, folder: Path, address: str) -> Daemon:
    """The cache, TCP only."""
    place = _folder(folder, "memcached", address)
    command = [_found("memcached"), "-l", address, "-p", "11211", "-U", "0", "-u", "nobody", "-m", "8"]
    return ns.start(command, ready=(address, 11211), log=place / "log")


def mosquitto(ns: Namespace, folder: Path, address: str, *, open_to_all: bool) -> Daemon:
    """The MQTT broker, open or for its users only."""
    place = _folder(folder, "mqtt", address)
    users = place / "users"
    users.touch(mode=0o644)
    access = "allow_anonymous true" if open_to_all else f"allow_anonymous false\npassword_file {users}"
    config = place / "mosquitto.conf"
    config.write_text(f"listener 1883 {address}\nuser root\npersistence false\n{access}\n")
    return ns.start([_found("mosquitto"), "-c", str(config)], ready=(address, 1883), log=place / "log")


def snmpd(ns: Namespace, folder: Path, address: str) -> Daemon:
    """The SNMP agent on UDP 161, and its SMUX socket on TCP 199."""
    place = _folder(folder, "snmp", address)
    config = place / "snmpd.conf"
    config.write_text(f"agentaddress udp:{address}:161\nsmuxsocket {address}\nrocommunity rempart-lab {address}\n")
    command = [_found("snmpd"), "-f", "-LF", "5", str(place / "snmpd.log"), "-C", "-c", str(config), "-I", "smux"]
    env = {"SNMP_PERSISTENT_DIR": str(place)}
    return ns.start(command, ready=(address, 199), log=place / "log", env=env)


def orthanc(ns: Namespace, folder: Path, **settings: object) -> Daemon:
    """A PACS, DICOM on 11112 and web on 8042: it binds every address, so nowhere but in a namespace."""
    place = _folder(folder, "orthanc", "0.0.0.0")  # noqa: S104 — the namespace's own
    config = place / "orthanc.json"
    base = {
        "Name": "Valmont",
        "StorageDirectory": str(place / "store"),
        "IndexDirectory": str(place / "store"),
        "DicomPort": 11112,
        "HttpPort": 8042,
        "DicomAlwaysAllowEcho": True,
        "RemoteAccessAllowed": True,
        "AuthenticationEnabled": False,
    }
    config.write_text(json.dumps(base | settings))
    return ns.start([_found("Orthanc"), str(config)], ready=("127.0.0.1", int(base["DicomPort"])), log=place / "log")


def storescp(ns: Namespace, folder: Path, *options: str) -> Daemon:
    """DCMTK's storage server on port 104, every address."""
    place = _folder(folder, "storescp", "0.0.0.0")  # noqa: S104 — the namespace's own
    command = [_found("storescp"), *options, "-od", str(place), "104"]
    return ns.start(command, ready=("127.0.0.1", 104), log=place / "log")


def fake(ns: Namespace, folder: Path, kind: str, address: str, port: int) -> Daemon:
    """One of our own small servers (`fakes.py`)."""
    place = _folder(folder, kind, address)
    command = [sys.executable, "-m", "tests.exposure.lab.fakes", kind, address, str(port)]
    return ns.start(command, ready=(address, port), log=place / "log")
