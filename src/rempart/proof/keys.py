"""Signing keys: Ed25519, private in PKCS#8 PEM (encrypted when a passphrase is given), public in SPKI PEM."""

import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from securesystemslib.signer import CryptoSigner, SSlibKey

from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

PUBLIC_SUFFIX = ".pub"


def create_key(path: Path, passphrase: bytes | None = None) -> str:
    """Write a new private key to `path` (readable by its owner only) and its public key to `path` + `.pub`.

    Returns the key's identifier. Never overwrites.

    Raises:
        InputError: one of the two files exists already, or cannot be written.

    """
    private = Ed25519PrivateKey.generate()
    encryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    _write_new(path, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption), mode=0o600)
    public = private.public_key()
    spki = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    _write_new(path.with_name(path.name + PUBLIC_SUFFIX), spki, mode=0o644)
    return SSlibKey.from_crypto(public).keyid


def load_signer(path: Path, passphrase: bytes | None = None) -> CryptoSigner:
    """Return the signer of a private key file.

    Raises:
        InputError: no such file, not an Ed25519 private key, or a wrong or missing passphrase.

    """
    return read_signer(_read(path), passphrase, where=str(path))


def read_signer(pem: bytes, passphrase: bytes | None = None, *, where: str | None = None) -> CryptoSigner:
    """Return the signer of a private key in PEM; `where` names its place in an error.

    Raises:
        InputError: not an Ed25519 private key, or a wrong or missing passphrase.

    """
    try:
        private = load_pem_private_key(pem, passphrase)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise InputError(
            Text(fr="clé privée illisible ou phrase de passe fausse", en="unreadable private key or wrong passphrase"),
            where=where,
        ) from error
    if not isinstance(private, Ed25519PrivateKey):
        raise InputError(Text(fr="la clé n'est pas une clé Ed25519", en="the key is not an Ed25519 key"), where)
    return CryptoSigner(private)


def load_public_key(path: Path) -> SSlibKey:
    """Return a public key from its PEM file.

    Raises:
        InputError: no such file, or not an Ed25519 public key.

    """
    return read_public_key(_read(path), where=str(path))


def read_public_key(pem: bytes, *, where: str | None = None) -> SSlibKey:
    """Return a public key in PEM; `where` names its place in an error.

    Raises:
        InputError: not an Ed25519 public key.

    """
    try:
        public = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InputError(Text(fr="clé publique illisible", en="unreadable public key"), where=where) from error
    if not isinstance(public, Ed25519PublicKey):
        raise InputError(Text(fr="la clé n'est pas une clé Ed25519", en="the key is not an Ed25519 key"), where)
    return SSlibKey.from_crypto(public)


def public_pem(signer: CryptoSigner) -> bytes:
    """Return the public key of a signer, in PEM."""
    raw = bytes.fromhex(signer.public_key.keyval["public"])
    return Ed25519PublicKey.from_public_bytes(raw).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(Text(fr="fichier de clé introuvable", en="key file not found"), where=str(path)) from error


def _write_new(path: Path, content: bytes, mode: int) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError as error:
        raise InputError(
            Text(fr="ce fichier existe déjà : une clé ne s'écrase pas", en="file exists: a key is never overwritten"),
            where=str(path),
        ) from error
    except OSError as error:
        raise InputError(Text(fr="écriture impossible", en="cannot write"), where=str(path)) from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
