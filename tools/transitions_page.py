"""Draw the life of a file from its table: `python tools/transitions_page.py` writes docs/transitions.md and .svg."""

import os
from html import escape
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rempart.hub.settings")
if __name__ == "__main__":
    django.setup()

from django.utils import translation

from rempart.hub.accounts.roles import APPLICANT_ROLES, REGION_ROLES, Role
from rempart.hub.funding.applications import audiences
from rempart.hub.funding.applications.states import CORRECTION, FINAL, State
from rempart.hub.funding.applications.transitions import TABLE, Audience, Transition
from rempart.hub.funding.calls.models import Stage

PAGE, DRAWING = Path("docs/transitions.md"), Path("docs/transitions.svg")
LEFT, MIDDLE, RIGHT = 0, 1, 2
BOX_WIDTH, BOX_HEIGHT, ROW, COLUMN, MARGIN = 200, 40, 84, 290, 24
ONE_LINE = 26
FONT = 'font-size="13" font-family="Atkinson Hyperlegible, sans-serif"'
COLOURS = {"applicant": "#0b6e6e", "ars": "#8a5a00", "ans": "#5b3f8c", "clock": "#55626b"}
NAMES = {"applicant": "le candidat", "ars": "l’ARS", "ans": "l’ANS", "clock": "l’échéance", "back": "retour"}
HEAD = """# La vie d’un dossier

Cette page est dessinée par `tools/transitions_page.py` à partir de la table de
`rempart/hub/funding/applications/transitions.py` : ce qui n’est pas ici ne peut pas arriver.

![Les états d’un dossier et ses passages ; la table ci-dessous dit la même chose](transitions.svg)

Le candidat peut aussi retirer son dossier de tout état jusqu’au paiement demandé : le dessin ne le montre pas.

## Les passages

| de | action | vers | qui | motif | guichet |
|---|---|---|---|---|---|
"""


def actor(row: Transition) -> str:
    """Return which side does a move."""
    if not row.who:
        return "clock"
    if row.who <= APPLICANT_ROLES:
        return "applicant"
    return "ars" if row.who <= REGION_ROLES else "ans"


def places() -> dict[State, tuple[int, int]]:
    """Return the column and the row of each state: the way to payment in the middle, ends left, loops right."""
    side = CORRECTION | {State.RECOVERY} | (FINAL - {State.CLOSED})
    middle = [state for state in State if state not in side]
    found = {state: (MIDDLE, row) for row, state in enumerate(middle)}
    for state in (state for state in State if state in side):
        origins = [
            found[source][1] for row in TABLE if row.target is state for source in row.sources if source in found
        ]
        column = RIGHT if state in CORRECTION or state is State.RECOVERY else LEFT
        found[state] = (column, sorted(origins)[len(origins) // 2] if state is State.LAPSED else min(origins))
    return found


def _centre(place: tuple[int, int]) -> tuple[int, int]:
    column, row = place
    return MARGIN + BOX_WIDTH // 2 + column * COLUMN, MARGIN + BOX_HEIGHT // 2 + row * ROW


def _path(start: tuple[int, int], end: tuple[int, int], row: Transition) -> str:
    """Return the line of an arrow: straight down, sideways, or an arc for what goes back up."""
    (x1, y1), (x2, y2) = _centre(start), _centre(end)
    half_width, half_height = BOX_WIDTH // 2, BOX_HEIGHT // 2
    if start[0] == end[0]:
        if not row.back:
            return f"M{x1} {y1 + half_height}V{y2 - half_height - 6}"
        bend = x1 + half_width + 40
        return f"M{x1 + half_width} {y1 - 8}C{bend} {y1 - 8} {bend} {y2 + 18} {x2 + half_width + 6} {y2 + 18}"
    side = 1 if x2 > x1 else -1
    shift = -11 if end[0] != MIDDLE else 2 if actor(row) == "applicant" else 11
    return f"M{x1 + side * half_width} {y1 + shift}L{x2 - side * (half_width + 6)} {y2 + shift}"


def drawing() -> str:
    """Return the SVG: boxes are states, arrows are moves, coloured by who makes them, dashed when they go back."""
    where = places()
    width = 2 * MARGIN + BOX_WIDTH + 2 * COLUMN
    height = 2 * MARGIN + BOX_HEIGHT + ROW * max(row for _, row in where.values()) + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" {FONT}>',
        "<title>La vie d’un dossier</title>",
        f'<rect width="{width}" height="{height}" fill="#fbfaf7"/>',
    ]
    for name, colour in COLOURS.items():
        parts.append(
            f'<marker id="to-{name}" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7"'
            f' orient="auto"><path d="M0 0L8 4L0 8z" fill="{colour}"/></marker>'
        )
    for row in TABLE:
        if row.action == "withdraw" and State.DRAFT not in row.sources:
            continue
        parts += [_arrow(row, _path(where[source], where[row.target], row)) for source in sorted(row.sources)]
    parts += [_box(state, _centre(place)) for state, place in where.items()]
    parts += [_legend(index, name, height) for index, name in enumerate((*COLOURS, "back"))]
    return "\n".join([*parts, "</svg>", ""])


def _arrow(row: Transition, path: str) -> str:
    side = actor(row)
    dashes = ' stroke-dasharray="5 4"' if row.back else ""
    return (
        f'<path d="{path}" fill="none" stroke="{COLOURS[side]}" stroke-width="1.6"{dashes}'
        f' marker-end="url(#to-{side})"><title>{escape(str(row.button))}</title></path>'
    )


def _box(state: State, centre: tuple[int, int]) -> str:
    x, y = centre
    fill, line = ("#eceae3", 2) if state in FINAL else ("#ffffff", 1)
    lines = _two_lines(str(state.label))
    words = "".join(
        f'<text x="{x}" y="{y + 5 + (index * 16 - 8 if len(lines) > 1 else 0)}" text-anchor="middle"'
        f' fill="#1b2a33">{escape(line)}</text>'
        for index, line in enumerate(lines)
    )
    return (
        f'<rect x="{x - BOX_WIDTH // 2}" y="{y - BOX_HEIGHT // 2}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}"'
        f' rx="4" fill="{fill}" stroke="#1b2a33" stroke-width="{line}"/>{words}'
    )


def _two_lines(label: str) -> list[str]:
    """Return a label on one line, or on two when it is long."""
    if len(label) <= ONE_LINE:
        return [label]
    cut = label.rfind(" ", 0, len(label) // 2 + 4)
    return [label[:cut], label[cut + 1 :]]


def _legend(index: int, name: str, height: int) -> str:
    x, y = MARGIN + index * 165, height - MARGIN
    dashes = ' stroke-dasharray="5 4"' if name == "back" else ""
    return (
        f'<path d="M{x} {y}h30" stroke="{COLOURS.get(name, "#1b2a33")}" stroke-width="2"{dashes}/>'
        f'<text x="{x + 38}" y="{y + 4}" fill="#1b2a33">{NAMES[name]}</text>'
    )


def page() -> str:
    """Return the page: the drawing's table twin, then what each audience reads."""
    lines = [HEAD.rstrip("\n")]
    for row in TABLE:
        who = ", ".join(str(role.label) for role in Role if role in row.who) or "l’échéance"
        sources = "<br>".join(str(state.label) for state in State if state in row.sources)
        desk = str(Stage(row.stage).label) if row.stage else "—"
        cells = [sources, f"{row.button} (`{row.action}`)", row.target.label, who, "oui" if row.reason else "—", desk]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    lines += ["", "## Ce que chacun lit", "", "| état | candidat | ARS | ANS, DNS |", "|---|---|---|---|"]
    for state, row in audiences.table().items():
        words = [row.words(audience) for audience in Audience]
        cells = [f"**{each.label.fr}.** {each.next.fr}" for each in words]
        lines.append(f"| {state.label} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def pages() -> dict[Path, str]:
    """Return the content of the page and of its drawing, in French."""
    with translation.override("fr"):
        return {PAGE: page(), DRAWING: drawing()}


if __name__ == "__main__":
    for path, content in pages().items():
        path.write_text(content, encoding="utf-8")
