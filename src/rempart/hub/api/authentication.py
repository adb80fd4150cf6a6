"""Which scope of a token an operation needs."""

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.errors import HttpError
from ninja.security import HttpBearer

from rempart.hub.accounts.models import User
from rempart.hub.api.models import ApiToken, Reach


class Bearer(HttpBearer):
    """A token of the house; the middleware has read it already."""

    def __init__(self, scope: Reach | None = None) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """Return the token, or None for a 401.

        Raises:
            HttpError: 403, the token lacks the scope.

        """
        del token
        found: ApiToken | None = getattr(request, "api_token", None)
        if found is not None and self.scope is not None and not found.reaches(self.scope):
            raise HttpError(403, _("Ce jeton n’a pas la portée « %(scope)s ».") % {"scope": self.scope.value})
        return found


anyone = Bearer()
reads_files = Bearer(Reach.READ_FILES)
reads_figures = Bearer(Reach.READ_FIGURES)
writes_attestations = Bearer(Reach.WRITE_ATTESTATIONS)


def token_of(request: HttpRequest) -> ApiToken:
    """Return the token that this operation's check accepted."""
    token: ApiToken = request.auth  # type: ignore[attr-defined]
    return token


def person_of(request: HttpRequest) -> User:
    """Return the person the token acts for: everything is read and done with their rights."""
    return token_of(request).user


def needing(scope: Reach | None) -> dict[str, str]:
    """Return what the description says an operation needs of a token."""
    return {"x-scope": scope.value if scope else ""}
