"""The lineage and the branches, at both widths: look, restore, branch, rename, and all of it by keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from served import Server
from steps import DESK, DESK_AND_PHONE, at_scale, finished, names, press, start, to_scale

pytestmark = pytest.mark.browser


def node(page: Page, scale: int, row: int):
    """A candidate in the lineage."""
    return page.locator(f'.flow g.nd[data-row="{row}"]').nth(scale)


@DESK_AND_PHONE
def test_rewind_to_5_and_branch_from_a_candidate(page: Page) -> None:
    start(page)
    press(page, "end")
    finished(page)
    node(page, 5, 1).click()
    expect(page.locator(".peek h4")).to_contain_text("at scale 5")
    assert page.locator(".peek li").count() == 6
    name = (page.locator(".peek h4").text_content() or "").split()[0]
    page.locator('.peek [data-do="restore"]').click()
    at_scale(page, 5)
    expect(page.locator(".bar .what")).to_contain_text("as proposed")
    node(page, 5, 1).click()
    page.locator('.peek [data-do="branch"]').click()
    expect(page.locator(".bar .what")).to_contain_text("by your choice")
    assert names(page, ".card.keep") == [name]
    press(page, "end")
    finished(page)
    expect(page.locator(".branch")).to_have_count(2)
    expect(page.locator(".branch").nth(1).locator(".rail")).to_have_attribute(
        "aria-label", "parts at scale 5, reaches scale 13"
    )
    expect(page.locator(".flow path.fork")).to_have_count(1)
    for name in ("Branch 1", "by hand"):
        page.locator('.branch [data-do="rename"]').nth(1).click()
        page.locator(".branch input").fill(name)
        page.keyboard.press("Enter")
        if name == "Branch 1":
            expect(page.locator(".branches .err")).to_contain_text("choose another name")
    expect(page.locator(".branch b").nth(1)).to_have_text("by hand")
    page.locator(".branch .chip").first.click()
    expect(page.locator(".branch .chip").first).to_have_attribute("aria-pressed", "true")
    finished(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_look_and_restore_by_keyboard(page: Page) -> None:
    start(page)
    to_scale(page, 2)
    page.locator('.flow g.nd[tabindex="0"]').focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".peek h4")).to_have_text("c1 at scale 1")
    expect(page.locator('.peek [data-do="restore"]')).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".peek")).to_be_hidden()
    expect(page.locator('.flow g.nd[data-name="c1"]').nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator('.peek [data-do="restore"]')).to_be_focused()
    page.keyboard.press("Enter")
    at_scale(page, 1)


def test_a_run_and_a_renamed_branch_survive_a_restart(chromium: Browser, server: Server, tmp_path: Path) -> None:
    own = Server(tmp_path, server.model)
    own.start()
    try:
        page = chromium.new_page(**DESK.settings())
        page.goto(own.url)
        page.wait_for_selector("#go")
        start(page)
        press(page, "decision")
        at_scale(page, 2)
        press(page, "next")
        at_scale(page, 3)
        page.locator(".step button").nth(2).click()
        at_scale(page, 2)
        page.locator(".card.keep .pic").first.click()
        press(page, "next")
        at_scale(page, 3)
        page.locator('.branch [data-do="rename"]').nth(1).click()
        page.locator(".branch input").fill("  without <b>c0</b> ")
        page.keyboard.press("Enter")
        expect(page.locator(".branch b").nth(1)).to_have_text("without <b>c0</b>")
        cards = names(page)
        own.stop()
        own.start()
        page.reload()
        at_scale(page, 3)
        assert names(page) == cards
        expect(page.locator(".branch b").nth(1)).to_have_text("without <b>c0</b>")
        press(page, "end")
        finished(page)
        page.close()
    finally:
        own.stop()
