"""nmap's XML (`-oX`): one finding an open port, with the product nmap names. Declared entities are refused."""

from xml.etree.ElementTree import Element, ParseError, fromstring

from rempart.exposure.collect.outside.rows import Rows, moment, port
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text


def recognises(content: bytes) -> bool:
    """Tell whether the root element is nmap's."""
    return b"<nmaprun" in content[:4096]


def read(content: bytes, where: str) -> Rows:
    """Return one finding an open port.

    Raises:
        InputError: the XML is broken or declares entities; the line is named.

    """
    if b"<!ENTITY" in content:
        raise InputError(Text(fr="XML qui déclare des entités : refusé", en="XML declaring entities: refused"), where)
    rows = Rows()
    try:
        for host in fromstring(content).iter("host"):  # noqa: S314 — entities are refused above
            _host(host, rows)
    except ParseError as error:
        line = f"{where}:{error.position[0]}"
        raise InputError(Text(fr="XML illisible", en="unreadable XML"), where=line) from error
    return rows


def _host(host: Element, rows: Rows) -> None:
    address = next((each.get("addr", "") for each in host.iter("address") if each.get("addrtype") != "mac"), "")
    name = next((each.get("name", "") for each in host.iter("hostname")), "")
    at = moment(host.get("endtime") or host.get("starttime") or "")
    for each in host.iter("port"):
        state, service = each.find("state"), each.find("service")
        if state is None or state.get("state") != "open":
            continue
        told = {} if service is None else service.attrib
        product = " ".join(filter(None, (told.get("product"), told.get("version"))))
        rows.add(
            "nmap",
            f"Port ouvert : {told.get('name', 'service inconnu')}",
            at=at,
            subject=name,
            address=address,
            port=port(each.get("portid")),
            detail=product,
        )
