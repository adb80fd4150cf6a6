"""Small words to plant and repair faults on a real server: each gives LDIF and its undoing."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

NOW = datetime.now(UTC)
USERS = "CN=Users,{dn}"
COMPUTERS = "CN=Computers,{dn}"
SYSTEM = "CN=System,{dn}"
CONFIGURATION = "CN=Configuration,{dn}"
ENABLED_USER = 0x220  # normal account, no password asked: the lab's accounts have none
ENABLED_COMPUTER = 0x1020

Value = str | int | bytes
Values = Value | list[Value]
Expected = dict[tuple[str, int], set[str]]


@dataclass
class Fault:
    """What to plant, how to repair it, and the points that must then fail, each with exactly these new subjects.

    `grants` are ACEs (see `tests.directory.maker.make_ace`) put on objects, `owners` new owners; both name the trustee
    by its sAMAccountName or its SID.
    """

    plant: str = ""
    repair: str = ""
    fails: Expected = field(default_factory=dict)
    cures: Expected = field(default_factory=dict)
    grants: list[tuple[str, str, int, str | None]] = field(default_factory=list)
    owners: list[tuple[str, str]] = field(default_factory=list)

    def __add__(self, other: "Fault") -> "Fault":
        return Fault(
            self.plant + other.plant,
            other.repair + self.repair,
            merged(self.fails, other.fails),
            merged(self.cures, other.cures),
            self.grants + other.grants,
            self.owners + other.owners,
        )

    def failing(self, fails: Mapping[str | tuple[str, int], set[str]]) -> "Fault":
        """The same fault, which makes these points fail: by id, or by id and level."""
        return self + Fault(fails=keyed(fails))


def merged(one: Expected, other: Expected) -> Expected:
    return {key: one.get(key, set()) | other.get(key, set()) for key in one.keys() | other.keys()}


def keyed(fails: Mapping[str | tuple[str, int], set[str]]) -> Expected:
    return {(f"vuln_{k}", 0) if isinstance(k, str) else (f"vuln_{k[0]}", k[1]): names for k, names in fails.items()}


def ago(**duration: float) -> int:
    """A moment before now as a FILETIME."""
    return int(((NOW - timedelta(**duration)).timestamp() + 11_644_473_600) * 10_000_000)


def created(**duration: float) -> str:
    """A moment before now as a GeneralizedTime."""
    return (NOW - timedelta(**duration)).strftime("%Y%m%d%H%M%S.0Z")


def lines(attributes: Mapping[str, Values]) -> str:
    """Attributes as LDIF lines; `_` stands for `-` in names."""
    text = ""
    for name, values in attributes.items():
        for value in values if isinstance(values, list) else [values]:
            shown = f":: {base64.b64encode(value).decode()}" if isinstance(value, bytes) else f": {value}"
            text += f"{name.replace('_', '-')}{shown}\n"
    return text


def new(dn: str, *classes: str, **attributes: Values) -> Fault:
    """A new object; repaired by its deletion."""
    plant = f"dn: {dn}\nchangetype: add\n{lines({'objectClass': list(classes)})}{lines(attributes)}\n"
    return Fault(plant=plant, repair=f"dn: {dn}\nchangetype: delete\n\n")


def change(dn: str, attribute: str, value: Values | None, *, back: Values | None = None) -> Fault:
    """An attribute replaced (None removes it); repaired by putting `back` its former value."""

    def record(wanted: Values | None) -> str:
        name = attribute.replace("_", "-")
        body = lines({attribute: wanted}) if wanted is not None else ""
        return f"dn: {dn}\nchangetype: modify\nreplace: {name}\n{body}-\n\n"

    return Fault(plant=record(value), repair=record(back))


def member(group: str, who: str) -> Fault:
    """A member of a group more; repaired by taking it out."""

    def record(verb: str) -> str:
        return f"dn: {group}\nchangetype: modify\n{verb}: member\nmember: {who}\n-\n\n"

    return Fault(plant=record("add"), repair=record("delete"))


def user(name: str, control: int = 0, **attributes: Values) -> Fault:
    """A healthy active user, with these userAccountControl bits more."""
    values: dict[str, Values] = {
        "sAMAccountName": name,
        "userAccountControl": ENABLED_USER | control,
        "pwdLastSet": ago(days=10),
        "lastLogonTimestamp": ago(days=1),
    }
    return new(dn_of_user(name), "user", **{**values, **attributes})


def dn_of_user(name: str) -> str:
    return f"CN={name},{USERS}"


def computer(name: str, control: int = 0, **attributes: Values) -> Fault:
    """A healthy active server, with these userAccountControl bits more."""
    values: dict[str, Values] = {
        "sAMAccountName": f"{name}$",
        "userAccountControl": ENABLED_COMPUTER | control,
        "operatingSystem": "Windows Server 2022 Standard",
        "operatingSystemVersion": "10.0 (20348)",
        "pwdLastSet": ago(days=10),
        "lastLogonTimestamp": ago(days=1),
    }
    return new(f"CN={name},{COMPUTERS}", "computer", **{**values, **attributes})


def group(name: str, *members: str, **attributes: Values) -> Fault:
    """A security group with these members (DNs)."""
    made = new(f"CN={name},{USERS}", "group", sAMAccountName=name, **attributes)
    for who in members:
        made += member(f"CN={name},{USERS}", who)
    return made
