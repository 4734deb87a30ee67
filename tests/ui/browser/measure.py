"""Seconds that a person waits, in Chromium over the real app: `python tests/ui/browser/measure.py` prints JSON."""

from __future__ import annotations

import json
import os
import statistics
import tempfile
import time
from pathlib import Path

from conftest import CHROMIUM, FLAGS, Server
from playwright.sync_api import Page, sync_playwright
from steps import at_scale, finished, press, start


def measure(page: Page, url: str) -> dict[str, float]:
    """One visitor: open the page, step through a search, run another to its end, go back, reload."""
    began = time.monotonic()
    page.goto(url)
    page.wait_for_selector("#go")
    times = {"page_usable": time.monotonic() - began, "first_scale": start(page)}
    steps = []
    for scale in range(1, 12):
        began = time.monotonic()
        press(page, "next")
        at_scale(page, scale)
        steps.append(time.monotonic() - began)
    press(page, "next")
    finished(page)
    times |= {"next_scale_median": statistics.median(steps), "next_scale_worst": max(steps)}
    began = time.monotonic()
    page.locator(".step button").nth(5).click()
    at_scale(page, 5)
    times["rewind"] = time.monotonic() - began
    page.locator('.top [data-do="new"]').click()
    page.wait_for_selector(".stage.hello")
    began = time.monotonic()
    start(page, seed=1)
    press(page, "end")
    finished(page)
    times["whole_search"] = time.monotonic() - began
    began = time.monotonic()
    page.reload()
    finished(page)
    times["refresh"] = time.monotonic() - began
    return times


def main() -> None:
    """Serve, measure, print."""
    with tempfile.TemporaryDirectory() as runs, sync_playwright() as playwright:
        server = Server(Path(runs))
        server.start()
        try:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            times = measure(browser.new_page(viewport={"width": 1440, "height": 1060}), server.url)
            browser.close()
        finally:
            server.stop()
    rounded = {
        name: round(seconds, 2) for name, seconds in ({"server_answers": server.seconds_to_answer} | times).items()
    }
    print(json.dumps({"seconds": rounded, "cores": os.cpu_count(), "load": os.getloadavg()[0]}, indent=2))


if __name__ == "__main__":
    main()
