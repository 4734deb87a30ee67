"""The addresses under which others reach this app."""

from __future__ import annotations

import socket

EVERYWHERE = ("0.0.0.0", "::", "")
OUTSIDE = ("192.0.2.1", 9)
"""An address reserved for documentation: choosing a route to it sends nothing."""


def addresses(host: str, port: int) -> tuple[str, ...]:
    """Where the app answers: as given, or on this machine and on its network where it listens everywhere."""
    if host not in EVERYWHERE:
        return (f"http://{f'[{host}]' if ':' in host else host}:{port}",)
    found = network_address()
    return (f"http://127.0.0.1:{port}",) + ((f"http://{found}:{port}",) if found else ())


def network_address() -> str | None:
    """This machine's own address on the network it would reach others by; None where there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(OUTSIDE)
            found = probe.getsockname()[0]
        except OSError:
            return None
    return None if found.startswith("127.") or found == "0.0.0.0" else found
