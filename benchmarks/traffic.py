"""Bytes and requests of one whole search on the page, in Chromium over the real app; prints JSON.

python -m benchmarks.traffic                       the toybox, N = 1, scale by scale
python -m benchmarks.traffic --model fake          without weights: no time passes, so nothing asks for progress
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.told import tell

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from playwright.sync_api import Page, sync_playwright  # noqa: E402
from served import CHROMIUM, FLAGS, Server  # noqa: E402
from steps import finished, press, start  # noqa: E402

KINDS = {
    "events": "/queue/data",
    "asked": "/queue/join",
    "questions": "/component_server",
    "heartbeat": "/heartbeat",
    "pictures": "/pictures/",
}
"""What a request is for, by a part of its address; everything else is a file of the page."""


@dataclass
class Traffic:
    """What came to the browser, in bytes as they travel, by what it was for."""

    bytes: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    _kinds: dict[str, str] = field(default_factory=dict)

    def sent(self, event: dict[str, Any]) -> None:
        """A request goes out; data in the page itself is no traffic."""
        url = event["request"]["url"]
        if url.startswith("http"):
            kind = next((kind for kind, part in KINDS.items() if part in url), "files")
            self._kinds[event["requestId"]] = kind
            self.requests[kind] += 1

    def came(self, event: dict[str, Any]) -> None:
        """Some bytes of an answer came."""
        if kind := self._kinds.get(event["requestId"]):
            self.bytes[kind] += event["encodedDataLength"] or event["dataLength"]

    def report(self) -> dict[str, Any]:
        """Counts by kind, and in all."""
        kinds = sorted(self.requests)
        found = {kind: {"requests": self.requests[kind], "bytes": self.bytes[kind]} for kind in kinds}
        total = {"requests": self.requests.total(), "bytes": self.bytes.total()}
        return {**found, "total": total}


def listening(page: Page) -> Traffic:
    """Count what comes to a page from now on."""
    traffic, session = Traffic(), page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.requestWillBeSent", traffic.sent)
    session.on("Network.dataReceived", traffic.came)
    return traffic


def search(page: Page, *, steps: bool) -> None:
    """A whole search: scale by scale, or with one press."""
    start(page)
    if not steps:
        press(page, "end")
    for scale in range(1, 14 if steps else 0):
        press(page, "next")
        page.wait_for_function(
            f"document.querySelector('.say h2')?.textContent.startsWith('Scale {scale}:') || "
            "document.querySelector('.stage.final')"
        )
        if page.locator(".stage.final").count():
            break
        page.wait_for_function("document.querySelector('.bar .acts')?.checkVisibility()")
    finished(page)
    page.wait_for_timeout(3000)  # what is drawn after the ending, and the last poll


def main() -> None:
    """Serve, search, print; `--out` also writes the JSON to a file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--model", default="toybox")
    parser.add_argument("--out", type=Path, help="where to write the JSON, too")
    args = parser.parse_args()
    report: dict[str, Any] = {"model": args.model}
    with tempfile.TemporaryDirectory() as runs, sync_playwright() as playwright:
        server = Server(Path(runs), args.model)
        server.start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            for name, steps in (("scale by scale", True), ("to the end", False)):
                page = browser.new_context(viewport={"width": 1440, "height": 1060}).new_page()
                page.set_default_timeout(600_000)
                loading = listening(page)
                page.goto(server.url)
                page.wait_for_selector("#go")
                report.setdefault("first page", loading.report())
                searching = listening(page)
                search(page, steps=steps)
                report[name] = searching.report()
                page.close()
        finally:
            browser.close()
            server.stop()
    tell(report, args.out)


if __name__ == "__main__":
    main()
