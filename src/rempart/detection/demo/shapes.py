"""One line of each product of the hospital that does not write Windows events."""

from datetime import datetime

from rempart.detection.demo.logbook import Logbook, local


def squid(book: Logbook, at: datetime, client: str, asked: tuple[str, str], sent: tuple[int, int]) -> None:
    """Add a request to the web proxy, in squid's own format; `asked` is method and address, `sent` ms and bytes."""
    method, url = asked
    took, size = sent
    how = "TCP_TUNNEL/200" if method == "CONNECT" else "TCP_MISS/200"
    host = url.removeprefix("http://").partition("/")[0].partition(":")[0]
    book.line(
        "squid/access.log",
        at,
        f"{at.timestamp():.3f} {took:6d} {client} {how} {size} {method} {url} - HIER_DIRECT/{host} -",
    )


def syslog(book: Logbook, at: datetime, host: str, program: str, message: str) -> None:
    """Add a line of syslog (RFC 5424 moment, so that its zone is known)."""
    place, _, number = program.partition("[")
    process = number.rstrip("]") or "-"
    book.line(
        "linux/syslog.log", at, f"<38>1 {local(at, '%Y-%m-%dT%H:%M:%S')}+01:00 {host} {place} {process} - - {message}"
    )


def firewall(book: Logbook, at: datetime, path: tuple[str, str, int], action: str, size: int) -> None:
    """Add a connection seen by the firewall, key=value; `path` is source, destination and port."""
    source, destination, port = path
    book.line(
        "parefeu/parefeu.log",
        at,
        f"date={local(at, '%Y-%m-%d')} time={local(at, '%H:%M:%S')} devname=fw-valmont type=traffic src_ip={source} "
        f"dst_ip={destination} dst_port={port} proto=tcp action={action} sent_bytes={size}",
    )


def iis(book: Logbook, at: datetime, client: str, page: str, size: int) -> None:
    """Add a request to the hospital's web portal, as IIS writes it (W3C, UTC)."""
    book.line(
        "iis/u_ex.log",
        at,
        f"{at:%Y-%m-%d %H:%M:%S} 10.10.1.5 GET {page} - 443 - {client} Mozilla/5.0+(Windows+NT+10.0)+Firefox/132.0 200 "
        f"{size} {size // 900}",
    )


def records(book: Logbook, at: datetime, agent: tuple[str, str], seen: tuple[str, str, str], station: str) -> None:
    """Add an access to a patient record; `agent` is account and unit, `seen` patient, what was done, patient's unit."""
    user, own = agent
    patient, action, unit = seen
    moment = local(at, "%d/%m/%Y %H:%M:%S")
    book.line("dpi/dpi-acces.csv", at, f"{moment};{user};{own};{station};{patient};{action};{unit}")


def hl7(book: Logbook, at: datetime, ends: tuple[str, str, str], kind: str, patient: str) -> None:
    """Add a message seen by the interface engine; `ends` is sender, receiver and the sender's address."""
    sender, receiver, address = ends
    book.line(
        "hl7/hl7-eai.log",
        at,
        f"{local(at, '%Y-%m-%d %H:%M:%S.%f')} RECV {sender} -> {receiver} {kind} {patient} {address}",
    )


def session(book: Logbook, at: datetime, file: str, columns: tuple[str, ...]) -> None:
    """Add a session to a CSV file; `columns` are user, address, country, vendor, device, action and outcome."""
    book.line(file, at, f"{at:%Y-%m-%dT%H:%M:%SZ},{','.join(columns)}")
