"""Writing results: whole or not at all, with words when it cannot be done."""

import os
from contextlib import suppress
from pathlib import Path

import typer

from rempart.measurement.errors import InputError
from rempart.measurement.language import say
from rempart.measurement.text import Text


def write(path: Path, content: str | bytes) -> None:
    """Write `content` to `path`, replacing what was there only once all of it is written, and say so.

    Raises:
        InputError: the folder does not exist, or cannot be written to.

    """
    partial = path.with_name(path.name + ".partial")
    try:
        partial.write_bytes(content.encode() if isinstance(content, str) else content)
        os.replace(partial, path)  # noqa: PTH105 — the atomic form, on the same file system
    except OSError as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise InputError(
            Text(fr=f"écriture impossible ({error.strerror})", en=f"cannot write ({error.strerror})"), where=str(path)
        ) from error
    typer.echo(say(f"Écrit : {path}", f"Written: {path}"), err=True)
