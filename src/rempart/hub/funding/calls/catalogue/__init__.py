"""The calls shipped with Rempart, as data: one TOML file each, and the template of a new one."""

from pathlib import Path

TEMPLATE = "template"
_FOLDER = Path(__file__).parent


def shipped() -> tuple[Path, ...]:
    """Return the shipped files in the order of their names, the template included: `path.stem` is the call's code."""
    return tuple(sorted(_FOLDER.glob("*.toml")))


def real_calls() -> tuple[Path, ...]:
    """Return the files of calls that were published; the template is none."""
    return tuple(path for path in shipped() if path.stem != TEMPLATE)


def read(code: str) -> str:
    """Return the text of one shipped file.

    Raises:
        FileNotFoundError: no such file is shipped.

    """
    return (_FOLDER / f"{code}.toml").read_text(encoding="utf-8")
