"""The second factor at sign-in: asked of those who gave a password, not of those an identity provider vouches for."""

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest

OIDC = "oidc"
"""The method written in the session's record of how the person was recognised, when a provider did it."""


class SecondFactorStage(AuthenticateStage):  # type: ignore[misc]  # allauth has no types
    """allauth's own stage, but for people who come through an identity provider."""

    def _should_handle(self, request: HttpRequest) -> bool:
        records = get_authentication_records(request, self.login.user)
        if records and records[-1].get("method") == OIDC:
            return False
        return bool(super()._should_handle(request))
