"""Set the scene in a hub that is served: run as a module, it writes what the test needs, as JSON.

It runs in the hub's own environment, so that what it signs and writes is the hub's.
"""

import base64
import json
import sys
from datetime import timedelta

from rempart.hub.commands import site


def main() -> None:
    """Make a file that takes an attestation, a file to pay, and who acts on each."""
    site.ready()
    from django.conf import settings  # noqa: PLC0415 — once the site is ready
    from django.test import Client  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from rempart.hub.accounts.roles import Role  # noqa: PLC0415
    from rempart.hub.funding.applications.states import State  # noqa: PLC0415
    from rempart.hub.funding.calls.models import Window  # noqa: PLC0415
    from tests.hub.factories import accounts, proofs  # noqa: PLC0415
    from tests.hub.factories import applications as files  # noqa: PLC0415

    def session(user):
        return accounts.sign_in(Client(), user).cookies[settings.SESSION_COOKIE_NAME].value

    def challenge(of):
        return proofs.challenge(of, issued_at=now - timedelta(hours=1), expires_at=now + timedelta(days=9))

    now = timezone.now()
    measured = proofs.application()
    owed = files.application(State.PAYMENT_REQUESTED, of=measured.call)
    Window.objects.update(opens_at=files.OPENED, closes_at=None)
    proofs.key(measured.applicant)
    proofs.catalogue()
    signed = [
        proofs.attestation(challenge(measured), taken_at=now - timedelta(days=1), snapshot=f"{rank:064x}")
        for rank in range(int(sys.argv[1]))
    ]
    told = {
        "measured": measured.number,
        "owed": owed.number,
        "editor": session(proofs.editor(measured)),
        "payer": session(files.person(Role.ANS_PAYER)),
        "cookie": settings.SESSION_COOKIE_NAME,
        "attestations": [base64.b64encode(one).decode() for one in signed],
    }
    print(json.dumps(told))  # noqa: T201 — what the test reads


if __name__ == "__main__":
    main()
