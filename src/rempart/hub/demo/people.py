"""The people of the demonstration: one account for each role, agents in every region, signatories for applicants."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rempart.hub.accounts.models import Delegation, Membership, User
from rempart.hub.accounts.roles import APPLICANT_ROLES, REGION_ROLES, Role
from rempart.hub.territory.models import Ght, GhtMembership, GhtRole, LegalEntity, Region

DOMAIN = "demo.invalid"
"""A top-level domain that no mail can reach (RFC 2606)."""


@dataclass(frozen=True, slots=True)
class Character:
    """One account people may take: its role, and where it is held."""

    login: str
    first_name: str
    last_name: str
    role: Role

    @property
    def email(self) -> str:
        """The account's address."""
        return f"{self.login}@{DOMAIN}"


CAST = (
    Character("redacteur", "Camille", "Rédac", Role.EDITOR),
    Character("signataire", "Dominique", "Direction", Role.SIGNATORY),
    Character("administrateur-ch", "Sacha", "Référent", Role.ESTABLISHMENT_ADMIN),
    Character("instructeur-ars", "Alix", "Instruction", Role.ARS_INSTRUCTOR),
    Character("responsable-ars", "Lou", "Région", Role.ARS_LEAD),
    Character("verificateur-ans", "Noa", "Vérification", Role.ANS_VERIFIER),
    Character("payeur-ans", "Eden", "Paiement", Role.ANS_PAYER),
    Character("pilote-dns", "Maé", "Pilotage", Role.DNS_PILOT),
    Character("administrateur", "Charlie", "Plateforme", Role.ADMINISTRATOR),
)
"""The accounts that the demonstration prints, one a role, all around the group of Valmont."""


def _person(email: str, first_name: str, last_name: str) -> User:
    user = User(email=email, first_name=first_name, last_name=last_name)
    user.set_unusable_password()
    return user


def cast(valmont: Ght) -> dict[Role, User]:
    """Save the accounts people may take, around the group of Valmont, whose members all delegate to its support."""
    people = {character.role: _person(character.email, character.first_name, character.last_name) for character in CAST}
    User.objects.bulk_create(people.values())
    Membership.objects.bulk_create(
        Membership(user=user, role=role, **_place(role, valmont)) for role, user in people.items()
    )
    members = GhtMembership.objects.filter(ght=valmont, role=GhtRole.MEMBER, left_on=None)
    Delegation.objects.bulk_create(
        Delegation(ght=valmont, legal_entity_id=member.legal_entity_id, given_by=people[Role.SIGNATORY])
        for member in members
    )
    return people


def _place(role: Role, valmont: Ght) -> dict[str, object]:
    if role in APPLICANT_ROLES:  # who holds a role for the support establishment acts for its group
        return {"legal_entity": valmont.memberships.get(role=GhtRole.SUPPORT, left_on=None).legal_entity}
    return {"region": valmont.region} if role in REGION_ROLES else {}


def agents(regions: Sequence[Region]) -> dict[str, User]:
    """Save one simulated agent a region, and return them by region code."""
    people = {region.code: _person(f"agent-{region.code}@{DOMAIN}", "Agent simulé", region.name) for region in regions}
    User.objects.bulk_create(people.values())
    Membership.objects.bulk_create(
        Membership(user=people[region.code], role=Role.ARS_INSTRUCTOR, region=region) for region in regions
    )
    return people


def signatories(applicants: Sequence[Ght | LegalEntity]) -> Mapping[str, User]:
    """Save one simulated signatory an applicant, and return them by applicant code."""
    people = {
        applicant.pk: _person(f"signataire-{applicant.pk.lower()}@{DOMAIN}", "Signataire simulé", applicant.name[:80])
        for applicant in applicants
    }
    User.objects.bulk_create(people.values(), batch_size=2000)
    Membership.objects.bulk_create(
        (
            Membership(
                user=people[applicant.pk],
                role=Role.SIGNATORY,
                **{"ght" if isinstance(applicant, Ght) else "legal_entity": applicant},
            )
            for applicant in applicants
        ),
        batch_size=2000,
    )
    return people
