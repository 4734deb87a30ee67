"""A part of a picture is marked by mouse, touch and keys, and drawn anew beside the others."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from steps import names, start, to_scale

pytestmark = pytest.mark.browser
MARKED = '.redraw [data-cell][aria-pressed="true"]'


def test_a_part_is_marked_by_mouse_touch_and_keys_and_drawn_anew(page: Page) -> None:
    start(page)
    to_scale(page, 3)
    before = names(page)
    page.locator(".again summary").click()
    page.locator('.redraw .whose [data-row="1"]').click()
    cells = page.locator(".redraw [data-cell]")
    cells.nth(0).hover()
    page.mouse.down()
    cells.nth(9).hover()
    page.mouse.up()
    expect(page.locator(MARKED)).to_have_count(4)
    cells.nth(9).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.locator(MARKED)).to_have_count(5)
    touch = {"pointerType": "touch", "isPrimary": True, "bubbles": True}
    cells.nth(63).dispatch_event("pointerdown", touch)
    cells.nth(63).dispatch_event("pointerup", touch)
    expect(page.locator(MARKED)).to_have_count(6)
    page.locator(".redraw [data-from]").select_option("1")
    page.locator('.redraw [data-do="marked"]').click()
    expect(page.locator(f'.card[data-name="{before[0]}"]')).to_have_count(0)
    drawn = names(page)
    assert len(drawn) == 4
    assert all(name.startswith(f"{before[1]}.1~") for name in drawn)
