from datetime import UTC, datetime, timedelta

from rempart.hub.accounts.roles import Role
from rempart.hub.api.models import ApiToken
from tests.hub.factories.accounts import person
from tests.hub.matrix import SIGNED_IN, Row

TOKENS_ONLY: set[str] = set()
"""A session opens no operation: a token does, and the tests of the API present them."""


def furnish(world):
    now = datetime.now(UTC)
    world.token = ApiToken.objects.create(
        user=person(Role.DNS_PILOT),
        name="t",
        digest="0" * 64,
        scopes=["read:files"],
        expires_at=now + timedelta(days=1),
    )


def number(world):  # noqa: ARG001
    return ["T-2026-0001"]


ROWS = [
    Row("api_docs"),
    Row("api_tokens", allowed=SIGNED_IN),
    Row("api_token_revoke", allowed=set(), arguments=lambda world: [world.token.pk], method="POST"),
    Row("api-1:openapi-json"),
    Row("api-1:api-root", allowed=TOKENS_ONLY),
    Row("api-1:me", allowed=TOKENS_ONLY),
    Row("api-1:list_calls", allowed=TOKENS_ONLY),
    Row("api-1:read_call", allowed=TOKENS_ONLY, arguments=number),
    Row("api-1:read_figures", allowed=TOKENS_ONLY),
    Row("api-1:list_files", allowed=TOKENS_ONLY),
    Row("api-1:read_file", allowed=TOKENS_ONLY, arguments=number),
    Row("api-1:list_requirements", allowed=TOKENS_ONLY, arguments=number),
    Row("api-1:ask_challenge", allowed=TOKENS_ONLY, arguments=number, method="POST"),
    Row("api-1:deposit", allowed=TOKENS_ONLY, arguments=number, method="POST"),
]
