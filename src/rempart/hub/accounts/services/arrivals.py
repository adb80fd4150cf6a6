"""People arrive by an invitation, with a password or an identity; identities are attached to people and detached."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import Identity, Invitation, User
from rempart.hub.accounts.oidc.claims import Person
from rempart.hub.accounts.roles import Role
from rempart.hub.accounts.services import invitations
from rempart.hub.accounts.services.roles import give_role
from rempart.hub.common.errors import Refusal


def known(person: Person) -> User | None:
    """Return who an identity belongs to here, never by e-mail."""
    found = Identity.objects.select_related("user").filter(provider=person.provider, subject=person.subject).first()
    return found.user if found else None


def arrive(invitation: Invitation, *, first_name: str, last_name: str, means: str | Person, at: datetime) -> User:
    """Make the account of who holds the invitation; `means` is their password or their identity.

    Their address is verified: the invitation reached them there.

    Raises:
        Refusal: the address has an account already, the identity too, or the invitation ended meanwhile.

    """
    password = means if isinstance(means, str) else None
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                invitation.email,
                password,
                first_name=first_name,
                last_name=last_name,
                language=invitation.language,
                joined_at=at,
            )
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
            if isinstance(means, Person):
                Identity.objects.create(user=user, provider=means.provider, subject=means.subject, created_at=at)
            invitations.accept(invitation, user, at=at)
    except IntegrityError as error:
        raise Refusal(
            _("Un compte existe déjà avec cette adresse ou cette identité."),
            "account_exists",
            _("Connectez-vous, puis ouvrez à nouveau le lien de l’invitation."),
        ) from error
    return user


def make_administrator(email: str, password: str, names: tuple[str, str], *, at: datetime) -> User:
    """Return the account of the first person who administers the platform, made by who holds the machine.

    Raises:
        Refusal: the password is weak; each rule it breaks is told.

    """
    first_name, last_name = names
    person = User(email=email, first_name=first_name, last_name=last_name)
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Refusal(" ".join(error.messages), "weak_password") from error
    with transaction.atomic():
        user = User.objects.create_user(
            email.strip(), password, first_name=first_name, last_name=last_name, joined_at=at
        )
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        give_role(user, Role.ADMINISTRATOR, None, by=None, at=at)
    return user


def attach(user: User, person: Person, *, at: datetime) -> None:
    """Let `user` sign in with this identity from now on.

    Raises:
        Refusal: it is somebody else's.

    """
    owner = known(person)
    if owner is not None and owner != user:
        raise Refusal(_("Cette identité est rattachée à un autre compte."), "identity_of_another")
    if owner is None:
        Identity.objects.create(user=user, provider=person.provider, subject=person.subject, created_at=at)


def detach(identity: Identity) -> None:
    """Forget an identity, unless it is the only way its owner has to sign in."""
    user = identity.user
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if not user.has_usable_password() and user.identities.count() == 1:
            raise Refusal(
                _("C’est votre seul moyen de connexion."),
                "last_identity",
                _("Choisissez d’abord un mot de passe, ou rattachez une autre identité."),
            )
        identity.delete()
