"""What a person chooses by stays visible: pictures whole and in colour, and no bar over them or their numbers."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from served import Server
from steps import DESK_AND_PHONE, at_scale, press, start, to_scale

pytestmark = pytest.mark.browser
SIZES = ((1440, 900), (1024, 768), (390, 844), (720, 450))
"""A desk, a small one, a phone, and a desk at 200 %."""
COVERED = """() => {
  const bar = document.querySelector('[data-testid=bar]');
  const rows = Object.values(Object.groupBy(document.querySelectorAll('[data-testid=card]'), (card) => card.offsetTop));
  const hidden = (cards) => {
    const box = bar.getBoundingClientRect();
    return cards.flatMap((card) => [...card.querySelectorAll('.pic, .meta b, output, .pr, .rw')]).filter((part) => {
      const { left, right, top, bottom } = part.getBoundingClientRect();
      return Math.min(right, box.right) - Math.max(left, box.left) > 1
        && Math.min(bottom, box.bottom) - Math.max(top, box.top) > 1;
    }).map((part) => `${part.closest('.card').dataset.name} ${part.className || part.tagName}`);
  };
  scrollTo(0, 0);
  const found = rows.flat().filter((card) => card.getBoundingClientRect().top < innerHeight);
  const covered = hidden(found);
  const whole = rows.findLastIndex(([card]) => card.getBoundingClientRect().bottom <= innerHeight) + 1;
  for (const row of [...rows, ...rows.toReversed()]) {
    row[0].scrollIntoView({ block: 'nearest', behavior: 'instant' });
    covered.push(...hidden(row));
  }
  const spilt = [...document.querySelectorAll('.card .rw, .card .choose')]
    .filter((part) => part.getBoundingClientRect().right > part.closest('.card').getBoundingClientRect().right)
    .map((part) => `${part.closest('.card').dataset.name} spills`);
  return { covered: [...covered, ...spilt], whole, rows: rows.length };
}"""
"""What the bar covers or a card cannot hold, and how many rows of whole cards a window shows before it is scrolled."""
SEEN = """() => [...document.querySelectorAll('.card .pic img:not(.ov)')].map((e) => {
  const style = getComputedStyle(e);
  return `${style.filter} ${style.opacity} ${style.clipPath}`;
})"""


def test_the_bar_covers_no_picture_and_no_number_and_whole_cards_are_in_the_window(page: Page, server: Server) -> None:
    found = {}
    for n in (8, 4, 1):
        page.goto(server.url)
        page.set_viewport_size({"width": 1440, "height": 900})
        page.locator("#n input").fill(str(n))
        start(page)
        for scale in range(12):  # the last one is the ending
            at_scale(page, scale)
            for width, height in SIZES:
                page.set_viewport_size({"width": width, "height": height})
                found[n, scale, width] = page.evaluate(COVERED)
            if scale < 11:
                press(page, "next")
    assert {place: seen["covered"] for place, seen in found.items() if seen["covered"]} == {}
    short = {place: seen for place, seen in found.items() if place[2] != 390 and not seen["whole"]}
    assert short == {}, "a row of whole cards is in every window, at 200 % too"
    desk = {place: seen for place, seen in found.items() if place[0] == 1 and place[2] == 1440}
    assert {place: seen for place, seen in desk.items() if seen["whole"] < seen["rows"]} == {}


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
  .filter(e => !e.closest('.step, .flow, .wide, .line ol')
    && e.getBoundingClientRect().width && e.getBoundingClientRect().right > innerWidth + 1)
  .map(e => e.tagName + '.' + e.className)"""


@DESK_AND_PHONE
def test_nothing_scrolls_sideways_and_pictures_are_whole_and_in_colour_until_the_map_is_asked_for(page: Page) -> None:
    start(page)
    to_scale(page, 2)
    page.get_by_test_id("map").wait_for()
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
