"""Tokens, and clients that present them."""

from datetime import UTC, datetime

from django.test import Client

from rempart.hub.accounts.models import User
from rempart.hub.api import services
from rempart.hub.api.models import Reach


def a_token(user: User, *scopes: str, days: int = 30, at: datetime | None = None) -> str:
    """A new token's secret; all scopes unless some are named."""
    return services.create("essai", scopes or Reach.values, days, by=user, at=at or datetime.now(UTC))[1]


def client_of(user: User, *scopes: str) -> Client:
    """A client that presents a token of `user` at every call."""
    return Client(headers={"authorization": f"Bearer {a_token(user, *scopes)}"})
