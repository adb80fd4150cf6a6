"""The identity providers, one dataclass each: what differs between them is data, the protocol is written once."""

from dataclasses import dataclass, field

from django.conf import settings

from rempart.hub.accounts.models import Provider

SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384")
"""Public-key signatures only: neither `none` nor a secret shared with the provider proves who signed."""


@dataclass(frozen=True, slots=True)
class OpenIdProvider:
    """An OpenID provider, as its own documents describe it.

    `discovery_path` is added to the issuer; the levels of `acr` are asked for, and the identity token must come with
    one of them, else `acr_failure` says why not; `identity_signed` refuses a userinfo that is plain JSON.
    """

    code: Provider
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    discovery_path: str
    scopes: str
    subject_claim: str
    family_name_claim: str
    given_name_claim: str
    identity_signed: bool
    acr: tuple[str, ...] = ()
    acr_failure: str = "acr_too_low"
    signatures: tuple[str, ...] = SIGNATURES
    ends_session: bool = False

    @property
    def label(self) -> str:
        """The provider's name for people."""
        return str(self.code.label)


def pro_sante_connect(issuer: str, client_id: str, client_secret: str) -> OpenIdProvider:
    """Return Pro Santé Connect: discovery under its own name, `eidas1`, people known by `SubjectNameID`."""
    return OpenIdProvider(
        code=Provider.PSC,
        issuer=issuer,
        client_id=client_id,
        client_secret=client_secret,
        discovery_path="/.well-known/wallet-openid-configuration",
        scopes="openid scope_all",
        acr=("eidas1",),
        subject_claim="SubjectNameID",
        family_name_claim="family_name",
        given_name_claim="given_name",
        identity_signed=False,
    )


def proconnect(issuer: str, client_id: str, client_secret: str) -> OpenIdProvider:
    """Return ProConnect: it refuses any parameter it does not know, always signs the identity, ends its session.

    The levels are asked for as `acr_values`, which a provider may leave unmet: an essential claim would fail at those
    without a second factor, with a page of theirs. Here the answer is checked, and the refusal says what to do.
    """
    return OpenIdProvider(
        code=Provider.PROCONNECT,
        issuer=issuer,
        client_id=client_id,
        client_secret=client_secret,
        discovery_path="/.well-known/openid-configuration",
        scopes="openid given_name usual_name",
        subject_claim="sub",
        family_name_claim="usual_name",
        given_name_claim="given_name",
        identity_signed=True,
        acr=tuple(settings.PROCONNECT_ACR),
        acr_failure="second_factor_lacking",
        ends_session=True,
    )


_MAKERS = {Provider.PSC: pro_sante_connect, Provider.PROCONNECT: proconnect}


def configured() -> dict[str, OpenIdProvider]:
    """Return the providers this site has keys for, by code; a provider without keys is not offered."""
    return {code: _MAKERS[Provider(code)](*keys) for code, keys in settings.OIDC_PROVIDERS.items() if all(keys)}
