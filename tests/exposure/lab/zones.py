"""A DNS of our own: a root, `test.`, and zones with each fault, served by Knot, resolved by Unbound.

Knot signs the root, `test.`, `valmont.test.` and `island.test.` (which has no DS); dnspython signs what Knot would
never sign: zones whose signatures are over, or made with SHA-1.
"""

import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dns.dnssec
import dns.dnssectypes
import dns.name
import dns.zone
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.exposure.lab.namespace import Namespace

PACKAGES = "knot unbound"
ROOT, ONE, TWO, SAME = "127.77.5.1", "127.77.5.2", "127.77.6.2", "127.77.5.3"
RESOLVERS = ("127.77.5.53", "127.77.5.54")
MX, WEB = "127.77.5.25", "127.77.5.80"
SIGNED = (".", "test.", "valmont.test.", "island.test.")
_SOA = "@ 300 IN SOA ns1 host 2026112401 3600 600 604800 300\n"
_KEYS: dict[int, rsa.RSAPrivateKey] = {}


def rsa_key(bits: int) -> rsa.RSAPrivateKey:
    """A key of that size, the same for all tests."""
    if bits not in _KEYS:
        _KEYS[bits] = rsa.generate_private_key(65537, bits)
    return _KEYS[bits]


def dkim_record(bits: int, more: str = "") -> str:
    """A DKIM record as a zone file writes it."""
    import base64  # noqa: PLC0415 — one helper of a lab

    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: PLC0415

    der = rsa_key(bits).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    text = f"v=DKIM1; k=rsa; {more}p={base64.b64encode(der).decode()}"
    return " ".join(f'"{text[place : place + 250]}"' for place in range(0, len(text), 250))


def _zone(name: str, servers: dict[str, str], records: str = "") -> str:
    lines = [f"$ORIGIN {name}\n$TTL 300\n", _SOA]
    for server, address in servers.items():
        lines.append(f"@ NS {server}\n")
        if address:
            lines.append(f"{server} A {address}\n")
    return "".join(lines) + records


VALMONT = f"""
@ MX 10 mx
mx A {MX}
@ A {WEB}
www CNAME @
@ TXT "v=spf1 mx include:spf.partner.test -all"
_dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@valmont.test"
selector1._domainkey TXT {dkim_record(2048)}
_mta-sts TXT "v=STSv1; id=20261124"
mta-sts A {WEB}
_smtp._tls TXT "v=TLSRPTv1; rua=mailto:tls@valmont.test"
_25._tcp.mx TLSA 3 1 1 {"ab" * 32}
@ CAA 0 issue "letsencrypt.org"
old CNAME gone.abandoned.test.
app CNAME valmont-app.azurewebsites.net.
loop1 CNAME loop2
loop2 CNAME loop1
"""
ISLAND = f"""
@ MX 10 mail
mail CNAME real
real A {MX}
@ TXT "v=spf1 ~all"
_dmarc TXT "v=DMARC1; p=quarantine; sp=none; t=y; pct=50"
* A {WEB}
"""
BAD = f"""
@ MX 10 mx
mx A {MX}
@ TXT "v=spf1 +all"
k1._domainkey TXT {dkim_record(1024, "t=y; ")}
_mta-sts TXT "v=STSv1; id=1"
mta-sts A 127.77.5.99
_25._tcp.mx TLSA 0 0 1 {"ab" * 32}
vpn A {WEB}
pacs A {WEB}
"""
HOLDER = (
    """
partner TXT "nothing"
spf.partner TXT "v=spf1 ip4:192.0.2.0/24 ?all"
deep TXT "v=spf1 include:i1.deep.test. -all"
loop TXT "v=spf1 include:looped.test -all"
looped TXT "v=spf1 include:loop.test -all"
void TXT "v=spf1 a:n1.void.test a:n2.void.test a:n3.void.test -all"
open TXT "v=spf1 include:wide.test -all"
wide TXT "v=spf1 ip4:0.0.0.0/0 -all"
neutral TXT "v=spf1 ptr ?all"
two TXT "v=spf1 -all"
two TXT "v=spf1 ~all"
nomail TXT "v=spf1 -all"
nomail MX 0 .
_dmarc.nomail TXT "v=DMARC1; p=reject"
syntax TXT "v=spf1 ipv4:192.0.2.1 include -all"
redirect TXT "v=spf1 redirect=nomail.test"
nopolicy TXT "v=spf1 -all"
_dmarc.nopolicy TXT "v=DMARC1; rua=mailto:d@elsewhere.test"
_dmarc.twice TXT "v=DMARC1; p=reject"
_dmarc.twice TXT "v=DMARC1; p=none"
twice TXT "v=spf1 -all"
"""
    + "".join(f'i{n}.deep TXT "v=spf1 include:i{n + 1}.deep.test -all"\n' for n in range(1, 11))
    + 'i11.deep TXT "v=spf1 -all"\n'
    + "giant TXT " + " ".join(f'"{"x" * 250}"' for _ in range(20)) + '\ngiant TXT "v=spf1 -all"\n'
)  # fmt: skip
DELEGATIONS = {
    "valmont": {"ns1.valmont": ONE, "ns2.valmont": TWO},
    "island": {"ns1.island": ONE, "ns2.island": SAME},
    "bad": {"ns1.bad": ONE, "ns2.bad": RESOLVERS[0], "ns.nobody.test.": ""},
    "expired": {"ns1.expired": ONE},
    "sha1": {"ns1.sha1": ONE},
    "wrongds": {"ns1.wrongds": ONE},
}


@dataclass(frozen=True)
class Signed:
    """A zone signed by dnspython: its text and its DS."""

    text: str
    ds: str


def signed(name: str, *, algorithm: str = "ECDSAP256SHA256", over: bool = False) -> Signed:
    """Sign a small zone. `over`: its signatures ended yesterday."""
    origin = dns.name.from_text(name)
    zone = dns.zone.from_text(_zone(name, {"ns1": ONE}, '@ MX 10 ns1\n@ TXT "v=spf1 -all"\n'), origin, relativize=False)
    ecdsa = algorithm.startswith("ECDSA")
    private = ec.generate_private_key(ec.SECP256R1()) if ecdsa else rsa_key(1024)
    key = dns.dnssec.make_dnskey(private.public_key(), dns.dnssectypes.Algorithm[algorithm], flags=257)
    now = datetime.now(UTC)
    end = now - timedelta(days=1) if over else now + timedelta(days=30)
    policy = dns.dnssec.allow_all_policy
    with zone.writer() as writer:
        dns.dnssec.sign_zone(
            zone, writer, keys=[(private, key)], inception=now - timedelta(days=40), expiration=end, policy=policy
        )
    ds = dns.dnssec.make_ds(origin, key, "SHA256")
    return Signed(zone.to_text(), ds.to_text())


def start(namespace: Namespace, folder: Path) -> None:
    """Start Knot and two Unbounds inside, checked alive."""
    for program in ("knotd", "keymgr", "unbound"):
        if not shutil.which(program):
            raise RuntimeError(f"no DNS of our own without: apt-get install {PACKAGES}")
    made = {
        "expired.test.": signed("expired.test.", over=True),
        "sha1.test.": signed("sha1.test.", algorithm="RSASHA1"),
        "wrongds.test.": signed("wrongds.test."),
    }
    (folder / "db").mkdir()
    configuration = folder / "knot.conf"
    configuration.write_text(_knot(folder, (*SIGNED, "bad.test.", *made)))
    ds = {zone: _key(configuration, zone) for zone in SIGNED}
    ds |= {zone: one.ds for zone, one in made.items()} | {"wrongds.test.": made["expired.test."].ds}
    for zone, text in _texts(ds).items():
        (folder / f"{zone}zone").write_text(text)
    for zone, one in made.items():
        (folder / f"{zone}zone").write_text(one.text)
    namespace.start(["knotd", "-c", str(configuration)], ready=(ROOT, 53), log=folder / "knot.log")
    for address in RESOLVERS:
        path = folder / f"unbound-{address}.conf"
        path.write_text(_unbound(folder, address, ds["."]))
        namespace.start(["unbound", "-d", "-c", str(path)], ready=(address, 53), log=folder / f"{address}.log")


def _texts(ds: dict[str, str]) -> dict[str, str]:
    """The zone files, with the DS of each child that has one."""
    children = "".join(f"{child} NS {server}\n" for child, servers in DELEGATIONS.items() for server in servers)
    glue = "".join(f"{s} A {place}\n" for servers in DELEGATIONS.values() for s, place in servers.items() if place)
    proofs = "".join(f"{child} DS {ds[f'{child}.test.']}\n" for child in DELEGATIONS if child not in {"island", "bad"})
    top = f"a.root-servers.net. A {ROOT}\ntest. NS ns.test.\nns.test. A {ROOT}\ntest. DS {ds['test.']}\n"
    soa = _SOA.replace("ns1 host", "a.root-servers.net. host.test.")
    return {
        ".": f"$ORIGIN .\n$TTL 300\n{soa}@ NS a.root-servers.net.\n{top}",
        "test.": _zone("test.", {"ns": ROOT}, children + glue + proofs + HOLDER),
        "valmont.test.": _zone("valmont.test.", {"ns1": ONE, "ns2": TWO}, VALMONT),
        "island.test.": _zone("island.test.", {"ns1": ONE, "ns2": SAME}, ISLAND),
        "bad.test.": _zone("bad.test.", {"ns1": ONE, "ns2": RESOLVERS[0], "ns.nobody.test.": ""}, BAD),
    }


def _knot(folder: Path, zones: tuple[str, ...]) -> str:
    lines = [
        "server:",
        f"  rundir: {folder}",
        *(f"  listen: {address}@53" for address in (ROOT, ONE, TWO, SAME)),
        "log:",
        "  - target: stderr",
        "    any: info",
        "database:",
        f"  storage: {folder}/db",
        "acl:",
        "  - id: anybody",
        "    action: transfer",
        "policy:",
        "  - id: lab",
        "    algorithm: ecdsap256sha256",
        "    single-type-signing: on",
        "zone:",
    ]
    for zone in zones:
        lines += [f"  - domain: {zone}", f"    file: {folder}/{zone}zone", "    zonefile-sync: -1"]
        lines += ["    journal-content: none"] if zone not in SIGNED else []
        lines += ["    dnssec-signing: on", "    dnssec-policy: lab", "    zonefile-load: whole"] * (zone in SIGNED)
        lines += ["    acl: anybody"] * (zone == "bad.test.")
    return "\n".join(lines) + "\n"


def _key(configuration: Path, zone: str) -> str:
    """Make the key of a zone that Knot signs; return its SHA-256 DS."""
    _keymgr(configuration, zone, "generate", "ksk=yes", "zsk=yes", "algorithm=ecdsap256sha256")
    lines = [line.split() for line in _keymgr(configuration, zone, "ds").splitlines()]
    return next(" ".join(words[2:]) for words in lines if words[1:2] == ["DS"] and words[4] == "2")


def _keymgr(configuration: Path, *args: str) -> str:
    done = subprocess.run(["keymgr", "-c", configuration, *args], capture_output=True, text=True, check=True)
    return done.stdout


def _unbound(folder: Path, address: str, ds: str) -> str:
    hints = folder / "root.hints"
    hints.write_text(f". 300 NS a.root-servers.net.\na.root-servers.net. 300 A {ROOT}\n")
    return f"""server:
  interface: {address}
  access-control: 127.0.0.0/8 allow
  do-not-query-localhost: no
  do-ip6: no
  username: ""
  chroot: ""
  directory: "{folder}"
  pidfile: "{folder}/{address}.pid"
  use-syslog: no
  num-threads: 1
  root-hints: "{hints}"
  trust-anchor: ". DS {ds}"
  local-zone: "test." nodefault
  qname-minimisation: no
remote-control:
  control-enable: no
"""
