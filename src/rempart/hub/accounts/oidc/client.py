"""The sign-in itself: leave with an attempt kept in the session, come back with a code, learn who it is."""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Self
from urllib.parse import urlencode

from rempart.hub.accounts.oidc import network, tokens
from rempart.hub.accounts.oidc.claims import Person, read_person
from rempart.hub.accounts.oidc.failures import SignInFailure
from rempart.hub.accounts.oidc.providers import OpenIdProvider

PATIENCE = timedelta(minutes=15)
"""How long a person may stay at the provider's before coming back."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What the session keeps between leaving and coming back. Each secret has 43 characters: ProConnect wants 32."""

    provider: str
    state: str
    nonce: str
    verifier: str
    started: float

    @classmethod
    def new(cls, provider: OpenIdProvider, at: datetime) -> Self:
        """Return a fresh attempt."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(provider.code.value, state, nonce, verifier, at.timestamp())


@dataclass(frozen=True, slots=True)
class Outcome:
    """Who came back, and the identity token that ends the provider's session (empty when it is not needed)."""

    person: Person
    token: str


def leave(provider: OpenIdProvider, attempt: Attempt, redirect_uri: str) -> str:
    """Return the provider's address to send the browser to."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(attempt.verifier.encode()).digest()).rstrip(b"=").decode()
    parameters = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "scope": provider.scopes,
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **({"acr_values": " ".join(provider.acr)} if provider.acr else {}),
    }
    return _with(network.metadata(provider)["authorization_endpoint"], parameters)


def come_back(
    provider: OpenIdProvider, attempt: Attempt, answer: Mapping[str, str], *, redirect_uri: str, at: datetime
) -> Outcome:
    """Return who signed in, from the parameters the provider sent the browser back with.

    Raises:
        SignInFailure: any check that failed, by name.

    """
    _check_answer(provider, attempt, answer, at)
    given = _exchange(provider, attempt, answer["code"], redirect_uri)
    identity = tokens.identity_token(provider, given.get("id_token"), nonce=attempt.nonce, at=at)
    claims = _userinfo(provider, str(given.get("access_token", "")))
    if not claims.get("sub") or claims.get("sub") != identity.get("sub"):
        raise SignInFailure("identity_mismatch")
    return Outcome(read_person(provider, claims), str(given["id_token"]) if provider.ends_session else "")


def end_session(provider: OpenIdProvider, token: str, redirect_uri: str) -> str | None:
    """Return the address that ends the provider's own session, if it has one."""
    endpoint = network.metadata(provider).get("end_session_endpoint")
    if not (endpoint and token and provider.ends_session):
        return None
    state = secrets.token_urlsafe(32)
    return _with(endpoint, {"id_token_hint": token, "state": state, "post_logout_redirect_uri": redirect_uri})


def _check_answer(provider: OpenIdProvider, attempt: Attempt, answer: Mapping[str, str], at: datetime) -> None:
    if not compare_digest(answer.get("state", "").encode(), attempt.state.encode()):
        raise SignInFailure("state_mismatch")
    if at.timestamp() - attempt.started > PATIENCE.total_seconds():
        raise SignInFailure("attempt_expired")
    if answer.get("iss", provider.issuer) != provider.issuer:  # RFC 9207: another provider's answer
        raise SignInFailure("issuer_mismatch", "iss")
    if "error" in answer:
        raise SignInFailure("cancelled" if answer["error"] == "access_denied" else "refused_by_provider")
    if not answer.get("code"):
        raise SignInFailure("refused_by_provider", "no code")


def _exchange(provider: OpenIdProvider, attempt: Attempt, code: str, redirect_uri: str) -> dict[str, object]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "client_id": provider.client_id,
        "client_secret": provider.client_secret,
        "code_verifier": attempt.verifier,
    }
    response = network.fetch("POST", network.metadata(provider)["token_endpoint"], data=form)
    return network.read_object(response, "code_refused")


def _userinfo(provider: OpenIdProvider, access_token: str) -> tokens.Claims:
    headers = {"Authorization": f"Bearer {access_token}"}
    response = network.fetch("GET", network.metadata(provider)["userinfo_endpoint"], headers=headers)
    if response.is_success and response.headers.get("content-type", "").startswith("application/jwt"):
        return tokens.signed_identity(provider, response.text.strip())
    if provider.identity_signed:
        raise SignInFailure("identity_unsigned" if response.is_success else "code_refused")
    return network.read_object(response, "code_refused")


def _with(url: str, parameters: Mapping[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(parameters)}"
