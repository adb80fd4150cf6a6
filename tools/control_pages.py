"""Write one page per control from its catalogue entry: `python tools/control_pages.py`."""

from pathlib import Path

from rempart.detection.catalogue import catalogue as detection
from rempart.directory.catalogue import catalogue as directory
from rempart.exposure.catalogue import catalogue as exposure
from rempart.measurement.control import Control, Kind

FOLDERS = {
    Path("docs/controls"): directory,
    Path("docs/controls/exposure"): exposure,
    Path("docs/controls/detection"): detection,
}
"""Where the pages of each engine's controls go."""
KINDS = {
    Kind.VULNERABILITY: ("Points de contrôle", "Control points"),
    Kind.WARNING: ("Avertissements, sans effet sur le niveau", "Warnings, without effect on the level"),
    Kind.INFORMATION: ("Informations", "Informations"),
}
PAGE = """# {title_fr}

`{id}` · {levels_fr}

{risk_fr}

**Ce qui est mesuré.** {rule_fr}

**Corriger.** {fix_fr}
{fix_command}
**Revenir en arrière.** {undo_fr}
{undo_command}
## English: {title_en}

{risk_en}

**What is measured.** {rule_en}

**Fix.** {fix_en}

**Go back.** {undo_en}

## Références / References

{references}
Données nécessaires / data needed: {needs}
"""


def _block(command: str | None) -> str:
    return f"\n```powershell\n{command.strip()}\n```\n" if command else ""


def page(entry: Control) -> str:
    """Return the page of one control, French first."""
    levels = ", ".join(map(str, entry.levels))
    return PAGE.format(
        id=entry.id,
        levels_fr=f"niveau {levels}" if entry.levels else KINDS[entry.kind][0].lower(),
        title_fr=entry.title.fr,
        title_en=entry.title.en,
        risk_fr=entry.risk.fr,
        risk_en=entry.risk.en,
        rule_fr=entry.rule.fr,
        rule_en=entry.rule.en,
        fix_fr=entry.fix.fr,
        fix_en=entry.fix.en,
        fix_command=_block(entry.fix.command),
        undo_fr=entry.undo.fr,
        undo_en=entry.undo.en,
        undo_command=_block(entry.undo.command),
        references="".join(f"* <{reference}>\n" for reference in entry.references),
        needs=", ".join(f"`{need}`" for need in entry.needs),
    )


def index(entries: list[Control]) -> str:
    """Return the page that lists the controls."""
    lines = ["# Les contrôles / The controls", ""]
    for kind, (french, english) in KINDS.items():
        lines += [f"## {french} / {english}", "", "| contrôle | niveau | titre | title |", "|---|---|---|---|"]
        lines += [
            f"| [{e.id}]({e.id}.md) | {', '.join(map(str, e.levels)) or '—'} | {e.title.fr} | {e.title.en} |"
            for e in entries
            if e.kind is kind
        ]
        lines.append("")
    return "\n".join(lines)


def pages() -> dict[str, str]:
    """Return the content of every page by its path in the repository."""
    written: dict[str, str] = {}
    for folder, catalogue in FOLDERS.items():
        entries = list(catalogue().controls.values())
        written[str(folder / "README.md")] = index(entries)
        written |= {str(folder / f"{entry.id}.md"): page(entry) for entry in entries}
    return written


def write() -> None:
    """Write every page, and remove those of controls that are no more."""
    written = pages()
    for path in (path for folder in FOLDERS for path in folder.glob("*.md") if str(path) not in written):
        path.unlink()
    for path, content in written.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    write()
