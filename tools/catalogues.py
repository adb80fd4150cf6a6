"""Write the catalogues the hub recognises anew from the engines': `python tools/catalogues.py`.

Until a version is released there is one an engine; once released, a version's entry stays and the next is added.
"""

from pathlib import Path

from rempart.detection.catalogue import catalogue as detection
from rempart.directory.catalogue import catalogue as directory
from rempart.exposure.catalogue import catalogue as exposure

FILE = Path("src/rempart/hub/funding/proofs/catalogues.toml")
_HEAD = "# The catalogues this hub recognises: those of the engines it comes with (written by tools/catalogues.py).\n"
_ENTRY = '\n[[catalogue]]\nengine = "{engine}"\nversion = "{version}"\ndigest = "{digest}"\n'


def content() -> str:
    """Return the file as it should be."""
    entries = (catalogue() for catalogue in (directory, exposure, detection))
    return _HEAD + "".join(
        _ENTRY.format(**each.model_dump(include={"engine", "version", "digest"})) for each in entries
    )


if __name__ == "__main__":
    FILE.write_text(content(), encoding="utf-8")
