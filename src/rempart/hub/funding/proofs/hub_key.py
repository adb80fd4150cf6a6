"""The hub's own key: given by the environment, else made once and kept in the data folder, for its owner's eyes."""

import os
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from securesystemslib.signer import CryptoSigner

from rempart.proof.keys import create_key, load_signer, public_pem, read_signer

FILE = "receipt-key"


def signer() -> CryptoSigner:
    """Return the signer of the hub's receipts.

    Raises:
        InputError: the key of the environment, or of the data folder, is no Ed25519 private key.

    """
    given: str = settings.RECEIPT_KEY
    return _given(given) if given else _kept(Path(settings.DATA_FOLDER))


def public_key_pem() -> bytes:
    """Return the hub's public key, that anybody may download to verify a receipt."""
    return public_pem(signer())


@lru_cache(maxsize=2)
def _given(pem: str) -> CryptoSigner:
    return read_signer(pem.replace("\\n", "\n").encode(), where="REMPART_HUB_RECEIPT_KEY")


@lru_cache(maxsize=8)
def _kept(folder: Path) -> CryptoSigner:
    path = folder / FILE
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder) as made:
            create_key(Path(made) / FILE)
            with suppress(FileExistsError):  # another process made it at this very moment
                os.link(Path(made) / FILE, path)  # whole or not at all
    return load_signer(path)
