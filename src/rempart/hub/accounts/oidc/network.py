"""What is read from a provider: metadata and keys, kept an hour; keys are read again when it signs with a new one."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from urllib.parse import urlsplit

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from rempart.hub.accounts.oidc.failures import SignInFailure
from rempart.hub.accounts.oidc.providers import OpenIdProvider

KEEP = 3600.0
"""Seconds during which metadata and keys are not asked for again."""
AT_MOST_EVERY = 30.0
"""Seconds between two readings of the keys, whatever unknown key tokens name."""
LARGEST = 1_000_000
"""Bytes: no answer of a provider comes near."""
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")


def fetch(method: str, url: str, **options: object) -> httpx.Response:
    """Return a provider's answer, whatever its status.

    Raises:
        SignInFailure: it does not answer in ten seconds, or answers too much.

    """
    try:
        with httpx.Client(timeout=10, follow_redirects=False) as client:
            response = client.request(method, url, **options)  # type: ignore[arg-type]
    except httpx.HTTPError as error:
        raise SignInFailure("unreachable", type(error).__name__) from error
    if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR or len(response.content) > LARGEST:
        raise SignInFailure("unreachable", str(response.status_code))
    return response


def read_object(response: httpx.Response, failure: str) -> dict[str, object]:
    """Return the JSON object of an answer."""
    try:
        content = response.json()
    except ValueError as error:
        raise SignInFailure(failure, "not JSON") from error
    if response.is_error or not isinstance(content, dict):
        raise SignInFailure(failure, str(response.status_code))
    return content


@dataclass(slots=True)
class Known:
    """What is kept of one provider, by monotonic time."""

    metadata: dict[str, str] = field(default_factory=dict)
    metadata_at: float = 0.0
    keys: KeySet | None = None
    keys_at: float = 0.0


_known: dict[OpenIdProvider, Known] = {}
_lock = Lock()


def forget() -> None:
    """Forget all that was read: the next sign-in asks again."""
    with _lock:
        _known.clear()


def metadata(provider: OpenIdProvider) -> Mapping[str, str]:
    """Return the provider's own description of itself, checked: right issuer, https (or this very machine)."""
    kept = _of(provider)
    if not kept.metadata or time.monotonic() - kept.metadata_at > KEEP:
        found = read_object(fetch("GET", provider.issuer + provider.discovery_path), "discovery_invalid")
        if found.get("issuer") != provider.issuer:
            raise SignInFailure("discovery_invalid", "issuer")
        for name in _ENDPOINTS:
            if not _is_safe(found.get(name)):
                raise SignInFailure("discovery_invalid", name)
        kept.metadata = {name: value for name, value in found.items() if isinstance(value, str)}
        kept.metadata_at = time.monotonic()
    return kept.metadata


def keys(provider: OpenIdProvider, *, unknown: bool = False) -> KeySet:
    """Return the provider's public keys; `unknown` reads them again, because a token names one that is not there."""
    kept = _of(provider)
    age = time.monotonic() - kept.keys_at
    if kept.keys is None or age > (AT_MOST_EVERY if unknown else KEEP):
        found = read_object(fetch("GET", metadata(provider)["jwks_uri"]), "discovery_invalid")
        try:
            kept.keys = KeySet.import_key_set(found)  # type: ignore[arg-type]
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise SignInFailure("discovery_invalid", "keys") from error
        kept.keys_at = time.monotonic()
    return kept.keys


def _of(provider: OpenIdProvider) -> Known:
    with _lock:
        return _known.setdefault(provider, Known())


def _is_safe(url: object) -> bool:
    if not isinstance(url, str):
        return False
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
