"""The web sites: the public one, the login page of the remote access, and the page of an image server.

What they show is `sites.toml`. The products named there are imitated by a banner and a page; nothing else of them.
"""

import asyncio
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from rempart.exposure.demo.certificates import Authority
from rempart.exposure.demo.listening import MOST, PACS_WEB, PATIENCE, Doors, Listener, State, Talk

WWW, VPN, PACS = "127.88.1.2", "127.88.1.3", "127.88.1.5"
_WORDS = {200: "OK", 301: "Moved Permanently", 404: "Not Found", 405: "Method Not Allowed"}
_HTTPS = 443
_PARTS = 3
_TYPES = {".txt": "text/plain; charset=utf-8", "/system": "application/json", "/HEAD": "text/plain"}


@dataclass(frozen=True)
class Site:
    """One site: the headers of every answer, and its pages by path. `moved_to` sends everything to a secure port."""

    headers: dict[str, str]
    pages: dict[str, str]
    moved_to: int | None = None

    def answer(self, request: bytes) -> bytes:
        """Return the answer to one request, its connection kept."""
        words = request.partition(b"\r\n")[0].decode("latin-1").split(" ")
        method, target = (words[0], words[1]) if len(words) == _PARTS else ("", "/")
        path = target.partition("?")[0]
        if self.moved_to is not None:
            port = "" if self.moved_to == _HTTPS else f":{self.moved_to}"
            location = f"https://{_host(request)}{port}{target}"
            return _response(301, {"Location": location}, b"", method)
        if method not in {"GET", "HEAD"}:
            return _response(405, self.headers | {"Allow": "GET, HEAD"}, b"", method)
        page = self.pages.get(path)
        if page is None:
            return _response(404, self.headers | {"Content-Type": "text/plain"}, b"Page introuvable\n", method)
        kind = next((kind for end, kind in _TYPES.items() if path.endswith(end)), "text/html; charset=utf-8")
        return _response(200, self.headers | {"Content-Type": kind}, page.encode(), method)

    @property
    def talk(self) -> Talk:
        """Answer requests one after the other, until the client leaves."""

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while True:
                request = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
                writer.write(self.answer(request[:MOST]))
                await writer.drain()
                if b"connection: close" in request.lower() or b" HTTP/1.0\r\n" in request:
                    return

        return talk


def _response(status: int, headers: dict[str, str], body: bytes, method: str) -> bytes:
    lines = [f"HTTP/1.1 {status} {_WORDS[status]}", *(f"{name}: {value}" for name, value in headers.items())]
    head = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode()
    return head if method == "HEAD" else head + body


def _host(request: bytes) -> str:
    """Return the name that a request was sent to, without its port."""
    for line in request.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"host":
            return value.strip().decode("latin-1").partition(":")[0]
    return "www.valmont.example"


@cache
def _sites() -> dict[str, dict[str, dict[str, Any]]]:
    return tomllib.loads(files(__package__).joinpath("sites.toml").read_text(encoding="utf-8"))


def servers(state: State, doors: Doors, authority: Authority) -> list[Listener]:
    """Return the web servers of a state."""
    sites = {name: Site(**tables) for name, tables in _sites()[state].items()}
    names = ["www.valmont.example", "valmont.example"]
    if state is State.REPAIRED:
        moved = Site({}, {}, doors.https)
        return [
            Listener(WWW, doors.http, moved.talk),
            Listener(WWW, doors.https, sites["www"].talk, authority.good(names)),
            Listener(VPN, doors.http, moved.talk),
            Listener(VPN, doors.https, sites["vpn"].talk, authority.good(["vpn.valmont.example"])),
        ]
    return [
        Listener(WWW, doors.http, sites["www"].talk),
        Listener(WWW, doors.https, sites["www"].talk, authority.expired(names)),
        Listener(VPN, doors.https, sites["vpn"].talk, authority.expired(["vpn.valmont.example"])),
        Listener(PACS, PACS_WEB, sites["orthanc"].talk),
    ]
