"""Stepper and board: announced decisions, progress, keys, copies, warnings, the large view."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from steps import DESK_AND_PHONE, PROMPT, View, at_scale, finished, names, press, start, to_scale

pytestmark = pytest.mark.browser
SAYINGS = """() => {
  window.said = [];
  new MutationObserver(() => {
    const text = document.querySelector('.busy:not([hidden]) .now')?.textContent;
    if (text && window.said.at(-1) !== text) window.said.push(text);
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


@DESK_AND_PHONE
def test_a_whole_search_by_keyboard_alone(page: Page) -> None:
    tab_to(page, "#prompt textarea")
    page.keyboard.type(PROMPT)
    tab_to(page, "#go")
    page.keyboard.press("Enter")
    at_scale(page, 0)
    for scale in range(1, 13):
        if scale == 3:
            before = [c.get_attribute("data-count") for c in page.locator(".card").all()]
            page.keyboard.press("0")
            after = [c.get_attribute("data-count") for c in page.locator(".card").all()]
            assert before[1:] == after[1:]
            assert before[0] != after[0]
            page.keyboard.press("r")
            expect(page.locator(".bar .what")).to_contain_text("as proposed")
        page.keyboard.press("Enter")
        if scale < 12:
            at_scale(page, scale)
    finished(page)
    tab_to(page, ".end a.go")
    assert page.evaluate("document.activeElement.download").endswith(".png")


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until an element has the focus."""
    for _ in range(60):
        if page.evaluate("s => document.activeElement?.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached with the Tab key")


def test_the_next_decision_is_announced_and_progress_has_parts(page: Page, view: View) -> None:
    start(page, seed=len(str(view)) + view.width)  # nobody has drawn it: what is remembered shows no progress
    expect(page.locator(".step + .next")).to_have_text("Next: keep 6 of 8 by layout, after scale 2")
    page.evaluate(SAYINGS)
    press(page, "end")
    finished(page)
    said = page.evaluate("window.said")
    assert any(re.fullmatch(r"Scale \d+: (drawing|decoding|looking at|judging|choosing from) \d+ candidates?", s)
               for s in said), said  # fmt: skip
    page.locator(".step button").nth(5).focus()
    page.keyboard.press("Enter")
    at_scale(page, 5)
    expect(page.locator(".step + .next")).to_have_text("Next: keep 2 of 4 by reward, after scale 6")


def test_escape_stops_within_one_scale(page: Page) -> None:
    start(page, seed=11)
    page.locator("h1").click()
    press(page, "end")
    page.keyboard.press("Escape")
    page.wait_for_selector(".bar .acts:not([hidden]), .stage.final")
    if page.locator(".stage.final").count() == 0:
        assert len(names(page)) >= 1
        page.keyboard.press("Enter")
        page.wait_for_selector(".bar .acts:not([hidden]), .stage.final")


def test_what_an_override_costs_is_said_before_it_is_paid(page: Page) -> None:
    start(page)
    to_scale(page, 2)
    page.locator(".card.keep [data-do=more]").first.click()
    expect(page.locator(".bar .warn")).to_contain_text("keeps 6, you keep 7: 17% more work next")
    page.keyboard.press("r")
    letters = page.locator(".card").evaluate_all("cards => cards.map(c => c.dataset.letter)")
    lonely = next((i for i, letter in enumerate(letters) if letters.count(letter) == 1), None)
    if lonely is not None:
        page.locator(".card .pic").nth(lonely).click()
        name = names(page)[lonely]
        warning = f"This drops {name}, the only candidate of cluster {letters[lonely]}."
        expect(page.locator(".bar .warn")).to_contain_text(warning)


@DESK_AND_PHONE
def test_the_large_view_has_map_and_history(page: Page) -> None:
    start(page)
    to_scale(page, 2)
    cards = names(page)
    page.locator(".card .pic").first.focus()
    page.keyboard.press("z")
    expect(page.locator("dialog.zoomed .film li")).to_have_count(3)
    expect(page.locator("dialog.zoomed .facts")).to_contain_text(f"{cards[0]}, cluster")
    assert page.locator("dialog.zoomed .pair img").evaluate_all("all => all.every(i => i.naturalWidth > 0 && i.alt)")
    assert page.evaluate("document.querySelector('dialog.zoomed').getBoundingClientRect().right <= innerWidth")
    page.keyboard.press("ArrowRight")
    expect(page.locator("dialog.zoomed .facts")).to_contain_text(f"{cards[1]}, cluster")
    page.locator("dialog.zoomed .film button").first.click()
    expect(page.locator("dialog.zoomed .facts")).to_contain_text("scale 0: reward")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.zoomed")).to_have_count(0)
    assert page.evaluate("document.activeElement.closest('.card')?.dataset.name") == cards[1]
