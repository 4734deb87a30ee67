"""A model that draws classes: VAR's own classes in the page, on a small transformer of all 1000."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from steps import WIDTHS, advanced, at_scale, press, settings

pytestmark = [pytest.mark.browser, pytest.mark.model("tiny-var")]


def test_a_class_is_searched_drawn_and_reopened(page: Page) -> None:
    settings(page)
    expect(page.locator("details.model")).to_contain_text("10 scales")
    box = page.locator("#prompt input")
    expect(box).to_have_value("")
    box.click()
    box.press_sequentially("bald e")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(box).to_have_value("bald eagle, American eagle, Haliaeetus leucocephalus")
    expect(page.locator("#prompt-note")).to_be_empty()
    page.locator("#go").click()
    at_scale(page, 0)
    press(page, "next")
    at_scale(page, 1)
    picture = page.locator(".card .pic img").first
    expect(picture).to_have_attribute("alt", "Candidate c0 at scale 1: bald eagle")
    expect(picture).to_have_js_property("naturalWidth", 256)
    page.reload()
    at_scale(page, 1)
    expect(box).to_have_value("bald eagle, American eagle, Haliaeetus leucocephalus")


def test_the_strip_of_ten_scales_is_as_wide_as_its_column_and_fields_without_use_are_not_shown(page: Page) -> None:
    strip = page.locator(".step")
    expect(strip.locator("li")).to_have_count(10)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        gap = strip.evaluate("""strip => {
          const last = strip.lastElementChild.getBoundingClientRect();
          return strip.getBoundingClientRect().right - last.right;
        }""")
        assert gap <= 8, "on a phone it scrolls, at a desk its last scale ends where the column does"
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    advanced(page)
    for field in ("#negative", "#positive", "#cfg-layers"):
        expect(page.locator(field)).to_be_hidden()


def test_examples_are_classes(page: Page) -> None:
    page.get_by_role("button", name="volcano", exact=True).click()
    expect(page.locator("#prompt input")).to_have_value("volcano")
    box = page.locator("#prompt input")
    box.fill("a blue cup")
    page.keyboard.press("Tab")
    expect(box).to_have_value("volcano")
