"""Sealing of secrets at rest: what the database keeps can be read only with the site's key; hashes of codes and tokens are keyed too."""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def _key(secret: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"langqiao sealed secrets").derive(secret.encode())
    return base64.urlsafe_b64encode(derived)


def _box() -> MultiFernet:
    """The newest key seals; older ones (SECRET_KEY_FALLBACKS) still open."""
    return MultiFernet([Fernet(_key(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def seal(text: str) -> str:
    """The text, encrypted and authenticated (AES-128-CBC and HMAC-SHA-256, as Fernet does)."""
    return _box().encrypt(text.encode()).decode("ascii")


def unseal(sealed: str) -> str:
    """The text of `seal`. Raises cryptography.fernet.InvalidToken where the site's key is another or the text was changed."""
    return _box().decrypt(sealed.encode("ascii")).decode()


def keyed_hashes(purpose: str, text: str) -> tuple[str, ...]:
    """HMAC-SHA-256 of a code or token under each of the site's keys, the newest first: store the first, look for all."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return tuple(hmac.new(secret.encode(), f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest() for secret in secrets)
