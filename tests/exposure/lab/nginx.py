"""nginx as a hospital has it, well or badly set: one `Site` a listening address."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.exposure.lab.daemon import running

LAX = "openssl_conf=a\n[a]\nssl_conf=b\n[b]\nsystem_default=c\n[c]\nMinProtocol=None\nCipherString=ALL:@SECLEVEL=0\n"
"""OpenSSL's settings of old: what a server that nobody looks after still has."""


@dataclass(frozen=True)
class Site:
    """One listening place: `files` are pairs of certificate and key."""

    address: str
    files: Sequence[tuple[Path, Path]]
    protocols: str = "TLSv1.2 TLSv1.3"
    ciphers: str = "HIGH:!aNULL:!MD5"
    more: str = ""
    port: int = 443

    def block(self) -> str:
        pairs = "".join(f"ssl_certificate {pem}; ssl_certificate_key {key};\n" for pem, key in self.files)
        return (
            f"server {{ listen {self.address}:{self.port} ssl; {pairs} ssl_protocols {self.protocols}; "
            f"ssl_ciphers {self.ciphers}; {self.more} location / {{ return 200 'lab'; }} }}\n"
        )


def prepared(folder: Path, sites: Sequence[Site], *, workers: int = 1) -> tuple[list[str], dict[str, str]]:
    """Write the settings that serve all the sites; return the command, and what its environment needs."""
    settings = folder / "openssl.cnf"
    settings.write_text(LAX)
    configuration = folder / "nginx.conf"
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    configuration.write_text(
        f"daemon off; worker_processes {workers}; pid {folder}/nginx.pid; error_log stderr; env OPENSSL_CONF;\n"
        f"events {{ worker_connections 4000; }}\nhttp {{ access_log off; {temporary}\n"
        + "".join(site.block() for site in sites)
        + "}\n"
    )
    return ["/usr/sbin/nginx", "-p", str(folder), "-c", str(configuration)], {"OPENSSL_CONF": str(settings)}


@contextmanager
def nginx(folder: Path, sites: Sequence[Site]) -> Iterator[int]:
    """Serve all the sites until the block ends."""
    command, environment = prepared(folder, sites)
    places = [(site.address, site.port) for site in sites]
    with running(command, places, folder / "nginx.log", environment) as pid:
        yield pid
