"""The old flat FINESS files: entities (cs1100501), establishments (cs1100502), and these with places (cs1100507).

One comment line, then `;` between cells, no header and no quotes. UTF-8 since the 2020s, ISO-8859-15 before. The
commune is the INSEE number inside the département, whose code overseas is FINESS's own.
"""

import polars as pl

from rempart.hub.territory.importing.flaws import FINESS, NAME, Rule, sift, twice
from rempart.hub.territory.importing.frames import ENTITIES, FLAWS, SITES, Reading, empty
from rempart.hub.territory.reference import departments, statuses

FIRST = "finess;etalab;"
_ENTITY = (
    "kind", "finess", "rs", "rslongue", "complrs", "numvoie", "typvoie", "voie", "compvoie", "compldistrib",
    "lieuditbp", "commune_rank", "ligneacheminement", "finess_code", "libdepartement", "telephone", "legal_status",
    "libstatut", "category", "libcategetab", "siren", "codeape", "datecrea",
)  # fmt: skip
_SITE = (
    "kind", "finess", "legal_entity", "rs", "rslongue", "complrs", "compldistrib", "numvoie", "typvoie", "voie",
    "compvoie", "lieuditbp", "commune_rank", "finess_code", "libdepartement", "ligneacheminement", "telephone",
    "telecopie", "category", "libcategetab", "categagretab", "libcategagretab", "siret", "codeape", "codemft", "libmft",
    "codesph", "libsph", "dateouv", "dateautor", "datemaj", "numuai",
)  # fmt: skip
_LAST_MAY_LACK = 1
"""Files of 2018 end before the last cell."""
_DEPARTMENT = Rule("department", pl.col("department").is_null(), pl.col("finess_code"))


def read(text: str, file: str, as_of: str) -> Reading:
    """Return what a flat file says; the date of its comment line is the day it tells of, else `as_of`."""
    lines = pl.DataFrame({"raw": text.splitlines()}).with_row_index("line", offset=1).cast({"line": pl.Int64})
    head = lines["raw"][0].split(";")
    rows = lines[1:].filter(pl.col("raw").str.strip_chars() != "")
    kind = pl.col("raw").str.split_exact(";", 1).struct.field("field_0")
    rows = rows.with_columns(_kind=kind, cells=pl.col("raw").str.count_matches(";", literal=True) + 1)
    known = ("structureej", "structureet", "geolocalisation")
    _rest, flaws = sift(rows, [Rule("record_kind", ~kind.is_in(known), kind.str.slice(0, 40))], file=file, key="_kind")
    entities, entity_flaws = _entities(rows.filter(kind == "structureej"), file)
    sites, site_flaws = _sites(rows.filter(kind == "structureet"), file)
    complete = {"entities"} if len(entities) else set()
    return Reading(
        source=file,
        as_of=head[3].strip() if len(head) > 3 and head[3].strip() else as_of,  # noqa: PLR2004 — the comment's last cell
        entities=entities,
        sites=sites,
        flaws=pl.concat([flaws, entity_flaws, site_flaws]),
        complete=frozenset(complete | ({"sites"} if len(sites) else set())),
    )


def _split(rows: pl.DataFrame, names: tuple[str, ...], file: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows cut into named cells, and the flaws of those with another number of cells."""
    fits = pl.col("cells").is_between(len(names) - _LAST_MAY_LACK, len(names))
    number = pl.col("raw").str.split_exact(";", 2).struct.field("field_1")
    good, flaws = sift(
        rows.with_columns(number=number), [Rule("cells", ~fits, pl.col("cells"))], file=file, key="number"
    )
    cells = pl.col("raw").str.split_exact(";", len(names) - 1).struct.rename_fields(list(names))
    cut = good.select("line", cells.alias("cell")).unnest("cell")
    return cut.with_columns(pl.col(*names).str.strip_chars().fill_null("")), flaws


def _name() -> pl.Expr:
    return pl.when(pl.col("rslongue") != "").then("rslongue").otherwise("rs").str.slice(0, 200)


def _entities(rows: pl.DataFrame, file: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    if rows.is_empty():
        return empty(ENTITIES), empty(FLAWS)
    cut, flaws = _split(rows, _ENTITY, file)
    whole = (
        cut.join(departments(), on="finess_code", how="left", maintain_order="left")
        .join(statuses(), on="legal_status", how="left", maintain_order="left")
        .with_columns(name=_name(), life=pl.lit("active"), closed_on=pl.lit(""), successor=pl.lit(""))
    )
    rules = [FINESS, twice("finess"), NAME, _DEPARTMENT, _status()]
    good, more = sift(whole, rules, file=file, key="finess")
    return good.select(*ENTITIES, "line"), pl.concat([flaws, more])


def _status() -> Rule:
    return Rule("legal_status", pl.col("status").is_null(), pl.col("legal_status"))


def _sites(rows: pl.DataFrame, file: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    if rows.is_empty():
        return empty(SITES), empty(FLAWS)
    cut, flaws = _split(rows, _SITE, file)
    rank = pl.col("commune_rank")
    whole = cut.join(departments(), on="finess_code", how="left", maintain_order="left").with_columns(
        name=_name(),
        life=pl.lit("active"),
        closed_on=pl.lit(""),
        commune=pl.when(rank != "")
        .then(pl.col("department").str.slice(0, 2) + rank.str.zfill(3))
        .otherwise(pl.lit("")),
        commune_name=pl.col("ligneacheminement").str.replace(r"^[0-9]{5}\s+", "").str.slice(0, 60),
    )
    good, more = sift(whole, [FINESS, twice("finess"), NAME, _DEPARTMENT], file=file, key="finess")
    return good.select(*SITES, "line"), pl.concat([flaws, more])
