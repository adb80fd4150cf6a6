"""Where this hub keeps what is its own: the embedded database, files, keys. Known before the settings are read."""

import os
from pathlib import Path

VARIABLE = "REMPART_HUB_DATA"


def data_folder() -> Path:
    """Return the folder named by `REMPART_HUB_DATA`, else one of the person who runs the hub."""
    return Path(os.environ.get(VARIABLE) or Path.home() / ".local/share/rempart").resolve()
