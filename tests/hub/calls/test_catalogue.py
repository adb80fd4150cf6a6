from datetime import date
from decimal import Decimal

import pytest

from rempart.hub.funding.calls import catalogue, shipped
from rempart.hub.funding.calls.definition import CallDefinition, StageCode
from rempart.hub.funding.calls.models import Stage
from rempart.hub.funding.rules import Outcome, Rule
from rempart.hub.funding.rules.document import DatedDocument
from rempart.hub.funding.rules.repeated import RepeatedAttestations
from rempart.measurement.text import Text
from tests.hub.factories.evidence import evidence, measure, piece, shares

PATHS = shipped()


def read(code):
    return CallDefinition.parse(catalogue.read(code))


def texts_of(value):
    if isinstance(value, Text):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from texts_of(item)
    elif hasattr(type(value), "model_fields"):
        for name in type(value).model_fields:
            yield from texts_of(getattr(value, name))


def rules_of(rule: Rule):
    yield rule
    for part in rule.parts():
        yield from rules_of(part)


def test_the_shipped_calls_are_the_three_published_and_the_template():
    assert [path.stem for path in PATHS] == ["D1-2024", "D2-2025", "HOPEN2-2026", "template"]
    assert "template" not in [path.stem for path in catalogue.real_calls()]


def test_the_stages_of_the_files_are_those_of_the_database():
    assert set(StageCode.__args__) == set(Stage.values)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_each_shipped_file_reads_in_both_languages(path):
    definition = CallDefinition.parse(path.read_text(encoding="utf-8"))
    for text in texts_of(definition):
        assert text.fr.strip()
        assert text.en.strip()
        assert " :" not in text.fr, "a no-break space comes before a French colon"
    for requirement in definition.requirements:
        assert requirement.rule.explain().fr
        assert requirement.title.fr != requirement.title.en or requirement.code == "O1"
    assert path.stem in {definition.code, "template"}


@pytest.mark.parametrize("path", catalogue.real_calls(), ids=lambda path: path.stem)
def test_a_requirement_without_a_published_proof_says_so_and_is_left_to_a_person(path):
    for requirement in CallDefinition.parse(path.read_text(encoding="utf-8")).requirements:
        assert requirement.proofs or requirement.unknown
        assert requirement.source
        if requirement.unknown:
            assert requirement.rule.left_to_a_person()


def test_d1_invents_nothing():
    d1 = read("D1-2024")
    assert {item.code for item in d1.objectives} == {"D1.O2.B", "D1.O6.B"}
    assert d1.prerequisites == ()
    assert d1.operational_from is None
    assert d1.cost_window_from is None
    assert d1.envelope_cents == 6_500_000_000
    said = " ".join(text.fr for text in d1.unknown)
    for part in ("prérequis", "objectifs autres", "score ADS", "plafonds"):
        assert part in said
    rule = d1.requirement("D1.O2.B").rule
    assert isinstance(rule, RepeatedAttestations)
    assert (rule.level, rule.min_days, rule.max_days, rule.at_level) == (None, 45, 60, None)


def test_d1_desks_keep_their_moves():
    windows = {window.stage: window for window in read("D1-2024").windows}
    assert windows["declaration"].closes_on == date(2025, 3, 28)
    assert windows["declaration"].extensions[-1].closes_on == date(2025, 6, 30)
    assert windows["payment"].extensions[-1].closes_on == date(2026, 6, 30)
    assert all(move.decided_on is None for window in windows.values() for move in window.extensions)


def test_d1_convergence_is_asked_of_a_ght_only():
    objective = read("D1-2024").requirement("D1.O6.B")
    at = date(2025, 3, 1)
    assert objective.judge(evidence(at=at)).outcome is Outcome.NOT_APPLICABLE
    assert objective.judge(evidence(at=at, is_ght=True)).outcome is Outcome.MISSING


def test_d1_exposure_is_asked_of_each_member_of_a_ght():
    objective = read("D1-2024").requirement("D1.O2.B")
    first, second = date(2024, 9, 2), date(2024, 10, 20)
    audits = [measure(day, 4, "A", engine="exposure") for day in (first, second)]
    facts = {"at": date(2024, 12, 1), "names": {"A": "Valmont", "B": "Rivière"}, "is_ght": True}
    assert objective.judge(evidence(*audits, **facts)).outcome is Outcome.MISSING
    audits += [measure(day, 4, "B", engine="exposure") for day in (first, second)]
    assert objective.judge(evidence(*audits, **facts)).outcome is Outcome.TO_REVIEW


def test_d2_has_all_its_requirements():
    d2 = read("D2-2025")
    assert [item.code for item in d2.prerequisites] == ["D2.P1", "D2.P2"]
    assert [item.code for item in d2.objectives] == [
        "D2.O1.A", "D2.O1.B", "D2.O1.C", "D2.O1.D", "D2.O2.A", "D2.O2.B",
        "D2.O3.A", "D2.O3.B", "D2.O3.C", "D2.O3.D", "D2.O4",
    ]  # fmt: skip
    assert d2.operational_from == d2.cost_window_from == date(2025, 7, 16)
    assert {window.stage: window.closes_on for window in d2.windows}["declaration"] is None
    thresholds = {
        item.code: rule.threshold
        for item in d2.objectives
        for rule in rules_of(item.rule)
        if rule.kind == "activity_share"
    }
    assert thresholds == {"D2.O1.C": Decimal("0.66"), "D2.O1.D": Decimal("0.66")}
    after = {
        item.code: rule.after
        for item in d2.requirements
        for rule in rules_of(item.rule)
        if getattr(rule, "after", None)
    }
    assert after == {"D2.P1": date(2022, 7, 16), "D2.O2.A": date(2022, 7, 16)}


def test_d2_no_document_is_green_before_a_person_read_it():
    for item in read("D2-2025").requirements:
        for rule in rules_of(item.rule):
            assert not isinstance(rule, DatedDocument) or rule.read


@pytest.mark.parametrize(
    ("declared", "outcome"), [(date(2026, 4, 2), Outcome.TO_REVIEW), (date(2026, 4, 5), Outcome.UNMET)]
)
def test_d2_a_dedicated_directory_is_measured_within_sixty_days_of_the_declaration(declared, outcome):
    day = date(2026, 2, 10)
    documents = [piece(nature, day) for nature in ("roles_sauvegarde", "gestion_roles", "preuve_2fa")]
    facts = evidence(
        *documents,
        measure(date(2026, 2, 1)),
        at=date(2026, 5, 1),
        declared=declared,
        operational_from=date(2025, 7, 16),
    )
    assert read("D2-2025").requirement("D2.O3.A").judge(facts).outcome is outcome


def test_d2_supervision_asks_more_of_a_ght():
    day, objective = date(2026, 2, 10), read("D2-2025").requirement("D2.O3.D")
    documents = [piece("etats_supervision", day), piece("procedure_incident_sauvegarde", day)]
    assert objective.judge(evidence(*documents, at=day)).outcome is Outcome.TO_REVIEW
    assert objective.judge(evidence(*documents, at=day, is_ght=True)).outcome is Outcome.MISSING


def test_d2_field_exercise_covers_66_percent_within_the_operational_phase():
    objective, day = read("D2-2025").requirement("D2.O1.D"), date(2026, 2, 10)
    common = {"at": day, "operational_from": date(2025, 7, 16), "is_ght": True}
    common["shares"] = shares(EJ1=40, EJ2=30, EJ3=15, EJ4=10, EJ5=5)

    def tested(*members):
        return [piece(nature, day, *members) for nature in ("scenario_exercice", "retex_exercice")]

    schedule = piece("calendrier_tests", day)
    assert objective.judge(evidence(schedule, *tested("EJ1", "EJ2"), **common)).outcome is Outcome.TO_REVIEW
    assert objective.judge(evidence(schedule, *tested("EJ1", "EJ3", "EJ5"), **common)).outcome is Outcome.UNMET


def test_hopen2_asks_more_each_year():
    objectives = read("HOPEN2-2026").objectives
    assert sorted({item.year for item in objectives}) == [2026, 2027, 2028]
    targets = {item.code: item.target.en for item in objectives}
    for code, figure in (("2027-2.1", "75%"), ("2027-2.2", "40%"), ("2028-2.1", "90%"), ("2028-2.2", "60%")):
        assert figure in targets[code]
    assert read("HOPEN2-2026").envelope_cents is None


def test_rules_made_of_rules_read_like_french():
    definition = read("D2-2025")
    said = definition.requirement("D2.O1.C").rule.explain().fr.replace("\u00a0", " ")
    assert said == (
        "Il faut : 1) liste des activités critiques de l’établissement ; 2) au choix, bilan d’impact sur l’activité "
        "(BIA), ou motif de l’absence de BIA ; 3) PCA et PRA des activités critiques. À déposer au plus tard à la "
        "déclaration d’atteinte. Un instructeur lit ce qui est déposé. Les membres couverts pèsent au moins 66 % de "
        "l’activité combinée."
    )
    for requirement in definition.requirements:
        said = requirement.rule.explain()
        assert said.fr.count("Un instructeur") <= 1, said.fr
        assert said.en.count("An instructor") <= 1, said.en
