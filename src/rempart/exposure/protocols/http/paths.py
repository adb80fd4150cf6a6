"""The short list of paths that are asked for (`paths.toml`), and what proves that one is there."""

import hashlib
import re
import tomllib
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from rempart.exposure.protocols.http.response import Response

MOST_READ = 2048
"""Bytes read of the body of a path."""
_OK, _PARTIAL, _UNAUTHORIZED = 200, 206, 401


class Path(BaseModel):
    """A path that is asked for: how, what proves that it is there, what it gives away, and why it may be asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    target: str
    method: str = "GET"
    kind: str
    proof: str | None = None
    why: str


@cache
def sensitive() -> tuple[Path, ...]:
    """Return the paths, in the order they are asked."""
    data = tomllib.loads(files(__package__).joinpath("paths.toml").read_text(encoding="utf-8"))
    return tuple(Path(**entry) for entry in data["path"])


def invented(host: str) -> str:
    """Return a path that no server has: what comes for it is what this server answers to anything."""
    return f"/rempart-{hashlib.sha256(host.encode()).hexdigest()[:12]}.txt"


def shows(path: Path, answer: Response, to_invented: Response | None) -> bool | None:
    """Tell whether an answer proves that the path is there; None when the server makes it impossible to say.

    Args:
        path: what was asked.
        answer: what came.
        to_invented: what came for the invented path; None when nothing did.

    """
    status = answer.head.status
    if path.proof is not None:
        if status in {_OK, _PARTIAL}:
            return re.search(path.proof, answer.body[:MOST_READ].decode("latin-1")) is not None
        realm = answer.head.first("www-authenticate") or ""
        return status == _UNAUTHORIZED and path.kind == "panel" and re.search(path.proof, realm) is not None
    if status != _OK or "html" in (answer.head.first("content-type") or "").lower():
        return False
    return None if to_invented is None or to_invented.head.status == _OK else True
