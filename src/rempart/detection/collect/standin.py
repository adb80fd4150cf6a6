"""Until the table of log sources lands: the few entries that the collection needs."""

from typing import NamedTuple


class Entities(NamedTuple):
    """Which native fields tell the machine, the account, the address and the moment; the first present wins."""

    host: tuple[str, ...]
    user: tuple[str, ...]
    address: tuple[str, ...]
    time: tuple[str, ...]


_CHANNELS = {
    "microsoft-windows-sysmon/operational": "windows/sysmon",
    "security": "windows/security",
    "system": "windows/system",
    "application": "windows/application",
    "microsoft-windows-powershell/operational": "windows/powershell",
    "windows powershell": "windows/powershell-classic",
    "linux-sysmon/operational": "linux/sysmon",
}


def source_of_channel(channel: str) -> str:
    """Return the source of a Windows channel."""
    return _CHANNELS.get(channel.lower(), "windows/other")


def entities(source: str) -> Entities:
    """Return the entities of a source."""
    if source.startswith("windows/"):
        users = ("User", "TargetUserName", "SubjectUserName")
        return Entities(("Computer",), users, ("IpAddress", "SourceIp"), ("TimeCreated",))
    return Entities(("host",), ("user",), ("src_ip",), ("time",))
