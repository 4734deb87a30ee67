"""How the page behaves around the decisions: what stays in reach, what a key does, where one looks next."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from steps import DESK_AND_PHONE, IN_VIEW, PROMPT, UNCOVERED, View, advanced, at_scale, finished, press, settings, start

pytestmark = pytest.mark.browser

SPILLING = """() => [...document.querySelectorAll('.card, .step button, .bar, .top')]
  .filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent.trim().slice(0, 40))"""


def small(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 720})


@DESK_AND_PHONE
def test_buttons_stay_in_reach_and_a_new_view_begins_at_its_heading(page: Page, view: View) -> None:
    small(page, view.width)
    start(page)
    page.mouse.wheel(0, 200)
    page.wait_for_function("scrollY > 100")
    assert page.locator('.bar [data-do="next"]').evaluate(IN_VIEW)
    assert page.locator(".top").first.evaluate(IN_VIEW)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    press(page, "next")
    at_scale(page, 1)
    page.wait_for_function(f"({IN_VIEW})(document.querySelector('.say h2'))")
    press(page, "end")
    finished(page)
    page.wait_for_function(f"({IN_VIEW})(document.querySelector('.end h2'))")
    page.wait_for_function(UNCOVERED)
    page.locator('.end [data-do="new"]').click()
    page.wait_for_selector(".stage.hello")
    page.wait_for_function("scrollY === 0")


def test_nothing_spills_out_of_its_box_between_phone_and_desk(page: Page) -> None:
    start(page)
    for width in range(1000, 1460, 20):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(SPILLING) == [], f"at {width} px"


def test_enter_starts_and_goes_on(page: Page) -> None:
    page.locator("#prompt textarea").fill(PROMPT)
    page.keyboard.press("Enter")
    at_scale(page, 0)
    address = page.url
    page.locator("#go").focus()
    page.locator("#go").click()
    page.wait_for_function("a => location.href !== a", arg=address)
    at_scale(page, 0)
    address = page.url
    page.keyboard.press("Enter")
    at_scale(page, 1)
    assert page.url == address, "Enter after Start is the next scale, not another start"


def test_enter_in_the_prompt_starts_once_and_then_goes_on(page: Page) -> None:
    page.locator("#prompt textarea").fill(PROMPT)
    page.keyboard.press("Enter")
    at_scale(page, 0)
    address = page.url
    page.keyboard.press("Enter")
    at_scale(page, 1)
    assert page.url == address, "the same run"
    page.locator("#prompt textarea").click()
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.keyboard.press("Enter")
    at_scale(page, 2)
    page.locator(".card [data-do=more]").first.click()
    expect(page.locator(".card output").first).to_have_text("2")
    page.keyboard.press("Enter")
    at_scale(page, 3)


def test_numbers_that_are_not_whole_are_refused(page: Page) -> None:
    for field, value, says in (
        ("n", "1.5", "whole number"), ("seed", "2.7", "whole number"), ("seed", "-5", "whole number from 0"),
    ):  # fmt: skip
        page.reload()
        page.wait_for_selector("#go")
        page.locator("#prompt textarea").fill(PROMPT)
        page.locator(f"#{field} input").fill(value)
        page.locator("#go").click()
        expect(page.locator("#number-note .err")).to_contain_text(says)
        expect(page.locator(".stage.hello")).to_be_attached()
        expect(page.locator(".toast-body")).to_have_count(0)


def test_start_shows_what_is_wrong_in_the_folded_drawer(page: Page) -> None:
    page.locator("#prompt textarea").fill(PROMPT)
    advanced(page)
    page.locator("#lam input, #lam textarea").first.press_sequentially(" or ten", delay=50)
    expect(page.locator("#advanced-note .err")).to_be_visible()
    page.locator("#advanced > button").click()
    expect(page.locator("#advanced-note .err")).to_be_hidden()
    page.locator("#go").click()
    expect(page.locator("#advanced-note .err")).to_be_visible()


def test_passing_the_list_of_searches_changes_nothing(page: Page) -> None:
    settings(page)
    page.locator("#n input").fill("2")
    page.keyboard.press("Tab")
    page.locator("#search input").click()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    page.locator("#prompt textarea").fill(PROMPT)
    page.locator("#go").click()
    at_scale(page, 0)
    expect(page.locator(".card")).to_have_count(16)
    expect(page.locator("#n input")).to_have_value("2")


def test_a_run_that_was_left_says_where_it_stopped(page: Page) -> None:
    start(page, seed=31)
    press(page, "end")
    page.wait_for_function("document.querySelector('.stage')?.dataset.scale >= 2")
    page.reload()
    page.wait_for_selector(".bar .acts:not([hidden]), .stage.final")
    if page.locator(".stage.final").count() == 0:
        expect(page.locator(".bar .err")).to_contain_text("The page was left while the search ran")
        press(page, "end")
    finished(page)


def test_the_tour_waits_for_who_types(page: Page) -> None:
    page.locator(".more summary").click()
    page.locator('.more [data-do="tour"]').click()
    expect(page.locator(".tour .of")).to_have_text("1 of 10")
    page.locator("#prompt textarea").press_sequentially(PROMPT, delay=40)
    expect(page.locator(".tour .of")).to_have_text("2 of 10")
    page.wait_for_timeout(1800)
    expect(page.locator(".tour .of")).to_have_text("2 of 10")
