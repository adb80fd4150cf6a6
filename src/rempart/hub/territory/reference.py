"""What is known without any file: regions, départements, and the nature of each legal status."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import polars as pl

from rempart.hub.territory.models import Department, Region


class Reference(NamedTuple):
    """Regions as (code, name, agency); départements as (code, finess code, name, region code)."""

    regions: tuple[tuple[str, str, str], ...]
    departments: tuple[tuple[str, str, str, str], ...]


@cache
def reference() -> Reference:
    """Return the regions and départements of the country, from this room's data file."""
    regions = tomllib.loads(_data("regions.toml"))["region"]
    return Reference(
        tuple((region["code"], region["name"], region["agency"]) for region in regions),
        tuple(
            (department["code"], department.get("finess", department["code"]), department["name"], region["code"])
            for region in regions
            for department in region["departments"]
        ),
    )


def load_reference() -> None:
    """Write the regions and départements, and correct those that differ; run it as often as you like."""
    known = reference()
    Region.objects.bulk_create(
        [Region(code=code, name=name, agency=agency) for code, name, agency in known.regions],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "agency"],
    )
    Department.objects.bulk_create(
        [
            Department(code=code, finess_code=finess, name=name, region_id=region)
            for code, finess, name, region in known.departments
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["finess_code", "name", "region"],
    )


def departments() -> pl.DataFrame:
    """Return the départements in columns: `department` (INSEE), `finess_code`, `department_region`."""
    rows = [(code, finess, region) for code, finess, _name, region in reference().departments]
    return pl.DataFrame(rows, schema=["department", "finess_code", "department_region"], orient="row")


def statuses() -> pl.DataFrame:
    """Return the nature of each FINESS legal status in columns: `legal_status` (two digits), `status`."""
    known = tomllib.loads(_data("legal_status.toml"))
    natures = {
        f"{code:02d}": family["status"]
        for family in known["families"]
        for code in range(family["first"], family["last"] + 1)
    }
    natures |= known["exceptions"]
    return pl.DataFrame(sorted(natures.items()), schema=["legal_status", "status"], orient="row")


def _data(name: str) -> str:
    return (files("rempart.hub.territory") / "data" / name).read_text(encoding="utf-8")
