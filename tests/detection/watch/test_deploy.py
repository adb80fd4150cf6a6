"""What we ship for those who deploy the watch: it is valid, it is locked down, it is documented."""

import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from rempart.detection.watch.settings import Settings, open_settings

DEPLOY = Path(__file__).parents[3] / "deploy"


def test_the_unit_of_the_watch_is_valid_and_locked_down(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("this machine has no systemd to ask")
    unit = tmp_path / "rempart-detection.service"
    text = (DEPLOY / "rempart-detection.service").read_text(encoding="utf-8")
    unit.write_text(text.replace("/opt/rempart/.venv/bin/rempart", "/bin/true"), encoding="utf-8")
    verified = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert (verified.returncode, verified.stderr) == (0, "")
    rated = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", unit],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert rated.returncode == 0, rated.stdout


def test_the_sample_configuration_is_right():
    settings = open_settings(DEPLOY / "detection.toml")
    assert settings.follow.paths == ("/var/log/remote",)
    assert [port.address for port in settings.listen] == ["127.0.0.1"]


def test_the_sample_names_every_section_and_stays_right_with_all_of_them(tmp_path):
    text = (DEPLOY / "detection.toml").read_text(encoding="utf-8")
    missing = {name for name in Settings.model_fields if name not in text} - {"alerts", "acknowledgements"}
    assert missing == set()
    lines = [
        line.removeprefix("# ") if line.startswith("# ") and ("=" in line or "[" in line) else line
        for line in text.splitlines()
    ]
    whole = "\n".join(line for line in lines if not line.startswith(("# ", "Vérifier", "Veille")))
    path = tmp_path / "detection.toml"
    path.write_text(
        "\n".join(line for line in whole.splitlines() if " : " not in line.partition("#")[0]), encoding="utf-8"
    )
    assert tomllib.loads(path.read_text(encoding="utf-8"))["mail"]["security"] == "starttls"
    assert open_settings(path).webhook.knowledge == "counts"
