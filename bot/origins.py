"""Origins of web pages: scheme, host and port, as settings name them and as browsers send them."""

from __future__ import annotations

import ipaddress
import re

_ORIGIN = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{0,5}))?/?", re.ASCII | re.IGNORECASE
)
_USUAL_PORT = {"http": 80, "https": 443}


def origin_of(text: str) -> str | None:
    """`text` as browsers write an origin: lower case, without a port that goes without saying or a last slash.

    None where it is anything else: another scheme, a path, a name and password, `null`, letters that a host has only
    in its xn-- form.
    """
    found = _ORIGIN.fullmatch(text)
    if found is None:
        return None
    scheme, host = found["scheme"].lower(), _host(found["host"].lower())
    port = int(found["port"] or _USUAL_PORT[scheme])
    if host is None or not 0 < port < 65536:
        return None
    return f"{scheme}://{host}" if port == _USUAL_PORT[scheme] else f"{scheme}://{host}:{port}"


def _host(text: str) -> str | None:
    """The host in the one form that it has; None for one that there cannot be."""
    if not text.startswith("["):
        return None if text.startswith((".", "-")) or ".." in text else text
    try:
        return f"[{ipaddress.IPv6Address(text[1:-1]).compressed}]"
    except ValueError:
        return None
