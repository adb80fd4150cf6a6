"""Frames of what TLS services accept, read from the raw bytes of the hellos and of the full handshakes.

`tls_services`, `tls_protocols`, `tls_suites`, `tls_groups`, `tls_signatures`, `tls_extensions`. Endpoint columns first;
null means not known. "Offered" is a ServerHello that was seen; "completed" is a handshake that went to its end.
"""

from collections.abc import Iterable

import polars as pl

from rempart.exposure.facts import ENDPOINT, asked, facts
from rempart.exposure.facts.heard import (
    INAPPROPRIATE_FALLBACK,
    OLD_FIRST,
    Heard,
    Key,
    clear_bytes,
    detail_of,
    endpoint_of,
    heard,
    offered,
    untested,
)
from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.tls import registry as reg
from rempart.exposure.protocols.tls import ssl2
from rempart.exposure.snapshot import Outcome, Snapshot

_KEY = {"address": pl.String(), "port": pl.UInt16(), "transport": pl.String(), "name": pl.String()}
_SUITE_FIELDS = ("name", "key_exchange", "authentication", "cipher", "bits", "mac", "export", "fs")
_MANNERS = (
    *("tls", "tested", "server_order", "fallback", "compression", "secure_renegotiation", "heartbeat"),
    *("extended_secret", "tickets", "stapled", "sha1_signature", "trusted", "completed"),
)
Row = dict[str, object]


def frame(rows: Iterable[Row], **columns: pl.DataType) -> pl.DataFrame:
    """Return rows as a frame of facts about services."""
    return pl.DataFrame(list(rows), schema={**_KEY, **columns}, orient="row")


def place(key: Key) -> Row:
    """Return the endpoint's columns."""
    return dict(zip(ENDPOINT, key, strict=True))


def full_handshakes(snapshot: Snapshot) -> dict[Key, list[Row]]:
    """Return, by endpoint, what each full handshake gave: its detail, with how it ended under `outcome`."""
    found: dict[Key, list[Row]] = {}
    for row in asked(snapshot, "tls.full").iter_rows(named=True):
        version = str(row["question"])[:7]
        said: Row = {"asked": version, "asked_suite": ""} | detail_of(row) | {"outcome": row["outcome"]}
        found.setdefault(endpoint_of(row), []).append(said)
    return found


def _old(snapshot: Snapshot) -> dict[Key, bool | None]:
    """Return, by endpoint, whether SSL 2.0 is offered."""
    found: dict[Key, bool | None] = {}
    for row in asked(snapshot, "tls.ssl2").iter_rows(named=True):
        told = row["outcome"] in {Outcome.ANSWERED, Outcome.CLOSED, Outcome.RESET}
        try:
            found[endpoint_of(row)] = (ssl2.read_answer(clear_bytes(row)) is not None) if told else None
        except Malformed:
            found[endpoint_of(row)] = None
    return found


@facts("tls_protocols")
def protocols(snapshot: Snapshot) -> pl.DataFrame:
    """Versions: `version`, `rank` (0 for SSL 2.0), `offered`, `completed` and the `suite` it ended with.

    `completed` is null when no full handshake was asked or the local OpenSSL cannot speak the version.
    """
    old, full, rows = _old(snapshot), full_handshakes(snapshot), []
    for key, items in heard(snapshot).items():
        for rank, version in enumerate(OLD_FIRST):
            done = [said for said in full.get(key, []) if said["asked"] == version and not said["asked_suite"]]
            seen = old.get(key) if version == reg.SSL2 else offered(items, version)
            rows.append(place(key) | {"version": version, "rank": rank, "offered": seen} | _completed(done))
    return frame(
        rows, version=pl.String(), rank=pl.UInt8(), offered=pl.Boolean(), completed=pl.Boolean(), suite=pl.String()
    )


def _completed(done: list[Row]) -> Row:
    """Return whether one of these handshakes went to its end."""
    best = next((said for said in done if said.get("completed")), None)
    if best is not None:
        return {"completed": True, "suite": best.get("suite")}
    failed = any(said["outcome"] in {Outcome.FAILED, Outcome.RESET, Outcome.CLOSED} for said in done)
    return {"completed": False if failed else None, "suite": None}


@facts("tls_suites")
def suites(snapshot: Snapshot) -> pl.DataFrame:
    """Suites offered: `version`, `code`, what `suites.toml` says, `order` (of the server's choices), group and DH size.

    `etm` says whether encrypt-then-mac was agreed with it. `completed` is true for a kind of suite that one full
    handshake confirmed (no cipher, no authentication), null where none was asked.
    """
    full, rows = full_handshakes(snapshot), []
    for key, items in heard(snapshot).items():
        confirmed = {said["asked_suite"] for said in full.get(key, []) if said.get("completed")}
        order: dict[str, int] = {}
        for item in items:
            answer = item.answer
            if item.what != "suites" or not item.taken or answer is None or answer.suite not in reg.suites():
                continue
            suite = reg.suites()[answer.suite or 0]
            order[item.hello.version] = order.get(item.hello.version, 0) + 1
            hollow = {"eNULL"} if suite.cipher == "NULL" else {"aNULL"} if suite.authentication == "anon" else set()
            exchange = answer.exchange
            rows.append(
                place(key)
                | {"version": item.hello.version, "code": suite.code, "suite": suite.name, "aead": suite.aead}
                | {field: getattr(suite, field) for field in _SUITE_FIELDS if field != "name"}
                | {"order": order[item.hello.version], "completed": True if hollow & confirmed else None}
                | {"group": _group_name(exchange.group) if exchange else None}
                | {"dh_bits": exchange.bits if exchange else None}
                | {"etm": reg.extensions()["encrypt_then_mac"] in answer.extensions}
            )
    text, flag, small = pl.String(), pl.Boolean(), pl.UInt16()
    columns = {"version": text, "code": small, "suite": text, "aead": flag, "key_exchange": text}
    columns |= {"authentication": text, "cipher": text, "bits": small, "mac": text, "export": flag, "fs": flag}
    columns |= {"order": small, "completed": flag, "group": text, "dh_bits": small, "etm": flag}
    return frame(rows, **columns)


def _group_name(code: int | None) -> str | None:
    return reg.groups()[code].name if code in reg.groups() else None


@facts("tls_groups")
def groups(snapshot: Snapshot) -> pl.DataFrame:
    """Groups of key exchange: `version` it was seen in first, `group`, `kind` (ec, ff, hybrid, pq), `bits`, `strength`.

    Of the finite-field groups of TLS 1.3 the first one is asked; their presence is the fact, all are large.
    """
    rows: list[Row] = []
    for key, items in heard(snapshot).items():
        seen: set[int] = set()
        for item in items:
            code = item.answer.exchange.group if item.taken and item.answer and item.answer.exchange else None
            if code is None or code in seen or code not in reg.groups():
                continue
            seen.add(code)
            group = reg.groups()[code]
            said: Row = {"group": group.name, "kind": group.kind, "bits": group.bits, "strength": group.strength}
            rows.append(place(key) | {"version": item.hello.version} | said)
    return frame(rows, version=pl.String(), group=pl.String(), kind=pl.String(), bits=pl.UInt16(), strength=pl.UInt16())


@facts("tls_signatures")
def signatures(snapshot: Snapshot) -> pl.DataFrame:
    """How the server signs its handshakes: `version`, `scheme`, `key`, `hash`; only schemes that were seen used."""
    rows: list[Row] = []
    for key, items in heard(snapshot).items():
        for item in items:
            code = item.answer.exchange.signature if item.taken and item.answer and item.answer.exchange else None
            if code is not None and code in reg.signatures():
                scheme = reg.signatures()[code]
                said: Row = {"scheme": scheme.name, "key": scheme.key, "hash": scheme.hash}
                rows.append(place(key) | {"version": item.hello.version} | said)
    return frame(rows, version=pl.String(), scheme=pl.String(), key=pl.String(), hash=pl.String()).unique(
        maintain_order=True
    )


@facts("tls_extensions")
def extensions(snapshot: Snapshot) -> pl.DataFrame:
    """Extensions the server answered with: `version`, `extension` (its name, or its number)."""
    names = {code: name for name, code in reg.extensions().items()}
    rows = [
        place(key) | {"version": item.hello.version, "extension": names.get(code, str(code))}
        for key, items in heard(snapshot).items()
        for item in items
        if item.taken and item.answer
        for code in item.answer.extensions
    ]
    return frame(rows, version=pl.String(), extension=pl.String()).unique(maintain_order=True)


@facts("tls_services")
def services(snapshot: Snapshot) -> pl.DataFrame:
    """One row a service: whether it speaks TLS at all, whether all was asked, and its manners.

    Columns: `tls`, `tested` (no suite of an offered version left unknown), `server_order`, `fallback` (refuses a
    downgrade), `compression`, `secure_renegotiation`, `heartbeat`, `extended_secret`, `tickets`, `stapled`,
    `alpn` (the protocol agreed), `sha1_signature` (signs SHA-1 or MD5 when nothing else is offered),
    `trusted`, `trust_code` (X509_V_ERR of OpenSSL) and `completed`.
    """
    full = full_handshakes(snapshot)
    rows = [place(key) | _manners(items) | _trust(full.get(key, [])) for key, items in heard(snapshot).items()]
    columns: dict[str, pl.DataType] = dict.fromkeys(_MANNERS, pl.Boolean())
    return frame(rows, **columns, alpn=pl.String(), trust_code=pl.Int32())


def _manners(items: list[Heard]) -> Row:
    taken = [item.answer for item in items if item.taken and item.answer]
    before = [answer for answer in taken if answer.version != reg.TLS13]
    numbers = reg.extensions()

    def said(extension: str) -> bool | None:
        return any(numbers[extension] in answer.extensions for answer in before) if before else None

    protocol = next((a.extensions[16] for a in taken if 16 in a.extensions), b"")  # noqa: PLR2004 — ALPN
    readable = [answer for answer in taken if answer.whole]
    answered = any(item.answer is not None for item in items)
    return {
        "tls": True if taken else (False if answered else None),
        "tested": not any(untested(items, version) for version in OLD_FIRST[1:]) if answered else False,
        "server_order": _server_order(items),
        "fallback": _refuses_fallback(items),
        "compression": any(answer.compression for answer in before) if before else (False if taken else None),
        "secure_renegotiation": said("renegotiation_info") if before else (True if taken else None),
        "heartbeat": said("heartbeat") if before else (False if taken else None),
        "extended_secret": said("extended_master_secret"),
        "tickets": said("session_ticket"),
        "stapled": any(answer.stapled for answer in readable) if readable else None,
        "alpn": protocol[3:].decode("ascii", "replace") or None,
        "sha1_signature": _weak_signature(items),
    }


def _server_order(items: list[Heard]) -> bool | None:
    """Whether the server picks the same suite when ours come in the opposite order."""
    asked_it = next((item for item in items if item.what == "order" and item.taken and item.answer), None)
    if asked_it is None or asked_it.answer is None:
        return None
    return asked_it.answer.suite == asked_it.hello.suites[-1]


def _refuses_fallback(items: list[Heard]) -> bool | None:
    """Whether a client that comes down a version is warned (RFC 7507)."""
    asked_it = next((item for item in items if item.what == "fallback" and item.answer), None)
    if asked_it is None or asked_it.answer is None:
        return None
    return not asked_it.answer.offered if asked_it.answer.alert != INAPPROPRIATE_FALLBACK else True


def _weak_signature(items: list[Heard]) -> bool | None:
    """Whether SHA-1 or MD5 is signed; it was asked of those only that sign in TLS 1.2."""
    if not any(item.what == "signatures" for item in items):
        return False if any(item.taken for item in items) else None
    asked_it = next((item for item in items if item.what == "signatures" and item.answer), None)
    if asked_it is None or asked_it.answer is None:
        return None
    exchange = asked_it.answer.exchange
    code = exchange.signature if exchange and asked_it.taken else None
    return code in reg.signatures() and reg.signatures()[code or 0].hash in {"SHA1", "MD5"}


def _trust(done: list[Row]) -> Row:
    """Return whether the chain leads to a root that this machine trusts; null when it trusts none at all."""
    checked = next((said for said in done if said.get("trusted") is not None and said.get("roots")), None)
    return {
        "trusted": checked["trusted"] if checked else None,
        "trust_code": checked.get("why") if checked else None,
        "completed": any(said.get("completed") for said in done) if done else None,
    }
