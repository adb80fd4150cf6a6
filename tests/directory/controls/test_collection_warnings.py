from dataclasses import replace

import polars as pl
import pytest

from rempart import __version__
from rempart.directory.catalogue import catalogue
from rempart.directory.controls import evaluations
from rempart.directory.forest import Forest
from rempart.directory.snapshot import TABLE_SCHEMAS
from rempart.measurement.verdict import Status
from tests.directory.maker import AT


def verdict_on(snapshot, control_id):
    return next(iter(evaluations()[control_id](catalogue().controls[control_id], Forest(snapshot, AT))))


def with_gaps(maker, *rows):
    snapshot = maker.snapshot()
    gaps = pl.DataFrame(list(rows), schema=TABLE_SCHEMAS["gaps"], orient="row")
    return replace(snapshot, gaps=pl.concat([snapshot.gaps, gaps]))


ATTRIBUTE = ("attribute:msDS-ReplValueMetaData", None, "non demandé", "not asked")
PARTITION = ("partition:schema", "hopital.test", "non lue", "not read")


def test_warning_dump_error_vuln_rp_fails(maker):
    verdict = verdict_on(with_gaps(maker, ATTRIBUTE, PARTITION), "warning_dump_error_vuln_rp")
    assert verdict.status is Status.FAILED
    assert verdict.subjects["key"].to_list() == ["gap:partition:schema:hopital.test"]
    assert verdict.subjects["attribute"].to_list() == ["partition:schema"]


def test_warning_dump_error_vuln_rp_passes(maker):
    assert verdict_on(with_gaps(maker, ATTRIBUTE), "warning_dump_error_vuln_rp").status is Status.SATISFIED


def test_warning_dump_error_rp_fails_for_gaps_and_flaws(maker):
    maker.user("agent", primaryGroupID="abc")
    verdict = verdict_on(with_gaps(maker, ATTRIBUTE, PARTITION), "warning_dump_error_rp")
    assert verdict.status is Status.FAILED
    assert verdict.subjects["attribute"].to_list() == ["", "attribute:msDS-ReplValueMetaData"]
    assert "CN=agent" in verdict.subjects["name"][0]
    assert verdict.measured == {"gaps": 1, "flaws": 1}


def test_warning_dump_error_rp_passes(maker):
    assert verdict_on(with_gaps(maker, PARTITION), "warning_dump_error_rp").status is Status.SATISFIED


def made_by(maker, tool):
    snapshot = maker.snapshot()
    return replace(snapshot, manifest=snapshot.manifest.model_copy(update={"tool": tool}))


def test_warning_tool_version_fails(maker):
    verdict = verdict_on(made_by(maker, "0.0.0"), "warning_tool_version")
    assert verdict.status is Status.FAILED
    assert verdict.subjects["name"].to_list() == ["Rempart 0.0.0"]


@pytest.mark.parametrize("tool", [__version__, "99.1"])
def test_warning_tool_version_passes(maker, tool):
    assert verdict_on(made_by(maker, tool), "warning_tool_version").status is Status.SATISFIED


def test_a_tool_without_version_is_not_evaluated(maker):
    assert verdict_on(made_by(maker, "inconnu"), "warning_tool_version").status is Status.NOT_EVALUATED


def says_it_could_not_look(maker, control_id):
    assert catalogue().controls[control_id].needs == ("sysvol",)
    verdict = verdict_on(maker.snapshot(), control_id)
    assert verdict.status is Status.NOT_EVALUATED
    assert "SYSVOL" in verdict.reason.fr


def test_warning_sysvol_files_acl_says_it_could_not_look(maker):
    says_it_could_not_look(maker, "warning_sysvol_files_acl")


def test_warning_sysvol_files_sd_says_it_could_not_look(maker):
    says_it_could_not_look(maker, "warning_sysvol_files_sd")


def test_warning_sysvol_root_sd_says_it_could_not_look(maker):
    says_it_could_not_look(maker, "warning_sysvol_root_sd")


def test_info_gpo_sysvol_says_it_could_not_look(maker):
    says_it_could_not_look(maker, "info_gpo_sysvol")
