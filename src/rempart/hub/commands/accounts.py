"""`rempart hub create-admin`, `reset-second-factor`: what only who holds the machine may do about people."""

import os
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console

from rempart.hub.commands import site
from rempart.measurement.language import say

app = typer.Typer(rich_markup_mode=None)

PASSWORD = "REMPART_HUB_ADMIN_PASSWORD"  # noqa: S105 — the name of a variable
Email = Annotated[str, typer.Argument(help=say("Adresse électronique de la personne.", "The person's e-mail address."))]


@app.command(
    "create-admin",
    help=say(
        f"Créer la première personne qui administre la plateforme. Le mot de passe est demandé, ou lu dans {PASSWORD}.",
        f"Create the first person who administers the platform. The password is asked for, or read from {PASSWORD}.",
    ),
)
def create_admin(
    email: Email,
    first_name: Annotated[str, typer.Option("--first-name", help=say("Prénom.", "First name."))] = "",
    last_name: Annotated[str, typer.Option("--last-name", help=say("Nom.", "Last name."))] = "",
) -> None:
    """Make the person, or give the role to who has that address already."""
    site.ready()
    from rempart.hub.accounts.models import User  # noqa: PLC0415 — models load once Django is set up
    from rempart.hub.accounts.roles import Role  # noqa: PLC0415 — same
    from rempart.hub.accounts.services import arrivals, roles  # noqa: PLC0415 — same

    now = datetime.now(UTC)
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        user = arrivals.make_administrator(email, _password(), (first_name, last_name), at=now)
    else:
        roles.give_role(user, Role.ADMINISTRATOR, None, by=None, at=now)
    Console(highlight=False).print(
        say(f"{user.email} administre la plateforme.", f"{user.email} administers the platform.")
        + " "
        + say(
            "Un second facteur sera demandé à la première connexion.", "A second factor is asked for at first sign-in."
        )
    )


@app.command(
    "reset-second-factor",
    help=say(
        "Retirer les seconds facteurs de qui les a tous perdus, après s’être assuré que c’est bien cette personne.",
        "Remove the second factors of somebody who lost them all, once sure that it is really that person.",
    ),
)
def reset_second_factor(email: Email) -> None:
    """Remove the person's second factors and close their sessions: a new factor is asked for at next sign-in."""
    site.ready()
    from rempart.hub.accounts.services.personal import reset_factors  # noqa: PLC0415 — models load once Django is set up

    reset_factors(email)
    Console(highlight=False).print(say("Les seconds facteurs sont retirés.", "The second factors are removed."))


def _password() -> str:
    """Return the password of the environment, else the one typed twice; never an argument, which others could read."""
    question = say("Mot de passe (douze caractères au moins)", "Password (at least twelve characters)")
    return os.environ.get(PASSWORD) or str(typer.prompt(question, hide_input=True, confirmation_prompt=True))
