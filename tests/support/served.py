"""The real app in a process of its own, and the Chromium that looks at it.

A model of tests/ui/serve.py, or one that `app.py --model` takes.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium") or "/usr/bin/chromium"
"""The same engine without a browser's own windows opens a page in half the time."""
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE_TO_START = 600
"""Seconds that loading may take where many things run at once; on two free cores it is a few."""
WITHOUT_WEIGHTS = ("fake", "tiny-var")
"""Models of tests/ui/serve.py."""
PATIENCE = 60_000
"""Milliseconds that a busy machine may take."""


class Server:
    """The app on a free port; can be ended and started again over the same runs."""

    def __init__(self, runs: Path, model: str) -> None:
        self.runs = runs
        self.model = model
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        self.began = 0.0
        self.announced = 0.0
        """When the app said where it is, on the monotonic clock."""
        self.seconds_to_answer = 0.0
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        """Start and wait for the first answer."""
        own = self.model in WITHOUT_WEIGHTS
        script = ["tests/ui/serve.py", self.model] if own else ["app.py", "--model", self.model]
        command = [sys.executable, *script, "--port", str(self.port), "--runs-dir", str(self.runs)]
        began = self.began = time.monotonic()
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self._listen, args=(self.process,), daemon=True).start()
        while time.monotonic() - began < PATIENCE_TO_START:
            assert self.process.poll() is None, "the app ended while starting"
            try:
                urllib.request.urlopen(self.url, timeout=5).read()
                self.seconds_to_answer = time.monotonic() - began
                return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.2)
        self.stop()
        raise AssertionError(f"the app did not answer within {PATIENCE_TO_START} s")

    def _listen(self, process: subprocess.Popen) -> None:
        for line in process.stdout or ():
            print(line, end="", file=sys.stderr)
            if "http://" in line:
                self.announced = time.monotonic()

    def stop(self) -> None:
        """End the process."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)
            self.process = None
