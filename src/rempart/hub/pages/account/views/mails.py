"""The mails one receives: which may be stopped, which may not and why; the link at the foot of a mail."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from rempart.hub.accounts.scope import Scope
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications.models import Rhythm
from rempart.hub.funding.applications.services import mail_choices
from rempart.hub.funding.applications.services.mail_choices import Kind
from rempart.hub.pages.account.forms import MailsForm
from rempart.hub.pages.account.views.people import _user


@dataclass(frozen=True, slots=True)
class Always:
    """Mails that cannot be stopped, and why."""

    what: Promise
    why: Promise


APPLICANT = (
    Always(
        gettext_lazy("Les étapes du dossier : dépôt, décision, convention, paiement"),
        gettext_lazy("Une décision fait courir des délais et ouvre des droits : vous devez en être prévenu."),
    ),
    Always(
        gettext_lazy("Les demandes de complément, et leurs rappels 7 jours et 1 jour avant l’échéance"),
        gettext_lazy("Sans réponse, le dossier peut être refusé."),
    ),
    Always(
        gettext_lazy("Les rappels 30, 7 et 1 jours avant la fermeture d’un guichet"),
        gettext_lazy("Un guichet manqué peut rendre le dossier caduc."),
    ),
    Always(
        gettext_lazy("L’annonce d’un effacement de contenu, et une pièce arrêtée par l’antivirus"),
        gettext_lazy("Ce qui est effacé ne revient pas, et une pièce arrêtée ne compte pas."),
    ),
)
AGENT = (
    Always(
        gettext_lazy("Un dossier vous est attribué, ou bouge pendant que vous le suivez"),
        gettext_lazy("Le dossier compte sur vous. S’il est seulement suivi, ne plus le suivre arrête ces courriels."),
    ),
)
EVERYONE = (
    Always(
        gettext_lazy("Un export ou une archive est prêt"),
        gettext_lazy("Vous venez de le demander, et il s’efface après quelques jours."),
    ),
    Always(
        gettext_lazy("Votre compte : invitation, rôle donné ou retiré, codes de connexion, longue absence"),
        gettext_lazy("Ils protègent votre accès, et disent à temps qu’un compte va s’effacer."),
    ),
)


@require_http_methods(["GET", "POST"])
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """Show which mails one receives, and keep what one chooses."""
    user = _user(request)
    form = MailsForm(
        request.POST or None,
        instance=mail_choices.choices_of(user),
        reads_digests=mail_choices.reads_digests(user),
    )
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        rhythm = Rhythm(asked["digest"]) if "digest" in asked else None
        mail_choices.choose(user, digest=rhythm, messages=asked["messages"])
        messages.success(request, _("Vos choix sont enregistrés."))
        return redirect("my_mails")
    context = {"form": form, "always": _always(Scope.of(user))}
    return render(request, "account/mails.html", context, status=400 if form.errors else 200)


@csrf_exempt  # a mailbox that offers one click posts here by itself (RFC 8058): the signed address is the right
@never_cache
@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Show which mails a link stops; a POST stops them. Nobody needs to sign in."""
    try:
        user, kind = mail_choices.read_link(token)
    except Refusal as refusal:
        return render(request, "account/mail_stop.html", {"refusal": refusal}, status=404)
    done = request.method == "POST"
    if done:
        mail_choices.stop(user, kind)
    return render(request, "account/mail_stop.html", {"digest": kind is Kind.DIGEST, "done": done})


def _always(scope: Scope) -> tuple[Always, ...]:
    """Return the mails that come whatever one chooses, for the roles one holds."""
    applies = APPLICANT if scope.entities or scope.ghts else ()
    works = AGENT if scope.regions or scope.is_national else ()
    return (*applies, *works, *EVERYONE)
