"""What a person chooses by stays visible: pictures whole and in colour, and no bar over them or their numbers."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from steps import DESK_AND_PHONE, at_scale, press, start, to_scale

pytestmark = pytest.mark.browser
SIZES = ((1440, 900), (1024, 768), (390, 844), (720, 450))
"""A desk, a small one, a phone, and a desk at 200 %."""
COVERED = """() => {
  const over = (e) => {
    const bar = document.querySelector('[data-testid=bar]').getBoundingClientRect();
    const box = e.getBoundingClientRect();
    return Math.min(box.right, bar.right) - Math.max(box.left, bar.left) > 1
      && Math.min(box.bottom, bar.bottom) - Math.max(box.top, bar.top) > 1;
  };
  const hidden = (card) => [...card.querySelectorAll('.pic, .meta b, output, .pr, .rw')].filter(over)
    .map((e) => `${card.dataset.name} ${e.className || e.tagName}`);
  const cards = [...document.querySelectorAll('[data-testid=card]')];
  scrollTo(0, 0);
  const found = cards.flatMap(hidden);
  for (const card of cards) {
    card.scrollIntoView({ block: 'nearest', behavior: 'instant' });
    found.push(...hidden(card));
  }
  for (const card of cards.reverse()) {
    card.scrollIntoView({ block: 'nearest', behavior: 'instant' });
    found.push(...hidden(card));
  }
  return found;
}"""
SEEN = """() => [...document.querySelectorAll('.card .pic img:not(.ov)')].map((e) => {
  const style = getComputedStyle(e);
  return `${style.filter} ${style.opacity} ${style.clipPath}`;
})"""


@pytest.mark.parametrize("n", [1, 4, 8])
def test_the_bar_covers_no_picture_and_no_number(page: Page, n: int) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(reduced_motion="reduce")  # a card on its way may pass beneath the bar
    page.locator("#n input").fill(str(n))
    start(page)
    covered = {}
    for scale in (0, 2, 3, 5, 6, 7, 9, 10):  # each number of candidates, at a decision and beside it
        to_scale(page, scale)
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            covered[scale, width] = page.evaluate(COVERED)
    assert {place: found for place, found in covered.items() if found} == {}


def test_an_override_leaves_the_cards_where_they_are(page: Page) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    start(page, seed=2)
    to_scale(page, 5)
    bar = page.get_by_test_id("bar")
    before = bar.bounding_box()
    page.locator(".card.keep .pic").first.click()
    expect(page.locator('.bar [data-do="duel"]')).to_be_visible()
    after = bar.bounding_box()
    assert before is not None
    assert after is not None
    assert after["height"] < 1.4 * before["height"]
    page.evaluate("scrollTo(0, 0)")
    boxes = page.get_by_test_id("card").evaluate_all("cards => cards.map(c => c.getBoundingClientRect().bottom)")
    assert max(boxes) < 900, "six candidates, their numbers and the bar are in one window"


SIDEWAYS = """() => [...document.querySelectorAll('#page *, .top *')]
  .filter(e => !e.closest('.step, .flow, .wide, #plot, .line ol')
    && e.getBoundingClientRect().width && e.getBoundingClientRect().right > innerWidth + 1)
  .map(e => e.tagName + '.' + e.className)"""


@DESK_AND_PHONE
def test_nothing_scrolls_sideways_and_pictures_are_whole_and_in_colour_until_the_map_is_asked_for(page: Page) -> None:
    start(page)
    to_scale(page, 2)
    page.wait_for_selector("#plot .js-plotly-plot")
    assert page.evaluate(SIDEWAYS) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator(".card.drop").count() > 0
    assert set(page.evaluate(SEEN)) == {"none 1 none"}
    maps, switch = page.get_by_test_id("card-map"), page.get_by_test_id("map-switch")
    page.mouse.move(0, 0)
    expect(maps.filter(visible=True)).to_have_count(0)
    page.locator(".card .map").nth(1).focus()
    page.keyboard.press("Enter")
    page.locator(".say h2").click()
    expect(maps.nth(1)).to_be_visible()
    expect(maps.filter(visible=True)).to_have_count(1)
    switch.click()
    expect(maps.filter(visible=True)).to_have_count(8)
    press(page, "next")
    at_scale(page, 3)
    expect(switch).to_have_attribute("aria-checked", "true")
    expect(maps.filter(visible=True)).to_have_count(6)
    page.reload()
    at_scale(page, 3)
    expect(maps.filter(visible=True)).to_have_count(6)
    page.keyboard.press("m")
    expect(maps.filter(visible=True)).to_have_count(0)


def test_chances_stand_only_where_something_is_drawn_by_them(page: Page) -> None:
    start(page)
    chances = page.locator(".card .pr")
    expect(chances).to_have_count(0)
    to_scale(page, 2)
    expect(chances).to_have_count(0)
    page.locator(".card .zoom").first.click()
    expect(page.locator("dialog.zoomed .facts")).to_contain_text("reward")
    expect(page.locator("dialog.zoomed .facts")).not_to_contain_text("chance")
    page.keyboard.press("Escape")
    to_scale(page, 6)
    expect(chances).to_have_count(4)
    assert sum(float((text or "").rstrip("%")) for text in chances.all_text_contents()) == pytest.approx(100, abs=2)
