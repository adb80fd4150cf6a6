"""Plants faults on the lab's server, all at once, and repairs them all at once."""

import base64
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import ldap3
from ldap3.protocol.microsoft import security_descriptor_control

from rempart.directory.attributes import sid_text
from tests.directory.maker import make_ace, sid_bytes
from tests.directory.samba.ldif import Fault
from tests.samba import OLD_DATES, PASSWORD, Lab

OPTIONS = ("--relax", f"{OLD_DATES},local_oid:1.3.6.1.4.1.7165.4.3.19:0", "--option=dsdb:schema update allowed=true")
OWNER_AND_DACL = "--controls=sd_flags:1:5"


class Planting:
    """The faults planted on one server, to be repaired in the opposite order."""

    def __init__(self, lab: Lab, faults: Iterable[Fault]) -> None:
        self._lab = lab
        self._fault = sum(faults, Fault())
        self._before: dict[str, bytes] = {}

    def plant(self) -> None:
        self._lab.modify(self._fault.plant, *OPTIONS)
        sids, after = self._sids(), {}
        touched = {grant[0] for grant in self._fault.grants} | {dn for dn, _ in self._fault.owners}
        self._before = self._descriptors(touched)
        after = dict(self._before)
        for dn, trustee, mask, right in self._fault.grants:
            ace = make_ace("A", mask, sids.get(trustee, trustee), {"object": right} if right else None)
            after[dn] = with_ace(after[dn], ace)
        for dn, owner in self._fault.owners:
            after[dn] = with_owner(after[dn], sid_bytes(sids.get(owner, owner)))
        self._write(after)

    def repair(self) -> None:
        self._write(self._before)
        self._lab.modify(self._fault.repair, *OPTIONS)

    def _write(self, descriptors: dict[str, bytes]) -> None:
        records = (
            f"dn: {dn}\nchangetype: modify\nreplace: nTSecurityDescriptor\n"
            f"nTSecurityDescriptor:: {base64.b64encode(raw).decode()}\n-\n\n"
            for dn, raw in descriptors.items()
        )
        if descriptors:
            self._lab.modify("".join(records), *OPTIONS, OWNER_AND_DACL)

    @contextmanager
    def _session(self) -> Iterator[ldap3.Connection]:
        server = ldap3.Server(self._lab.address, get_info=ldap3.NONE)
        session = ldap3.Connection(server, self._lab.administrator, PASSWORD, auto_bind=True, check_names=False)
        try:
            yield session
        finally:
            session.unbind()

    def _sids(self) -> dict[str, str]:
        """SIDs by account name; a SID given instead of a name stands for itself."""
        with self._session() as session:
            session.search(self._lab.dn, "(sAMAccountName=*)", attributes=["sAMAccountName", "objectSid"])
            return {
                entry["raw_attributes"]["sAMAccountName"][0].decode(): sid_text(entry["raw_attributes"]["objectSid"][0])
                for entry in session.response
                if entry["type"] == "searchResEntry"
            }

    def _descriptors(self, dns: Iterable[str]) -> dict[str, bytes]:
        found = {}
        with self._session() as session:
            for dn in sorted(dns):
                session.search(
                    dn.replace("{dn}", self._lab.dn),
                    "(objectClass=*)",
                    ldap3.BASE,
                    attributes=["nTSecurityDescriptor"],
                    controls=security_descriptor_control(sdflags=7),
                )
                found[dn] = session.response[0]["raw_attributes"]["nTSecurityDescriptor"][0]
        return found


def with_owner(descriptor: bytes, owner: bytes) -> bytes:
    """A descriptor (MS-DTYP 2.4.6) with another owner, written at its end."""
    return descriptor[:4] + struct.pack("<I", len(descriptor)) + descriptor[8:] + owner


def with_ace(descriptor: bytes, ace: bytes) -> bytes:
    """A descriptor with one more ACE in front of its DACL; the new DACL is written at its end."""
    start = struct.unpack_from("<I", descriptor, 16)[0]
    revision, _, size, count, _ = struct.unpack_from("<BBHHH", descriptor, start)
    held = descriptor[start + 8 : start + size]
    dacl = struct.pack("<BBHHH", revision, 0, size + len(ace), count + 1, 0) + ace + held
    return descriptor[:16] + struct.pack("<I", len(descriptor)) + descriptor[20:] + dacl
