"""Makes small forests for tests: raw LDAP records of a healthy domain, to which a test adds one fault."""

import struct
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from rempart.directory.builder import SnapshotBuilder
from rempart.directory.forest import Forest
from rempart.directory.snapshot import Snapshot

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DOMAIN_SID = "S-1-5-21-1111111111-2222222222-3333333333"
DNS = "hopital.test"
DN = "DC=hopital,DC=test"
ADMINS = f"{DOMAIN_SID}-512"
ADMINISTRATORS = "S-1-5-32-544"
SYSTEM = "S-1-5-18"
AUTHENTICATED_USERS = "S-1-5-11"

FULL_CONTROL = 0x000F01FF
WRITE_DACL = 0x00040000
WRITE_OWNER = 0x00080000
READ = 0x00020094
WRITE_PROPERTY = 0x00000020
CONTROL_ACCESS = 0x00000100
SELF_WRITE = 0x00000008

ENROLL = "0e10c968-78fb-11d2-90d4-00c04f79dc55"
AUTO_ENROLL = "a05b8cc2-17bc-4802-a710-e7c15ab866a2"
CLIENT_AUTHENTICATION = "1.3.6.1.5.5.7.3.2"

Ace = tuple[str, int, str] | tuple[str, int, str, dict[str, object]]
Values = str | int | bool | bytes | datetime | timedelta | Sequence[str | int | bytes]


def sid_bytes(text: str) -> bytes:
    _, revision, authority, *parts = text.split("-")
    return (
        struct.pack("<BB", int(revision), len(parts))
        + int(authority).to_bytes(6, "big")
        + struct.pack(f"<{len(parts)}I", *map(int, parts))
    )


def filetime(moment: datetime) -> str:
    return str(int((moment.timestamp() + 11_644_473_600) * 10_000_000))


def make_ace(kind: str, mask: int, trustee: str, options: dict[str, object] | None = None) -> bytes:
    """One ACE: kind "A" (allow) or "D" (deny); options: object, inherited_type (GUID texts), flags (int)."""
    options = options or {}
    sid = sid_bytes(trustee)
    object_type, inherited_type = options.get("object"), options.get("inherited_type")
    body = struct.pack("<I", mask)
    code = {"A": 0, "D": 1}[kind]
    if object_type or inherited_type:
        code += 5
        body += struct.pack("<I", (1 if object_type else 0) | (2 if inherited_type else 0))
        body += b"".join(uuid.UUID(str(guid)).bytes_le for guid in (object_type, inherited_type) if guid)
    body += sid
    return struct.pack("<BBH", code, int(str(options.get("flags", 0))), 4 + len(body)) + body


def make_descriptor(owner: str = ADMINS, aces: Iterable[Ace] = (), *, protected: bool = False) -> bytes:
    """A self-relative security descriptor (MS-DTYP 2.4.6) with an owner and a DACL."""
    raw = b"".join(make_ace(ace[0], ace[1], ace[2], ace[3] if len(ace) > 3 else None) for ace in aces)
    count = len(list(aces)) if isinstance(aces, Sequence) else 0
    dacl = struct.pack("<BBHHH", 4, 0, 8 + len(raw), count, 0) + raw
    owner_raw = sid_bytes(owner)
    control = 0x8004 | (0x1000 if protected else 0)
    return struct.pack("<BBHIIII", 1, 0, control, 20, 0, 0, 20 + len(owner_raw)) + owner_raw + dacl


DEFAULT_ACES: list[Ace] = [
    ("A", FULL_CONTROL, SYSTEM),
    ("A", FULL_CONTROL, ADMINS),
    ("A", READ, AUTHENTICATED_USERS),
]


def raw(value: Values) -> list[bytes]:
    """LDAP's bytes for a Python value."""
    if isinstance(value, bytes):
        return [value]
    if isinstance(value, bool):
        return [b"TRUE" if value else b"FALSE"]
    if isinstance(value, datetime):
        return [filetime(value).encode()]
    if isinstance(value, timedelta):
        return [str(-int(value.total_seconds() * 10_000_000)).encode()]
    if isinstance(value, str | int):
        return [str(value).encode()]
    return [single for item in value for single in raw(item)]


class Maker:
    """Builds a forest of one domain, complete and healthy; `add` and `change` bring the fault.

    Every record has `objectClass`, `instanceType`, `whenCreated` and a harmless security descriptor. Attribute values
    are Python values (datetimes become FILETIME, timedeltas negative intervals); `whenCreated` is given as text.
    """

    def __init__(self) -> None:
        self.records: dict[str, dict[str, list[bytes]]] = {}
        self._rid = 1100
        self._partitions()
        self._groups()
        self._system()
        self._accounts()

    # -- what a test calls --------------------------------------------------------------------------------------------

    def add(self, dn: str, classes: Sequence[str], **attributes: Values) -> str:
        """Add a record; in names of attributes, write `_` for `-`. Returns the DN."""
        self.records[dn] = {
            "objectClass": raw(["top", *classes]),
            "instanceType": [b"4"],
            "whenCreated": [b"20250101000000.0Z"],
            "nTSecurityDescriptor": [make_descriptor(aces=DEFAULT_ACES)],
        }
        self.change(dn, **attributes)
        return dn

    def change(self, dn: str, **attributes: Values | None) -> None:
        """Set attributes of a record; None removes one."""
        for name, value in attributes.items():
            attribute = name.replace("_", "-")
            if value is None:
                self.records[dn].pop(attribute, None)
            else:
                self.records[dn][attribute] = raw(value)

    def user(self, name: str, *, groups: Sequence[str] = (), **attributes: Values) -> str:
        """Add an enabled, active user in CN=Users, member of these groups (names)."""
        return self._account(name, ["person", "organizationalPerson", "user"], 513, 0x200, groups, attributes)

    def computer(self, name: str, *, groups: Sequence[str] = (), **attributes: Values) -> str:
        """Add an active workstation or server in CN=Computers."""
        attributes = {"sAMAccountName": f"{name}$", "dNSHostName": f"{name}.{DNS}".lower(), **attributes}
        return self._account(
            name, ["person", "organizationalPerson", "user", "computer"], 515, 0x1000, groups, attributes, "Computers"
        )

    def group(self, name: str, *, members: Sequence[str] = (), sid: str | None = None, **attributes: Values) -> str:
        """Add a group in CN=Users with these members (DNs)."""
        dn = f"CN={name},CN=Users,{DN}"
        values: dict[str, Values] = {"sAMAccountName": name, "objectSid": sid_bytes(sid or self.next_sid())}
        self.add(dn, ["group"], **{"groupType": -2147483646, **values, **attributes})
        for member in members:
            self.join(member, dn)
        return dn

    def join(self, member: str, group: str) -> None:
        """Make `member` (DN) a member of `group` (DN)."""
        self.records[group].setdefault("member", []).append(member.encode())

    def sid_of(self, dn: str) -> str:
        """The SID of a record, as text."""
        from rempart.directory.attributes import sid_text  # noqa: PLC0415 — kept next to its only use

        return sid_text(self.records[dn]["objectSid"][0])

    def protect(self, dn: str, aces: Sequence[Ace], *, owner: str = ADMINS, protected: bool = False) -> None:
        """Give a record the default ACEs plus these, in front."""
        self.records[dn]["nTSecurityDescriptor"] = [make_descriptor(owner, [*aces, *DEFAULT_ACES], protected=protected)]

    def protected_copy(self, dn: str, aces: Sequence[Ace] = ()) -> None:
        """Give a record the very rights of AdminSDHolder, cut off from inheritance, plus these ACEs in front."""
        self.protect(dn, aces, protected=True)

    def ou(self, name: str, parent: str = DN, **attributes: Values) -> str:
        """Add an organizational unit. Returns its DN."""
        return self.add(f"OU={name},{parent}", ["organizationalUnit"], **{"name": name, **attributes})

    def gpo(self, name: str, *links: str, options: int = 0) -> str:
        """Add a group policy and link it to these records (options: 1 disabled, 2 enforced). Returns its DN."""
        dn = f"CN={{{str(uuid.uuid5(uuid.NAMESPACE_DNS, name)).upper()}}},CN=Policies,CN=System,{DN}"
        self.add(dn, ["container", "groupPolicyContainer"], displayName=name, flags=0)
        for linked in links:
            before = self.records[linked].get("gPLink", [b""])[0].decode()
            self.change(linked, gPLink=f"{before}[LDAP://{dn};{options}]")
        return dn

    def pki(self, authority: str = "HOPITAL-CA", *, trusted: bool = True) -> str:
        """Add the public key services with one authority hosted by SRV-CA. Returns the DN of its enrolment service."""
        services = f"CN=Public Key Services,CN=Services,CN=Configuration,{DN}"
        certificate = b"certificate of the authority"
        self.add(
            f"CN=NTAuthCertificates,{services}",
            ["certificationAuthority"],
            cACertificate=certificate if trusted else b"another certificate",
        )
        self.authority_host = self.computer("SRV-CA")
        self.add(f"CN={authority},CN=AIA,{services}", ["certificationAuthority"], cACertificate=certificate)
        self.add(f"CN={authority},CN=Certification Authorities,{services}", ["certificationAuthority"])
        self.add(f"CN=SRV-CA,CN=CDP,{services}", ["container"])
        self.add(f"CN={authority},CN=SRV-CA,CN=CDP,{services}", ["cRLDistributionPoint"])
        service = f"CN={authority},CN=Enrollment Services,{services}"
        self.add(
            service,
            ["pKIEnrollmentService"],
            cn=authority,
            dNSHostName=f"srv-ca.{DNS}",
            cACertificate=certificate,
        )
        self.protect(service, [("A", CONTROL_ACCESS, AUTHENTICATED_USERS, {"object": ENROLL})])
        return service

    def template(self, name: str, *services: str, **attributes: Values) -> str:
        """Add a certificate template, harmless unless told, offered by these enrolment services. Returns its DN."""
        dn = f"CN={name},CN=Certificate Templates,CN=Public Key Services,CN=Services,CN=Configuration,{DN}"
        values: dict[str, Values] = {
            "cn": name,
            "pKIExtendedKeyUsage": [CLIENT_AUTHENTICATION],
            "msPKI_Certificate_Name_Flag": 0x2000000,
            "msPKI_Enrollment_Flag": 0,
            "msPKI_RA_Signature": 0,
        }
        self.add(dn, ["pKICertificateTemplate"], **{**values, **attributes})
        for service in services:
            self.records[service].setdefault("certificateTemplates", []).append(name.encode())
        return dn

    def next_sid(self) -> str:
        """A fresh domain SID."""
        self._rid += 1
        return f"{DOMAIN_SID}-{self._rid}"

    def snapshot(self, source: str = "ldif") -> Snapshot:
        """The Snapshot of the records, dated AT."""
        builder = SnapshotBuilder(source)
        for dn, attributes in self.records.items():
            builder.add(dn, attributes)
        return builder.finish(AT)

    def forest(self) -> Forest:
        """The forest of the records, judged at AT."""
        return Forest(self.snapshot(), AT)

    # -- the healthy forest -------------------------------------------------------------------------------------------

    def _partitions(self) -> None:
        conf = f"CN=Configuration,{DN}"
        self.add(
            DN,
            ["domain", "domainDNS"],
            objectSid=sid_bytes(DOMAIN_SID),
            maxPwdAge=timedelta(days=365),
            minPwdLength=14,
            pwdProperties=1,
            pwdHistoryLength=24,
            lockoutThreshold=10,
            ms_DS_MachineAccountQuota=0,
            msDS_Behavior_Version=7,
            msDS_ExpirePasswordsOnSmartCardOnlyAccounts=True,
        )
        self.add(conf, ["configuration"])
        self.add(f"CN=Schema,{conf}", ["dMD"], objectVersion=88)
        self.add(f"DC=DomainDnsZones,{DN}", ["domain", "domainDNS"])
        self.add(f"DC=ForestDnsZones,{DN}", ["domain", "domainDNS"])
        self.add(f"CN=Partitions,{conf}", ["crossRefContainer"], msDS_Behavior_Version=7)
        self.add(
            f"CN=HOPITAL,CN=Partitions,{conf}",
            ["crossRef"],
            nCName=DN,
            dnsRoot=DNS,
            nETBIOSName="HOPITAL",
            systemFlags=3,
        )
        self.add(f"CN=Services,{conf}", ["container"])
        self.add(f"CN=Windows NT,CN=Services,{conf}", ["container"])
        self.add(
            f"CN=Directory Service,CN=Windows NT,CN=Services,{conf}",
            ["nTDSService"],
            dSHeuristics="0000000001000000000200000001130",
        )
        self.add(f"CN=DisplaySpecifiers,{conf}", ["container"])
        self.add(f"CN=40C,CN=DisplaySpecifiers,{conf}", ["container"])
        self.add(
            f"CN=user-Display,CN=40C,CN=DisplaySpecifiers,{conf}",
            ["displaySpecifier"],
            adminPropertyPages=["1,{6dfe6492-a212-11d0-bcd5-00c04fd8d5b6}"],
            adminContextMenu=["1,{08eb4fa6-6ffd-11d1-b0e0-00c04fd8dca6}"],
        )
        self.add(f"CN=Sites,{conf}", ["sitesContainer"])
        self.add(f"CN=Paris,CN=Sites,{conf}", ["site"])
        self.add(f"CN=Servers,CN=Paris,CN=Sites,{conf}", ["serversContainer"])

    def _groups(self) -> None:
        for name in ("Users", "Computers", "Builtin", "System"):
            self.add(f"CN={name},{DN}", ["container"])
        self.add(f"OU=Domain Controllers,{DN}", ["organizationalUnit"])
        for rid, name in {
            512: "Admins du domaine", 513: "Utilisateurs du domaine", 514: "Invités du domaine",
            515: "Ordinateurs du domaine", 516: "Contrôleurs de domaine", 517: "Éditeurs de certificats",
            518: "Administrateurs du schéma", 519: "Administrateurs de l’entreprise", 520: "Propriétaires GPO",
            521: "Contrôleurs de domaine en lecture seule", 525: "Protected Users", 526: "Administrateurs clés",
            527: "Administrateurs clés Enterprise", 571: "RODC autorisés", 572: "RODC refusés",
        }.items():  # fmt: skip
            self.group(name, sid=f"{DOMAIN_SID}-{rid}")
        for rid, name in {
            544: "Administrateurs", 545: "Utilisateurs", 548: "Opérateurs de compte", 549: "Opérateurs de serveur",
            550: "Opérateurs d’impression", 551: "Opérateurs de sauvegarde", 552: "Duplicateurs",
            554: "Accès compatible pré-Windows 2000",
        }.items():  # fmt: skip
            dn = f"CN={name},CN=Builtin,{DN}"
            self.add(dn, ["group"], sAMAccountName=name, objectSid=sid_bytes(f"S-1-5-32-{rid}"), groupType=-2147483643)
        self.builtin = {rid: dn for dn, rid in self._rids("S-1-5-32-").items()}
        self.domain = {rid: dn for dn, rid in self._rids(f"{DOMAIN_SID}-").items()}
        for rid in (512, 519):
            self.join(self.domain[rid], self.builtin[544])
        for rid in (512, 516, 517, 518, 519, 520, 521):
            self.join(self.domain[rid], self.domain[572])

    def _rids(self, prefix: str) -> dict[str, int]:
        found = {}
        for dn, attributes in self.records.items():
            if "objectSid" in attributes and (text := self.sid_of(dn)).startswith(prefix):
                found[dn] = int(text.rsplit("-", 1)[1])
        return found

    def _system(self) -> None:
        system = f"CN=System,{DN}"
        self.records[self.add(f"CN=AdminSDHolder,{system}", ["container"])]["nTSecurityDescriptor"] = [
            make_descriptor(aces=DEFAULT_ACES, protected=True)
        ]
        self.add(f"CN=Password Settings Container,{system}", ["msDS-PasswordSettingsContainer"])
        self.add(f"CN=Policies,{system}", ["container"])
        self.add(f"CN=MicrosoftDNS,{system}", ["container"])
        self.add(f"CN=DomainUpdates,{system}", ["container"])
        self.add(f"CN=ActiveDirectoryUpdate,CN=DomainUpdates,{system}", ["container"], revision=16)
        self.add(f"CN=DFSR-GlobalSettings,{system}", ["msDFSR-GlobalSettings"], msDFSR_Flags=48)
        self.add(f"CN=Domain System Volume,CN=DFSR-GlobalSettings,{system}", ["msDFSR-ReplicationGroup"])
        self.add(f"CN=BCKUPKEY_PREFERRED Secret,{system}", ["leaf", "secret"])
        services = f"CN=Public Key Services,CN=Services,CN=Configuration,{DN}"
        self.add(services, ["container"])
        for name in ("AIA", "CDP", "Certificate Templates", "Certification Authorities", "Enrollment Services", "OID"):
            self.add(f"CN={name},{services}", ["container"])

    def _accounts(self) -> None:
        silo = f"CN=Tier0,CN=AuthN Silos,CN=AuthN Policy Configuration,CN=Services,CN=Configuration,{DN}"
        admin = self.user(
            "Administrateur",
            objectSid=sid_bytes(f"{DOMAIN_SID}-500"),
            adminCount=1,
            msDS_AssignedAuthNPolicySilo=silo,
        )
        for rid in (512, 518, 519, 525):
            self.join(admin, self.domain[rid])
        self.add(silo, ["msDS-AuthNPolicySilo"], msDS_AuthNPolicySiloEnforced=True, msDS_AuthNPolicySiloMembers=[admin])
        self.records[admin]["nTSecurityDescriptor"] = [make_descriptor(aces=DEFAULT_ACES, protected=True)]
        self.user("Invité", objectSid=sid_bytes(f"{DOMAIN_SID}-501"), userAccountControl=0x202, primaryGroupID=514)
        krbtgt = self.user("krbtgt", objectSid=sid_bytes(f"{DOMAIN_SID}-502"), userAccountControl=0x202, adminCount=1)
        self.join(krbtgt, self.domain[572])
        self._controller()

    def _controller(self) -> None:
        self.controller = f"CN=DC1,OU=Domain Controllers,{DN}"
        attributes: dict[str, Values] = {
            "sAMAccountName": "DC1$",
            "objectSid": sid_bytes(f"{DOMAIN_SID}-1000"),
            "userAccountControl": 0x82000,
            "primaryGroupID": 516,
            "dNSHostName": f"dc1.{DNS}",
            "operatingSystem": "Windows Server 2022 Standard",
            "operatingSystemVersion": "10.0 (20348)",
            "pwdLastSet": AT - timedelta(days=10),
            "lastLogonTimestamp": AT - timedelta(days=1),
            "msDS_SupportedEncryptionTypes": 0x18,
        }
        self.add(self.controller, ["person", "organizationalPerson", "user", "computer"], **attributes)
        server = f"CN=DC1,CN=Servers,CN=Paris,CN=Sites,CN=Configuration,{DN}"
        self.add(server, ["server"], serverReference=self.controller)
        self.add(f"CN=NTDS Settings,{server}", ["applicationSettings", "nTDSDSA"], msDS_Behavior_Version=7)

    def _account(  # noqa: PLR0913, PLR0917 — one place for every kind of account
        self,
        name: str,
        classes: Sequence[str],
        primary: int,
        control: int,
        groups: Sequence[str],
        attributes: dict[str, Values],
        container: str = "Users",
    ) -> str:
        dn = f"CN={name},CN={container},{DN}"
        values: dict[str, Values] = {
            "sAMAccountName": name,
            "objectSid": sid_bytes(self.next_sid()),
            "userAccountControl": control,
            "primaryGroupID": primary,
            "pwdLastSet": AT - timedelta(days=10),
            "lastLogonTimestamp": AT - timedelta(days=1),
        }
        self.add(dn, classes, **{**values, **attributes})
        for group in groups:
            self.join(dn, group if "," in group else f"CN={group},CN=Users,{DN}")
        return dn
