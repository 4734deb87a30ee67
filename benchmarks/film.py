"""Frames a second of the film, and what a page at rest costs, out of Chromium's trace: `python -m benchmarks.film`."""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402
from served import CHROMIUM, FLAGS, Server  # noqa: E402
from steps import finished, press, start, to_scale  # noqa: E402

CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline.frame", "blink.user_timing"]
FRAME = "DrawFrame"
WORK = {"styles": "UpdateLayoutTree", "layouts": "Layout", "paints": "Paint"}
"""What the main thread does for a frame, by the trace's names."""
WANTED = 30
"""Frames a second."""
REST = 3000
"""Milliseconds for which nobody touches the page."""
MARK = """() => {
  const moving = () => document.querySelector('.reel .screen').getAnimations({ subtree: true })
    .some((way) => way.playState === 'running' && way.effect.getComputedTiming().progress !== null);
  let was = false;
  const look = () => {
    const now = moving();
    if (now !== was) performance.mark(now ? 'film:moves' : 'film:rests');
    was = now;
    window.filmLooks = requestAnimationFrame(look);
  };
  look();
}"""
"""Marks in the trace from when to when something of the film moves."""


def traced(browser: Browser, page: Page, milliseconds: int) -> list[dict[str, Any]]:
    """The events of Chromium's trace while the page is left alone."""
    browser.start_tracing(page=page, categories=CATEGORIES)
    page.wait_for_timeout(milliseconds)
    return json.loads(browser.stop_tracing())["traceEvents"]


def moves(events: Sequence[dict[str, Any]]) -> list[tuple[float, float]]:
    """From when to when something moves, in microseconds of the trace; a move shorter than 0.2 s is left out."""
    marks = sorted((e["ts"], e["name"]) for e in events if e["name"] in ("film:moves", "film:rests"))
    pairs = itertools.pairwise(marks)
    return [(a, b) for (a, name), (b, _) in pairs if name == "film:moves" and b - a > 0.2e6]


def rates(events: Sequence[dict[str, Any]]) -> list[float]:
    """Frames a second within each move."""
    frames = sorted(e["ts"] for e in events if e["name"] == FRAME)
    return [sum(a <= ts <= b for ts in frames) / (b - a) * 1e6 for a, b in moves(events)]


def work(events: Sequence[dict[str, Any]]) -> dict[str, int]:
    """How often styles, layouts, paints and frames were made."""
    counted = {name: sum(e["name"] == event for e in events) for name, event in WORK.items()}
    return counted | {"frames": sum(e["name"] == FRAME for e in events)}


def film(browser: Browser, page: Page, seconds: float) -> dict[str, Any]:
    """The film of a finished run, played from its beginning."""
    page.locator('#film [data-film="play"]').click()
    page.wait_for_selector("#film .open .tile")
    page.evaluate(MARK)
    events = traced(browser, page, round(1000 * seconds))
    page.evaluate("cancelAnimationFrame(window.filmLooks)")
    found = rates(events)
    within = [sum(e["name"] == "Layout" and a <= e["ts"] <= b for e in events) for a, b in moves(events)]
    return {
        "moves": len(found),
        "frames_a_second": {"median": round(statistics.median(found), 1), "least": round(min(found), 1)},
        "layouts_in_a_move": {"median": statistics.median(within), "most": max(within)},
        "wanted": WANTED,
        "kept": statistics.median(found) >= WANTED,
    }


def measure(model: str, seconds: float) -> dict[str, Any]:
    """Both, in a Chromium of its own."""
    with tempfile.TemporaryDirectory() as runs, sync_playwright() as playwright:
        server = Server(Path(runs), model)
        server.start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(server.url)
            page.wait_for_selector("#go")
            start(page)
            to_scale(page, 2)
            page.wait_for_timeout(6000)  # what a new view does once is over
            rest = work(traced(browser, page, REST))
            press(page, "end")
            finished(page)
            return {"at_rest": {"seconds": REST / 1000, **rest}, "film": film(browser, page, seconds)}
        finally:
            browser.close()
            server.stop()


def main() -> None:
    """Measure and print; 1 where the film is slower than wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="toybox", help="a model of app.py, or fake")
    parser.add_argument("--seconds", type=float, default=20, help="how long the film plays")
    args = parser.parse_args()
    report = measure(args.model, args.seconds)
    print(json.dumps(report | {"cores": os.cpu_count()}, indent=1))
    sys.exit(0 if report["film"]["kept"] else 1)


if __name__ == "__main__":
    main()
