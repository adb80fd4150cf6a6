"""What keeps a record out: each reason has a name and its sentence; a flaw is counted and placed, never dropped."""

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from rempart.hub.territory.importing.frames import FLAWS, schema
from rempart.measurement.text import Text

REASONS = {
    "cells": Text(fr="la ligne n’a pas le nombre de cases attendu", en="the line has not the expected number of cells"),
    "record_kind": Text(fr="type d’enregistrement inconnu", en="unknown kind of record"),
    "shape": Text(fr="l’enregistrement n’a pas la forme attendue", en="the record has not the expected shape"),
    "finess": Text(fr="numéro FINESS mal formé", en="malformed FINESS number"),
    "twice": Text(fr="déjà lu plus haut dans le fichier", en="already read higher up in the file"),
    "name": Text(fr="nom absent", en="no name"),
    "department": Text(fr="département absent ou inconnu", en="département missing or unknown"),
    "legal_status": Text(fr="statut juridique absent ou inconnu", en="legal status missing or unknown"),
    "date": Text(fr="date mal formée", en="malformed date"),
    "state": Text(fr="état inconnu (A ou I attendu)", en="unknown state (A or I expected)"),
    "owner": Text(fr="entité juridique inconnue", en="unknown legal entity"),
    "ght_code": Text(fr="code de GHT absent ou mal formé", en="GHT code missing or malformed"),
    "region": Text(fr="région du GHT inconnue", en="unknown region of the GHT"),
    "ght": Text(fr="GHT inconnu", en="unknown GHT"),
    "member": Text(fr="membre inconnu du fichier", en="member unknown in the file"),
    "role": Text(fr="rôle inconnu (S ou M attendu)", en="unknown role (S or M expected)"),
    "member_closed": Text(fr="le membre n’est plus en activité", en="the member is no longer active"),
    "two_ghts": Text(fr="déjà membre d’un autre GHT", en="already a member of another GHT"),
    "two_supports": Text(fr="ce GHT a déjà un support", en="this GHT already has a support establishment"),
    "year": Text(fr="année absente ou mal formée", en="year missing or malformed"),
    "amount": Text(fr="nombre absent ou mal formé", en="number missing or malformed"),
    "structure": Text(fr="ni entité ni site connu", en="neither a known entity nor a known site"),
    "call": Text(fr="appel inconnu", en="unknown call"),
    "applicant": Text(fr="ni GHT ni entité connus", en="neither a known GHT nor a known entity"),
}


class Rule(NamedTuple):
    """A reason to keep a record out, when it holds (an expression over the frame), and the value to show for it."""

    reason: str
    broken: pl.Expr
    value: pl.Expr


def sift(
    frame: pl.DataFrame, rules: Sequence[Rule], *, file: str, key: str, part: str = ""
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the records no rule keeps out, and the flaws of the others: the first rule that holds names each.

    Args:
        frame: records with their `line`.
        rules: what to check, in order.
        file: the file's name, for the flaw's place.
        key: the column that names a record.
        part: the array the records stand in, when lines say nothing.

    """
    broken = [rule.broken.fill_null(value=True) for rule in rules]
    marked = frame.with_columns(
        _reason=pl.coalesce(
            *(pl.when(hit).then(pl.lit(rule.reason)) for hit, rule in zip(broken, rules, strict=True)), pl.lit("")
        ),
        _value=pl.coalesce(
            *(
                pl.when(hit).then(rule.value.cast(pl.String).fill_null(""))
                for hit, rule in zip(broken, rules, strict=True)
            ),
            pl.lit(""),
        ),
    )
    bad = pl.col("_reason") != ""
    flaws = marked.filter(bad).select(
        file=pl.lit(file),
        part=pl.lit(part),
        line="line",
        key=pl.col(key).fill_null(""),
        reason="_reason",
        value="_value",
    )
    return marked.filter(~bad).drop("_reason", "_value"), flaws.cast(pl.Schema(schema(FLAWS)))


FINESS = Rule("finess", ~pl.col("finess").str.contains(r"^[0-9][0-9AB][0-9]{7}$"), pl.col("finess"))
NAME = Rule("name", pl.col("name") == "", pl.lit(""))


def twice(key: str) -> Rule:
    """Return the rule that keeps the first record of a key."""
    return Rule("twice", ~pl.col(key).is_first_distinct(), pl.col(key))
