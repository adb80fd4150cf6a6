"""The grade of a service by the SSL Labs rating guide 2009r (16 May 2025), every part shown.

Score: versions 30 %, key exchange 30 %, cipher 40 %; then what is wrong caps the letter. Attacks not tried here
(Heartbleed, CCS, Ticketbleed, DROWN, ROBOT, POODLE on TLS) cap nothing, and HSTS is judged with the web.
"""

from dataclasses import dataclass

import polars as pl

from rempart.exposure.controls.tls_certificates import leaves
from rempart.exposure.facts import ENDPOINT
from rempart.exposure.protocols.tls import registry as reg
from rempart.exposure.surface import Surface

VERSION_POINTS = {reg.SSL2: 0, reg.SSL3: 80, reg.TLS10: 90, reg.TLS11: 95, reg.TLS12: 100, reg.TLS13: 100}
LETTERS = ((80, "A"), (65, "B"), (50, "C"), (35, "D"), (20, "E"), (0, "F"))
_ORDER = ("A", "A-", "B", "C", "D", "E", "F")
_WEAK = ("MD2", "MD4", "MD5")
_SHORT_BLOCKS = ("3DES_CBC", "DES_CBC", "IDEA_CBC", "RC2_CBC", "SKIPJACK_CBC")


@dataclass(frozen=True, slots=True)
class Grade:
    """A letter, the score it rests on, its three parts (0 to 100), and what capped it."""

    letter: str
    score: int
    protocol: int
    exchange: int
    cipher: int
    caps: tuple[str, ...]


def _steps(value: int, steps: tuple[tuple[int, int], ...], best: int = 100) -> int:
    return next((points for limit, points in steps if value < limit), best)


def exchange_points(bits: int) -> int:
    """Return the points of a key exchange as strong as an RSA modulus of `bits`."""
    return _steps(bits, ((1, 0), (512, 20), (1024, 40), (2048, 80), (4096, 90)))


def cipher_points(bits: int) -> int:
    """Return the points of a cipher of `bits`."""
    return _steps(bits, ((1, 0), (128, 20), (256, 80)))


def grade(versions: list[str], bits: list[int], exchange_bits: int, caps: dict[str, str]) -> Grade:
    """Return the grade.

    Args:
        versions: the versions offered, one at least.
        bits: the strength of each suite offered, one at least.
        exchange_bits: the weakest key exchange, as an RSA modulus.
        caps: what is wrong, with the best letter it leaves (T and M stand outside the order).

    """
    points = [VERSION_POINTS[version] for version in versions]
    protocol = (min(points) + max(points)) // 2
    exchange = exchange_points(exchange_bits)
    cipher = (cipher_points(min(bits)) + cipher_points(max(bits))) // 2
    score = round(0.3 * protocol + 0.3 * exchange + 0.4 * cipher)
    letter = next(letter for least, letter in LETTERS if score >= least)
    if 0 in (protocol, exchange, cipher):
        letter = "F"
    for cap in caps.values():
        if cap in _ORDER and _ORDER.index(cap) > _ORDER.index(letter):
            letter = cap
    outside = next((cap for cap in caps.values() if cap in {"T", "M"}), None)
    return Grade(outside or letter, score, protocol, exchange, cipher, tuple(caps))


def rsa_strength(key: str, bits: int) -> int:
    """Return the RSA modulus that a key of this kind is worth, in bits (NIST SP 800-57, table 2)."""
    if key in {"RSA", "DSA", "DH"}:
        return bits
    return _steps(bits, ((160, 512), (224, 1024), (256, 2048), (384, 3072)), 7680)


def grades(surface: Surface) -> pl.DataFrame:
    """Return the services with `grade`, its parts and `bad` (under A-); null where not all was tested."""
    keys = list(ENDPOINT)
    rows = []
    for service in surface.facts("tls_services").filter(pl.col("tls")).iter_rows(named=True):
        mine = [pl.col(column) == service[column] for column in keys]
        found = _one(surface, service, mine)  # a loop: a grade is a case, not a column
        rows.append({column: service[column] for column in keys} | found)
    text, small = pl.String(), pl.Int64()
    schema = surface.facts("tls_services").select(keys).schema | {"grade": text, "score": small, "protocol": small}
    schema |= {"exchange": small, "cipher": small, "caps": text, "bad": pl.Boolean()}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _one(surface: Surface, service: dict[str, object], mine: list[pl.Expr]) -> dict[str, object]:
    versions = surface.facts("tls_protocols").filter(*mine, pl.col("offered"))["version"].to_list()
    suites = surface.facts("tls_suites").filter(*mine)
    leaf = leaves(surface).filter(*mine, pl.col("readable")).head(1)
    if suites.is_empty() or leaf.is_empty() or not versions:
        return {"bad": None}
    key = leaf.row(0, named=True)
    sizes = [rsa_strength(key["algorithm"], key["key_bits"] or 0), *suites["dh_bits"].drop_nulls().to_list()]
    if not suites.filter(pl.col("export")).is_empty():
        sizes.append(511)
    caps = _caps(versions, suites, key, service)
    found = grade(versions, suites["bits"].to_list(), min(sizes), caps)
    bad = None if not service["tested"] and found.letter.startswith("A") else not found.letter.startswith("A")
    return {
        "grade": found.letter,
        "score": found.score,
        "protocol": found.protocol,
        "exchange": found.exchange,
        "cipher": found.cipher,
        "caps": ", ".join(found.caps),
        "bad": bad,
    }


def _caps(
    versions: list[str], suites: pl.DataFrame, leaf: dict[str, object], service: dict[str, object]
) -> dict[str, str]:
    """Return what caps the grade, with the best letter it leaves."""

    def any_suite(condition: pl.Expr) -> bool:
        return not suites.filter(condition).is_empty()

    modern = pl.col("version").is_in([reg.TLS11, reg.TLS12])
    wrong = {
        ("untrusted", "T"): service["trusted"] is False,
        ("SHA-1", "T"): leaf["signature"] == "SHA1",
        ("name", "M"): leaf["covers"] is False,
        ("SSL 2.0", "F"): reg.SSL2 in versions,
        ("only SSL", "F"): set(versions) <= {reg.SSL2, reg.SSL3},
        ("< 112 bits", "F"): any_suite(pl.col("bits") < 112),  # noqa: PLR2004 — the guide's figure
        ("anonymous", "F"): any_suite(pl.col("authentication") == "anon"),
        ("export", "F"): any_suite(pl.col("export")),
        ("MD5", "F"): leaf["signature"] in _WEAK,
        ("no TLS 1.2", "C"): not {reg.TLS12, reg.TLS13} & set(versions),
        ("compression", "C"): service["compression"] is True,
        ("RC4 in TLS 1.1+", "C"): any_suite((pl.col("cipher") == "RC4") & modern),
        ("64-bit blocks", "C"): any_suite(pl.col("cipher").is_in(_SHORT_BLOCKS)),
        ("old versions", "B"): bool({reg.SSL3, reg.TLS10, reg.TLS11} & set(versions)),
        ("no forward secrecy", "B"): not any_suite(pl.col("fs")),
        ("no AEAD", "B"): not any_suite(pl.col("aead")),
        ("RC4", "B"): any_suite(pl.col("cipher") == "RC4"),
        ("no TLS 1.3", "A-"): reg.TLS13 not in versions,
        ("renegotiation", "A-"): service["secure_renegotiation"] is False,
    }
    return {name: letter for (name, letter), there in wrong.items() if there}
