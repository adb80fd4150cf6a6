"""One DMARC record (RFC 9989, section 4): what it asks, and what of it no longer counts."""

import re
from dataclasses import dataclass

from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.mail.tags import Tags, parse_tags

POLICIES = ("none", "quarantine", "reject")
_REMOVED = ("pct", "rf", "ri")
_KNOWN = frozenset({"v", "p", "sp", "np", "adkim", "aspf", "fo", "psd", "rua", "ruf", "t", *_REMOVED})
_ADDRESS = re.compile(r"(?i)mailto:[^\s@!]+@([^\s@!?]+)(?:\?[^!\s]*)?(?:![0-9]+[kmgt]?)?\Z")


@dataclass(frozen=True)
class Record:
    """A record as receivers read it.

    `policy`, `subdomains` and `nonexistent` are what is asked of mail from the domain, from names below it, and from
    names that do not exist; a missing `p` is "none". `testing` (`t=y`) asks that nothing be applied. `removed` are tags
    that RFC 9989 took away, `unknown` tags it never had: both are ignored. `problems` are codes.
    """

    policy: str
    subdomains: str
    nonexistent: str
    testing: bool
    psd: str
    report_hosts: tuple[str, ...]
    removed: tuple[str, ...]
    unknown: tuple[str, ...]
    problems: tuple[str, ...]

    @property
    def enforced(self) -> str:
        """What receivers are asked to do for the domain itself."""
        return "none" if self.testing else self.policy


def is_dmarc(text: str) -> bool:
    """Tell a DMARC record from another TXT record: it begins with its version, letter for letter."""
    return re.match(r"v[ \t]*=[ \t]*DMARC1[ \t]*(?:;|\Z)", text) is not None


def parse(text: str) -> Record:
    """Return a record.

    Raises:
        Malformed: not a DMARC record, or one of more than 200 tags.

    """
    if not is_dmarc(text):
        raise Malformed("a DMARC record begins with v=DMARC1")
    tags = parse_tags(text)
    problems = ["dmarc.syntax"] if tags.broken else []
    problems += ["dmarc.repeated"] if tags.repeated else []
    policy = _policy(tags, "p", "none", problems)
    subdomains = _policy(tags, "sp", policy, problems)
    hosts, wrong = _reports(tags.get("rua"))
    return Record(
        policy=policy,
        subdomains=subdomains,
        nonexistent=_policy(tags, "np", subdomains, problems),
        testing=tags.get("t").lower() == "y",
        psd=tags.get("psd", "u").lower(),
        report_hosts=hosts,
        removed=tuple(tag for tag in _REMOVED if tag in tags.pairs),
        unknown=tuple(sorted(tags.pairs.keys() - _KNOWN)),
        problems=(*problems, *(["dmarc.report_address"] if wrong else []), *_alignment(tags)),
    )


def _policy(tags: Tags, tag: str, default: str, problems: list[str]) -> str:
    """Return the policy of a tag. One that is no policy asks for nothing (section 4.7)."""
    if tag not in tags.pairs:
        if tag == "p":
            problems.append("dmarc.no_policy")
        return default
    value = tags.get(tag).lower()
    if value not in POLICIES:
        problems.append("dmarc.unknown_policy")
        return "none"
    return value


def _alignment(tags: Tags) -> list[str]:
    return ["dmarc.alignment"] if any(tags.get(tag, "r").lower() not in {"r", "s"} for tag in ("adkim", "aspf")) else []


def _reports(value: str) -> tuple[tuple[str, ...], bool]:
    """Return the hosts that aggregate reports go to, and whether an address is wrong."""
    found = [_ADDRESS.match(part.strip()) for part in value.split(",") if part.strip()]
    return tuple(sorted({match[1].lower() for match in found if match})), None in found
