"""A small hospital of fifty lines: `python -m tests.exposure.lab.small LOG` serves it until it is stopped.

Web servers that send to a name nobody declared, one greeting port a host, and a resolver. What it is asked goes to LOG,
one line a question, so that a test can count.
"""

import asyncio
import sys
from pathlib import Path

import dns.message
import dns.rcode
import dns.rrset

RESOLVER = ("127.0.9.53", 5353)
HOSTS = tuple(f"127.0.9.{number}" for number in range(1, 5))
WEB, GREETING = 80, 7777
ZONE = {
    ("www.valmont.test", "A"): "127.0.9.1",
    ("portail.valmont.test", "A"): "127.0.9.1",
    ("shared.valmont.test", "A"): "127.0.8.1",
    ("valmont.test", "MX"): "10 mx.autre.example.",
    ("www.valmont.test", "MX"): "10 mx.autre.example.",
    ("www.valmont.test", "TXT"): '"v=spf1 include:_spf.fournisseur.example -all"',
}


class Resolver(asyncio.DatagramProtocol):
    def __init__(self, note):
        self.note = note

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        query = dns.message.from_wire(data)
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True), question.rdtype.name
        self.note(f"dns {name} {kind}")
        answer = dns.message.make_response(query)
        value = ZONE.get((name, kind))
        if value is not None:
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, value))
        elif not any(known == name for known, _ in ZONE):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        self.transport.sendto(answer.to_wire(), addr)


async def main(log: Path) -> None:
    def note(line: str) -> None:
        with log.open("a") as stream:
            stream.write(line + "\n")

    async def web(reader, writer):
        head = await reader.read(4096)
        if head:
            host = writer.get_extra_info("sockname")[0]
            name = next((line for line in head.decode().split("\r\n") if line.startswith("Host:")), "")
            note(f"web {host} {name[6:]}")
            writer.write(b"HTTP/1.1 302 Found\r\nLocation: https://extranet.valmont.test/login\r\n\r\n")
        writer.close()

    async def greeting(reader, writer):
        if line := await reader.readline():
            note(f"greeting {writer.get_extra_info('sockname')[0]} {line.decode().strip()}")
            writer.write(b"welcome\n")
        writer.close()

    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(lambda: Resolver(note), local_addr=RESOLVER)
    for address in (*HOSTS, "127.0.8.1"):
        await asyncio.start_server(web, address, WEB)
        await asyncio.start_server(greeting, address, GREETING)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
