"""What runs first on a machine of a cluster, sent by value: it makes Rempart importable there, then does the work.

Nothing of Rempart is imported at the top of this module: where it arrives, Rempart may not be there yet.
"""

import hashlib
import importlib
import importlib.util
import io
import os
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOMS = ("measurement", "detection")
"""What detecting needs."""


def files_of(root: Path) -> list[Path]:
    """Return the files of the package that detecting needs, sorted."""
    inside = [file for room in ROOMS for file in (root / room).rglob("*") if file.is_file()]
    return sorted([root / "__init__.py", *(file for file in inside if "__pycache__" not in file.parts)])


def digest_of(root: Path) -> str:
    """Return the digest of these files: names and content."""
    digest = hashlib.sha256()
    for file in files_of(root):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(root)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def ready(archive: bytes, digest: str) -> None:
    """Make this very Rempart importable: the one installed here when it is the same, else the one that came along."""
    here = getattr(sys, "_rempart_digest", None)
    if here == digest:
        return
    for name in [name for name in sys.modules if name == "rempart" or name.startswith("rempart.")]:
        if here is not None:  # another version did some work in this process before
            del sys.modules[name]
    spec = importlib.util.find_spec("rempart")
    installed = Path(spec.origin).parent if spec is not None and spec.origin else None
    if installed is None or not (installed / "detection").is_dir() or digest_of(installed) != digest:
        sys.path.insert(0, str(unpacked(archive, digest)))
        importlib.invalidate_caches()
    sys._rempart_digest = digest  # type: ignore[attr-defined]  # noqa: SLF001 — told to later tasks of this process


def unpacked(archive: bytes, digest: str) -> Path:
    """Return the folder where the archive is unpacked, once for all tasks of this account on this machine."""
    try:
        cache = Path.home() / ".cache" / "rempart" / "packages"
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        cache = Path(tempfile.mkdtemp(prefix="rempart-"))
    folder = cache / digest
    if not folder.is_dir():
        temporary = Path(tempfile.mkdtemp(dir=cache))
        with zipfile.ZipFile(io.BytesIO(archive)) as content:
            content.extractall(temporary)
        try:
            os.rename(temporary, folder)  # noqa: PTH104 — whole or not at all; another task may have been faster
        except OSError:
            if not folder.is_dir():
                raise
    return folder


def call(archive: bytes, digest: str, where: str, *arguments: Any) -> Any:  # noqa: ANN401 — whatever the function takes
    """Call the function named `module:name` of this very Rempart."""
    ready(archive, digest)
    module, name = where.split(":")
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return function(*arguments)
