"""From one server's address to the Snapshot of its whole forest."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from rempart.directory.attributes import generalized_time
from rempart.directory.builder import SnapshotBuilder
from rempart.directory.collect.ldap_live.credentials import Credentials, Encryption, Server
from rempart.directory.collect.ldap_live.link import Entry, Scope, Transport
from rempart.directory.collect.ldap_live.reading import ASKED, EVERYTHING, Line, Reader
from rempart.directory.collect.ldap_live.retry import Patience
from rempart.directory.collect.ldap_live.spool import Spool
from rempart.directory.collect.source import Progress, silent
from rempart.directory.names import dn_key
from rempart.directory.snapshot import Snapshot
from rempart.measurement.errors import RempartError
from rempart.measurement.text import Text

_ROOT_DSE = [
    "namingContexts", "rootDomainNamingContext", "configurationNamingContext", "currentTime", "dnsHostName",
]  # fmt: skip
_HOLDS_DOMAIN = 2
"""crossRef systemFlags bit FLAG_CR_NTDS_DOMAIN (MS-ADTS 6.1.1.2.1): its naming context is a domain."""
_SERVERS_TRIED = 3


def collect(  # noqa: PLR0913 — each argument is a choice of the person who collects
    server: str,
    credentials: Credentials,
    *,
    encryption: Encryption | None = None,
    ca_file: Path | None = None,
    transport: Transport = Transport.AUTO,
    progress: Progress = silent,
    work: Path | None = None,
    patience: Patience | None = None,
) -> Snapshot:
    """Read the forest that `server` belongs to and return its Snapshot, dated by the server's clock.

    Args:
        server: `dc1.hopital.fr`, `ldaps://dc1.hopital.fr`, `ldap://dc1.hopital.fr` (StartTLS); see `Server.parse`.
        credentials: who asks; an ordinary account shows most of a directory, and what it cannot see becomes gaps.
        encryption: `CLEAR` is the only way to a conversation that others can read.
        ca_file: PEM certificates of the authority to trust instead of the system's.
        transport: the LDAP library.
        progress: told the number of objects received; the total is unknown to a directory.
        work: folder where pages are kept until the snapshot is made. Given the same folder again, a collection that
            was stopped goes on where it was; without it a temporary folder serves reconnections only.
        patience: how long to insist after a cut.

    Raises:
        RempartError: the server cannot be reached, trusted or read, with what to do about it.
        InputError: an argument that makes no sense.

    """
    address = Server.parse(server, encryption=encryption, ca_file=ca_file)
    with tempfile.TemporaryDirectory(prefix="rempart-") as temporary:
        collection = _Collection(credentials, transport, patience or Patience(), progress)
        return collection.run(address, work or Path(temporary) / "ldap")


class _Collection:
    """One collection under way: the partitions still to read and the gaps met."""

    def __init__(self, credentials: Credentials, transport: Transport, patience: Patience, progress: Progress) -> None:
        self._credentials = credentials
        self._transport = transport
        self._patience = patience
        self._progress = progress
        self._builder = SnapshotBuilder("ldap")
        self._read: dict[str, str] = {}  # partitions by comparable name, in the order they were read
        self._count = 0

    def run(self, server: Server, work: Path) -> Snapshot:
        line = self._line(server)
        try:
            reader = Reader(line, self._seen)
            root = _root_dse(reader)
            spool = Spool(work, _text(root, "rootDomainNamingContext"), _text(root, "currentTime"))
            self._read_partitions(reader, root, spool)
            absent = list(self._absent_domains(reader, _text(root, "configurationNamingContext")))
        finally:
            line.close()
        for dn, hosts in absent:
            self._read_elsewhere(server, dn, hosts, spool)
        return self._snapshot(spool)

    def _line(self, server: Server) -> Line:
        return Line(server, self._credentials, self._transport, self._patience)

    def _seen(self, objects: int) -> None:
        self._count += objects
        self._progress(self._count, None)

    def _read_partitions(self, reader: Reader, root: Entry, spool: Spool) -> None:
        for raw in sorted(root[1]["namingContexts"]):
            dn = raw.decode()
            if dn_key(dn) not in self._read:
                reader.read(dn, spool.partition(dn))
                self._read[dn_key(dn)] = dn

    def _absent_domains(self, reader: Reader, configuration: str) -> Iterator[tuple[str, list[str]]]:
        """Yield the domains of the forest this server does not hold, with the servers that may."""
        references = reader.steady(
            configuration, Scope.SUBTREE, "(objectClass=crossRef)", ["nCName", "systemFlags", "dnsRoot"]
        )
        holders = reader.steady(configuration, Scope.SUBTREE, "(objectClass=nTDSDSA)", ["hasMasterNCs"])
        for _, values in sorted(references):
            name = values.get("nCName", [b""])[0].decode()
            is_domain = int(values.get("systemFlags", [b"0"])[0]) & _HOLDS_DOMAIN
            if not name or not is_domain or dn_key(name) in self._read:
                continue
            masters = [
                dn.partition(",")[2]
                for dn, held in sorted(holders)
                if dn_key(name) in {dn_key(context.decode()) for context in held.get("hasMasterNCs", [])}
            ]
            named = [reader.steady(dn, Scope.BASE, EVERYTHING, ["dNSHostName"]) for dn in masters[: _SERVERS_TRIED - 1]]
            hosts = [_text(found[0], "dNSHostName") for found in named if found and found[0][1].get("dNSHostName")]
            yield name, [*hosts, *(raw.decode() for raw in values.get("dnsRoot", []))]

    def _read_elsewhere(self, server: Server, dn: str, hosts: list[str], spool: Spool) -> None:
        """Read a domain from its own servers; one that cannot be read becomes a gap, never a silence."""
        reason = Text(fr="aucun serveur connu", en="no known server")
        for host in hosts:
            try:
                line = self._line(server.sibling(host))
                try:
                    reader = Reader(line, self._seen)
                    self._read_partitions(reader, _root_dse(reader), spool)
                finally:
                    line.close()
            except RempartError as error:
                reason = error.what
                continue
            if dn_key(dn) in self._read:
                return
        name = ".".join(part.partition("=")[2] for part in dn_key(dn).split(","))
        self._builder.gap(
            "domain",
            Text(
                fr=f"le domaine {name} n'a pas pu être lu : {reason.fr}",
                en=f"domain {name} could not be read: {reason.en}",
            ),
            domain=name,
        )

    def _snapshot(self, spool: Spool) -> Snapshot:
        self._builder.asked(ASKED)
        for dn in self._read.values():
            for name, attributes in spool.partition(dn).entries():
                self._builder.add(name, attributes)
        snapshot = self._builder.finish(generalized_time(spool.taken_at))
        spool.discard()
        return snapshot


def _root_dse(reader: Reader) -> Entry:
    found = reader.steady("", Scope.BASE, EVERYTHING, _ROOT_DSE)
    if not found or not found[0][1].get("rootDomainNamingContext"):
        raise RempartError(
            Text(fr="ce serveur n'est pas un contrôleur de domaine", en="this server is not a domain controller"),
            advice=Text(
                fr="Donnez l'adresse d'un contrôleur de domaine.", en="Give the address of a domain controller."
            ),
        )
    return found[0]


def _text(entry: Entry, name: str) -> str:
    return entry[1][name][0].decode()
