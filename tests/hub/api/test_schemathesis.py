import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rempart.hub.accounts.roles import Role
from rempart.hub.funding.applications.states import State
from tests.hub.factories.accounts import give, person
from tests.hub.factories.api import a_token
from tests.hub.factories.applications import a_file

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,ignored_auth"


@pytest.mark.django_db(transaction=True)
def test_no_call_whatever_it_holds_breaks_the_api(live_server, settings, tmp_path):
    settings.REMPART_API_RATE = 1_000_000
    files = [a_file(state) for state in (State.ARS_REVIEW, State.OPERATIONAL, State.PAID)]
    user = person(Role.ARS_INSTRUCTOR, region=files[0].region)
    give(user, Role.SIGNATORY, entity=files[1].legal_entity)
    tool = shutil.which("st", path=str(Path(sys.executable).parent))
    command = [
        *(tool, "run", f"{live_server.url}/api/v1/openapi.json", "--header", f"Authorization: Bearer {a_token(user)}"),
        *(
            "--checks",
            CHECKS,
            "--max-examples",
            "8",
            "--seed",
            "1",
            "--no-color",
            "--phases",
            "coverage,fuzzing",
        ),
    ]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
