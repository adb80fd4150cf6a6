"""Rapid7's recog files, when a hospital loads them: XML read with every kind of entity refused."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

import polars as pl
from polars.exceptions import ComputeError

from rempart.exposure.fingerprints.matcher import Matcher, Pattern, accepted
from rempart.exposure.fingerprints.model import Where
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

MOST_BYTES = 1 << 25
MOST_FINGERPRINTS = 20_000

PLACES = {
    "dns.versionbind": Where.DNS,
    "favicon.md5": Where.FAVICON,
    "ftp.banner": Where.FTP,
    "html_title": Where.TITLE,
    "http_header.cookie": Where.COOKIE,
    "http_header.server": Where.SERVER,
    "http_header.wwwauth": Where.AUTHENTICATE,
    "http_header.x-powered-by": Where.POWERED,
    "imap4.banner": Where.IMAP,
    "ldap.search_result": Where.LDAP,
    "mysql.banners": Where.MYSQL,
    "pop3.banner": Where.POP3,
    "rtsp_header.server": Where.RTSP,
    "sip_header.server": Where.SIP,
    "smb.native_lm": Where.SMB_LM,
    "smb.native_os": Where.SMB_OS,
    "smtp.banner": Where.SMTP,
    "snmp.sys_description": Where.SNMP,
    "snmp.sys_object_id": Where.SNMP_OBJECT,
    "ssh.banner": Where.SSH,
    "tls.jarm": Where.JARM,
    "x509.issuer": Where.ISSUER,
    "x509.subject": Where.SUBJECT,
    "telnet": Where.TELNET,  # the one file that names a protocol instead of what it matches
}
"""What recog calls the texts it matches (its attribute `matches`), and our word for it."""

_FLAGS = {"REG_ICASE": "i", "REG_MULTILINE": "s"}


@dataclass(frozen=True)
class Fingerprint:
    """One fingerprint: `params` are (group number, field, value); group 0 means that the value is a constant."""

    where: str
    regex: str
    description: str
    params: tuple[tuple[int, str, str], ...]
    examples: tuple[tuple[str, dict[str, str]], ...] = ()


@dataclass(frozen=True)
class Recog:
    """What one file holds. Fingerprints this engine cannot read are counted in `flaws`, with their place."""

    fingerprints: tuple[Fingerprint, ...]
    flaws: tuple[str, ...] = field(default=())

    @cached_property
    def matcher(self) -> Matcher:
        """The fingerprints made ready; a rank is a place in `fingerprints`."""
        return Matcher(Pattern(rank, item.where, item.regex) for rank, item in enumerate(self.fingerprints))

    def first(self, texts: pl.DataFrame) -> pl.DataFrame:
        """Return the first match of each text, as recog has it (see `Matcher.match`)."""
        return self.matcher.match(texts).unique(["where", "text"], keep="first", maintain_order=True)


def is_recog(content: bytes) -> bool:
    """Tell a recog file by its content."""
    return b"<fingerprints" in content[:65_536]


def read(content: bytes, where: str) -> Recog:
    """Read one recog file.

    Raises:
        InputError: not XML, XML with a document type or entities, not recog, or larger than any recog file.

    """
    root = _parse(content, where)
    place = PLACES.get(root.get("matches") or root.get("protocol") or "")
    items = root.findall("fingerprint")
    if root.tag != "fingerprints" or place is None or len(items) > MOST_FINGERPRINTS:
        what = root.get("matches") or root.get("protocol") or root.tag
        raise InputError(
            Text(fr=f"fichier recog inconnu (« {what} »)", en=f"unknown recog file ({what})"),
            where=where,
        )
    kept, flaws = [], []
    for number, item in enumerate(items, start=1):
        try:
            kept.append(_fingerprint(item, place))
        except (ComputeError, ValueError, KeyError) as error:
            flaws.append(f"{where}, fingerprint {number}: {type(error).__name__}")
    return Recog(tuple(kept), tuple(flaws))


class _NoEntities(TreeBuilder):
    """A tree without document type: nothing to expand, nothing to fetch."""

    def doctype(self, name: str, _public: str | None, _system: str | None) -> None:
        raise ValueError(f"document type {name}")


def _parse(content: bytes, where: str) -> Element:
    refused = Text(fr="fichier XML refusé", en="XML file refused")
    if len(content) > MOST_BYTES or b"<!ENTITY" in content or b"<!DOCTYPE" in content:
        raise InputError(refused, where, Text(fr="Entités ou taille hors norme.", en="Entities, or beyond any size."))
    try:
        parser = XMLParser(target=_NoEntities())  # noqa: S314 - no document type, so no entity to expand
        parser.feed(content)
        root = parser.close()
    except (ParseError, ValueError, LookupError) as error:
        raise InputError(Text(fr=f"XML illisible ({error})", en=f"unreadable XML ({error})"), where) from error
    if not isinstance(root, Element):
        raise InputError(refused, where)
    return root


def _fingerprint(item: Element, place: Where) -> Fingerprint:
    flags = [_FLAGS[flag] for flag in (item.get("flags") or "").split(",") if flag in _FLAGS]
    regex = accepted(f"(?{''.join(flags)}){item.attrib['pattern']}" if flags else item.attrib["pattern"])
    params = tuple(
        (int(param.get("pos", "0")), param.attrib["name"], param.get("value", "")) for param in item.findall("param")
    )
    return Fingerprint(
        where=str(place),
        regex=regex,
        description=" ".join((item.findtext("description") or "").split()),
        params=params,
        examples=tuple(_examples(item)),
    )


def _examples(item: Element) -> Iterator[tuple[str, dict[str, str]]]:
    for example in item.findall("example"):
        expected = {name: value for name, value in example.attrib.items() if not name.startswith("_")}
        text = example.text or ""
        if example.get("_encoding") == "base64":
            text = base64.b64decode(text).decode("utf-8", "replace")
        yield text, expected


def fields(fingerprint: Fingerprint, groups: list[str | None] | None) -> dict[str, str]:
    """Return what a match says: constants, captured groups, then values that name other fields in braces."""
    caught = groups or []
    said: dict[str, str] = {}
    for number, name, value in fingerprint.params:
        found = value if number == 0 else (caught[number - 1] if number <= len(caught) else None)
        if found is not None:
            said[name] = found
    for name, value in said.items():
        if "{" in value:
            said[name] = _filled(value, said)
    return said


def _filled(value: str, said: dict[str, str]) -> str:
    for name, found in said.items():
        value = value.replace("{" + name + "}", found)
    return value.partition("{")[0].rstrip(":") if "{" in value else value


def to_json(fingerprint: Fingerprint) -> str:
    """Return the params of a fingerprint, to be kept in a table."""
    return json.dumps(fingerprint.params, ensure_ascii=False)


def from_json(where: str, regex: str, params: str) -> Fingerprint:
    """Return the fingerprint kept in a table."""
    return Fingerprint(where, regex, "", tuple((int(number), str(n), str(v)) for number, n, v in json.loads(params)))
