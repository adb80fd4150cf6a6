"""The tables of the hospital survey (SAE 2023) as the house keeps them: entities, sites and GHT, by named columns.

A survey is a snapshot, no register: it fills in what is missing and closes nothing. Its GHT have no members: partners
that sites declared are not the legal membership, which only FINESS gives.
"""

import io

import polars as pl

from rempart.hub.territory.importing.flaws import FINESS, NAME, Rule, sift, twice
from rempart.hub.territory.importing.frames import ENTITIES, FLAWS, GHTS, SITES, Reading, empty
from rempart.hub.territory.reference import departments, reference
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

ENTITY_TABLE = frozenset({"finess_ej", "raison_sociale_site_principal", "statut", "departement"})
SITE_TABLE = frozenset({"finess_eg", "finess_ej", "raison_sociale", "commune_insee", "departement"})
GHT_TABLE = frozenset({"ght_code", "nom", "region_deduite_du_code"})
PARTNER_TABLE = frozenset({"ght_code", "ght_nom_declare"})
_STATUSES = {"public": "public", "prive_non_lucratif": "nonprofit", "prive_lucratif": "forprofit"}
_DEPARTMENT = Rule("department", pl.col("department").is_null(), pl.col("finess_code"))


def recognises(header: list[str]) -> bool:
    """Tell whether these columns are those of one of the survey's tables."""
    return any(table <= set(header) for table in (ENTITY_TABLE, SITE_TABLE, GHT_TABLE, PARTNER_TABLE))


def read(text: str, file: str, as_of: str) -> Reading:
    """Return what a table of the survey says.

    Raises:
        InputError: the table of declared partners, which is no membership.

    """
    rows = table(text, file)
    columns = set(rows.columns)
    if columns >= PARTNER_TABLE:
        raise InputError(
            Text(
                fr="cette table dit quels sites se déclarent partenaires d’un GHT, pas qui en est légalement membre",
                en="this table says which sites call themselves partners of a GHT: it is not the legal membership",
            ),
            file,
            Text(
                fr="Importez le fichier JSON quotidien de FINESS, qui donne les membres et le support.",
                en="Import FINESS’s daily JSON file, which gives the members and the support establishment.",
            ),
        )
    fills = frozenset({"entities", "sites", "ghts"})
    entities, sites, ghts, flaws = empty(ENTITIES), empty(SITES), empty(GHTS), empty(FLAWS)
    if columns >= SITE_TABLE:
        sites, flaws = _sites(rows, file)
    elif columns >= ENTITY_TABLE:
        entities, flaws = _entities(rows, file)
    else:
        ghts, flaws = _ghts(rows, file)
    return Reading(file, as_of, entities=entities, sites=sites, ghts=ghts, flaws=flaws, fills=fills)


def table(text: str, file: str, separator: str = ";") -> pl.DataFrame:
    """Return a table with a header in columns of text without blanks around, each row with its `line`.

    Raises:
        InputError: not a table.

    """
    try:
        rows = pl.read_csv(io.BytesIO(text.encode()), separator=separator, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise InputError(
            Text(fr=f"table illisible : {error}", en=f"unreadable table: {error}"),
            file,
            Text(fr="Chaque ligne doit avoir les cases de l’en-tête.", en="Each line must have the header’s cells."),
        ) from error
    return (
        rows.with_columns(pl.all().str.strip_chars().fill_null(""))
        .with_row_index("line", offset=2)
        .cast({"line": pl.Int64})
    )


def _placed(rows: pl.DataFrame) -> pl.DataFrame:
    """Return records with their département by its INSEE code: the survey writes FINESS’s own overseas."""
    known = departments().select("finess_code", "department")
    return rows.join(known, on="finess_code", how="left", maintain_order="left").with_columns(
        life=pl.lit("active"), closed_on=pl.lit("")
    )


def _entities(rows: pl.DataFrame, file: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    named = rows.select(
        "line",
        finess="finess_ej",
        name=pl.col("raison_sociale_site_principal").str.slice(0, 200),
        category="categorie_site_principal",
        finess_code="departement",
        status=pl.col("statut").replace_strict(_STATUSES, default=None),
        legal_status="statut",
        siren=pl.lit(""),
        successor=pl.lit(""),
    )
    status = Rule("legal_status", pl.col("status").is_null(), pl.col("legal_status"))
    good, flaws = sift(_placed(named), [FINESS, twice("finess"), NAME, _DEPARTMENT, status], file=file, key="finess")
    return good.select(*ENTITIES, "line"), flaws


def _sites(rows: pl.DataFrame, file: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    named = rows.select(
        "line",
        "siret",
        finess="finess_eg",
        legal_entity="finess_ej",
        name=pl.col("raison_sociale").str.slice(0, 200),
        category="categorie",
        finess_code="departement",
        commune=pl.col("commune_insee").str.replace("^9[A-I]", "97").str.replace("^9J", "98"),
        commune_name=pl.col("commune").str.slice(0, 60),
    )
    good, flaws = sift(_placed(named), [FINESS, twice("finess"), NAME, _DEPARTMENT], file=file, key="finess")
    return good.select(*SITES, "line"), flaws


def _ghts(rows: pl.DataFrame, file: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    named = rows.select(
        "line",
        code="ght_code",
        name=pl.col("nom").str.slice(0, 200),
        region=pl.col("ght_code").str.slice(0, 2),
        life=pl.lit("active"),
    )
    good, flaws = sift(named, ght_rules(), file=file, key="code")
    return good.select(*GHTS, "line"), flaws


def ght_rules() -> list[Rule]:
    """Return what a GHT must satisfy: a code of five digits, of which the first two are its region, and a name."""
    regions = [code for code, _name, _agency in reference().regions]
    return [
        Rule("ght_code", ~pl.col("code").str.contains(r"^[0-9]{5}$"), pl.col("code")),
        twice("code"),
        NAME,
        Rule("region", ~pl.col("region").is_in(regions), pl.col("region")),
    ]
