"""The mail server: in clear only when exposed; with STARTTLS once repaired. It takes no mail from anybody."""

import asyncio
import ssl

from rempart.exposure.demo.certificates import Authority
from rempart.exposure.demo.listening import PATIENCE, Doors, Listener, State, Talk

ADDRESS, NAME = "127.88.1.4", "mail.valmont.example"


def _talk(tls: ssl.SSLContext | None) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        secure = False
        writer.write(f"220 {NAME} ESMTP{'' if tls else ' Postfix'}\r\n".encode())
        while line := await asyncio.wait_for(reader.readline(), PATIENCE):
            verb = line.strip().upper().partition(b" ")[0]
            if verb == b"STARTTLS" and tls is not None and not secure:
                writer.write(b"220 2.0.0 Ready to start TLS\r\n")
                await writer.drain()
                await writer.start_tls(tls)
                secure = True
                continue
            writer.write(_reply(verb, starttls=tls is not None and not secure))
            await writer.drain()
            if verb == b"QUIT":
                return

    return talk


def _reply(verb: bytes, *, starttls: bool) -> bytes:
    if verb == b"EHLO":
        offered = ["SIZE 10240000", *(["STARTTLS"] if starttls else []), "8BITMIME"]
        lines = [f"250-{NAME}", *(f"250-{each}" for each in offered[:-1]), f"250 {offered[-1]}"]
        return "".join(f"{line}\r\n" for line in lines).encode()
    known = {b"HELO": f"250 {NAME}", b"QUIT": "221 2.0.0 Bye", b"NOOP": "250 2.0.0 Ok", b"RSET": "250 2.0.0 Ok"}
    return f"{known.get(verb, '550 5.7.1 demonstration: no mail is taken')}\r\n".encode()


def servers(state: State, doors: Doors, authority: Authority) -> list[Listener]:
    """Return the mail server of a state."""
    tls = authority.good([NAME]) if state is State.REPAIRED else None
    return [Listener(ADDRESS, doors.smtp, _talk(tls))]
