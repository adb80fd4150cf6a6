"""Warnings on what the schema gives to every object born from a class (our rules: ANSSI publishes names only)."""

import re
from collections.abc import Iterator, Mapping

import polars as pl

from rempart.directory.controls import control
from rempart.directory.forest import KEY, NAME, Forest
from rempart.measurement.control import Control
from rempart.measurement.verdict import Verdict

_ACE = re.compile(r"\((O?A);([^;]*);([^;]*);([^;]*);[^;]*;([^;)]*)\)", re.IGNORECASE)
_WHOLE = {"GA", "GW", "WD", "WO"}
_WHEN_UNTYPED = {"WP", "CR"}
_HEX_STRONG = 0x10000000 | 0x40000000 | 0x40000 | 0x80000
_HEX_UNTYPED = 0x20 | 0x100
_TRUSTED = {
    "DA", "EA", "SA", "BA", "SY", "AO", "SO", "PO", "BO", "ED", "CO", "CG", "PS", "OW", "LA", "DD", "RE", "KA", "EK",
}  # fmt: skip
"""SDDL names (MS-DTYP 2.5.1.1) of privileged groups, of the system, and of identities tied to the object itself."""
_TRUSTED_SIDS = re.compile(
    r"^S-1-(?:5-32-(?:544|548|549|550|551|552)|5-(?:9|10|18)|3-[014]|5-21-[\d-]+-(?:500|512|516|518|519|526|527))$"
)
_ACCOUNTS = {"user", "computer"}


@control("warning_schema_default_sd")
def default_rights(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the rights that new objects of each class are born with."""
    classes = forest.of_class("classschema").filter(pl.col("defaultSecurityDescriptor").is_not_null())
    rows = [
        (number, sid, rights)
        for number, sddl in classes.select("id", "defaultSecurityDescriptor").iter_rows()
        for sid, rights in _dangerous(sddl)
    ]
    found = pl.DataFrame(rows, schema={"id": pl.UInt32, "principal": pl.String, "right": pl.String}, orient="row")
    subjects = (
        found.unique()
        .join(classes, on="id")
        .select(
            key=KEY + ">" + pl.col("principal") + ">" + pl.col("right"),
            name=pl.col("lDAPDisplayName").fill_null(NAME),
            dn="dn",
            principal="principal",
            right="right",
        )
    )
    yield entry.judge(subjects, measured={"classes": classes.height})


def _dangerous(sddl: str) -> Iterator[tuple[str, str]]:
    """Yield the non-privileged trustees of an SDDL text, with the rights that would give them the object."""
    for _, flags, rights, typed, sid in _ACE.findall(sddl.partition("S:")[0]):
        if "IO" in _codes(flags) or sid.upper() in _TRUSTED or _TRUSTED_SIDS.match(sid):
            continue
        if _gives_the_object(rights, typed=bool(typed)):
            yield sid, rights


def _gives_the_object(rights: str, *, typed: bool) -> bool:
    """Tell whether rights, as codes or as a hexadecimal mask, give the whole object; `typed`: they are for one part."""
    if rights.lower().startswith("0x"):
        return bool(int(rights, 16) & (_HEX_STRONG | (0 if typed else _HEX_UNTYPED)))
    return bool(_codes(rights) & (_WHOLE | (set() if typed else _WHEN_UNTYPED)))


def _codes(text: str) -> set[str]:
    """Return the two-letter codes of an SDDL field."""
    return {text[at : at + 2].upper() for at in range(0, len(text), 2)}


@control("warning_schema_posssuperiors")
def allowed_parents(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge whether a container may be created under an account."""
    classes = forest.of_class("classschema").filter(pl.col("lDAPDisplayName").is_not_null())
    parents = dict(classes.select("lDAPDisplayName", "subClassOf").iter_rows())
    accounts = {name for name in parents if _ACCOUNTS & _lineage(name, parents)} | _ACCOUNTS
    containers = [name for name in parents if "container" in _lineage(name, parents)]
    lists = [pl.col(name).fill_null([]) for name in ("possSuperiors", "systemPossSuperiors")]
    subjects = (
        classes.filter(pl.col("lDAPDisplayName").is_in(containers))
        .with_columns(value=pl.concat_list(lists))
        .explode("value", empty_as_null=True)
        .filter(pl.col("value").is_in(list(accounts)))
        .select(
            key=KEY + ">" + pl.col("value"),
            name=pl.col("lDAPDisplayName") + " → " + pl.col("value"),
            dn="dn",
            attribute=pl.lit("possSuperiors"),
            value="value",
        )
        .unique()
    )
    yield entry.judge(subjects, measured={"classes": classes.height})


def _lineage(name: str, parents: Mapping[str, str | None]) -> set[str]:
    """Return a class and all it derives from; a loop in a damaged schema ends."""
    seen: set[str] = set()
    current: str | None = name
    while current is not None and current not in seen:
        seen.add(current)
        current = parents.get(current)
    return seen
