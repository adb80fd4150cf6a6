"""Who may open which address: one table, walked whole. A page that is not in it fails the test.

Each room of pages declares its rows in `tests/hub/matrix_rows/<room>.py`:

    ROWS = [
        Row("people", allowed={ADMIN, LEAD, PLATFORM}),
        Row("role_end", allowed={ADMIN}, arguments=lambda world: [world.editor_role.pk], method="POST"),
    ]

and, when its pages need objects, `def furnish(world)`, which adds them to the world as attributes. The actors are each
role held on the world's own territory, each role held elsewhere (`elsewhere(role)`), a person without role, nobody.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Literal

from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from rempart.hub.accounts.roles import APPLICANT_ROLES, NATION_ROLES, REGION_ROLES, Role
from tests.hub import matrix_rows
from tests.hub.factories.accounts import a_ght, a_region, an_entity, person, sign_in

NOBODY, STRANGER = "nobody", "stranger"
"""Nobody is signed in; the stranger is, and holds no role."""


def elsewhere(role: Role) -> str:
    """The actor who holds `role` on another territory."""
    return f"{role}@elsewhere"


LOCAL_ROLES = [role for role in Role if role in APPLICANT_ROLES | REGION_ROLES]
FAR = {elsewhere(role) for role in LOCAL_ROLES}
SIGNED_IN = {STRANGER, *(str(role) for role in Role), *FAR}
EVERYBODY = {NOBODY, *SIGNED_IN}
APPLICANTS = {str(role) for role in APPLICANT_ROLES}
AGENCY = {str(role) for role in REGION_ROLES}
NATION = {str(role) for role in NATION_ROLES}


@dataclass(frozen=True)
class Row:
    """An address and who may open it. `arguments` are those of its path, taken from the world.

    `method` is how it is asked for; `skip` says why an address is not walked (it must still be declared).
    """

    name: str
    allowed: set[str] = field(default_factory=lambda: EVERYBODY)
    arguments: Callable[[SimpleNamespace], list[object]] = lambda world: []  # noqa: ARG005
    method: Literal["GET", "POST"] = "GET"
    data: Callable[[SimpleNamespace], dict[str, object]] = lambda world: {}  # noqa: ARG005
    query: str = ""
    skip: str = ""


def rows() -> list[Row]:
    """All the rows, room by room."""
    return [row for room in _rooms() for row in room.ROWS]


def build() -> SimpleNamespace:
    """The world: two regions, an applicant alone, a GHT of two, and what each room adds."""
    region, far_region = a_region("84", "Région de test"), a_region("11", "Région d’ailleurs")
    entity, far_entity = an_entity(region), an_entity(far_region)
    support, member = an_entity(region), an_entity(region)
    world = SimpleNamespace(
        region=region,
        far_region=far_region,
        entity=entity,
        far_entity=far_entity,
        support=support,
        member=member,
        ght=a_ght(region, support=support, members=[member]),
    )
    for room in _rooms():
        getattr(room, "furnish", lambda world: None)(world)  # noqa: ARG005
    return world


def actor(world: SimpleNamespace, name: str):
    """The person who plays `name`; None is nobody."""
    if name in {NOBODY, STRANGER}:
        return person() if name == STRANGER else None
    role, _, far = name.partition("@")
    places = {"region": world.far_region, "entity": world.far_entity} if far else vars(world)
    kind = "region" if role in REGION_ROLES else "entity" if role in APPLICANT_ROLES else None
    return person(Role(role), **({kind: places[kind]} if kind else {}))


def opens(row: Row, world: SimpleNamespace, who: str) -> bool:
    """Whether the address opens: it is neither refused, nor unknown, nor sent to the sign-in page."""
    client = Client(raise_request_exception=True)
    user = actor(world, who)
    if user is not None:
        sign_in(client, user)
    path = reverse(row.name, args=row.arguments(world)) + row.query
    with transaction.atomic():
        response = client.get(path, follow=True) if row.method == "GET" else client.post(path, row.data(world))
        transaction.set_rollback(True)  # what one actor does, the next must not find done
    assert response.status_code < 500, f"{row.name} {who}: {response.status_code}"
    assert response.status_code != 405, f"{row.name} does not answer {row.method}"
    refused = response.status_code in {401, 403, 404}
    arrived = response.request["PATH_INFO"] if row.method == "GET" else response.headers.get("Location", "")
    return not refused and (row.name == "account_login" or not arrived.startswith(reverse("account_login")))


def addresses(patterns=None, namespace: str = "") -> Iterator[str]:
    """The name of every address of the site; one without a name is its own defect."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from addresses(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"


def _rooms():
    names = sorted(module.name for module in pkgutil.iter_modules(matrix_rows.__path__))
    return [importlib.import_module(f"{matrix_rows.__name__}.{name}") for name in names]
