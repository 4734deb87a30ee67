"""Under which names the app answers, and which other pages may act on it: what a browser says of itself is checked.

A page elsewhere can make a visitor's browser send requests here (`Origin` names that page), or let its own name lead to
this machine (DNS rebinding: `Host` then names that page). Neither may drive an app that trusts whoever reaches it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

LOCAL_ENDINGS = (".localhost", ".local")
"""Names that no public name server answers for."""
ANY = "*"


@dataclass(frozen=True, kw_only=True)
class Hosts:
    """The names of the app besides addresses and local names: `app.example.org`, `*.example.org`, or `*` for any."""

    names: frozenset[str] = frozenset()

    def answers(self, host: str) -> bool:
        """Whether a request with this Host header is meant for the app.

        Numbers and names without a dot are: nobody else's page can stand under them.
        """
        name = host_name(host)
        return name is not None and (_is_local(name) or self._named(name))

    def may_act(self, origin: str, host: str) -> bool:
        """Whether a page of this Origin may act on the app that is reached as `host`: the app's own, or a named one."""
        _, mark, place = origin.partition("://")
        if not mark:  # "null": a page that hides where it is from
            return False
        name = host_name(place)
        return name is not None and (place.lower() == host.lower() or self._named(name))

    def _named(self, name: str) -> bool:
        return any(
            known in (ANY, name) or (known.startswith("*.") and name.endswith(known[1:])) for known in self.names
        )


def hosts(names: Iterable[str] = ()) -> Hosts:
    """The names that were given, those in TTSVAR_HOSTS, and a Space's own, all without scheme and port."""
    outside = (os.environ.get(name, "") for name in ("TTSVAR_HOSTS", "SPACE_HOST"))
    told = [*names, *(name for value in outside for name in value.split(","))]
    bare = (name.strip().lower().partition("://")[2] or name.strip().lower() for name in told)
    return Hosts(names=frozenset(host_name(name) or name for name in bare if name))


def host_name(value: str) -> str | None:
    """The name in `name:port`, in lower case; None where it is no such thing."""
    try:
        parts = urlsplit(f"//{value}")
        whole = parts.netloc == value and "@" not in value
        return parts.hostname.rstrip(".") or None if whole and parts.hostname and _port(parts.port) else None
    except ValueError:
        return None


def _port(port: int | None) -> bool:
    return port is None or port > 0


def _is_local(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return "." not in name or name.endswith(LOCAL_ENDINGS)
    return True
