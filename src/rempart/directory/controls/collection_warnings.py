"""Warnings about the collection itself: what it could not read, and the tool that made it. Never scored.

ANSSI publishes the names of these items, not their rules: the rules here are ours, and each catalogue entry says so.
"""

import re
from collections.abc import Iterator

import polars as pl

from rempart import __version__
from rempart.directory.catalogue import catalogue
from rempart.directory.controls import control
from rempart.directory.forest import Forest
from rempart.measurement.control import Control, Kind
from rempart.measurement.text import Text
from rempart.measurement.verdict import Verdict

_FILES = "sysvol"
_RELEASE = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?")
_NO_FILES = Text(
    fr="les fichiers de SYSVOL ne font pas partie de l'instantané : aucune source actuelle ne les donne à Rempart",
    en="the files of SYSVOL are not part of the snapshot: no present source gives them to Rempart",
)
_UNKNOWN_TOOL = Text(
    fr="la version de l'outil « {tool} » ne se lit pas", en="the version of the tool “{tool}” cannot be read"
)


@control("warning_dump_error_vuln_rp")
def blind_spots_of_points(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge whether the source showed everything the scored points need."""
    gaps = forest.snapshot.gaps.filter(pl.col("topic").is_in(_scored_topics()))
    yield entry.judge(_gap_subjects(gaps), measured={"gaps": gaps.height})


@control("warning_dump_error_rp")
def other_blind_spots(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge whether the source showed the rest, and whether every value could be understood."""
    gaps = forest.snapshot.gaps.filter(~pl.col("topic").is_in([*_scored_topics(), _FILES]))
    flaws = forest.snapshot.flaws.select(
        key=pl.concat_str(pl.lit("flaw"), "place", "problem", separator=":"),
        name="place",
        dn=pl.lit(""),
        attribute=pl.lit(""),
        value="problem",
    )
    measured = {"gaps": gaps.height, "flaws": forest.snapshot.manifest.counts.get("flaws", flaws.height)}
    yield entry.judge(pl.concat([_gap_subjects(gaps), flaws]), measured=measured)


def _scored_topics() -> list[str]:
    """Return the topics at least one scored point needs; a domain left out blinds them all."""
    points = (entry for entry in catalogue().controls.values() if entry.kind is Kind.VULNERABILITY)
    return sorted({"domain", *(need for point in points for need in point.needs)})


def _gap_subjects(gaps: pl.DataFrame) -> pl.DataFrame:
    """Return the gaps as subjects; their reasons, in both languages, stand with the gaps of the report."""
    place = pl.col("domain").fill_null("")
    return gaps.select(
        key=pl.concat_str(pl.lit("gap"), "topic", place, separator=":"),
        name=pl.concat_str("topic", pl.when(place != "").then(", " + place).otherwise(pl.lit(""))),
        dn=pl.lit(""),
        attribute="topic",
        value=pl.lit(""),
    )


@control("warning_tool_version")
def tool_version(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge whether the snapshot was made by this version of Rempart or a later one."""
    tool = forest.snapshot.manifest.tool
    made_by, present = _release(tool), _release(__version__)
    if made_by is None or present is None:
        yield entry.not_evaluated(_UNKNOWN_TOOL.filled(tool=tool))
        return
    old = pl.DataFrame({"key": ["tool"], "name": [f"Rempart {tool}"], "value": [tool]})
    yield entry.judge(old if made_by < present else old.clear(), measured={"tool": tool, "present": __version__})


def _release(version: str) -> tuple[int, ...] | None:
    found = _RELEASE.match(version)
    return tuple(int(part or 0) for part in found.groups()) if found else None


@control("warning_sysvol_files_acl")
@control("warning_sysvol_files_sd")
@control("warning_sysvol_root_sd")
@control("info_gpo_sysvol")
def files_of_sysvol(entry: Control, forest: Forest) -> Iterator[Verdict]:  # noqa: ARG001 — the snapshot holds no file
    """Say that the files of SYSVOL were not looked at: no table of the snapshot holds them."""
    yield entry.not_evaluated(_NO_FILES)
