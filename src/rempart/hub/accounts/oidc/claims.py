"""What is kept of all that a provider tells: a stable identifier, two names, and the FINESS numbers it knows.

The FINESS numbers only propose an attachment: they give no right, and are forgotten with the session.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rempart.hub.accounts.oidc.failures import SignInFailure
from rempart.hub.accounts.oidc.providers import OpenIdProvider
from rempart.hub.accounts.oidc.tokens import Claims

_FINESS = re.compile(r"[0-9][0-9AB][0-9]{7}")
_FINESS_KEYS = ("numeroFinessSite", "numeroFinessetablissementJuridique")
"""As Pro Santé Connect writes them, odd capitals included."""
MOST = 20
"""FINESS numbers proposed: nobody practises in more places than that."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who a provider says it is."""

    provider: str
    subject: str
    given_name: str
    family_name: str
    finess: tuple[str, ...] = ()


def read_person(provider: OpenIdProvider, claims: Claims) -> Person:
    """Return the four fields kept of a userinfo; almost every claim may be missing or empty, but the stable id.

    Raises:
        SignInFailure: no stable identifier.

    """
    subject = _word(claims, provider.subject_claim, 255)
    if not subject:
        raise SignInFailure("identity_nameless")
    given, family = (_word(claims, name, 80) for name in (provider.given_name_claim, provider.family_name_claim))
    return Person(provider.code.value, subject, given, family, tuple(dict.fromkeys(_finess(claims)))[:MOST])


def _word(claims: Claims, name: str, longest: int) -> str:
    value = claims.get(name)
    return value.strip()[:longest] if isinstance(value, str) else ""


def _finess(claims: Claims) -> Iterator[str]:
    for practice in _objects(claims.get("SubjectRefPro"), "exercices"):
        for activity in _objects(practice, "activities"):
            for key in _FINESS_KEYS:
                value = activity.get(key)
                if isinstance(value, str) and _FINESS.fullmatch(value):
                    yield value


def _objects(holder: object, name: str) -> Iterator[dict[str, object]]:
    """Yield the JSON objects of a list that may be absent, empty or something else."""
    items = holder.get(name) if isinstance(holder, dict) else None
    yield from (item for item in items if isinstance(item, dict)) if isinstance(items, list) else ()
