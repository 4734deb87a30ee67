"""The guided tour from start to end, and words that explain themselves."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from steps import DESK_AND_PHONE, ON_PHONE, PROMPT, View, at_scale, finished, press, start

from ui.guide.tour import STEPS

pytestmark = pytest.mark.browser

AROUND = """() => {
  const [ring, prompt] = ['.tour-ring', '#prompt'].map((name) => document.querySelector(name).getBoundingClientRect());
  return ring.left < prompt.left && ring.top < prompt.top && ring.right > prompt.right && ring.bottom > prompt.bottom;
}"""
COVERED = """() => {
  const [card, prompt] = ['.tour', '#prompt'].map((name) => document.querySelector(name).getBoundingClientRect());
  return card.left < prompt.right && card.right > prompt.left && card.top < prompt.bottom && card.bottom > prompt.top;
}"""


def on_step(page: Page, number: int) -> None:
    expect(page.locator(".tour .of")).to_have_text(f"{number} of {len(STEPS)}", timeout=60_000)
    expect(page.locator(".tour h2")).to_have_text(STEPS[number - 1].title, timeout=60_000)


@ON_PHONE
def test_the_tour_follows_what_a_person_does(page: Page) -> None:
    page.locator('.hi [data-do="tour"]').click()
    on_step(page, 1)
    page.locator("#prompt textarea").fill(PROMPT)
    on_step(page, 2)
    page.locator("#go").click()
    on_step(page, 3)
    at_scale(page, 0)
    press(page, "next")
    on_step(page, 4)
    press(page, "decision")
    on_step(page, 5)
    page.locator("[data-do=maps]").click()
    on_step(page, 6)
    page.locator(".card.keep .pic").first.click()
    on_step(page, 7)
    press(page, "next")
    on_step(page, 8)
    page.reload()
    on_step(page, 8)
    page.get_by_role("tab", name="Resampling").click()
    on_step(page, 9)
    page.locator(".step button").nth(1).click()
    on_step(page, 10)
    at_scale(page, 1)
    press(page, "end")
    expect(page.locator(".tour .of")).to_have_text("Done", timeout=90_000)
    finished(page)
    page.locator('[data-tour="end"]').click()
    expect(page.locator(".tour")).to_be_hidden()
    page.locator(".more summary").click()
    page.locator('.more [data-do="tour"]').click()
    on_step(page, 1)
    page.wait_for_timeout(1000)  # longer than the tour takes to follow a click
    on_step(page, 1)


def test_the_tour_can_be_skipped_through_and_left(page: Page) -> None:
    page.locator('.hi [data-do="tour"]').click()
    expect(page.locator(".tour-ring")).to_be_visible()
    page.wait_for_function(AROUND)
    assert not page.evaluate(COVERED)
    for number in range(1, len(STEPS) + 1):
        on_step(page, number)
        page.locator('[data-tour="skip"]').click()
    expect(page.locator(".tour h2")).to_have_text("That is all of it")
    page.locator('[data-tour="end"]').click()
    page.reload()
    page.wait_for_selector("#go")
    expect(page.locator(".tour")).to_be_hidden()


@DESK_AND_PHONE
def test_terms_explain_themselves(page: Page, view: View) -> None:
    start(page)
    term = page.locator('.say .term[data-term="reward"]')
    expect(term).to_have_count(1)
    term.click()
    expect(page.locator(".tip")).to_contain_text("How well a picture matches the prompt")
    box = page.locator(".tip").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= view.width
    page.keyboard.press("Escape")
    expect(page.locator(".tip")).to_be_hidden()
    term.focus()
    expect(page.locator(".tip")).to_be_visible()
    expect(term).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    page.locator(".more summary").click()
    page.locator('.more [data-do="glossary"]').click()
    expect(page.locator("dialog.glossary dt").first).to_have_text("scale")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.glossary")).to_have_count(0)
    at_scale(page, 0)


def test_the_rail_explains_its_fields(page: Page) -> None:
    seed = page.locator("#rail .term[data-term=seed]")
    expect(seed).to_have_count(1)
    seed.hover()
    expect(page.locator(".tip")).to_contain_text(re.compile("same seed"))
