"""Servers that mean harm: what is read of them is bounded, nothing crashes, and nothing of it is a pass."""

import asyncio
import gzip
import os
from contextlib import asynccontextmanager

import pytest

from rempart.exposure.collect.http import Step, Visit
from rempart.exposure.collect.question import Endpoint
from rempart.exposure.collect.scheduler import Scheduler
from rempart.exposure.collect.surveys.web import web
from rempart.exposure.facts import readings
from rempart.exposure.protocols.http.request import Request
from rempart.exposure.snapshot import Outcome
from rempart.measurement.verdict import Status
from tests.exposure.web.surveyed import http, made_of

ADDRESS = "127.77.4.90"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


@asynccontextmanager
async def served(answer):
    """Serve each request with `answer(reader, writer, first line)`."""

    async def talk(reader, writer):
        try:
            while line := await reader.readline():
                while (await reader.readline()).strip():
                    pass
                if not await answer(writer, line.decode("latin-1")):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(talk, ADDRESS, 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def surveyed(answer, seconds=0.5):
    """Survey a server whose every answer is `answer`; return the observations, the facts being read as well."""

    async def run():
        scheduler = Scheduler(seconds=seconds)
        async with served(answer) as port:
            await asyncio.wait_for(web(http(ADDRESS, port), scheduler.ask), 60)
        return scheduler.observations

    observations = asyncio.run(run())
    snapshot = made_of(observations).snapshot()
    for name, reading in readings().items():
        if name.startswith("web_") or name == "security_txt":
            reading(snapshot)
    return observations


def saying(*parts, ends=True):
    async def answer(writer, _):
        for part in parts:
            writer.write(part)
            await writer.drain()
        return not ends

    return answer


async def endless(writer, _):
    writer.write(OK + b"\r\n")
    while True:
        writer.write(b"a" * 65536)
        await writer.drain()


async def endless_banner(writer, _):
    while True:
        writer.write(os.urandom(65536))
        await writer.drain()


async def drip(writer, _):
    for byte in OK + b"\r\n" + b"a" * 1000:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.05)


async def long_head(writer, _):
    writer.write(OK)
    for _ in range(160):
        writer.write(b"X-Long: " + b"a" * 65536 + b"\r\n")
        await writer.drain()


@pytest.mark.parametrize("answer", [endless_banner, drip, long_head])
def test_what_is_no_answer_costs_one_connection_and_is_never_a_pass(answer, judge):
    observations = surveyed(answer)
    assert len(observations) == 1
    assert len(observations[0].received) <= 1 << 18
    assert judge(made_of(observations), "vuln_web_nosniff").status is Status.NOT_EVALUATED


def test_an_endless_body_is_read_up_to_a_limit():
    observations = surveyed(endless)
    assert all(len(one.received) <= 1 << 18 for one in observations)
    page = made_of(observations).surface().facts("web_pages").row(0, named=True)
    assert page["status"] == 200


def test_a_bomb_is_read_up_to_a_limit():
    bomb = gzip.compress(b"\0" * 200_000_000)
    head = OK + f"Content-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n".encode()
    observations = surveyed(saying(head + bomb), seconds=2)
    page = made_of(observations).surface().facts("web_pages").row(0, named=True)
    assert page["whole"] is False
    assert page["oddities"] == ["body_cut"]


def test_a_redirection_loop_ends():
    numbers = iter(range(10_000))

    async def onward(writer, _):
        writer.write(f"HTTP/1.1 302 F\r\nLocation: /{next(numbers)}\r\nContent-Length: 0\r\n\r\n".encode())
        return True

    observations = surveyed(onward)
    assert sum(one.probe == "http.page" for one in observations) == 6
    assert (
        surveyed(saying(b"HTTP/1.1 302 F\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"))[0].outcome is Outcome.ANSWERED
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\xfd" * 50,
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=\xff\r\n\r\n\xff\xfe<title>\xff",
        b"HTTP/1.1 302 F\r\nLocation: \xff\xfe://[\r\n\r\n",
        b"HTTP/1.1 302 F\r\nLocation: http://[::1\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 100,
        b"HTTP/1.1 200 OK\r\n" + b"Set-Cookie: a\0b=c; SameSite\r\n" * 500 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nStrict-Transport-Security: max-age=9" + b"9" * 5000 + b"\r\n\r\n",
    ],
)
def test_garbage_crashes_nothing(data):
    assert surveyed(saying(data))


def test_smuggled_answers_do_not_answer_the_next_question():
    """What comes after a whole answer on the same connection ends the visit: it answers nothing that was asked."""
    twice = OK + b"Content-Length: 1\r\n\r\na" + OK + b"Content-Length: 24\r\n\r\nref: refs/heads/smuggled"

    async def run():
        scheduler = Scheduler(seconds=0.5)
        async with served(saying(twice, ends=False)) as port:
            steps = tuple(Step(Request("GET", target), 2048) for target in ("/a", "/.git/HEAD"))
            return await scheduler.ask(Visit("http.paths", steps, secure=False), Endpoint(ADDRESS, port))

    seen = asyncio.run(run())
    assert len(seen.detail["lengths"]) == 1


def test_a_server_that_ends_each_connection_is_asked_all_the_same():
    observations = surveyed(saying(b"HTTP/1.0 404 No\r\nContent-Length: 0\r\n\r\n"))
    paths = made_of(observations).surface().facts("web_paths")
    assert paths["shown"].to_list() == [False] * paths.height
    assert len(observations) == 29


def test_a_server_that_goes_deaf_is_left_alone():
    asked = iter(range(10_000))

    async def once(writer, _):
        if next(asked) == 0:
            writer.write(OK + b"Content-Length: 0\r\n\r\n")
            return False
        await asyncio.sleep(5)
        return False

    observations = surveyed(once)
    assert [str(one.outcome) for one in observations] == ["answered", "timeout"]
