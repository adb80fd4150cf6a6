"""The real browser of the tests: Debian's Chromium, which the set-up installs."""

import shutil


def chromium() -> str:
    """The path of Chromium's program; a test that needs it fails where it is missing, it is never passed over."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        raise RuntimeError("no Chromium on this machine: apt-get install chromium")
    return found
