"""Webhook signatures: HMAC-SHA-256 over the time and the body, so that a receiver knows who sent it, that it is whole, and that it is not a replay."""

import hashlib
import hmac

TOLERANCE_S = 300
"""How old a delivery may be before a careful receiver refuses it as a replay."""


def signature(secret: str, moment: int, body: bytes) -> str:
    """The value of the header `Langqiao-Signature`: `t=SECONDS,v1=HEX`, HEX = HMAC-SHA-256(secret, "SECONDS." + body)."""
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


def signature_holds(secret: str, header: str, body: bytes, *, now: int) -> bool:
    """What a receiver does: the signature is right and not older than five minutes."""
    parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    moment = parts.get("t", "")
    if not moment.isascii() or not moment.isdigit() or abs(now - int(moment)) > TOLERANCE_S:
        return False
    return hmac.compare_digest(signature(secret, int(moment), body), header)
