"""Mine against the algorithm, and the class that gathers everybody's."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from steps import at_scale, compare, finished, names, overrule, press, start, to_scale

pytestmark = pytest.mark.browser
PATIENCE = 90_000


def test_duels_from_2_and_6_keep_a_score(page: Page) -> None:
    choosers: list[object] = []
    page.on("filechooser", lambda chooser: choosers.append(chooser))
    start(page, seed=10)
    to_scale(page, 2)
    button = page.locator('.duel [data-do="compare"]')
    expect(button).to_be_disabled()
    expect(page.locator('.bar [data-do="duel"]')).to_be_hidden()
    overrule(page)
    expect(button).to_be_enabled()
    chosen = names(page, ".card.keep")
    compare(page)
    expect(page.locator(".duel details[open] summary")).to_contain_text("Scale 2, cluster:")
    expect(page.locator(".duel details[open] .sat")).to_have_count(2)
    expect(page.locator(".duel .score")).to_contain_text("Your score: 1 compared")
    assert names(page, ".card.keep") == chosen, "the board stays as it was"
    page.locator(".step button").nth(6).click()
    at_scale(page, 6)
    page.keyboard.press("a")
    page.locator(".card.keep [data-do=more]").first.click()
    compare(page)
    expect(page.locator(".duel .score")).to_contain_text("Your score: 2 compared")
    expect(page.locator(".duel details")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator('.duel details[open] [data-do="open"]').first.click()
    finished(page)
    assert choosers == [], "the menu's word for a file is open, too"
    expect(page.locator(".kick")).to_contain_text("by hand")
    page.reload()
    finished(page)
    expect(page.locator(".duel .score")).to_contain_text("Your score: 2 compared")


def test_stop_leaves_the_board(page: Page) -> None:
    start(page, seed=11)
    to_scale(page, 2)
    overrule(page)
    page.locator('.duel [data-do="compare"]').click()
    # A quick machine may be done before a hand reaches the button; that it stops within one scale is a unit test.
    page.wait_for_selector('.duel [data-do="stop"], .duel details[open]')
    if page.locator('.duel [data-do="stop"]').count():
        page.locator('.duel [data-do="stop"]').click()
        expect(page.locator(".duel .err").first).to_contain_text("Stopped", timeout=PATIENCE)
    expect(page.locator(".say h2")).to_contain_text("Scale 2:")


def test_a_choice_by_hand_is_compared_afterwards_and_judged_by_the_others(page: Page) -> None:
    start(page, seed=12)
    to_scale(page, 2)
    overrule(page)
    press(page, "end")
    finished(page)
    button = page.locator('.duel [data-do="compare"]')
    expect(button).to_have_text("Compare scale 2")
    button.click()
    expect(page.locator(".duel details[open] figure")).to_have_count(2, timeout=PATIENCE)
    expect(page.locator(".stage.final")).to_be_visible()
    others = page.get_by_test_id("others")
    others.locator('[data-do="finish"]').click()
    expect(others.locator(".told")).to_contain_text("Your choice after scale 2")
    expect(page.locator(".lineage .would")).to_have_count(others.locator("figure").count())


def test_two_visitors_meet_in_the_class_chart(page: Page, chromium: Browser) -> None:
    base = page.url.split("?")[0]
    other = chromium.new_context(viewport={"width": 390, "height": 844}).new_page()
    other.set_default_timeout(PATIENCE)
    other.goto(base)
    other.wait_for_selector("#go")
    for visitor, seed, nickname in ((page, 21, "Ada"), (other, 22, "Bob <i>")):
        start(visitor, seed=seed)
        to_scale(visitor, 2)
        overrule(visitor)
        compare(visitor)
        assert visitor.evaluate("document.documentElement.scrollWidth <= innerWidth")
        visitor.locator(".nick input").fill(nickname)
        with visitor.expect_response(re.compile("component_server")):
            visitor.locator(".nick input").press("Enter")
    other.locator(".nick input").fill("ada")
    other.locator(".nick input").press("Enter")
    expect(other.locator(".mine .err")).to_contain_text("choose another nickname")
    with page.context.expect_page() as opened:
        page.locator(".duel a.chip").click()
    room = opened.value
    expect(room.locator(".class h2")).to_contain_text("People beat the method in", timeout=PATIENCE)
    expect(room.locator(".duelist title")).to_contain_text(["Ada", "Bob <i>"])
    assert sorted(room.locator(".class tbody th").all_text_contents()) == ["Ada", "Bob <i>"]
    for width in (1440, 390):
        room.set_viewport_size({"width": width, "height": 900})
        assert room.evaluate("document.documentElement.scrollWidth <= innerWidth")
    other.context.close()
