"""One delivery over the wire: a POST to a public address only, no redirect followed, little read, a time limit on everything."""

import http.client
import ipaddress
import json
import socket
import ssl
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from langqiao.web.notices.signing import signature

TIMEOUT_S = 10
ANSWER_MAX_BYTES = 4_096
PORTS = frozenset({80, 443, 8080, 8443})


class AddressRefusedError(ValueError):
    """An address that deliveries never go to; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a delivery goes: the host that is named, and the very address that was checked and is connected to."""

    scheme: str
    host: str
    port: int
    path: str
    address: str


def target_of(url: str) -> Target:
    """The target of a webhook's address, its name resolved and checked. Raises AddressRefusedError.

    The connection then goes to the address that was checked: a name that answers differently the second time gains nothing.
    """
    parts = urlsplit(url)
    local = parts.hostname in settings.WEBHOOK_LOCAL_HOSTS
    if parts.scheme not in ({"http", "https"} if local else {"https"}):
        raise AddressRefusedError("the address must begin with https://")
    if not parts.hostname or parts.username or parts.password or parts.fragment:
        raise AddressRefusedError("the address must name a host, without a user, a password or a fragment")
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:
        raise AddressRefusedError(f"the host cannot be found: {error}") from None
    if not local and port not in PORTS:
        raise AddressRefusedError(f"the port must be one of {', '.join(map(str, sorted(PORTS)))}")
    addresses = [str(entry[4][0]) for entry in found]
    inside = [address for address in addresses if not _is_public(address)]
    if inside and not local:
        raise AddressRefusedError(f"{inside[0]} is an address inside a network, not on the open Internet")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(scheme=parts.scheme, host=parts.hostname, port=port, path=path, address=addresses[0])


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    return address.is_global and not address.is_multicast


def post(url: str, content: dict[str, Any], *, secret: str, delivery: str, action: str) -> tuple[int, str]:
    """(HTTP status, beginning of the answer). Raises AddressRefusedError and OSError; a redirect is an answer like any other."""
    target = target_of(url)
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Langqiao-Webhook/1",
        "Host": target.host if target.port in {80, 443} else f"{target.host}:{target.port}",
        "Langqiao-Delivery": delivery,
        "Langqiao-Action": action,
        "Langqiao-Signature": signature(secret, int(time.time()), body),
    }
    connection = _connection(target)
    try:
        connection.request("POST", target.path, body=body, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read(ANSWER_MAX_BYTES).decode("utf-8", "replace")
    except http.client.HTTPException as error:
        raise ConnectionError(f"the answer is no HTTP: {type(error).__name__}") from None
    finally:
        connection.close()


def _connection(target: Target) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection(target.host, target.port, timeout=TIMEOUT_S)
    plain = socket.create_connection((target.address, target.port), timeout=TIMEOUT_S)
    if target.scheme == "https":
        try:
            connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=target.host)
        except OSError:
            plain.close()
            raise
    else:
        connection.sock = plain
    return connection
