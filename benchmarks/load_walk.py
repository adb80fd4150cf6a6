"""People who walk pages at the same time, in a process of their own: plan on stdin, times on stdout, in JSON."""

import http.client
import json
import random
import sys
import threading
import time
from typing import Any

Sample = tuple[str, float, int]
"""The page's name, the seconds until its last byte, its status (0: no answer)."""


def fetch(connection: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> tuple[float, int]:
    """Read a page whole; return its seconds and its status."""
    begun = time.perf_counter()
    kept = connection.sock is not None
    status = _ask(connection, path, headers)
    if kept and not status:  # the server closed a connection left idle: ask again on a new one, as browsers do
        status = _ask(connection, path, headers)
    return time.perf_counter() - begun, status


def _ask(connection: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> int:
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        connection.close()
        return 0
    return answer.status


def walk(plan: dict[str, Any], rank: int, ends: float, samples: list[Sample]) -> None:
    """Be one person: page after page of one walk, a pause between, until the end."""
    chance = random.Random(rank)
    journey = plan["walks"][rank % len(plan["walks"])]
    pages, pause = journey["pages"], plan["pause"]
    place = chance.randrange(len(pages))
    connection = http.client.HTTPConnection("127.0.0.1", plan["port"], timeout=30)
    time.sleep(chance.random() * pause)
    while time.perf_counter() < ends:
        name, path = pages[place % len(pages)]
        samples.append((name, *fetch(connection, path, journey["headers"])))
        place += 1
        time.sleep(chance.uniform(0.5, 1.5) * pause)
    connection.close()


def alone(plan: dict[str, Any], rounds: int) -> list[Sample]:
    """Be the only person on the site: every page of every walk, some rounds, the first one not counted."""
    connection = http.client.HTTPConnection("127.0.0.1", plan["port"], timeout=30)
    samples: list[Sample] = []
    for turn in range(rounds + 1):
        samples = samples if turn > 1 else []
        for journey in plan["walks"]:
            samples += [(name, *fetch(connection, path, journey["headers"])) for name, path in journey["pages"]]
    connection.close()
    return samples


def together(plan: dict[str, Any]) -> list[Sample]:
    """Be everybody at once."""
    samples: list[Sample] = []
    ends = time.perf_counter() + plan["seconds"]
    people = [
        threading.Thread(target=walk, args=(plan, rank, ends, samples), daemon=True) for rank in range(plan["users"])
    ]
    for one in people:
        one.start()
    for one in people:
        one.join()
    return samples


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    json.dump(together(asked) if asked["users"] > 1 else alone(asked, asked["rounds"]), sys.stdout)
