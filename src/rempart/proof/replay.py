"""Replay: the same snapshot and the same catalogue give the same verdicts, byte for byte."""

from rempart.measurement.errors import AlteredError, InputError
from rempart.measurement.report import Report
from rempart.measurement.text import Text
from rempart.proof.attestation import Attestation, verdicts_digest


def check_replay(attestation: Attestation, report: Report) -> None:
    """Check that `report`, judged anew from a snapshot at `attestation.predicate.judged_at`, says what was attested.

    Raises:
        InputError: another snapshot, another engine or another version of the catalogue.
        AlteredError: same snapshot and catalogue, but other verdicts or another level.

    """
    claimed = attestation.predicate
    if report.tool.engine != claimed.engine:
        raise InputError(Text(fr="l'attestation vient d'un autre moteur", en="the attestation is of another engine"))
    if report.source.digest != attestation.snapshot_digest:
        raise InputError(
            Text(
                fr="cet instantané n'est pas celui de l'attestation",
                en="this snapshot is not the one of the attestation",
            ),
            advice=Text(
                fr=f"L'attestation porte sur l'instantané {attestation.snapshot_digest[:19]}…",
                en=f"The attestation is about snapshot {attestation.snapshot_digest[:19]}…",
            ),
        )
    if report.tool.catalogue_digest != attestation.catalogue_digest:
        raise InputError(
            Text(
                fr=f"l'attestation a été faite avec le catalogue {claimed.catalogue_version}, celui-ci est différent"
                f" ({report.tool.catalogue_version})",
                en=f"the attestation was made with catalogue {claimed.catalogue_version}, this one is different"
                f" ({report.tool.catalogue_version})",
            ),
            advice=Text(
                fr=f"Rejouez-la avec Rempart {claimed.tool_version}.",
                en=f"Replay it with Rempart {claimed.tool_version}.",
            ),
        )
    if (
        verdicts_digest(report) != claimed.verdicts
        or report.level != claimed.level
        or report.counts() != claimed.counts
    ):
        raise AlteredError(
            Text(
                fr="le même instantané, jugé de nouveau, ne donne pas les verdicts attestés",
                en="the same snapshot, judged again, does not give the attested verdicts",
            )
        )
