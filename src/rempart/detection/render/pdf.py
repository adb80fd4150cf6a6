"""A night on paper: accessible PDF (PDF/UA-1), by Typst. Data travels as JSON: no name is ever read as markup."""

from importlib.resources import files

from rempart.detection.alerts.result import DetectionResult
from rempart.detection.alerts.triage import Triage
from rempart.detection.render.html import level_of, place_of
from rempart.detection.render.marking import marked
from rempart.detection.render.shown import AlertView, IncidentView
from rempart.detection.render.view import View
from rempart.detection.render.wording import terms
from rempart.measurement.render.pdf import compiled, widths
from rempart.measurement.render.view import visible
from rempart.measurement.text import Language

INCIDENTS = 10
ROWS = 40
ALERTS = 60
TABLE_ROWS = 80
_HOUR = 24
"""Share of the line of a day and an hour, so that they stand on one line."""
_WORDS = (
    "title engine do_first undo unseen unseen_intro unseen_none seen_doing timeline alerts rules refused_table "
    "glossary stays page rules_digest"
)


def render(result: DetectionResult, language: Language, *, triage: Triage | None = None) -> bytes:
    """Return the PDF: the essentials on page 1, then each incident, the alerts and why, the rules, a glossary."""
    template = files(__package__).joinpath("templates", "incidents.typ").read_bytes()
    return compiled(template, _page(View(result, language, triage)), result.made_at)


def _page(view: View) -> dict[str, object]:
    said, result = view.said, view.result
    told = [shown for incident in view.open for shown in incident.alerts] + list(view.lone)
    return {
        "lang": view.language.value,
        "title": f"{said('title')} – {visible(result.name)}",
        "words": {word: said(word) for word in _WORDS.split()}
        | {"product": said.words("product"), "page_of": said("of"), "colon": said.words.pair("", "")},
        "names": visible(result.name),
        "facts": view.facts,
        "head": view.head,
        "lead": view.lead,
        "tiles": [{"state": tone, "n": figure, "word": word} for tone, figure, word in view.tiles],
        "cert": view.cert,
        "cert_title": view.cert_title,
        "due": any(shown.declare for shown in view.open),
        "unseen": [{"label": blind.label, "why": blind.why} for blind in view.unseen],
        "incidents": [_incident(shown, view) for shown in (*view.open, *view.closed)[:INCIDENTS]],
        "alerts": [_alert(shown, view) for shown in told[:ALERTS]],
        "alerts_more": said("alerts_shown", n=len(told), shown=ALERTS) if len(told) > ALERTS else "",
        "rules": _rules(view),
        "refused": _refused(view),
        "terms": [{"name": said.words.text(term.name), "meaning": said.words.text(term.meaning)} for term in terms()],
        "digest": result.rules.digest,
    }


def _incident(shown: IncidentView, view: View) -> dict[str, object]:
    said = view.said
    columns = [said(word) for word in ("when", "what", "where", "stage", "level")]
    rows = [[row.when, row.title, row.where, row.stage, row.level] for row in shown.alerts[:ROWS]]
    return {
        "id": shown.incident.id,
        "title": shown.title,
        "word": shown.word,
        "tone": shown.tone,
        "score": said("score", n=shown.incident.score.total),
        "span": shown.span,
        "counted": shown.counted,
        "state": shown.state,
        "active": said("active") if shown.incident.active and not shown.closed else "",
        "long": shown.long,
        "stages": [[stage.when, stage.name, " ; ".join(stage.titles)] for stage in shown.acts],
        "who": [list(pair) for pair in shown.who],
        "actions": [{"lead": a.lead, "rest": a.rest, "undo": a.undo} for a in shown.actions],
        "declare": list(shown.declare),
        "columns": columns,
        "widths": [_HOUR, *widths(columns, rows)[1:]],
        "rows": rows,
        "more": said("rows_shown", n=len(shown.alerts), shown=ROWS) if len(shown.alerts) > ROWS else "",
    }


def _alert(shown: AlertView, view: View) -> dict[str, object]:
    said, alert = view.said, shown.alert
    facts = [shown.when, shown.where, shown.stage, said("events", n=alert.count)]
    about = alert.about
    rule = (
        said.words.pair(said(word), visible(getattr(about, word)) or said("unknown")) for word in ("author", "licence")
    )
    return {
        "id": alert.id,
        "title": shown.title,
        "level": shown.level,
        "tone": shown.tone,
        "facts": [fact for fact in facts if fact],
        "because": [
            [
                visible(reason.field),
                visible(reason.sought),
                [[visible(text), hit] for text, hit in marked(reason.sought, reason.value)],
            ]
            for reason in alert.because
        ],
        "place": place_of(alert.events[0], view) if alert.events else "",
        "rule": " · ".join((*rule, visible(about.id))),
    }


def _rules(view: View) -> dict[str, object]:
    said = view.said
    columns = [said(word) for word in ("rule", "level", "alerts", "author", "licence", "pack")]
    rows = [
        [
            visible(about.title),
            said(level_of(about)),
            said.words.number(count),
            visible(about.author) or said("unknown"),
            visible(about.licence) or said("unknown"),
            visible(about.pack),
        ]
        for about, count in view.rules[:TABLE_ROWS]
    ]
    return {"columns": columns, "widths": widths(columns, rows), "rows": rows}


def _refused(view: View) -> dict[str, object]:
    said = view.said
    columns = [said(word) for word in ("rule", "reason", "file")]
    rows = [
        [visible(each.title), visible(said.text(each.reason)), visible(f"{each.pack}/{each.path}")]
        for each in view.result.rules.refusals[:TABLE_ROWS]
    ]
    return {"columns": columns, "widths": widths(columns, rows), "rows": rows}
