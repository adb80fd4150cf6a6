from rempart.hub.accounts.roles import Role
from tests.hub.matrix import Row

READS, WRITES = {Role.ADMINISTRATOR, Role.DNS_PILOT}, {Role.ADMINISTRATOR}


def call(world):
    return [world.call]


def version(world):
    return [world.call, 1]


ROWS = [
    Row("administration", allowed=READS),
    Row("administration_calls", allowed=READS),
    Row("administration_call_new", allowed=WRITES),
    Row("administration_call", allowed=READS, arguments=call),
    Row("administration_ceilings", allowed=READS, arguments=call),
    Row("administration_envelope", allowed=WRITES, arguments=call, method="POST"),
    Row("administration_version_edit", allowed=WRITES, arguments=call),
    Row("administration_version", allowed=READS, arguments=version),
    Row("administration_version_text", allowed=READS, arguments=version),
    Row("administration_version_publish", allowed=WRITES, arguments=version, method="POST"),
    Row("administration_window", allowed=WRITES, arguments=lambda world: [world.call, "application"]),
]
