"""A report as an accessible PDF (PDF/UA-1), by Typst. Data travels as JSON: no name is ever read as markup."""

import json
from datetime import datetime
from functools import cache
from importlib.resources import as_file, files

import typst

from rempart.measurement.annex import Annex, Form
from rempart.measurement.render.rampart import HEIGHT, WIDTH, explain, stones
from rempart.measurement.render.view import Point, StepView, View, visible
from rempart.measurement.report import Report
from rempart.measurement.text import Language
from rempart.measurement.verdict import Status

SUBJECTS_SHOWN = 40
ANNEX_ROWS = 60
COMMANDS_SHOWN = 5
FIRST_STEPS = 5
_READABLE = (
    range(0x20, 0x7F),
    range(0xA0, 0x180),
    range(0x386, 0x3CF),
    range(0x400, 0x460),
    (0x2013, 0x2014, 0x2018, 0x2019, 0x201A, 0x201C, 0x201D, 0x201E, 0x2022, 0x2026, 0x202F, 0x20AC, 0x2192),
)
_UNREADABLE_GREEK = {0x38B, 0x38D, 0x3A2}
"""What the fonts at hand can draw: Latin with its accents, Greek, Cyrillic. PDF/UA refuses a sign without a glyph."""


@cache
def _drawable() -> frozenset[int]:
    return frozenset(sign for signs in _READABLE for sign in signs) - _UNREADABLE_GREEK


def drawable(text: str) -> str:
    """Return `text` with the signs no font at hand can draw spelt as their code point."""
    known = _drawable()
    return "".join(sign if ord(sign) in known else f"[U+{ord(sign):04X}]" for sign in text)


def render(report: Report, language: Language) -> bytes:
    """Return the PDF: the essentials on page 1, then the plan, the gaps, each failed point, a glossary."""
    template = files(__package__).joinpath("templates", "report.typ").read_bytes()
    return compiled(template, _page(View(report, language)), report.judged_at)


def compiled(template: bytes, data: dict[str, object], at: datetime) -> bytes:
    """Return the PDF of a template of the house (it comes after `house.typ`), filled with `data`, dated `at`."""
    with as_file(files(__package__).joinpath("fonts")) as fonts:
        house = files(__package__).joinpath("templates", "house.typ").read_bytes()
        compiler = typst.Compiler(
            house + template,
            font_paths=typst.Fonts(include_system_fonts=False, font_paths=[str(fonts)]),
            sys_inputs={"data": json.dumps(_spelt(data))},
        )
        pdf = compiler.compile(format="pdf", pdf_standards=["ua-1"], timestamp=int(at.timestamp()))
    if not isinstance(pdf, bytes):
        raise TypeError("one PDF was asked for")
    return pdf


def _spelt(value: object) -> object:
    """Return the data with every text drawable; lines stay apart in commands."""
    if isinstance(value, str):
        return "\n".join(drawable(line) for line in value.split("\n"))
    if isinstance(value, dict):
        return {name: _spelt(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_spelt(item) for item in value]
    return value


def _page(view: View) -> dict[str, object]:
    w, report = view.words, view.report
    names = visible(", ".join(report.perimeter.names))
    return {
        "lang": view.language.value,
        "title": f"{w('report_title')} – {names}",
        "words": _fixed_words(view),
        "engine": w.label(report.tool.engine),
        "names": names,
        "facts": _facts(view),
        "level": view.level,
        "lead": view.lead,
        "at_most": w("why_at_most") if report.level.at_most else "",
        "attackers": w("attackers_alone", n=report.attackers) if report.attackers else "",
        "accepted_level": w("with_acceptances", level=w.level(report.level_with_acceptances).lower())
        if view.differs_with_acceptances
        else "",
        "wall": {"width": WIDTH, "height": HEIGHT, "stones": [stone._asdict() for stone in stones(view.wall)]},
        "courses": [
            {
                "name": w("course", n=course.level),
                "level": course.level,
                "state": course.state.value,
                "word": w(f"course_{course.state}"),
                "why": explain(course, w),
            }
            for course in reversed(view.wall)
        ],
        "counts": [{"state": s, "n": w.number(n), "word": w(s, n=n)} for s, n in view.counts.items()],
        "steps": [_step(view, item) for item in view.steps(COMMANDS_SHOWN)],
        "first": FIRST_STEPS,
        "blind": [
            {"reason": visible(reason), "points": [w.text(point.control.title) for point in points]}
            for reason, points in view.blind_by_reason()
        ],
        "gaps": [
            {"reason": visible(reason), "where": [visible(gap.domain or w("everywhere")) for gap in gaps]}
            for reason, gaps in view.gaps()
        ],
        "annexes": [_annex(view, annex) for annex in report.annexes],
        "points": [_point(view, point) for _, _, points in view.groups() for point in points if _is_failed(point)],
        "terms": [{"name": w.text(term.name), "meaning": w.text(term.meaning)} for term in view.terms()],
        "digests": [report.source.digest, report.tool.catalogue_digest],
    }


def _is_failed(point: Point) -> bool:
    return point.verdict.status is Status.FAILED and point.state != "to_review"


def _fixed_words(view: View) -> dict[str, str]:
    w = view.words
    wanted = (
        "product report_title stays summary counts_title rampart_title plan plan_intro plan_empty first_steps gaps "
        "gaps_intro gaps_none details no_failed risk rule recommendation how_to_fix how_to_undo subjects_of glossary "
        "annex_empty criticality measured page page_of thresholds_note read_before digest catalogue replay"
    )
    return {name: w(name) for name in wanted.split()} | {"colon": w.pair("", "")}


def _facts(view: View) -> list[str]:
    w, source = view.words, view.report.source
    counts = ", ".join(f"{w.number(count)} {w.label(code)}" for code, count in source.counts.items())
    finess = view.report.perimeter.finess
    return [
        *([f"{w('finess')} {finess}"] if finess else []),
        f"{w('taken_at')} {w.moment(source.taken_at)}",
        w.pair(w("source"), w.label(source.kind)) + (f" ({counts})" if counts else ""),
    ]


def _step(view: View, item: StepView) -> dict[str, object]:
    w, step = view.words, item.step
    return {
        "rank": item.rank,
        "title": visible(w.text(step.title)),
        "level": w("level_n", n=step.level) if step.level else w("warning"),
        "gain": [
            *([w("cut_off", n=step.cut_off)] if step.cut_off else []),
            *([w("subjects", n=step.subjects)] if step.control else []),
            w.pair(w("effort"), w(f"effort_{step.effort}")),
        ],
        "fix": w.text(step.fix),
        "undo": w.text(step.undo),
        "commands": item.fixes,
        "undos": item.undos,
        "more": w("commands_shown", n=item.total, shown=len(item.shown)) if item.total > len(item.shown) else "",
        "refused": w("refused", n=len(item.refused)) if item.refused else "",
        "unlocks": view.unlocked(step),
    }


def _annex(view: View, annex: Annex) -> dict[str, object]:
    w = view.words
    rows = view.annex_rows(annex, ANNEX_ROWS)
    columns = [w.label(column) for column in annex.columns]
    return {
        "title": w.text(annex.title),
        "intro": w.text(annex.intro),
        "texts": annex.form is Form.TEXTS,
        "brief": annex.brief,
        "columns": columns,
        "widths": widths(columns, rows),
        "rows": rows,
        "more": w("rows_shown", n=annex.total, shown=len(rows)) if annex.total > len(rows) else "",
    }


def _point(view: View, point: Point) -> dict[str, object]:
    w = view.words
    columns, rows = point.table(SUBJECTS_SHOWN, w)
    return {
        "title": w.text(point.control.title),
        "id": point.control.id,
        "state": point.state,
        "word": w(point.state),
        "level": w("level_n", n=point.level) if point.level else w("warning"),
        "items": w("items", n=point.total),
        "category": w.label(point.control.category) if point.control.category else "",
        "risk": w.text(point.control.risk),
        "rule": w.text(point.control.rule),
        "fix": w.text(point.control.fix),
        "measured": [w.pair(w.label(code), w.measure(value)) for code, value in point.verdict.measured.items()],
        "accepted": [
            w("acceptance_of", role=a.role, until=w.date(a.until), reason=a.reason) for a in point.cover.valid
        ],
        "columns": [w.label(column) for column in columns],
        "widths": widths(columns, rows),
        "rows": [list(row) for row in rows],
        "more": w("rows_shown", n=point.total, shown=len(rows)) if point.total > len(rows) else "",
    }


def widths(columns: list[str], rows: list[list[str]]) -> list[int]:
    """Return the share of the line each column takes: its longest word for people, within reason."""
    longest = [max((len(row[rank]) for row in rows), default=0) for rank in range(len(columns))]
    return [min(max(width, len(name), 10), 42) for name, width in zip(columns, longest, strict=True)]
