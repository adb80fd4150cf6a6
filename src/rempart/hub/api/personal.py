"""What the API holds about a person: their tokens, which die with their account."""

from rempart.hub.accounts.models import User
from rempart.hub.accounts.services.personal import forgets, holds, iso
from rempart.hub.api.models import ApiToken


@holds("jetons d’API")
def tokens(user: User) -> object:
    """Return the tokens of a person."""
    rows = ApiToken.objects.filter(user=user).order_by("created_at", "id")
    return [
        {"nom": name, "portée": scopes, "du": iso(created), "au": iso(expires), "retiré": iso(revoked)}
        for name, scopes, created, expires, revoked in rows.values_list(
            "name", "scopes", "created_at", "expires_at", "revoked_at"
        )
    ]


@forgets
def end_tokens(user: User) -> None:
    """Delete the tokens: they name what a person called them."""
    ApiToken.objects.filter(user=user).delete()
