"""A TLS server made of bytes, without a network: the real survey is played against it, and gives a maker's rows."""

import asyncio
from base64 import b64encode
from dataclasses import dataclass, field

from rempart.exposure.collect.question import Endpoint, Observation, Question
from rempart.exposure.collect.surveys import Service
from rempart.exposure.collect.surveys.tls import Inquiry
from rempart.exposure.collect.tls_questions import FullQuestion, HelloQuestion, OldQuestion
from rempart.exposure.protocols.tls import registry as reg
from rempart.exposure.protocols.tls.hello import Hello, client_hello
from rempart.exposure.protocols.tls.reader import vector
from rempart.exposure.snapshot import Outcome
from tests.exposure.lab import certificates
from tests.exposure.maker import ADDRESS, AT, Maker

CODES = {suite.name: code for code, suite in reg.suites().items()}
ECDHE_GCM = CODES["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]
ECDHE_CBC = CODES["TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"]
AES_13 = CODES["TLS_AES_256_GCM_SHA384"]
NAME = "portail.valmont.example"
X25519, HYBRID = 0x001D, 0x11EC


def _alert(number: int) -> bytes:
    return b"\x15\x03\x01\x00\x02\x02" + bytes([number])


def _message(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + vector(3, body)


@dataclass
class Served:
    """What the server accepts. Defaults make one that no control blames."""

    suites: dict[str, tuple[int, ...]] = field(
        default_factory=lambda: {
            reg.TLS13: (AES_13, 0x1303),
            reg.TLS12: (ECDHE_GCM, CODES["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]),
        }
    )
    chain: tuple[bytes, ...] = ()
    groups: tuple[int, ...] = (HYBRID, X25519, 0x0017)
    dh_bits: int = 3072
    compression: int = 0
    extensions: tuple[str, ...] = ("renegotiation_info", "extended_master_secret", "encrypt_then_mac")
    fallback: bool = True
    server_order: bool = True
    weak_signature: bool = False
    stapled: bool = True
    ssl2: bool = False
    trust_code: int = 0
    confirms: bool = True
    silent: tuple[str, ...] = ()
    name: str = NAME

    def answer(self, hello: Hello) -> tuple[Outcome, bytes]:
        """What a hello gets."""
        if hello.version in self.silent:
            return Outcome.TIMEOUT, b""
        mine = self.suites.get(hello.version, ())
        if not mine:
            return Outcome.ANSWERED, _alert(70)
        if reg.FALLBACK_SCSV in hello.suites and self.fallback:
            return Outcome.ANSWERED, _alert(86)
        wanted = mine if self.server_order else hello.suites
        for code in wanted:
            if code in mine and code in hello.suites and self._may(code, hello):
                return Outcome.ANSWERED, self._flight(reg.suites()[code], hello)
        return Outcome.ANSWERED, _alert(40)

    def _may(self, code: int, hello: Hello) -> bool:
        suite = reg.suites()[code]
        needs_group = suite.key_exchange == "ECDHE" or hello.version == reg.TLS13
        if needs_group and self._group(hello) is None:
            return False
        return self._signature(hello) is not None or suite.key_exchange not in {"ECDHE", "DHE"}

    def _group(self, hello: Hello) -> int | None:
        return next((group for group in self.groups if group in hello.groups), None)

    def _signature(self, hello: Hello) -> int | None:
        if hello.version != reg.TLS12:
            return 0
        strong = [code for code in hello.signatures if reg.signatures()[code].hash not in {"SHA1", "MD5"}]
        return strong[0] if strong else (0x0201 if self.weak_signature else None)

    def _flight(self, suite: reg.Suite, hello: Hello) -> bytes:
        new = hello.version == reg.TLS13
        numbers = reg.extensions()
        given = {} if new else {numbers[name]: b"" for name in self.extensions}
        if new:
            given = {
                numbers["supported_versions"]: b"\x03\x04",
                numbers["key_share"]: (self._group(hello) or 0).to_bytes(2),
            }
        if hello.version == reg.SSL3:
            given = {}
        body = min(reg.VERSIONS[hello.version], 0x0303).to_bytes(2) + bytes(32) + b"\x00" + suite.code.to_bytes(2)
        body += bytes([0 if new else self.compression])
        body += vector(2, b"".join(code.to_bytes(2) + vector(2, data) for code, data in given.items()))
        flight = _message(2, body)
        if not new:
            flight += self._clear_part(suite, hello)
        return b"".join(b"\x16\x03\x03" + vector(2, flight[at : at + 16000]) for at in range(0, len(flight), 16000))

    def _clear_part(self, suite: reg.Suite, hello: Hello) -> bytes:
        parts = (
            b""
            if suite.authentication == "anon"
            else _message(11, vector(3, b"".join(vector(3, der) for der in self._certificates())))
        )
        if self.stapled:
            parts += _message(22, b"\x01" + vector(3, b"staple"))
        signed = b"" if suite.authentication == "anon" else vector(2, b"signature")
        if signed and hello.version == reg.TLS12:
            signed = (self._signature(hello) or 0).to_bytes(2) + signed
        if suite.key_exchange == "ECDHE":
            parts += _message(12, b"\x03" + (self._group(hello) or 0).to_bytes(2) + vector(1, b"point") + signed)
        elif suite.key_exchange == "DHE":
            modulus = (1 << (self.dh_bits - 1)).to_bytes(self.dh_bits // 8)
            parts += _message(12, vector(2, modulus) + vector(2, b"\x02") + vector(2, b"\x03") + signed)
        return parts + _message(14, b"")

    def _certificates(self) -> tuple[bytes, ...]:
        return self.chain or default_chain()

    async def ask(self, question: Question, endpoint: Endpoint, subject: str = "") -> Observation:
        """Play the scheduler."""
        sent, detail = b"", {}
        if isinstance(question, HelloQuestion):
            sent = client_hello(question.hello, bytes(range(32)))
            outcome, received = self.answer(question.hello)
        elif isinstance(question, OldQuestion):
            hello = b"\x04\x00\x01\x00\x02\x00\x00\x00\x03\x00\x00\x01\x00\x80"
            outcome, received = (
                (Outcome.ANSWERED, (len(hello) | 0x8000).to_bytes(2) + hello) if self.ssl2 else (Outcome.CLOSED, b"")
            )
        else:
            assert isinstance(question, FullQuestion)
            outcome, received, detail = Outcome.ANSWERED, b"", self._full(question)
            if not detail:
                outcome = Outcome.FAILED
        return Observation(
            subject, endpoint, question.probe, 1, question.label, AT, 0.01, outcome, sent, received, detail
        )

    def _full(self, question: FullQuestion) -> dict[str, object]:
        base: dict[str, object] = {"asked": question.tls, "asked_suite": question.suite}
        if question.trust and self.trust_code:
            return base | {"trusted": False, "why": self.trust_code, "roots": 100, "completed": False}
        if question.suite and not self.confirms:
            return {}
        found = base | {"completed": True, "suite": "X", "bits": 256, "version": question.tls}
        if question.trust:
            found |= {"trusted": True, "roots": 100}
        if question.tls == reg.TLS13:
            found["chain"] = ",".join(b64encode(der).decode() for der in self._certificates())
        return found


def default_chain() -> tuple[bytes, ...]:
    """A good chain: three months of validity, elliptic key, in order, with a proof of transparency beside."""
    return leaf()


_KEPT: dict[str, tuple[bytes, ...]] = {}


def leaf(**changes: object) -> tuple[bytes, ...]:
    """The chain of a leaf valid at the maker's moment, unless `changes` says otherwise."""
    text = repr(sorted(changes.items(), key=str))
    if text not in _KEPT:
        names = changes.pop("names", [NAME])
        own = certificates.leaf(
            certificates.middle(), names, at=AT, key=changes.pop("key", certificates.rsa_key(3072)), **changes
        )
        _KEPT[text] = (own.der, certificates.middle().der)
    return _KEPT[text]


def played(served: Served) -> Maker:
    """The rows of a survey of this server."""
    maker = Maker()
    maker.service(443, "http", tls="direct")
    seen: list[Observation] = []

    async def ask(question: Question, endpoint: Endpoint, subject: str = "") -> Observation:
        seen.append(await served.ask(question, endpoint, subject))
        return seen[-1]

    service = Service(Endpoint(ADDRESS, 443, name=served.name), "http", "direct")
    asyncio.run(Inquiry(service, ask, pause=0).run())
    for each in seen:
        maker.observed(
            each.probe,
            each.received,
            sent=each.sent,
            question=each.question,
            outcome=str(each.outcome),
            name=each.endpoint.name,
            detail=dict(each.detail),
        )
    return maker
