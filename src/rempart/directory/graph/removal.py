"""The PowerShell that removes an edge and the one that puts it back, safe whatever a name contains."""

import hashlib
import re
from collections.abc import Mapping

from rempart.directory.graph.kinds import Commands, Kind, commands
from rempart.directory.graph.rights import FULL_CONTROL
from rempart.directory.graph.schema import Right

_QUOTES = re.compile("(['\u2018\u2019\u201a\u201b])")
"""What PowerShell takes for a single quote, typographic ones included (language specification, 2.3.5.2)."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_WORD = re.compile(r"<<(\w+)>>")
_UNTYPED = "00000000-0000-0000-0000-000000000000"
_TOGETHER = {
    "DCSync": ("GetChanges", "GetChangesAll"),
    "ESC1": ("Enroll",),
    "ESC2": ("Enroll",),
    "ESC3": ("Enroll",),
    "ESC13": ("Enroll",),
}
"""Kinds that stand on rights of another name."""


def quoted(text: str) -> str:
    """Return `text` as a PowerShell literal: nothing in it is interpreted; control characters are dropped."""
    doubled = _QUOTES.sub(r"\1\1", _CONTROL.sub("", text))
    return f"'{doubled}'"


def removal(kind: Kind, values: Mapping[str, str | None], rights: Mapping[str, Right]) -> Commands | None:
    """Return the removal of an edge and its undo, None when no command applies or a value it needs is missing.

    `values`: `source`, `target` (DN or SID), `source_sid`, `target_sid`, as text, not quoted.
    """
    if kind.commands is None:
        return None
    template = commands()[kind.commands]
    words = {name: quoted(value) for name, value in values.items() if value}
    words |= {"backup": quoted(_backup(values)), **_ace(kind, rights)}
    needed = set(_WORD.findall(template.command + (template.undo or "")))
    if not needed <= set(words):
        return None
    return Commands(
        command=_filled(template.command, words), undo=_filled(template.undo, words) if template.undo else None
    )


def _filled(template: str, words: Mapping[str, str]) -> str:
    return _WORD.sub(lambda match: words[match[1]], template).strip()


def _backup(values: Mapping[str, str | None]) -> str:
    """Return a file name that is the same every time for one edge."""
    about = "\0".join(values.get(name) or "" for name in ("source", "target"))
    return f"rempart-{hashlib.sha256(about.encode()).hexdigest()[:12]}.txt"


def _ace(kind: Kind, rights: Mapping[str, Right]) -> dict[str, str]:
    """Return the access bits and the object types by which the ACE is recognised."""
    if kind.name == "GenericAll":
        return {"bits": str(FULL_CONTROL), "guids": quoted(_UNTYPED)}
    held = [rights[name] for name in _TOGETHER.get(kind.name, (kind.name,)) if name in rights]
    if not held:
        return {}
    guids = sorted({guid for right in held for guid in right.guids}) or [_UNTYPED]
    return {"bits": str(held[0].bit), "guids": ", ".join(quoted(guid) for guid in guids)}
