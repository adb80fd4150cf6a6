"""The commands of proofs: key, attest, verify, replay."""

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from rempart.measurement.errors import InputError
from rempart.measurement.language import LANGUAGE, say
from rempart.measurement.render.words import Words
from rempart.measurement.report import Report, parse_report
from rempart.measurement.text import Text
from rempart.measurement.verdict import Status
from rempart.proof.attestation import Attestation
from rempart.proof.envelope import sign, verify
from rempart.proof.keys import PUBLIC_SUFFIX, create_key, load_public_key, load_signer
from rempart.proof.receipt import verify_receipt
from rempart.proof.replay import check_replay

Judge = Callable[[Path, datetime], Report]
"""What an engine offers to replay: judge the snapshot of a file at a moment."""

PASSPHRASE_VARIABLE = "REMPART_KEY_PASSPHRASE"  # noqa: S105 — the name of the variable, not its value

AttestationFile = Annotated[Path, typer.Argument(help=say("Le fichier de l'attestation.", "The attestation file."))]
PublicKey = Annotated[
    Path,
    typer.Option("--key", help=say("La clé publique de l'établissement (.pub).", "The establishment's public key.")),
]
ChallengeOption = Annotated[
    str | None, typer.Option(help=say("Le défi donné par le hub.", "The challenge given by the hub."))
]


def commands(judges: Mapping[str, Judge]) -> typer.Typer:
    """Return the `proof` commands; `judges` says how each engine replays a snapshot."""
    app = typer.Typer(
        no_args_is_help=True,
        help=say("Signer, vérifier et rejouer une attestation.", "Sign, verify and replay an attestation."),
    )
    app.command("key", help=say("Créer une paire de clés Ed25519.", "Create an Ed25519 key pair."))(key)
    app.command("attest", help=say("Signer l'attestation d'un rapport.", "Sign the attestation of a report."))(attest)
    app.command("verify", help=say("Vérifier une attestation.", "Verify an attestation."))(verify_command)
    app.command("receipt", help=say("Vérifier un reçu du hub.", "Verify a receipt of the hub."))(receipt)

    @app.command(
        "replay",
        help=say(
            "Juger de nouveau l'instantané et comparer à l'attestation.",
            "Judge the snapshot again and compare with the attestation.",
        ),
    )
    def replay(
        attestation: AttestationFile,
        snapshot: Annotated[Path, typer.Argument(help=say("L'instantané (.rempart).", "The snapshot (.rempart)."))],
        key: PublicKey,
    ) -> None:
        claimed = verify(_read(attestation), [load_public_key(key)])
        judge = judges.get(claimed.predicate.engine)
        if judge is None:
            raise InputError(
                Text(
                    fr=f"ce Rempart n'a pas le moteur « {claimed.predicate.engine} »",
                    en=f"this Rempart has no engine {claimed.predicate.engine}",
                ),
                where=str(attestation),
            )
        check_replay(claimed, judge(snapshot, claimed.predicate.judged_at))
        typer.echo(say("Rejouée : mêmes verdicts, au bit près.", "Replayed: same verdicts, byte for byte."))
        _describe(claimed)

    return app


def key(path: Annotated[Path, typer.Argument(help=say("Où écrire la clé privée.", "Where to write the key."))]) -> None:
    """Create a key pair."""
    passphrase = _passphrase()
    identifier = create_key(path, passphrase)
    typer.echo(say(f"Clé privée : {path}", f"Private key: {path}"))
    typer.echo(say(f"Clé publique : {path}{PUBLIC_SUFFIX}", f"Public key: {path}{PUBLIC_SUFFIX}"))
    typer.echo(say(f"Identifiant : {identifier}", f"Identifier: {identifier}"))
    if passphrase is None:
        typer.echo(
            say(
                f"La clé privée n'est pas chiffrée. Pour la chiffrer, posez une phrase dans {PASSPHRASE_VARIABLE}.",
                f"The private key is not encrypted. To encrypt it, give a passphrase in {PASSPHRASE_VARIABLE}.",
            ),
            err=True,
        )


def attest(
    report: Annotated[Path, typer.Argument(help=say("Le rapport (JSON).", "The report (JSON)."))],
    key: Annotated[Path, typer.Option("--key", help=say("La clé privée.", "The private key."))],
    output: Annotated[Path, typer.Option("--output", "-o", help=say("Où écrire l'attestation.", "Where to write."))],
    finess: Annotated[str | None, typer.Option(help=say("Numéro FINESS.", "FINESS number."))] = None,
    challenge: ChallengeOption = None,
) -> None:
    """Sign the attestation of a report."""
    measured = parse_report(_read(report), str(report))
    attestation = Attestation.of(measured, finess=finess, challenge=challenge)
    _write(output, sign(attestation, load_signer(key, _passphrase())))
    typer.echo(say(f"Attestation signée : {output}", f"Signed attestation: {output}"))
    _describe(attestation)


def verify_command(attestation: AttestationFile, key: PublicKey, challenge: ChallengeOption = None) -> None:
    """Verify an attestation."""
    claimed = verify(_read(attestation), [load_public_key(key)], challenge=challenge)
    typer.echo(say("Signature valide.", "Valid signature."))
    _describe(claimed)


def receipt(
    receipt: Annotated[Path, typer.Argument(help=say("Le reçu.", "The receipt."))],
    key: Annotated[Path, typer.Option("--key", help=say("La clé publique du hub.", "The hub's public key."))],
    deposited: Annotated[
        Path | None, typer.Option(help=say("Le fichier déposé, à comparer.", "The deposited file, to compare."))
    ] = None,
) -> None:
    """Verify a receipt of the hub."""
    received = verify_receipt(_read(receipt), [load_public_key(key)])
    if deposited is not None:
        received.check(_read(deposited))
    typer.echo(say("Reçu valide.", "Valid receipt."))
    said = received.predicate
    _list(
        {
            say("Dossier", "File"): said.file,
            say("Objectif", "Requirement"): said.requirement,
            say("Reçu le", "Received on"): Words(LANGUAGE).moment(said.received_at),
            say("Par", "By"): said.hub,
            say("Empreinte", "Digest"): f"sha256:{received.sha256}",
        }
    )


def _describe(attestation: Attestation) -> None:
    """Print what an attestation says, one fact a line."""
    claim, words = attestation.predicate, Words(LANGUAGE)
    counts = [(status, claim.counts.get(status, 0)) for status in Status]
    unnamed = say("non précisé", "not given")
    facts = {
        say("Établissement (FINESS)", "Establishment (FINESS)"): claim.finess or unnamed,
        say("Moteur", "Engine"): f"{claim.engine} {claim.tool_version}, catalogue {claim.catalogue_version}",
        say("Mesuré le", "Measured on"): words.moment(claim.taken_at),
        say("Jugé le", "Judged on"): words.moment(claim.judged_at),
        say("Résultat", "Result"): words.level(claim.level),
        say("Verdicts", "Verdicts"): ", ".join(
            f"{count} {words(status.value, n=count).lower()}" for status, count in counts
        ),
        say("Défi", "Challenge"): claim.challenge or say("aucun", "none"),
        say("Instantané", "Snapshot"): attestation.snapshot_digest,
    }
    _list(facts)


def _list(facts: Mapping[str, str]) -> None:
    """Print facts, one a line."""
    width = max(map(len, facts))
    for name, value in facts.items():
        typer.echo(f"  {name:<{width}}  {value}")


def _passphrase() -> bytes | None:
    """Return the passphrase of the environment; it is never asked for on the command line, nor printed."""
    value = os.environ.get(PASSPHRASE_VARIABLE)
    return value.encode() if value else None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(Text(fr="fichier introuvable", en="file not found"), where=str(path)) from error


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise InputError(Text(fr="écriture impossible", en="cannot write"), where=str(path)) from error
