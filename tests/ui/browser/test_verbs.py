"""What a button does is its own view's matter: no other script answers to the same word."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from steps import at_scale, start, to_scale

pytestmark = pytest.mark.browser


def test_the_menu_asks_for_a_file_and_closes(page: Page) -> None:
    page.locator(".more summary").click()
    with page.expect_file_chooser():
        page.get_by_role("button", name="Open a PNG or ZIP").click()
    expect(page.locator("details.more")).not_to_have_attribute("open", "")


def test_the_page_for_programs_documents_the_endpoints(page: Page) -> None:
    page.locator(".more summary").click()
    with page.context.expect_page() as opened:
        page.locator('.more a[href="?view=api"]').click()
    docs = opened.value
    for endpoint in ("begin", "step", "select", "rewind", "image"):
        expect(docs.locator(".api-docs").get_by_text(endpoint).first).to_be_visible()
    expect(page.locator("footer")).to_be_hidden()


def test_the_tour_counts_scales_and_not_the_words_of_a_prompt(page: Page) -> None:
    start(page, prompt="a photo of Scale 9 balls", seed=32)
    at_scale(page, 0)
    stage = page.locator(".stage")
    expect(stage).to_have_attribute("data-scale", "0")
    to_scale(page, 1)
    expect(stage).to_have_attribute("data-scale", "1")
