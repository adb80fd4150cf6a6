"""Reading one partition through a line that may break: page by page, then only what is still missing."""

import re
from collections.abc import Callable, Iterator, Sequence

from rempart.directory.attributes import ATTRIBUTES
from rempart.directory.collect.ldap_live.credentials import Credentials, Server
from rempart.directory.collect.ldap_live.link import Entry, Link, Scope, Transport, connect
from rempart.directory.collect.ldap_live.refusals import Cut, unreachable
from rempart.directory.collect.ldap_live.retry import Patience
from rempart.directory.collect.ldap_live.spool import PartitionSpool, identity

EVERYTHING = "(objectClass=*)"
ASKED = (*sorted(attribute.name for attribute in ATTRIBUTES.values()), "nTSecurityDescriptor")
"""Only what the engine reads: no secret is in that table, so none is ever asked."""
_BATCH = 200
_RANGED = re.compile(r"^(?P<name>[^;]+);range=\d+-(?P<last>\d+|\*)$", re.IGNORECASE)


class Line:
    """A link that comes back after a cut, with bounded patience. The first connection is tried once."""

    def __init__(self, server: Server, credentials: Credentials, transport: Transport, patience: Patience) -> None:
        self.server = server
        self._credentials = credentials
        self._transport = transport
        self._patience = patience
        self._waits = patience.waits()
        self._link: Link | None = None
        try:
            self._link = connect(server, credentials, transport)
        except Cut as cut:
            raise unreachable(cut) from cut

    @property
    def link(self) -> Link:
        """The open conversation; raises Cut when it cannot be opened now."""
        if self._link is None:
            self._link = connect(self.server, self._credentials, self._transport)
        return self._link

    def progressed(self) -> None:
        """Note that something new was received: patience starts afresh."""
        self._waits = self._patience.waits()

    def lost(self, cut: Cut) -> None:
        """Wait before the next attempt.

        Raises:
            RempartError: patience is over.

        """
        self.close()
        delay = next(self._waits, None)
        if delay is None:
            raise unreachable(cut) from cut
        self._patience.sleep(delay)

    def close(self) -> None:
        """End the conversation."""
        if self._link is not None:
            self._link.close()
            self._link = None


class Reader:
    """Reads partitions into their spools. `seen` is told the number of objects of each page as it arrives."""

    def __init__(self, line: Line, seen: Callable[[int], None]) -> None:
        self._line = line
        self._seen = seen

    def steady(self, base: str, scope: Scope, query: str, attributes: Sequence[str]) -> list[Entry]:
        """Return the answer to a small search, asked again after a cut."""
        while True:
            try:
                return list(_pages_joined(self._line.link, base, scope, query, attributes))
            except Cut as cut:
                self._line.lost(cut)

    def read(self, base: str, spool: PartitionSpool) -> None:
        """Bring the partition `base` into `spool`, whatever of it is already there."""
        while not spool.done:
            try:
                if spool.known:
                    self._remainder(base, spool)
                else:
                    self._sweep(base, spool)
                spool.finish()
            except Cut as cut:
                self._line.lost(cut)

    def _sweep(self, base: str, spool: PartitionSpool) -> None:
        link = self._line.link
        for page in _pages(link, base, Scope.SUBTREE, EVERYTHING, ASKED):
            self._keep(link, page, spool)

    def _remainder(self, base: str, spool: PartitionSpool) -> None:
        """A server forgets where a page stopped when the conversation ends: list identities, fetch the missing ones."""
        link = self._line.link
        listed = _pages_joined(link, base, Scope.SUBTREE, EVERYTHING, ["objectGUID"])
        missing = [entry for entry in listed if identity(entry) not in spool.known]
        by_guid = [entry[1]["objectGUID"][0] for entry in missing if entry[1].get("objectGUID")]
        for start in range(0, len(by_guid), _BATCH):
            query = "".join(f"(objectGUID={_escaped(guid)})" for guid in by_guid[start : start + _BATCH])
            self._keep(link, list(_pages_joined(link, base, Scope.SUBTREE, f"(|{query})", ASKED)), spool)
        for dn in (entry[0] for entry in missing if not entry[1].get("objectGUID")):
            self._keep(link, link.search(dn, Scope.BASE, EVERYTHING, ASKED).entries, spool)

    def _keep(self, link: Link, entries: Sequence[Entry], spool: PartitionSpool) -> None:
        spool.append(whole(link, entry) for entry in entries)
        self._line.progressed()
        self._seen(len(entries))


def whole(link: Link, entry: Entry) -> Entry:
    """Return the entry with the values a server gives by ranges (MS-ADTS 3.1.1.3.1.3.3) asked to the end."""
    dn, attributes = entry
    ranged = {match["name"]: name for name in attributes if (match := _RANGED.match(name))}
    if not ranged:
        return entry
    values = {name: list(held) for name, held in attributes.items() if name not in ranged and not _RANGED.match(name)}
    for name, first in ranged.items():
        values[name] = [*attributes[first], *_following(link, dn, first)]
    return dn, values


def _following(link: Link, dn: str, first: str) -> Iterator[bytes]:
    match = _RANGED.match(first)
    while match and match["last"] != "*":
        name = match["name"]
        wanted = f"{name};range={int(match['last']) + 1}-*"
        answer = link.search(dn, Scope.BASE, EVERYTHING, [wanted]).entries
        given = next((key for key in (answer[0][1] if answer else {}) if _RANGED.match(key)), None)
        if given is None:
            return  # the group shrank or went away meanwhile: the next range is empty
        yield from answer[0][1][given]
        match = _RANGED.match(given)


def _pages(link: Link, base: str, scope: Scope, query: str, attributes: Sequence[str]) -> Iterator[Sequence[Entry]]:
    cookie = b""
    while True:
        page = link.search(base, scope, query, attributes, cookie=cookie)
        yield page.entries
        cookie = page.cookie
        if not cookie:
            return


def _pages_joined(link: Link, base: str, scope: Scope, query: str, attributes: Sequence[str]) -> Iterator[Entry]:
    for page in _pages(link, base, scope, query, attributes):
        yield from page


def _escaped(raw: bytes) -> str:
    """Return bytes as a value of an LDAP filter (RFC 4515, 3)."""
    return "".join(f"\\{byte:02x}" for byte in raw)
