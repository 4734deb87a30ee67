"""Back, Forward, the titles of tabs, and the bare view."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from served import Server
from steps import PROMPT, at_scale, press, start

pytestmark = pytest.mark.browser


def test_back_and_forward_go_through_start_and_rewind(page: Page) -> None:
    expect(page).to_have_title("TTS-VAR Explorer")
    start(page)
    press(page, "decision")
    at_scale(page, 2)
    expect(page).to_have_title(f"\u25cf Choose at scale 2 \u00b7 {PROMPT}")
    page.locator(".step [data-go]").first.click()
    at_scale(page, 0)
    page.go_back()
    at_scale(page, 2)
    page.go_back()
    expect(page.locator(".stage.hello")).to_be_visible()
    expect(page).to_have_title("TTS-VAR Explorer")
    assert "run=" not in page.url
    page.go_forward()
    at_scale(page, 2)
    page.go_forward()
    at_scale(page, 0)
    expect(page).to_have_url(re.compile("run="))


def test_back_leaves_a_search_that_runs_for_good(page: Page) -> None:
    start(page)
    press(page, "end")
    page.go_back()
    expect(page.locator(".stage.hello")).to_be_visible()
    page.wait_for_timeout(500)
    expect(page.locator(".stage.hello")).to_be_visible()
    assert "run=" not in page.url


def test_a_slide_shows_the_stage_alone(page: Page, server: Server) -> None:
    start(page)
    page.goto(f"{page.url}&embed=1")
    at_scale(page, 0)
    for hidden in ("#top", "#rail", "#why"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.locator(".board .card").first).to_be_visible()


def test_pages_have_titles_of_their_own(page: Page, server: Server) -> None:
    for path, title in (("class", "The class"), ("evidence", "The evidence")):
        page.goto(server.url + path)
        expect(page).to_have_title(f"{title} \u00b7 TTS-VAR Explorer")
