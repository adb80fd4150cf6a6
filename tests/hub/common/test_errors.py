"""A refusal speaks both languages, whatever the language of the moment it is made in."""

import ast
from pathlib import Path

import pytest
from django.utils import translation

from rempart.hub.common import money
from rempart.hub.common.errors import Refusal

HUB = Path(__file__).parents[3] / "src/rempart/hub"
SHOWN_AT_ONCE = {"pages", "api", "theme"}
"""Rooms that answer a person: what they say is read in the language it is made in."""
MODULES = [path for path in HUB.rglob("*.py") if path.relative_to(HUB).parts[0] not in SHOWN_AT_ONCE]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_filled_refusal_is_said_in_the_language_of_its_reader(language):
    with translation.override(language), pytest.raises(Refusal) as caught:
        money.cents("douze")
    assert "n’est pas un montant" in caught.value.what.fr
    assert "is not an amount" in caught.value.what.en
    assert "douze" in caught.value.what.en


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(HUB)))
def test_no_refusal_is_filled_before_its_language_is_known(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    made = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _name(node) == "Refusal"]
    early = [node.lineno for node in made if any(isinstance(part, ast.BinOp | ast.JoinedStr) for part in node.args)]
    assert early == [], "fill the sentence with common.errors.filled"


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""
