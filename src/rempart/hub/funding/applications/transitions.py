"""The life of a file: one table. What is not written here cannot happen; `docs/transitions.md` is drawn from it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.roles import Role
from rempart.hub.accounts.scope import Person
from rempart.hub.common.errors import Refusal, filled
from rempart.hub.funding.applications import windows
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.permissions import roles_on
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.calls.models import Stage


class Audience(StrEnum):
    """Who reads: the hospital, the region, the nation."""

    APPLICANT = "applicant"
    ARS = "ars"
    ANS = "ans"


@dataclass(frozen=True, slots=True)
class Transition:
    """A named move of a file.

    Args:
        action: its name; one action may have several rows, with other sources.
        sources: the states it starts from.
        target: the state it ends in.
        who: the roles that may do it, held on the file's applicant, region, or nation; none means the clock only.
        button: what the person who acts reads.
        told: what each audience reads in the history; the applicant's words serve who is not named.
        reason: whether a reason must be written.
        stage: the desk that must be open (Paris days, last day included), when there is one.
        back: whether it is a return: the milestones after the target are wiped from the file, not from its history.

    """

    action: str
    sources: frozenset[State]
    target: State
    who: frozenset[Role]
    button: Promise
    told: dict[Audience, Promise]
    reason: bool = False
    stage: Stage | None = None
    back: bool = False

    def label(self, audience: Audience) -> str:
        """Return the history line that `audience` reads."""
        return str(self.told.get(audience, self.told[Audience.APPLICANT]))


SIGN = frozenset({Role.SIGNATORY})
WRITE = frozenset({Role.EDITOR, Role.SIGNATORY})
REGION = frozenset({Role.ARS_INSTRUCTOR, Role.ARS_LEAD})
LEAD = frozenset({Role.ARS_LEAD})
VERIFY = frozenset({Role.ANS_VERIFIER})
PAY = frozenset({Role.ANS_PAYER})
CLOCK: frozenset[Role] = frozenset()


def _move(  # noqa: PLR0913, PLR0917 — one argument a column of the table
    action: str,
    sources: tuple[State, ...],
    target: State,
    who: frozenset[Role],
    button: Promise,
    told: tuple[Promise, Promise] | Promise,
    *,
    reason: bool = False,
    stage: Stage | None = None,
    back: bool = False,
) -> Transition:
    applicant, agents = told if isinstance(told, tuple) else (told, told)
    labels = {Audience.APPLICANT: applicant, Audience.ARS: agents, Audience.ANS: agents}
    return Transition(action, frozenset(sources), target, who, button, labels, reason, stage, back)


_S = State
TABLE: tuple[Transition, ...] = (
    # The application
    _move("submit", (_S.DRAFT,), _S.SUBMITTED, SIGN, _("Déposer le dossier"),
          (_("Vous avez déposé le dossier"), _("Dossier déposé par le candidat")), stage=Stage.APPLICATION),
    _move("start_review", (_S.SUBMITTED,), _S.ARS_REVIEW, REGION, _("Commencer l’instruction"),
          (_("L’ARS a commencé l’instruction"), _("Instruction commencée"))),
    _move("request_correction", (_S.ARS_REVIEW,), _S.ARS_REVIEW_FIX, REGION, _("Demander un complément"),
          (_("L’ARS vous demande un complément"), _("Complément demandé au candidat")), reason=True),
    _move("resubmit", (_S.ARS_REVIEW_FIX,), _S.ARS_REVIEW, WRITE, _("Renvoyer le dossier complété"),
          (_("Vous avez renvoyé le dossier complété"), _("Dossier complété par le candidat"))),
    _move("resume", (_S.ARS_REVIEW_FIX,), _S.ARS_REVIEW, REGION, _("Reprendre sans attendre le complément"),
          (_("L’ARS reprend sans attendre le complément"), _("Instruction reprise sans complément")), reason=True),
    _move("validate", (_S.ARS_REVIEW,), _S.VALIDATED, REGION, _("Valider la candidature"),
          (_("Votre candidature est validée"), _("Candidature validée"))),
    _move("refuse", (_S.ARS_REVIEW,), _S.REFUSED, REGION, _("Refuser la candidature"),
          (_("Votre candidature est refusée"), _("Candidature refusée")), reason=True),
    _move("reopen", (_S.VALIDATED, _S.REFUSED), _S.ARS_REVIEW, LEAD, _("Rouvrir l’instruction"),
          (_("L’ARS a rouvert l’instruction"), _("Instruction rouverte")), reason=True, back=True),
    # The operational phase and the proof
    _move("start_operations", (_S.VALIDATED,), _S.OPERATIONAL, VERIFY, _("Enregistrer la convention signée"),
          (_("Convention signée : la phase opérationnelle commence"), _("Convention signée enregistrée"))),
    _move("declare", (_S.OPERATIONAL,), _S.DECLARED, SIGN, _("Déclarer les objectifs atteints"),
          (_("Vous avez déclaré les objectifs atteints"), _("Objectifs déclarés atteints")), stage=Stage.DECLARATION),
    _move("cancel_declaration", (_S.DECLARED,), _S.OPERATIONAL, SIGN, _("Reprendre la déclaration"),
          (_("Vous avez repris votre déclaration"), _("Déclaration reprise par le candidat")),
          reason=True, stage=Stage.DECLARATION, back=True),
    _move("start_check", (_S.DECLARED,), _S.ARS_CHECK, REGION, _("Commencer la vérification"),
          (_("L’ARS a commencé la vérification des preuves"), _("Vérification commencée"))),
    _move("request_correction", (_S.ARS_CHECK,), _S.ARS_CHECK_FIX, REGION, _("Demander un complément"),
          (_("L’ARS vous demande un complément sur les preuves"), _("Complément demandé sur les preuves")),
          reason=True),
    _move("resubmit", (_S.ARS_CHECK_FIX,), _S.ARS_CHECK, WRITE, _("Renvoyer les preuves complétées"),
          (_("Vous avez renvoyé les preuves complétées"), _("Preuves complétées par le candidat"))),
    _move("resume", (_S.ARS_CHECK_FIX,), _S.ARS_CHECK, REGION, _("Reprendre sans attendre le complément"),
          (_("L’ARS reprend sans attendre le complément"), _("Vérification reprise sans complément")), reason=True),
    _move("transmit", (_S.ARS_CHECK,), _S.ANS_REVIEW, REGION, _("Transmettre à l’ANS"),
          (_("L’ARS a transmis le dossier à l’ANS"), _("Dossier transmis à l’ANS"))),
    _move("return_to_ars", (_S.ANS_REVIEW,), _S.ARS_CHECK, VERIFY, _("Renvoyer à l’ARS"),
          (_("L’ANS a renvoyé le dossier à l’ARS"), _("Dossier renvoyé à l’ARS")), reason=True, back=True),
    _move("request_correction", (_S.ANS_REVIEW,), _S.ANS_REVIEW_FIX, VERIFY, _("Demander un complément"),
          (_("L’ANS vous demande un complément"), _("Complément demandé par l’ANS")), reason=True),
    _move("resubmit", (_S.ANS_REVIEW_FIX,), _S.ANS_REVIEW, WRITE, _("Renvoyer les preuves complétées"),
          (_("Vous avez renvoyé les preuves complétées"), _("Preuves complétées par le candidat"))),
    _move("resume", (_S.ANS_REVIEW_FIX,), _S.ANS_REVIEW, VERIFY, _("Reprendre sans attendre le complément"),
          (_("L’ANS reprend sans attendre le complément"), _("Instruction reprise sans complément")), reason=True),
    _move("validate_objectives", (_S.ANS_REVIEW,), _S.OBJECTIVES_MET, VERIFY, _("Valider les objectifs"),
          (_("L’ANS a validé vos objectifs"), _("Objectifs validés"))),
    _move("refuse_objectives", (_S.ANS_REVIEW,), _S.OBJECTIVES_REFUSED, VERIFY, _("Refuser les objectifs"),
          (_("L’ANS a refusé vos objectifs"), _("Objectifs refusés")), reason=True),
    _move("reopen_objectives", (_S.OBJECTIVES_MET, _S.OBJECTIVES_REFUSED), _S.ANS_REVIEW, VERIFY,
          _("Rouvrir l’instruction"), (_("L’ANS a rouvert l’instruction"), _("Instruction rouverte par l’ANS")),
          reason=True, back=True),
    # The money
    _move("request_payment", (_S.OBJECTIVES_MET,), _S.PAYMENT_REQUESTED, SIGN, _("Demander le paiement"),
          (_("Vous avez demandé le paiement"), _("Paiement demandé par le candidat")), stage=Stage.PAYMENT),
    _move("return_payment", (_S.PAYMENT_REQUESTED,), _S.OBJECTIVES_MET, PAY, _("Renvoyer la demande de paiement"),
          (_("L’ANS vous renvoie la demande de paiement"), _("Demande de paiement renvoyée au candidat")),
          reason=True, back=True),
    _move("pay", (_S.PAYMENT_REQUESTED,), _S.PAID, PAY, _("Enregistrer le paiement"),
          (_("Le paiement est fait"), _("Paiement enregistré"))),
    _move("control", (_S.PAID,), _S.CONTROLLED, PAY, _("Enregistrer le contrôle"),
          (_("L’ANS a contrôlé le dossier"), _("Contrôle enregistré"))),
    _move("claim_recovery", (_S.CONTROLLED,), _S.RECOVERY, PAY, _("Demander la restitution d’un indu"),
          (_("L’ANS vous demande de restituer un indu"), _("Restitution d’un indu demandée")), reason=True),
    _move("drop_recovery", (_S.RECOVERY,), _S.CONTROLLED, PAY, _("Abandonner la demande de restitution"),
          (_("L’ANS abandonne la demande de restitution"), _("Restitution abandonnée")), reason=True),
    _move("close", (_S.CONTROLLED,), _S.CLOSED, PAY, _("Clore le dossier"),
          (_("Le dossier est clos"), _("Dossier clos"))),
    _move("close", (_S.RECOVERY,), _S.CLOSED, PAY, _("Enregistrer la restitution et clore"),
          (_("L’indu est restitué, le dossier est clos"), _("Indu restitué, dossier clos"))),
    # The ways out, and the ways back in
    _move("withdraw", (_S.DRAFT,), _S.WITHDRAWN, WRITE, _("Abandonner le brouillon"),
          (_("Vous avez abandonné le brouillon"), _("Brouillon abandonné"))),
    _move("withdraw",
          (_S.SUBMITTED, _S.ARS_REVIEW, _S.ARS_REVIEW_FIX, _S.VALIDATED, _S.OPERATIONAL, _S.DECLARED, _S.ARS_CHECK,
           _S.ARS_CHECK_FIX, _S.ANS_REVIEW, _S.ANS_REVIEW_FIX, _S.OBJECTIVES_MET, _S.PAYMENT_REQUESTED),
          _S.WITHDRAWN, SIGN, _("Retirer le dossier"),
          (_("Vous avez retiré le dossier"), _("Dossier retiré par le candidat")), reason=True),
    _move("expire", (_S.DRAFT,), _S.WITHDRAWN, CLOCK, _("Effacer le brouillon abandonné"),
          (_("Le brouillon sans activité est effacé"), _("Brouillon sans activité effacé"))),
    _move("lapse", (_S.VALIDATED, _S.OPERATIONAL, _S.OBJECTIVES_MET), _S.LAPSED, CLOCK, _("Constater la caducité"),
          (_("Le guichet a fermé : le dossier est caduc"), _("Dossier caduc à la fermeture du guichet"))),
    _move("reinstate_validated", (_S.LAPSED,), _S.VALIDATED, VERIFY, _("Rétablir avant convention"),
          (_("L’ANS a rétabli votre dossier"), _("Dossier rétabli avant convention")), reason=True, back=True),
    _move("reinstate", (_S.LAPSED,), _S.OPERATIONAL, VERIFY, _("Rétablir en phase opérationnelle"),
          (_("L’ANS a rétabli votre dossier"), _("Dossier rétabli en phase opérationnelle")), reason=True, back=True),
    _move("reinstate_payment", (_S.LAPSED,), _S.OBJECTIVES_MET, VERIFY, _("Rétablir avant paiement"),
          (_("L’ANS a rétabli votre dossier"), _("Dossier rétabli avant paiement")), reason=True, back=True),
)  # fmt: skip

ACTIONS: frozenset[str] = frozenset(row.action for row in TABLE)
_BY_STATE: dict[tuple[str, State], Transition] = {(row.action, source): row for row in TABLE for source in row.sources}
if len(_BY_STATE) != sum(len(row.sources) for row in TABLE):  # pragma: no cover — the table is wrong
    raise RuntimeError("two rows of the transition table move the same state by the same action")


def find(action: str, state: State) -> Transition:
    """Return the row of `action` from `state`.

    Raises:
        KeyError: no such action at all, a defect of the caller.
        Refusal: the file is not in a state this action starts from (`wrong_state`).

    """
    if action not in ACTIONS:
        raise KeyError(action)
    row = _BY_STATE.get((action, state))
    if row is None:
        raise Refusal(
            filled(_("Cette action n’est pas possible : le dossier est à l’état « %(state)s »."), state=state.label),
            "wrong_state",
            _("Rechargez la page : le dossier a peut-être changé d’état entre-temps."),
        )
    return row


def leaving(state: State) -> Iterator[Transition]:
    """Yield the rows that start from `state`, in the order of the table."""
    return (row for row in TABLE if state in row.sources)


def available(application: Application, user: Person, at: datetime) -> tuple[Transition, ...]:
    """Return what `user` may do now to a file: their roles allow it and the desk is open.

    What the file itself still lacks is told by `guards.obstacles`. At most three queries and one by desk concerned.
    """
    roles = roles_on(user, application)
    return tuple(
        row
        for row in leaving(State(application.state))
        if roles & row.who and (row.stage is None or windows.is_open(application, row.stage, at))
    )
