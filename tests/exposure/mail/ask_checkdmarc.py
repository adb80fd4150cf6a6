"""Runs in the environment of checkdmarc, inside the lab: `ask_checkdmarc.py RESOLVER AUTHORITY NAME...` prints JSON."""

import json
import os
import sys

resolver, authority, *names = sys.argv[1:]
os.environ["SSL_CERT_FILE"] = os.environ["REQUESTS_CA_BUNDLE"] = authority

from checkdmarc import dmarc, mta_sts, spf  # noqa: E402 — after the authority


def plain(value: object) -> object:
    """What JSON cannot hold, as text."""
    return str(value)


found = {}
for name in names:
    options = {"nameservers": [resolver], "timeout": 4.0}
    found[name] = {
        "spf": spf.check_spf(name, **options),
        "dmarc": dmarc.check_dmarc(name, **options),
        "mta_sts": mta_sts.check_mta_sts(name, **options),
    }
json.dump(found, sys.stdout, default=plain)
