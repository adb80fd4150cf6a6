from datetime import date

from rempart.hub.accounts.roles import Role
from tests.hub.factories import calls
from tests.hub.matrix import Row

CODE = "MATRICE-2026"
WRITES = {str(Role.ADMINISTRATOR)}
READS = WRITES | {str(Role.DNS_PILOT)}


def furnish(world):
    world.administered = calls.call(calls.content(CODE, more="envelope_cents = 100_00"))
    calls.version(world.administered, calls.content(CODE, target="Autre."), published=False)


def code(world):  # noqa: ARG001 — the shape of every row's arguments
    return [CODE]


def draft(world):  # noqa: ARG001
    return [CODE, 2]


ROWS = [
    Row("administration_calls", READS),
    Row("administration_call", READS, code),
    Row("administration_ceilings", READS, code),
    Row("administration_version", READS, draft),
    Row("administration_version_text", READS, draft),
    Row("administration_call_new", WRITES),
    Row("administration_version_edit", WRITES, code),
    Row(
        "administration_window",
        WRITES,
        lambda world: [CODE, "application"],  # noqa: ARG005
        method="POST",
        data=lambda world: {"closes_on": date(2099, 1, 1).isoformat(), "reason": "essai"},  # noqa: ARG005
    ),
    Row("administration_version_publish", WRITES, draft, method="POST"),
    Row("administration_envelope", WRITES, code, method="POST"),
]
