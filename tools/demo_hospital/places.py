"""Where things stand in the fictional directory, and small words to put them there."""

import unicodedata
from datetime import UTC, datetime, timedelta

from tests.directory.samba.ldif import Fault, Values, member, new
from tests.samba import Domain

VALMONT = Domain(dns="valmont.test", netbios="VALMONT", host="val-dc1")
TOP = "OU=Centre hospitalier de Valmont (fictif),{dn}"
PEOPLE = f"OU=Utilisateurs,{TOP}"
GROUPS = f"OU=Groupes,{TOP}"
SERVERS = f"OU=Serveurs,{TOP}"
WORKSTATIONS = f"OU=Postes,{TOP}"
SERVICE_ACCOUNTS = f"OU=Comptes de service,{TOP}"
ADMINISTRATION = f"OU=Administration,{TOP}"
BUILTIN_USERS = "CN=Users,{dn}"
CONFIGURATION = "CN=Configuration,{dn}"
SYSTEM = "CN=System,{dn}"
CONTROLLERS = "OU=Domain Controllers,{dn}"
NO_EXPIRY = 0x10000
_USER, _COMPUTER = 0x220, 0x1020


class Clock:
    """Dates relative to the day of the demonstration."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def ago(self, days: float) -> int:
        """Return a FILETIME."""
        return int(((self.at - timedelta(days=days)).timestamp() + 11_644_473_600) * 10_000_000)

    def text(self, days: float) -> str:
        """Return a GeneralizedTime."""
        return (self.at - timedelta(days=days)).astimezone(UTC).strftime("%Y%m%d%H%M%S.0Z")


def plain(text: str) -> str:
    """Return a name as logins write it: no accent, lower case."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower().replace(" ", "")


def unit(dn: str) -> Fault:
    """An organizational unit."""
    return new(dn, "organizationalUnit")


def group(name: str, *members: str) -> Fault:
    """A group of the hospital, with these members (DNs)."""
    made = new(f"CN={name},{GROUPS}", "group", sAMAccountName=name)
    for who in members:
        made += member(f"CN={name},{GROUPS}", who)
    return made


def dn_of_group(name: str) -> str:
    """The DN of a group of the hospital."""
    return f"CN={name},{GROUPS}"


def account(dn: str, name: str, clock: Clock, *, password_days: float = 60, control: int = 0, **more: Values) -> Fault:
    """An enabled user who logged on this week."""
    values: dict[str, Values] = {
        "sAMAccountName": name,
        "userPrincipalName": f"{name}@{VALMONT.dns}",
        "userAccountControl": _USER | control,
        "pwdLastSet": clock.ago(password_days),
        "lastLogonTimestamp": clock.ago(3),
    }
    return new(dn, "user", **{**values, **more})


def machine(
    dn: str, system: str, clock: Clock, *, password_days: float = 12, control: int = 0, **more: Values
) -> Fault:
    """A computer that is switched on."""
    name = dn.partition(",")[0][3:]
    values: dict[str, Values] = {
        "sAMAccountName": f"{name}$",
        "dNSHostName": f"{name.lower()}.{VALMONT.dns}",
        "userAccountControl": _COMPUTER | control,
        "operatingSystem": system,
        "operatingSystemVersion": VERSIONS[system],
        "pwdLastSet": clock.ago(password_days),
        "lastLogonTimestamp": clock.ago(2),
        "msDS_SupportedEncryptionTypes": 28,
    }
    return new(dn, "computer", **{**values, **more})


VERSIONS = {
    "Windows Server 2008 R2 Standard": "6.1 (7601)",
    "Windows Server 2012 R2 Standard": "6.3 (9600)",
    "Windows Server 2016 Standard": "10.0 (14393)",
    "Windows Server 2019 Standard": "10.0 (17763)",
    "Windows Server 2022 Standard": "10.0 (20348)",
    "Windows 10 Enterprise": "10.0 (19045)",
    "Windows 11 Enterprise": "10.0 (22631)",
    "Windows 7 Professionnel": "6.1 (7601)",
}
