"""The resolvers of this machine, for a perimeter that names none."""

from pathlib import Path

from rempart.exposure.perimeter.model import DNS_PORT, socket_address
from rempart.exposure.perimeter.words import WrongValueError
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

RESOLV = Path("/etc/resolv.conf")


def system_resolvers(path: Path = RESOLV) -> tuple[tuple[str, int], ...]:
    """Return the addresses of the `nameserver` lines of resolv.conf.

    Raises:
        InputError: there is none.

    """
    found = []
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    for line in lines:
        words = line.split()
        if len(words) > 1 and words[0] == "nameserver":
            try:
                found.append((socket_address(words[1])[0], DNS_PORT))
            except WrongValueError:
                continue  # an address with a zone (fe80::1%eth0): of this link only, another line will do
    if not found:
        raise InputError(
            Text(fr="aucun résolveur DNS sur cette machine", en="no DNS resolver on this machine"),
            where=str(path),
            advice=Text(
                fr="Écrivez resolvers = [...] dans le périmètre.", en="Write resolvers = [...] in the perimeter."
            ),
        )
    return tuple(found)
