"""Pictures of the page by address: each is named by its content, so that a browser asks for it once and keeps it.

Views are written with pictures inside (data URIs), as a saved page or an article needs them. What is sent to a browser
names them instead: the same picture stands on the board, in the lineage and on other tabs, at one scale after another.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

PLACE = "pictures"
MOST_BYTES = 128 * 1024**2
"""Of pictures that are kept; a search of N = 1 has a quarter of a MiB."""
SMALLEST = 400
"""Characters of a data URI that is worth a request."""
FOREVER = {"Cache-Control": "private, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
_URI = re.compile(rf"data:image/(webp|png|jpeg);base64,([A-Za-z0-9+/=]{{{SMALLEST},}})")
_INSIDE = re.compile(rf'\b(src|href)="({_URI.pattern})"')
_LINK = re.compile(r"<a\s[^>]*$")


@dataclass(frozen=True)
class Picture:
    """The content of a picture, and what kind of image it is."""

    kind: str
    content: bytes


class Pictures:
    """What was named lately, so that whoever was told a name finds it; a browser asks within moments."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes = most_bytes
        self._kept: OrderedDict[str, Picture] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def addressed(self, html: str) -> str:
        """The same HTML with the addresses of its pictures in their place; what a link downloads stays inside."""

        def short(found: re.Match[str]) -> str:
            return found[0] if _in_link(found) else f'{found[1]}="{self.address(found[2])}"'

        return _INSIDE.sub(short, html)

    def address(self, uri: str) -> str:
        """The address of one picture; what is none, or too small to ask for, stays inside."""
        found = _URI.fullmatch(uri)
        try:
            content = base64.b64decode(found[2], validate=True) if found else b""
        except binascii.Error:
            content = b""
        return self._keep(Picture(found[1], content)) if found and content else uri

    def find(self, name: str) -> Picture | None:
        """A picture by its name; None where it was named too long ago, or never."""
        with self._lock:
            return self._kept.get(name)

    def _keep(self, picture: Picture) -> str:
        name = f"{sha256(picture.content).hexdigest()[:32]}.{picture.kind}"
        with self._lock:
            if name not in self._kept:
                self._kept[name] = picture
                self._bytes += len(picture.content)
            self._kept.move_to_end(name)
            while self._bytes > self.most_bytes and len(self._kept) > 1:
                _, oldest = self._kept.popitem(last=False)
                self._bytes -= len(oldest.content)
        return f"{PLACE}/{name}"


def _in_link(found: re.Match[str]) -> bool:
    """Whether the picture is what a link leads to: a browser names the file that it saves by it."""
    tag = found.string.rfind("<", 0, found.start())
    return found[1] == "href" and _LINK.match(found.string, max(tag, 0), found.start()) is not None


PICTURES = Pictures()
"""Of this process: names follow from content, so that whoever serves pages from it can share them."""


def respond(request: Request) -> Response:
    """One picture, which a browser may keep for good."""
    picture = PICTURES.find(request.path_params["name"])
    if picture is None:
        return PlainTextResponse("This picture is not kept any more; load the page again.", 404)
    return Response(picture.content, media_type=f"image/{picture.kind}", headers=FOREVER)


ROUTE = Route(f"/{PLACE}/{{name}}", respond)
