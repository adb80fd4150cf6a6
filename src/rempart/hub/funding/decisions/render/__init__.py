"""A decision as an accessible PDF (PDF/UA-1), by Typst. Facts travel as JSON: no name is ever read as markup."""

import json
import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import as_file, files
from string import Formatter
from typing import Any

import typst

from rempart.measurement.render.pdf import drawable

_FONTS = files("rempart.measurement.render").joinpath("fonts")
Facts = Mapping[str, Any]


@cache
def texts() -> dict[str, dict[str, Any]]:
    """Return the wording of each kind of decision."""
    return tomllib.loads(files(__package__).joinpath("texts.toml").read_text(encoding="utf-8"))


@cache
def _template() -> bytes:
    return files(__package__).joinpath("decision.typ").read_bytes()


def render(kind: str, facts: Facts, at: datetime) -> bytes:
    """Return the PDF of a decision: the same facts and moment give the same bytes.

    Args:
        kind: a key of `texts.toml`.
        facts: the mentions of the decision, as `facts.of` gathers them; a sentence whose mention is empty is left out.
        at: when the decision was taken; the PDF carries it, not the time of its making.

    """
    with as_file(_FONTS) as fonts:
        compiler = typst.Compiler(
            _template(),
            font_paths=typst.Fonts(include_system_fonts=False, font_paths=[str(fonts)]),
            sys_inputs={"data": json.dumps(_spelt(page(kind, facts)))},
        )
        pdf = compiler.compile(format="pdf", pdf_standards=["ua-1"], timestamp=int(at.timestamp()))
    if not isinstance(pdf, bytes):
        raise TypeError("one PDF was asked for")
    return pdf


def page(kind: str, facts: Facts) -> dict[str, Any]:
    """Return what the page says, its sentences filled."""
    words = texts()[kind]
    return {
        "title": words["title"],
        "seen": _filled(words["seen"], facts),
        "because": _filled(words["because"], facts),
        "articles": _filled(words["articles"], facts),
        "members": facts.get("members", []) if words.get("members") else [],
        "objectives": facts.get("objectives", []) if words.get("objectives") else [],
        "countersigned": words.get("countersigned", ""),
        **{name: facts[name] for name in _SHOWN},
    }


_SHOWN = (
    "number", "day", "issuer", "place", "call", "call_title", "file", "applicant", "applicant_number", "applicant_kind",
    "signatory", "signatory_role", "simulated", "digest",
)  # fmt: skip


def _filled(sentences: list[str], facts: Facts) -> list[str]:
    """Fill each sentence; one that lacks a mention says nothing, rather than a hole."""
    filled = []
    for sentence in sentences:
        names = [name for _, name, _, _ in Formatter().parse(sentence) if name]
        if all(facts.get(name) for name in names):
            filled.append(sentence.format_map(facts))
    return filled


def _spelt(value: Any) -> Any:  # noqa: ANN401 — any JSON
    """Return the data with every text drawable by the fonts at hand."""
    if isinstance(value, str):
        return "\n".join(drawable(line) for line in value.split("\n"))
    if isinstance(value, dict):
        return {name: _spelt(item) for name, item in value.items()}
    return [_spelt(item) for item in value] if isinstance(value, list) else value
