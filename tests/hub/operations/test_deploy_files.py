"""What we ship for those who deploy: it is valid, and it is documented."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def test_every_setting_of_the_environment_is_documented():
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "src/rempart/hub").rglob("*.py")]
    named = set(re.findall(r"\"(REMPART_HUB_[A-Z0-9_]*[A-Z0-9])\"", "\n".join(sources)))
    documented = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
    assert {name for name in named if name not in documented} == set()


def test_the_systemd_unit_is_valid_and_locked_down(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("this machine has no systemd to ask")
    unit = tmp_path / "rempart-hub.service"
    text = (ROOT / "deploy/rempart-hub.service").read_text(encoding="utf-8")
    unit.write_text(text.replace("/opt/rempart/.venv/bin/rempart", "/bin/true"), encoding="utf-8")
    verified = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert (verified.returncode, verified.stderr) == (0, "")
    rated = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=25", unit],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert rated.returncode == 0, rated.stdout


def test_the_unit_and_the_container_run_commands_that_exist():
    from rempart.cli import app as whole  # noqa: PLC0415 — the command line is built on import

    app = next(group.typer_instance for group in whole.registered_groups if group.name == "hub")
    names = {
        command.name or command.callback.__name__
        for group in app.registered_groups
        for command in group.typer_instance.registered_commands
    }
    for name in ("rempart-hub.service", "Containerfile"):
        text = (ROOT / "deploy" / name).read_text(encoding="utf-8")
        asked = set(re.findall(r"rempart\"?,? \"?hub\"?,? \"?([a-z-]+)", text))
        assert asked
        assert asked <= names
