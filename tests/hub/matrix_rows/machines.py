"""What machines ask for outside the API."""

from tests.hub.matrix import Row

ROWS = [
    Row("health"),
    Row("metrics", skip="opens to this machine only: the tests of operations try it from elsewhere"),
]
