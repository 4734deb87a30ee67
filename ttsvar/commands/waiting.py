"""The page that answers while libraries and a model are loaded; it becomes the app by itself once that is there.

It stands on the standard library alone, so that it is there at once.
"""

from __future__ import annotations

import html
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PAGE = Path(__file__).with_name("waiting.html")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:"
Doing = Callable[[str], None]
"""Called with what is being done now, in one sentence of plain ASCII."""


class _Answer(BaseHTTPRequestHandler):
    """The page for whoever looks, the sentence for a program, and 503 for both: the app is not there yet."""

    server: _Server
    timeout = 5.0

    def do_GET(self) -> None:
        doing = self.server.doing
        if "text/html" in self.headers.get("Accept", ""):
            kind, text = "text/html", PAGE.read_text(encoding="utf-8").replace("DOING", html.escape(doing))
        else:
            kind, text = "text/plain", f"TTS-VAR Explorer is starting. {doing}. Try again in a moment.\n"
        content = text.encode()
        self.send_response(HTTPStatus.SERVICE_UNAVAILABLE)
        told = {"Content-Type": f"{kind}; charset=utf-8", "Content-Length": str(len(content)), "Retry-After": "2"}
        own = {"Cache-Control": "no-store", "Content-Security-Policy": POLICY, "X-Starting": doing}
        for name, value in {**told, **own, "Connection": "close"}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_HEAD = do_POST = do_GET  # noqa: N815  (the names that the standard library calls)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a visitor who waits is no news."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    doing = "Loading the libraries"

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: a visitor who leaves while waiting is no news either."""


@contextmanager
def waiting_page(host: str, port: int) -> Generator[Doing]:
    """Answer every request at an address with the page, until the block ends and leaves the address to the app.

    Where the address is taken, or none is named (port 0), there is no page: the app will say so itself.
    """
    try:
        server = _serve(host, port) if port else None
    except OSError:
        server = None
    try:
        yield lambda text: None if server is None else setattr(server, "doing", text)
    finally:
        if server is not None:
            server.shutdown()
            server.server_close()


def _serve(host: str, port: int) -> _Server:
    class Server(_Server):
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET

    server = Server((host, port), _Answer)
    threading.Thread(target=server.serve_forever, args=(0.05,), name="waiting", daemon=True).start()
    return server
