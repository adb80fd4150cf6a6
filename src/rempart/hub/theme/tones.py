"""What a state looks like: a colour by class, an icon, and a word when the page gives none."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Tone:
    """One look: `css` names the colour's class, `icon` the drawing, `word` what it means."""

    css: str
    icon: str
    word: str | Promise = ""


GOOD, BAD, UNKNOWN = ("met", "satisfied"), ("unmet", "failed"), ("missing", "not_evaluated")
WAIT, TURN, NOTHING = ("moving", "moving"), ("attention", "attention"), ("neutral", "neutral")

TONES = {
    # what a rule says of an objective
    "met": Tone(*GOOD, _("Atteint")),
    "to_review": Tone(*TURN, _("À relire")),
    "unmet": Tone(*BAD, _("Non atteint")),
    "missing": Tone(*UNKNOWN, _("Il manque une preuve")),
    "not_applicable": Tone(*NOTHING, _("Sans objet")),
    # what a measure says of a point
    "satisfied": Tone(*GOOD, _("Satisfait")),
    "failed": Tone(*BAD, _("En échec")),
    "not_evaluated": Tone(*UNKNOWN, _("Non évalué")),
    "accepted": Tone("accepted", "accepted", _("Risque accepté")),
    # where a file stands, as its colour goes; the word is the audience's own
    "draft": Tone(*TURN),
    "submitted": Tone(*WAIT),
    "ars_review": Tone(*WAIT),
    "ars_review_fix": Tone(*TURN),
    "validated": Tone(*GOOD),
    "refused": Tone(*BAD),
    "operational": Tone(*TURN),
    "declared": Tone(*WAIT),
    "ars_check": Tone(*WAIT),
    "ars_check_fix": Tone(*TURN),
    "ans_review": Tone(*WAIT),
    "ans_review_fix": Tone(*TURN),
    "objectives_met": Tone(*GOOD),
    "objectives_refused": Tone(*BAD),
    "payment_requested": Tone(*WAIT),
    "paid": Tone(*GOOD),
    "controlled": Tone(*GOOD),
    "recovery": Tone(*BAD),
    "closed": Tone(*NOTHING),
    "withdrawn": Tone(*NOTHING),
    "lapsed": Tone(*BAD),
    # what a page says
    "success": Tone(*GOOD),
    "error": Tone(*BAD),
    "warning": Tone(*TURN),
    "info": Tone("info", "info"),
    "debug": Tone("info", "info"),
    "good": Tone(*GOOD),
    "bad": Tone(*BAD),
    "attention": Tone(*TURN),
    "moving": Tone(*WAIT),
    "neutral": Tone(*NOTHING),
}


def tone_of(state: object) -> Tone:
    """Return the look of a state; one nobody knows is grey, never green."""
    return TONES.get(str(state or ""), TONES["neutral"])
