"""How mail to a domain must travel: MTA-STS (RFC 8461), TLS-RPT (RFC 8460), DANE (RFC 7672)."""

import re
from dataclasses import dataclass

from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.mail.tags import parse_tags

LONGEST_AGE = 31_557_600
"""Seconds: a year, the most a policy may ask to be kept."""
_POLICY_BYTES = 65_536
_LINES = 1000
_PATTERN = re.compile(r"(?:\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\Z", re.IGNORECASE)
_DIGESTS = {0: 0, 1: 32, 2: 64}
"""Bytes of the data of a TLSA record by matching type; 0 for a whole certificate or key."""


@dataclass(frozen=True)
class Policy:
    """An MTA-STS policy; `problems` are codes."""

    mode: str
    max_age: int | None
    hosts: tuple[str, ...]
    problems: tuple[str, ...]

    def allows(self, host: str) -> bool:
        """Tell whether a mail server matches one of the patterns: a star is one label."""
        name = host.lower().rstrip(".")
        parent = name.partition(".")[2]
        return any(name == pattern or (pattern[:2] == "*." and parent == pattern[2:]) for pattern in self.hosts)


def sts_id(text: str) -> str:
    """Return the id of an MTA-STS record.

    Raises:
        Malformed: not an MTA-STS record, or its id is wrong.

    """
    tags = parse_tags(text)
    if tags.first != ("v", "STSv1"):
        raise Malformed("an MTA-STS record begins with v=STSv1")
    if not re.fullmatch(r"[A-Za-z0-9]{1,32}", tags.get("id")):
        raise Malformed("the id of an MTA-STS record is 1 to 32 letters or digits")
    return tags.get("id")


def parse_policy(content: bytes) -> Policy:
    """Return the policy of an MTA-STS file.

    Raises:
        Malformed: not text, or longer than a policy can be.

    """
    if len(content) > _POLICY_BYTES:
        raise Malformed("a policy of more than 64 KiB")
    try:
        lines = content.decode().splitlines()
    except UnicodeDecodeError as error:
        raise Malformed("a policy is text") from error
    said: dict[str, list[str]] = {}
    for line in lines[:_LINES]:
        key, colon, value = line.partition(":")
        if colon:
            said.setdefault(key.strip(), []).append(value.strip())
    age, mode = said.get("max_age", [""])[0], said.get("mode", [""])[0]
    hosts = tuple(value.lower() for value in said.get("mx", []))
    seconds = int(age) if re.fullmatch(r"[0-9]{1,10}", age) else None
    problems = []
    if said.get("version", [""])[0] != "STSv1":
        problems.append("mta_sts.version")
    if mode not in {"enforce", "testing", "none"}:
        problems.append("mta_sts.mode")
    if seconds is None or seconds > LONGEST_AGE:
        problems.append("mta_sts.max_age")
    if (not hosts and mode != "none") or not all(_PATTERN.match(host) for host in hosts):
        problems.append("mta_sts.mx")
    return Policy(mode, seconds, hosts, tuple(problems))


def report_addresses(text: str) -> tuple[str, ...]:
    """Return where TLS reports go.

    Raises:
        Malformed: not a TLS-RPT record, or one without a usable address.

    """
    tags = parse_tags(text)
    if tags.first != ("v", "TLSRPTv1"):
        raise Malformed("a TLS-RPT record begins with v=TLSRPTv1")
    found = tuple(part.strip() for part in tags.get("rua").split(",") if part.strip())
    if not found or not all(re.match(r"(?i)(mailto:[^\s@]+@[^\s@]+|https://\S+)\Z", address) for address in found):
        raise Malformed("a TLS-RPT record names where reports go")
    return found


def tlsa_usable(usage: int, selector: int, matching: int, data: bytes) -> bool:
    """Tell whether a sender can use a TLSA record of a mail server: DANE-TA or DANE-EE only (RFC 7672, 3.1)."""
    if usage not in {2, 3} or selector not in {0, 1} or matching not in _DIGESTS:
        return False
    return len(data) == _DIGESTS[matching] if matching else bool(data)
