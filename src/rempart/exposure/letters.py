"""A message per finding, ready for the owner of the system: what was seen, when, why it matters, what to do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rempart.exposure.surface import DEDUCED, Surface
from rempart.measurement.control import Control, Kind
from rempart.measurement.text import Text
from rempart.measurement.verdict import Status, Verdict

MOST_SYSTEMS = 40
"""Systems named in one message; the report's table has them all."""
_BODY = Text(
    fr="Bonjour,\n\n"
    "La mesure d'exposition du {day} a relevé le point suivant sur {count} système(s) dont vous avez la charge :\n\n"
    "{title}\n\n{systems}\n\n"
    "Le risque : {risk}\n\n"
    "Ce que nous vous demandons : {fix}\n\n"
    "Pour revenir en arrière : {undo}\n\n"
    "{certainty}Référence du point : {control}. Dites-nous quand c'est corrigé : la prochaine mesure le vérifiera.\n",
    en="Hello,\n\n"
    "The exposure measurement of {day} found the following on {count} system(s) in your charge:\n\n"
    "{title}\n\n{systems}\n\n"
    "The risk: {risk}\n\n"
    "What we ask of you: {fix}\n\n"
    "To go back: {undo}\n\n"
    "{certainty}Point reference: {control}. Tell us when it is fixed: the next measurement will check it.\n",
)
_DEDUCED = Text(
    fr="Ce constat se déduit d'une version affichée : vérifiez d'abord que le correctif n'a pas été rétroporté.\n\n",
    en="This finding is deduced from a displayed version: check first that the fix was not back-ported.\n\n",
)
_NOTHING = Text(fr="", en="")


@dataclass(frozen=True)
class Letter:
    """One message: its subject and its body, in both languages."""

    control: str
    subject: Text
    body: Text


def letters(surface: Surface, controls: Mapping[str, Control], verdicts: Sequence[Verdict]) -> Iterator[Letter]:
    """Return one message per failed point, lowest level first; informations ask for nothing."""
    failed = [verdict for verdict in verdicts if verdict.status is Status.FAILED]
    written: set[str] = set()
    for verdict in sorted(failed, key=lambda each: (each.level or 9, each.control)):
        entry = controls[verdict.control]
        if entry.kind is not Kind.INFORMATION and entry.id not in written:
            written.add(entry.id)
            yield _letter(entry, verdict, surface)


def _letter(entry: Control, verdict: Verdict, surface: Surface) -> Letter:
    names = verdict.subjects["name"].unique(maintain_order=True).to_list()
    systems = "\n".join(f"- {name}" for name in names[:MOST_SYSTEMS])
    deduced = "certainty" in verdict.subjects.columns and (verdict.subjects["certainty"] == DEDUCED).any()
    certainty = _DEDUCED if deduced else _NOTHING
    seen = surface.snapshot.manifest.taken_at

    def body(language: str) -> str:
        def pick(text: object) -> str:
            return str(getattr(text, language))

        return pick(_BODY).format(
            day=f"{seen:%d/%m/%Y}" if language == "fr" else f"{seen:%Y-%m-%d}",
            count=len(names),
            title=pick(entry.title),
            systems=systems,
            risk=pick(entry.risk),
            fix=pick(entry.fix),
            undo=pick(entry.undo),
            certainty=pick(certainty),
            control=entry.id,
        )

    return Letter(
        entry.id,
        Text(fr=f"À corriger : {entry.title.fr}", en=f"To fix: {entry.title.en}"),
        Text(fr=body("fr"), en=body("en")),
    )
