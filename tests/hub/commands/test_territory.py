import pytest
from typer.testing import CliRunner

from rempart.hub.commands import site
from rempart.hub.commands.territory import app
from rempart.hub.funding.calls.models import Call, Ceiling
from rempart.hub.territory.models import Activity, LegalEntity
from rempart.measurement.errors import InputError
from tests.hub.factories import territory

pytestmark = pytest.mark.django_db

SURVEY = (
    "finess_ej;raison_sociale_site_principal;finess_eg_principal;categorie_site_principal;statut;region;departement\n"
    "140000001;=CH DE VALMONT (FICTIF);140000100;355;public;28;14\n"
    "14000001;TROP COURT (FICTIF);140000101;355;public;28;14\n"
)


@pytest.fixture
def run(tmp_path):
    def call(name, text, *options):
        path = tmp_path / "table.csv"
        path.write_text(text, encoding="utf-8")
        return CliRunner().invoke(app, [name, str(path), *options])

    return call


def test_a_dry_run_says_what_would_change_and_writes_nothing(run):
    result = run("import-finess", SURVEY, "--dry-run")
    assert result.exit_code == 0
    assert "rien n’est écrit" in result.output
    assert "numéro FINESS mal formé" in result.output
    assert "ligne 3" in result.output
    assert not LegalEntity.objects.exists()


def test_an_import_writes_and_strictness_shows_in_the_exit_code(run):
    assert run("import-finess", SURVEY).exit_code == 0
    assert LegalEntity.objects.get().name == "=CH DE VALMONT (FICTIF)"
    assert run("import-finess", SURVEY, "--strict").exit_code == 1


def test_details_go_to_a_table_that_runs_nothing_in_a_spreadsheet(run, tmp_path):
    path = tmp_path / "details.csv"
    run("import-finess", SURVEY, "--details", str(path))
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert lines[1] == '"entities";"140000001";"created";"name";"";"\'=CH DE VALMONT (FICTIF)"'
    assert lines[2] == '"table.csv";"14000001";"refused";"finess";"ligne 3";"14000001"'


def test_details_that_cannot_be_written_say_so(run, tmp_path):
    result = run("import-finess", SURVEY, "--details", str(tmp_path / "absent" / "details.csv"))
    assert isinstance(result.exception, InputError)


def test_a_suspicious_file_is_named_in_the_dry_run(run):
    owner = territory.entity()
    for _ in range(30):
        territory.site(legal_entity=owner)
    cells = ["structureet", "140000100", owner.pk, "SITE", *[""] * 8, "118", "14", *[""] * 18]
    flat = "finess;etalab;1;2026-05-12\n" + ";".join(cells)
    assert "seraient fermées" in run("import-finess", flat, "--dry-run").output


def test_activity_and_ceilings_are_counted(run):
    entity = territory.entity()
    Call.objects.create(code="D9-2099", title="Appel fictif")
    result = run("import-activity", f"finess;annee;activite\n{entity.pk};2023;12,5\n")
    assert (result.exit_code, "1 nouveaux" in result.output) == (0, True)
    result = run("import-ceilings", f"appel;candidat;montant\nD9-2099;{entity.pk};12,5\nD9-2099;rien;1\n", "--strict")
    assert result.exit_code == 1
    assert (Activity.objects.count(), Ceiling.objects.count()) == (1, 1)


def test_the_data_folder_is_that_of_the_settings(settings):
    assert site.data_folder() == settings.DATA_FOLDER
