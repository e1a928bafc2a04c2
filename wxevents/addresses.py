"""Where a server of this machine is reached from this machine."""

from __future__ import annotations


def local_url(host: str, port: int) -> str:
    """The URL in front of the paths, for a server that listens at this address: all addresses are
    reached by loopback, and an IPv6 address stands in brackets."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
