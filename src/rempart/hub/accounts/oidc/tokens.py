"""Signed tokens read and checked: signature, kind of signature, issuer, audience, times."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError, UnsupportedAlgorithmError

from rempart.hub.accounts.oidc import network
from rempart.hub.accounts.oidc.failures import SignInFailure
from rempart.hub.accounts.oidc.providers import OpenIdProvider

LEEWAY = timedelta(seconds=60)
"""How far two clocks may be apart."""

Claims = Mapping[str, object]


def identity_token(provider: OpenIdProvider, token: object, *, nonce: str, at: datetime) -> Claims:
    """Return the claims of an identity token that passed every check (OpenID Connect Core, 3.1.3.7).

    Raises:
        SignInFailure: which check it failed.

    """
    if not isinstance(token, str):
        raise SignInFailure("token_missing")
    claims = signed(provider, token)
    _check_issuer_and_audience(provider, claims)
    if claims.get("azp", provider.client_id) != provider.client_id:
        raise SignInFailure("audience_mismatch", "azp")
    expires, issued = (_moment(claims, name) for name in ("exp", "iat"))
    if expires + LEEWAY.total_seconds() <= at.timestamp():
        raise SignInFailure("token_expired")
    if issued - LEEWAY.total_seconds() > at.timestamp():
        raise SignInFailure("token_from_future")
    if claims.get("nonce") != nonce:
        raise SignInFailure("nonce_mismatch")
    if provider.acr and claims.get("acr") not in provider.acr:
        raise SignInFailure(provider.acr_failure, str(claims.get("acr")))
    return claims


def signed_identity(provider: OpenIdProvider, token: str) -> Claims:
    """Return the claims of a userinfo answered as a signed JWT; it has an issuer and an audience, no nonce."""
    claims = signed(provider, token)
    _check_issuer_and_audience(provider, claims)
    return claims


def signed(provider: OpenIdProvider, token: str) -> Claims:
    """Return the claims of a JWT signed by the provider with a kind of signature we admit."""
    try:
        return _decoded(provider, token, unknown=False)
    except (InvalidKeyIdError, BadSignatureError):
        return _decoded_with_new_keys(provider, token)


def _decoded_with_new_keys(provider: OpenIdProvider, token: str) -> Claims:
    try:
        return _decoded(provider, token, unknown=True)
    except (InvalidKeyIdError, BadSignatureError) as error:
        raise SignInFailure("signature_invalid", type(error).__name__) from error


def _decoded(provider: OpenIdProvider, token: str, *, unknown: bool) -> Claims:
    keys = network.keys(provider, unknown=unknown)
    try:
        return jwt.decode(token, keys, algorithms=list(provider.signatures)).claims
    except (InvalidKeyIdError, BadSignatureError):
        raise
    except UnsupportedAlgorithmError as error:
        raise SignInFailure("signature_kind") from error
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise SignInFailure("signature_invalid", type(error).__name__) from error


def _check_issuer_and_audience(provider: OpenIdProvider, claims: Claims) -> None:
    if claims.get("iss") != provider.issuer:
        raise SignInFailure("issuer_mismatch")
    audience = claims.get("aud")
    if provider.client_id not in (audience if isinstance(audience, list) else [audience]):
        raise SignInFailure("audience_mismatch")


def _moment(claims: Claims, name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SignInFailure("token_expired" if name == "exp" else "token_from_future", f"no {name}")
    return value
