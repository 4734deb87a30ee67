"""The main states of the page as PNGs: `python tests/ui/browser/screenshots.py FOLDER`.

With `--readme` it makes the README's pictures instead: three of the board, one of a duel, and a GIF of a search.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from served import CHROMIUM, FLAGS, Server  # noqa: E402
from steps import (  # noqa: E402
    WIDTHS,
    advanced,
    compare,
    finished,
    overrule,
    press,
    shown_scale,
    start,
    tab_titles,
    to_scale,
)

PROMPT, SEED = "a photo of a red star and a green cup", 3


def states(page: Page) -> Iterator[str]:
    """Bring the page from state to state; yields the name of each."""
    page.wait_for_selector("#go")
    yield "welcome"
    page.locator('.hi [data-do="tour"]').click()
    page.wait_for_selector(".tour h2")
    yield "tour"
    page.locator('[data-tour="end"]').click()
    page.locator("#prompt textarea").fill("a photo of three cobalt balls")
    page.wait_for_selector("#prompt-note mark")
    advanced(page)
    page.locator('.cell[data-k="3"] input').fill("9")
    page.keyboard.press("Enter")
    page.wait_for_selector(".cells .why")
    yield "set-up"
    page.reload()
    page.wait_for_selector("#go")
    start(page, PROMPT, SEED)
    to_scale(page, 5)
    page.wait_for_selector("#clusters g.who")
    yield "clustering"
    page.locator(".card .zoom").first.click()
    page.wait_for_selector("dialog.zoomed .film li:nth-child(6)")
    yield "large"
    page.keyboard.press("Escape")
    to_scale(page, 6)
    for tab in tab_titles():
        page.get_by_role("tab", name=tab).click()
        yield f"why-{tab.lower()}"
    page.locator(".flow g.nd").nth(9).click()
    page.wait_for_selector(".peek:not([hidden]) h4")
    yield "lineage"
    overrule(page)
    compare(page)
    yield "duel"
    page.locator(".duel .nick input").fill("Ada")
    page.keyboard.press("Enter")
    press(page, "end")
    finished(page)
    yield "end"
    address = page.url.split("?")[0]
    page.goto(f"{address}class")
    page.wait_for_selector(".class h2")
    yield "class"
    for name, ready in (("learn", "[data-figure=cost] svg"), ("guess", "#play .pick")):
        page.goto(f"{address}{name}")
        page.wait_for_selector(ready)
        yield name
    page.goto(address)
    page.wait_for_selector("#go")
    if page.locator(".recorded button").count():
        page.locator(".recorded button").first.click()
        page.wait_for_selector(".stage.board .story")
        yield "recorded"


def visitor(browser: Browser, url: str, width: int, scheme: str = "light", height: int = 0) -> Page:
    """Somebody new, who prefers stillness."""
    context = browser.new_context(
        viewport={"width": width, "height": height or (1060 if width > 1000 else 844)},
        color_scheme=scheme, reduced_motion="reduce",  # type: ignore[arg-type]
    )  # fmt: skip
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector("#go")
    return page


def settled(page: Page, *, whole: bool = False) -> bytes:
    """A picture of the window, or of the whole page with the header at its top, once nothing moves."""
    if whole:
        page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(400)
    return page.screenshot(full_page=whole)


def shoot(browser: Browser, url: str, folder: Path) -> list[Path]:
    """Every state at both widths, light and dark; returns the files."""
    files = []
    for width in WIDTHS:
        for scheme in ("light", "dark"):
            page = visitor(browser, url, width, scheme)
            for state in states(page):
                files.append(folder / f"{state}-{scheme}-{width}.png")
                files[-1].write_bytes(settled(page, whole=state not in ("large", "tour")))
            page.context.close()
    return files


def readme(browser: Browser, url: str, folder: Path) -> list[Path]:
    """The README's pictures; returns the files."""
    files = []
    for name, width, scheme in (("app", 1440, "light"), ("app-dark", 1440, "dark"), ("app-phone", 390, "light")):
        page = visitor(browser, url, width, scheme)
        start(page, PROMPT, SEED)
        to_scale(page, 5)
        page.wait_for_selector("#clusters g.who")
        files.append(small(settled(page), folder / f"{name}.png"))
        if name == "app":
            overrule(page)
            compare(page)
            page.wait_for_timeout(400)
            files.append(small(page.locator("#duel").screenshot(), folder / "duel.png"))
        page.context.close()
    return [*files, film(visitor(browser, url, 900, height=760), folder / "search.gif")]


def small(png: bytes, path: Path) -> Path:
    """Save as small as it goes without a loss."""
    Image.open(io.BytesIO(png)).convert("RGB").save(path, optimize=True)
    return path


def film(page: Page, path: Path) -> Path:
    """A search from scale 0 to its end as a GIF: the scales at which something happens, and the picture."""
    start(page, PROMPT, SEED)
    page.locator('.top [data-do="rail"]').click()
    page.evaluate("scrollTo(0, 0)")
    frames = [settled(page)]
    for scale in (1, 2, 4, 5, 6, 8, 9):
        to_scale(page, scale)
        assert shown_scale(page) == scale
        page.evaluate("scrollTo(0, 0)")
        frames.append(settled(page))
    press(page, "end")
    finished(page)
    page.evaluate("scrollTo(0, 0)")
    frames.append(settled(page))
    page.context.close()
    first, *rest = (Image.open(io.BytesIO(f)).convert("RGB").quantize(256) for f in frames)
    lasting = [1200] * len(rest) + [3500]
    first.save(path, save_all=True, append_images=rest, duration=lasting, loop=0, optimize=True)
    return path


def main() -> None:
    """Serve the toybox and photograph it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--readme", action="store_true", help="the README's pictures instead of all states")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as runs, sync_playwright() as playwright:
        server = Server(Path(runs), "toybox")
        server.start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            files = (readme if args.readme else shoot)(browser, server.url, args.folder)
        finally:
            browser.close()
            server.stop()
    print(f"Wrote {len(files)} pictures to {args.folder}.")


if __name__ == "__main__":
    main()
