from rempart.hub.accounts.roles import REGION_ROLES
from tests.hub.matrix import AGENCY, NATION, Row, elsewhere

AGENTS = {*AGENCY, *NATION, *(elsewhere(role) for role in REGION_ROLES)}
OWN_VIEW = "one's own saved views: the tests of the instruction try another's"

ROWS = [
    Row("instruction", allowed=AGENTS),
    Row("instruction-queue", allowed=AGENTS),
    Row("instruction-file", skip="a placeholder until its page is written"),
    Row("instruction-view-keep", skip=OWN_VIEW),
    Row("instruction-view-forget", skip=OWN_VIEW),
]
