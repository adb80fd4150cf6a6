import pytest
from django.utils import translation

from rempart.hub.funding.calls.definition import CallDefinition
from rempart.hub.funding.calls.reading import DefinitionRefusal
from tests.hub.factories.calls import content
from tests.hub.factories.evidence import plain


def problems(text):
    with pytest.raises(DefinitionRefusal) as caught:
        CallDefinition.parse(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        (content(rule='{ kind = "attestation", level = 3 }'), "objectives[0] (O1).rule.engine", "obligatoire"),
        (content(rule='{ kind = "magic" }'), "objectives[0] (O1).rule", "kind"),
        (content(rule='{ kind = "human", level = 3 }'), "objectives[0] (O1).rule.level", "n’existe pas"),
        (
            content(rule='{ kind = "all_of", rules = [{ kind = "attestation", engine = "x", level = "a" }] }'),
            "objectives[0] (O1).rule.rules[0].level",
            "entier",
        ),
        (
            content(rule='{ kind = "repeated_attestations", engine = "x", max_days = 2 }'),
            "objectives[0] (O1).rule",
            "max_days",
        ),
        (content(rule='{ kind = "document", natures = ["inconnue"] }'), "-", "inconnue"),
        (content(more="envelope_cents = 0"), "envelope_cents", "trop petite"),
        (content(more='operational_from = "hier"'), "operational_from", "date"),
        (content().replace('stage = "declaration"', 'stage = "fete"'), "windows[1].stage", "liste"),
        (content().replace('stage = "declaration"', 'stage = "application"'), "-", "deux fois"),
        (content().replace("closes_on = 2026-02-28", "closes_on = 2025-02-28"), "windows[0]", "ferme avant"),
        (content("mauvais code"), "code", "code"),
        (
            content(rule='{ kind = "document", read = false }\nunknown = { fr = "x", en = "x" }'),
            "objectives[0] (O1)",
            "personne",
        ),
    ],
)
def test_each_mistake_says_its_place_in_the_file(text, place, what):
    found = problems(text).problems
    assert [problem.place for problem in found] == [place]
    assert what in found[0].what.fr


def test_all_the_mistakes_are_told_at_once():
    text = content(more="envelope_cents = 0\nsurprise = 1")
    assert {problem.place for problem in problems(text).problems} == {"envelope_cents", "surprise"}


def test_what_is_not_toml_says_its_line():
    refusal = problems('code = "A"\nlegal_text = oui\n')
    assert refusal.code == "not_toml"
    assert "line 2" in refusal.what.fr


def test_a_mistake_is_told_in_french_and_in_english():
    refusal = problems(content(more="envelope_cents = 0"))
    assert plain(refusal.what.fr) == "Définition d’appel, champ « envelope_cents » : cette valeur est trop petite."
    with translation.override("en"):
        assert "envelope_cents" in str(refusal)
