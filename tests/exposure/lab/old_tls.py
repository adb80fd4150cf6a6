"""A server of long ago, by tlslite-ng: SSL 3.0, RC4 and 3DES. Run as a module: ADDRESS PORT CERTIFICATE KEY."""

import sys
from contextlib import suppress
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer

from tlslite.api import HandshakeSettings, TLSConnection, X509CertChain, parsePEMKey


class Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64


def main() -> None:
    """Serve until the process ends."""
    address, port, certificate, key = sys.argv[1:]
    chain = X509CertChain()
    chain.parsePemList(Path(certificate).read_text())
    private = parsePEMKey(Path(key).read_text(), private=True, implementations=["python"])
    settings = HandshakeSettings()
    settings.minVersion, settings.maxVersion = (3, 0), (3, 1)
    settings.versions = [(3, 1), (3, 0)]
    settings.cipherNames = ["rc4", "3des", "aes128"]
    settings.macNames = ["sha", "md5"]

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            with suppress(Exception):
                TLSConnection(self.request).handshakeServer(certChain=chain, privateKey=private, settings=settings)

    Server((address, int(port)), Handler).serve_forever()


if __name__ == "__main__":
    main()
