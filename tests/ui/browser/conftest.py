"""The real app in a process of its own, and Chromium.

TTSVAR_UI_MODEL names another model or folder than the toybox; `fake` is the test double, which needs no weights.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[3]
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE = 60_000
"""Milliseconds that a busy machine may take."""


class Server:
    """`python app.py` on a free port; can be ended and started again over the same runs."""

    def __init__(self, runs: Path) -> None:
        self.runs = runs
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        self.seconds_to_answer = 0.0
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        """Start and wait for the first answer."""
        model = os.environ.get("TTSVAR_UI_MODEL", "toybox")
        script = ["tests/ui/serve_fake.py"] if model == "fake" else ["app.py", "--model", model]
        command = [sys.executable, *script, "--port", str(self.port), "--runs-dir", str(self.runs)]
        began = time.monotonic()
        self.process = subprocess.Popen(command, cwd=ROOT)
        while time.monotonic() - began < 180:
            assert self.process.poll() is None, "the app ended while starting"
            try:
                urllib.request.urlopen(self.url, timeout=5).read()
                self.seconds_to_answer = time.monotonic() - began
                return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.2)
        raise AssertionError("the app did not answer within 180 s")

    def stop(self) -> None:
        """End the process."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)
            self.process = None


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    served = Server(tmp_path_factory.mktemp("runs"))
    served.start()
    yield served
    served.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip("there is no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, server: Server) -> Iterator[Page]:
    """A fresh visitor at 1440 px; any error of the page's scripts, or request elsewhere, fails the test."""
    context = chromium.new_context(viewport={"width": 1440, "height": 1060}, accept_downloads=True)
    context.set_default_timeout(PATIENCE)
    visitor = context.new_page()
    errors: list[str] = []
    strange: list[str] = []
    visitor.on("pageerror", lambda error: errors.append(str(error)))
    visitor.on("request", lambda r: None if r.url.startswith((server.url, "data:", "blob:")) else strange.append(r.url))
    visitor.goto(server.url)
    visitor.wait_for_selector("#go")
    yield visitor
    context.close()
    assert errors == []
    assert strange == []
