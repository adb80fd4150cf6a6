"""The public key that signs a domain's mail (RFC 6376, section 3.6.1; Ed25519: RFC 8463)."""

import base64
import binascii
import re
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from rempart.exposure.protocols.mail.tags import parse_tags

_ED25519_BYTES = 32
_SEEN = frozenset({"v", "k", "p", "h"})


@dataclass(frozen=True)
class Key:
    """A key record. `bits` is None when the key cannot be read; `problem` is a code, "" when all is well."""

    algorithm: str
    bits: int | None
    problem: str = ""
    revoked: bool = False
    testing: bool = False
    sha1_only: bool = False


def is_key(text: str) -> bool:
    """Tell a key record from another TXT record at the same name (a wildcard, a site's verification)."""
    tags = parse_tags(text)
    return "p" in tags.pairs and tags.get("v", "DKIM1") == "DKIM1"


def parse(text: str) -> Key:
    """Return what a record that `is_key` says.

    Raises:
        Malformed: a record of more than 200 tags.

    """
    tags = parse_tags(text)
    algorithm = tags.get("k", "rsa").lower()
    hashes = {part.strip().lower() for part in tags.get("h").split(":") if part.strip()}
    testing = "y" in {part.strip() for part in tags.get("t").split(":")}
    sha1_only = hashes == {"sha1"}
    public = re.sub(r"\s", "", tags.get("p"))
    if not public:
        return Key(algorithm, None, revoked=True, testing=testing, sha1_only=sha1_only)
    bits, problem = _measure(algorithm, public)
    if "v" in tags.pairs and tags.first[0] != "v":
        problem = problem or "dkim.version_not_first"
    return Key(algorithm, bits, problem, testing=testing, sha1_only=sha1_only)


def _measure(algorithm: str, public: str) -> tuple[int | None, str]:
    """Return the size of a key in bits, or why it cannot be told."""
    try:
        der = base64.b64decode(public + "=" * (-len(public) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None, "dkim.unreadable_key"
    if algorithm == "ed25519":
        return (256, "") if len(der) == _ED25519_BYTES else (None, "dkim.unreadable_key")
    if algorithm != "rsa":
        return None, "dkim.unknown_algorithm"
    try:
        key = load_der_public_key(der)
    except (ValueError, UnsupportedAlgorithm):
        return None, "dkim.unreadable_key"
    return (key.key_size, "") if isinstance(key, RSAPublicKey) else (None, "dkim.unreadable_key")
