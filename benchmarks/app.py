"""Seconds that a person waits, in Chromium over the real app: `python -m benchmarks.app` prints JSON."""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.told import tell

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from playwright.sync_api import Page, sync_playwright  # noqa: E402
from served import CHROMIUM, FLAGS, Server  # noqa: E402
from steps import finished, names, press, start, to_scale  # noqa: E402

from ui.guide.recorded import recorded_runs  # noqa: E402

LIMITS = {
    "page_ready": 3.0,
    "next_scale": 1.0,
    "lambda_slider": 0.15,
    "rewind": 0.3,
    "redraw": 1.0,
    "recorded_run": 0.5,
}
"""Seconds that a person should not wait longer than; `page_ready` counts from the app's announcement."""
SLIDE = """() => new Promise(done => {
  const slider = document.querySelector('[data-do="lambda"]');
  const began = performance.now();
  slider.value = String(40 * Math.random());
  slider.dispatchEvent(new Event('input', { bubbles: true }));
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
})"""


VARIANTS = 4
REDRAWN = """([variants, before]) => {
  const cards = [...document.querySelectorAll('.card')].map(card => card.dataset.name);
  return cards.length === variants && !cards.some(name => before.includes(name))
    && document.querySelector('.bar .acts')?.checkVisibility();
}"""
SHOWN = """scale => document.querySelector('.say h2')?.textContent.startsWith(`Scale ${scale}:`)
  && document.querySelector('.bar .acts')?.checkVisibility()"""


def until_shown(page: Page, scale: int) -> None:
    """Look at every frame: an `expect` looks after 0, 100, 350 and 850 ms, and would measure that."""
    page.wait_for_function(SHOWN, arg=scale)


def seconds(does: Callable[[], object]) -> float:
    """Wall-clock seconds of one act."""
    began = time.monotonic()
    does()
    return time.monotonic() - began


def stepping(page: Page) -> dict[str, list[float]]:
    """Step through a default N = 1 search scale by scale; the last step ends on the best picture."""
    first = start(page)
    steps = []
    for scale in range(1, 12):

        def step(to: int = scale) -> None:
            press(page, "next")
            until_shown(page, to)

        steps.append(seconds(step))

    def last() -> None:
        press(page, "next")
        finished(page)

    return {"first_scale": [first], "next_scale": [*steps, seconds(last)]}


def rewinding(page: Page) -> list[float]:
    """Go back and forth between scales that are computed."""

    def go(scale: int) -> None:
        page.locator(".step button").nth(scale).click()
        until_shown(page, scale)

    return [seconds(lambda to=scale: go(to)) for scale in (5, 2, 9, 6, 0)]


def sliding(page: Page) -> list[float]:
    """Move the lambda slider at a decision, until the page is painted again."""
    page.locator(".step button").nth(6).click()
    to_scale(page, 6)
    page.get_by_role("tab", name="Resampling").click()
    page.wait_for_selector('[data-do="lambda"]')
    return [page.evaluate(SLIDE) / 1000 for _ in range(20)]


def redrawing(page: Page) -> list[float]:
    """Mark a quarter of a candidate at scale 6 and draw it anew in four variants, until these stand on the board."""
    page.locator(".step button").nth(6).click()
    until_shown(page, 6)
    times = []
    for _ in range(5):
        if not page.locator("details.again[open]").count():
            page.locator(".again summary").click()
        corner, middle = (page.locator(f'.redraw [data-cell="{cell}"]') for cell in (0, 27))
        corner.hover()
        page.mouse.down()
        middle.hover()
        page.mouse.up()
        before = names(page)

        def redraw(of: list[str] = before) -> None:
            page.locator('.redraw [data-do="marked"]').click()
            page.wait_for_function(REDRAWN, arg=[VARIANTS, of])

        times.append(seconds(redraw))
    return times


def leave(page: Page) -> None:
    """Leave the run for the welcome."""
    page.locator('.top .ghost[data-do="new"]').click()
    page.wait_for_selector(".stage.hello")


def opening(page: Page) -> list[float]:
    """Open recorded runs from the welcome, each until its turning point stands."""

    def go(place: int) -> None:
        page.locator(".recorded button").nth(place).click()
        page.wait_for_selector(".stage.board .story h2")

    times = []
    for place in range(len(recorded_runs())):
        leave(page)
        times.append(seconds(lambda to=place: go(to)))
    return times


def searching(page: Page) -> float:
    """A whole search in one press."""
    leave(page)

    def search() -> None:
        start(page, seed=1)
        press(page, "end")
        finished(page)

    return seconds(search)


def visit(page: Page, server: Server) -> dict[str, list[float]]:
    """One visitor; seconds of every act, in the order they were made."""
    page.goto(server.url)
    page.wait_for_selector("#go")
    times = {"page_ready": [time.monotonic() - server.announced]}
    times |= stepping(page)
    times["rewind"] = rewinding(page)
    times["lambda_slider"] = sliding(page)
    times["redraw"] = redrawing(page)
    times["whole_search"] = [searching(page)]

    def refresh() -> None:
        page.reload()
        finished(page)

    times["refresh"] = [seconds(refresh)]
    times["recorded_run"] = opening(page)
    return times


def report(times: dict[str, list[float]], loading: float) -> dict[str, Any]:
    """Medians and worsts beside their limits, and what the machine was doing."""
    rows = {}
    for name, values in times.items():
        median = statistics.median(values)
        row: dict[str, Any] = {"median_s": round(median, 4), "worst_s": round(max(values), 4), "times": len(values)}
        if name in LIMITS:
            row |= {"limit_s": LIMITS[name], "met": median <= LIMITS[name]}
        rows[name] = row
    return {
        "acts": rows, "announced_after_s": round(loading, 2), "cores": os.cpu_count(), "load": os.getloadavg()[0]
    }  # fmt: skip


def main() -> None:
    """Serve, visit, print; `--out` also writes the JSON to a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="where to write the JSON, too")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as runs, sync_playwright() as playwright:
        # The browser waits for the app, as a visitor's does: its own start is not the page's.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 1060})
        server = Server(Path(runs), "toybox")
        server.start()
        try:
            times = visit(page, server)
        finally:
            server.stop()
            browser.close()
    tell(report(times, server.announced - server.began), args.out)


if __name__ == "__main__":
    main()
