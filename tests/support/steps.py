"""What a person does on the page."""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from ui.panels import PANELS
from ui.panels.panel import Place

PROMPT = "a photo of three blue balls"
WIDTHS = (1440, 390)
"""Pixels of a desk and of a phone."""


@dataclass(frozen=True)
class View:
    """A screen that the page is seen on."""

    width: int
    scheme: str

    def __str__(self) -> str:
        return f"{self.width}-{self.scheme}"

    def settings(self) -> dict[str, Any]:
        """What Playwright's `new_context` takes."""
        height = 1060 if self.width > 1000 else 844
        return {"viewport": {"width": self.width, "height": height}, "color_scheme": self.scheme}


DESK = View(WIDTHS[0], "light")
PHONE = View(WIDTHS[1], "dark")
DESK_AND_PHONE = pytest.mark.parametrize("view", [DESK, PHONE], ids=str)
ON_PHONE = pytest.mark.parametrize("view", [PHONE], ids=str)
"""For a journey that is made once: some by day at a desk, some at night on a phone."""
IN_VIEW = "e => { const box = e.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight; }"
FREE = "!document.querySelector('.stage')?.dataset.busy && document.querySelector('.bar .acts')?.hidden === false"
"""Nothing runs. It is looked at in every frame; what `expect` waits for is looked at a few times a second."""
SHOWN = f"(title) => {FREE} && document.querySelector('.say h2')?.textContent.startsWith(title)"
BEYOND = f"(title) => {FREE} && !document.querySelector('.say h2')?.textContent.startsWith(title)"
UNCOVERED = """() => document.querySelector('.stage').getBoundingClientRect().top
  >= document.querySelector('.top').getBoundingClientRect().bottom"""
DROP = """([data, name, type]) => {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const parcel = new DataTransfer();
  parcel.items.add(new File([bytes], name, { type }));
  for (const kind of ["dragenter", "dragover", "drop"])
    document.querySelector("#main").dispatchEvent(new DragEvent(kind, { bubbles: true, dataTransfer: parcel }));
}"""


def start(page: Page, prompt: str = PROMPT, seed: int = 0) -> float:
    """Type, start, and wait for the first scale; returns seconds."""
    page.locator("#prompt textarea").fill(prompt)
    page.locator("#seed input").fill(str(seed))
    began = time.monotonic()
    page.locator("#go").click()
    at_scale(page, 0)
    return time.monotonic() - began


def at_scale(page: Page, scale: int) -> None:
    """Wait until a scale is shown and nothing runs."""
    page.wait_for_function(SHOWN, arg=f"Scale {scale}:", timeout=60_000)


def press(page: Page, kind: str) -> None:
    """Press a button of the bar."""
    page.locator(f'.bar [data-do="{kind}"]').click()


def to_scale(page: Page, scale: int) -> None:
    """Accept proposals decision by decision, then scale by scale."""
    while (here := shown_scale(page)) < scale:
        kind = "decision" if any(here < d <= scale for d in (2, 5, 6, 9)) else "next"
        press(page, kind)
        page.wait_for_function(BEYOND, arg=f"Scale {here}:", timeout=60_000)


def shown_scale(page: Page) -> int:
    """The scale that the board shows."""
    return int((page.locator(".say h2").text_content() or "").split(":")[0].split()[1])


def finished(page: Page) -> None:
    """Wait for the ending."""
    page.wait_for_selector(".stage.final", timeout=90_000)


def overrule(page: Page) -> None:
    """Keep the first candidate that is dropped, and drop the first that is kept."""
    kept = page.locator(".card.keep").first.get_attribute("data-name")
    page.locator(".card.drop .pic").first.click()
    page.locator(f'.card[data-name="{kept}"] .pic').click()


def compare(page: Page) -> None:
    """Run the choice on the board and the algorithm's to the end, from the bar, and wait for the outcome."""
    page.locator('.bar [data-do="duel"]').click()
    expect(page.locator(".duel details[open] figure")).to_have_count(2, timeout=180_000)


def tab_titles() -> list[str]:
    """What the tabs beside the stage are called, in their order."""
    return [panel.title for panel in PANELS if panel.place is Place.TAB]


def names(page: Page, selector: str = ".card") -> list[str]:
    """Names of the cards."""
    return [n or "" for n in page.locator(selector).evaluate_all("cards => cards.map(c => c.dataset.name)")]


def advanced(page: Page) -> None:
    """Open the drawer of advanced settings."""
    settings(page)
    page.locator("#advanced > button").click()
    expect(page.locator(".cell").first).to_be_visible()


def settings(page: Page) -> None:
    """Open the settings, unless they are."""
    if not page.locator("#search").is_visible():
        page.locator("#settings > button").click()
        expect(page.locator("#search")).to_be_visible()


def drop(page: Page, data: bytes, name: str, kind: str) -> None:
    """Drop a file on the page; `kind` is its media type."""
    page.evaluate(DROP, [base64.b64encode(data).decode(), name, kind])


def choose(page: Page, search: str) -> None:
    """Choose a named search in the rail."""
    settings(page)
    page.locator("#search input").click()
    page.get_by_role("option", name=search, exact=True).click()
