"""Wait for the first page of a site that starts, and say that it came: python tools/first_page.py ADDRESS PROCESS."""

import os
import sys
import time

import httpx

PATIENCE = 180.0
"""Seconds the site has to start, its database and its demonstration included."""


def main() -> int:
    """Return 0 once the page answers, 1 when the site ended or never did."""
    address, process = sys.argv[1], int(sys.argv[2])
    started = time.monotonic()
    while time.monotonic() - started < PATIENCE:
        try:
            os.kill(process, 0)
            answer = httpx.get(address, timeout=5)
        except ProcessLookupError:
            break
        except httpx.TransportError:
            time.sleep(0.2)
            continue
        answer.raise_for_status()
        print(f"Première page / first page: {address} ({time.monotonic() - started:.0f} s)")  # noqa: T201 — a tool prints
        return 0
    print(f"Le hub n'a pas répondu / the hub did not answer: {address}", file=sys.stderr)  # noqa: T201 — same
    return 1


if __name__ == "__main__":
    sys.exit(main())
