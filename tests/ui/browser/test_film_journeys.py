"""The film: on the first page it plays by itself, of a run it is steered by mouse and keys, and can be taken over."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from steps import DESK_AND_PHONE, ON_PHONE, at_scale, finished, press, start, to_scale

pytestmark = pytest.mark.browser
SCALE = "document.querySelector('.reel').dataset.scale"


@pytest.mark.moving
def test_the_first_screen_plays_a_search_and_starts_one(page: Page) -> None:
    expect(page.get_by_test_id("hero").locator(".tile")).to_have_count(8)
    page.wait_for_function(f"Number({SCALE}) >= 1")
    page.get_by_role("button", name="Try it yourself").click()
    at_scale(page, 0)
    expect(page.locator("#prompt textarea")).to_have_value("a photo of three blue balls")


def test_who_prefers_stillness_steps_through_the_first_film(page: Page) -> None:
    expect(page.get_by_test_id("hero").locator(".tile")).to_have_count(8)
    page.wait_for_timeout(2500)
    assert page.evaluate(SCALE) == "0", "nothing moves by itself"
    page.get_by_role("button", name="One scale on").click()
    assert page.evaluate(SCALE) == "1"


@DESK_AND_PHONE
def test_a_run_is_watched_again_and_taken_over(page: Page) -> None:
    start(page)
    to_scale(page, 6)
    page.locator("h1").click()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".film .tile")).to_have_count(6)
    expect(page.locator(".film .group")).not_to_have_count(0)
    assert page.evaluate(SCALE) == "5"
    expect(page.locator(".stage .board")).to_be_hidden()
    page.locator(".film input[type=range]").fill("2")
    expect(page.locator(".film .tile")).to_have_count(8)
    page.get_by_role("button", name="Go on from here").click()
    at_scale(page, 2)
    expect(page.locator(".stage .board")).to_be_visible()


@pytest.mark.moving
@ON_PHONE
def test_a_draw_is_shown_as_a_draw_and_escape_leaves_the_film(page: Page) -> None:
    start(page)
    to_scale(page, 6)
    page.locator(".film input[type=range]").fill("5")
    page.get_by_role("button", name="One scale on").click()
    expect(page.locator(".shares i")).to_have_count(4)
    expect(page.locator(".shares .pin")).to_have_count(2)
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".stage .board")).to_be_visible()


@pytest.mark.moving
def test_to_the_end_plays_the_board_scale_by_scale(page: Page) -> None:
    start(page, seed=4711)
    page.evaluate(
        """() => {
          window.seen = new Set();
          new MutationObserver(() => window.seen.add(document.querySelector('.stage')?.dataset.scale))
            .observe(document.body, { subtree: true, childList: true });
        }"""
    )
    press(page, "end")
    finished(page)
    seen = page.evaluate("[...window.seen]")
    assert {str(scale) for scale in range(1, 12)} <= set(seen), "every scale stands on the board before the next"
