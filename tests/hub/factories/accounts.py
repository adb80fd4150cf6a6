"""People with their roles, for tests: `person(Role.EDITOR, entity=...)`, `sign_in(client, user)`."""

import itertools

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client

from rempart.hub.accounts.models import Delegation, Membership, User
from rempart.hub.accounts.roles import APPLICANT_ROLES, REGION_ROLES, Role
from rempart.hub.territory.models import Department, Ght, GhtMembership, GhtRole, LegalEntity, Region, Status

PASSWORD = "un long mot de passe de test"
_counter = itertools.count(1)
_hashed = ""


def _password() -> str:
    """The password's hash, made once: hashing is slow on purpose."""
    global _hashed  # noqa: PLW0603 — kept for the whole run
    _hashed = _hashed or make_password(PASSWORD)
    return _hashed


def a_region(code: str = "84", name: str = "Région de test") -> Region:
    """A region with one département of the same code."""
    region, _ = Region.objects.get_or_create(code=code, defaults={"name": name, "agency": f"ARS {name}"})
    Department.objects.get_or_create(code=code, defaults={"finess_code": code, "name": name, "region": region})
    return region


def an_entity(region: Region | None = None, **fields) -> LegalEntity:
    """A public legal entity of `region`."""
    region = region or a_region()
    number = next(_counter)
    fields = {"finess": f"{number:09d}", "name": f"Établissement {number} (fictif)", "status": Status.PUBLIC, **fields}
    return LegalEntity.objects.create(department=region.departments.order_by("code").first(), **fields)


def a_ght(region: Region | None = None, *, support: LegalEntity | None = None, members=()) -> Ght:
    """A GHT with its support establishment and its members."""
    region = region or a_region()
    number = next(_counter)
    ght = Ght.objects.create(code=f"G{number}", name=f"GHT {number} (fictif)", region=region)
    if support is not None:
        GhtMembership.objects.create(ght=ght, legal_entity=support, role=GhtRole.SUPPORT)
    for member in members:
        GhtMembership.objects.create(ght=ght, legal_entity=member, role=GhtRole.MEMBER)
    return ght


def person(role: Role | None = None, *, region=None, entity=None, ght=None, **fields) -> User:
    """A person who can sign in with `PASSWORD`, holding `role`; its territory is made when none is given."""
    number = next(_counter)
    fields = {"email": f"personne{number}@exemple.test", "first_name": "Camille", "last_name": f"Nom{number}", **fields}
    user = User.objects.create(password=_password(), **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if role is not None:
        give(user, role, region=region, entity=entity, ght=ght)
    return user


def give(user: User, role: Role, *, region=None, entity=None, ght=None) -> Membership:
    """Give a role, on a territory made when none is given."""
    if role in REGION_ROLES:
        region = region or a_region()
    if role in APPLICANT_ROLES and ght is None:
        entity = entity or an_entity()
    return Membership.objects.create(user=user, role=role, region=region, legal_entity=entity, ght=ght)


def delegation(ght: Ght, entity: LegalEntity, by: User) -> Delegation:
    """The member lets the GHT's support establishment act."""
    return Delegation.objects.create(ght=ght, legal_entity=entity, given_by=by)


def sign_in(client: Client, user: User) -> Client:
    """Sign `user` in as one who came through an identity provider: no second factor is asked of them."""
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    session["account_authentication_methods"] = [{"method": "oidc", "at": 0, "provider": "psc"}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client
