"""The daily digest: what happened, what to do first, when to call the CERT Santé, what could not be seen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

from markupsafe import Markup

from rempart.detection.alerts.result import DetectionResult
from rempart.detection.alerts.triage import Triage
from rempart.detection.render.shown import IncidentView
from rempart.detection.render.view import View
from rempart.measurement.render.view import visible
from rempart.measurement.text import Language

TOLD = 5
"""Incidents told; the others are counted."""
ACTIONS = 3
_WIDTH = 76


@dataclass(frozen=True)
class Part:
    """One part of the digest: a title, then blocks; a block is its first line and what hangs under it."""

    title: str
    blocks: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Digest:
    """The digest before it is text or HTML.

    Attributes:
        subject: of the mail, one line.
        name: the hospital.
        facts: where and when, one line.
        head, lead: the sentence first.
        parts: the four questions, in order.
        stays: a warning at the foot.

    """

    subject: str
    name: str
    facts: str
    head: str
    lead: str
    parts: tuple[Part, ...]
    stays: str


def digest(result: DetectionResult, language: Language, *, triage: Triage | None = None) -> Digest:
    """Return the digest of a result, with what people said of it."""
    view = View(result, language, triage)
    said = view.said
    return Digest(
        subject=said("digest_subject", head=view.head, name=result.name),
        name=visible(result.name),
        facts=" · ".join(view.facts),
        head=view.head,
        lead=view.lead,
        parts=(
            Part(said("digest_happened"), tuple(_happened(view))),
            Part(said("digest_do"), tuple(_to_do(view))),
            Part(said("digest_cert"), tuple((sentence, ()) for sentence in (f"{view.cert_title}.", *view.cert))),
            Part(said("digest_unseen"), tuple(_unseen(view))),
        ),
        stays=said("stays"),
    )


def _happened(view: View) -> Iterator[tuple[str, tuple[str, ...]]]:
    said = view.said
    for shown in view.open[:TOLD]:
        yield f"{shown.word}{_colon(view)}{shown.title}", tuple(_story(shown, view))
    others = len(view.open) - TOLD
    counts = ((others, "digest_more"), (len(view.closed), "digest_closed"), (len(view.lone), "digest_lone"))
    for count, word in counts:
        if count > 0:
            yield said(word, n=count), ()
    if not view.incidents and not view.lone:
        yield said("incidents_none"), ()


def _story(shown: IncidentView, view: View) -> Iterator[str]:
    yield f"{shown.span} – {shown.counted} – {shown.incident.id}"
    for stage in shown.acts:
        yield f"{stage.when}  {stage.name}{_colon(view)}{' ; '.join(stage.titles)}"
    for word, names in shown.who:
        yield view.said.words.pair(word, names)
    yield shown.state


def _to_do(view: View) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the actions of the first incidents, each told once."""
    told: set[str] = set()
    for shown in view.open[:TOLD]:
        fresh = [action for action in shown.actions if action.text not in told][:ACTIONS]
        told |= {action.text for action in fresh}
        if fresh:
            yield shown.title, tuple(f"{rank}. {action.text}" for rank, action in enumerate(fresh, start=1))
    if not told:
        yield view.lead, ()


def _unseen(view: View) -> Iterator[tuple[str, tuple[str, ...]]]:
    for blind in view.unseen:
        yield f"{blind.label}. {blind.why}", ()
    if not view.unseen:
        yield view.said("unseen_none"), ()


def _colon(view: View) -> str:
    return view.said.words.pair("", "")


def text(told: Digest) -> str:
    """Return the digest as plain text of 76 columns."""
    lines = [told.name, *_wrapped(told.facts, "", ""), "", told.head.upper(), *_wrapped(told.lead, "", "")]
    for part in told.parts:
        lines += ["", part.title.upper()]
        for first, under in part.blocks:
            lines += _wrapped(first, "- ", "  ")
            for line in under:
                lines += _wrapped(line, "    ", "      ")
    lines += ["", *_wrapped(told.stays, "", "")]
    return "\n".join(lines) + "\n"


def _wrapped(line: str, first: str, others: str) -> list[str]:
    """Return a line cut at its spaces: names and addresses stay whole, to be copied."""
    return wrap(
        line,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )


def html(told: Digest, language: Language) -> str:
    """Return the digest as HTML that mail programs show: styles in place, no script, nothing fetched."""
    body = Markup("").join([_head(told), *(_part(part) for part in told.parts), _tag("p", told.stays, _QUIET)])
    return (
        Markup("<!doctype html>\n")
        + Markup('<html lang="{}"><head><meta charset="utf-8"><title>{}</title>').format(language.value, told.subject)
        + Markup('<meta name="viewport" content="width=device-width, initial-scale=1">')
        + Markup('<meta name="color-scheme" content="light dark"></head>')
        + Markup('<body style="{}"><main>{}</main></body></html>\n').format(_BODY, body)
    )


_BODY = "margin:0 auto;max-width:640px;padding:24px 16px;font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere"
_FIRST, _STRONG = "margin:12px 0 4px", ";font-weight:700"
_QUIET = "margin:24px 0 0;font-size:14px"
_TITLE = "margin:28px 0 8px;font-size:18px;border-bottom:2px solid #0b6e6e;padding-bottom:4px"


def _tag(name: str, content: str, style: str) -> Markup:
    template = f'<{name} style="{{}}">{{}}</{name}>'
    return Markup(template).format(style, content)  # noqa: S704 — the names of tags are literals of this module


def _head(told: Digest) -> Markup:
    return Markup("").join(
        [
            _tag("p", told.name, "margin:0;font-weight:700"),
            _tag("p", told.facts, "margin:0;font-size:14px"),
            _tag("h1", told.head, "margin:16px 0 4px;font-size:26px;line-height:1.2"),
            _tag("p", told.lead, "margin:0;font-size:18px"),
        ]
    )


def _part(part: Part) -> Markup:
    blocks = [_tag("p", first, _FIRST + (_STRONG if under else "")) + _under(under) for first, under in part.blocks]
    return _tag("h2", part.title, _TITLE) + Markup("").join(blocks)


def _under(lines: Sequence[str]) -> Markup:
    if not lines:
        return Markup("")
    items = Markup("").join(Markup("<li>{}</li>").format(line) for line in lines)
    return Markup('<ul style="margin:0;padding-left:20px;list-style:none">{}</ul>').format(items)
