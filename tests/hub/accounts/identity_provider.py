"""The real OpenID provider of the tests, npm's oidc-provider, playing Pro Santé Connect and ProConnect on loopback."""

import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import httpx

from tests import npm

HERE = Path(__file__).parent / "provider"
BUILD = Path(__file__).parents[3] / "build" / "oidc-provider"
SECRET = "a-test-secret-of-more-than-thirty-two-characters"


def install() -> None:
    """Install the provider in the build folder, from its lock file, when it is not there or the lock changed."""
    npm.install(HERE, BUILD, "oidc-provider")


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
        environment = {**npm.environment(), "REMPART_PROVIDER_MODULES": str(BUILD / "node_modules")}
        command = [npm.NODE / "node", HERE / "server.mjs", str(self.port)]
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
