"""The main states of the page as PNGs: `python tests/ui/browser/screenshots.py FOLDER`."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from served import CHROMIUM, FLAGS, Server
from steps import WIDTHS, advanced, finished, press, start, to_scale

PROMPT = "a photo of a red star and a green cup"
TABS = ("Features", "Resampling", "Scores", "Cost")


def states(page: Page) -> Iterator[str]:
    """Bring the page from state to state; yields the name of each."""
    page.wait_for_selector("#go")
    yield "welcome"
    page.locator("#prompt textarea").fill("a photo of three cobalt balls")
    page.wait_for_selector("#prompt-note mark")
    advanced(page)
    page.locator('.cell[data-k="3"] input').fill("9")
    page.keyboard.press("Enter")
    page.wait_for_selector(".cells .why")
    yield "set-up"
    page.reload()
    page.wait_for_selector("#go")
    start(page, PROMPT, seed=3)
    to_scale(page, 5)
    page.wait_for_selector("#plot .shapelayer path")
    yield "clustering"
    page.locator(".card .zoom").first.click()
    page.wait_for_selector("dialog.zoomed .film li:nth-child(6)")
    yield "large"
    page.keyboard.press("Escape")
    to_scale(page, 6)
    for tab in TABS:
        page.get_by_role("tab", name=tab).click()
        yield f"why-{tab.lower()}"
    press(page, "end")
    finished(page)
    yield "end"


def shoot(url: str, folder: Path) -> list[Path]:
    """Every state at both widths, light and dark; returns the files."""
    files = []
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for width in WIDTHS:
            for scheme in ("light", "dark"):
                context = browser.new_context(
                    viewport={"width": width, "height": 1060 if width > 1000 else 844},
                    color_scheme=scheme, reduced_motion="reduce",
                )  # fmt: skip
                page = context.new_page()
                page.goto(url)
                for state in states(page):
                    page.wait_for_timeout(300)
                    files.append(folder / f"{state}-{scheme}-{width}.png")
                    page.screenshot(path=files[-1], full_page=state != "large")
                context.close()
        browser.close()
    return files


def main() -> None:
    """Serve the toybox and photograph it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as runs:
        server = Server(Path(runs))
        server.start()
        try:
            files = shoot(server.url, args.folder)
        finally:
            server.stop()
    print(f"Wrote {len(files)} pictures to {args.folder}.")


if __name__ == "__main__":
    main()
