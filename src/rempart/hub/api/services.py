"""Making and withdrawing tokens, and counting their use."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.scope import Scope
from rempart.hub.api.models import ApiToken, Reach, digest_of
from rempart.hub.common.errors import Refusal

PREFIX = "rpt_"
LONGEST_DAYS = 365
MOST_TOKENS = 20


def rate() -> int:
    """Return how many calls one token may make in a minute."""
    return int(settings.REMPART_API_RATE)


def create(name: str, scopes: Iterable[str], days: int, *, by: User, at: datetime) -> tuple[ApiToken, str]:
    """Make a token and return it with its secret, which is shown once and kept nowhere.

    Raises:
        Refusal: no name, no scope or an unknown one, more than a year, no role, or too many tokens.

    """
    asked = [scope for scope in Reach.values if scope in set(scopes)]
    if not name.strip() or not asked:
        raise Refusal(_("Donnez un nom au jeton et au moins une portée."), "token_incomplete")
    if not 1 <= days <= LONGEST_DAYS:
        raise Refusal(_("Un jeton dure d’un jour à un an."), "token_duration")
    if Scope.of(by).is_empty:
        raise Refusal(_("Vous n’avez pas encore de rôle : un jeton ne servirait à rien."), "no_role")
    if ApiToken.objects.usable(at).filter(user=by).count() >= MOST_TOKENS:
        raise Refusal(_("Vous avez déjà beaucoup de jetons : retirez ceux qui ne servent plus."), "too_many_tokens")
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=by,
        name=name.strip()[:80],
        start=secret[:10],
        digest=digest_of(secret),
        scopes=asked,
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    return token, secret


def revoke(token: ApiToken, *, by: User, at: datetime) -> None:
    """Withdraw a token: the next call that presents it is refused.

    Raises:
        Refusal: the token of somebody else.

    """
    if token.user_id != by.pk:
        raise Refusal(_("Ce jeton n’est pas le vôtre."), "not_your_token")
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at)


def count_use(token: ApiToken, *, at: datetime) -> int:
    """Note that a token serves now and return how many calls it made in this minute, over all web processes."""
    minute = at.replace(second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO api_tokenuse AS used (token_id, last_used_at, minute, count)"
            " VALUES (%(token)s, %(at)s, %(minute)s, 1)"
            " ON CONFLICT (token_id) DO UPDATE SET last_used_at = %(at)s, minute = %(minute)s,"
            " count = CASE WHEN used.minute = %(minute)s THEN used.count + 1 ELSE 1 END RETURNING count",
            {"token": token.pk, "at": at, "minute": minute},
        )
        return int(cursor.fetchone()[0])
