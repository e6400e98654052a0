"""The signing key of tree heads: from the environment, else made once and kept in a file that only its owner reads."""

import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

VARIABLE = "LANGQIAO_AUDIT_KEY"
"""Names the environment variable with the private key: 64 hexadecimal digits, the 32 bytes of RFC 8032."""


def private_key() -> Ed25519PrivateKey:
    """The key that signs. Raises ValueError where the variable or the file does not hold 64 hexadecimal digits."""
    text = os.environ.get(VARIABLE, "") or _kept(Path(settings.VAR) / "keys" / "audit.ed25519")
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(text.strip()))


def _kept(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text(encoding="ascii")
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(Ed25519PrivateKey.generate().private_bytes_raw().hex())
            file.flush()
            os.fsync(file.fileno())
    return path.read_text(encoding="ascii")


def public_key(key: Ed25519PrivateKey) -> str:
    """The public half, 32 bytes in hexadecimal."""
    return key.public_key().public_bytes_raw().hex()


def is_signed(body: str, signature: str, key: str) -> bool:
    """Whether the signature (hexadecimal) is the key's (hexadecimal) under the text."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), body.encode())
    except (InvalidSignature, ValueError):
        return False
    return True
