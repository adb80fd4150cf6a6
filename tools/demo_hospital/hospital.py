"""The fictional hospital as it should be: its people, its groups, its machines."""

import random
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.directory.samba.ldif import Fault, change, member, new
from tools.demo_hospital.places import (
    ADMINISTRATION,
    BUILTIN_USERS,
    CONFIGURATION,
    CONTROLLERS,
    GROUPS,
    PEOPLE,
    SERVERS,
    SERVICE_ACCOUNTS,
    SYSTEM,
    TOP,
    WORKSTATIONS,
    Clock,
    account,
    dn_of_group,
    group,
    machine,
    plain,
    unit,
)

FACTS = tomllib.loads((Path(__file__).parent / "hospital.toml").read_text(encoding="utf-8"))
_SEED = 1789
SITES = f"CN=Sites,{CONFIGURATION}"
FIRST_SITE = f"CN=Servers,CN=Default-First-Site-Name,{SITES}"


def hospital(clock: Clock) -> list[Fault]:
    """Everything of the hospital, in an order the directory accepts."""
    chance = random.Random(_SEED)  # noqa: S311 — invented names need no secret
    return [*_units(), *_people(chance, clock), *_administrators(clock), *_machines(chance, clock), *_forest(clock)]


def _units() -> Iterator[Fault]:
    yield unit(TOP)
    for place in (PEOPLE, GROUPS, SERVERS, WORKSTATIONS, SERVICE_ACCOUNTS, ADMINISTRATION):
        yield unit(place)
    for service in FACTS["services"]:
        yield unit(f"OU={service},{PEOPLE}")


def _people(chance: random.Random, clock: Clock) -> Iterator[Fault]:
    taken: set[str] = set()
    for service, size in FACTS["services"].items():
        members = []
        while len(members) < size:
            first, last = chance.choice(FACTS["first_names"]), chance.choice(FACTS["last_names"])
            login = f"{plain(first)[0]}.{plain(last)}"
            if login in taken:
                continue
            taken.add(login)
            dn = f"CN={first} {last},OU={service},{PEOPLE}"
            members.append(dn)
            yield account(
                dn,
                login,
                clock,
                password_days=chance.randint(2, 300),
                displayName=f"{first} {last}",
                msDS_SupportedEncryptionTypes=24,
            )
        yield group(f"GG_{service}", *members)


ADMINISTRATORS = ("adm.tessandier", "adm.rochebrune", "adm.montclar")
SERVICES = {
    "svc_sauvegarde": 400,
    "svc_pacs": 1500,
    "svc_dpi": 700,
    "svc_hl7": 1900,
    "svc_sql": 1200,
    "svc_scan": 90,
    "svc_wsus": 200,
}
"""Service accounts and the age of their passwords, in days."""


def _administrators(clock: Clock) -> Iterator[Fault]:
    for name in ADMINISTRATORS:
        dn = f"CN={name},{ADMINISTRATION}"
        yield account(dn, name, clock, password_days=45, adminCount=1)
        yield member(f"CN=Domain Admins,{BUILTIN_USERS}", dn)
        yield member(f"CN=Protected Users,{BUILTIN_USERS}", dn)
    for name, age in SERVICES.items():
        yield account(f"CN={name},{SERVICE_ACCOUNTS}", name, clock, password_days=age, control=0x10000)
    for name in (
        "GG_Support-N1",
        "GG_Support-N2",
        "GG_Exploitation",
        "GG_Réseau",
        "GG_DPI-Admins",
        "GG_Stagiaires-DSI",
    ):
        yield group(name)
    yield member(dn_of_group("GG_Support-N1"), dn_of_group("GG_Stagiaires-DSI"))


def _machines(chance: random.Random, clock: Clock) -> Iterator[Fault]:
    for name, system in FACTS["servers"].items():
        yield machine(f"CN={name},{SERVERS}", system, clock, password_days=chance.randint(2, 28))
    for number in range(1, 161):
        system = chance.choices(
            ["Windows 11 Enterprise", "Windows 10 Enterprise", "Windows 7 Professionnel"], [70, 27, 3]
        )[0]
        yield machine(f"CN=PC-{number:04},{WORKSTATIONS}", system, clock, password_days=chance.randint(1, 29))


def _forest(clock: Clock) -> Iterator[Fault]:
    """Two writable controllers and a read-only one, as a Windows forest of 2016 has them."""
    first = f"CN=VAL-DC1,{CONTROLLERS}"
    for attribute, value in {
        "operatingSystem": "Windows Server 2019 Standard",
        "operatingSystemVersion": "10.0 (17763)",
        "lastLogonTimestamp": clock.ago(1),
        "pwdLastSet": clock.ago(15),
    }.items():
        yield change(first, attribute, value)
    yield change(f"CN=NTDS Settings,CN=VAL-DC1,{FIRST_SITE}", "msDS-Behavior-Version", 7)
    yield change("{dn}", "msDS-Behavior-Version", 7)
    yield change(f"CN=Partitions,{CONFIGURATION}", "msDS-Behavior-Version", 7)
    yield change("{dn}", "minPwdLength", 10)
    yield change("{dn}", "maxPwdAge", -365 * 86_400 * 10_000_000)
    yield from _second_controller(clock)
    yield from _read_only_controller(clock)
    yield from _trust(clock)
    yield from _keys(clock)


def _second_controller(clock: Clock) -> Iterator[Fault]:
    dn = f"CN=VAL-DC2,{CONTROLLERS}"
    yield machine(dn, "Windows Server 2012 R2 Standard", clock, userAccountControl=0x82020)
    yield new(f"CN=VAL-DC2,{FIRST_SITE}", "server", serverReference=dn)
    yield new(f"CN=NTDS Settings,CN=VAL-DC2,{FIRST_SITE}", "nTDSDSA", msDS_Behavior_Version=6)


def _read_only_controller(clock: Clock) -> Iterator[Fault]:
    """The controller of a nursing home, with its own krbtgt and the passwords it was given to keep."""
    dn, key = f"CN=VAL-RODC1,{CONTROLLERS}", f"CN=krbtgt_12034,{BUILTIN_USERS}"
    servers = f"CN=Servers,CN=EHPAD-Les-Tilleuls,{SITES}"
    yield new(
        key, "user", sAMAccountName="krbtgt_12034", userAccountControl=0x222, msDS_SecondaryKrbTgtNumber=12034,
        pwdLastSet=clock.ago(420), adminCount=1,
    )  # fmt: skip
    yield machine(
        dn,
        "Windows Server 2016 Standard",
        clock,
        userAccountControl=0x5001020,
        msDS_RevealOnDemandGroup=dn_of_group("GG_Gériatrie"),
        msDS_NeverRevealGroup=[f"CN={name},CN=Builtin,{{dn}}" for name in _NEVER_KEPT],
        msDS_KrbTgtLink=key,
    )
    yield change(dn, "msDS-RevealedUsers", f"B:8:5A000900:{dn}")
    yield new(f"CN=EHPAD-Les-Tilleuls,{SITES}", "site")
    yield new(servers, "serversContainer")
    yield new(f"CN=VAL-RODC1,{servers}", "server", serverReference=dn)
    yield new(f"CN=NTDS Settings,CN=VAL-RODC1,{servers}", "nTDSDSARO", msDS_Behavior_Version=7)


_NEVER_KEPT = ("Administrators", "Account Operators", "Server Operators", "Backup Operators")


def _trust(clock: Clock) -> Iterator[Fault]:
    """The forest of the hospital group next door."""
    yield new(
        f"CN=GHT-NORD.TEST,{SYSTEM}",
        "trustedDomain",
        trustPartner="ght-nord.test",
        flatName="GHTNORD",
        trustType=2,
        trustDirection=3,
        trustAttributes=0x808,
        securityIdentifier="S-1-5-21-1789178917-1848184818-1870187018",
    )
    yield new(
        f"CN=GHTNORD$,{BUILTIN_USERS}", "user", sAMAccountName="GHTNORD$", userAccountControl=0x820,
        pwdLastSet=clock.ago(500),
    )  # fmt: skip


def _keys(clock: Clock) -> Iterator[Fault]:
    """What a Windows forest makes by itself as it is used: backup keys, the properties of its second zone."""
    for version in ("P", "4b1c0a52-9d2e-4f0a-8f63-0d5a7e1c9b20"):
        yield new(f"CN=BCKUPKEY_{version} Secret,{SYSTEM}", "secret", whenCreated=clock.text(2000))
    secure_updates_only = bytes([1, *[0] * 11, 1, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 0])
    yield change("DC=_msdcs.valmont.test,CN=MicrosoftDNS,DC=ForestDnsZones,{dn}", "dNSProperty", secure_updates_only)
