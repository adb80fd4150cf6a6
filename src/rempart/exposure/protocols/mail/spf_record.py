"""One SPF record: its terms and what is wrong with them (grammar of RFC 7208, section 12)."""

import ipaddress
import re
from dataclasses import dataclass

_LONGEST_NAME = 253
_WORDS_AT_MOST = 2000
"""Terms that are read; a TXT record of 64 KiB may hold thirty thousand."""
_MACRO = r"%\{[slodiphcrtv][0-9]*r?[.\-+,/_=]*\}|%%|%_|%-"
_MACRO_STRING = re.compile(rf"(?:{_MACRO}|[!-$&-~])*", re.IGNORECASE)
_END = re.compile(rf"(?:\.(?:[a-z0-9]*[a-z][a-z0-9]*|[a-z0-9]+-[a-z0-9-]*[a-z0-9])\.?|{_MACRO})\Z", re.IGNORECASE)
_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9\-_.]*)=(.*)\Z", re.DOTALL)
_MECHANISM = re.compile(r"([+\-~?]?)([A-Za-z][A-Za-z0-9\-_.]*)([:/].*)?\Z", re.DOTALL)
_RANGE = re.compile(r"(?:/(0|[1-9][0-9]?))?(?://(0|[1-9][0-9]{0,2}))?\Z")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Term:
    """A mechanism or a modifier. `domain` is "" when the record's own domain is meant."""

    text: str
    name: str
    qualifier: str = "+"
    domain: str = ""
    network: Network | None = None
    widest: int | None = None  # the shortest IPv4 prefix that `a` or `mx` asks for, None when it asks for none

    @property
    def has_macro(self) -> bool:
        """Whether the domain depends on the message."""
        return "%" in self.domain


@dataclass(frozen=True)
class Problem:
    """A fault: its code (`spf.syntax`...) and the term or name where it stands."""

    code: str
    where: str


@dataclass(frozen=True)
class Record:
    """The terms in order and the faults. With a fault, receivers answer "permerror": the record protects nobody."""

    terms: tuple[Term, ...]
    problems: tuple[Problem, ...]

    def first(self, name: str) -> Term | None:
        """Return the first term of that name."""
        return next((term for term in self.terms if term.name == name), None)


def is_spf(text: str) -> bool:
    """Tell an SPF record from the other TXT records (RFC 7208, section 4.5)."""
    return re.match(r"v=spf1(?: |\Z)", text, re.IGNORECASE) is not None


def parse(text: str) -> Record:
    """Return the terms of a record that `is_spf`, and its faults."""
    terms: list[Term] = []
    problems: list[Problem] = []
    words = [word for word in text.split(" ")[1:] if word]
    if len(words) > _WORDS_AT_MOST:
        problems.append(Problem("spf.too_long", str(len(words))))
    for word in words[:_WORDS_AT_MOST]:
        found = _term(word)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            terms.append(found)
    problems += [
        Problem("spf.repeated", f"{name}=")
        for name in ("redirect", "exp")
        if sum(term.name == f"{name}=" for term in terms) > 1
    ]
    return Record(tuple(terms), tuple(problems))


def _term(word: str) -> Term | Problem:
    modifier = _MODIFIER.match(word)
    if modifier and ":" not in modifier[1]:
        name = modifier[1].lower()
        checked = _is_domain if name in {"redirect", "exp"} else _is_macro_string
        if not checked(modifier[2]):
            return Problem("spf.syntax", _short(word))
        return Term(word, f"{name}=", domain=modifier[2])
    mechanism = _MECHANISM.match(word)
    if mechanism is None:
        return Problem("spf.syntax", _short(word))
    qualifier, name, rest = mechanism[1] or "+", mechanism[2].lower(), mechanism[3] or ""
    read = _READERS.get(name)
    if read is None:
        return Problem("spf.unknown_mechanism", _short(word))
    return read(word, qualifier, rest) or Problem("spf.syntax", _short(word))


def _all(word: str, qualifier: str, rest: str) -> Term | None:
    return None if rest else Term(word, "all", qualifier)


def _named(word: str, qualifier: str, rest: str) -> Term | None:
    """`include` and `exists`: a domain is obligatory."""
    name = "include" if "include" in word.lower().partition(":")[0] else "exists"
    return Term(word, name, qualifier, rest[1:]) if rest[:1] == ":" and _is_domain(rest[1:]) else None


def _pointer(word: str, qualifier: str, rest: str) -> Term | None:
    return Term(word, "ptr", qualifier, rest[1:]) if not rest or (rest[0] == ":" and _is_domain(rest[1:])) else None


def _host(word: str, qualifier: str, rest: str) -> Term | None:
    """`a` and `mx`: a domain and two prefix lengths, all optional."""
    name = "mx" if word.lower().lstrip("+-~?").startswith("mx") else "a"
    ranges = _RANGE.search(rest)
    assert ranges is not None  # noqa: S101 — it matches the empty end
    four, six = (int(part) if part else None for part in ranges.groups())
    domain = rest[: ranges.start()]
    if (four or 0) > 32 or (six or 0) > 128 or (domain and not (domain[0] == ":" and _is_domain(domain[1:]))):  # noqa: PLR2004 — bits of an address
        return None
    return Term(word, name, qualifier, domain[1:], widest=four)


def _network(word: str, qualifier: str, rest: str) -> Term | None:
    """`ip4` and `ip6`."""
    four = word.lower().lstrip("+-~?").startswith("ip4")
    kind = ipaddress.IPv4Network if four else ipaddress.IPv6Network
    if rest[:1] != ":" or re.search(r"/(?:0[0-9]|[^0-9])|/\Z", rest):
        return None
    try:
        return Term(word, "ip4" if four else "ip6", qualifier, network=kind(rest[1:], strict=False))
    except ValueError:
        return None


_READERS = {
    "all": _all,
    "include": _named,
    "exists": _named,
    "ptr": _pointer,
    "a": _host,
    "mx": _host,
    "ip4": _network,
    "ip6": _network,
}


def _is_macro_string(text: str) -> bool:
    return _MACRO_STRING.fullmatch(text) is not None


def _is_domain(text: str) -> bool:
    """A `domain-spec`: a macro string that ends in a top label or in a macro."""
    return len(text) <= _LONGEST_NAME and _is_macro_string(text) and _END.search(text) is not None


def _short(word: str) -> str:
    return word if len(word) <= 80 else f"{word[:77]}..."  # noqa: PLR2004 — what a cell of a table holds
