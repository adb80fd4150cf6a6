"""What machines ask for: a session opens nothing of the API, which takes tokens (tests/hub/api walks it with them)."""

from tests.hub.matrix import SIGNED_IN, Row

OWN = "one's own exports only: the tests of the exports try another's"


def number(world):
    return [world.file]


ROWS = [
    Row("health"),
    Row("metrics", skip="opens to this machine only: the tests of operations try it from elsewhere"),
    Row("api-docs"),
    Row("api-tokens", allowed=SIGNED_IN),
    Row("api-token-revoke", allowed=set(), arguments=lambda world: [1], method="POST"),  # noqa: ARG005
    Row("api-1:openapi-json"),
    Row("api-1:api-root", skip="a name without a page: it serves to build addresses"),
    Row("api-1:me", allowed=set()),
    Row("api-1:list_calls", allowed=set()),
    Row("api-1:read_call", allowed=set(), arguments=lambda world: [world.call]),
    Row("api-1:list_files", allowed=set()),
    Row("api-1:read_file", allowed=set(), arguments=number),
    Row("api-1:list_requirements", allowed=set(), arguments=number),
    Row("api-1:ask_challenge", allowed=set(), arguments=number, method="POST"),
    Row("api-1:deposit", allowed=set(), arguments=number, method="POST"),
    Row("decision", skip="needs a decision: the tests of decisions open it"),
    Row("exports", allowed=SIGNED_IN),
    Row("export-ask", skip=OWN),
    Row("export-line", skip=OWN),
    Row("export-file", skip=OWN),
    Row("export-discard", skip=OWN),
    Row("export-columns-forget", skip=OWN),
]
