"""The site's secret key: given by the environment, else made once and kept in the data folder, for its owner's eyes."""

import os
import secrets
from pathlib import Path

FILE = "secret-key"


def secret_key(folder: Path) -> str:
    """Return the key kept in `folder`, made when there is none; the file is readable by its owner only."""
    path = folder / FILE
    folder.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    key = secrets.token_urlsafe(64)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key)
    return key
