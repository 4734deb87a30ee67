"""Stepper and board: announced decisions, progress, keys, copies, warnings, the large view."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from steps import DESK_AND_PHONE, ON_PHONE, PROMPT, at_scale, finished, names, press, start, to_scale

pytestmark = pytest.mark.browser


def test_a_whole_search_by_keyboard_alone(page: Page) -> None:
    tab_to(page, "#prompt textarea")
    page.keyboard.type(PROMPT)
    tab_to(page, "#go")
    page.keyboard.press("Enter")
    at_scale(page, 0)
    assert len(names(page)) == 8
    for scale in range(1, 13):
        if scale == 3:
            before = [c.get_attribute("data-count") for c in page.locator(".card").all()]
            page.keyboard.press(page.locator(".card .key").first.get_attribute("data-key") or "")
            after = [c.get_attribute("data-count") for c in page.locator(".card").all()]
            assert before[1:] == after[1:]
            assert before[0] != after[0]
            page.keyboard.press("r")
            expect(page.locator(".bar .what")).to_contain_text("as proposed")
        page.keyboard.press("Enter")
        if scale < 12:
            at_scale(page, scale)
    finished(page)
    assert page.locator(".line li").count() == 13
    tab_to(page, ".end a.go")
    assert page.evaluate("document.activeElement.download").endswith(".png")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    picture = Image.open(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert PROMPT in picture.info["ttsvar"]
    page.locator('.end [data-do="new"]').click()
    page.wait_for_selector(".stage.hello")
    assert "run=" not in page.url


@ON_PHONE
def test_a_keyboard_reaches_every_step_on_a_phone(page: Page) -> None:
    tab_to(page, "#prompt textarea")
    page.keyboard.type(PROMPT)
    tab_to(page, "#go")
    page.keyboard.press("Enter")
    at_scale(page, 0)
    page.keyboard.press("Enter")
    at_scale(page, 1)
    tab_to(page, '.bar [data-do="end"]')
    page.keyboard.press("Enter")
    finished(page)
    tab_to(page, ".end a.go")


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until an element has the focus."""
    for _ in range(120):
        if page.evaluate("s => document.activeElement?.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached with the Tab key")


def test_the_next_decision_is_announced_and_parts_carry_the_names_that_checks_from_outside_use(page: Page) -> None:
    expect(page.get_by_test_id("hero")).to_be_visible()
    start(page)
    for name in ("bar", "stepper", "film", "map-switch"):
        expect(page.get_by_test_id(name)).to_be_visible()
    expect(page.get_by_test_id("card")).to_have_count(8)
    expect(page.get_by_test_id("card-picture")).to_have_count(8)
    expect(page.locator(".step + .next")).to_have_text("Next: keep 6 of 8 by layout, after scale 2")
    press(page, "end")
    expect(page.get_by_test_id("ending")).to_be_visible(timeout=90_000)
    page.locator(".step button").nth(5).focus()
    page.keyboard.press("Enter")
    at_scale(page, 5)
    expect(page.locator(".step + .next")).to_have_text("Next: keep 2 of 4 by reward, after scale 6")


@DESK_AND_PHONE
def test_the_large_view_has_map_and_history(page: Page) -> None:
    start(page)
    to_scale(page, 2)
    cards = names(page)
    page.locator(".card .pic").first.focus()
    page.keyboard.press("z")
    expect(page.locator("dialog.zoomed .film li")).to_have_count(3)
    expect(page.locator("dialog.zoomed .facts")).to_contain_text(f"{cards[0]}, cluster")
    page.wait_for_function(
        "[...document.querySelectorAll('dialog.zoomed .pair img')].every(i => i.naturalWidth && i.alt)"
    )
    assert page.evaluate("document.querySelector('dialog.zoomed').getBoundingClientRect().right <= innerWidth")
    page.keyboard.press("ArrowRight")
    expect(page.locator("dialog.zoomed .facts")).to_contain_text(f"{cards[1]}, cluster")
    answers = page.get_by_role("button", name="What answers to the prompt")
    answers.click()
    expect(page.get_by_alt_text(f"Where {cards[1]} answers to the prompt")).to_be_visible()
    expect(answers).to_have_attribute("aria-pressed", "true")
    page.locator("dialog.zoomed .film button").first.click()
    expect(page.locator("dialog.zoomed .facts")).to_contain_text("scale 0: reward")
    expect(answers).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.zoomed")).to_have_count(0)
    assert page.evaluate("document.activeElement.closest('.card')?.dataset.name") == cards[1]
