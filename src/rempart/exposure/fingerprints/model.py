"""The catalogue of fingerprints: which texts a product says of itself, and what they tell. Data, and its reading."""

import hashlib
import re
import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

_CPE = re.compile(r"[aho](?::[a-z0-9_\-.\\&+!]+){2}")
_REST = ":*:*:*:*:*:*:*"


class Family(StrEnum):
    """What kind of product it is: controls ask for whole families."""

    WEB_SERVER = "web_server"
    FRAMEWORK = "framework"
    CMS = "cms"
    MAIL = "mail"
    EDGE = "edge"  # VPN, firewall, load balancer, bastion: the entry doors
    REMOTE_ACCESS = "remote_access"
    DATABASE = "database"
    IMAGING = "imaging"  # PACS, RIS, DICOM
    INTEROPERABILITY = "interoperability"  # HL7 and FHIR engines
    RECORDS = "records"  # record and laboratory systems
    HYPERVISOR = "hypervisor"
    BACKUP = "backup"  # backup consoles and storage
    CAMERA = "camera"
    PRINTER = "printer"
    BUILDING = "building"  # building automation, power, telephony
    MONITORING = "monitoring"
    TOOL = "tool"  # IT tools: tickets, builds, administration of databases
    FILES = "files"  # file transfer and sharing
    SHELL = "shell"  # SSH and Telnet servers
    NAMES = "names"  # DNS and directories
    MANAGEMENT = "management"  # out-of-band cards, switches, wireless controllers
    SYSTEM = "system"  # operating systems
    COMPONENT = "component"  # libraries a server says it is made with


class Weight(StrEnum):
    """What it is worth to an attacker: the asset weight of the priority."""

    ENTRY = "entry"
    CARE = "care"
    USUAL = "usual"
    MINOR = "minor"

    @property
    def value_of_asset(self) -> float:
        """1.0 for an entry door or what care depends on, 0.7 usually, 0.4 for what matters little."""
        return {"entry": 1.0, "care": 1.0, "usual": 0.7, "minor": 0.4}[self.value]


class Where(StrEnum):
    """Where a text was read. Each is one text of one service, without its line end."""

    SSH = "ssh.banner"  # what follows SSH-2.0-
    FTP = "ftp.banner"  # greeting without its code
    SMTP = "smtp.banner"
    IMAP = "imap.banner"
    POP3 = "pop3.banner"
    TELNET = "telnet.banner"
    MYSQL = "mysql.banner"  # server version of the greeting
    BANNER = "any.banner"  # first line of a service not named above
    SERVER = "http.server"
    POWERED = "http.powered"  # X-Powered-By
    HEADER = "http.header"  # any header, "name: value", the name in lower case
    TITLE = "http.title"
    COOKIE = "http.cookie"  # one Set-Cookie value
    AUTHENTICATE = "http.authenticate"
    LOCATION = "http.location"
    BODY = "http.body"  # first 16 384 characters of a page
    FAVICON = "http.favicon"  # MD5 of the icon
    SUBJECT = "tls.subject"  # RFC 4514 name of a certificate
    ISSUER = "tls.issuer"
    DICOM = "dicom.version"  # implementation version name
    DICOM_CLASS = "dicom.class"  # implementation class UID
    HL7 = "hl7.sender"  # sending application of an acknowledgement
    SNMP = "snmp.sysdescr"
    SNMP_OBJECT = "snmp.sysobjid"
    DNS = "dns.version"  # version.bind
    LDAP = "ldap.rootdse"
    SMB_OS = "smb.native_os"
    SMB_LM = "smb.native_lm"
    SIP = "sip.server"
    RTSP = "rtsp.server"
    JARM = "tls.jarm"
    STORE = "store.version"  # "redis 7.0.15": the store asked, and the version it told
    BROKER = "amqp.start"  # product and version of an AMQP broker
    PRINTER = "ipp.model"  # make and model of an IPP printer
    SNMP_MAKER = "snmp.enterprise"  # enterprise number of an SNMPv3 engine


class Sign(StrEnum):
    """What a match says beyond the product's name."""

    CONSOLE = "console"  # the page that administers the product
    DEFAULT_PAGE = "default_page"  # the page a fresh installation shows


class Rule(BaseModel):
    """One text the product says. `examples` gives the version each text must yield ("" for none)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    where: Where
    pattern: str
    sign: Sign | None = None
    examples: dict[str, str] = Field(min_length=1)
    misses: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _pattern_is_bounded(self) -> Self:
        compiled = re.compile(self.pattern)
        if set(compiled.groupindex) - {"version", "v1", "v2", "v3", "v4"}:
            raise ValueError("groups are version, or v1 to v4 which are joined by dots")
        if compiled.groups != len(compiled.groupindex):
            raise ValueError("every group has a name; use (?:...) for the others")
        return self


class Product(BaseModel):
    """One product.

    `cpe` is its part, vendor and product of a CPE 2.3 name (`a:f5:nginx`); `also` gives the other `vendor:product`
    names it has in official records; `hides` names the products that are not to be counted beside it on the same
    service, being parts of it; `basis` says where the texts come from.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    vendor: str
    name: str
    family: Family
    weight: Weight = Weight.USUAL
    cpe: str | None = None
    also: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()
    basis: str = Field(pattern="^(observed|documentation|general knowledge)$")
    match: tuple[Rule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _cpe_is_well_formed(self) -> Self:
        if self.cpe is not None and not _CPE.fullmatch(self.cpe):
            raise ValueError(f"not the part, vendor and product of a CPE: {self.cpe}")
        return self

    @property
    def keys(self) -> tuple[str, ...]:
        """The `vendor:product` names it has in official records, its CPE's first."""
        return ((self.cpe[2:],) if self.cpe else ()) + self.also

    def cpe23(self, version: str | None) -> str | None:
        """Return its CPE 2.3 name at a version (any version when None)."""
        if self.cpe is None:
            return None
        escaped = re.sub(r"([^A-Za-z0-9_.\-])", r"\\\1", version.lower()) if version else "*"
        return f"cpe:2.3:{self.cpe}:{escaped}{_REST}"


class Catalogue(BaseModel):
    """Every product by id, and the SHA-256 over the files they come from."""

    model_config = ConfigDict(frozen=True)

    products: dict[str, Product]
    digest: str


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    family: Family
    weight: Weight = Weight.USUAL
    product: tuple[dict[str, object], ...]


@cache
def products() -> Catalogue:
    """Return the catalogue shipped with Rempart: one file a family, `[[product]]` tables."""
    found: dict[str, Product] = {}
    digest = hashlib.sha256()
    for entry in sorted(files(__package__).joinpath("catalogue").iterdir(), key=lambda entry: entry.name):
        content = entry.read_bytes()
        digest.update(f"{entry.name}\0{len(content)}\0".encode() + content)
        part = _File(**tomllib.loads(content.decode()))
        for fields in part.product:
            product = Product.model_validate({"family": part.family, "weight": part.weight, **fields})
            if product.id in found:
                raise ValueError(f"{entry.name}: two products are called {product.id}")
            found[product.id] = product
    return Catalogue(products=found, digest=f"sha256:{digest.hexdigest()}")
