"""Many candidates on one sheet, and few of whom one is chosen by one click."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from steps import at_scale, names, start, to_scale

pytestmark = pytest.mark.browser
LYING = """() => [...document.querySelectorAll('.card')].map((card) => ({ card, box: card.getBoundingClientRect() }))
  .sort((a, b) => a.box.top - b.box.top || a.box.left - b.box.left).map(({ card }) => card.dataset)"""


def test_a_cluster_of_many_is_dropped_at_once_and_all_lie_in_the_order_asked_for(page: Page) -> None:
    page.locator("#n input").fill("4")
    start(page)
    to_scale(page, 2)
    expect(page.get_by_test_id("card")).to_have_count(32)
    letters = [card["letter"] for card in page.evaluate(LYING)]
    assert letters == sorted(letters, key=lambda letter: (len(letter), letter)), "by cluster, where it is clustered"
    line = page.locator(".gh").first
    letter, size = line.get_attribute("data-letter"), letters.count(letters[0])
    assert letter == letters[0]
    line.get_by_role("button", name="Drop all").click()
    expect(line.locator(".kept")).to_have_text(f"0 of {size} kept")
    expect(page.locator(".bar .what")).to_have_text("Keeping 23 of 32 by your choice")
    expect(page.locator(".bar .warn")).to_contain_text(f"of cluster {letter}.")
    line.get_by_role("button", name="Keep all").click()
    expect(line.locator(".kept")).to_have_text(f"{size} of {size} kept")
    page.get_by_role("button", name="By reward").click()
    rewards = [float(card["reward"]) for card in page.evaluate(LYING)]
    assert rewards == sorted(rewards, reverse=True)
    expect(page.locator(".gh").filter(visible=True)).to_have_count(0)


def test_where_one_survives_a_click_chooses_it_and_goes_on(page: Page) -> None:
    start(page)
    to_scale(page, 9)
    other = page.locator(".card.drop")
    name = other.get_attribute("data-name")
    other.get_by_role("button", name=f"Choose {name} and go on").click()
    at_scale(page, 10)
    assert names(page) == [name]


def test_keys_and_places_stay_with_their_candidates(page: Page) -> None:
    start(page)
    to_scale(page, 2)
    before = dict(zip(names(page), boxes(page), strict=True))
    to_scale(page, 3)
    page.wait_for_timeout(700)
    for name, box in zip(names(page), boxes(page), strict=True):
        assert box == pytest.approx(before[name], abs=1), f"{name} stays where it was"
        assert page.locator(f'.card[data-name="{name}"] .key').get_attribute("data-key") == name.removeprefix("c")
    page.keyboard.press(names(page)[-1].removeprefix("c"))
    expect(page.locator(".card").last).to_have_attribute("data-count", "0")


def boxes(page: Page) -> list[list[float]]:
    """Left end and top of every card, measured from the board."""
    return page.locator(".card").evaluate_all("cards => cards.map(c => [c.offsetLeft, c.offsetTop])")
